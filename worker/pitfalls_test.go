package worker_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/worker"
)

// What went wrong in other engines, and must not here.

// one puts a payment on an assignment of its own.
func (w *world) one(t testing.TB, wk *worker.Worker, key string) wanted {
	t.Helper()
	c := w.companies[0]
	p := wanted{assignment: c.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "500.00"}), amount: "12.50"}
	_, err := wk.Put(t.Context(), c.ID(), key, payment(p))
	require.NoError(t, err)
	return p
}

const doneOnce = "SELECT COUNT(*) FROM maventa_outbox WHERE state = 'done'"

// TestHangingCall: a call that hangs ends with its job's 20 seconds, and that is booked.
func TestHangingCall(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		t.Parallel() // it waits
		w := newWorld(t, database, 1)
		w.config.Settle = 5 * time.Minute // the ledger itself ends a call after half of it
		wk := w.open(t)
		w.one(t, wk, "bank/1")
		w.srv.Inject(maventatest.HangAfterCommit().On("Assignments.AddEvent"))
		db := look(t, database)
		run(t, wk)
		took := eventually(t, time.Minute, func() bool {
			return number(t, db, "SELECT COUNT(*) FROM maventa_outbox WHERE last_error = 'outcome_unknown' AND taken_at = 0") == 1
		}, "it hangs")
		t.Logf("cut off and booked after %v", took.Round(time.Millisecond))
		assert.Greater(t, took, 10*time.Second)
		assert.Less(t, took, 30*time.Second)
	})
}

// TestKilledJob: what a process that was killed was at is not left for an hour.
func TestKilledJob(t *testing.T) {
	t.Parallel() // it mostly waits
	within := map[string]time.Duration{"SQLite": 20 * time.Second, "PostgreSQL": 2 * time.Minute}
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel() // it waits
			w := newWorld(t, kind.make(t), 1)
			wk := w.open(t)
			p := w.one(t, wk, "bank/1")
			require.NoError(t, wk.Close())
			w.srv.Inject(maventatest.Hang().On("Assignments.AddEvent"))
			c := w.child(t)
			eventually(t, time.Minute, func() bool { return w.srv.PendingFaults() == 0 }, "nothing is sent")
			c.kill(t)
			db := look(t, w.config.Database)
			require.Equal(t, 1, number(t, db, "SELECT COUNT(*) FROM river_job WHERE state = 'running' AND kind = 'maventa_send'"))
			w.child(t)
			took := eventually(t, within[kind.name], func() bool { return number(t, db, doneOnce) == 1 }, "it is left")
			t.Logf("sent %v after the next process began", took.Round(time.Millisecond))
			assert.Equal(t, 1, p.events(w.srv))
		})
	}
}

// TestRetriesSoon: a job that fails is tried again after 3 seconds each time, not after
// 1, 16, 81, 256 and so on.
func TestRetriesSoon(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		t.Parallel() // it waits
		w := newWorld(t, database, 1)
		wk := w.open(t)
		w.one(t, wk, "bank/1")
		db := look(t, database)
		breaks, repairs := []string{"CREATE TRIGGER broken BEFORE UPDATE ON maventa_outbox BEGIN SELECT RAISE(ABORT, 'broken'); END"}, "DROP TRIGGER broken"
		if strings.HasPrefix(database, "postgres") {
			breaks = []string{
				"CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$",
				"CREATE TRIGGER broken BEFORE UPDATE ON maventa_outbox FOR EACH ROW EXECUTE FUNCTION broken()",
			}
			repairs += " ON maventa_outbox"
		}
		for _, statement := range breaks {
			_, err := db.ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		run(t, wk)
		took := eventually(t, time.Minute, func() bool {
			return number(t, db, "SELECT COALESCE(MAX(attempt), 0) FROM river_job WHERE kind = 'maventa_send'") >= 4
		}, "four attempts")
		_, err := db.ExecContext(t.Context(), repairs)
		require.NoError(t, err)
		after := eventually(t, time.Minute, func() bool { return number(t, db, doneOnce) == 1 }, "not sent")
		t.Logf("four attempts in %v; sent %v after the database worked again", took.Round(time.Millisecond), after.Round(time.Millisecond))
		assert.Less(t, took, 40*time.Second)
		assert.Less(t, after, 20*time.Second)
	})
}

