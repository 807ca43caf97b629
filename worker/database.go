package worker

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	_ "modernc.org/sqlite" // the driver

	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// Errors of the database.
var (
	// ErrInUse: another process works on the file of SQLite.
	ErrInUse = errors.New("worker: the database is in use")
	// ErrUnreachable: the database does not answer, or another program has it locked, or
	// there is no room for it.
	ErrUnreachable = errors.New("worker: the database cannot be used now")
)

// database is where everything is kept.
type database struct {
	*sql.DB

	dialect sqlstore.Dialect
	pool    *pgxpool.Pool // of PostgreSQL
	lock    *flock.Flock  // of SQLite
}

// open opens the database, and makes sure that this process is the only one on a file
// of SQLite, unless it is to be used beside that one.
func open(ctx context.Context, name string, beside bool) (*database, error) {
	if path, isFile := strings.CutPrefix(name, "sqlite:"); isFile {
		path = strings.TrimPrefix(path, "//")
		if path == "" {
			return nil, fmt.Errorf("%w: the database has no path", ErrConfig)
		}
		if beside {
			return besideSQLite(path)
		}
		return openSQLite(path)
	}
	if !strings.HasPrefix(name, "postgres://") && !strings.HasPrefix(name, "postgresql://") {
		return nil, fmt.Errorf(`%w: the database must be "sqlite:" and a path, or begin with "postgres://"`, ErrConfig)
	}
	pool, err := pgxpool.New(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("%w: the address of the database: %w", ErrConfig, err) // pgx hides the password
	}
	return &database{DB: stdlib.OpenDBFromPool(pool), dialect: sqlstore.PostgreSQL, pool: pool}, nil
}

// openSQLite opens a file. One connection serves all: writers of one file wait for each
// other in any case, and here they wait in order. A program of the ERP's that writes
// rows of its own has 10 seconds before it gives up; a transaction here takes some
// milliseconds.
func openSQLite(path string) (*database, error) {
	if target, err := filepath.EvalSymlinks(path); err == nil { // of one file there is one lock
		path = target
	}
	lock := flock.New(path + ".lock")
	isOurs, err := lock.TryLock()
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: the lock of the database: %w", ErrConfig, err)
	case !isOurs:
		return nil, fmt.Errorf("%w: %s by process %s; stop that one, or use PostgreSQL for several", ErrInUse, path, holder(path))
	}
	if err := prepare(path); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	var db *sql.DB
	if err = os.WriteFile(path+".pid", []byte(strconv.Itoa(os.Getpid())), 0o600); err == nil {
		db, err = connect(path, "rwc")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("worker: %w", err), lock.Close())
	}
	return &database{DB: db, dialect: sqlstore.SQLite, lock: lock}, nil
}

