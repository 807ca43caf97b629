package worker

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

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
		if wrong, ok := errors.AsType[*maventa.Error](err); ok {
			for i := range wrong.Fields {
				if wrong.Fields[i].Field == "body" { // as a request calls it
					wrong.Fields[i].Field = "more"
				}
			}
		}
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
