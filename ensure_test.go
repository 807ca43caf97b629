package maventa_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

// ledger is one assignment on a fake, and a client with a journal.
type ledger struct {
	t       *testing.T
	srv     *maventatest.Server
	c       *maventa.Client
	journal maventa.Journal
	id      string
}

// wireName lets the ledger's tests run on each of the fake's ways to speak: .ci/run
// does.
var wireName = flag.String("wire", "default", "how the fake speaks in the tests of the ledger: a name of maventatest.Wires")

func withWire(t *testing.T) maventatest.Option {
	t.Helper()
	for _, w := range maventatest.Wires() {
		if w.Name == *wireName {
			return maventatest.WithWire(w)
		}
	}
	t.Fatalf("no wire %q", *wireName)
	return nil
}

func newLedger(t *testing.T, opts ...maventatest.Option) *ledger {
	t.Helper()
	opts = append([]maventatest.Option{withWire(t)}, opts...)
	l := &ledger{t: t, srv: maventatest.NewServer(t, opts...), journal: maventa.NewMemoryJournal()}
	l.c = l.srv.Client(t, maventa.WithJournal(l.journal))
	l.id = l.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
	return l
}

var payday = maventa.MustDate("2026-11-20")

func payment(key, amount string) maventa.LedgerEntry {
	return maventa.LedgerEntry{Key: key, Event: maventa.DirectPayment(maventa.MustAmount(amount), payday)}
}

// ensure is one run of the caller's batch for one entry.
func (l *ledger) ensure(entry maventa.LedgerEntry) (*maventa.Ensured, error) {
	l.t.Helper()
	return l.c.Assignments.EnsureEvent(l.t.Context(), l.id, entry)
}

// entry is what the journal holds.
func (l *ledger) entry(key string) maventa.JournalEntry {
	l.t.Helper()
	e, ok, err := l.journal.Find(l.t.Context(), maventa.JournalKey{Environment: "maventatest", CompanyID: l.srv.CompanyID(), Key: key})
	require.NoError(l.t, err)
	require.True(l.t, ok, "no entry for %s", key)
	return e
}

// lastEvent is the id of the newest event. The answer to AddEvent need not tell.
func (l *ledger) lastEvent() string {
	l.t.Helper()
	a, ok := l.srv.Assignment(l.id)
	require.True(l.t, ok && len(a.Events) > 0)
	return a.Events[len(a.Events)-1].ID
}

func (l *ledger) posts() int { return l.srv.Count("Assignments.AddEvent") }

func TestEnsureEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		first, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.True(t, first.Sent)
		assert.NotEmpty(t, first.EventID)
		again, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.False(t, again.Sent)
		assert.Equal(t, first.EventID, again.EventID)
		assert.Equal(t, 1, l.posts())
		l.srv.AssertExactlyOnce(t, l.id, "paid", "40.00")

		e := l.entry("bank-1")
		assert.True(t, e.Done())
		assert.Equal(t, first.EventID, e.EventID)
		assert.Equal(t, "Assignments.AddEvent", e.Operation)
		assert.NotEmpty(t, e.Digest)
	})
}

// TestEnsureEqualPayments: two equal payments on one day are two payments.
func TestEnsureEqualPayments(t *testing.T) {
	for _, wire := range maventatest.Wires() {
		t.Run(wire.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLedger(t, maventatest.WithWire(wire))
				for _, key := range []string{"bank-1", "bank-2", "bank-1", "bank-2"} {
					_, err := l.ensure(payment(key, "40.00"))
					require.NoError(t, err, key)
				}
				assert.Equal(t, 2, l.posts())
			})
		})
	}
}

func TestEnsureKeyReused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		_, err = l.ensure(payment("bank-1", "41.00"))
		require.ErrorIs(t, err, maventa.ErrKeyReused)
		other := l.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
		_, err = l.c.Assignments.EnsureEvent(t.Context(), other, payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrKeyReused)
		assert.Equal(t, 1, l.posts())
	})
}

