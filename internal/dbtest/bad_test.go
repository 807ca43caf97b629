package dbtest_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// refused asserts that a store is not written, and why.
func refused(t *testing.T, store *sqlstore.Store, kind *maventa.Kind) {
	t.Helper()
	_, _, err := store.Journal().Begin(t.Context(), record("refused"))
	for _, err := range []error{err, store.Check(t.Context()), store.Journal().End(t.Context(), record("refused"))} {
		require.ErrorIs(t, err, kind)
		require.ErrorIs(t, err, ledger.ErrJournal)
		failure, ok := errors.AsType[*maventa.Error](err)
		require.True(t, ok)
		assert.NotEmpty(t, failure.Hint)
		assert.Equal(t, maventa.OutcomeNotSent, failure.Outcome)
	}
}

func TestSchema(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		db := s.connect(t)
		refused(t, s.over(t, db), sqlstore.ErrSchema) // not migrated
		var wg sync.WaitGroup
		for range 8 { // processes that start at once
			store := s.over(t, s.connect(t))
			wg.Go(func() { assert.NoError(t, store.Migrate(t.Context())) })
		}
		wg.Wait()
		store := s.over(t, db)
		begin(t, store, "kept")

		// A migration that was cut off is refused, and finished by the next.
		_, err := db.Exec("UPDATE maventa_store SET schema_version = 0")
		require.NoError(t, err)
		_, err = db.Exec("DROP TABLE maventa_takeovers")
		require.NoError(t, err)
		refused(t, store, sqlstore.ErrSchema)
		require.NoError(t, store.Migrate(t.Context()))
		require.NoError(t, store.Check(t.Context()))
		_, found, err := store.Journal().Find(t.Context(), record("kept").JournalKey)
		require.NoError(t, err)
		assert.True(t, found)

		_, err = db.Exec("UPDATE maventa_store SET schema_version = 1000")
		require.NoError(t, err)
		refused(t, store, sqlstore.ErrSchema)
		require.ErrorIs(t, store.Migrate(t.Context()), sqlstore.ErrSchema)
	})
}

func TestOtherEnvironment(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		require.NoError(t, s.open(t).Check(t.Context()))
		s.Environment, s.Marker = maventa.Production, s.Marker+"2"
		store := s.open(t)
		require.ErrorIs(t, store.Check(t.Context()), sqlstore.ErrOtherEnvironment)
		require.ErrorIs(t, store.Takeover(t.Context(), sqlstore.Takeover{Who: "w", Why: "y"}), sqlstore.ErrOtherEnvironment, "which nobody takes over")
	})
}

// TestDamagedRow: who has to repair a row hears which one it is.
func TestDamagedRow(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx, db := t.Context(), s.connect(t)
		store := s.open(t)
		out, work := store.Outbox(someCompany), store.WorkList(someCompany)
		require.NoError(t, out.Put(ctx, paymentOf(t, "bank/7", "10.00")))
		require.NoError(t, work.Put(ctx, sqlstore.WorkItem{Key: "bank/8", Kind: "test", Text: "x"}))
		begin(t, store, "bank/9")
		for _, statement := range []string{
			"UPDATE maventa_outbox SET entry = '{}'", "UPDATE maventa_worklist SET ids = 'x'", "UPDATE maventa_journal SET entry = 'x'",
		} {
			_, err := db.ExecContext(ctx, statement)
			require.NoError(t, err)
		}
		_, err := out.Take(ctx, 0)
		require.ErrorContains(t, err, "bank/7 of company "+someCompany)
		_, err = work.Open(ctx, 0)
		require.ErrorContains(t, err, "bank/8 of company "+someCompany)
		key := record("bank/9").JournalKey
		_, _, err = store.Journal().Find(ctx, key)
		require.ErrorContains(t, err, "bank/9 of company "+key.CompanyID)
	})
}