// TestNoJobForLater: what waits, waits in the outbox. No job is put off, by itself or by
// anybody.
func TestNoJobForLater(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1)
		wk := w.open(t)
		c := w.companies[0]
		c.Activate(maventatest.Ropo)
		id := c.AddInvoice(maventatest.Invoice{Total: "500.00", Date: "2026-09-01", DueDate: "2026-09-15"})
		later := payment(wanted{assignment: c.AddAssignment(maventatest.Ropo, maventatest.Invoice{}), amount: "1.00"})
		later.NotBefore = time.Now().AddDate(0, 0, 3)
		for key, e := range map[string]worker.Entry{
			"held":   handover(id, "500.00"), // nobody has said which payments are known
			"waits":  payment(wanted{invoice: id, amount: "10.00"}),
			"later":  later,
			"wrong":  payment(wanted{assignment: "00000000-0000-4000-8000-000000000000", amount: "10.00"}),
			"report": payment(wanted{assignment: c.AddAssignment(maventatest.Ropo, maventatest.Invoice{}), amount: "2.00"}),
		} {
			_, err := wk.Put(t.Context(), c.ID(), key, e)
			require.NoError(t, err)
		}
		db := look(t, database)
		run(t, wk)
		eventually(t, time.Minute, func() bool {
			return number(t, db, doneOnce) == 1 && held(t, db) == 2 &&
				number(t, db, "SELECT COUNT(*) FROM maventa_outbox WHERE entry_key = 'waits' AND attempts > 0") == 1
		}, "%v", left(t, db))
		soon := "now() + interval '1 minute'"
		if strings.HasPrefix(database, "sqlite") {
			soon = "datetime('now', '+1 minute')"
		}
		assert.Positive(t, number(t, db, "SELECT COUNT(*) FROM river_job"))
		assert.Zero(t, number(t, db, "SELECT COUNT(*) FROM river_job WHERE scheduled_at > "+soon))
		assert.Zero(t, number(t, db, "SELECT COUNT(*) FROM river_job WHERE state = 'scheduled'"))
	})
}

// noTransaction looks, while a request is under way, whether its goroutine's
// transaction is.
type noTransaction struct {
	check func() error
	next  http.RoundTripper
	calls atomic.Int64
	found atomic.Pointer[string]
}

func (n *noTransaction) RoundTrip(r *http.Request) (*http.Response, error) {
	n.calls.Add(1)
	if err := n.check(); err != nil {
		text := r.Method + " " + r.URL.Path + ": " + err.Error()
		n.found.CompareAndSwap(nil, &text)
	}
	return n.next.RoundTrip(r)
}

// TestNoTransactionAroundCalls: on SQLite the one connection is free during a call, and
// on PostgreSQL no transaction is idle.
func TestNoTransactionAroundCalls(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1)
		var wk *worker.Worker
		n := &noTransaction{next: http.DefaultTransport, check: func() error { // a wait: others may have it for a moment
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			conn, err := wk.DB().Conn(ctx)
			if err != nil {
				return fmt.Errorf("the connection is taken: %w", err)
			}
			return conn.Close()
		}}
		if strings.HasPrefix(database, "postgres") {
			db := look(t, database)
			n.check = func() error {
				time.Sleep(300 * time.Millisecond)
				var idle int
				err := db.QueryRow(`SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
					AND state = 'idle in transaction' AND state_change < now() - interval '250 ms'`).Scan(&idle)
				if err == nil && idle > 0 {
					err = fmt.Errorf("%d transactions are open", idle)
				}
				return err
			}
		}
		w.config.Options = []maventa.ClientOption{maventa.WithHTTPClient(&http.Client{Transport: n})}
		w.config.Follow = time.Second
		wk = w.open(t)
		w.story(t, wk)
		require.Greater(t, n.calls.Load(), int64(10))
		assert.Nil(t, n.found.Load())
	})
}

