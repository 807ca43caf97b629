package ledger_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// TestLookUpFails: an item names its invoice, and the assignment cannot be looked
// up. The error is one of the payment, not of the call that failed.
func TestLookUpFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		a, _ := l.srv.Assignment(l.id)
		byInvoice := func(key string) ledger.Result {
			return l.EnsureEvents(t.Context(), []ledger.Item{{InvoiceID: a.InvoiceID, Entry: payment(key, "40.00")}})[0]
		}
		_, err := l.ensure(payment("done", "40.00"))
		require.NoError(t, err)
		l.srv.Inject(maventatest.DropAfterCommit().On("Assignments.AddEvent"))
		_, err = l.ensure(payment("lost", "41.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		posts := l.posts()

		for _, fault := range []maventatest.Fault{maventatest.Status(200, "503"), maventatest.BrokenJSON(), maventatest.Status(500)} {
			l.srv.ClearFaults()
			l.srv.Inject(fault.On("Invoices.TransferStatus").Times(maventatest.Always))
			failed := asFailure(byInvoice("new").Err)
			require.NotNil(t, failed, "%s", fault)
			assert.Equal(t, maventa.OutcomeNotSent, failed.Outcome, "%s", fault)
			assert.NotEmpty(t, failed.Hint)

			failed = asFailure(byInvoice("lost").Err)
			require.NotNil(t, failed, "%s", fault)
			assert.Equal(t, maventa.OutcomeUnknown, failed.Outcome, "%s: an attempt is open", fault)

			r := byInvoice("done") // the journal knows it by its assignment
			require.NoError(t, r.Err, "%s", fault)
			assert.Equal(t, l.id, r.Ensured.AssignmentID)
		}
		assert.Equal(t, posts, l.posts())
	})
}

// TestNamelessInAnotherSpelling: the service gives no ids and shows dates a day
// earlier, so that another key's event looks like the one that was sent. It is not
// taken for it.
func TestNamelessInAnotherSpelling(t *testing.T) {
	wire := maventatest.Wire{WriteStatus: 204, EmptyBody: true, ShiftDates: -1}
	other := payment("bank-1", "40.00")
	ours := payment("bank-2", "40.00")
	ours.Event.Date = payday.AddDays(-1)
	for name, fault := range map[string]maventatest.Fault{
		"an id is looked for": maventatest.SlowAnswer(700 * time.Millisecond),
		"a lost one":          maventatest.DropBeforeCommit(),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newBooks(t, maventatest.WithWire(wire), maventatest.WithLags(maventatest.Lags{Event: time.Second}))
				_, err := l.ensure(other)
				require.NoError(t, err)
				time.Sleep(500 * time.Millisecond) // it is not listed yet
				l.srv.Inject(fault.On("Assignments.AddEvent"))
				ensured, err := l.ensure(ours)
				if err == nil {
					assert.Empty(t, ensured.EventID)
					return
				}
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				time.Sleep(20 * time.Minute)
				_, err = l.ensure(ours)
				require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
				assert.Equal(t, []string{l.lastEvent()}, asFailure(err).Details)
				ours.NotMine = asFailure(err).Details
				_, err = l.ensure(ours)
				require.NoError(t, err)
				assert.Equal(t, 2, sentPayments(l.srv, l.id))
			})
		})
	}
}

// TestDoneIsNotNotSent: a run that cannot begin asks the journal, and does not say
// of an entry that is done that nothing was sent.
func TestDoneIsNotNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		l.srv.Inject(maventatest.SlowAnswer(10 * time.Second).On("Assignments.AddEvent"))
		go func() { _, _ = l.EnsureEvent(t.Context(), l.id, payment("bank-2", "41.00")) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for key, want := range map[string]maventa.Outcome{
			"bank-1": maventa.OutcomeApplied, "bank-2": maventa.OutcomeUnknown, "bank-3": maventa.OutcomeNotSent,
		} {
			_, err = l.EnsureEvent(ctx, l.id, payment(key, map[string]string{"bank-1": "40.00", "bank-2": "41.00", "bank-3": "42.00"}[key]))
			require.NotNil(t, asFailure(err), key)
			assert.Equal(t, want, asFailure(err).Outcome, "%s: %v", key, err)
			assert.NotEmpty(t, asFailure(err).Hint)
		}
		time.Sleep(time.Minute)
	})
}

// TestEveryErrorHasAHint: also those of calls that have none.
func TestEveryErrorHasAHint(t *testing.T) {
	for _, fault := range []maventatest.Fault{maventatest.Status(403), maventatest.Status(409), maventatest.Status(422), maventatest.Status(500), maventatest.Hang()} {
		synctest.Test(t, func(t *testing.T) {
			l := newBooks(t)
			l.srv.Inject(fault.On("Assignments.AddEvent"))
			_, err := l.ensure(payment("bank-1", "40.00"))
			require.NotNil(t, asFailure(err), "%s", fault)
			assert.NotEmpty(t, asFailure(err).Hint, "%s: %v", fault, err)
		})
	}
}
