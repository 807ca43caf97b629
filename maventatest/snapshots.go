package maventatest

import (
	"slices"
	"time"
)

// Assignment is a snapshot of an assignment in the server's state, whether calls
// can see it yet or not.
type Assignment struct {
	ID               string
	CompanyID        string
	InvoiceID        string
	InvoiceNumber    string
	Status           string
	CollectionStatus string
	ServiceLevel     string
	DueDate          string
	TotalAmount      string
	OpenAmount       string
	PaidAmount       string    // sum of the payments, whoever reported them
	CreditedAmount   string    // sum of the credit notes
	CreatedAt        time.Time // by the story clock
	ClosedAt         time.Time // by the story clock; zero: open
	Events           []Event   // oldest first
	Withdrawn        []Event   // by the agency, in that order: no call shows them
}

// Event is a snapshot of an event.
type Event struct {
	ID            string
	Type          string
	Author        string // agency or sender
	Amount        string // such as "124.00"; empty for none
	Date          string
	Comment       string
	InvoiceNumber string
	DueDate       string
	Until         string
	Seen          bool
	CreatedAt     time.Time // by the story clock
	EditedAt      time.Time // by the story clock; zero: never
}

// Assignments lists all assignments of the company, oldest first.
func (co *Company) Assignments() []Assignment {
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	co.srv.settle()
	var list []Assignment
	for _, a := range co.assignments {
		list = append(list, a.snapshot())
	}
	return list
}

// Assignment finds an assignment by its id.
func (s *Server) Assignment(id string) (Assignment, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	a := s.assignmentByID(id)
	if a == nil {
		return Assignment{}, false
	}
	return a.snapshot(), true
}

// AssignmentOf is the id of the assignment that an invoice became, or empty.
func (s *Server) AssignmentOf(invoiceID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	inv := s.invoiceByID(invoiceID)
	if inv == nil || inv.transfer == nil || inv.transfer.assignment == nil {
		return ""
	}
	return inv.transfer.assignment.id
}

// AddAssignment adds an invoice and its assignment at once, for tests that start
// with one, and returns the assignment's id. No service need be active, and the
// assignment can be found immediately.
func (co *Company) AddAssignment(agency Service, inv Invoice) string {
	co.srv.tb.Helper()
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	co.srv.settle()
	v := co.services[agency]
	if v == nil {
		co.srv.tb.Fatalf("AddAssignment: there is no service %q: use Ropo or Amili", agency)
		return ""
	}
	added := co.newInvoice("AddAssignment", inv)
	if added == nil {
		return ""
	}
	t := &transfer{
		invoice: added, agency: agency, automatic: v.serviceType == typeFull && agency == Amili,
		capital: added.total, status: transferSent, startedAt: co.srv.now(), endedAt: co.srv.now(),
	}
	added.transfer = t
	added.arrived()
	t.assignment = co.open(t, time.Now())
	t.assignment.visibleAt = time.Time{}
	return t.assignment.id
}

func (a *assignment) snapshot() Assignment {
	shot := Assignment{
		ID: a.id, CompanyID: a.company.id, InvoiceID: a.invoice.ID, InvoiceNumber: a.invoice.Number,
		Status: a.status, CollectionStatus: a.stage, ServiceLevel: a.shownLevel(), DueDate: a.dueDate,
		TotalAmount: a.total.String(), OpenAmount: a.openAmount().String(), CreatedAt: a.createdAt, ClosedAt: a.closedAt,
	}
	sums := map[string]cents{}
	for _, e := range a.events {
		shot.Events = append(shot.Events, e.snapshot())
		sums[e.kind] += e.amount
	}
	shot.PaidAmount, shot.CreditedAmount = sums[eventPaid].String(), sums[eventCreditNote].String()
	for _, e := range a.withdrawn {
		shot.Withdrawn = append(shot.Withdrawn, e.snapshot())
	}
	return shot
}

func (e *event) snapshot() Event {
	shot := Event{
		ID: e.id, Type: e.kind, Author: e.author, Date: e.date, Comment: e.comment,
		InvoiceNumber: e.invoiceNo, DueDate: e.dueDate, Until: e.until, Seen: e.seen,
		CreatedAt: e.createdAt, EditedAt: e.editedAt,
	}
	if e.hasAmount {
		shot.Amount = e.amount.String()
	}
	return shot
}

// BankLine is one payment on a company's bank account, as the company's books
// see it.
type BankLine struct {
	Date      string // YYYY-MM-DD
	Amount    string // such as "124.00"
	Currency  string
	Payer     string
	Reference string // the invoice's, or empty
}

// BankLines is what came in on the company's bank account, oldest first: direct
// payments of debtors and payouts of agencies. The reference of an invoice is
// its number here.
func (co *Company) BankLines() []BankLine {
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	return slices.Clone(co.bank)
}

// InvoiceState is a snapshot of an invoice.
type InvoiceState struct {
	Invoice

	CompanyID string
	Direction string // SENT or RECEIVED
	Status    string // PENDING, DELIVERED or FAILED
	Channel   string // EINVOICE, EMAIL or PRINT
	Comment   string
	Unrouted  bool     // sent with prevent_routing
	Transfer  Transfer // the last one
	Handled   bool     // a received one that was marked so
	Actions   []string // types, oldest first
	Files     []File   // as uploaded
}

// Transfer is a snapshot of an invoice's way to an agency.
type Transfer struct {
	Agency       Service // empty: the invoice was not transferred
	Automatic    bool    // by Kassavirta
	Status       string  // pending, sent or error
	Reason       string  // why the agency refused it, or what it waits for
	StartedAt    time.Time
	EndedAt      time.Time // by the story clock, as StartedAt; zero: pending
	AssignmentID string    // that it became, or empty
}

// Invoice finds an invoice, sent or received, by its id.
func (ax *AXAccount) Invoice(id string) (InvoiceState, bool) {
	co := ax.co
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	co.srv.settle()
	inv := co.anyInvoice(id)
	if inv == nil {
		return InvoiceState{}, false
	}
	return inv.snapshot(), true
}

// Invoices lists the invoices the company has sent, oldest first.
func (ax *AXAccount) Invoices() []InvoiceState {
	co := ax.co
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
	if t := inv.transfer; t != nil {
		shot.Transfer = Transfer{t.agency, t.automatic, t.status, t.reason, t.startedAt, t.endedAt, ""}
		if t.assignment != nil {
			shot.Transfer.AssignmentID = t.assignment.id
		}
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
