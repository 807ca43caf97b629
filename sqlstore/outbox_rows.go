package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/decode"
	"github.com/maventa-go/maventa/ledger"
)

const (
	outboxInsert = `INSERT INTO maventa_outbox (environment, company_id, entry_key, assignment_id, invoice_id, kind, entry, due_at, put_at,
		state, taken_at, attempts, failures, last_error, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, 0, 0, '', '')`
	outboxRows = `SELECT company_id, entry_key, assignment_id, invoice_id, entry, due_at, state, taken_at, attempts, failures, last_error, why
		FROM maventa_outbox WHERE environment = ?`
	outboxKey  = " WHERE environment = ? AND company_id = ? AND entry_key = ?"
	outboxDue  = "UPDATE maventa_outbox SET due_at = ?" + outboxKey + " AND state = 'queued' AND attempts = 0"
	outboxBody = "UPDATE maventa_outbox SET entry = ?" + outboxKey
	outboxTake = "UPDATE maventa_outbox SET due_at = ?, taken_at = ?, attempts = attempts + 1 WHERE environment = ? AND company_id = ?"
	outboxSent = "UPDATE maventa_outbox SET state = ?, due_at = ?, taken_at = 0, failures = ?, last_error = ?, why = ?" + outboxKey + " AND state = 'queued'"
	outboxSet  = "UPDATE maventa_outbox SET state = ?, due_at = ?, taken_at = ?, last_error = ?, why = ?" + outboxKey
)

// outboxRow is an entry as it is stored.
type outboxRow struct {
	OutboxEntry

	body     string
	takenAt  int64 // microseconds; 0: nobody has it
	failures int   // in a row with LastError
}

func (o *Outbox) names(key string) []any { return []any{o.store.own.Environment.Name, o.company, key} }

// Find returns the entry under a key.
func (o *Outbox) Find(ctx context.Context, key string) (e OutboxEntry, found bool, err error) {
	rows, err := o.read(ctx, outboxRows+" AND company_id = ? AND entry_key = ?", o.names(key)...)
	if err != nil || len(rows) == 0 {
		return OutboxEntry{}, false, o.store.failed("Outbox.Find", err)
	}
	return rows[0].OutboxEntry, true, nil
}

// ForInvoice returns the entries of an invoice, whatever has become of them.
func (o *Outbox) ForInvoice(ctx context.Context, invoiceID string) (list []OutboxEntry, err error) {
	rows, err := o.read(ctx, outboxRows+" AND company_id = ? AND invoice_id = ?",
		o.store.own.Environment.Name, o.company, invoiceID)
	if err != nil {
		return nil, o.store.failed("Outbox.ForInvoice", err)
	}
	for _, row := range rows {
		list = append(list, row.OutboxEntry)
	}
	return list, nil
}

// locked returns an entry that nobody else changes until the transaction ends.
func (o *Outbox) locked(ctx context.Context, q session, key string) (*outboxRow, error) {
	rows, err := o.rows(ctx, q, outboxRows+" AND company_id = ? AND entry_key = ?"+o.store.dialect.forUpdate, o.names(key)...)
	if err == nil && len(rows) == 0 {
		err = refusal(maventa.ErrNotFound, "the outbox has no entry under this key")
	}
	if err != nil {
		return nil, err
	}
	return &rows[0], nil
}

func (o *Outbox) read(ctx context.Context, query string, args ...any) (list []outboxRow, err error) {
	err = o.store.reading(ctx, o.tx, func(q session) error {
		list, err = o.rows(ctx, q, query, args...)
		return err
	})
	return list, err
}

func (o *Outbox) rows(ctx context.Context, q session, query string, args ...any) (list []outboxRow, err error) {
	err = o.store.each(ctx, q, func(scan func(...any) error) error {
		var (
			row        outboxRow
			due        int64
			key, state string
		)
		if err := scan(&row.CompanyID, &key, &row.AssignmentID, &row.InvoiceID, &row.body, &due, &state, &row.takenAt, &row.Attempts,
			&row.failures, &row.LastError, &row.Why); err != nil {
			return err
		}
		row.Due, row.State = timeOf(due), OutboxState(state)
		if err := readBody(row.body, &row.OutboxEntry); err != nil {
			return fmt.Errorf("entry %s of company %s in the outbox cannot be read: %w", key, row.CompanyID, err)
		}
		list = append(list, row)
		return nil
	}, query, args...)
	return list, err
}

// outboxJSON is an entry and the body of its call, which has members of its own.
type outboxJSON struct {
	Event    *ledger.Entry         `json:"event,omitempty"`
	Transfer *ledger.TransferEntry `json:"transfer,omitempty"`
	Body     json.RawMessage       `json:"body"`
	// Of a transfer, which the body does not have.
	DueDate  maventa.Date `json:"due_date,omitzero"`
	Currency string       `json:"currency,omitzero"`
}

// mostKey is how long the key of an entry may be, in bytes: its correction has an item
// of its own on the work list, whose key is longer.
const mostKey = 500

