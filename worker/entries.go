package worker

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// Put stores an entry under its key until it is sent, and reports whether the key is
// new. The same once more changes nothing; the contents of a transfer that was not sent
// are replaced. The error matches maventa.ErrValidation if the entry is wrong,
// maventa.ErrNotFound if the company is unknown or gone, and ledger.ErrKeyReused if the key
// has other contents. Of two that put one key in the same moment both may hear that it is new.
func (w *Worker) Put(ctx context.Context, companyID, key string, e Entry) (isNew bool, err error) {
	err = w.db.within(ctx, func(tx *sql.Tx) error {
		isNew, err = w.PutIn(ctx, tx, companyID, key, e)
		return err
	})
	return isNew && err == nil, err
}

// PutIn is [Worker.Put] within a transaction of the caller's in the worker's database:
// the entry is stored together with the posting that it comes from, or not at all. In
// SQLite it must have begun with BEGIN IMMEDIATE.
func (w *Worker) PutIn(ctx context.Context, tx *sql.Tx, companyID, key string, e Entry) (isNew bool, err error) {
	if err := w.takes(ctx, tx, companyID); err != nil {
		return false, err
	}
	return w.put(ctx, tx, companyID, key, e)
}

// takes is nil if entries of a company are taken in. Another process may have offboarded
// it a moment ago: what is put afterwards would wait for ever.
func (w *Worker) takes(ctx context.Context, q sqlstore.Tx, companyID string) error {
	if w.company(companyID) == nil {
		return unknownCompany(companyID)
	}
	state := ""
	err := q.QueryRowContext(ctx, "SELECT state FROM maventa_company WHERE company_id = $1", canonical(companyID)).Scan(&state)
	if err != nil {
		return fmt.Errorf("worker: company %s: %w: %w", companyID, ledger.ErrJournal, err)
	}
	if state == stateGone {
		return fmt.Errorf("worker: company %s: %w: it is offboarded; nothing was stored", companyID, maventa.ErrNotFound)
	}
	return nil
}

// put is PutIn for a company that [Worker.takes] has let pass.
func (w *Worker) put(ctx context.Context, tx *sql.Tx, companyID, key string, e Entry) (isNew bool, err error) {
	stored, err := e.outbox(canonical(companyID), key)
	if err != nil {
		return false, err
	}
	out := w.store.Outbox(canonical(companyID)).In(tx)
	_, found, err := out.Find(ctx, key)
	if err == nil {
		err = out.Put(ctx, stored)
	}
	return !found && err == nil, err
}

// Status is where an entry stands.
type Status struct {
	Key          string               `json:"key"`
	State        sqlstore.OutboxState `json:"state"`
	AssignmentID string               `json:"assignment_id,omitzero"`
	InvoiceID    string               `json:"invoice_id,omitzero"`
	EventID      string               `json:"event_id,omitzero"` // on the service, once it is known
	Attempts     int                  `json:"attempts"`          // how often it was tried
	Kind         string               `json:"kind,omitzero"`     // of the last error, such as "outcome_unknown"
	Why          string               `json:"why,omitzero"`      // of a person, or of the last error
	Fields       []field              `json:"fields,omitzero"`   // of one that is held: what is wrong with its data, as far as it is known
	Due          time.Time            `json:"due,omitzero"`      // of one that is queued: when it is tried
}

// Find returns where an entry stands. The error matches maventa.ErrNotFound if there is
// none under the key.
func (w *Worker) Find(ctx context.Context, companyID, key string) (*Status, error) {
	e, found, err := w.store.Outbox(canonical(companyID)).Find(ctx, key)
	if err == nil && !found {
		err = fmt.Errorf("worker: entry %s: %w", key, maventa.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	s := &Status{
		Key: key, State: e.State, AssignmentID: e.AssignmentID, InvoiceID: e.InvoiceID,
		Attempts: e.Attempts, Kind: e.LastError, Why: e.Why,
	}
	if e.State == sqlstore.OutboxQueued {
		s.Due = e.Due
	}
	if e.State == sqlstore.OutboxHeld && e.LastError == maventa.ErrValidation.Word() {
		if s.Fields, err = w.fields(ctx, companyID, key); err != nil {
			return nil, err
		}
	}
	record, found, err := w.store.Journal().Find(ctx, ledger.JournalKey{
		Environment: w.config.Environment.Name, CompanyID: canonical(companyID), Key: key,
	})
	if err != nil {
		return nil, err
	}
	if found && record.Done() {
		s.EventID = record.EventID
		if s.AssignmentID == "" {
			s.AssignmentID = record.AssignmentID + record.InCollection
		}
	}
	return s, nil
}

// fields are what was wrong with the data of an entry.
func (w *Worker) fields(ctx context.Context, companyID, key string) (list []field, err error) {
	text := ""
	err = w.db.QueryRowContext(ctx, "SELECT fields FROM maventa_refused WHERE company_id = $1 AND entry_key = $2", canonical(companyID), key).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return list, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &list)
	}
	return list, err
}

// Withdraw takes back an entry that was not sent, and reports whether it could. Of one
// that was sent, or may be on its way, a question to a person is put on the work list
// instead.
func (w *Worker) Withdraw(ctx context.Context, companyID, key, who, why string) (unsent bool, err error) {
	return w.store.Outbox(canonical(companyID)).Withdraw(ctx, key, sqlstore.OutboxWithdrawn, who, why)
}

