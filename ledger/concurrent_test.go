package ledger_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// TestEnsureConcurrently: many goroutines and two servers with one journal.
func TestEnsureConcurrently(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		servers := []*ledger.Ledger{l.Ledger, ledger.New(l.srv.Client(t), l.journal)}
		done := make(chan error, 40)
		for i := range 40 {
			go func() {
				_, err := servers[i%2].EnsureEvent(t.Context(), l.id, payment("bank-1", "40.00"))
				if errors.Is(err, ledger.ErrUnsettled) {
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

// What the chaos of TestChaos meets once in many thousand stories.

// TestEnsureSlowSender: one server is made to wait before it sends. By the time
// it may, another one has concluded that nothing arrived: it must not send.
func TestEnsureSlowSender(t *testing.T) {
	const settle = 10 * time.Second
	for name, fault := range map[string]maventatest.Fault{
		"throttled":    maventatest.RetryAfter(429, 20*time.Second).On("Assignments.AddEvent"),
		"a slow token": maventatest.Slow(25 * time.Second).On("Auth.Token"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newBooks(t)
				c := l.srv.Client(t)
				slow := ledger.New(c, l.journal, ledger.SettleTime(settle))
				other := ledger.New(l.srv.Client(t), l.journal, ledger.SettleTime(settle))
				_, err := c.Assignments.Overview(t.Context())
				require.NoError(t, err)
				if name == "a slow token" { // the one there is is revoked, and no longer young
					time.Sleep(time.Minute)
					l.srv.Inject(maventatest.ExpireToken().On("Assignments.AddEvent"))
				}
				l.srv.Inject(fault)
				done := make(chan error)
				go func() {
					_, err := slow.EnsureEvent(t.Context(), l.id, payment("bank-1", "40.00"))
					done <- err
				}()
				for range 6 {
					time.Sleep(settle)
					_, _ = other.EnsureEvent(t.Context(), l.id, payment("bank-1", "40.00"))
				}
				<-done
				l.srv.AssertExactlyOnce(t, l.id, "paid", "40.00")
			})
		})
	}
}

// TestEnsureTransferSlowSender is the same for a transfer, where the caller's
// Post stands for the conclusion.
func TestEnsureTransferSlowSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t, withWire(t))
		srv.Company().Activate(maventatest.Ropo)
		invoice := srv.AddInvoice(overdue(srv))
		transfer := ropoTransfer()
		entry := ledger.TransferEntry{Key: "collect-1", Ropo: &transfer}
		journal, settle := ledger.NewMemory(), ledger.SettleTime(10*time.Second)
		slow, other := ledger.New(srv.Client(t), journal, settle), ledger.New(srv.Client(t), journal, settle)
		srv.Inject(maventatest.RetryAfter(429, 20*time.Second).On("Invoices.TransferToRopo"))
		done := make(chan error)
		go func() {
			_, err := slow.EnsureTransfer(t.Context(), invoice, entry)
			done <- err
		}()
		decided := entry
		for range 6 {
			time.Sleep(10 * time.Second)
			_, err := other.EnsureTransfer(t.Context(), invoice, decided)
			if failed := asFailure(err); failed != nil {
				decided.NeverArrived = failed.FirstSent
			}
		}
		<-done
		assert.Equal(t, 1, transfersOf(srv, invoice))
	})
}

// slowJournal takes its time before it claims a key, as a database does.
type slowJournal struct{ ledger.Journal }

func (j slowJournal) Begin(ctx context.Context, entry ledger.Record) (ledger.Record, bool, error) {
	time.Sleep(time.Second)
	return j.Journal.Begin(ctx, entry)
}

// TestClaimDecides: two servers have both seen that nothing is there. Which one
// may send is decided by the journal's claim alone.
func TestClaimDecides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		l.srv.Company().Activate(maventatest.Ropo)
		invoice, transfer := l.srv.AddInvoice(overdue(l.srv)), ropoTransfer()
		var wg sync.WaitGroup
		for range 5 {
			c := ledger.New(l.srv.Client(t), slowJournal{l.journal})
			wg.Go(func() {
				_, err := c.EnsureEvent(t.Context(), l.id, payment("bank-1", "40.00"))
				assert.True(t, err == nil || errors.Is(err, ledger.ErrUnsettled), "%v", err)
			})
			wg.Go(func() {
				_, err := c.EnsureTransfer(t.Context(), invoice, ledger.TransferEntry{Key: "collect-1", Ropo: &transfer})
				assert.True(t, err == nil || errors.Is(err, ledger.ErrUnsettled), "%v", err)
			})
		}
		wg.Wait()
		assert.Equal(t, 1, l.posts())
		assert.Equal(t, 1, l.srv.Count("Invoices.TransferToRopo"))
	})
}

