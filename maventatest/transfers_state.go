package maventatest

import (
	"slices"
	"strings"
	"time"
)

// States of a transfer, as on the wire.
const (
	transferPending = "pending"
	transferSent    = "sent"
	transferError   = "error"
)

// transfer is an invoice on its way to an agency.
type transfer struct {
	invoice   *invoice
	agency    Service
	automatic bool // by Kassavirta
	capital   cents
	charges   cents // reminder fees and interest so far

	// For the rules of Ropo.
	receivables string // b2b, …
	hasRental   bool
	hasSSN      bool

	status     string
	reason     string
	startedAt  time.Time // by the story clock
	endedAt    time.Time // by the story clock; zero: pending
	held       bool      // until the test decides
	due        time.Time // when the agency has dealt with it, by time.Now
	assignment *assignment
}

// transferPlan is what the test wants of a transfer before it is made.
type transferPlan struct {
	status, reason string
}

// startTransfer sets a transfer going.
func (s *Server) startTransfer(inv *invoice, t *transfer) {
	t.invoice, t.status, t.startedAt = inv, transferPending, s.clock.Now()
	t.due = time.Now().Add(s.options.lags.Transfer)
	t.held = s.options.manualTransfers
	inv.transfer = t
	s.pending.add(t.due, t)
	if plan := inv.plan; plan != nil {
		inv.plan = nil
		t.held, t.reason = plan.status == transferPending, plan.reason
		if plan.status == transferError {
			t.fail(plan.reason)
		}
	}
	s.settle()
}

// settle lets everything happen that is due by now, and looks at nothing else. It
// runs before each request and each control, so that no goroutine need wait for it.
func (s *Server) settle() {
	s.onboarding = slices.DeleteFunc(s.onboarding, func(v *service) bool { return !v.settleKYC() })
	now := time.Now()
	s.settleInvoices(now)
	for t, ok := s.pending.next(now); ok; t, ok = s.pending.next(now) {
		if t.status == transferPending && !t.held { // one that is held stays so until the test ends it
			t.finish(t.due)
		}
	}
}

// finish ends a transfer well, unless the agency refuses the claim.
func (t *transfer) finish(at time.Time) {
	if reason := t.refusal(); reason != "" {
		t.fail(reason)
		return
	}
	t.status, t.reason, t.endedAt = transferSent, "", t.invoice.company.srv.clock.Now()
	t.assignment = t.invoice.company.open(t, at)
}

func (t *transfer) fail(reason string) {
	t.status, t.reason, t.endedAt = transferError, reason, t.invoice.company.srv.clock.Now()
}

// currencyOf is what Ropo collects in each country.
var currencyOf = map[string]string{"FI": "EUR", "SE": "SEK", "NO": "NOK"}

// refusal is why the agency does not take a claim; empty if it does. The rules
// are documented for Ropo alone. That they show in the status, and not in the
// answer to the transfer, is a guess.
func (t *transfer) refusal() string {
	inv, co := t.invoice, t.invoice.company
	reason := ""
	late := daysBetween(inv.DueDate, co.srv.clock.Today())
	rental := strings.HasSuffix(t.receivables, "_rental")
	switch {
	case co.numberTaken(inv):
		reason = "an assignment with this invoice number exists"
	case t.agency != Ropo:
	case strings.HasPrefix(t.receivables, "b2b") && late < 7:
		reason = "a claim on a company can be transferred from 7 days after the due date"
	case strings.HasPrefix(t.receivables, "b2c") && late < 14:
		reason = "a claim on a consumer can be transferred from 14 days after the due date"
	case inv.Currency != currencyOf[co.country]:
		reason = "the currency is not that of the account"
	case rental && co.country != "FI":
		reason = "rental claims are taken in Finland only"
	case t.receivables == "b2c_rental" && (!t.hasRental || !t.hasSSN):
		reason = "a rental claim on a consumer needs rent details and the personal identity number"
	}
	if reason != "" {
		co.srv.lean("rule a claim the agency does not take ends in error")
	}
	return reason
}

// numberTaken reports whether an earlier assignment stands in the way of
// another with the same invoice number: one with the same invoice date that is
// open, or has payments or credit notes.
func (co *Company) numberTaken(inv *invoice) bool {
	return slices.ContainsFunc(co.byNumber[inv.Number], func(a *assignment) bool {
		same := a.invoice != inv && a.invoice.Date == inv.Date
		return same && (a.status != statusClosed || a.reduced())
	})
}

// CompleteTransfer ends a pending transfer well, or lets the next one of the
// invoice run even where transfers wait for the test. A claim the agency does
// not take ends in error all the same.
func (s *Server) CompleteTransfer(invoiceID string) {
	s.tb.Helper()
	s.decide("CompleteTransfer", invoiceID, transferPlan{transferSent, ""})
}

// FailTransfer ends a pending transfer, or the next one of the invoice, with an
// error and its reason.
func (s *Server) FailTransfer(invoiceID, reason string) {
	s.tb.Helper()
	s.decide("FailTransfer", invoiceID, transferPlan{transferError, reason})
}

// PendTransfer holds a pending transfer, or the next one of the invoice, and
// gives it a reason, as Maventa does where something must be fixed first. It
// stays until CompleteTransfer or FailTransfer.
func (s *Server) PendTransfer(invoiceID, reason string) {
	s.tb.Helper()
	s.decide("PendTransfer", invoiceID, transferPlan{transferPending, reason})
}

func (s *Server) decide(control, invoiceID string, plan transferPlan) {
	s.tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	inv := s.invoiceByID(invoiceID)
	if inv == nil {
		s.tb.Fatalf("%s: no invoice %q", control, invoiceID)
		return
	}
	t := inv.transfer
	switch {
	case t == nil || t.status == transferError:
		inv.plan = &plan
	case t.status == transferSent:
		s.tb.Fatalf("%s: the transfer of invoice %q has been sent", control, invoiceID)
	case plan.status == transferSent:
		t.finish(time.Now())
	case plan.status == transferError:
		t.fail(plan.reason)
	default:
		t.held, t.reason = true, plan.reason
	}
}