// story runs an invoice from its transfer to a credit loss, with what is said about
// persons, and waits for its end.
func (w *world) story(t *testing.T, wk *worker.Worker) {
	t.Helper()
	c := w.companies[0]
	c.Activate(maventatest.Ropo)
	require.NoError(t, wk.SetKnownUntil(t.Context(), c.ID(), today()))
	invoice := c.AddInvoice(maventatest.Invoice{Total: "777.77", Date: "2026-09-01", DueDate: "2026-09-15", DebtorName: "Canary Debtor"})
	assignment := c.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "888.88", DebtorName: "Canary Debtor"})
	transfer := handover(invoice, "777.77")
	transfer.Handover.Payers[0].Name = "Canary Payer"
	transfer.Handover.AssignmentSummary = "Canary summary"
	bank := payment(wanted{assignment: assignment, amount: "111.11"})
	bank.BankLine = &worker.BankLine{ID: "line-canary", Amount: "111.11", Payer: "Canary Bankpayer"}
	entries := []worker.Entry{
		transfer, bank,
		payment(wanted{invoice: invoice, amount: "222.22"}),
		{Kind: worker.Comment, AssignmentID: assignment, Text: "Canary comment"},
		{Kind: worker.CreditNote, AssignmentID: assignment, Amount: "333.33", Date: maventa.MustDate("2026-11-20"), Number: "canary-number"},
		{Kind: worker.Cancellation, AssignmentID: c.AddAssignment(maventatest.Ropo, maventatest.Invoice{}), Text: "Canary cancellation"},
		payment(wanted{assignment: "00000000-0000-4000-8000-00000000000a", amount: "444.44"}), // there is none
	}
	for i, e := range entries {
		_, err := wk.Put(t.Context(), c.ID(), fmt.Sprintf("canary-key/%d", i), e)
		require.NoError(t, err)
	}
	// An answer that is lost is looked for after the settle time, one that came after a minute.
	w.srv.Inject(maventatest.DropAfterCommit().On("Invoices.TransferToRopo"))
	w.srv.Agency().Comment(assignment, "Canary of the agency")
	db := look(t, w.config.Database)
	run(t, wk)
	eventually(t, 3*time.Minute, func() bool {
		return number(t, db, unfinished) == held(t, db) && number(t, db, "SELECT COUNT(*) FROM maventa_inbox") > 0
	}, "%v", left(t, db))
	assert.Equal(t, 2, held(t, db), "Ropo takes no cancellation, and one assignment is not there: %v", left(t, db))
}

// TestIDsAlone: neither jobs nor logs say anything of persons, amounts or keys.
func TestIDsAlone(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		var log syncBuffer
		w := newWorld(t, database, 1)
		w.config.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		wk := w.open(t)
		w.srv.Inject(
			maventatest.Status(http.StatusInternalServerError).On("Assignments.AddEvent"),
			maventatest.Status(http.StatusServiceUnavailable).On("Events.List"),
		)
		w.story(t, wk)
		said := log.String()
		db := look(t, database)
		jobs := 0
		columns := "args::text, COALESCE(errors::text, ''), metadata::text"
		if strings.HasPrefix(database, "sqlite") {
			columns = "json(args), COALESCE(json(errors), ''), json(metadata)"
		}
		rows, err := db.QueryContext(t.Context(), "SELECT "+columns+", kind, queue FROM river_job")
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			var args, errors, metadata, kind, queue sql.RawBytes
			require.NoError(t, rows.Scan(&args, &errors, &metadata, &kind, &queue))
			for _, column := range [][]byte{args, errors, metadata, kind, queue} {
				said += string(column) + "\n"
			}
			var is map[string]string
			require.NoError(t, json.Unmarshal(args, &is))
			assert.Equal(t, map[string]string{"company": w.companies[0].ID()}, is)
			jobs++
		}
		require.NoError(t, rows.Err())
		assert.Positive(t, jobs)
		assert.NotEmpty(t, log.String())
		for _, secret := range []string{
			"anary", "Debtor", "111.11", "222.22", "333.33", "444.44", "777.77", "888.88", w.companies[0].UserAPIKey(), w.companies[0].VendorAPIKey(),
		} {
			assert.NotContains(t, strings.ReplaceAll(said, "maventa_", ""), secret)
		}
	})
}

