package ledger_test

import (
	"context"
	"encoding/json"
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

// TestEnsureAfterUnknown: an answer was lost. An event that is there ends the entry
// at once; if none is, it stays open until the settle time is over. Nothing is ever
// reported twice.
func TestEnsureAfterUnknown(t *testing.T) {
	for _, tt := range []struct {
		fault maventatest.Fault
		posts int // in all runs
	}{
		{maventatest.DropAfterCommit(), 1},
		{maventatest.StatusAfterCommit(503), 1},
		{maventatest.HalfStatusLine(), 1},
		{maventatest.DropBeforeCommit(), 2},
		{maventatest.Status(503), 2},
		{maventatest.CommitLate(time.Minute), 1},
	} {
		t.Run(tt.fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newBooks(t)
				l.srv.Inject(tt.fault.On("Assignments.AddEvent"))
				_, err := l.ensure(payment("bank-1", "40.00"))
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				open := l.entry("bank-1")
				assert.True(t, open.Open())

				time.Sleep(5 * time.Minute)
				ensured, err := l.ensure(payment("bank-1", "40.00"))
				if tt.posts == 2 {
					require.ErrorIs(t, err, ledger.ErrUnsettled)
					require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
					failed, _ := errors.AsType[*maventa.Error](err)
					assert.InDelta(t, 10*time.Minute, failed.RetryAfter, float64(2*time.Second))
					assert.Equal(t, 1, l.posts())

					// Another event of the assignment has to wait as well.
					_, err = l.ensure(payment("bank-2", "1.00"))
					require.ErrorIs(t, err, ledger.ErrUnsettled)
					assert.Equal(t, 1, l.posts())

					time.Sleep(11 * time.Minute)
					ensured, err = l.ensure(payment("bank-1", "40.00"))
				}
				require.NoError(t, err)
				assert.Equal(t, tt.posts == 2, ensured.Sent)
				assert.Equal(t, tt.posts, l.posts())
				l.srv.AssertExactlyOnce(t, l.id, "paid", "40.00")
				assert.Equal(t, ensured.EventID, l.entry("bank-1").EventID)

				_, err = l.ensure(payment("bank-2", "1.00"))
				require.NoError(t, err)
			})
		})
	}
}

// TestEnsureAfterCrash: the process ends between the journal and the answer.
func TestEnsureAfterCrash(t *testing.T) {
	for _, crash := range []string{"before the request", "after the request"} {
		t.Run(crash, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newBooks(t)
				ctx, cancel := context.WithCancel(t.Context())
				if crash == "before the request" {
					l.srv.Inject(maventatest.Slow(time.Hour).On("Assignments.AddEvent"))
				} else {
					l.srv.Inject(maventatest.HangAfterCommit().On("Assignments.AddEvent"))
				}
				time.AfterFunc(time.Second, cancel)
				_, err := l.EnsureEvent(ctx, l.id, payment("bank-1", "40.00"))
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				l.srv.ClearFaults()

				time.Sleep(20 * time.Minute)
				second := ledger.New(l.srv.Client(t), l.journal) // a new process
				open, err := second.Recover(t.Context())
				require.NoError(t, err)
				assert.Empty(t, open)
				_, err = second.EnsureEvent(t.Context(), l.id, payment("bank-1", "40.00"))
				require.NoError(t, err)
				l.srv.AssertExactlyOnce(t, l.id, "paid", "40.00")
			})
		})
	}
}

// TestEnsureAmongAgencyPayments: the agency books an equal amount on the same
// day, just before and just after ours.
func TestEnsureAmongAgencyPayments(t *testing.T) {
	for _, tt := range []struct {
		name          string
		before, after bool
		fault         maventatest.Fault
		hideAuthor    bool
		wantPosts     int
		wantErr       error
	}{
		{name: "before, ours arrives", before: true, fault: maventatest.DropAfterCommit(), wantPosts: 1},
		{name: "before, ours is lost", before: true, fault: maventatest.DropBeforeCommit(), wantPosts: 2},
		{name: "after, ours arrives", after: true, fault: maventatest.DropAfterCommit(), wantPosts: 1},
		{name: "after, ours is lost", after: true, fault: maventatest.DropBeforeCommit(), wantPosts: 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newBooks(t)
				if tt.before {
					l.srv.Agency().Paid(l.id, "10.00", payday.String())
				}
				l.srv.Inject(tt.fault.On("Assignments.AddEvent"))
				_, err := l.ensure(payment("bank-1", "10.00"))
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				if tt.after {
					l.srv.Agency().Paid(l.id, "10.00", payday.String())
				}
				time.Sleep(20 * time.Minute)
				ensured, err := l.ensure(payment("bank-1", "10.00"))
				require.NoError(t, err)
				assert.NotEmpty(t, ensured.EventID)
				assert.Equal(t, tt.wantPosts, l.posts())
				a, ok := l.srv.Assignment(l.id)
				require.True(t, ok)
				ours := 0
				for _, e := range a.Events {
					if e.Type == "paid" && e.Author == "sender" {
						ours++
					}
				}
				assert.Equal(t, 1, ours)
			})
		})
	}
}

// TestBlockedByAnother: an entry whose payment may be there twice blocks the
// others of its assignment. Their errors say to wait, not to adopt: what
// is unclear is not theirs.
func TestBlockedByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		l.srv.Inject(maventatest.DeliverTwice().And(maventatest.DropAfterCommit()).On("Assignments.AddEvent"))
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		time.Sleep(time.Hour)
		_, err = l.ensure(payment("bank-2", "7.00"))
		require.Error(t, err)
		assert.NotErrorIs(t, err, ledger.ErrPossibleDuplicate, "the duplicate is another entry's")
		assert.ErrorIs(t, err, ledger.ErrUndecided)
		_, err = l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		assert.Len(t, ct.Failure(t, err).Details, 2)
	})
}

