package ledger_test

import (
	"errors"
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

// TestEnsurePossibleDuplicate: an equal event is there that the journal does not
// know. The caller decides.
func TestEnsurePossibleDuplicate(t *testing.T) {
	for _, decision := range []string{"adopt", "post"} {
		t.Run(decision, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newBooks(t)
				_, err := l.c.Assignments.AddEvent(t.Context(), l.id, maventa.DirectPayment(maventa.MustAmount("40.0"), payday))
				require.NoError(t, err)
				other := l.lastEvent()
				_, err = l.ensure(payment("bank-1", "40.00"))
				require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
				failed, _ := errors.AsType[*maventa.Error](err)
				assert.Equal(t, []string{other}, failed.Details)
				assert.Equal(t, maventa.OutcomeNotSent, failed.Outcome)
				assert.Equal(t, 1, l.posts())

				entry := payment("bank-1", "40.00")
				if decision == "adopt" {
					entry.Adopt = "nothing-here"
					_, err = l.ensure(entry)
					require.ErrorIs(t, err, maventa.ErrValidation)
					entry.Adopt = other
				} else {
					entry.NotMine = []string{other}
				}
				ensured, err := l.ensure(entry)
				require.NoError(t, err)
				assert.Equal(t, decision == "post", ensured.Sent)
				assert.Equal(t, decision == "adopt", ensured.EventID == other)

				again, err := l.ensure(payment("bank-1", "40.00"))
				require.NoError(t, err)
				assert.Equal(t, ensured.EventID, again.EventID)
			})
		})
	}
}

// TestEnsureDeliveredTwice: a network that delivers one request twice cannot be
// prevented. The extra event is noticed when the next equal payment comes.
func TestEnsureDeliveredTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		l.srv.Inject(maventatest.DeliverTwice().On("Assignments.AddEvent"))
		first, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		_, err = l.ensure(payment("bank-2", "40.00"))
		require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		failed, _ := errors.AsType[*maventa.Error](err)
		if first.EventID == "" { // where the answer does not tell, both are in question
			require.Len(t, failed.Details, 2)
			return
		}
		require.Len(t, failed.Details, 1)
		assert.NotEqual(t, first.EventID, failed.Details[0])
	})
}

// TestAdoptOnce: an event that one entry stands for cannot be adopted by
// another: that payment would never be reported.
func TestAdoptOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		first, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		_, err = l.c.Assignments.AddEvent(t.Context(), l.id, payment("", "40.00").Event)
		require.NoError(t, err)
		foreign := l.lastEvent()
		second := payment("bank-2", "40.00")
		_, err = l.ensure(second)
		require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)

		second.Adopt = first.EventID
		_, err = l.ensure(second)
		require.Error(t, err, "two payments, one event")
		assert.Equal(t, maventa.OutcomeNotSent, ct.Failure(t, err).Outcome)
		second.Adopt = foreign
		ensured, err := l.ensure(second)
		require.NoError(t, err)
		assert.Equal(t, foreign, ensured.EventID)
	})
}

// TestPostAgain: a batch is run again as it is, with the caller's Post in it. It
// was said about the event that was there before, not about ours.
func TestPostAgain(t *testing.T) {
	for what, fault := range map[string]maventatest.Fault{
		"arrived": maventatest.DropAfterCommit(), "lost": maventatest.DropBeforeCommit(), "well": maventatest.SlowAnswer(time.Second),
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newBooks(t)
				_, err := l.c.Assignments.AddEvent(t.Context(), l.id, payment("", "40.00").Event) // another system's
				require.NoError(t, err)
				entry := payment("bank-1", "40.00")
				_, err = l.ensure(entry)
				require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
				entry.NotMine = append(entry.NotMine, asFailure(err).Details...)
				l.srv.Inject(fault.On("Assignments.AddEvent"))
				for range 4 {
					_, err = l.ensure(entry)
					time.Sleep(20 * time.Minute)
				}
				require.NoError(t, err)
				assert.Equal(t, 2, sentPayments(l.srv, l.id), "theirs and ours")
			})
		})
	}
}

// TestPostAfterAttempt: of an attempt that was lost, a person can say that the
// events which may be it are all somebody else's. It is sent then, once.
func TestPostAfterAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		entry := payment("bank-1", "40.00")
		l.srv.Inject(maventatest.DropBeforeCommit().On("Assignments.AddEvent"))
		_, err := l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		for range 2 { // another system's, in the same window
			_, err = l.c.Assignments.AddEvent(t.Context(), l.id, entry.Event)
			require.NoError(t, err)
		}
		time.Sleep(time.Hour)
		_, err = l.ensure(entry)
		require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		require.Len(t, asFailure(err).Details, 2)
		entry.NotMine = asFailure(err).Details
		entry.Adopt = entry.NotMine[0]
		_, err = l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrValidation, "it is this one, and is not")
		entry.Adopt = ""
		ensured, err := l.ensure(entry)
		require.NoError(t, err)
		assert.True(t, ensured.Sent)
		again, err := l.ensure(entry)
		require.NoError(t, err)
		assert.Equal(t, ensured.EventID, again.EventID)
		assert.Equal(t, 3, sentPayments(l.srv, l.id), "theirs and ours")
	})
}

// Adopt is taken at once, though the request that was sent may still arrive.
func TestAdoptBeforeSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		e0 := l.paid("40.00")
		entry := payment("bank-1", "40.00")
		entry.NotMine = []string{e0}
		l.lost = true // still under way
		_, err := l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		entry.NotMine, entry.Adopt = nil, e0 // another person decides otherwise
		_, err = l.ensure(entry)
		assert.ErrorIs(t, err, ledger.ErrUnsettled)
	})
}
