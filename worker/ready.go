package worker

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river/rivermigrate"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/maventa-go/maventa/sqlstore"
)

// Check says whether the worker can begin. The error matches [ErrUnreachable] if the
// database cannot be used now, [ErrConfig] if it does not let this program in,
// sqlstore.ErrSchema if [Worker.Migrate] was not run, and what sqlstore.Store.Check
// returns if the database may be a copy or is older than it was.
func (w *Worker) Check(ctx context.Context) (err error) {
	defer func() { err = passing(err) }()
	if err := w.db.PingContext(ctx); err != nil {
		return unreachable(err)
	}
	migrator, err := rivermigrate.New(w.db.engine(), nil)
	if err != nil {
		return fmt.Errorf("worker: the tables of the job engine: %w", err)
	}
	valid, err := migrator.Validate(ctx, nil)
	if isNoRight(err) {
		return unreachable(err)
	}
	if err != nil {
		return fmt.Errorf("worker: the tables of the job engine: %w", err)
	}
	if !valid.OK {
		return noTables(strings.Join(valid.Messages, "; "))
	}
	if _, err := w.db.ExecContext(ctx, "SELECT company_id FROM maventa_company LIMIT 1"); err != nil {
		if isNoRight(err) {
			return unreachable(err)
		}
		if isPassing(err) {
			return err
		}
		return noTables(err.Error())
	}
	return w.store.Check(ctx)
}

func noTables(why string) error {
	return fmt.Errorf("%w: %w: tables are missing, run migrate (maventa-worker migrate): %s", ErrConfig, sqlstore.ErrSchema, why)
}

// isNoRight says whether the user of PostgreSQL lacks a right.
func isNoRight(err error) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	return ok && refused.Code == "42501"
}

// unreachable is the error of a database that cannot be had.
func unreachable(err error) error {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		for _, class := range []string{"28", "3D", "42"} { // who are you, which database, no right
			if strings.HasPrefix(refused.Code, class) {
				return fmt.Errorf("%w: the database refuses: %w", ErrConfig, err)
			}
		}
	}
	if refused, ok := errors.AsType[*sqlite.Error](err); ok && refused.Code() == sqlite3.SQLITE_NOTADB {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

// passing makes an error match [ErrUnreachable] that comes of the database and may be
// gone in a moment: a server that is stopped, a lock, a full disk.
func passing(err error) error {
	if err == nil || errors.Is(err, ErrUnreachable) || !isPassing(err) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

func isPassing(err error) bool {
	if file, ok := errors.AsType[*sqlite.Error](err); ok {
		const primary = 0xff // the rest of a code says more
		return slices.Contains([]int{sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL}, file.Code()&primary)
	}
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		return slices.Contains([]string{"08", "53", "57"}, refused.Code[:min(2, len(refused.Code))]) // the connection, no room, it is stopped
	}
	_, isNet := errors.AsType[*net.OpError](err)
	_, isConnect := errors.AsType[*pgconn.ConnectError](err)
	return isNet || isConnect || errors.Is(err, driver.ErrBadConn) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, io.ErrUnexpectedEOF)
}

// Ready says whether a worker that runs can do its work now: the database can be
// written, and what is due was looked for in the last ten seconds.
func (w *Worker) Ready(ctx context.Context) error {
	const longest = 10 * time.Second
	if err := w.db.PingContext(ctx); err != nil {
		return unreachable(err)
	}
	if err := w.store.Check(ctx); err != nil {
		return err
	}
	if at := time.UnixMilli(w.lookedAt.Load()); time.Since(at) > longest {
		return fmt.Errorf("worker: what is due was not looked for in the last %v", longest)
	}
	return nil
}

// Takeover says that the database is to be written from here on, though it was restored
// from a backup, or copied. Read sqlstore.Store.Takeover first.
func (w *Worker) Takeover(ctx context.Context, who, why string) error {
	return w.store.Takeover(ctx, sqlstore.Takeover{Who: who, Why: why, SettleTime: w.config.Settle})
}
