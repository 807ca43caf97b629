package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/maventa-go/maventa/ledger"
)

// Journal returns the journal of the store. Its methods use transactions and
// connections of their own: never call it with one of yours open on the same rows.
func (s *Store) Journal() ledger.Journal { return journal{s} }

type journal struct{ *Store }

const (
	findKey       = "SELECT company_id, entry_key, entry FROM maventa_journal WHERE environment = ? AND company_id = ? AND entry_key = ?"
	findClaim     = "SELECT company_id, entry_key, entry FROM maventa_journal WHERE environment = ? AND company_id = ? AND claim = ?"
	forAssignment = "SELECT company_id, entry_key, entry FROM maventa_journal WHERE environment = ? AND company_id = ? AND assignment_id = ?"
	pending       = "SELECT company_id, entry_key, entry FROM maventa_journal WHERE environment = ? AND company_id = ? AND state = 'open' ORDER BY begun_at"
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
	r := j.write(ctx, record, false)
	return r.stored, r.claimed, j.failed("Begin", r.err)
}

// End implements [ledger.Journal].
func (j journal) End(ctx context.Context, record ledger.Record) error {
	return j.failed("End", j.write(ctx, record, true).err)
}

// write begins or ends a record, together with what others do meanwhile.
func (j journal) write(ctx context.Context, record ledger.Record, isEnd bool) *request {
	r := &request{ctx: ctx, record: record, isEnd: isEnd}
	if r.row, r.err = j.columns(record); r.err == nil {
		j.together(r) //nolint:contextcheck // the request has it
	}
	return r
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
	err = s.each(ctx, q, func(scan func(...any) error) error {
		var (
			company, key string
			text         []byte
			record       ledger.Record
		)
		if err := scan(&company, &key, &text); err != nil {
			return err
		}
		if err := json.Unmarshal(text, &record); err != nil {
			return fmt.Errorf("entry %s of company %s in the journal cannot be read: %w", key, company, err)
		}
		list = append(list, record)
		return nil
	}, query, args...)
	return list, err
}

func first(list []ledger.Record, err error) (ledger.Record, bool, error) {
	if err != nil || len(list) == 0 {
		return ledger.Record{}, false, err
	}
	return list[0], true, nil
}
