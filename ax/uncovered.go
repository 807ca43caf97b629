package ax

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
)

// UncoveredQuery chooses the sent invoices that should have an assignment.
type UncoveredQuery struct {
	From time.Time // the invoices were created from here on; required
	To   time.Time // until here; zero: now
	// After is how long an assignment may take to appear, 24 hours if zero.
	// Younger invoices are left out.
	After time.Duration
	// ActiveSince is when the service became active, for [UncoveredGraceDays].
	// Optional.
	ActiveSince time.Time
}

// UncoveredReason is why Kassavirta passes an invoice by.
type UncoveredReason string

// Reasons. They are read off the invoice, by Maventa's Kassavirta guide: a guess
// that spares a person some looking, never a proof.
const (
	UncoveredUnknown   UncoveredReason = "unknown"    // no rule of the guide explains it: ask
	UncoveredCurrency  UncoveredReason = "currency"   // not EUR
	UncoveredFormat    UncoveredReason = "format"     // one of the formats that are passed by. Inferred: that all kinds of UBL are
	UncoveredGraceDays UncoveredReason = "grace days" // perhaps a consumer's, in the first 5 days. Inferred: counted from ActiveSince, or else from the invoice
)

// UncoveredInvoice is a sent invoice without an assignment. Look at its Status,
// too: one that was not delivered has none, rightly.
type UncoveredInvoice struct {
	Invoice Invoice
	Reason  UncoveredReason
}

// Uncovered iterates over the sent invoices that have no assignment. It is meant
// for Kassavirta, which should make an assignment of every invoice but passes
// some by in silence; where invoices are handed over one by one (Perintä, Ropo)
// most of them have none, rightly.
//
// The assignments of the time are read first, closed ones too, then the
// invoices are iterated over. An assignment is known by the invoice's id, never
// by its number.
func Uncovered(ctx context.Context, c *maventa.Client, q UncoveredQuery, opts ...maventa.CallOption) iter.Seq2[UncoveredInvoice, error] {
	return func(yield func(UncoveredInvoice, error) bool) {
		if q.From.IsZero() || q.After < 0 {
			yield(UncoveredInvoice{}, &maventa.Error{
				Operation: "Uncovered", Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent,
				Fields: []maventa.FieldProblem{{Field: "From", Problem: "is required, and After must not be negative"}},
			})
			return
		}
		q := q // ranging again begins again
		if q.After == 0 {
			q.After = 24 * time.Hour
		}
		now := time.Now()
		if latest := now.Add(-q.After); q.To.IsZero() || q.To.After(latest) {
			q.To = latest
		}
		covered, err := coveredSince(ctx, c, q.From, opts)
		if err != nil {
			yield(UncoveredInvoice{}, err)
			return
		}
		sent := InvoiceFilter{Direction: InvoicesSent, CreatedFrom: q.From, CreatedTo: q.To}
		for invoice, err := range New(c).Invoices.All(ctx, sent, opts...) {
			if err == nil && (covered[strings.ToLower(invoice.ID)] || invoice.CreatedAt.After(q.To)) {
				continue
			}
			if !yield(UncoveredInvoice{invoice, q.reason(&invoice, now)}, err) || err != nil {
				return
			}
		}
	}
}

// coveredSince is the ids of the invoices that have an assignment.
func coveredSince(ctx context.Context, c *maventa.Client, from time.Time, opts []maventa.CallOption) (map[string]bool, error) {
	ids := map[string]bool{}
	for _, status := range []maventa.AssignmentStatus{"", maventa.AssignmentClosed} { // closed ones may be missing from the plain list
		for a, err := range c.Assignments.All(ctx, maventa.AssignmentFilter{Status: status, CreatedFrom: from}, opts...) {
			if err != nil {
				return nil, err
			}
			for _, id := range append(a.ReferenceIDs, a.InvoiceID) {
				ids[strings.ToLower(id)] = true
			}
		}
	}
	return ids, nil
}

// passedBy are the formats that Kassavirta passes by, as parts of their names.
var passedBy = []string{"UBL", "OIOXML", "WOODX", "BGC", "AXFLOW", "FACTURAE", "PX"}

const graceDays = 5

func (q *UncoveredQuery) reason(i *Invoice, now time.Time) UncoveredReason {
	age := now.Sub(i.CreatedAt)
	if !q.ActiveSince.IsZero() {
		age = i.CreatedAt.Sub(q.ActiveSince)
	}
	switch {
	case i.Currency != "" && i.Currency != "EUR":
		return UncoveredCurrency
	case isPassedBy(i.SourceFormat):
		return UncoveredFormat
	case i.Recipient.BID == "" && age >= 0 && age < graceDays*24*time.Hour:
		return UncoveredGraceDays
	}
	return UncoveredUnknown
}

func isPassedBy(format string) bool {
	for _, part := range passedBy {
		if strings.Contains(strings.ToUpper(format), part) {
			return true
		}
	}
	return false
}
