package ledger_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

// desk is an agency's desk, whose answers about invoice I1 the test decides.
type desk struct {
	*mock

	v2, v1, invoice ct.Reply
	answer          ct.Reply // to a transfer
	reads           int      // of the v2 status
	onRead          func()
	posts           int
	bodies          []string
}

var (
	noAssignment = ct.Reply{Status: 200, Body: `[]`}

	noTransfer = ct.Reply{Status: 404, Body: `{"code":"not_found"}`}
	refusedNow = ct.Reply{Status: 200, Body: `{"status":"error","error_reason":"Maksajaa ei tunneta"}`}
	accepted   = ct.Reply{Status: 202, Body: `{"status":"pending"}`}
	dropped    = ct.Reply{Err: errors.New("drop")}
)

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{mock: newMock(t, ledger.NewMemory()), v2: noTransfer, v1: noTransfer, invoice: ct.Reply{Status: 200, Body: `{"id":"I1"}`}, answer: accepted}
	d.onRead = func() {}
	d.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { d.reads++; d.onRead(); return d.v2 })
	d.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return d.v1 })
	d.OnFunc("GET", ct.AX+"/v1/invoices/I1", func(*http.Request) ct.Reply { return d.invoice })
	for _, agency := range []string{"ropo", "amili"} {
		d.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/"+agency, func(*http.Request) ct.Reply {
			d.posts++
			d.bodies = append(d.bodies, d.Sent[len(d.Sent)-1].Body)
			return d.answer
		})
	}
	return d
}

func (d *desk) ensure(t *testing.T, entry ledger.TransferEntry) error {
	t.Helper()
	return onlyErr(d.EnsureTransfer(t.Context(), "I1", entry))
}

// lose makes an attempt whose answer is lost.
func (d *desk) lose(t *testing.T) {
	t.Helper()
	d.answer = dropped
	require.ErrorIs(t, d.ensure(t, ropoEntry()), maventa.ErrOutcomeUnknown)
	d.answer = accepted
}

// record is what the journal holds of ropoEntry's key.
func (d *desk) record(t *testing.T) ledger.Record {
	t.Helper()
	r, _, err := d.journal.Find(t.Context(), ledger.JournalKey{Environment: "stage", CompanyID: ct.CompanyID, Key: ropoEntry().Key})
	require.NoError(t, err)
	return r
}

// corrected is ropoEntry with other contents.
func corrected() ledger.TransferEntry {
	e := ropoEntry()
	e.Ropo.Payers[0].PhoneNumber = "+358 40 1234567"
	return e
}

// TestTransferAbsence: 404 counts only twice, after the settle time, in the
// service's words, and beside an invoice that can be read.
func TestTransferAbsence(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*desk)
		posts  int
		advice maventa.Action // of the run after the settle time, if it fails
	}{
		"absent":                   {func(*desk) {}, 2, ""},
		"absent, v1 is shut down":  {func(d *desk) { d.v1 = ct.Reply{Status: 410} }, 2, ""},
		"no access to the invoice": {func(d *desk) { d.invoice = noTransfer }, 1, maventa.ActionAskPerson},
		"the invoice is forbidden": {func(d *desk) { d.invoice = ct.Reply{Status: 403, Body: `{"code":"forbidden"}`} }, 1, maventa.ActionAskPerson},
		"another invoice":          {func(d *desk) { d.invoice.Body = `{"id":"I2"}` }, 1, maventa.ActionAskPerson},
		"a gateway's 404":          {func(d *desk) { d.v2 = ct.Reply{Status: 404, Body: "<html>"} }, 1, maventa.ActionRetry},
		"an old 404":               {func(d *desk) { d.v2.Header = map[string]string{"Age": "900"} }, 1, maventa.ActionRetry},
		"an old invoice":           {func(d *desk) { d.invoice.Header = map[string]string{"Age": "900"} }, 1, maventa.ActionRetry},
		"the status is down":       {func(d *desk) { d.v2 = ct.Reply{Status: 503} }, 1, maventa.ActionRetry},
		"the invoice is down":      {func(d *desk) { d.invoice = ct.Reply{Status: 503} }, 1, maventa.ActionRetry},
		"shown by the second read": {func(d *desk) {
			d.onRead = func() { d.v2, d.onRead = ct.Reply{Status: 200, Body: `{"status":"sent"}`}, func() {} }
		}, 1, ""},
		"an error without a reason": {func(d *desk) {
			d.v2 = ct.Reply{Status: 200, Body: `{"status":"error","message":"upstream request timeout"}`}
		}, 1, ""},
		"a state that is not known": {func(d *desk) { d.v2 = ct.Reply{Status: 200, Body: `{"status":"withdrawn"}`} }, 1, maventa.ActionAskPerson},
		"shown by v1":               {func(d *desk) { d.v1 = ct.Reply{Status: 200, Body: `{"status":"pending"}`} }, 1, ""},
		"shown, and then not (late)": {func(d *desk) {
			d.v2 = ct.Reply{Status: 200, Body: `{"status":"pending"}`}
			first := true
			d.onRead = func() {
				if !first {
					d.v2 = noTransfer
				}
				first = false
			}
		}, 1, maventa.ActionRetry},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				d.Ledger = ledger.New(d.Client, d.journal, ledger.With(maventa.WithRetry(maventa.NoRetry)))
				d.lose(t)
				require.ErrorIs(t, d.ensure(t, ropoEntry()), ledger.ErrUnsettled, "too early for absence")
				time.Sleep(20 * time.Minute)
				c.change(d)
				err := d.ensure(t, ropoEntry())
				assert.Equal(t, c.posts, d.posts)
				if c.posts == 2 {
					require.NoError(t, err)
				}
				if c.advice != "" {
					require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
					assert.Equal(t, c.advice, maventa.Advise(err).Action, "%v", err)
				}
			})
		})
	}
}

