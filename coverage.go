package maventa

import (
	"context"
	"iter"
	"strings"
	"time"
)

// CoverageQuery chooses the sent invoices that should have an assignment.
type CoverageQuery struct {
	From time.Time // the invoices were created from here on; required
	To   time.Time // until here; zero: now
	// After is how long an assignment may take to appear, 24 hours if zero.
	// Younger invoices are left out.
	After time.Duration
	// ActiveSince is when the service became active, for a better guess at the
	// reason. Optional.
	ActiveSince time.Time
}

// UncoveredReason is the likely reason why an invoice has no assignment.
type UncoveredReason string

// Reasons. They are read off the invoice, by Maventa's Kassavirta guide: a guess
// that spares a person some looking, never a proof.
const (
	UncoveredUnknown   UncoveredReason = "unknown"           // nothing about the invoice explains it: ask
	UncoveredFailed    UncoveredReason = "delivery failed"   // the invoice never went out
	UncoveredPending   UncoveredReason = "delivery pending"  // it has not gone out yet
	UncoveredBefore    UncoveredReason = "before activation" // it was made before ActiveSince
	UncoveredCurrency  UncoveredReason = "currency"          // not EUR
	UncoveredFormat    UncoveredReason = "format"            // one of the formats that are passed by. Inferred: that all kinds of UBL are
	UncoveredGraceDays UncoveredReason = "grace days"        // perhaps a consumer's, in the first 5 days. Inferred: counted from ActiveSince, or else from the invoice
	UncoveredDueDate   UncoveredReason = "due date"          // fewer than 4 banking days ahead. Inferred: Monday to Friday
)

// Uncovered is a sent invoice without an assignment.
type Uncovered struct {
	Invoice Invoice
	Reason  UncoveredReason
}

// Coverage iterates over the sent invoices that have no assignment. It is meant
// for Kassavirta, which should make an assignment of every invoice but passes
// some by in silence; where invoices are handed over one by one (Perintä, Ropo)
// most of them have none, rightly.
//
// The assignments of the time are read first, closed ones too, then the
// invoices are iterated over. An assignment is known by the invoice's id, never
// by its number.
func (s InvoiceService) Coverage(ctx context.Context, q CoverageQuery, opts ...CallOption) iter.Seq2[Uncovered, error] {
	return func(yield func(Uncovered, error) bool) {
		if q.From.IsZero() || q.After < 0 {
			yield(Uncovered{}, invalid("Invoices.Coverage", "From", "is required, and After must not be negative"))
			return
		}
		if q.After == 0 {
			q.After = 24 * time.Hour
		}
		now := time.Now()
		if latest := now.Add(-q.After); q.To.IsZero() || q.To.After(latest) {
			q.To = latest
		}
		covered, err := s.covered(ctx, q.From, opts)
		if err != nil {
			yield(Uncovered{}, err)
			return
		}
		for invoice, err := range s.All(ctx, InvoiceFilter{Direction: InvoicesSent, CreatedFrom: q.From, CreatedTo: q.To}, opts...) {
			if err == nil && (covered[strings.ToLower(invoice.ID)] || invoice.CreatedAt.After(q.To)) {
				continue
			}
			if !yield(Uncovered{invoice, q.reason(&invoice, now)}, err) || err != nil {
				return
			}
		}
	}
}

// covered is the ids of the invoices that have an assignment.
func (s InvoiceService) covered(ctx context.Context, from time.Time, opts []CallOption) (map[string]bool, error) {
	ids := map[string]bool{}
	for _, status := range []AssignmentStatus{"", AssignmentClosed} { // closed ones may be missing from the plain list
		for a, err := range s.c.Assignments.All(ctx, AssignmentFilter{Status: status, CreatedFrom: from}, opts...) {
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

const (
	coverageGraceDays   = 5
	coverageBankingDays = 4
)

func (q *CoverageQuery) reason(i *Invoice, now time.Time) UncoveredReason {
	graceFrom, graceTo := i.CreatedAt, now
	if !q.ActiveSince.IsZero() {
		graceFrom, graceTo = q.ActiveSince, i.CreatedAt
	}
	switch {
	case i.Status == InvoiceFailed:
		return UncoveredFailed
	case !q.ActiveSince.IsZero() && i.CreatedAt.Before(q.ActiveSince):
		return UncoveredBefore
	case i.Currency != "" && i.Currency != "EUR":
		return UncoveredCurrency
	case isPassedBy(i.SourceFormat):
		return UncoveredFormat
	case i.Recipient.BID == "" && graceTo.Sub(graceFrom) < coverageGraceDays*24*time.Hour:
		return UncoveredGraceDays
	case !i.DueDate.IsZero() && !i.CreatedAt.IsZero() && bankingDays(DateOf(i.CreatedAt), i.DueDate) < coverageBankingDays:
		return UncoveredDueDate
	case i.Status == InvoicePending:
		return UncoveredPending
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

// bankingDays counts Monday to Friday after from up to and including to, as far
// as it matters here. Bank holidays are not known.
func bankingDays(from, to Date) (n int) {
	for d := from.AddDays(1); !d.After(to) && n < coverageBankingDays; d = d.AddDays(1) {
		if day := d.Weekday(); day != time.Saturday && day != time.Sunday {
			n++
		}
	}
	return n
}
