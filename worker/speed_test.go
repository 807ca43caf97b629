package worker_test

import (
	"database/sql"
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// leastSpeed is far below what docs/scale.md says of a machine of its own: this one
// may do other things.
var (
	leastSpeed   = flag.Float64("speed.least", 20, "payments per second that TestSpeed wants")
	speedPayment = flag.Int("speed.payments", 2000, "how many payments TestSpeed reports")
)

// TestSpeed reports payments of 20 companies end to end: from the table, by the jobs,
// over loopback to a Maventa in this process, and back into the table.
func TestSpeed(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		const companies = 20
		w := newWorld(t, database, companies)
		wk := w.open(t)
		each := *speedPayment / companies
		for _, c := range w.companies {
			w.payments(t, wk, c, each)
		}
		began := time.Now()
		run(t, wk)
		awaitDone(t, database, companies*each, 5*time.Minute)
		took := time.Since(began)
		rate := float64(companies*each) / took.Seconds()
		t.Logf("%d payments in %v: %.0f per second", companies*each, took.Round(time.Millisecond), rate)
		assert.GreaterOrEqual(t, rate, *leastSpeed)
		assert.Equal(t, companies*each, w.srv.Count("Assignments.AddEvent"), "requests that report")
	})
}

// TestSpeedOfTwo is the same with two processes over one PostgreSQL.
func TestSpeedOfTwo(t *testing.T) {
	const companies = 20
	database := onPostgres(t)
	w := newWorld(t, database, companies)
	wk := w.open(t)
	each := *speedPayment / companies
	for _, c := range w.companies {
		w.payments(t, wk, c, each)
	}
	began := time.Now()
	first, second := w.child(t), w.child(t)
	awaitDone(t, database, companies*each, 5*time.Minute)
	took := time.Since(began)
	rate := float64(companies*each) / took.Seconds()
	t.Logf("%d payments by two processes in %v, their start included: %.0f per second", companies*each, took.Round(time.Millisecond), rate)
	assert.GreaterOrEqual(t, rate, *leastSpeed)
	assert.Equal(t, companies*each, w.srv.Count("Assignments.AddEvent"), "requests that report")
	first.stop(t)
	second.stop(t)
}

// look opens a worker's database beside it, as another program would.
func look(t testing.TB, database string) *sql.DB {
	t.Helper()
	driver, dsn := "pgx", database
	if path, isFile := strings.CutPrefix(database, "sqlite:"); isFile {
		driver, dsn = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_txlock=immediate"
	}
	db, err := sql.Open(driver, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// awaitDone waits until so many entries are done.
func awaitDone(t testing.TB, database string, n int, most time.Duration) {
	t.Helper()
	db := look(t, database)
	for began := time.Now(); ; {
		states := map[string]int{}
		rows, err := db.QueryContext(t.Context(), "SELECT state, COUNT(*) FROM maventa_outbox GROUP BY state")
		require.NoError(t, err)
		for rows.Next() {
			var state string
			var count int
			require.NoError(t, rows.Scan(&state, &count))
			states[state] = count
		}
		require.NoError(t, rows.Close())
		if states["done"] >= n {
			return
		}
		if time.Since(began) > most {
			t.Fatalf("not done after %v: %v", most, states)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
