package maventatest

import (
	"slices"

	"github.com/maventa-go/maventa/internal/swagger"

	"github.com/maventa-go/maventa/internal/operation"
)

var serviceLevelCalls = map[*operation.Op]handler{
	operation.ServiceLevelsList: listServiceLevels,
	operation.ServiceLevelsSet:  setServiceLevel,
}

// Service levels of a customer, as on the wire.
const (
	levelDefault = "default"
	levelPremium = "premium"
	levelVIP     = "vip"
	levelBypass  = "service_bypass"
)

var serviceLevels = []string{levelDefault, levelPremium, levelVIP, levelBypass}

type customerLevel struct {
	srv        *Server
	bid, level string
}

// listServiceLevels is GET /v1/service_levels: the customers with another level
// than the default one, by business id.
func listServiceLevels(c *call) (any, error) {
	var list []customerLevel
	for _, bid := range sortedKeys(c.company.levels) {
		list = append(list, customerLevel{c.srv, bid, c.company.levels[bid]})
	}
	return page(c, list, levelJSON, nil)
}

// setServiceLevel is PATCH /v1/service_levels/{customer_bid}. Levels exist with
// Kassavirta only.
func setServiceLevel(c *call) (any, error) {
	v := c.company.services[Amili]
	if !v.active() || v.serviceType != typeFull {
		c.lean("status error service level without Kassavirta")
		return nil, forbidden("service levels need the full service")
	}
	p, err := c.body()
	if err != nil {
		return nil, err
	}
	level := p.Text("service_level", swagger.Required(), swagger.OneOf(serviceLevels...), swagger.InferredIn("CustomerServiceLevel"))
	if err := c.checked(); err != nil {
		return nil, err
	}
	bid := c.ids["customer_bid"]
	c.company.setLevel(bid, level)
	return levelJSON(customerLevel{c.srv, bid, level}), nil
}

// setLevel sets a customer's level for the invoices to come. Customers on the
// default level are not listed.
func (co *Company) setLevel(bid, level string) {
	if level == levelDefault {
		delete(co.levels, bid)
		return
	}
	co.levels[bid] = level
}

// ServiceLevel is the level of a customer, "default" unless another was set.
func (co *Company) ServiceLevel(customerBID string) string {
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	if level := co.levels[customerBID]; level != "" {
		return level
	}
	return levelDefault
}

// SetServiceLevel sets the level of a customer without a call: default, premium,
// vip or service_bypass.
func (co *Company) SetServiceLevel(customerBID, level string) {
	co.srv.tb.Helper()
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	if !slices.Contains(serviceLevels, level) {
		co.srv.tb.Fatalf("SetServiceLevel: there is no level %q", level)
		return
	}
	co.setLevel(customerBID, level)
}

func levelJSON(l customerLevel) *object {
	return l.srv.object("CustomerServiceLevel").guess("customer_bid", l.bid).guess("service_level", l.level)
}
