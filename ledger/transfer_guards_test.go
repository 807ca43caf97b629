package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

func knownUntil(day string) func(context.Context, string) (maventa.Date, error) {
	return func(context.Context, string) (maventa.Date, error) { return date(day), nil }
}

func inBooks(open string, disputed, stopped bool) func(context.Context, string, string) (ledger.Standing, error) {
	return func(context.Context, string, string) (ledger.Standing, error) {
		s := ledger.Standing{Disputed: disputed, Stopped: stopped}
		if open != "" {
			s.Open = maventa.Some(amount(open))
		}
		return s, nil
	}
}

// TestTransferGuards: what the guards say of a transfer over 100.00 on Monday,
// 2026-11-30.
func TestTransferGuards(t *testing.T) {
	monday := func() time.Time { return time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC) }
	noDay := func(context.Context, string) (maventa.Date, error) { return maventa.Date{}, nil }
	fails := func(context.Context, string, string) (ledger.Standing, error) {
		return ledger.Standing{}, errors.New("no connection")
	}
	for name, c := range map[string]struct {
		guards ledger.Guards
		want   error
	}{
		"known until Friday":     {ledger.Guards{KnownUntil: knownUntil("2026-11-27")}, nil},
		"known until Monday":     {ledger.Guards{KnownUntil: knownUntil("2026-11-30")}, nil},
		"known until Thursday":   {ledger.Guards{KnownUntil: knownUntil("2026-11-26")}, ledger.ErrPaymentsUnknown},
		"known until no day":     {ledger.Guards{KnownUntil: noDay}, ledger.ErrPaymentsUnknown},
		"known until next year":  {ledger.Guards{KnownUntil: knownUntil("2027-11-30")}, ledger.ErrPaymentsUnknown},
		"paused":                 {ledger.Guards{Pause: &pause{why: "x"}}, ledger.ErrPaused},
		"open as sent":           {ledger.Guards{LastLook: inBooks("100", false, false)}, nil},
		"open not known":         {ledger.Guards{LastLook: inBooks("", false, false)}, nil},
		"a payment came":         {ledger.Guards{LastLook: inBooks("60.00", false, false)}, ledger.ErrOvertaken},
		"paid":                   {ledger.Guards{LastLook: inBooks("0.00", false, false)}, ledger.ErrOvertaken},
		"disputed":               {ledger.Guards{LastLook: inBooks("100.00", true, false)}, ledger.ErrOvertaken},
		"stopped":                {ledger.Guards{LastLook: inBooks("", false, true)}, ledger.ErrOvertaken},
		"the books are not read": {ledger.Guards{LastLook: fails}, errAny},
		"more than the limit": {ledger.Guards{
			Limits:       ledger.Limits{Transfers: ledger.Limit{Sum: maventa.Some(amount("99.99"))}},
			Reservations: ledger.NewReservations(),
		}, ledger.ErrLimit},
		"just the limit": {ledger.Guards{
			Limits:       ledger.Limits{Transfers: ledger.Limit{Count: 1, Sum: maventa.Some(amount("100"))}},
			Reservations: ledger.NewReservations(),
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.Ledger = ledger.New(d.Client, d.journal, ledger.WithGuards(c.guards), ledger.Clock(monday))
			h, err := d.EnsureTransfer(t.Context(), "I1", ropoEntry())
			if c.want == nil {
				require.NoError(t, err)
				assert.Equal(t, 1, d.posts)
				return
			}
			assert.Zero(t, d.posts)
			assert.Equal(t, maventa.OutcomeNotSent, maventa.OutcomeOf(err))
			assert.Zero(t, h.Attempts, "what was held is no attempt")
			if errors.Is(c.want, errAny) {
				require.ErrorContains(t, err, "no connection")
				assert.Equal(t, maventa.ActionFixSetup, maventa.Advise(err).Action)
			} else {
				requireHeld(t, err, c.want.(*maventa.Kind)) //nolint:errorlint,forcetypeassert // a kind of the table
			}
			d.Ledger = ledger.New(d.Client, d.journal)
			_, err = d.EnsureTransfer(t.Context(), "I1", ropoEntry())
			require.NoError(t, err, "the key is free")
		})
	}
}

var errAny = errors.New("any")