// prepare makes the file, which its owner alone can read: it names debtors, and SQLite's
// other files have its mode. One that is there must be a database.
func prepare(path string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the path is the operator's
	if err != nil {
		return fmt.Errorf("%w: the database: %w", ErrConfig, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	const magic = "SQLite format 3\x00"
	begin := make([]byte, len(magic))
	n, err := io.ReadFull(f, begin)
	switch {
	case errors.Is(err, io.EOF): // it is empty
		return nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: the database: %w", ErrConfig, err)
	case string(begin[:n]) != magic:
		return fmt.Errorf("%w: %s is no database of SQLite; it was left as it is", ErrConfig, path)
	}
	return nil
}

// besideSQLite opens a file that a worker may have open. It makes none.
func besideSQLite(path string) (*database, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	db, err := connect(path, "rw")
	if err != nil {
		return nil, fmt.Errorf("worker: %w", err)
	}
	return &database{DB: db, dialect: sqlstore.SQLite}, nil
}

func connect(path, mode string) (*sql.DB, error) {
	q := url.Values{
		"mode":    {mode},
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"},
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// holder is the process that has the lock, as far as it can be read.
func holder(path string) string {
	pid, err := os.ReadFile(path + ".pid") //nolint:gosec // the path is the operator's
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(pid))
}

func (d *database) isSQLite() bool { return d.dialect == sqlstore.SQLite }

// engine is River's driver.
func (d *database) engine() riverdriver.Driver[*sql.Tx] {
	if d.isSQLite() {
		return riversqlite.New(d.DB)
	}
	return riverdatabasesql.NewWithPgxListener(d.DB, d.pool)
}

// tables are this package's own. What the ERP may write is maventa_intake; see
// README.md. Times are microseconds since 1970, UTC.
var tables = []string{
	`CREATE TABLE IF NOT EXISTS maventa_company (
		company_id   TEXT   NOT NULL PRIMARY KEY,
		business_id  TEXT   NOT NULL DEFAULT '',       -- without hyphens
		key_digest   TEXT   NOT NULL DEFAULT '',       -- a hash of its keys, by which others are seen
		state        TEXT   NOT NULL DEFAULT 'active', -- active, aside (dead keys), question (a person first), gone (offboarded)
		reason       TEXT   NOT NULL DEFAULT '',       -- of any state but active
		since        BIGINT NOT NULL DEFAULT 0,        -- when the state began
		try_at       BIGINT NOT NULL DEFAULT 0,        -- of aside: when its keys are tried again
		follow_at    BIGINT NOT NULL DEFAULT 0,        -- when its events are looked for
		followed_at  BIGINT NOT NULL DEFAULT 0,        -- when they were, the last time without an error
		watch_at     BIGINT NOT NULL DEFAULT 0,        -- when its services are looked at
		services     TEXT   NOT NULL DEFAULT '',       -- JSON: what was seen of them
		uncovered_at BIGINT NOT NULL DEFAULT 0,        -- when invoices without an assignment are looked for; 0: never
		uncovered_days INTEGER NOT NULL DEFAULT 14,    -- how far back
		known_until  TEXT   NOT NULL DEFAULT ''        -- the last day whose payments are all in the books
	)`,
	`CREATE TABLE IF NOT EXISTS maventa_standing (
		company_id TEXT NOT NULL,
		invoice_id TEXT NOT NULL,
		open       TEXT NOT NULL DEFAULT '',  -- what is unpaid, empty: not known
		disputed   INTEGER NOT NULL DEFAULT 0,
		stopped    INTEGER NOT NULL DEFAULT 0,
		PRIMARY KEY (company_id, invoice_id)
	)`,
	`CREATE TABLE IF NOT EXISTS maventa_refused (
		company_id TEXT NOT NULL,
		entry_key  TEXT NOT NULL,
		fields     TEXT NOT NULL, -- JSON: what was wrong with the data of an entry
		PRIMARY KEY (company_id, entry_key)
	)`,
	`CREATE TABLE IF NOT EXISTS maventa_intake (
		id            SERIAL_KEY,
		company_id    TEXT NOT NULL,
		entry_key     TEXT NOT NULL,
		kind          TEXT NOT NULL,             -- payment, credit_note, comment, …
		assignment_id TEXT DEFAULT '',           -- or; NULL is empty, here and below: nothing fails in the ERP's own transaction
		invoice_id    TEXT DEFAULT '',
		amount        TEXT DEFAULT '',           -- "12.50"
		currency      TEXT DEFAULT '',
		date          TEXT DEFAULT '',           -- "2026-11-20"
		more          TEXT DEFAULT '',           -- JSON: the other members of an entry
		state         TEXT NOT NULL DEFAULT 'new', -- new, taken or refused
		problem       TEXT NOT NULL DEFAULT ''   -- of refused
	)`,
	`CREATE INDEX IF NOT EXISTS maventa_intake_state ON maventa_intake (state, id)`,
	`CREATE INDEX IF NOT EXISTS maventa_company_business ON maventa_company (business_id)`,
}

// migrate creates the tables of River, of sqlstore and of this package, or brings them
// to what this program needs.
func (d *database) migrate(ctx context.Context, store *sqlstore.Store) (err error) {
	defer func() { err = passing(err) }()
	migrator, err := rivermigrate.New(d.engine(), nil)
	if err == nil {
		_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	if err != nil {
		return fmt.Errorf("worker: the tables of the job engine: %w", err)
	}
	if err := store.Migrate(ctx); err != nil {
		return err
	}
	serial := "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
	if d.isSQLite() {
		serial = "INTEGER PRIMARY KEY AUTOINCREMENT"
	}
	return d.within(ctx, func(tx *sql.Tx) error {
		if !d.isSQLite() { // CREATE TABLE IF NOT EXISTS fails if two processes do it at once
			if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(5566218147003121)"); err != nil {
				return err
			}
		}
		for _, statement := range tables {
			if _, err := tx.ExecContext(ctx, strings.Replace(statement, "SERIAL_KEY", serial, 1)); err != nil {
				return fmt.Errorf("worker: the tables: %w", err)
			}
		}
		return nil
	})
}

// within runs do in a transaction. Nothing is asked of Maventa within one, and of
// the database only by tx: SQLite has one connection.
func (d *database) within(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := d.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%w: %w: %w", ErrUnreachable, ledger.ErrJournal, err)
	}
	if err := do(tx); err != nil {
		if rollback := tx.Rollback(); rollback != nil && !errors.Is(rollback, sql.ErrTxDone) {
			err = errors.Join(err, rollback)
		}
		return err
	}
	return tx.Commit()
}

// each calls row for each row of a query. Parameters are written $1 in both databases.
func each(ctx context.Context, q sqlstore.Tx, query string, args []any, row func(scan func(...any) error) error) (err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// closeTime is how long the end may take.
const closeTime = 500 * time.Millisecond

func (d *database) close() error {
	err := d.Close()
	if d.pool != nil {
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			d.pool.Close() // it waits for those that a server which hangs has not answered
		}()
		select {
		case <-closed:
		case <-time.After(closeTime):
		}
	}
	if d.lock != nil {
		err = errors.Join(err, d.lock.Close())
	}
	return err
}
