package ledger_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

var (
	pendingNow = ct.Reply{Status: 200, Body: `{"status":"pending"}`}
	stalledNow = ct.Reply{Status: 200, Body: `{"status":"pending","error_reason":"Osoite puuttuu"}`}
	sentNow    = ct.Reply{Status: 200, Body: `{"status":"sent"}`}
	listedNow  = ct.Reply{Status: 200, Body: `[{"id":"as-1","invoice_id":"I1","status":"open"}]`}
)

// assignments decides what the list of assignments shows.
func (d *desk) assignments(r ct.Reply) {
	d.OnFunc("GET", ct.Receivables+"/v1/assignments", func(*http.Request) ct.Reply { return r })
}

// stands is a run, whose state and posts so far are checked.
func (d *desk) stands(t *testing.T, entry ledger.TransferEntry, state maventa.TransferState, posts int) (*ledger.Handover, error) {
	t.Helper()
	h, err := d.EnsureTransfer(t.Context(), "I1", entry)
	require.NotNil(t, h)
	assert.Equal(t, state, h.State, "%v", err)
	assert.Equal(t, posts, d.posts)
	return h, err
}

// TestHandoverStates: the rows of the table, and what other contents change in each.
func TestHandoverStates(t *testing.T) {
	for name, c := range map[string]struct {
		before func(t *testing.T, d *desk) // after a first run with ropoEntry, unless it makes its own
		state  maventa.TransferState
		is     error
		advice maventa.Action
		reason string
		after  bool // there is an After
		differ bool // other contents are marked
		posts  int  // with other contents
	}{
		"handed over": {
			func(t *testing.T, d *desk) { t.Helper(); d.first(t); d.v2 = pendingNow },
			maventa.TransferHandedOver, nil, maventa.ActionDone, "", true, true, 1,
		},
		"sent, not listed yet": {
			func(t *testing.T, d *desk) { t.Helper(); d.first(t); d.v2 = sentNow },
			maventa.TransferHandedOver, nil, maventa.ActionDone, "", true, true, 1,
		},
		"accepted, a status that is not known": {
			func(t *testing.T, d *desk) {
				t.Helper()
				d.first(t)
				d.v2 = ct.Reply{Status: 200, Body: `{"status":"printing"}`}
			},
			maventa.TransferHandedOver, nil, maventa.ActionDone, "", true, true, 1,
		},
		"accepted, the status is down": {
			func(t *testing.T, d *desk) { t.Helper(); d.first(t); d.v2 = ct.Reply{Status: 503} },
			maventa.TransferHandedOver, maventa.ErrUnavailable, maventa.ActionRetry, "", true, true, 1,
		},
		"accepted, another invoice's assignment": {
			func(t *testing.T, d *desk) {
				t.Helper()
				d.first(t)
				d.v2 = ct.Reply{Status: 200, Body: `{"status":"sent","url":"` + ct.Receivables + `/v1/assignments/as-9"}`}
				d.OnFunc("GET", ct.Receivables+"/v1/assignments/as-9", func(*http.Request) ct.Reply {
					return ct.Reply{Status: 200, Body: `{"id":"as-9","invoice_id":"I2"}`}
				})
			},
			maventa.TransferHandedOver, nil, maventa.ActionAskPerson, "", true, true, 1,
		},
		"in collection": {
			func(t *testing.T, d *desk) { t.Helper(); d.first(t); d.v2 = sentNow; d.assignments(listedNow) },
			maventa.TransferInCollection, nil, maventa.ActionDone, "", false, true, 1,
		},
		"refused by the agency": {
			func(t *testing.T, d *desk) {
				t.Helper()
				d.first(t)
				d.v2 = refusedNow
				d.onRead = func() {
					if d.posts == 2 {
						d.v2 = pendingNow
					}
				}
			},
			maventa.TransferRefused, maventa.ErrTransferFailed, maventa.ActionAskPerson, "Maksajaa ei tunneta", false, false, 2,
		},
		"refused by the service": {
			func(t *testing.T, d *desk) {
				t.Helper()
				d.answer = ct.Reply{Status: 422, Body: `{"code":"invalid_parameters"}`}
				require.ErrorIs(t, d.ensure(t, ropoEntry()), maventa.ErrValidation)
				d.answer = accepted
			},
			maventa.TransferRefused, maventa.ErrValidation, maventa.ActionFixInput, "", false, false, 2,
		},
		"stalled": {
			func(t *testing.T, d *desk) { t.Helper(); d.first(t); d.v2 = stalledNow },
			maventa.TransferStalled, maventa.ErrTransferStalled, maventa.ActionAskPerson, "Osoite puuttuu", false, true, 1,
		},
		"nothing came of it": {
			func(t *testing.T, d *desk) { t.Helper(); d.first(t); time.Sleep(31 * 24 * time.Hour); d.v2 = sentNow },
			maventa.TransferStalled, maventa.ErrTransferStalled, maventa.ActionAskPerson, "", false, true, 1,
		},
		"in doubt": {
			func(t *testing.T, d *desk) { t.Helper(); d.lose(t) },
			maventa.TransferInDoubt, ledger.ErrUnsettled, maventa.ActionRetry, "", true, true, 1,
		},
		"in doubt, for a person": {
			func(t *testing.T, d *desk) { t.Helper(); d.lose(t); d.invoice = noTransfer; time.Sleep(time.Hour) },
			maventa.TransferInDoubt, ledger.ErrUndecided, maventa.ActionAskPerson, "", false, true, 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				d.Ledger = ledger.New(d.Client, d.journal, ledger.With(maventa.WithRetry(maventa.NoRetry)))
				c.before(t, d)
				for range 2 { // it stays so
					h, err := d.stands(t, ropoEntry(), c.state, 1)
					if c.is != nil {
						require.ErrorIs(t, err, c.is)
					}
					assert.Equal(t, c.advice, maventa.Advise(err).Action, "%v", err)
					assert.Equal(t, c.reason, h.Reason)
					assert.Equal(t, c.after, h.After > 0, "after %s", h.After)
					assert.False(t, h.Attempt.IsZero())
					assert.Equal(t, 1, h.Attempts)
					assert.False(t, h.BodyDiffers)
				}
				h, err := d.EnsureTransfer(t.Context(), "I1", corrected())
				require.NotErrorIs(t, err, ledger.ErrKeyReused)
				assert.Equal(t, c.differ, h.BodyDiffers)
				assert.Equal(t, c.posts, d.posts)
				if c.differ {
					assert.Equal(t, c.state, h.State)
				} else {
					require.NoError(t, err)
					assert.Equal(t, maventa.TransferHandedOver, h.State)
					assert.Equal(t, 2, h.Attempts)
				}
				_, err = d.EnsureTransfer(t.Context(), "I2", ropoEntry())
				require.ErrorIs(t, err, ledger.ErrKeyReused, "another invoice")
				assert.Equal(t, c.posts, d.posts)
			})
		})
	}
}

