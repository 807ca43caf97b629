package dbtest_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// hooks are what a test puts around the statements of a driver.
type hooks struct {
	commit func(commit func() error) error
	exec   func(query string, args []driver.NamedValue) error // an error: it is not run
}

// slowly opens the database with a hook that is called before each commit.
func (s storage) slowly(t testing.TB, beforeCommit func()) *sql.DB {
	t.Helper()
	return s.hooked(t, hooks{commit: func(commit func() error) error {
		beforeCommit()
		return commit()
	}})
}

// hooked opens the database with hooks.
func (s storage) hooked(t testing.TB, h hooks) *sql.DB {
	t.Helper()
	db := s.connect(t)
	slow := sql.OpenDB(connector{db.Driver(), s.DSN, h})
	require.NoError(t, slow.PingContext(t.Context()))
	t.Cleanup(func() { _ = slow.Close() })
	return slow
}

type connector struct {
	driver driver.Driver
	dsn    string
	hooks  hooks
}

func (c connector) Driver() driver.Driver { return c.driver }

func (c connector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return slowConn{conn, c.hooks}, nil
}

// slowConn has what the drivers of the tests have in common.
type slowConn struct {
	driver.Conn

	hooks hooks
}

func (c slowConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
	return slowTx{tx, c.hooks}, err
}

func (c slowConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
}

func (c slowConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if c.hooks.exec != nil {
		if err := c.hooks.exec(query, args); err != nil {
			return nil, err
		}
	}
	exec := c.Conn.(driver.ExecerContext).ExecContext
	if query == "COMMIT" {
		var result driver.Result
		err := c.hooks.commit(func() (err error) {
			result, err = exec(ctx, query, args)
			return err
		})
		return result, err
	}
	return exec(ctx, query, args)
}

func (c slowConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c slowConn) CheckNamedValue(v *driver.NamedValue) error {
	checker, ok := c.Conn.(driver.NamedValueChecker)
	if !ok {
		return driver.ErrSkip
	}
	return checker.CheckNamedValue(v)
}

type slowTx struct {
	driver.Tx

	hooks hooks
}

func (t slowTx) Commit() error { return t.hooks.commit(t.Tx.Commit) }

var errRolledBack = errors.New("rolled back")
