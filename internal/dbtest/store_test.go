package dbtest_test

import (
	"database/sql"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// storage is a database and the marker of an installation beside it: what a process
// needs to open a store.
type storage struct {
	Dialect sqlstore.Dialect
	Driver  string
	DSN     string
	Own     string // the installation's id
	Marker  string // the file

	Environment maventa.Environment
}

// kind is a database of the tests.
type kind struct {
	name string
	make func(t testing.TB) storage
}

var kinds = []kind{
	{"SQLite", onSQLite},
	{"PostgreSQL", onPostgres},
	{"MariaDB", onMariaDB},
}

// onEach runs a test on each database.
func onEach(t *testing.T, test func(t *testing.T, s storage)) {
	t.Helper()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) { test(t, kind.make(t)) })
	}
}

// onEachInBubble is onEach where waiting takes no time.
func onEachInBubble(t *testing.T, test func(t *testing.T, s storage)) {
	t.Helper()
	onEach(t, func(t *testing.T, s storage) {
		synctest.Test(t, func(t *testing.T) { test(t, s) })
	})
}

func onSQLite(t testing.TB) storage {
	return at(t, sqlstore.SQLite, "sqlite", "file:"+filepath.Join(t.TempDir(), "store.db")+"?_pragma=journal_mode(WAL)")
}

// onRollback is SQLite as it is by default, with a rollback journal.
func onRollback(t testing.TB) storage {
	return at(t, sqlstore.SQLite, "sqlite", "file:"+filepath.Join(t.TempDir(), "store.db"))
}

func onPostgres(t testing.TB) storage {
	s, err := postgres()
	require.NoError(t, err)
	return at(t, sqlstore.PostgreSQL, "pgx", s.database(t, "pgx"))
}

func onMariaDB(t testing.TB) storage {
	s, err := mariadb()
	require.NoError(t, err)
	return at(t, sqlstore.MySQL, "mysql", s.database(t, "mysql"))
}

func at(t testing.TB, d sqlstore.Dialect, driver, dsn string) storage {
	return storage{
		Dialect: d, Driver: driver, DSN: dsn, Own: "acme", Marker: filepath.Join(t.TempDir(), "marker"), Environment: maventa.Stage,
	}
}

// connect opens the database itself.
func (s storage) connect(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open(s.Driver, s.DSN)
	require.NoError(t, err)
	db.SetMaxIdleConns(16) // with the usual 2 most connections would be made anew each time
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// open opens a store, as a process of its own would, and migrates it.
func (s storage) open(t testing.TB) *sqlstore.Store {
	t.Helper()
	store := s.over(t, s.connect(t))
	require.NoError(t, store.Migrate(t.Context()))
	return store
}

// over is a store over an open database.
func (s storage) over(t testing.TB, db *sql.DB) *sqlstore.Store {
	t.Helper()
	store, err := sqlstore.Open(db, s.Dialect, sqlstore.Installation{
		Environment: s.Environment, ID: s.Own, Marker: sqlstore.FileMarker(s.Marker),
	})
	require.NoError(t, err)
	return store
}

// inDecember is after the payments of the tests, whatever the time of the bubble is.
var inDecember = ledger.Clock(func() time.Time { return time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC) })

// TestPatientReads: a read waits while another connection writes into a file of SQLite,
// instead of failing.
func TestPatientReads(t *testing.T) {
	s := onRollback(t)
	require.NoError(t, s.open(t).Outbox(someCompany).Put(t.Context(), paymentOf(t, "bank/1", "10.00")))
	store := s.over(t, s.connect(t)) // whose connections are new
	work := store.WorkList(someCompany)
	other, err := s.connect(t).Conn(t.Context())
	require.NoError(t, err)
	for name, read := range map[string]func() error{
		"Paused":     func() error { return thirdOf(store.Paused(t.Context())) },
		"Find":       func() error { return thirdOf(store.Outbox(someCompany).Find(t.Context(), "bank/1")) },
		"ForInvoice": func() error { return secondOf(store.Outbox(someCompany).ForInvoice(t.Context(), "i")) },
		"work":       func() error { return thirdOf(work.Find(t.Context(), "bank/1")) },
		"Open":       func() error { return secondOf(work.Open(t.Context(), 0)) },
		"Export":     func() error { return secondOf(store.About(someCompany, "a1").Export(t.Context())) },
	} {
		_, err = other.ExecContext(t.Context(), "BEGIN EXCLUSIVE")
		require.NoError(t, err)
		done := make(chan error, 1)
		go func() { done <- read() }()
		time.Sleep(100 * time.Millisecond)
		_, err = other.ExecContext(t.Context(), "COMMIT")
		require.NoError(t, err)
		require.NoError(t, <-done, name)
	}
}

func secondOf[A any](_ A, err error) error { return err }

func thirdOf[A, B any](_ A, _ B, err error) error { return err }
