package maventatest

import "slices"

// InvoiceState is a snapshot of an invoice.
type InvoiceState struct {
	Invoice

	CompanyID string
	Direction string // SENT or RECEIVED
	Status    string // PENDING, DELIVERED or FAILED
	Channel   string // EINVOICE, EMAIL or PRINT
	Comment   string
	Unrouted  bool     // sent with prevent_routing
	Handled   bool     // a received one that was marked so
	Actions   []string // types, oldest first
	Files     []File   // as uploaded
}

// Invoice finds an invoice, sent or received, by its id.
func (s *Server) Invoice(id string) (InvoiceState, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	inv := s.invoiceByID(id)
	if inv == nil {
		return InvoiceState{}, false
	}
	return inv.snapshot(), true
}

// Invoices lists the invoices the company has sent, oldest first.
func (co *Company) Invoices() []InvoiceState {
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	co.srv.settle()
	var all []InvoiceState
	for _, inv := range co.invoices {
		all = append(all, inv.snapshot())
	}
	return all
}

func (inv *invoice) snapshot() InvoiceState {
	shot := InvoiceState{
		Invoice: inv.Invoice, CompanyID: inv.company.id, Direction: inv.post.direction, Status: inv.post.status,
		Channel: inv.post.channel, Comment: inv.post.comment, Unrouted: inv.post.unrouted, Handled: inv.post.state == stateHandled,
	}
	for _, a := range inv.post.actions {
		shot.Actions = append(shot.Actions, a.kind)
	}
	if inv.post.upload != nil {
		for _, f := range inv.post.upload.Files {
			shot.Files = append(shot.Files, File(*f))
		}
	}
	return shot
}

// DeliverInvoice delivers an invoice that is still pending; see
// [WithManualDelivery].
func (s *Server) DeliverInvoice(id string) {
	s.tb.Helper()
	s.withInvoice("DeliverInvoice", id, func(inv *invoice) bool {
		if inv.post.status != invoicePending {
			return false
		}
		inv.deliver()
		return true
	})
}

// FailInvoice lets an invoice fail: while it is pending, or after it seemed to be
// delivered, as a mail that comes back does.
func (s *Server) FailInvoice(id, reason string) {
	s.tb.Helper()
	s.withInvoice("FailInvoice", id, func(inv *invoice) bool {
		if inv.post.status == invoiceFailed {
			return false
		}
		inv.fail("action_delivery_failed", reason)
		return true
	})
}

// ConfirmDelivery is the receiver's side that confirms a delivery.
func (s *Server) ConfirmDelivery(id string) {
	s.tb.Helper()
	s.withInvoice("ConfirmDelivery", id, func(inv *invoice) bool {
		if inv.post.status != invoiceDelivered {
			return false
		}
		inv.post.confirmed = true
		inv.act(actionInfo, "action_confirmed", "")
		inv.company.raise(eventConfirmed, inv.ID)
		return true
	})
}

// AddFinding lets Detect find something about a received invoice.
func (s *Server) AddFinding(invoiceID, finding string) {
	s.tb.Helper()
	s.withInvoice("AddFinding", invoiceID, func(inv *invoice) bool {
		inv.post.findings = append(inv.post.findings, finding)
		return inv.post.direction == directionReceived
	})
}

// withInvoice lets f act on an invoice; false means that its state forbids that.
func (s *Server) withInvoice(control, id string, f func(inv *invoice) bool) {
	s.tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	inv := s.invoiceByID(id)
	switch {
	case inv == nil:
		s.tb.Fatalf("%s: no invoice %q", control, id)
	case !f(inv):
		s.tb.Fatalf("%s: the invoice is %s and %s", control, inv.post.direction, inv.post.status)
	}
	s.sending = slices.DeleteFunc(s.sending, func(inv *invoice) bool { return inv.post.status != invoicePending })
}

// ReceiveInvoice adds an invoice that the company receives, and returns its id.
// DebtorName and CustomerBID are the sender's.
func (co *Company) ReceiveInvoice(inv Invoice) string {
	co.srv.tb.Helper()
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	co.srv.settle()
	added := co.newInvoice("ReceiveInvoice", inv)
	if added == nil {
		return ""
	}
	co.invoices = slices.DeleteFunc(co.invoices, func(other *invoice) bool { return other == added })
	added.arrive(directionReceived)
	co.received = append(co.received, added)
	return added.ID
}
