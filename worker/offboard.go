package worker

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
)

// Offboarding says what is left of a company that is not worked for any more.
type Offboarding struct {
	CompanyID string `json:"company_id"`
	// Withdrawn are the keys of the entries that were never sent, and never will be.
	Withdrawn []string `json:"withdrawn,omitzero"`
	// Sent are the keys of those that may be on their way. Each has an item
	// "correction/" and its key on the work list.
	Sent []string `json:"sent,omitzero"`
	// Cases are the assignments that are not closed: the agencies go on with them.
	Cases []OpenCase `json:"cases,omitzero"`
	// NotListed says why the open cases could not be listed; empty: they are.
	NotListed string `json:"not_listed,omitzero"`
	// Keys says which keys are to be removed, and where.
	Keys string `json:"keys"`
}

// OpenCase is an assignment that is not closed.
type OpenCase struct {
	AssignmentID string                   `json:"assignment_id"`
	InvoiceID    string                   `json:"invoice_id,omitzero"`
	Status       maventa.AssignmentStatus `json:"status"`
}

// Offboard ends the work for a company: nothing is sent or followed any more, and what
// was not sent is withdrawn. It lists the open cases, which the agencies go on with, and
// writes to export, unless that is nil, what the worker holds of the company; see
// [Worker.Export]. The same once more changes nothing, and lists and exports again.
//
// The worker stores no keys: remove them where Offboarding.Keys says. A company that is
// gone is left out by [Worker.SetCompanies], also with keys.
//
// The error matches maventa.ErrNotFound if the company is unknown. With an error of the
// list or of the export the company is gone all the same: run it again.
func (w *Worker) Offboard(ctx context.Context, companyID, who, why string, export io.Writer) (*Offboarding, error) {
	id := canonical(companyID)
	c := w.company(id)
	if c == nil {
		c = w.goneCompany(id)
	}
	left := &Offboarding{CompanyID: id, Keys: "the keys of company " + id + " are not in the database: remove them from the file of credentials," +
		" or from the environment, that this worker was started with, and have its user deleted at Maventa"}
	err := w.db.within(ctx, func(tx *sql.Tx) (err error) {
		left.Withdrawn, left.Sent, err = w.end(ctx, tx, id, who, why)
		return err
	})
	if err != nil {
		return nil, err
	}
	if c == nil {
		left.NotListed = "the keys of the company are not configured: look into its agencies' own services"
	} else if err = w.openCases(ctx, c, left); err != nil {
		left.Cases, left.NotListed = nil, err.Error()
	}
	if export != nil {
		err = errors.Join(err, w.Export(ctx, id, export))
	}
	if err != nil {
		return left, fmt.Errorf("worker: company %s is offboarded, but: %w", id, err)
	}
	return left, nil
}

// goneCompany returns a company that was offboarded, if its keys are still given.
func (w *Worker) goneCompany(id string) *company {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.gone[id]
}