// TestTransferErrorNeedsAReason: what a gateway says about itself is no answer of
// the service, neither to the status call nor to the transfer.
func TestTransferErrorNeedsAReason(t *testing.T) {
	timeout := `{"status":"error","message":"upstream request timeout"}`
	at := func(address string) string { return `{"status":"error","url":"` + address + `/v1/assignments/as-1"}` }
	for body, counts := range map[string]bool{
		timeout:                         false,
		`{"status":"error"}`:            false,
		`{"status":"error","url":"/"}`:  false,
		at("https://elsewhere.example"): false,
		`{"status":"error","error_reason":"no agreement"}`: true,
		at(maventa.Stage.ReceivablesURL):                   true,
	} {
		t.Run(body, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				d.v2 = ct.Reply{Status: 200, Body: body}
				err := d.ensure(t, ropoEntry())
				assert.Equal(t, counts, err == nil, "a fresh transfer: %v", err)
				assert.Equal(t, counts, d.posts == 1)

				d = newDesk(t)
				d.lose(t)
				d.v2 = ct.Reply{Status: 200, Body: body}
				err = d.ensure(t, ropoEntry())
				assert.Equal(t, counts, errors.Is(err, maventa.ErrTransferFailed), "after a lost answer: %v", err)
				time.Sleep(time.Hour)
				d.v2 = ct.Reply{Status: 200, Body: timeout}
				if counts {
					return
				}
				require.ErrorIs(t, d.ensure(t, ropoEntry()), maventa.ErrOutcomeUnknown)
				d.v2 = ct.Reply{Status: 200, Body: `{"status":"sent"}`}
				require.NoError(t, d.ensure(t, ropoEntry()))
				assert.Equal(t, 1, d.posts)

				d = newDesk(t)
				d.answer = ct.Reply{Status: 202, Body: body}
				require.ErrorIs(t, d.ensure(t, ropoEntry()), maventa.ErrOutcomeUnknown, "the answer to a transfer")
				openRecord := d.record(t)
				assert.True(t, openRecord.Open())
			})
		})
	}
}

// TestTransferIsReadTwice: one answer decides nothing.
func TestTransferIsReadTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.lose(t)
		d.v2 = refusedNow // once
		d.reads, d.onRead = 0, func() {
			if d.reads > 1 {
				d.v2 = ct.Reply{Status: 200, Body: `{"status":"pending"}`}
			}
		}
		err := d.ensure(t, ropoEntry())
		require.ErrorIs(t, err, ledger.ErrUnsettled)
		require.NotErrorIs(t, err, maventa.ErrTransferFailed)
		require.NoError(t, d.ensure(t, ropoEntry()))
		assert.Equal(t, 1, d.posts)

		d = newDesk(t) // a fresh key, and a transfer that is shown once
		d.v2 = ct.Reply{Status: 200, Body: `{"status":"pending"}`}
		d.onRead = func() {
			if d.reads > 1 {
				d.v2 = noTransfer
			}
		}
		require.ErrorIs(t, d.ensure(t, ropoEntry()), ledger.ErrUnsettled)
		require.NoError(t, d.ensure(t, ropoEntry()))
		assert.Equal(t, 1, d.posts)
	})
}

