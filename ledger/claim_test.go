package ledger_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
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

// shaky is a journal whose writes fail, before they store or after that, and which
// cannot be read either, as long as it is told to.
type shaky struct {
	ledger.Journal
	fails  string // the method that fails
	stores bool   // it stores all the same
	blind  bool   // it cannot be read after the failure
	before func()
	failed bool
}

func (s *shaky) failure(method string) bool {
	if s.fails != method || s.failed {
		return false
	}
	s.failed = true
	if s.before != nil {
		s.before()
	}
	return true
}

func (s *shaky) Begin(ctx context.Context, r ledger.Record) (ledger.Record, bool, error) {
	if !s.failure("Begin") {
		return s.Journal.Begin(ctx, r)
	}
	if s.stores {
		_, _, _ = s.Journal.Begin(ctx, r)
	}
	return ledger.Record{}, false, errDown
}

func (s *shaky) End(ctx context.Context, r ledger.Record) error {
	if !s.failure("End") {
		return s.Journal.End(ctx, r)
	}
	if s.stores {
		_ = s.Journal.End(ctx, r)
	}
	return errDown
}

func (s *shaky) Find(ctx context.Context, key ledger.JournalKey) (ledger.Record, bool, error) {
	if s.failed && s.blind {
		return ledger.Record{}, false, errDown
	}
	return s.Journal.Find(ctx, key)
}

// TestWriteFails: after a write that failed the journal is read. What it stored
// counts, and nothing is sent on what cannot be read.
func TestWriteFails(t *testing.T) {
	for name, c := range map[string]struct {
		shaky
		want  string
		sent  int
		later string // run again after the settle time, with a journal that works
	}{
		"Begin, not stored":           {shaky{fails: "Begin"}, "not sent, ErrJournal", 0, `sent true, event "e1"`},
		"Begin, stored":               {shaky{fails: "Begin", stores: true}, `sent true, event "e1"`, 1, `sent false, event "e1"`},
		"Begin, not to be read":       {shaky{fails: "Begin", blind: true}, "unknown, ErrJournal", 0, `sent true, event "e1"`},
		"Begin, stored, not read":     {shaky{fails: "Begin", stores: true, blind: true}, "unknown, ErrJournal", 0, `sent true, event "e1"`},
		"End, not stored":             {shaky{fails: "End"}, "applied, ErrJournal", 1, `sent false, event "e1"`},
		"End, stored":                 {shaky{fails: "End", stores: true}, `sent true, event "e1"`, 1, `sent false, event "e1"`},
		"End, stored, not to be read": {shaky{fails: "End", stores: true, blind: true}, "applied, ErrJournal", 1, `sent false, event "e1"`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newRaw(t)
				s := c.shaky
				s.Journal = l.journal
				l.Ledger = ledger.New(l.Client, &s)
				assert.Contains(t, result(l.ensure(payment("bank-1", "40.00"))), c.want)
				assert.Equal(t, c.sent, l.posts)
				time.Sleep(20 * time.Minute)
				s.blind = false
				assert.Equal(t, c.later, result(l.ensure(payment("bank-1", "40.00"))))
				assert.Equal(t, 1, l.posts)
			})
		})
	}
}

// TestWriteFailsTransfer is the same for a transfer.
func TestWriteFailsTransfer(t *testing.T) {
	for name, c := range map[string]struct {
		shaky
		want string
		sent int
	}{
		"Begin, not stored":       {shaky{fails: "Begin"}, "not sent, ErrJournal", 0},
		"Begin, stored":           {shaky{fails: "Begin", stores: true}, "handed_over, sent true", 1},
		"Begin, stored, not read": {shaky{fails: "Begin", stores: true, blind: true}, "unknown, ErrJournal", 0},
		"End, stored":             {shaky{fails: "End", stores: true}, "handed_over, sent true", 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScribe(t)
				j := c.shaky
				j.Journal = s.Journal
				s.transfer("")
				sent := 0
				s.OnFunc(http.MethodPost, ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply {
					sent++
					return ct.Reply{Status: 202, Body: `{"status":"pending"}`}
				})
				assert.Contains(t, standing(ledger.New(s.Client, &j).EnsureTransfer(t.Context(), "I1", ropoEntry())), c.want)
				assert.Equal(t, c.sent, sent)
			})
		})
	}
}

// TestBeginOfTheSameInstant: the record that is found after a failure is another
// server's, of the same microsecond. It sends, so this one must not.
func TestBeginOfTheSameInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		other := l.Ledger
		l.answer = dropAfter
		first := true
		s := &shaky{Journal: l.journal, fails: "Begin", before: func() {
			_, err := other.EnsureEvent(t.Context(), rawID, payment("bank-1", "40.00"))
			require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
			first = false
		}}
		l.Ledger = ledger.New(l.Client, s)
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.Error(t, err)
		assert.False(t, first)
		assert.Equal(t, 1, l.posts)
	})
}

// TestSettledTwice: two servers settle one entry at a time and come to the same.
func TestSettledTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.answer = dropAfter
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		time.Sleep(time.Hour)
		var wg sync.WaitGroup
		for range 2 {
			server := ledger.New(l.Client, l.journal)
			wg.Go(func() {
				assert.Equal(t, `sent false, event "e1"`, result(server.EnsureEvent(t.Context(), rawID, payment("bank-1", "40.00"))))
			})
		}
		wg.Wait()
		assert.Equal(t, 1, l.posts)
	})
}

