package worker_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/maventatest"
)

// TestSQLiteIsSetRight asks the worker's own connection.
func TestSQLiteIsSetRight(t *testing.T) {
	w := newWorld(t, kinds[0].make(t), 0)
	wk := w.open(t)
	for name, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "busy_timeout": "10000", "foreign_keys": "1"} {
		var is string
		require.NoError(t, wk.DB().QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&is))
		assert.Equal(t, want, is, name)
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(strings.TrimPrefix(w.config.Database, "sqlite:") + end)
		require.NoError(t, err)
		if runtime.GOOS != "windows" {
			assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it names debtors: %q", end)
		}
	}
	assert.Equal(t, 1, wk.DB().Stats().MaxOpenConnections)

	tx, err := wk.DB().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	other := look(t, w.config.Database)
	_, err = other.ExecContext(t.Context(), "PRAGMA busy_timeout = 0")
	require.NoError(t, err)
	_, err = other.ExecContext(t.Context(), "DELETE FROM river_job")
	require.ErrorContains(t, err, "locked", "a transaction has the lock for writing from its begin on")
	require.NoError(t, tx.Rollback())
	_, err = other.ExecContext(t.Context(), "DELETE FROM river_job")
	require.NoError(t, err)
}

// TestForeignWriter: a program that writes into the same file, and waits up to 10
// seconds, sees no error while the worker is busy.
func TestForeignWriter(t *testing.T) {
	const during = 8 * time.Second
	w := newWorld(t, kinds[0].make(t), 10)
	wk := w.open(t)
	all := w.begin(t, wk)
	for _, c := range w.companies {
		all.payments(t, c, 400)
	}
	require.NoError(t, all.tx.Commit())
	run(t, wk)
	db := look(t, w.config.Database)
	_, err := db.ExecContext(t.Context(), "CREATE TABLE erp_posting (id INTEGER PRIMARY KEY, text TEXT)")
	require.NoError(t, err)
	var (
		rows  int
		worst time.Duration
	)
	c := w.companies[0]
	id := c.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "1000000.00"})
	for began := time.Now(); time.Since(began) < during; time.Sleep(10 * time.Millisecond) {
		start := time.Now()
		tx, err := db.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.ExecContext(t.Context(), "INSERT INTO erp_posting (text) VALUES ('x')")
		require.NoError(t, err)
		_, err = tx.ExecContext(t.Context(), `INSERT INTO maventa_intake (company_id, entry_key, kind, assignment_id, amount, currency, date)
			VALUES (?, ?, 'payment', ?, ?, 'EUR', '2026-11-20')`, c.ID(), fmt.Sprintf("erp/%d", rows), id, fmt.Sprintf("%d.01", rows+1))
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
		worst = max(worst, time.Since(start))
		rows++
	}
	done := number(t, db, doneOnce)
	t.Logf("%d rows written beside a worker that did %d payments; the longest took %v", rows, done, worst.Round(time.Millisecond))
	assert.Positive(t, done)
	eventually(t, time.Minute, func() bool { return number(t, db, "SELECT COUNT(*) FROM maventa_intake WHERE state = 'new'") == 0 }, "rows are not taken in")
	assert.Equal(t, rows, number(t, db, "SELECT COUNT(*) FROM maventa_intake WHERE state = 'taken'"))
}
