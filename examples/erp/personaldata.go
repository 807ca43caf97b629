package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
)

// held is all that is held on a debtor, but for the bank's files beside the database.
type held struct {
	Debtor   []string // name, business id, address
	Invoices []string
	Payers   []string // of bank lines that paid them
	Maventa  []*sqlstore.Held
}

const ofDebtor = " FROM bank_lines WHERE id IN (SELECT line FROM payments WHERE invoice IN (SELECT id FROM invoices WHERE debtor = ?1))"

// isThere refuses a debtor whom the books do not know.
func (e *erp) isThere(ctx context.Context, debtor string) error {
	count := 0
	err := e.tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM debtors WHERE id = ?", debtor).Scan(&count)
	if err == nil && count == 0 {
		err = fmt.Errorf("debtor %s: not found; nothing was changed", debtor)
	}
	return err
}

// export prints what is held on a debtor.
func (e *erp) export(ctx context.Context, debtor string, out io.Writer) error {
	var h held
	err := e.in(ctx, func(e *erp) error {
		if err := e.isThere(ctx, debtor); err != nil {
			return err
		}
		for query, into := range map[string]*[]string{
			"SELECT name || ', ' || bid || ', ' || street || ', ' || zip || ' ' || city FROM debtors WHERE id = ?1": &h.Debtor,
			"SELECT number FROM invoices WHERE debtor = ?1 ORDER BY number":                                         &h.Invoices,
			"SELECT payer" + ofDebtor: &h.Payers,
		} {
			if err := e.each(ctx, query, []any{debtor}, func(scan func(...any) error) error {
				text := ""
				err := scan(&text)
				*into = append(*into, text)
				return err
			}); err != nil {
				return err
			}
		}
		list, err := e.invoices(ctx, "i.debtor = ?", debtor)
		for _, i := range list {
			one, failed := e.store.About(i.company, i.id, i.assignment).In(e.tx).Export(ctx)
			if failed != nil {
				return failed
			}
			h.Maventa = append(h.Maventa, one)
		}
		return err
	})
	if err != nil {
		return err
	}
	text := json.NewEncoder(out)
	text.SetIndent("", "  ")
	return text.Encode(&h)
}

// forget deletes name, address and texts of a debtor, once nothing of his is open. Keys,
// amounts and days stay: an old bank statement that comes again is not reported again.
func (e *erp) forget(ctx context.Context, debtor string, today maventa.Date, who, why string) error {
	if who == "" || why == "" {
		return fmt.Errorf("debtor %s: say who forgets him, and why; nothing was changed", debtor)
	}
	return e.in(ctx, func(e *erp) error {
		if err := e.isThere(ctx, debtor); err != nil {
			return err
		}
		list, err := e.invoices(ctx, "i.debtor = ?", debtor)
		if err != nil {
			return err
		}
		for _, i := range list {
			open, err := e.open(ctx, i.id)
			if err != nil {
				return err
			}
			if open != 0 || i.assignment != "" && !i.closed {
				return fmt.Errorf("debtor %s: invoice %s is open, or in collection; nothing was changed", debtor, i.number)
			}
			if err := e.store.About(i.company, i.id, i.assignment).In(e.tx).Forget(ctx); err != nil {
				return err
			}
		}
		if err := e.exec(ctx, "UPDATE bank_lines SET payer = '' WHERE id IN (SELECT id"+ofDebtor+")", debtor); err != nil {
			return err
		}
		if err := e.exec(ctx, "UPDATE debtors SET name = 'forgotten', bid = '', street = '', zip = '', city = '' WHERE id = ?", debtor); err != nil {
			return err
		}
		return e.exec(ctx, "INSERT INTO forgotten VALUES (?, ?, ?, ?)", debtor, today, who, why)
	})
}