// bodyOf is the JSON of an entry, if it can be stored so that it comes back as it is.
func bodyOf(e *OutboxEntry) (string, error) {
	if err := fit(text{"company id", e.CompanyID, 0, 64}, text{"key", e.Key(), 1, mostKey}, text{"assignment id", e.AssignmentID, 0, 200},
		text{"invoice id", e.InvoiceID, 0, 200}); err != nil {
		return "", err
	}
	text, err := writeBody(e)
	switch {
	case err != nil:
		return "", err
	case hasSSN(e.Transfer):
		return "", invalid(maventa.FieldProblem{Field: "payers.ssn", Problem: "is not stored: set it when the entry was taken"})
	}
	back := OutboxEntry{AssignmentID: e.AssignmentID, InvoiceID: e.InvoiceID}
	err = readBody(text, &back)
	again := ""
	if err == nil {
		again, err = writeBody(&back)
	}
	switch {
	case err != nil:
		return "", invalid(maventa.FieldProblem{Field: "entry", Problem: "cannot be stored as JSON: " + err.Error()})
	case again != text:
		return "", invalid(maventa.FieldProblem{Field: "entry", Problem: "would be another one when it is read again: it must be UTF-8"})
	}
	return text, nil
}

// hasSSN reports whether a transfer holds an identity number.
func hasSSN(t *ledger.TransferEntry) bool {
	if t == nil {
		return false
	}
	var payers []maventa.Payer
	if t.Ropo != nil {
		payers = t.Ropo.Payers
	}
	if t.Amili != nil {
		payers = append(payers, t.Amili.Payers...)
	}
	return slices.ContainsFunc(payers, func(p maventa.Payer) bool { return p.SSN != "" })
}

func writeBody(e *OutboxEntry) (string, error) {
	var (
		stored outboxJSON
		body   any
	)
	isOne := (e.Event == nil) != (e.Transfer == nil)
	switch {
	case !isOne, e.AssignmentID == "" && e.InvoiceID == "":
		return "", invalid(maventa.FieldProblem{Field: "entry", Problem: "must have Event or Transfer, and its assignment or invoice"})
	case e.Event != nil:
		copied := *e.Event
		body, stored.Event, copied.Event = &e.Event.Event, &copied, maventa.NewEvent{}
	case e.Transfer.Ropo != nil:
		copied := *e.Transfer
		body, stored.Transfer, copied.Ropo = e.Transfer.Ropo, &copied, &maventa.RopoTransfer{}
		stored.DueDate, stored.Currency = e.Transfer.Ropo.DueDate, e.Transfer.Ropo.Currency
	case e.Transfer.Amili != nil:
		copied := *e.Transfer
		body, stored.Transfer, copied.Amili = e.Transfer.Amili, &copied, &maventa.AmiliTransfer{}
	default:
		return "", invalid(maventa.FieldProblem{Field: "transfer", Problem: "must be for Ropo or for Amili"})
	}
	var err error
	if stored.Body, err = decode.Marshal(body); err != nil {
		return "", err
	}
	text, err := json.Marshal(stored) //nolint:musttag // an entry stands by the names of its fields
	return string(text), err
}

func readBody(text string, e *OutboxEntry) error {
	var stored outboxJSON
	if err := json.Unmarshal([]byte(text), &stored); err != nil { //nolint:musttag // an entry stands by the names of its fields
		return err
	}
	e.Event, e.Transfer = stored.Event, stored.Transfer
	switch {
	case e.Event != nil:
		return decode.Decode(stored.Body, &e.Event.Event)
	case e.Transfer != nil && e.Transfer.Ropo != nil:
		err := decode.Decode(stored.Body, e.Transfer.Ropo)
		e.Transfer.Ropo.DueDate, e.Transfer.Ropo.Currency = stored.DueDate, stored.Currency
		return err
	case e.Transfer != nil && e.Transfer.Amili != nil:
		return decode.Decode(stored.Body, e.Transfer.Amili)
	}
	return errors.New("it is neither an event nor a transfer")
}

// outboxStep makes the table; docs/ledger.md describes it.
var outboxStep = []string{
	`CREATE TABLE IF NOT EXISTS maventa_outbox (
		environment   KEY(64)  NOT NULL,
		company_id    KEY(64)  NOT NULL,
		entry_key     KEY(512) NOT NULL,
		assignment_id KEY(200) NOT NULL,
		invoice_id    KEY(200) NOT NULL,
		kind          KEY(16)  NOT NULL, -- event or transfer
		entry         JSON     NOT NULL,
		due_at        BIGINT   NOT NULL, -- microseconds since 1970, UTC
		put_at        BIGINT   NOT NULL,
		state         KEY(16)  NOT NULL, -- queued, held, done, withdrawn or not_needed
		taken_at      BIGINT   NOT NULL, -- 0: nobody works on it
		attempts      BIGINT   NOT NULL,
		failures      BIGINT   NOT NULL, -- in a row with this last_error
		last_error    KEY(64)  NOT NULL,
		why           JSON     NOT NULL, -- a text
		PRIMARY KEY (entry_key, company_id, environment)
	) ENGINE`,
	`INDEX maventa_outbox_due ON maventa_outbox (state, due_at, company_id, environment)`,
	`INDEX maventa_outbox_company ON maventa_outbox (state, environment, company_id, due_at)`,
	`INDEX maventa_outbox_invoice ON maventa_outbox (invoice_id, company_id, environment)`,
}
