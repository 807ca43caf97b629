package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// Journal returns the journal of the store. Each method is a transaction of its own
// and uses connections of its own: never call it with one of yours open on the same
// rows.
func (s *Store) Journal() ledger.Journal { return journal{s} }

type journal struct{ *Store }

const (
	findKey       = "SELECT entry FROM maventa_journal WHERE environment = ? AND company_id = ? AND entry_key = ?"
	findClaim     = "SELECT entry FROM maventa_journal WHERE environment = ? AND company_id = ? AND claim = ?"
	forAssignment = "SELECT entry FROM maventa_journal WHERE environment = ? AND company_id = ? AND assignment_id = ?"
	pending       = "SELECT entry FROM maventa_journal WHERE environment = ? AND company_id = ? AND state = 'open' ORDER BY begun_at"
	insert        = `INSERT INTO maventa_journal (claim, assignment_id, state, begun_at, entry, environment, company_id, entry_key)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	replace = `UPDATE maventa_journal SET claim = ?, assignment_id = ?, state = ?, begun_at = ?, entry = ?
		WHERE environment = ? AND company_id = ? AND entry_key = ?`
)

// Find implements [ledger.Journal].
func (j journal) Find(ctx context.Context, key ledger.JournalKey) (ledger.Record, bool, error) {
	record, found, err := first(j.records(ctx, findKey, key.Environment, key.CompanyID, key.Key))
	if err == nil {
		err = j.settleDoubt(ctx)
	}
	if err != nil {
		return ledger.Record{}, false, j.failed("Find", err)
	}
	return record, found, nil
}

// Begin implements [ledger.Journal].
func (j journal) Begin(ctx context.Context, record ledger.Record) (stored ledger.Record, claimed bool, err error) {
	stored, claimed, err = j.begin(ctx, record)
	return stored, claimed, j.failed("Begin", err)
}

func (j journal) begin(ctx context.Context, record ledger.Record) (stored ledger.Record, claimed bool, err error) {
	args, err := j.columns(record)
	if err != nil {
		return record, false, err
	}
	var generation int64
	by := rand.Text()
	err = j.guarded(ctx, func(q session) error {
		now, err := j.ready(ctx, q, true) // from here on nobody else begins
		if err != nil {
			return err
		}
		old, known, err := first(j.list(ctx, q, findKey, record.Environment, record.CompanyID, record.Key))
		if err != nil {
			return err
		}
		holder, isTaken := old, known && (old.Open() || old.Done())
		if !isTaken && record.Claim != "" {
			holder, isTaken, err = first(j.list(ctx, q, findClaim, record.Environment, record.CompanyID, record.Claim))
		}
		if stored = holder; err != nil || isTaken {
			return err
		}
		if err := isSettling(now); err != nil {
			return err
		}
		statement := insert
		if known {
			statement = replace
		}
		if err := j.exec(ctx, q, statement, args...); err != nil {
			return err
		}
		stored, claimed = record, true
		generation, err = j.next(ctx, q, now, by)
		return err
	})
	switch {
	case err == nil && claimed:
		err = j.confirm(ctx, generation, by)
	case err == nil:
		return stored, false, nil
	}
	if err != nil {
		if generation > 0 {
			j.doubt(generation)
		}
		return ledger.Record{}, false, err
	}
	return stored, true, nil
}

// End implements [ledger.Journal].
func (j journal) End(ctx context.Context, record ledger.Record) error {
	args, err := j.columns(record)
	if err != nil {
		return j.failed("End", err)
	}
	return j.failed("End", j.guarded(ctx, func(q session) error {
		if _, err := j.ready(ctx, q, false); err != nil {
			return err
		}
		old, known, err := first(j.list(ctx, q, findKey+j.dialect.forUpdate, record.Environment, record.CompanyID, record.Key))
		if err != nil {
			return err
		}
		isRefusedLater := old.Done() && old.AssignmentID == "" && record.Outcome == maventa.OutcomeRejected && !record.Open()
		isInCollection := old.Done() && old.AssignmentID == "" && record.Done() && record.InCollection != ""
		if !known || !old.BegunAt.Equal(record.BegunAt) || !old.Open() && !isRefusedLater && !isInCollection {
			conflict := refusal(ledger.ErrJournalConflict, "the entry is not open any more")
			conflict.Target = record.Key
			return conflict
		}
		return j.exec(ctx, q, replace, args...)
	}))
}

// ForAssignment implements [ledger.Journal].
func (j journal) ForAssignment(ctx context.Context, environment, companyID, assignmentID string) ([]ledger.Record, error) {
	list, err := j.records(ctx, forAssignment, environment, companyID, assignmentID)
	return list, j.failed("ForAssignment", err)
}

// Pending implements [ledger.Journal].
func (j journal) Pending(ctx context.Context, environment, companyID string) ([]ledger.Record, error) {
	list, err := j.records(ctx, pending, environment, companyID)
	return list, j.failed("Pending", err)
}

// columns are the values of a record's row. What does not fit is refused: a database
// may cut it without a word.
func (j journal) columns(record ledger.Record) ([]any, error) {
	if record.Environment != j.own.Environment.Name {
		return nil, refusal(ErrOtherEnvironment, fmt.Sprintf("the client is of environment %q, and the store of %q", record.Environment, j.own.Environment.Name))
	}
	for _, c := range []struct {
		name, value string
		size        int
	}{
		{"company id", record.CompanyID, 64}, {"key", record.Key, 512}, {"assignment id", record.AssignmentID, 200}, {"claim", record.Claim, 255},
	} {
		if len(c.value) > c.size {
			return nil, refusal(ledger.ErrJournal, fmt.Sprintf("the %s has %d bytes, and the store takes %d", c.name, len(c.value), c.size))
		}
	}
	text, err := json.Marshal(record)
	if err != nil {
		return nil, err
	}
	state := record.Outcome.String()
	if record.Open() {
		state = "open"
	}
	claim := sql.NullString{String: record.Holds(), Valid: record.Holds() != ""}
	return []any{claim, record.AssignmentID, state, record.BegunAt.UnixMicro(), string(text), record.Environment, record.CompanyID, record.Key}, nil
}

// records returns the records that a query of its own selects.
func (s *Store) records(ctx context.Context, query string, args ...any) (list []ledger.Record, err error) {
	err = s.read(ctx, func(q session) error {
		list, err = s.list(ctx, q, query, args...)
		return err
	})
	return list, err
}

// list returns the records that a query selects.
func (s *Store) list(ctx context.Context, q session, query string, args ...any) (list []ledger.Record, err error) {
	rows, err := q.QueryContext(ctx, s.dialect.query(query), args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var text []byte
		var record ledger.Record
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &record); err != nil {
			return nil, fmt.Errorf("an entry cannot be read: %w", err)
		}
		list = append(list, record)
	}
	return list, rows.Err()
}

func first(list []ledger.Record, err error) (ledger.Record, bool, error) {
	if err != nil || len(list) == 0 {
		return ledger.Record{}, false, err
	}
	return list[0], true, nil
}
