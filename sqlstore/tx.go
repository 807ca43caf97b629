package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/maventa-go/maventa"
)

// Tx is a transaction of the caller's own in the store's database: a [*sql.Tx]. What
// a method writes within it is committed, or not, together with what the caller
// writes. In SQLite it must have begun with BEGIN IMMEDIATE.
type Tx interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// checkedTx is a transaction of the caller's in which the store is checked once.
type checkedTx struct {
	Tx

	now *state // nil: not yet
}

func inTx(tx Tx) Tx {
	if _, isChecked := tx.(*checkedTx); isChecked || tx == nil {
		return tx
	}
	return &checkedTx{Tx: tx}
}

// within runs do in the caller's transaction, or in one of its own if tx is nil. It
// is refused if the store is only read.
func (s *Store) within(ctx context.Context, tx Tx, do func(q session, now *state) error) error {
	once, _ := tx.(*checkedTx)
	if once != nil && once.now != nil {
		return do(tx, once.now)
	}
	checked := func(q session) error {
		now, err := s.ready(ctx, q, false)
		if tx != nil && isMaybeCopy(err) && !s.dialect.isEmbedded {
			// The caller's transaction may see an older state: MySQL's do by default.
			err = s.read(ctx, func(fresh session) (err error) {
				now, err = s.ready(ctx, fresh, false)
				return err
			})
		}
		if err == nil && now.environment == "" { // new: bind it
			now, err = s.ready(ctx, q, true)
		}
		if err != nil {
			return err
		}
		if once != nil {
			once.now = now
		}
		return do(q, now)
	}
	if tx != nil {
		return checked(tx)
	}
	return s.guarded(ctx, checked)
}

// reading runs do in the caller's transaction, or as [Store.read] if tx is nil.
func (s *Store) reading(ctx context.Context, tx Tx, do func(q session) error) error {
	if tx != nil {
		return do(tx)
	}
	return s.read(ctx, do)
}

// insertNew inserts a row, unless one with its key is there, and reports whether it did.
func (s *Store) insertNew(ctx context.Context, q session, statement string, args ...any) (isNew bool, err error) {
	switch s.dialect {
	case dialects[SQLite]:
		statement = strings.Replace(statement, "INSERT", "INSERT OR IGNORE", 1)
	case dialects[MySQL]:
		statement += " ON DUPLICATE KEY UPDATE environment = environment"
	default:
		statement += " ON CONFLICT DO NOTHING"
	}
	n, err := s.change(ctx, q, statement, args...)
	return n == 1, err
}

// change runs a statement and returns how many rows it changed.
func (s *Store) change(ctx context.Context, q session, statement string, args ...any) (int64, error) {
	result, err := q.ExecContext(ctx, s.dialect.query(statement), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// mostKeys bounds a list of keys in a statement.
const mostKeys = 500

// in is the condition that a column is one of some keys.
func in(column string, keys []string) (condition string, args []any) {
	for _, key := range keys {
		args = append(args, key)
	}
	return " AND " + column + " IN (?" + strings.Repeat(", ?", len(keys)-1) + ")", args
}

// each runs a query and hands over its rows one by one.
func (s *Store) each(ctx context.Context, q session, row func(scan func(into ...any) error) error, query string, args ...any) (err error) {
	rows, err := q.QueryContext(ctx, s.dialect.query(query), args...)
	if err != nil {
		return err
	}
	defer func() {
		if failure := rows.Close(); err == nil {
			err = failure
		}
	}()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// text is a value for a column of so many bytes, at least `least` of them.
type text struct {
	field, value string
	least, most  int
}

// fit refuses what a column cannot hold: one database cuts it without a word, and
// another fails, with all else of the transaction.
func fit(texts ...text) error {
	var wrong []maventa.FieldProblem
	for _, t := range texts {
		switch {
		case len(t.value) > t.most:
			wrong = append(wrong, maventa.FieldProblem{Field: t.field, Problem: fmt.Sprintf("has %d bytes, and the store takes %d", len(t.value), t.most)})
		case len(t.value) < t.least:
			wrong = append(wrong, maventa.FieldProblem{Field: t.field, Problem: "is required"})
		case !utf8.ValidString(t.value) || strings.Contains(t.value, "\x00"):
			wrong = append(wrong, maventa.FieldProblem{Field: t.field, Problem: "is not UTF-8, or has a zero byte"})
		}
	}
	if wrong != nil {
		return invalid(wrong...)
	}
	return nil
}

// invalid is the error of values that the caller gave.
func invalid(fields ...maventa.FieldProblem) *maventa.Error {
	err := refusal(maventa.ErrValidation, "nothing was changed")
	err.Phase, err.Fields = maventa.PhaseBuild, fields
	return err
}

const (
	mostWho = 200 // bytes
	mostWhy = 2000
)

// rowsOf bounds a limit of rows.
func rowsOf(limit int) int {
	const usual, most = 100, 1000
	if limit <= 0 {
		return usual
	}
	return min(limit, most)
}