// TestDurable: what can be set for a commit is set, the rest is refused.
func TestDurable(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		s := onSQLite(t)
		s.DSN += "&_pragma=synchronous(0)"
		db := s.connect(t)
		db.SetMaxOpenConns(1)
		store := s.over(t, db)
		require.NoError(t, store.Migrate(t.Context()))
		begin(t, store, "a")
		synchronous := 0
		require.NoError(t, db.QueryRow("PRAGMA synchronous").Scan(&synchronous))
		assert.Equal(t, 2, synchronous, "FULL")
		for _, dsn := range []string{":memory:", onRollback(t).DSN + "?_pragma=journal_mode(OFF)"} {
			s.DSN = dsn
			require.ErrorIs(t, s.over(t, s.connect(t)).Migrate(t.Context()), sqlstore.ErrNotDurable, dsn)
		}
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		s := onPostgres(t)
		config, err := pgx.ParseConfig(s.DSN + " synchronous_commit=off")
		require.NoError(t, err)
		said := &statements{}
		config.Tracer = said
		db := stdlib.OpenDB(*config)
		defer db.Close()
		store := s.over(t, db)
		require.NoError(t, store.Migrate(t.Context()))
		said.list = nil
		begin(t, store, "a")
		at := slices.Index(said.list, "SET LOCAL synchronous_commit = on")
		assert.Positive(t, at, said.list)
		assert.Equal(t, "commit", said.list[len(said.list)-1])
	})
	t.Run("MariaDB", func(t *testing.T) {
		s := onMariaDB(t)
		store, db := s.open(t), s.connect(t)
		set := func(value string) {
			_, err := db.Exec("SET GLOBAL innodb_flush_log_at_trx_commit = " + value)
			require.NoError(t, err)
		}
		set("2")
		defer set("1")
		refused(t, store, sqlstore.ErrNotDurable)
		set("1")
		require.NoError(t, store.Check(t.Context()))
	})
}

// statements notes what is sent to PostgreSQL.
type statements struct{ list []string }

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	s.list = append(s.list, q.SQL)
	return ctx
}

func (s *statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TestDatabaseAway: the database goes away between Begin and End. What was sent is
// found by the next run.
func TestDatabaseAway(t *testing.T) {
	onEachInBubble(t, func(t *testing.T, s storage) {
		b := newBooks(t, 1, 0)
		s.Environment = b.srv.Environment()
		require.NoError(t, s.open(t).Check(t.Context()))
		db := s.connect(t)
		l := ledger.New(b.srv.Client(t), away{s.over(t, db).Journal(), db}, inDecember)
		_, err := l.EnsureEvent(t.Context(), b.items[0].AssignmentID, b.items[0].Entry)
		require.ErrorIs(t, err, ledger.ErrJournal)
		require.Empty(t, finish(t, b.ledger(t, s.open(t)), b.items))
		unchanged(t, b, 1, 0)
	})
}

// away is a journal whose database goes away when something is begun.
type away struct {
	ledger.Journal

	db *sql.DB
}

func (a away) Begin(ctx context.Context, r ledger.Record) (ledger.Record, bool, error) {
	stored, claimed, err := a.Journal.Begin(ctx, r)
	return stored, claimed, errors.Join(err, a.db.Close())
}

// TestMarkerFails: whatever becomes of the marker, nobody sends what it does not know.
func TestMarkerFails(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		require.NoError(t, s.open(t).Check(t.Context()))
		marker := &failing{Marker: sqlstore.FileMarker(s.Marker)}
		store, err := sqlstore.Open(s.connect(t), s.Dialect, sqlstore.Installation{Environment: s.Environment, ID: s.Own, Marker: marker})
		require.NoError(t, err)

		marker.after = 1 // it is written, and the process is killed before the commit
		_, _, err = store.Journal().Begin(t.Context(), record("a"))
		require.ErrorIs(t, err, ledger.ErrJournal)
		_, found, err := s.open(t).Journal().Find(t.Context(), record("a").JournalKey)
		require.NoError(t, err)
		assert.False(t, found)
		begin(t, s.open(t), "b") // by the next process

		marker.after = 2 // it does not take that the commit was made
		_, _, err = store.Journal().Begin(t.Context(), record("c"))
		require.ErrorIs(t, err, ledger.ErrJournal)
		_, _, err = store.Journal().Find(t.Context(), record("c").JournalKey)
		require.ErrorIs(t, err, ledger.ErrJournal, "who would send now")
		marker.after = 0
		_, found, err = store.Journal().Find(t.Context(), record("c").JournalKey)
		require.NoError(t, err)
		assert.True(t, found)
		mark, err := marker.Load(t.Context())
		require.NoError(t, err)
		assert.Equal(t, int64(2), mark.Committed)
	})
}