// TestEnsureAfterUnknown: an answer was lost. Until the settle time is over the
// entry stays open; then reading tells, and nothing is ever reported twice.
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
				l := newLedger(t)
				l.srv.Inject(tt.fault.On("Assignments.AddEvent"))
				_, err := l.ensure(payment("bank-1", "40.00"))
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				open := l.entry("bank-1")
				assert.True(t, open.Open())

				time.Sleep(5 * time.Minute)
				_, err = l.ensure(payment("bank-1", "40.00"))
				require.ErrorIs(t, err, maventa.ErrUnsettled)
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				failed, _ := errors.AsType[*maventa.Error](err)
				assert.InDelta(t, 10*time.Minute, failed.RetryAfter, float64(2*time.Second))
				assert.Equal(t, 1, l.posts())

				// Another event of the assignment has to wait as well.
				_, err = l.ensure(payment("bank-2", "1.00"))
				require.ErrorIs(t, err, maventa.ErrUnsettled)
				assert.Equal(t, 1, l.posts())

				time.Sleep(11 * time.Minute)
				ensured, err := l.ensure(payment("bank-1", "40.00"))
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
				l := newLedger(t)
				ctx, cancel := context.WithCancel(t.Context())
				if crash == "before the request" {
					l.srv.Inject(maventatest.Slow(time.Hour).On("Assignments.AddEvent"))
				} else {
					l.srv.Inject(maventatest.HangAfterCommit().On("Assignments.AddEvent"))
				}
				time.AfterFunc(time.Second, cancel)
				_, err := l.c.Assignments.EnsureEvent(ctx, l.id, payment("bank-1", "40.00"))
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				l.srv.ClearFaults()

				time.Sleep(20 * time.Minute)
				second := l.srv.Client(t, maventa.WithJournal(l.journal)) // a new process
				open, err := second.Recover(t.Context())
				require.NoError(t, err)
				assert.Empty(t, open)
				_, err = second.Assignments.EnsureEvent(t.Context(), l.id, payment("bank-1", "40.00"))
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
				l := newLedger(t)
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

// TestEnsurePossibleDuplicate: an equal event is there that the journal does not
// know. The caller decides.
func TestEnsurePossibleDuplicate(t *testing.T) {
	for _, decision := range []string{"adopt", "post"} {
		t.Run(decision, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLedger(t)
				_, err := l.c.Assignments.AddEvent(t.Context(), l.id, maventa.DirectPayment(maventa.MustAmount("40.0"), payday))
				require.NoError(t, err)
				other := l.lastEvent()
				_, err = l.ensure(payment("bank-1", "40.00"))
				require.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
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
					entry.Post = []string{other}
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
		l := newLedger(t)
		l.srv.Inject(maventatest.DeliverTwice().On("Assignments.AddEvent"))
		first, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		_, err = l.ensure(payment("bank-2", "40.00"))
		require.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
		failed, _ := errors.AsType[*maventa.Error](err)
		if first.EventID == "" { // where the answer does not tell, both are in question
			require.Len(t, failed.Details, 2)
			return
		}
		require.Len(t, failed.Details, 1)
		assert.NotEqual(t, first.EventID, failed.Details[0])
	})
}

// TestEnsureConcurrently: many goroutines and two servers with one journal.
func TestEnsureConcurrently(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		clients := []*maventa.Client{l.c, l.srv.Client(t, maventa.WithJournal(l.journal))}
		done := make(chan error, 40)
		for i := range 40 {
			go func() {
				_, err := clients[i%2].Assignments.EnsureEvent(t.Context(), l.id, payment("bank-1", "40.00"))
				if errors.Is(err, maventa.ErrUnsettled) {
					err = nil // the other server is at it
				}
				done <- err
			}()
		}
		for range 40 {
			require.NoError(t, <-done)
		}
		assert.Equal(t, 1, l.posts())
		l.srv.AssertExactlyOnce(t, l.id, "paid", "40.00")
	})
}

// TestEnsureRejected: a refusal changes nothing, and the key may be used again.
func TestEnsureRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		l.srv.Inject(maventatest.Status(422, `{"code":"no","message":"not today"}`).On("Assignments.AddEvent"))
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrValidation)
		assert.Equal(t, maventa.OutcomeRejected, l.entry("bank-1").Outcome)
		_, err = l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		l.srv.AssertExactlyOnce(t, l.id, "paid", "40.00")
	})
}

func TestEnsureBadInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		_, err := l.ensure(payment("", "40.00"))
		require.ErrorIs(t, err, maventa.ErrValidation)
		_, err = l.ensure(payment("k", "-1"))
		require.ErrorIs(t, err, maventa.ErrValidation)
		_, err = l.c.Assignments.EnsureEvent(t.Context(), "../x", payment("k", "1"))
		require.ErrorIs(t, err, maventa.ErrValidation)
		_, err = l.srv.Client(t).Assignments.EnsureEvent(t.Context(), l.id, payment("k", "1"))
		require.ErrorIs(t, err, maventa.ErrJournal)
		require.NotErrorIs(t, err, maventa.ErrValidation, "nothing is wrong with the payment")
		assert.ErrorContains(t, err, "WithJournal")
		assert.Empty(t, l.srv.Requests())
	})
}

// TestEnsureAfterTransfer: an invoice is handed over, its assignment waited for,
// and a payment reported.
func TestEnsureAfterTransfer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t, maventatest.WithLag(3*time.Minute))
		l.srv.Company().ActivatePerinta("company")
		invoice := l.srv.AddInvoice(maventatest.Invoice{Total: "100.00", DueDate: l.srv.Clock().Day(-20)})
		entry := maventa.TransferEntry{Key: "collect/1", Amili: &maventa.AmiliTransfer{
			CollectionType: maventa.CollectionOnly, ReceivablesType: maventa.ReceivablesB2B,
			Payers:  []maventa.Payer{{Name: "Oy Ab", Address: maventa.Address{Country: "FI", Streets: []string{"K 1"}, City: "H", ZipCode: "00100"}}},
			Amounts: maventa.TransferAmounts{CapitalAmount: maventa.MustAmount("100.00")},
		}}
		ensured, err := l.c.Invoices.EnsureTransfer(t.Context(), invoice, entry)
		require.NoError(t, err)
		assert.True(t, ensured.Sent)
		ensured, err = l.c.Invoices.EnsureTransfer(t.Context(), invoice, entry)
		require.NoError(t, err)
		assert.False(t, ensured.Sent)
		assert.Equal(t, 1, l.srv.Count("Invoices.TransferToAmili"))

		a, err := l.c.Invoices.WaitForTransfer(t.Context(), invoice)
		require.NoError(t, err)
		paid, err := l.c.Assignments.EnsureEvent(t.Context(), a.ID, payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.Equal(t, l.srv.AssignmentOf(invoice), paid.AssignmentID)
		l.srv.AssertExactlyOnce(t, paid.AssignmentID, "paid", "40.00")

		failing := l.srv.AddInvoice(maventatest.Invoice{Total: "100.00", DueDate: l.srv.Clock().Day(-20)})
		l.srv.FailTransfer(failing, "the debtor is bankrupt")
		entry.Key = "collect/2"
		_, err = l.c.Invoices.EnsureTransfer(t.Context(), failing, entry)
		require.NoError(t, err)
		_, err = l.c.Invoices.WaitForTransfer(t.Context(), failing)
		require.ErrorIs(t, err, maventa.ErrTransferFailed)
		assert.ErrorContains(t, err, "bankrupt")
	})
}

