package worker_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
)

var lostPayments = flag.Int("lost.payments", 8000, "how many payments TestJobsLost reports")

// TestJobsLost empties the table of jobs twice while payments are reported: jobs are
// only wake-ups.
func TestJobsLost(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		const companies = 20
		w := newWorld(t, database, companies)
		wk := w.open(t)
		all := w.begin(t, wk)
		for _, c := range w.companies {
			all.payments(t, c, *lostPayments/companies)
		}
		require.NoError(t, all.tx.Commit())
		db := look(t, database)
		began := time.Now()
		run(t, wk)
		lost := 0
		for share := 1; share <= 2; share++ {
			eventually(t, 5*time.Minute, func() bool { return number(t, db, unfinished) <= len(all.list)*(3-share)/3 }, "%d thirds are not done", share)
			done, err := db.ExecContext(t.Context(), "DELETE FROM river_job")
			require.NoError(t, err)
			n, err := done.RowsAffected()
			require.NoError(t, err)
			lost += int(n)
		}
		require.Positive(t, number(t, db, unfinished), "it was done before")
		awaitDone(t, database, len(all.list), 5*time.Minute)
		once, twice, missing := all.count()
		t.Logf("%d jobs lost in the middle of %d payments, done after %v: %d once, %d twice, %d missing",
			lost, len(all.list), time.Since(began).Round(time.Millisecond), once, twice, missing)
		assert.Zero(t, twice)
		assert.Zero(t, missing)
	})
}

// TestNoLostWakeUp puts entries in the moment in which the job of their company ends:
// each is seen by that job, or by one of its own.
func TestNoLostWakeUp(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		const companies, times, within = 10, 15, 10 * time.Second // 2 s on a machine of its own
		w := newWorld(t, database, companies)
		wk := w.open(t)
		run(t, wk)
		var (
			wg    sync.WaitGroup
			mu    sync.Mutex
			worst time.Duration
		)
		for _, c := range w.companies {
			id := c.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "10000.00"})
			wg.Go(func() {
				for i := range times {
					p := wanted{assignment: id, amount: fmt.Sprintf("%d.00", i+1)}
					if _, err := wk.Put(t.Context(), c.ID(), fmt.Sprintf("bank/%d", i), payment(p)); !assert.NoError(t, err) {
						return
					}
					began := time.Now()
					for p.events(w.srv) == 0 {
						if !assert.Less(t, time.Since(began), within, "nobody sends %s", p.amount) {
							return
						}
						time.Sleep(5 * time.Millisecond)
					}
					mu.Lock()
					worst = max(worst, time.Since(began))
					mu.Unlock()
					time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond) // its job books, and ends
				}
			})
		}
		wg.Wait()
		t.Logf("%d entries, each put when the job before it ended: sent after %v at most", companies*times, worst.Round(time.Millisecond))
	})
}

// TestOthersLeaveRoom: companies that were removed, or that another process works for,
// hold up nobody, however many they are.
func TestOthersLeaveRoom(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1)
		wk := w.open(t)
		w.payments(t, wk, w.companies[0], 1)
		var companies, entries []string
		for i := range 600 {
			companies = append(companies, fmt.Sprintf("('0-%d')", i))
			entries = append(entries, fmt.Sprintf("'0-%d'", i))
		}
		w.exec(t, "INSERT INTO maventa_company (company_id) VALUES "+strings.Join(companies, ", "))
		w.exec(t, `INSERT INTO maventa_outbox (environment, company_id, entry_key, assignment_id, invoice_id, kind, entry, due_at, put_at, state, taken_at, attempts, failures, last_error, why)
			SELECT environment, c.company_id, entry_key, assignment_id, invoice_id, kind, entry, 1, put_at, o.state, taken_at, attempts, failures, last_error, why
			FROM maventa_outbox o, maventa_company c WHERE c.company_id IN (`+strings.Join(entries, ", ")+")")
		run(t, wk)
		w.ends(t, wk, w.companies[0].ID(), "bank/0", sqlstore.OutboxDone)
		soon(t, func() bool {
			return w.count(t, "SELECT COUNT(*) FROM maventa_company WHERE followed_at > 0") == 1
		})
	})
}