// mostTaken is how many rows are taken in at once.
const mostTaken = 500

// takeIn takes in what the ERP has written into maventa_intake. A row that is wrong is
// marked as refused, with what is wrong with it, and stops no other.
func (w *Worker) takeIn(ctx context.Context) error {
	for after := int64(0); ; {
		ours, last, err := w.waiting(ctx, after)
		if err != nil || last == 0 {
			return err
		}
		if ours {
			return w.takeRows(ctx, after, last)
		}
		after = last
	}
}

// waiting looks at the next rows that are new, and reports whether some are for this
// process to take in, and the id of the last one; 0: there are none.
func (w *Worker) waiting(ctx context.Context, after int64) (ours bool, last int64, err error) {
	var companies []string
	err = each(ctx, w.db, "SELECT id, company_id FROM maventa_intake WHERE state = 'new' AND id > $1 ORDER BY id LIMIT $2",
		[]any{after, mostTaken}, func(scan func(...any) error) error {
			company := ""
			err := scan(&last, &company)
			companies = append(companies, company)
			return err
		})
	slices.Sort(companies)
	for _, id := range slices.Compact(companies) {
		if err != nil || ours {
			break
		}
		ours, err = w.isOurs(ctx, w.db, id)
	}
	return ours, last, err
}

// isOurs reports whether this process takes in the rows of a company: not those of one
// that only another process works for.
func (w *Worker) isOurs(ctx context.Context, q sqlstore.Tx, companyID string) (bool, error) {
	if w.db.isSQLite() || w.company(companyID) != nil {
		return true, nil
	}
	n := 0
	err := q.QueryRowContext(ctx, "SELECT COUNT(*) FROM maventa_company WHERE company_id = $1 AND state <> 'gone'", canonical(companyID)).Scan(&n)
	return n == 0, err
}

// takeRows takes in the rows behind one id until another one.
func (w *Worker) takeRows(ctx context.Context, after, last int64) error {
	lock := " FOR UPDATE SKIP LOCKED"
	if w.db.isSQLite() {
		lock = ""
	}
	return w.db.within(ctx, func(tx *sql.Tx) error {
		var rows []intake
		err := each(ctx, tx, `SELECT id, company_id, entry_key, kind, COALESCE(assignment_id, ''), COALESCE(invoice_id, ''), COALESCE(amount, ''),
				COALESCE(currency, ''), COALESCE(date, ''), COALESCE(more, '')
			FROM maventa_intake WHERE state = 'new' AND id > $1 AND id <= $2 ORDER BY id`+lock, []any{after, last}, func(scan func(...any) error) error {
			var r intake
			err := scan(&r.id, &r.company, &r.key, &r.kind, &r.assignment, &r.invoice, &r.amount, &r.currency, &r.date, &r.more)
			rows = append(rows, r)
			return err
		})
		if err != nil {
			return err
		}
		takes := map[string]error{} // by company
		for _, r := range rows {
			if _, isAsked := takes[r.company]; !isAsked {
				takes[r.company] = w.takes(ctx, tx, r.company)
			}
			if ours, err := w.isOurs(ctx, tx, r.company); err != nil {
				return err
			} else if !ours {
				continue
			}
			err := takes[r.company]
			if err == nil {
				err = w.takeRow(ctx, tx, &r)
			}
			state, problem := "taken", ""
			switch {
			case err == nil:
			case errors.Is(err, maventa.ErrValidation), errors.Is(err, ledger.ErrKeyReused), errors.Is(err, maventa.ErrNotFound):
				state, problem = "refused", err.Error()
			default: // nothing is wrong with the row
				return err
			}
			if _, err := tx.ExecContext(ctx, "UPDATE maventa_intake SET state = $1, problem = $2 WHERE id = $3", state, problem, r.id); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *Worker) takeRow(ctx context.Context, tx *sql.Tx, r *intake) error {
	e, err := r.entry()
	if err == nil {
		_, err = w.put(ctx, tx, r.company, r.key, *e)
	}
	return err
}

// intake is a row of the table that the ERP writes.
type intake struct {
	id                                                                    int64
	company, key, kind, assignment, invoice, amount, currency, date, more string
}

// entry is the row as an entry. The column more has what has no column.
func (r *intake) entry() (*Entry, error) {
	e := &Entry{}
	if r.more != "" {
		parsed, err := ParseEntry([]byte(r.more))
		if err != nil {
			return nil, err
		}
		e = parsed
	}
	if e.Kind != "" || e.AssignmentID != "" || e.InvoiceID != "" || e.Amount != "" || e.Currency != "" || !e.Date.IsZero() {
		return nil, invalid(maventa.FieldProblem{Field: "more", Problem: "has a member that is a column of its own: write it there"})
	}
	e.Kind, e.AssignmentID, e.InvoiceID, e.Amount, e.Currency = Kind(r.kind), r.assignment, r.invoice, r.amount, r.currency
	if r.date != "" {
		if err := e.Date.UnmarshalText([]byte(r.date)); err != nil {
			return nil, invalid(maventa.FieldProblem{Field: "date", Problem: `must be a day such as "2026-11-20"`})
		}
	}
	return e, nil
}
