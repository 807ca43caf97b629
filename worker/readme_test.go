package worker_test

import (
	"context"
	"database/sql"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
)

var sqlFence = regexp.MustCompile("(?s)\n```sql\n(.*?)\n```\n")

// TestReadmeSQL runs the SQL of README.md as an ERP would, on a connection of its own,
// while a worker runs.
func TestReadmeSQL(t *testing.T) {
	t.Parallel() // it mostly waits
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	blocks := sqlFence.FindAllStringSubmatch(string(text), -1)
	require.Len(t, blocks, 2)
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1)
		c := w.companies[0]
		words := strings.NewReplacer(
			"0a3bd8ae-7cf5-4d05-9b7a-4b2f2b2e0f11", c.ID(),
			"b7c1f0de-0000-4000-8000-000000000001", c.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"}),
		)
		wk := w.open(t)
		run(t, wk)
		erp := foreign(t, database)
		exec := func(statement string) {
			_, err := erp.ExecContext(t.Context(), words.Replace(statement))
			require.NoError(t, err, statement)
		}
		count := func(where string) (n int) {
			require.NoError(t, erp.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM maventa_intake WHERE "+where).Scan(&n))
			return n
		}
		const within, every = 20 * time.Second, 50 * time.Millisecond

		// First with a mistake, which the second block corrects.
		exec(strings.Replace(blocks[0][1], "'50.00'", "'50,00'", 1))
		require.Eventually(t, func() bool { return count("state = 'refused' AND problem <> ''") == 1 }, within, every)
		for statement := range strings.SplitSeq(blocks[1][1], ";\n") {
			exec(statement)
		}
		for _, key := range []string{"bank/2026-11-20/17", "comment/4711"} {
			require.Eventually(t, func() bool {
				s, err := wk.Find(context.WithoutCancel(t.Context()), c.ID(), key)
				return err == nil && s.State == sqlstore.OutboxDone
			}, within, every, key)
		}
		exec("DELETE FROM maventa_intake WHERE state = 'taken'")
		assert.Zero(t, count("1 = 1"))
		assert.Equal(t, 2, w.srv.Count("Assignments.AddEvent"))
	})
}

// foreign is a connection of an ERP's to the worker's database.
func foreign(t testing.TB, database string) *sql.DB {
	t.Helper()
	driver, name := "pgx", database
	if path, isFile := strings.CutPrefix(database, "sqlite:"); isFile {
		driver, name = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_txlock=immediate"
	}
	db, err := sql.Open(driver, name)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}
