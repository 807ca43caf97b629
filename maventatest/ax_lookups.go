package maventatest

import (
	"slices"
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

const (
	lookupPerPage   = 100
	consumerPerPage = 20
)

// Consumer is a person who gets e-invoices in Norway.
type Consumer struct {
	Name, CustomerNumber, ReferenceNumber, Email, Phone string
	Status                                              string // ACTIVE unless set
}

var consumerStates = []string{"NEW", "REQUEST_SENT", "ACCEPTED", "ACTIVE", "DELETED", "REJECTED", "ERROR"}

func consumersQuery() swagger.Spec {
	return swagger.Query(swagger.Text("query"), swagger.List("status").Of(consumerStates...), paging())
}

var lookupCalls = axCalls{
	operation.LookupsEndpoints: {swagger.Query(swagger.List("business_ids").Must().UpTo(10), swagger.List("sending"), swagger.Text("country")), lookupEndpoints},
	operation.LookupsConsumers: {swagger.Query(
		swagger.Text(
			"ssn", "date_of_birth", "phone_number", "email", "first_name", "last_name", "postal_code", "city",
			"reference_number", "efaktura_identifier",
		),
		swagger.List("routes"),
	), lookupConsumer},
	operation.LookupsReceivers: {swagger.Query(
		swagger.List("network").Must(), swagger.Text("eia", "bid", "name"), swagger.List("country", "document_type"), swagger.Flag("allow_eia_variants"), paging(),
	), lookupReceivers},
	operation.B2CNOConsumers: {consumersQuery(), listConsumers},
	operation.B2CNOStatus:    {swagger.Nothing(), b2cnoStatus},
}

// lookupEndpoints is GET /v1/lookup/endpoints: what a business can receive. Each
// company of this server can receive invoices.
func lookupEndpoints(c *call) (any, error) {
	all := []any{}
	for _, bid := range c.in.List("business_ids") {
		sending := []string{}
		if slices.ContainsFunc(c.srv.companies, func(co *Company) bool { return co.bid == bid }) {
			sending = append(sending, "invoice")
		}
		all = append(all, map[string]any{"bid": bid, "sending": sending})
	}
	return all, nil
}

// lookupConsumer is GET /v1/lookup/consumers: the consumers added with
// [AXAccount.AddConsumer], by mail or telephone.
func lookupConsumer(c *call) (any, error) {
	if err := knownValues("routes", c.in.List("routes"), "dpi", "yes2all"); err != nil {
		return nil, err
	}
	route := map[string]any{"status": "NOT_FOUND", "details": ""}
	for _, one := range c.company.consumers {
		if email := c.in.Text("email"); email != "" && one.Email == email || c.in.Has("phone_number") && one.Phone == c.in.Text("phone_number") {
			route = map[string]any{"status": "FOUND", "details": "", "efaktura_identifier": one.ReferenceNumber}
		}
	}
	c.lean("rule the values of a consumer route status")
	routes := map[string]any{}
	if wanted := c.in.List("routes"); wanted == nil || slices.Contains(wanted, "yes2all") {
		routes["yes2all"] = route
	}
	if slices.Contains(c.in.List("routes"), "dpi") {
		routes["dpi"] = map[string]any{"status": "NOT_FOUND", "details": ""}
	}
	return map[string]any{"reference_id": c.srv.newID("lookup"), "routes": routes}, nil
}

// lookupReceivers is GET /v1/lookup/receivers: the companies of this server.
func lookupReceivers(c *call) (any, error) {
	c.perPage = lookupPerPage
	networks := c.in.List("network")
	return page(c, c.srv.companies, func(co *Company) *object {
		return c.srv.object("Receiver").put("eia", eiaOf(co)).put("network", networks[0]).put("operator", "MAVENTA").
			put("identifier", map[string]any{"scheme": "iso6523-actorid-upis", "eaid_code": schemes[co.country], "endpoint_id": co.bid}).
			put("document_types", []any{map[string]any{"document_type": "INVOICE"}}).
			put("participant", map[string]any{"id": co.id, "name": co.name, "bid": co.bid, "country": co.country})
	}, c.receives)
}

func (c *call) receives(co *Company) bool {
	eia, bid, name := c.in.Text("eia"), c.in.Text("bid"), strings.ToLower(c.in.Text("name"))
	countries, types := c.in.List("country"), c.in.List("document_type")
	return co.companyState == companyVerified && (eia == "" || eia == eiaOf(co)) && (bid == "" || bid == co.bid) &&
		(name == "" || strings.Contains(strings.ToLower(co.name), name)) &&
		(countries == nil || slices.Contains(countries, co.country)) && (types == nil || slices.Contains(types, "INVOICE"))
}

// eiaOf is a company's electronic address.
func eiaOf(co *Company) string { return schemes[co.country] + ":" + co.bid }

// AddConsumer adds a consumer who gets e-invoices.
func (ax *AXAccount) AddConsumer(one Consumer) {
	co := ax.co
	co.srv.tb.Helper()
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	if one.Status == "" {
		one.Status = "ACTIVE"
	}
	if !slices.Contains(consumerStates, one.Status) {
		co.srv.tb.Fatalf("AddConsumer: there is no status %q", one.Status)
		return
	}
	co.consumers = append(co.consumers, one)
}

// listConsumers is GET /v1/company/consumers, and GET
// /v1/services/b2cno/consumers.
func listConsumers(c *call) (any, error) {
	c.perPage = consumerPerPage
	text, states := c.in.Text("query"), c.in.List("status")
	return page(c, c.company.consumers, func(one Consumer) *object {
		return c.srv.object("Consumer").put("name", one.Name).put("customer_number", one.CustomerNumber).
			put("reference_number", one.ReferenceNumber).put("email", one.Email).put("phone", one.Phone).put("status", one.Status).
			put("updated_at", instant(c.srv.now()))
	}, func(one Consumer) bool {
		return (states == nil || slices.Contains(states, one.Status)) &&
			(text == "" || slices.Contains([]string{one.Phone, one.Name, one.CustomerNumber, one.ReferenceNumber}, text))
	})
}

func b2cnoStatus(c *call) (any, error) { return map[string]any{"status": c.company.b2cno}, nil }