// TestTransferRefusedLater: accepted, and then not taken by the agency.
func TestTransferRefusedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		require.NoError(t, d.ensure(t, ropoEntry()))
		d.v2 = refusedNow
		other := ropoEntry()
		other.Key = "collect/2"
		require.ErrorIs(t, d.ensure(t, other), ledger.ErrPossibleDuplicate, "another key waits for the first one's run")
		err := d.ensure(t, ropoEntry())
		require.ErrorIs(t, err, maventa.ErrTransferFailed, "once")
		require.ErrorContains(t, err, "Maksajaa ei tunneta")
		assert.Equal(t, maventa.OutcomeRejected, d.record(t).Outcome)
		d.onRead = func() { // the next attempt shows
			if d.posts == 2 {
				d.v2 = ct.Reply{Status: 200, Body: `{"status":"pending"}`}
			}
		}
		require.ErrorIs(t, d.ensure(t, ropoEntry()), maventa.ErrTransferFailed, "the same contents are not sent again by themselves")
		entry := ropoEntry()
		entry.Again = d.record(t).BegunAt
		require.NoError(t, d.ensure(t, entry), "the next attempt")
		require.NoError(t, d.ensure(t, ropoEntry()))
		assert.Equal(t, 2, d.posts)

		d = newDesk(t) // with corrected contents it is sent at once
		require.NoError(t, d.ensure(t, ropoEntry()))
		d.v2 = refusedNow
		require.NoError(t, d.ensure(t, corrected()))
		assert.Equal(t, 2, d.posts)
		assert.Contains(t, d.bodies[1], "+358 40")
		require.NoError(t, d.ensure(t, corrected()), "the error may be the first one's: it is too early to tell")
		time.Sleep(time.Hour)
		require.ErrorIs(t, d.ensure(t, corrected()), maventa.ErrTransferFailed, "and now it is not")

		d = newDesk(t) // a status that cannot be read does not change what it is
		require.NoError(t, d.ensure(t, ropoEntry()))
		d.v2 = ct.Reply{Status: 403}
		err = d.ensure(t, ropoEntry())
		assert.Equal(t, maventa.OutcomeApplied, asFailure(err).Outcome)
		assert.Equal(t, maventa.ActionFixSetup, maventa.Advise(err).Action)
		assert.Equal(t, 1, d.posts)
	})
}

// TestTransferChangedContents: a lost answer, and a phone number or a part payment
// more in the contents.
func TestTransferChangedContents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.lose(t)
		err := d.ensure(t, corrected())
		require.ErrorIs(t, err, ledger.ErrUnsettled)
		require.NotErrorIs(t, err, ledger.ErrKeyReused)
		d.v2 = ct.Reply{Status: 200, Body: `{"status":"sent"}`}
		for range 2 {
			require.NoError(t, d.ensure(t, corrected()), "it stands as it was sent")
		}
		require.NoError(t, d.ensure(t, ropoEntry()))
		assert.Equal(t, 1, d.posts)

		d = newDesk(t)
		d.lose(t)
		time.Sleep(time.Hour)
		require.NoError(t, d.ensure(t, corrected()), "it never arrived")
		assert.Equal(t, 2, d.posts)
		assert.True(t, strings.Contains(d.bodies[1], "+358 40"))
	})
}

// TestTransferContentRefused: what the service refuses is not sent every night.
func TestTransferContentRefused(t *testing.T) {
	for _, body := range []string{`{"code":"invalid_parameters"}`, `{"error":"invalid"}`} { // of AX, and of whom?
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t)
			d.answer = ct.Reply{Status: 422, Body: body}
			require.Error(t, d.ensure(t, ropoEntry()))
			d.answer = accepted
			time.Sleep(time.Hour)
			for range 2 {
				err := d.ensure(t, ropoEntry())
				require.ErrorIs(t, err, maventa.ErrValidation)
				assert.Equal(t, maventa.OutcomeRejected, asFailure(err).Outcome)
			}
			assert.Equal(t, 1, d.posts)
			require.NoError(t, d.ensure(t, corrected()))
			assert.Equal(t, 2, d.posts)
		})
	}
}