// Two servers, one assignment, two payments. Server 2 pauses between its
// look and its claim.
type pausing struct {
	ledger.Journal
	pause time.Duration
}

func (p *pausing) ForAssignment(ctx context.Context, a, b, c string) ([]ledger.Record, error) {
	list, err := p.Journal.ForAssignment(ctx, a, b, c)
	d := p.pause
	p.pause = 0
	time.Sleep(d)
	return list, err
}

func TestTwoServersOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		second := ledger.New(l.srv.Client(t), &pausing{l.journal, time.Second})
		done := make(chan error)
		go func() {
			_, err := second.EnsureEvent(t.Context(), l.id, payment("bank-2", "40.00"))
			done <- err
		}()
		time.Sleep(500 * time.Millisecond)
		l.srv.Inject(maventatest.DropBeforeCommit().On("Assignments.AddEvent"))
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		err = <-done
		assert.ErrorIs(t, err, ledger.ErrUnsettled, "bank-2 was sent while bank-1 is open")
	})
}

func TestTwoServersLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		second := ledger.New(l.srv.Client(t), &pausing{l.journal, 15*time.Minute - 8*time.Second})
		done := make(chan error)
		go func() {
			_, err := second.EnsureEvent(t.Context(), l.id, payment("bank-2", "40.00"))
			done <- err
		}()
		time.Sleep(time.Second)
		l.srv.Inject(maventatest.DropBeforeCommit().On("Assignments.AddEvent"))
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		l.srv.Inject(maventatest.SlowAnswer(20 * time.Second).On("Assignments.AddEvent"))
		time.Sleep(15*time.Minute + 100*time.Millisecond)
		_, _ = l.ensure(payment("bank-1", "40.00"))
		<-done // whatever the two are answered now
		time.Sleep(20 * time.Minute)
		for _, key := range []string{"bank-1", "bank-2"} {
			_, err = l.ensure(payment(key, "40.00"))
			require.NoError(t, err)
		}
		a, _ := l.srv.Assignment(l.id)
		assert.Len(t, a.Events, 2, "two payments are done, entries: %q and %q", l.entry("bank-1").EventID, l.entry("bank-2").EventID)
	})
}

type tardyJournal struct{ ledger.Journal }

func (s tardyJournal) Begin(ctx context.Context, e ledger.Record) (ledger.Record, bool, error) {
	x, ok, err := s.Journal.Begin(ctx, e)
	time.Sleep(10 * time.Millisecond) // the way back of the answer
	return x, ok, err
}

// Two servers in step, each with its own payment of one assignment, each waiting
// as long as the error says.
func TestTwoServersInStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		var wg sync.WaitGroup
		for _, key := range []string{"bank-1", "bank-2"} {
			c := ledger.New(l.srv.Client(t), tardyJournal{l.journal})
			wg.Go(func() {
				var err error
				for range 50 {
					if _, err = c.EnsureEvent(t.Context(), l.id, payment(key, "40.00")); err == nil {
						return
					}
					time.Sleep(asFailure(err).RetryAfter)
				}
				t.Error(key, err)
			})
		}
		wg.Wait()
		assert.Equal(t, 2, sentPayments(l.srv, l.id))
	})
}

// panickyJournal is a journal whose code is wrong.
type panickyJournal struct{ ledger.Journal }

func (panickyJournal) Find(context.Context, ledger.JournalKey) (ledger.Record, bool, error) {
	panic("of the journal")
}

// TestBatchPanics: a panic of the caller's code comes to the caller's goroutine,
// where it can be recovered.
func TestBatchPanics(t *testing.T) {
	m := newMock(t, panickyJournal{ledger.NewMemory()})
	defer func() {
		err, ok := recover().(error)
		require.True(t, ok)
		require.ErrorContains(t, err, "of the journal")
	}()
	m.EnsureEvents(t.Context(), []ledger.Item{
		{AssignmentID: "as-1", Entry: payment("k-1", "1.00")}, {AssignmentID: "as-2", Entry: payment("k-2", "1.00")},
	})
	t.Error("does not panic")
}
