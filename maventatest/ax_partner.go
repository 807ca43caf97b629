package maventatest

import (
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

// partnerPerPage is the default of the partner's lists.
const partnerPerPage = 100

var partnerCalls = axCalls{
	operation.PartnerReceivedInvoices: {swagger.Query(swagger.Text("state"), paging()), receivedInvoices},
	operation.PartnerInboundActions:   {swagger.Query(swagger.Text("state"), paging()), receivedInvoices},
	operation.PartnerSentErrors:       {swagger.Query(swagger.Moment("happened_after").Must(), swagger.Moment("happened_before"), paging()), sentErrors},
	operation.PartnerOutboundErrors:   {swagger.Query(swagger.Moment("happened_after").Must(), swagger.Moment("happened_before"), paging()), sentErrors},
	operation.PartnerLookupCompanies:  {swagger.Query(swagger.List("bids").Must().UpTo(10), swagger.Text("country").Must()), lookupCompanies},
}

// ofVendor lists the invoices of all companies that are linked to the vendor of
// the token's company.
func (c *call) ofVendor(pick func(co *Company) []*invoice) []*invoice {
	var all []*invoice
	for _, co := range c.srv.companies {
		if co.linked {
			all = append(all, pick(co)...)
		}
	}
	slices.SortStableFunc(all, func(a, b *invoice) int { return a.post.created.Compare(b.post.created) })
	return all
}

// receivedInvoices is GET /v1/partner/invoice_events/received, and its older
// name.
func receivedInvoices(c *call) (any, error) {
	state := c.in.TextOr("state", stateCreated)
	if state != stateCreated && state != stateHandled {
		return nil, invalidParameters("state does not have a valid value")
	}
	c.perPage = partnerPerPage
	all := c.ofVendor(func(co *Company) []*invoice { return co.received })
	return page(c, all, func(inv *invoice) *object {
		return c.srv.object("InvoiceEvent").put("company_id", inv.company.id).put("invoice_id", inv.ID).
			put("state", inv.post.state).put("created_at", instant(inv.post.received))
	}, func(inv *invoice) bool { return inv.post.state == state })
}

// sentErrors is GET /v1/partner/invoice_events/sent_errors, and its older name.
func sentErrors(c *call) (any, error) {
	after, _ := time.Parse(time.RFC3339, c.in.Text("happened_after"))
	before, err := time.Parse(time.RFC3339, c.in.Text("happened_before"))
	if err != nil { // not given
		before = c.srv.now().Add(time.Second)
	}
	c.lean("rule happened_after and happened_before leave the instants themselves out")
	c.perPage = partnerPerPage
	all := c.ofVendor(func(co *Company) []*invoice { return co.invoices })
	return page(c, all, func(inv *invoice) *object {
		return c.srv.object("SentError").put("company_id", inv.company.id).put("invoice_id", inv.ID)
	}, func(inv *invoice) bool {
		return inv.post.status == invoiceFailed && inv.post.failed.After(after) && inv.post.failed.Before(before)
	})
}

// lookupCompanies is GET /v1/partner/lookups/companies.
func lookupCompanies(c *call) (any, error) {
	all := []any{}
	for _, bid := range c.in.List("bids") {
		status := "FREE"
		if slices.ContainsFunc(c.srv.companies, func(co *Company) bool {
			return co.bid == bid && strings.EqualFold(co.country, c.in.Text("country"))
		}) {
			status = "RESERVED"
		}
		all = append(all, map[string]any{"company_bid": bid, "company_status": status})
	}
	return all, nil
}
