package maventa

import (
	"context"
	"iter"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// ServiceLevelService reads and sets the levels of single customers. Kassavirta
// only.
type ServiceLevelService struct{ c *Client }

// ServiceLevel is how a customer's invoices are treated. The list is open.
// Source: Receivables API page.
type ServiceLevel string

// Service levels. Premium and VIP move the monitoring of payments and of the
// expiry of claims to the sender, and may cost money.
const (
	ServiceLevelDefault ServiceLevel = "default"
	ServiceLevelPremium ServiceLevel = "premium"
	ServiceLevelVIP     ServiceLevel = "vip"
	ServiceLevelBypass  ServiceLevel = "service_bypass"
)

// Known reports whether l is one of the levels above.
func (l ServiceLevel) Known() bool {
	switch l {
	case ServiceLevelDefault, ServiceLevelPremium, ServiceLevelVIP, ServiceLevelBypass:
		return true
	}
	return false
}

// CustomerServiceLevel is the level of one customer. Inferred: the wire names.
type CustomerServiceLevel struct {
	CustomerBID  string       `json:"customer_bid" api:"inferred"` // business id, as on the invoice
	ServiceLevel ServiceLevel `json:"service_level" api:"inferred"`
	Extra        Extra        `json:"-"`
}

// No schema says what the answer holds.
func (l *CustomerServiceLevel) proven() bool { return call.Recognized(l) }

// List returns one page of the customers with a special level. Customers on the
// default level are not listed.
//
// GET /v1/service_levels. Source: Receivables API page. Inferred: paging.
func (s ServiceLevelService) List(ctx context.Context, options ListOptions, opts ...CallOption) (*Page[CustomerServiceLevel], error) {
	return serviceLevels(options).page(ctx, s.c, opts)
}

// All iterates over the customers with a special level.
func (s ServiceLevelService) All(ctx context.Context, opts ...CallOption) iter.Seq2[CustomerServiceLevel, error] {
	return serviceLevels(ListOptions{}).all(ctx, s.c, opts)
}

func serviceLevels(options ListOptions) list[CustomerServiceLevel] {
	return list[CustomerServiceLevel]{
		call:    request{op: operation.ServiceLevelsList},
		options: options,
		key:     func(l *CustomerServiceLevel) string { return l.CustomerBID },
	}
}

// serviceLevelChange is the body of Set.
type serviceLevelChange struct {
	ServiceLevel ServiceLevel `json:"service_level" api:"inferred"`
}

func (c *serviceLevelChange) validate(p *call.Problems) {
	p.Enum("service_level", string(c.ServiceLevel), c.ServiceLevel.Known())
}

// Set gives a customer a level. It follows the business id on the invoice.
// Errors do not show the business id.
//
// PATCH /v1/service_levels/{customer_bid}. Source: support article on service
// levels. Inferred: the body's field, the success status, and the form of the
// business id in the path.
func (s ServiceLevelService) Set(ctx context.Context, customerBID string, level ServiceLevel, opts ...CallOption) error {
	return s.c.call(ctx, request{
		op: operation.ServiceLevelsSet, ids: []string{customerBID},
		write: asJSON, body: &serviceLevelChange{level}, out: &CustomerServiceLevel{},
	}, opts)
}
