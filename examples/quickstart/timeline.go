package main

import (
	"fmt"
	"io"

	"github.com/maventa-go/maventa"
)

// timeline prints one line per thing that happened. It keeps the first failure
// to write and prints nothing more then.
type timeline struct {
	out   io.Writer
	today func() maventa.Date
	err   error
}

func (t *timeline) printf(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.out, format, args...)
	}
}

const timelineRow = "%-10s  %-11s %-7s %-32s %10s %11s  %s\n"

func (t *timeline) header() {
	t.printf(timelineRow, "date", "invoice", "agency", "what happened", "amount", "still open", "status")
}

// note is about no single invoice.
func (t *timeline) note(agency, format string, args ...any) {
	t.printf("%-10s  %-11s %-7s %s\n", t.today(), "", agency, fmt.Sprintf(format, args...))
}

// event is about an invoice, which is then as its assignment says.
func (t *timeline) event(cl *claim, what string, amount maventa.Opt[maventa.Amount]) {
	t.printf(timelineRow, t.today(), cl.invoice.Number, cl.agency, what,
		optional(amount), optional(cl.assignment.OpenAmount), state(cl))
}

const summaryRow = "%-11s %-7s %-4s %10s %10s %10s %14s %10s %10s  %s\n"

// summary ends the timeline with one line per claim. It adds up:
// claim + fees = paid to us + paid to the agency + credited + open.
func (t *timeline) summary(claims []*claim) error {
	t.printf("\n"+summaryRow, "invoice", "agency", "", "claim", "fees", "paid to us", "paid to agency", "credited", "open", "status")
	for _, cl := range claims {
		open, ok := cl.assignment.OpenAmount.Get()
		if !ok {
			open = cl.invoice.SumTax // nothing has reduced it, as far as we know
		}
		fees, err := sum(cl.paidToUs, cl.paidToAgency, cl.credited, open, cl.invoice.SumTax.Neg())
		if err != nil {
			return err
		}
		t.printf(summaryRow, cl.invoice.Number, cl.agency, cl.invoice.Currency,
			money(cl.invoice.SumTax), money(fees), money(cl.paidToUs), money(cl.paidToAgency), money(cl.credited), money(open), state(cl))
	}
	t.printf("\nClosed says that the agency is done, not that you were paid: book the payments and credit notes.\n")
	return t.err
}

// describe puts an event into words. The list of types is open.
func describe(event maventa.Event) string {
	switch {
	case event.Type == maventa.EventPaid && event.Author == maventa.AuthorSender:
		return "paid to us, reported"
	case event.Type == maventa.EventPaid:
		return "paid to the agency"
	case event.Type == maventa.EventCreditNote:
		return "credit note " + event.InvoiceNumber + " reported"
	case event.Type == maventa.EventReminder:
		return "agency sent a reminder"
	case event.Type == maventa.EventClose:
		return "agency closed the assignment"
	}
	return string(event.Type)
}

func state(cl *claim) string {
	switch {
	case cl.refused:
		return "not transferred"
	case cl.assignment.Status == maventa.AssignmentOpen:
		return "open, " + cl.assignment.CollectionStatus
	}
	return string(cl.assignment.Status)
}

func sum(amounts ...maventa.Amount) (total maventa.Amount, err error) {
	for _, a := range amounts {
		if total, err = total.Add(a); err != nil {
			return total, err
		}
	}
	return total, nil
}

// money prints an amount with two decimals, or as it is if it has more.
func money(a maventa.Amount) string {
	cents, err := a.Coefficient(2)
	if err != nil {
		return a.String()
	}
	if exact, err := maventa.NewAmount(cents, 2); err == nil {
		a = exact
	}
	return a.String()
}

func optional(amount maventa.Opt[maventa.Amount]) string {
	if a, ok := amount.Get(); ok {
		return money(a)
	}
	return ""
}
