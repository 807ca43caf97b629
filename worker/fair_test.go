package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/maventatest"
)

// TestFairness: one company with 5,000 payments does not keep 50 others waiting.
func TestFairness(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		const many, others, within = 5000, 50, 30 * time.Second // 10 s on a machine of its own
		w := newWorld(t, database, 1+others)
		wk := w.open(t)
		all := w.begin(t, wk)
		all.payments(t, w.companies[0], many)
		for _, c := range w.companies[1:] {
			p := wanted{assignment: c.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"}), amount: "12.50"}
			all.put(t, c, "one", payment(p), p)
		}
		require.NoError(t, all.tx.Commit())

		db := look(t, database)
		run(t, wk)
		took := eventually(t, within, func() bool {
			return number(t, db, "SELECT COUNT(*) FROM maventa_outbox WHERE state = 'done' AND entry_key = 'one'") == others
		}, "the companies with one payment each wait")
		done := number(t, db, "SELECT COUNT(*) FROM maventa_outbox WHERE state = 'done' AND entry_key <> 'one'")
		t.Logf("%d companies with one payment each were done after %v, and %d of %d of the large one", others, took.Round(time.Millisecond), done, many)
		assert.Less(t, done, many, "the large one was done before: the test says nothing")
	})
}
