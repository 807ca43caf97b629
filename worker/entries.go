package worker

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
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
		Attempts: e.Attempts, Kind: e.LastError, Why: plain.Replace(e.Why),
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
	if err != nil {
		return nil, fmt.Errorf("worker: what is wrong with entry %s of company %s: %w", key, companyID, err)
	}
	return list, nil
}

// Withdraw takes back an entry that was not sent, and reports whether it could. Of one
// that was sent, or may be on its way, a question to a person is put on the work list
// instead.
func (w *Worker) Withdraw(ctx context.Context, companyID, key, who, why string) (unsent bool, err error) {
	return w.store.Outbox(canonical(companyID)).Withdraw(ctx, key, sqlstore.OutboxWithdrawn, who, why)
}
