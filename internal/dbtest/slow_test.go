package dbtest_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// slowly opens the database with a hook that is called before each commit.
func (s storage) slowly(t testing.TB, beforeCommit func()) *sql.DB {
	t.Helper()
	db := s.connect(t)
	slow := sql.OpenDB(connector{db.Driver(), s.DSN, beforeCommit})
	require.NoError(t, slow.PingContext(t.Context()))
	t.Cleanup(func() { _ = slow.Close() })
	return slow
}

type connector struct {
	driver driver.Driver
	dsn    string
	before func()
}

func (c connector) Driver() driver.Driver { return c.driver }

func (c connector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return slowConn{conn, c.before}, nil
}

// slowConn has what the drivers of the tests have in common.
type slowConn struct {
	driver.Conn

	before func()
}

func (c slowConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
	return slowTx{tx, c.before}, err
}

func (c slowConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
}

func (c slowConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if query == "COMMIT" {
		c.before()
	}
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
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

	before func()
}

func (t slowTx) Commit() error {
	t.before()
	return t.Tx.Commit()
}

var errRolledBack = errors.New("rolled back")