// failing is a marker that says an error from its nth change on, the first of which
// is made all the same.
type failing struct {
	sqlstore.Marker

	after int // 0: it works
	n     int
}

func (f *failing) Replace(ctx context.Context, before, after sqlstore.Mark) error {
	if f.after == 0 {
		return f.Marker.Replace(ctx, before, after)
	}
	if f.n++; f.n < f.after {
		return f.Marker.Replace(ctx, before, after)
	}
	if f.after == 1 {
		f.n = 0
		return errors.Join(f.Marker.Replace(ctx, before, after), errors.New("killed"))
	}
	return errors.New("the disk is full")
}

// TestMarkerPanics: a marker of one's own that panics leaves no transaction open, which
// would hold the lock of all.
func TestMarkerPanics(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		require.NoError(t, s.open(t).Check(t.Context()))
		marker := &panicking{Marker: sqlstore.FileMarker(s.Marker)}
		db := s.connect(t)
		db.SetMaxOpenConns(1)
		store, err := sqlstore.Open(db, s.Dialect, sqlstore.Installation{Environment: s.Environment, ID: s.Own, Marker: marker})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		for _, do := range []func(){
			func() { _, _, _ = store.Journal().Begin(t.Context(), record("a")) },
			func() { _ = store.Outbox(someCompany).Put(t.Context(), paymentOf(t, "a", "1.00")) },
		} {
			marker.isOn = true
			assert.Panics(t, do)
			marker.isOn = false
			require.NoError(t, store.Outbox(someCompany).Put(ctx, paymentOf(t, "b", "1.00")))
			_, err = db.ExecContext(ctx, "UPDATE maventa_store SET seen = seen")
			require.NoError(t, err)
		}
	})
}

// panicking is a marker with a bug.
type panicking struct {
	sqlstore.Marker

	isOn bool
}

func (p *panicking) Load(ctx context.Context) (sqlstore.Mark, error) {
	if p.isOn {
		panic("of a test")
	}
	return p.Marker.Load(ctx)
}

// TestOldSnapshot: a transaction of the caller's that sees an older state than others
// have made since is no backup.
func TestOldSnapshot(t *testing.T) {
	for _, kind := range kinds[1:] {
		t.Run(kind.name, func(t *testing.T) {
			b, s := newBooks(t, 0, 0), kind.make(t)
			store, db := s.open(t), s.connect(t)
			begin(t, store, "a")
			tx, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
			require.NoError(t, err)
			generation := 0
			require.NoError(t, tx.QueryRow("SELECT generation FROM maventa_store").Scan(&generation))
			begin(t, store, "b")
			c, err := maventa.NewClient(s.Environment, b.srv.Credentials())
			require.NoError(t, err)
			err = store.Inbox(c).In(tx).Acknowledge(t.Context(), 1, sqlstore.Ack{State: sqlstore.AckBooked, Voucher: "v", By: "b"})
			require.Error(t, err, "there is no such event")
			require.NotErrorIs(t, err, sqlstore.ErrMaybeCopy)
			require.NoError(t, tx.Rollback())
		})
	}
}