// TestTwoReads: an event that shows between the two reads is not taken for
// absent.
func TestTwoReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t, maventatest.WithLags(maventatest.Lags{Event: 15*time.Minute + 3*time.Second}))
		l.srv.Inject(maventatest.DropAfterCommit().On("Assignments.AddEvent"))
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		time.Sleep(15 * time.Minute)
		_, err = l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, ledger.ErrUnsettled)
		ensured, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.False(t, ensured.Sent)
		assert.Equal(t, 1, l.posts())
	})
}

// The list has lost what was in the baseline (an index that is being rebuilt):
// its silence proves nothing.
func TestBaselineVanished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.paid("1.00")
		l.answer = dropAfter
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		l.shown = func(map[string]any) map[string]any { return nil }
		time.Sleep(20 * time.Minute)
		_, err = l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, ledger.ErrUndecided)
		assert.Equal(t, []string{"e1"}, asFailure(err).Details)
		assert.Equal(t, 1, l.posts, "booked twice: %v", l.events)
	})
}

// Recover takes another credit note for the one that never arrived.
func TestRecoverCreditNote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.lost = true
		_, err := l.ensure(ledger.Entry{Key: "cn-1", Event: maventa.CreditNote(maventa.MustAmount("40.00"), payday, "CN1")})
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		l.add(map[string]any{"type": "credit_note", "amount": json.Number("40.00"), "date": payday.String(), "invoice_number": "CN2"})
		time.Sleep(20 * time.Minute)
		_, err = l.Recover(t.Context())
		require.NoError(t, err)
		stored, _, _ := l.journal.Find(t.Context(), ledger.JournalKey{Environment: "stage", CompanyID: ct.CompanyID, Key: "cn-1"})
		assert.False(t, stored.Done(), "CN1 is taken for reported by the event of CN2")
	})
}

// TestSettledByHand: where events show no ids, nothing can be adopted or
// distinguished. A person settles the entry in the journal, as docs/ledger.md says, and
// the assignment is free again.
func TestSettledByHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.shown = func(e map[string]any) map[string]any { return minus(e, "id") }
		l.answer = dropAfter
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		time.Sleep(20 * time.Minute)
		for _, key := range []string{"bank-1", "bank-2"} {
			_, err = l.ensure(payment(key, "40.00"))
			require.Error(t, err)
			assert.Zero(t, asFailure(err).RetryAfter, "running again does not help")
		}
		open, err := l.Recover(t.Context())
		require.NoError(t, err)
		require.Len(t, open, 1)
		entry := open[0]
		entry.Outcome, entry.EndedAt = maventa.OutcomeApplied, time.Now().UTC().Truncate(time.Microsecond)
		require.NoError(t, l.journal.End(t.Context(), entry))
		ensured, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.False(t, ensured.Sent)
		l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"` + id + `","type":"paid"}`} }
		_, err = l.ensure(payment("bank-2", "7.00"))
		require.NoError(t, err)
		assert.Equal(t, 2, l.posts)
	})
}

// The answer's id is not the one of the list.
func TestOtherIDInAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"req-` + id + `","type":"paid"}`} }
		_, err := l.ensure(payment("bank-1", "1.00"))
		require.NoError(t, err)
		l.lost = true
		_, err = l.ensure(payment("bank-2", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		for range 3 {
			time.Sleep(20 * time.Minute)
			_, err = l.ensure(payment("bank-2", "40.00"))
		}
		require.NoError(t, err)
		_, err = l.ensure(payment("bank-3", "7.00"))
		require.NoError(t, err)
		open, err := l.Recover(t.Context())
		require.NoError(t, err)
		assert.Empty(t, open)
	})
}

// Credit notes in a batch, the lost one is not first.
func TestCreditNotesBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		cn := func(number string) ledger.Item {
			return ledger.Item{AssignmentID: rawID, Entry: ledger.Entry{Key: number, Event: maventa.CreditNote(maventa.MustAmount("40.00"), payday, number)}}
		}
		ok := l.answer
		l.answer = dropAfter
		r := l.EnsureEvents(t.Context(), []ledger.Item{cn("CN1")})
		require.Error(t, r[0].Err)
		l.answer = ok
		time.Sleep(20 * time.Minute)
		r = l.EnsureEvents(t.Context(), []ledger.Item{cn("CN2"), cn("CN1"), cn("CN3")})
		assert.NotZero(t, asFailure(r[0].Err).RetryAfter, "running again does help")
		r = l.EnsureEvents(t.Context(), []ledger.Item{cn("CN2"), cn("CN1"), cn("CN3")})
		for _, x := range r {
			assert.NoError(t, x.Err)
		}
	})
}

// A context that ends between the two reads says so: running again with the same
// one would never settle anything.
func TestContextEndsBetweenTheReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		l := ledger.New(srv.Client(t), ledger.NewMemory())
		id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "124.00"})
		srv.Inject(maventatest.DropBeforeCommit().On("Assignments.AddEvent"))
		_, err := l.EnsureEvent(t.Context(), id, payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		time.Sleep(time.Hour)
		short, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err = l.EnsureEvent(short, id, payment("bank-1", "40.00"))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, ledger.ErrUnsettled)
		require.ErrorContains(t, err, "give the context 15 s at least")
		short, cancel = context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err = l.Recover(short)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}
