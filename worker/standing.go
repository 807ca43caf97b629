package worker

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// SetKnownUntil notes the last day whose payments are all in the books of a company.
// Nothing is transferred if that is older than the last banking day.
func (w *Worker) SetKnownUntil(ctx context.Context, companyID string, day maventa.Date) error {
	done, err := w.db.ExecContext(ctx, "UPDATE maventa_company SET known_until = $1 WHERE company_id = $2", day.String(), canonical(companyID))
	var n int64
	if err == nil {
		n, err = done.RowsAffected()
	}
	switch {
	case err != nil:
		return fmt.Errorf("worker: the day until which payments of company %s are known: %w", companyID, err)
	case n == 0:
		return unknownCompany(companyID)
	}
	return nil
}

func (w *Worker) knownUntil(ctx context.Context, companyID string) (day maventa.Date, err error) {
	text := ""
	err = w.db.QueryRowContext(ctx, "SELECT known_until FROM maventa_company WHERE company_id = $1", canonical(companyID)).Scan(&text)
	if err != nil || text == "" {
		return maventa.Date{}, err
	}
	return maventa.ParseDate(text)
}

// Standing is what the books say of an invoice, see ledger.Standing.
type Standing struct {
	Open     string `json:"open,omitzero"` // what is unpaid, "100.00"; empty: the books do not say
	Disputed bool   `json:"disputed,omitzero"`
	Stopped  bool   `json:"stopped,omitzero"` // it must not be collected
}

// SetStanding notes what the books say of an invoice. It is read in the moment before
// the invoice is transferred. An invoice that is paid, and that no agency has, needs no
// reports: those that wait for it end as not needed.
func (w *Worker) SetStanding(ctx context.Context, companyID, invoiceID string, s Standing) error {
	if s.Open != "" {
		if _, err := parseAmount(s.Open); err != nil {
			return invalid(maventa.FieldProblem{Field: "open", Problem: `must be a decimal such as "12.50"`})
		}
	}
	_, err := w.db.ExecContext(ctx, `INSERT INTO maventa_standing (company_id, invoice_id, open, disputed, stopped) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (company_id, invoice_id) DO UPDATE SET open = excluded.open, disputed = excluded.disputed, stopped = excluded.stopped`,
		canonical(companyID), canonical(invoiceID), s.Open, flag(s.Disputed), flag(s.Stopped))
	if err != nil {
		return fmt.Errorf("worker: the standing of invoice %s of company %s: %w", invoiceID, companyID, err)
	}
	return nil
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// lastLook is what the books say of an invoice: its row, and what is queued of it that
// overtakes a transfer.
func (w *Worker) lastLook(ctx context.Context, companyID, invoiceID string) (ledger.Standing, error) {
	var (
		stands            ledger.Standing
		open              string
		disputed, stopped int
	)
	err := w.db.QueryRowContext(ctx, "SELECT open, disputed, stopped FROM maventa_standing WHERE company_id = $1 AND invoice_id = $2",
		canonical(companyID), canonical(invoiceID)).Scan(&open, &disputed, &stopped)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return stands, err
	}
	stands.Disputed, stands.Stopped = disputed != 0, stopped != 0
	if open != "" {
		amount, err := maventa.ParseAmount(open)
		if err != nil {
			return stands, err
		}
		stands.Open = maventa.Some(amount)
	}
	if stands.Stopped {
		return stands, nil
	}
	if stands.Stopped, err = w.isOvertaken(ctx, companyID, invoiceID); err != nil || stands.Stopped {
		return stands, err
	}
	active, err := w.isActive(ctx, companyID) // it may have been offboarded a moment ago
	stands.Stopped = !active
	return stands, err
}

// isOvertaken reports whether a stop, a cancellation, a credit note or a loss of the
// invoice waits to be sent, or payments of all that is transferred.
func (w *Worker) isOvertaken(ctx context.Context, companyID, invoiceID string) (bool, error) {
	waiting, err := w.store.Outbox(canonical(companyID)).ForInvoice(ctx, invoiceID)
	if err != nil {
		return false, err
	}
	var paid, capital maventa.Amount
	contained := map[string]bool{} // what the transfer's amounts contain does not overtake it
	for _, e := range waiting {
		if e.Transfer != nil {
			capital = capitalOf(e.Transfer)
			for _, key := range e.Transfer.Contains {
				contained[key] = true
			}
		}
	}
	for _, e := range waiting {
		if contained[e.Key()] || e.State != sqlstore.OutboxQueued && e.State != sqlstore.OutboxHeld || e.Event == nil {
			continue
		}
		switch e.Event.Event.Type { //nolint:exhaustive // the others do not end a claim
		case maventa.EventPaid:
			amount, _ := e.Event.Event.Amount.Get()
			if paid, err = paid.Add(amount); err != nil {
				return false, err
			}
		case maventa.EventCollectionStop, maventa.EventCancellation, maventa.EventCreditNote, maventa.EventCreditLoss:
			return true, nil
		}
	}
	return paid.Sign() > 0 && paid.Cmp(capital) >= 0, nil
}
