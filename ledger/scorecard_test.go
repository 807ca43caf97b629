package ledger_test

import (
	"context"
	"fmt"
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

// TestScorecard computes the measures of the ledger, S7 to S9 and its part of
// S11, and prints them.
func TestScorecard(t *testing.T) {
	s := &ct.Scorecard{}
	t.Run("reporting", func(t *testing.T) { scoreEnsure(t, s) })
	t.Run("deadlines", func(t *testing.T) { scoreDeadlines(t, s) })
	s.Log(t)
}

// witness is a journal that notes how many requests had arrived when it was
// asked to remember something.
type witness struct {
	ledger.Journal
	srv          *maventatest.Server
	begins, ends []int
}

func (w *witness) Begin(ctx context.Context, record ledger.Record) (ledger.Record, bool, error) {
	w.begins = append(w.begins, w.srv.Count("Assignments.AddEvent"))
	return w.Journal.Begin(ctx, record)
}

func (w *witness) End(ctx context.Context, record ledger.Record) error {
	w.ends = append(w.ends, w.srv.Count("Assignments.AddEvent"))
	return w.Journal.End(ctx, record)
}

// ensureScore is what the trials of EnsureEvent add up to.
type ensureScore struct {
	trials, network                             int
	wrong, order, journal, unnoticed, undecided []string
}

// scoreEnsure reports one payment under each fault, as a batch does: again and
// again until it is settled.
func scoreEnsure(t *testing.T, s *ct.Scorecard) {
	t.Helper()
	e := &ensureScore{}
	ct.EachTrial(ct.MatrixFaults(2*time.Second), func(fault ct.MatrixFault, reused bool) {
		synctest.Test(t, func(t *testing.T) { e.trial(t, fault, reused) })
	})
	s.None(t, "S7", fmt.Sprintf("not exactly once, of %d trials without the network's own", e.trials-e.network), e.wrong)
	s.None(t, "S7", fmt.Sprintf("not noticed, of %d payments that the network delivered twice", e.network), e.unnoticed)
	s.None(t, "S7", "not settled by the run after the settle time", e.undecided)
	s.None(t, "S8", "second event sent while the first was unknown", e.order)
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		l.srv.Inject(maventatest.SlowAnswer(10 * time.Second).On("Assignments.AddEvent"))
		var wg sync.WaitGroup
		for _, key := range []string{"bank-1", "bank-2", "bank-3"} {
			wg.Go(func() {
				_, err := l.ensure(payment(key, "1.00"))
				assert.NoError(t, err)
			})
			synctest.Wait()
		}
		wg.Wait()
		requests := l.srv.RequestsTo("Assignments.AddEvent")
		require.Len(t, requests, 3)
		first := requests[1].Time.Sub(requests[0].Time)
		s.Row(t, "S8", "second event sent while the first was under way for 10 s", "10s later", first, first >= 10*time.Second)
	})
	s.None(t, "S9", "sent before the journal knew, or ended before the answer", e.journal)
}

func (e *ensureScore) trial(t *testing.T, fault ct.MatrixFault, reused bool) {
	t.Helper()
	l := newBooks(t)
	w := &witness{Journal: l.journal, srv: l.srv}
	l.use(l.srv.Client(t), w)
	_, err := l.c.Assignments.Overview(t.Context())
	require.NoError(t, err)
	time.Sleep(time.Minute)
	name := fmt.Sprintf("%s reused %v (%s)", fault.ID, reused, fault.What)
	add := func(list *[]string, format string, args ...any) {
		*list = append(*list, name+": "+fmt.Sprintf(format, args...))
	}
	if fault.Fault.String() == "" || !reused {
		l.c.CloseIdleConnections() // the reading before the payment opens one again
	}
	if fault.Fault.String() == "" {
		l.srv.RefuseConnections(1)
	} else {
		l.srv.Inject(fault.Fault.On("Assignments.AddEvent"))
	}

	_, err = l.ensure(payment("bank-1", "40.00"))
	unknown, kept := isUnknown(err), l.entry("bank-1")
	open := kept.Open()
	if unknown != open {
		add(&e.journal, "unknown %v, open %v", unknown, open)
	}
	posts := l.posts()
	if unknown {
		_, other := l.ensure(payment("bank-2", "1.00")) // which settles the first, if that can be seen
		if before := l.entry("bank-1"); before.Open() && (!isUnknown(other) || l.posts() != posts) {
			add(&e.order, "%v", other)
		}
	}
	for i, arrived := range w.begins {
		if arrived > i {
			add(&e.journal, "%d requests before Begin", arrived)
		}
	}
	for _, arrived := range w.ends {
		if arrived == 0 {
			add(&e.journal, "End before the request")
		}
	}
	if len(w.begins) == 0 || !unknown && len(w.ends) == 0 {
		add(&e.journal, "%d Begins, %d Ends", len(w.begins), len(w.ends))
	}

	time.Sleep(20 * time.Minute)
	_, err = l.ensure(payment("bank-1", "40.00"))
	e.trials++
	if fault.Network {
		e.network++
		if err == nil { // then the next equal payment shows it
			_, err = l.ensure(payment("bank-3", "40.00"))
		}
		if !isDuplicate(err) {
			add(&e.unnoticed, "%v", err)
		}
		return
	}
	want := 1
	if last := l.entry("bank-1"); last.Outcome == maventa.OutcomeRejected && last.Status == 409 {
		want = 0 // refused: the contents must change
	} else if err != nil {
		add(&e.undecided, "%v", err)
	}
	if n := reported(l.srv, l.id, "40.00"); n != want {
		add(&e.wrong, "%d times", n)
	}
}