// endGone withdraws what was put for a company in the moment when another process
// offboarded it.
func (w *Worker) endGone(ctx context.Context) error {
	var ids []string
	err := each(ctx, w.db, `SELECT DISTINCT o.company_id FROM maventa_outbox o JOIN maventa_company c ON c.company_id = o.company_id
		WHERE c.state = 'gone' AND o.state = 'queued' AND o.environment = $1`, []any{w.config.Environment.Name}, func(scan func(...any) error) error {
		id := ""
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	for _, id := range ids {
		if err == nil {
			err = w.db.within(ctx, func(tx *sql.Tx) error {
				_, _, err := w.end(ctx, tx, id, "worker", "the company is offboarded")
				return err
			})
		}
	}
	return err
}

// end makes a company one that is gone, and withdraws what was not sent.
func (w *Worker) end(ctx context.Context, tx *sql.Tx, id, who, why string) (withdrawn, sent []string, err error) {
	done, err := tx.ExecContext(ctx, `UPDATE maventa_company SET since = CASE WHEN state = 'gone' THEN since ELSE $1 END,
		reason = CASE WHEN state = 'gone' THEN reason ELSE $2 END, state = 'gone', key_digest = '' WHERE company_id = $3`,
		time.Now().UnixMicro(), who+": "+why, id)
	if err != nil {
		return nil, nil, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return nil, nil, errors.Join(err, unknownCompany(id))
	}
	var keys []string
	err = each(ctx, tx, `SELECT entry_key FROM maventa_outbox WHERE environment = $1 AND company_id = $2 AND state IN ('queued', 'held') ORDER BY put_at, entry_key`,
		[]any{w.config.Environment.Name, id}, func(scan func(...any) error) error {
			key := ""
			err := scan(&key)
			keys = append(keys, key)
			return err
		})
	if err != nil {
		return nil, nil, err
	}
	out, work := w.store.Outbox(id).In(tx), w.store.WorkList(id).In(tx)
	for _, key := range keys {
		unsent, err := out.Withdraw(ctx, key, sqlstore.OutboxWithdrawn, who, why)
		switch {
		case err != nil:
			return nil, nil, err
		case !unsent:
			sent = append(sent, key)
			continue
		}
		withdrawn = append(withdrawn, key)
		if err := work.Note(ctx, key, nil); err != nil { // nobody has to decide on it any more
			return nil, nil, err
		}
	}
	for _, key := range []string{keysItem(id), businessItem(id)} {
		if err := work.Note(ctx, key, nil); err != nil {
			return nil, nil, err
		}
	}
	return withdrawn, sent, nil
}

// openCases lists the assignments that are not closed.
func (w *Worker) openCases(ctx context.Context, c *company, left *Offboarding) error {
	for a, err := range c.client.Assignments.All(ctx, maventa.AssignmentFilter{}) {
		if err != nil {
			return fmt.Errorf("the open cases: %w", err)
		}
		if a.Status != maventa.AssignmentClosed {
			left.Cases = append(left.Cases, OpenCase{AssignmentID: a.ID, InvoiceID: a.InvoiceID, Status: a.Status})
		}
	}
	return nil
}

// exported are the tables that hold something of a company: what its rows are chosen
// by, and the column that they are ordered by. None of them holds a key of Maventa's.
var exported = []struct{ table, of, order string }{
	{"maventa_company", "company_id = $1", "company_id"},
	{"maventa_standing", "company_id = $1", "invoice_id"},
	{"maventa_intake", "LOWER(TRIM(company_id)) = $1", "id"}, // as the ERP wrote it
	{"maventa_refused", "company_id = $1", "entry_key"},
	{"maventa_outbox", "company_id = $1 AND environment = $2", "entry_key"},
	{"maventa_journal", "company_id = $1 AND environment = $2", "entry_key"},
	{"maventa_inbox", "company_id = $1 AND environment = $2", "position"},
	{"maventa_worklist", "company_id = $1 AND environment = $2", "item_key"},
}

// Export writes all that the worker holds of a company, as lines of JSON: each is a row,
// with the name of its table. It holds no keys, but names of debtors, and what was
// written about them. Rows that change meanwhile may be missing: offboard first.
func (w *Worker) Export(ctx context.Context, companyID string, to io.Writer) error {
	for _, of := range exported {
		const page = 500
		args := []any{canonical(companyID), w.config.Environment.Name}[:strings.Count(of.of, "$")]
		for offset := 0; ; offset += page {
			rows, err := w.rowsOf(ctx, of.table, fmt.Sprintf("%s ORDER BY %s LIMIT %d OFFSET %d", of.of, of.order, page, offset), args)
			if err != nil {
				return fmt.Errorf("worker: the export of %s: %w", of.table, err)
			}
			for _, row := range rows { // the database is free while these are written
				line, err := json.Marshal(row)
				if err == nil {
					_, err = to.Write(append(line, '\n'))
				}
				if err != nil {
					return fmt.Errorf("worker: the export of %s: %w", of.table, err)
				}
			}
			if len(rows) < page {
				break
			}
		}
	}
	return nil
}

// rowsOf reads rows of a table, whatever their columns are.
func (w *Worker) rowsOf(ctx context.Context, table, where string, args []any) (list []map[string]any, err error) {
	rows, err := w.db.QueryContext(ctx, "SELECT * FROM "+table+" WHERE "+where, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		row := map[string]any{"table": table}
		for i, column := range columns {
			if column != "key_digest" {
				row[column] = readable(values[i])
			}
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

// readable is a value as it is written: JSON as what it is.
func readable(value any) any {
	text, isText := value.(string)
	if raw, isBytes := value.([]byte); isBytes {
		text, isText = string(raw), true
	}
	if !isText {
		return value
	}
	if len(text) > 1 && (text[0] == '{' || text[0] == '[') && json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	return text
}
