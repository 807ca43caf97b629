package maventatest

import (
	"slices"
	"strconv"
	"strings"
)

// Invoice is an invoice the company has sent. What is left empty gets a value.
type Invoice struct {
	ID          string // UUID
	Number      string // 1001, 1002 and so on unless set
	Date        string // YYYY-MM-DD; today unless set
	DueDate     string // YYYY-MM-DD; 14 days after Date unless set
	DebtorName  string
	CustomerBID string // the debtor's business id, which service levels follow
	Consumer    bool   // the debtor is a person
	Total       string // such as "124.00", which it is unless set
	Currency    string // EUR unless set
	Format      string // FINVOICE30 unless set
	Reference   string // the payment reference; none unless set
}

type invoice struct {
	Invoice

	company  *Company
	total    cents
	post     post
	analyses []analysis
	transfer *transfer
	plan     *transferPlan // what the test wants of a transfer yet to come
}

// unroutedFormats are the formats that Kassavirta leaves alone. Whether Peppol
// BIS counts as UBL is unknown; here it does not.
var unroutedFormats = []string{"OIOXML", "WOODX", "BGC", "AXFLOW", "FACTURAE", "PX", "UBL"}

// consumerDays is how long after activation Kassavirta leaves the e-invoices of
// consumers alone.
const consumerDays = 5

// AddInvoice adds an invoice that the first company has sent; see
// [Company.AddInvoice].
func (s *Server) AddInvoice(inv Invoice) string {
	s.tb.Helper()
	return s.Company().AddInvoice(inv)
}

// AddInvoice adds an invoice that the company has sent and returns its id. Where
// Kassavirta is active it goes to the agency by itself, as every invoice does
// but for the documented exceptions: other currencies than EUR, some formats,
// and consumers in the first days. Those make no assignment, and no answer says so.
func (co *Company) AddInvoice(inv Invoice) string {
	co.srv.tb.Helper()
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	co.srv.settle()
	added := co.newInvoice("AddInvoice", inv)
	if added == nil {
		return ""
	}
	added.arrived()
	co.route(added)
	return added.ID
}

// AddUnroutedInvoice adds an invoice that was uploaded with prevent_routing:
// Maventa has it, so that it can be transferred, but has never sent it to the
// debtor. Kassavirta takes it, as every other.
func (co *Company) AddUnroutedInvoice(inv Invoice) string {
	co.srv.tb.Helper()
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	co.srv.settle()
	added := co.newInvoice("AddUnroutedInvoice", inv)
	if added == nil {
		return ""
	}
	added.post.unrouted, added.post.status = true, invoiceDelivered
	co.srv.lean("rule an invoice that is not routed is DELIVERED at once")
	co.route(added)
	return added.ID
}

// newInvoice checks and keeps an invoice. Nil means that it was misused.
func (co *Company) newInvoice(control string, inv Invoice) *invoice {
	co.srv.tb.Helper()
	co.fill(&inv)
	total, err := parseCents(inv.Total)
	switch {
	case err != nil:
		co.srv.tb.Fatalf("%s: Total %q %v", control, inv.Total, err)
		return nil
	case !isDate(inv.Date) || !isDate(inv.DueDate):
		co.srv.tb.Fatalf("%s: Date %q and DueDate %q must be YYYY-MM-DD", control, inv.Date, inv.DueDate)
		return nil
	case co.srv.invoiceByID(inv.ID) != nil:
		co.srv.tb.Fatalf("%s: the id %q is taken", control, inv.ID)
		return nil
	}
	added := &invoice{Invoice: inv, company: co, total: total}
	added.arrive(directionSent)
	co.keep(added)
	return added
}

// fill sets what the test left empty.
func (co *Company) fill(inv *Invoice) {
	if inv.ID == "" {
		inv.ID = co.srv.newID("invoice")
	}
	if inv.Number == "" {
		inv.Number = strconv.Itoa(1001 + len(co.invoices))
	}
	if inv.Date == "" {
		inv.Date = co.srv.clock.Today()
	}
	if inv.DueDate == "" {
		inv.DueDate = dayAfter(inv.Date, 14)
	}
	if inv.DebtorName == "" {
		inv.DebtorName = "Velallinen Oy"
	}
	if inv.CustomerBID == "" && !inv.Consumer {
		inv.CustomerBID = "7654321-2"
	}
	if inv.Total == "" {
		inv.Total = "124.00"
	}
	if inv.Currency == "" {
		inv.Currency = "EUR"
	}
	if inv.Format == "" {
		inv.Format = "FINVOICE30"
	}
}

// route hands an invoice to Kassavirta, unless it is one of the exceptions.
func (co *Company) route(inv *invoice) {
	v := co.services[Amili]
	if !v.active() || v.serviceType != typeFull {
		return
	}
	if inv.Currency != "EUR" || slices.Contains(unroutedFormats, strings.ToUpper(inv.Format)) {
		return
	}
	if inv.Consumer && daysBetween(v.activeOn, co.srv.clock.Today()) < consumerDays {
		return
	}
	if co.levels[inv.CustomerBID] == levelBypass {
		co.srv.lean("rule an invoice of a service_bypass customer makes no assignment")
		return
	}
	co.srv.startTransfer(inv, &transfer{agency: Amili, automatic: true, capital: inv.total})
}

// invoiceByID finds an invoice that any company sent or received.
func (s *Server) invoiceByID(id string) *invoice { return s.invoices[foldedID(id)] }

// invoiceByID finds an invoice that the company sent.
func (co *Company) invoiceByID(id string) *invoice {
	if inv := co.anyInvoice(id); inv != nil && inv.post.direction == directionSent {
		return inv
	}
	return nil
}

// keep adds an invoice that the company sent.
func (co *Company) keep(inv *invoice) {
	co.invoices = append(co.invoices, inv)
	co.srv.invoices[foldedID(inv.ID)] = inv
}