// A failed import for three days: nobody is transferred. Due dates shifted by a year:
// the limit leaves, the rest waits for a person.
func TestBadNights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t, maventatest.WithToday("2026-11-27"))
		l.srv.Company().Activate(maventatest.Ropo)
		known := date("2026-11-25")
		l.use(l.c, l.journal, ledger.WithGuards(ledger.Guards{
			KnownUntil:   func(context.Context, string) (maventa.Date, error) { return known, nil },
			Limits:       ledger.Limits{Transfers: ledger.Limit{Count: 5}},
			Reservations: ledger.NewReservations(),
		}), ledger.Clock(func() time.Time { return time.Date(2026, 12, 1, 3, 0, 0, 0, time.UTC) }))
		var invoices []string
		for range 20 {
			invoices = append(invoices, l.srv.AddInvoice(maventatest.Invoice{Total: "100.00", DueDate: l.srv.Clock().Day(-20)}))
		}
		transferred := func() (sent int) {
			for _, id := range invoices {
				entry := ropoEntry()
				entry.Key = "collect/" + id
				h, err := l.EnsureTransfer(t.Context(), id, entry)
				if h.Sent {
					sent++
				} else {
					require.ErrorIs(t, err, ledger.ErrHeld)
				}
			}
			return sent
		}
		assert.Zero(t, transferred(), "payments are known until Wednesday, and it is Tuesday")
		known = date("2026-11-30")
		assert.Equal(t, 5, transferred())
	})
}

// A payment that the amounts contain is never reported, a later one is.
func TestTransferContains(t *testing.T) {
	d := newDesk(t)
	entry := ropoEntry()
	entry.Contains = []string{"bank/1", "bank/2"}
	h, err := d.EnsureTransfer(t.Context(), "I1", entry)
	require.NoError(t, err)
	require.True(t, h.Sent)
	d.assignments(ct.Reply{Status: 200, Body: `[{"id":"as-1","invoice_id":"I1","status":"open"}]`})
	d.OnFunc("GET", ct.Receivables+"/v1/assignments/as-1/events", func(*http.Request) ct.Reply { return ct.Reply{Status: 200, Body: `[]`} })
	posts := 0
	d.OnFunc("POST", ct.Receivables+"/v1/assignments/as-1/events", d.count(&posts))
	items := []ledger.Item{{InvoiceID: "I1", Entry: payment("bank/1", "10.00")}, {InvoiceID: "I1", Entry: payment("bank/3", "10.00")}}
	for range 2 {
		results := d.EnsureEvents(t.Context(), items)
		require.NoError(t, results[0].Err)
		assert.True(t, results[0].Ensured.Contained)
		assert.Equal(t, "I1", results[0].Ensured.InvoiceID)
		require.NoError(t, results[1].Err)
		assert.False(t, results[1].Ensured.Contained)
	}
	assert.Equal(t, 1, posts)

	ensured, err := d.EnsureEvent(t.Context(), "as-1", payment("bank/2", "10.00"))
	require.NoError(t, err)
	assert.True(t, ensured.Contained)

	entry.Contains = append(entry.Contains, "bank/4") // after the transfer stands: it is not in what was sent
	_, err = d.EnsureTransfer(t.Context(), "I1", entry)
	require.NoError(t, err)
	ensured, err = d.EnsureEvent(t.Context(), "as-1", payment("bank/4", "10.00"))
	require.NoError(t, err)
	assert.True(t, ensured.Sent)
}

// A payment that was reported cannot be in the amounts, too.
func TestTransferContainsReported(t *testing.T) {
	d := newDesk(t)
	d.OnFunc("GET", ct.Receivables+"/v1/assignments/as-1/events", func(*http.Request) ct.Reply { return ct.Reply{Status: 200, Body: `[]`} })
	posts := 0
	d.OnFunc("POST", ct.Receivables+"/v1/assignments/as-1/events", d.count(&posts))
	_, err := d.EnsureEvent(t.Context(), "as-1", payment("bank/1", "10.00"))
	require.NoError(t, err)
	entry := ropoEntry()
	entry.Contains = []string{"bank/1"}
	_, err = d.EnsureTransfer(t.Context(), "I1", entry)
	requireHeld(t, err, ledger.ErrOvertaken)
	require.ErrorContains(t, err, "bank/1")
	assert.Zero(t, d.posts)

	entry.Contains = []string{""}
	_, err = d.EnsureTransfer(t.Context(), "I1", entry)
	require.ErrorIs(t, err, maventa.ErrValidation)
	assert.Zero(t, d.posts)
}

// count answers a report of 10.00 with an event, and counts it.
func (d *desk) count(posts *int) func(*http.Request) ct.Reply {
	return func(*http.Request) ct.Reply {
		*posts++
		return ct.Reply{Status: 201, Body: fmt.Sprintf(`{"id":"ev-%d","type":"paid","amount":10.00,"date":"2026-11-20"}`, *posts)}
	}
}