// TestWritersSettleTime: who settles sooner than the one who sent waits for him.
func TestWritersSettleTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.lost = true
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		hasty := ledger.New(l.Client, l.journal, ledger.SettleTime(10*time.Second))
		for _, wait := range []time.Duration{time.Second, time.Minute, 13 * time.Minute} {
			time.Sleep(wait)
			for _, key := range []string{"bank-1", "bank-2"} {
				_, err := hasty.EnsureEvent(t.Context(), rawID, payment(key, "40.00"))
				require.ErrorIs(t, err, ledger.ErrUnsettled)
				assert.LessOrEqual(t, asFailure(err).RetryAfter, 15*time.Minute)
				assert.NotZero(t, asFailure(err).RetryAfter)
			}
		}
		open, err := hasty.Recover(t.Context())
		require.NoError(t, err)
		assert.Len(t, open, 1)
		time.Sleep(time.Minute)
		ensured, err := hasty.EnsureEvent(t.Context(), rawID, payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.True(t, ensured.Sent)
		assert.Equal(t, 2, l.posts, "the lost one and the one that arrived")
	})
}

// crowded is a journal that is slow to say that a claim is taken.
type crowded struct{ ledger.Journal }

func (j crowded) Begin(ctx context.Context, r ledger.Record) (ledger.Record, bool, error) {
	stored, claimed, err := j.Journal.Begin(ctx, r)
	if !claimed {
		time.Sleep(5 * time.Second)
	}
	return stored, claimed, err
}

// TestAssignmentFreeAgain: another server held the assignment and has given it up:
// the same run reports its payment.
func TestAssignmentFreeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		second := ledger.New(l.srv.Client(t), &pausing{crowded{l.journal}, time.Second})
		done := make(chan error)
		go func() {
			_, err := second.EnsureEvent(t.Context(), l.id, payment("bank-2", "40.00"))
			done <- err
		}()
		time.Sleep(500 * time.Millisecond)
		l.srv.Inject(maventatest.SlowAnswer(2 * time.Second).On("Assignments.AddEvent"))
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		require.NoError(t, <-done)
		assert.Equal(t, 2, sentPayments(l.srv, l.id))
		assert.NotEqual(t, l.entry("bank-1").EventID, l.entry("bank-2").EventID)
	})
}

// TestOpenRival: a journal that kept no claims holds two open entries of equal
// payments. One event is there, and nothing shows whose it is.
func TestOpenRival(t *testing.T) {
	for name, c := range map[string]struct {
		amount string
		want   string
	}{
		"an equal one": {"40.00", "unknown, ErrPossibleDuplicate"},
		"another one":  {"7.00", `sent false, event "e1"`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newRaw(t)
				l.answer = dropAfter
				_, err := l.ensure(payment("bank-1", "40.00"))
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				rival := journalEntry("bank-2", 0)
				rival.AssignmentID, rival.Amount, rival.BegunAt, rival.Baseline = rawID, someAmount(c.amount), time.Now().UTC(), nil
				_, claimed, err := l.journal.Begin(t.Context(), rival)
				require.NoError(t, err)
				require.True(t, claimed)
				time.Sleep(time.Hour)
				assert.Contains(t, result(l.ensure(payment("bank-1", "40.00"))), c.want)
				assert.Equal(t, 1, l.posts)
			})
		})
	}
}

// TestOneInvoiceTwoKeys: two jobs have two names for the hand-over of one invoice.
func TestOneInvoiceTwoKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScribe(t)
		s.transfer("")
		sent, answer := 0, ct.Reply{Err: errors.New("drop")}
		s.OnFunc(http.MethodPost, ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply {
			sent++
			return answer
		})
		other := ropoEntry()
		other.Key = "collect/2"
		refused := func(state string) {
			t.Helper()
			_, err := s.EnsureTransfer(t.Context(), "I1", other)
			require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
			require.ErrorContains(t, err, `"collect/1"`)
			require.ErrorContains(t, err, state)
			assert.Equal(t, 1, sent)
		}
		_, err := s.EnsureTransfer(t.Context(), "I1", ropoEntry())
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		refused("is open")
		s.later()
		refused("is open")
		s.transfer("sent")
		_, err = s.EnsureTransfer(t.Context(), "I1", ropoEntry())
		require.NoError(t, err)
		refused("was made")
		s.transfer("")
		refused("was made")
	})
}

// TestOneAssignmentInOneBatch: the items of one assignment go one after the other,
// whatever their ids are written like, and an open one holds up the next.
func TestOneAssignmentInOneBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		l.use(l.srv.Client(t), slowJournal{l.journal})
		var items []ledger.Item
		for i, id := range []string{l.id, strings.ToUpper(l.id), l.id, strings.ToUpper(l.id)} {
			items = append(items, ledger.Item{AssignmentID: id, Entry: payment("bank-"+string(rune('1'+i)), "10.00")})
		}
		for _, r := range l.EnsureEvents(t.Context(), items) {
			require.NoError(t, r.Err)
			assert.True(t, r.Ensured.Sent)
			assert.Equal(t, l.id, r.Ensured.AssignmentID)
		}
		assert.Equal(t, 4, sentPayments(l.srv, l.id))

		l.srv.Inject(maventatest.DropBeforeCommit().On("Assignments.AddEvent"))
		for i := range items {
			items[i].Key += "/2"
		}
		for i, r := range l.EnsureEvents(t.Context(), items) {
			require.ErrorIs(t, r.Err, maventa.ErrOutcomeUnknown)
			assert.Equal(t, i > 0, errors.Is(r.Err, ledger.ErrUnsettled), "%v", r.Err)
		}
		assert.Equal(t, 4, sentPayments(l.srv, l.id))
	})
}