// TestFailingJob: a job that fails or panics is in the log with its company, once, and a
// panic counts as a failure.
func TestFailingJob(t *testing.T) {
	for _, c := range []struct {
		name, says string
		times      int64 // until the test has seen enough
		prepare    func(w *world, wk *worker.Worker)
	}{
		{"fails", "in the outbox cannot be read", 2, func(_ *world, wk *worker.Worker) {
			execute(t, wk, "UPDATE maventa_outbox SET entry = '{}'")
		}},
		{"panics", "of a test", 1, func(w *world, _ *worker.Worker) {
			w.config.Options = append(w.config.Options, maventa.WithObserver(panicking{}))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log syncBuffer
			var failed atomic.Int64
			w := newWorld(t, kinds[0].make(t), 1)
			w.config.Log = slog.New(slog.NewJSONHandler(&log, nil))
			w.config.OnJob = func(name string, _ time.Duration, err error) {
				if name == "maventa_send" && err != nil {
					failed.Add(1)
				}
			}
			first := w.open(t)
			w.one(t, first, "bank/1")
			c.prepare(w, first)
			require.NoError(t, first.Close())
			run(t, w.open(t))
			soon(t, func() bool { return failed.Load() >= c.times && strings.Contains(log.String(), c.says) }, "%s", &log)
			lines := slices.DeleteFunc(strings.Split(log.String(), "\n"), func(line string) bool { return !strings.Contains(line, `"job":"maventa_send"`) })
			require.Len(t, lines, 1)
			assert.Contains(t, lines[0], `"level":"ERROR"`)
			assert.Contains(t, lines[0], `"company":"`+w.companies[0].ID())
			assert.Contains(t, lines[0], c.says)
		})
	}
}

// panicking is an observer with a bug.
type panicking struct{}

func (panicking) Start(ctx context.Context, c maventa.CallInfo) context.Context {
	if c.Operation == "Assignments.AddEvent" {
		panic("of a test")
	}
	return ctx
}
func (panicking) Attempt(context.Context, maventa.CallInfo, maventa.AttemptInfo) {}
func (panicking) End(context.Context, maventa.CallInfo, maventa.ResultInfo)      {}

// syncBuffer is a buffer that several goroutines write to.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// TestBookedWhileStopping: a worker that is asked to end in the middle of slow calls
// ends within 10 seconds, and what became of each call is booked: nothing stays lent, and
// the next worker sends nothing again.
func TestBookedWhileStopping(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		const companies = 5
		w := newWorld(t, database, companies)
		wk := w.open(t)
		all := w.begin(t, wk)
		for _, c := range w.companies {
			all.payments(t, c, 40)
		}
		require.NoError(t, all.tx.Commit())
		require.NoError(t, wk.Close())
		w.srv.Inject(maventatest.SlowAnswer(time.Second).On("Assignments.AddEvent").Times(1000))
		c := w.child(t)
		eventually(t, time.Minute, func() bool { return w.srv.Count("Assignments.AddEvent") >= 2*companies }, "nothing is sent")
		took := c.stop(t)
		once, twice, _ := all.count()
		db := look(t, database)
		done := number(t, db, doneOnce)
		unknown := number(t, db, "SELECT COUNT(*) FROM maventa_outbox WHERE last_error = 'outcome_unknown'")
		t.Logf("ended %v after it was asked to: %d of %d are on the service, %d done, %d cut off", took.Round(time.Millisecond), once, len(all.list), done, unknown)
		assert.Less(t, took, 15*time.Second) // 10 on a machine of its own
		assert.Zero(t, twice)
		assert.Positive(t, done)
		assert.Less(t, done, len(all.list), "it was done before")
		assert.LessOrEqual(t, done, once)
		assert.GreaterOrEqual(t, done+unknown, once, "what is on the service is done, or known to be in doubt")
		assert.Zero(t, number(t, db, "SELECT COUNT(*) FROM maventa_outbox WHERE taken_at > 0"), "entries that nobody gave back")

		w.srv.ClearFaults()
		w.child(t)
		for began := time.Now(); number(t, db, unfinished) > 0 && time.Since(began) < 20*time.Second; {
			time.Sleep(100 * time.Millisecond)
		}
		assert.Empty(t, left(t, db))
		once, twice, missing := all.count()
		assert.Equal(t, []int{len(all.list), 0, 0}, []int{once, twice, missing})
	})
}
