package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// world is everybody but the ERP: Maventa, the agencies, the debtors and the
// calendar. None of it is in your program.
type world struct {
	srv *maventatest.Server
}

// newWorld starts a Maventa that has sent the invoices, on a day on which all of
// them are long overdue.
func newWorld(invoices []ax.Invoice, opts ...maventatest.Option) (*world, *maventa.Client, error) {
	start := invoices[0].DueDate
	for _, invoice := range invoices {
		if invoice.DueDate.After(start) {
			start = invoice.DueDate
		}
	}
	srv, client, err := setup.Embedded(append(opts,
		maventatest.WithToday(start.AddDays(14).String()), // Ropo takes consumers' invoices from the 14th day
		maventatest.WithKYCDays(2),                        // the person who must sign does so on the second day
	)...)
	if err != nil {
		return nil, nil, err
	}
	for _, invoice := range invoices {
		id := srv.AddInvoice(maventatest.Invoice{
			ID:          invoice.ID,
			Number:      invoice.Number,
			Date:        invoice.Date.String(),
			DueDate:     invoice.DueDate.String(),
			DebtorName:  invoice.Recipient.Name,
			CustomerBID: invoice.Recipient.BID,
			Consumer:    invoice.Recipient.BID == "",
			Total:       invoice.SumTax.String(),
			Currency:    invoice.Currency,
		})
		if id == "" { // Close tells why
			return nil, nil, fmt.Errorf("invoice %s: %w", invoice.Number, srv.Close())
		}
	}
	return &world{srv}, client, nil
}

// end closes Maventa. Its error tells what was asked of it in vain.
func (w *world) end() error { return w.srv.Close() }

func (w *world) today() maventa.Date { return maventa.DateOf(w.srv.Clock().Now()) }

func (w *world) pass(days int) { w.srv.Clock().AdvanceDays(days) }

// debtorPaysUsHalf is a line on our bank account, which no agency sees.
func (w *world) debtorPaysUsHalf(cl *claim) (*ledger.BankLine, error) {
	cents, err := cl.invoice.SumTax.Coefficient(2)
	if err != nil {
		return nil, err
	}
	half, err := maventa.NewAmount(cents/2, 2)
	return &ledger.BankLine{ID: "B-" + cl.invoice.Number, Amount: half, Payer: cl.invoice.Recipient.Name}, err
}

func (w *world) agencyReminds(cl *claim) {
	w.srv.Agency().Reminder(cl.assignment.ID, "5.00") // the fee comes on top of the claim
}

func (w *world) debtorPaysAgencyTheRest(cl *claim) {
	if open, ok := cl.assignment.OpenAmount.Get(); ok {
		w.srv.Debtor().PayAgency(cl.assignment.ID, open.String())
	}
}

// loadInvoices reads a file of invoices as AX returns them: a list, or one.
func loadInvoices(file string) ([]ax.Invoice, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if text = bytes.TrimSpace(text); !bytes.HasPrefix(text, []byte("[")) {
		text = append(append([]byte("["), text...), ']')
	}
	var invoices []ax.Invoice
	if err := json.Unmarshal(text, &invoices); err != nil {
		return nil, fmt.Errorf("%s is not the JSON of invoices as AX returns it: %w", file, err)
	}
	if len(invoices) == 0 {
		return nil, fmt.Errorf("%s: holds no invoices", file)
	}
	for i, invoice := range invoices {
		if err := check(invoice); err != nil {
			return nil, fmt.Errorf("%s: invoice %d (%q): %w", file, i+1, invoice.Number, err)
		}
	}
	return invoices, nil
}

// check finds what makes an invoice useless for collection.
func check(invoice ax.Invoice) error {
	switch {
	case invoice.ID == "", invoice.Number == "", invoice.Currency == "", invoice.Recipient.Name == "":
		return errors.New("id, number, currency and recipient.name are needed")
	case invoice.Date.IsZero(), invoice.DueDate.IsZero():
		return errors.New("date and date_due are needed")
	case invoice.SumTax.Sign() <= 0:
		return errors.New("sum_tax must be positive: nothing to collect otherwise")
	}
	return nil
}