// The service shows nothing of what a transfer contains, so that the journal keeps it.
func TestContainedIsNotPruned(t *testing.T) {
	d := newDesk(t)
	j, err := ledger.OpenFile(filepath.Join(t.TempDir(), "journal"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = j.Close() })
	d.Ledger = ledger.New(d.Client, j)
	entry := ropoEntry()
	entry.Contains = []string{"bank/1"}
	_, err = d.EnsureTransfer(t.Context(), "I1", entry)
	require.NoError(t, err)
	require.NoError(t, j.Prune(time.Now().AddDate(1, 0, 0)))
	d.OnFunc("GET", ct.Receivables+"/v1/assignments/as-1/events", func(*http.Request) ct.Reply { return ct.Reply{Status: 200, Body: `[]`} })
	posts := 0
	d.OnFunc("POST", ct.Receivables+"/v1/assignments/as-1/events", d.count(&posts))
	ensured, err := d.EnsureEvent(t.Context(), "as-1", payment("bank/1", "10.00"))
	require.NoError(t, err)
	assert.True(t, ensured.Contained)
	assert.Zero(t, posts)
}

// What a transfer contained that came to nothing is free again: it is reported, or
// contained in the next one.
func TestTransferContainsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		answer ct.Reply
		opts   []ledger.Option
	}{
		"refused": {ct.Reply{Status: 422, Body: `{"code":"invalid"}`}, nil},
		"held": {accepted, []ledger.Option{ledger.WithGuards(ledger.Guards{
			LastLook: inBooks("", true, false),
		})}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.answer = c.answer
			d.Ledger = ledger.New(d.Client, d.journal, c.opts...)
			entry := ropoEntry()
			entry.Contains = []string{"bank/1", "bank/2"}
			_, err := d.EnsureTransfer(t.Context(), "I1", entry)
			require.Error(t, err)

			// The invoice gets into collection some other way.
			d.Ledger = ledger.New(d.Client, d.journal)
			d.assignments(listedNow)
			d.OnFunc("GET", ct.Receivables+"/v1/assignments/as-1/events", func(*http.Request) ct.Reply { return ct.Reply{Status: 200, Body: `[]`} })
			posts := 0
			d.OnFunc("POST", ct.Receivables+"/v1/assignments/as-1/events", d.count(&posts))
			r := d.EnsureEvents(t.Context(), []ledger.Item{{InvoiceID: "I1", Entry: payment("bank/1", "10.00")}})[0]
			require.NoError(t, r.Err)
			assert.True(t, r.Ensured.Sent)
			assert.Equal(t, 1, posts)

			// Another transfer, under another key, contains the other one.
			d.answer = accepted
			other := ropoEntry()
			other.Key, other.Contains = "collect/other", []string{"bank/2"}
			h, err := d.EnsureTransfer(t.Context(), "I1", other)
			require.NoError(t, err)
			require.True(t, h.Sent)
			ensured, err := d.EnsureEvent(t.Context(), "as-1", payment("bank/2", "10.00"))
			require.NoError(t, err)
			assert.True(t, ensured.Contained)
		})
	}
}

// A transfer in doubt keeps what it contains, and a second attempt with corrected
// contents contains it again.
func TestTransferContainsAgain(t *testing.T) {
	contains := func(t *testing.T, d *desk) {
		t.Helper()
		ensured, err := d.EnsureEvent(t.Context(), "as-1", payment("bank/1", "10.00"))
		require.NoError(t, err)
		assert.True(t, ensured.Contained)
	}
	t.Run("in doubt", func(t *testing.T) {
		d := newDesk(t)
		d.answer = dropped
		entry := ropoEntry()
		entry.Contains = []string{"bank/1"}
		_, err := d.EnsureTransfer(t.Context(), "I1", entry)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		contains(t, d)
	})
	t.Run("corrected", func(t *testing.T) {
		d := newDesk(t)
		d.answer = ct.Reply{Status: 422, Body: `{"code":"invalid"}`}
		entry := ropoEntry()
		entry.Contains = []string{"bank/1"}
		_, err := d.EnsureTransfer(t.Context(), "I1", entry)
		require.ErrorIs(t, err, maventa.ErrValidation)
		d.answer = accepted
		corrected := ropoTransfer()
		corrected.AssignmentSummary = "corrected"
		entry.Ropo = &corrected
		h, err := d.EnsureTransfer(t.Context(), "I1", entry)
		require.NoError(t, err)
		assert.True(t, h.Sent)
		contains(t, d)
	})
}