// TestEnsureTransferUnknown: the answer to a transfer was lost.
func TestEnsureTransferUnknown(t *testing.T) {
	for _, arrives := range []bool{true, false} {
		t.Run(fmt.Sprint(arrives), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLedger(t)
				l.srv.Company().Activate(maventatest.Ropo)
				invoice := l.srv.AddInvoice(maventatest.Invoice{Total: "100.00", DueDate: l.srv.Clock().Day(-20)})
				fault := maventatest.DropBeforeCommit()
				if arrives {
					fault = maventatest.DropAfterCommit()
				}
				l.srv.Inject(fault.On("Invoices.TransferToRopo"))
				entry := maventa.TransferEntry{Key: "collect/1", Ropo: &maventa.RopoTransfer{
					CollectionType: maventa.CollectionOnly, ReceivablesType: maventa.ReceivablesB2B, Currency: "EUR",
					DueDate: maventa.MustDate("2026-01-01"), Today: maventa.MustDate("2026-02-01"),
					Payers:  []maventa.Payer{{Name: "Oy Ab", Address: maventa.Address{Country: "FI", Streets: []string{"K 1"}, City: "H", ZipCode: "00100"}}},
					Amounts: maventa.TransferAmounts{CapitalAmount: maventa.MustAmount("100.00")},
				}}
				ensure := func() (*maventa.Ensured, error) {
					return l.c.Invoices.EnsureTransfer(t.Context(), invoice, entry)
				}
				_, err := ensure()
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				if arrives {
					ensured, err := ensure()
					require.NoError(t, err)
					assert.False(t, ensured.Sent)
					assert.Equal(t, 1, l.srv.Count("Invoices.TransferToRopo"))
					return
				}
				_, err = ensure()
				require.ErrorIs(t, err, maventa.ErrUnsettled)
				time.Sleep(time.Hour)
				_, err = ensure()
				require.ErrorIs(t, err, maventa.ErrUnsettled, "a 404 proves nothing")
				entry.Post = asFailure(err).FirstSent
				ensured, err := ensure()
				require.NoError(t, err)
				assert.True(t, ensured.Sent)
			})
		})
	}
}

// TestEnsureEvents: a whole ledger, run twice, over a network that loses answers.
func TestEnsureEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		var items []maventa.LedgerItem
		for i := range 20 {
			id := l.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
			for j := range 2 {
				items = append(items, maventa.LedgerItem{AssignmentID: id, LedgerEntry: payment(fmt.Sprintf("bank-%d-%d", i, j), "10.00")})
			}
		}
		items = append(items, maventa.LedgerItem{InvoiceID: "no-such-invoice", LedgerEntry: payment("bank-x", "1.00")})
		l.srv.Inject(maventatest.DropAfterCommit().On("Assignments.AddEvent").Nth(3).Times(4))
		failed := 0
		for i, r := range l.c.Assignments.EnsureEvents(t.Context(), items) {
			assert.Equal(t, items[i].Key, r.Item.Key)
			if r.Err != nil {
				failed++
			}
		}
		assert.Greater(t, failed, 4)
		time.Sleep(20 * time.Minute)
		results := l.c.Assignments.EnsureEvents(t.Context(), items)
		for _, r := range results[:40] {
			require.NoError(t, r.Err, r.Item.Key)
		}
		require.ErrorIs(t, results[40].Err, maventa.ErrNotFound)
		assert.Equal(t, 40, l.posts())
	})
}

// TestFileJournalAcrossProcesses: what one process began another finds.
func TestFileJournalAcrossProcesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		path := filepath.Join(t.TempDir(), "journal.jsonl")
		journal, err := maventa.OpenFileJournal(path)
		require.NoError(t, err)
		_, err = maventa.OpenFileJournal(path)
		require.ErrorIs(t, err, maventa.ErrJournalLocked)

		l.srv.Inject(maventatest.DropAfterCommit().On("Assignments.AddEvent"))
		c := l.srv.Client(t, maventa.WithJournal(journal))
		_, err = c.Assignments.EnsureEvent(t.Context(), l.id, payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		require.NoError(t, journal.Close())

		journal, err = maventa.OpenFileJournal(path)
		require.NoError(t, err)
		defer func() { require.NoError(t, journal.Close()) }()
		time.Sleep(time.Hour)
		c = l.srv.Client(t, maventa.WithJournal(journal))
		ensured, err := c.Assignments.EnsureEvent(t.Context(), l.id, payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.False(t, ensured.Sent)
		l.srv.AssertExactlyOnce(t, l.id, "paid", "40.00")

		require.NoError(t, journal.Prune(time.Now().Add(time.Second)))
		_, found, err := journal.Find(t.Context(), maventa.JournalKey{Environment: "maventatest", CompanyID: l.srv.CompanyID(), Key: "bank-1"})
		require.NoError(t, err)
		assert.False(t, found)
	})
}
