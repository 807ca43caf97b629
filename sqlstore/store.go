package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// Installation says who uses a store. It is configuration: nothing of it may lie in
// the database, or be copied with it.
type Installation struct {
	// Environment is the one whose payments the store remembers.
	Environment maventa.Environment
	// ID names this installation, for example "acme-production": 1 to 64 bytes. All
	// processes that share the database have the same. A copy, such as a test system
	// made from a backup, needs another one.
	ID string
	// Marker remembers how far the store was, outside the database: [FileMarker].
	Marker Marker
}

// Store keeps what this module remembers in a database. Make it with [Open]. It
// serves any number of goroutines; others may use the same database.
type Store struct {
	db      *sql.DB
	dialect *dialect
	own     Installation

	writing chan struct{} // held by the one writer of a database in this process
	turn    chan struct{} // held by the one who runs a batch of the journal

	mu          sync.Mutex
	waiting     []*request // for the next batch
	seen        int64      // the highest generation that this process has read
	ahead       int64      // what a marker knows of a state that the database is behind of; 0: nothing
	unconfirmed int64      // the highest whose commit was not answered
	twin        error      // another database has begun the same generation with the same marker
}

// Open returns a store in db, whose driver is the caller's. It makes no request:
// [Store.Migrate] creates the tables, [Store.Check] says whether it can be used.
//
// Let db keep as many idle connections as goroutines work at a time, for example
// db.SetMaxIdleConns(16): of more than the usual two each is made anew every time.
func Open(db *sql.DB, d Dialect, own Installation) (*Store, error) {
	problem := ""
	switch {
	case db == nil:
		problem = "there is no database"
	case !d.isKnown():
		problem = "the dialect must be SQLite, PostgreSQL or MySQL"
	case own.Environment.Name == "" || len(own.Environment.Name) > 64:
		problem = "Installation.Environment must have a name of 1 to 64 bytes"
	case own.ID == "" || len(own.ID) > 64:
		problem = "Installation.ID must have 1 to 64 bytes"
	case own.Marker == nil:
		problem = "Installation.Marker is missing: take FileMarker, on a disk that is not restored together with the database"
	}
	if problem != "" {
		return nil, (*Store)(nil).failed("Open", refusal(ledger.ErrJournal, problem))
	}
	return &Store{db: db, dialect: dialects[d], own: own, writing: make(chan struct{}, 1), turn: make(chan struct{}, 1)}, nil
}

// session is a transaction.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// exec runs a statement.
func (s *Store) exec(ctx context.Context, q session, statement string, args ...any) error {
	_, err := q.ExecContext(ctx, s.dialect.query(statement), args...)
	return err
}

// write runs do in one transaction, whose commit is on disk when it returns without
// an error. After an error it may be committed all the same.
func (s *Store) write(ctx context.Context, do func(q session) error) error {
	if s.dialect.isEmbedded {
		return s.writeEmbedded(ctx, do)
	}
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // if it is not committed: do's error says more, or it panics
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// read runs do where a single query sees all that was committed.
func (s *Store) read(ctx context.Context, do func(q session) error) error {
	if !s.dialect.isEmbedded {
		return do(s.db)
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // it goes back to the pool
	if err := makePatient(ctx, conn); err != nil {
		return err
	}
	return do(conn)
}

// endTime bounds a rollback.
const endTime = 10 * time.Second

// writeEmbedded is write for a database in this process. Its transactions take the
// lock for writing at once: one that reads first could not get it later.
//
// SQLite lets those who wait for its lock try again by chance, some for seconds. The
// writers of this store wait in a row instead.
func (s *Store) writeEmbedded(ctx context.Context, do func(q session) error) error {
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // it goes back to the pool
	if err := makeDurable(ctx, conn); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed { // do may have panicked
			rollBack(ctx, conn)
		}
	}()
	if err = do(conn); err == nil {
		_, err = conn.ExecContext(ctx, "COMMIT")
	}
	committed = err == nil
	return err
}

func rollBack(ctx context.Context, conn *sql.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	if _, err := conn.ExecContext(ctx, "ROLLBACK"); err != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // nobody gets a connection in the middle of something
	}
}

// busyTime is how long a connection waits for another one's lock, unless it is set.
const busyTime = 10 * time.Second

// makePatient lets a connection of SQLite wait for another one's lock.
func makePatient(ctx context.Context, conn *sql.Conn) error {
	var busy int
	err := conn.QueryRowContext(ctx, "PRAGMA busy_timeout").Scan(&busy)
	if err == nil && busy == 0 {
		_, err = conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", busyTime.Milliseconds()))
	}
	return err
}

// makeDurable sets on a connection of SQLite what can be set and refuses the rest.
func makeDurable(ctx context.Context, conn *sql.Conn) error {
	var (
		synchronous int
		journal     string
	)
	err := makePatient(ctx, conn)
	if err == nil {
		err = conn.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous)
	}
	if err == nil {
		err = conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&journal)
	}
	if err != nil {
		return err
	}
	if journal = strings.ToLower(journal); journal == "off" || journal == "memory" {
		return refusal(ErrNotDurable, "SQLite's journal_mode is "+journal+
			", so that a crash can damage the file; set it to WAL or DELETE, and use a file, no database in memory")
	}
	const full, extra = 2, 3
	switch { // FULL does not sync the folder in which a rollback journal was deleted
	case journal != "wal" && synchronous < extra:
		_, err = conn.ExecContext(ctx, "PRAGMA synchronous = EXTRA")
	case synchronous < full:
		_, err = conn.ExecContext(ctx, "PRAGMA synchronous = FULL")
	}
	return err
}

// settled sets in a transaction what its commit's durability rests on, and refuses
// what cannot be set here.
func (s *Store) settled(ctx context.Context, q session, settings string) error {
	values := strings.Split(settings, ",")
	switch s.dialect {
	case dialects[PostgreSQL]:
		for i, name := range []string{"fsync", "full_page_writes"} {
			if values[i] != "on" {
				return refusal(ErrNotDurable, "PostgreSQL's "+name+" is "+values[i]+": set it to on for the server")
			}
		}
		if at := values[2]; at != "on" && at != "remote_apply" {
			return s.exec(ctx, q, "SET LOCAL synchronous_commit = on")
		}
	case dialects[MySQL]:
		if values[0] != "1" {
			return refusal(ErrNotDurable, "innodb_flush_log_at_trx_commit is "+values[0]+": set it to 1 for the server")
		}
		if values[1] == "1" && values[2] != "1" {
			return refusal(ErrNotDurable, "the binary log is on and sync_binlog is "+values[2]+
				", so that a crash rolls back what was committed: set sync_binlog to 1 for the server")
		}
	}
	return nil
}

// isMissing reports whether a query's one row is not there.
func isMissing(err error) bool { return errors.Is(err, sql.ErrNoRows) }