func isUnknown(err error) bool {
	e := asFailure(err)
	return e != nil && e.Outcome == maventa.OutcomeUnknown
}

// scoreDeadlines: whatever hangs, the caller is back in time.
func scoreDeadlines(t *testing.T, s *ct.Scorecard) {
	t.Helper()
	const deadline = 2500 * time.Millisecond
	calls := map[string]func(ctx context.Context, l *ledger.Ledger, assignment, invoice string) error{
		"EnsureEvent": func(ctx context.Context, l *ledger.Ledger, id, _ string) error {
			return onlyErr(l.EnsureEvent(ctx, id, payment("bank-1", "40.00")))
		},
		"EnsureEvents": func(ctx context.Context, l *ledger.Ledger, id, invoice string) error {
			for _, r := range l.EnsureEvents(ctx, []ledger.Item{
				{AssignmentID: id, Entry: payment("bank-1", "40.00")},
				{AssignmentID: id, Entry: payment("bank-2", "41.00")},
				{InvoiceID: invoice, Entry: payment("bank-3", "42.00")},
			}) {
				if r.Err != nil {
					return r.Err
				}
			}
			return nil
		},
		"EnsureTransfer": func(ctx context.Context, l *ledger.Ledger, _, invoice string) error {
			return onlyErr(l.EnsureTransfer(ctx, invoice, ropoEntry()))
		},
		"Recover": func(ctx context.Context, l *ledger.Ledger, _, _ string) error { return onlyErr(l.Recover(ctx)) },
	}
	faults := []maventatest.Fault{
		maventatest.Hang(), maventatest.HangAfterCommit(), maventatest.StallBody(), maventatest.Slow(time.Hour),
		maventatest.SlowAnswer(time.Hour), maventatest.SlowBody(time.Hour), maventatest.RetryAfter(429, 2*time.Second),
		maventatest.RetryAfter(503, time.Second), maventatest.Status(503), maventatest.DropAfterCommit(),
		maventatest.Hang().On("Auth.Token"), maventatest.StallBody().On("Auth.Token"), maventatest.Status(503).On("Auth.Token"),
		maventatest.DropBeforeCommit().On("Auth.Token"), maventatest.RetryAfter(429, 2*time.Second).On("Auth.Token"),
	}
	var late []string
	worst := time.Duration(0)
	for name, call := range calls {
		for _, fault := range faults {
			synctest.Test(t, func(t *testing.T) {
				l := newBooks(t)
				l.srv.Company().Activate(maventatest.Ropo)
				invoice := l.srv.AddInvoice(maventatest.Invoice{})
				l.srv.Inject(fault.Times(maventatest.Always))
				ctx, cancel := context.WithTimeout(t.Context(), deadline)
				defer cancel()
				start := time.Now()
				err := call(ctx, l.Ledger, l.id, invoice)
				over := time.Since(start) - deadline
				worst = max(worst, over)
				if over > 50*time.Millisecond {
					late = append(late, fmt.Sprintf("%s under %s: %s, %v", name, fault, over, err))
				}
			})
		}
	}
	s.Row(t, "S11", fmt.Sprintf("return after the deadline, worst of %d calls that hang", len(calls)*len(faults)),
		"at most 50ms", worst, len(late) == 0, late...)
}