// first is a first run that is accepted.
func (d *desk) first(t *testing.T) {
	t.Helper()
	h, err := d.stands(t, ropoEntry(), maventa.TransferHandedOver, 1)
	require.NoError(t, err)
	assert.True(t, h.Sent)
	assert.NotZero(t, h.After)
}

// TestHandoverIsReadNoMore: what is in collection is in the journal.
func TestHandoverIsReadNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.first(t)
		d.v2 = sentNow
		d.assignments(listedNow)
		h, err := d.stands(t, ropoEntry(), maventa.TransferInCollection, 1)
		require.NoError(t, err)
		assert.Equal(t, "as-1", h.AssignmentID)
		assert.Equal(t, "as-1", d.record(t).InCollection)
		d.reads, d.v2 = 0, refusedNow
		d.assignments(ct.Reply{Status: 500})
		time.Sleep(400 * 24 * time.Hour)
		h, err = d.stands(t, corrected(), maventa.TransferInCollection, 1)
		require.NoError(t, err)
		assert.Equal(t, "as-1", h.AssignmentID)
		assert.True(t, h.BodyDiffers)
		assert.Zero(t, d.reads)
	})
}

// TestHandoverStalledThenSent: a person has acted, and it goes on.
func TestHandoverStalledThenSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.answer = ct.Reply{Status: 202, Body: stalledNow.Body}
		h, err := d.stands(t, ropoEntry(), maventa.TransferStalled, 1)
		require.ErrorIs(t, err, maventa.ErrTransferStalled)
		assert.True(t, h.Sent)
		assert.Equal(t, maventa.OutcomeApplied, asFailure(err).Outcome)
		d.v2 = stalledNow
		_, err = d.stands(t, ropoEntry(), maventa.TransferStalled, 1)
		require.ErrorIs(t, err, maventa.ErrTransferStalled)
		d.v2 = sentNow
		_, err = d.stands(t, ropoEntry(), maventa.TransferHandedOver, 1)
		require.NoError(t, err)
		d.assignments(listedNow)
		_, err = d.stands(t, ropoEntry(), maventa.TransferInCollection, 1)
		require.NoError(t, err)
	})
}
