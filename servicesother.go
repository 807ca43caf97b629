package maventa

import (
	"context"
	"strconv"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// DetectService chooses the checks that the Detect service runs on received
// invoices.
type DetectService struct{ c *Client }

// DetectChecks are the checks that are switched on.
type DetectChecks struct {
	OnInvoiceReceive Texts `json:"on_invoice_receive,omitzero"` // of [DetectCheck]
	Extra            Extra `json:"-"`
}

// Checks reads which checks are switched on.
//
// GET /v1/services/detect/checks. Source: AX Swagger, which declares one text.
// Inferred: that a list may come.
func (s DetectService) Checks(ctx context.Context, opts ...CallOption) (*DetectChecks, error) {
	return one[DetectChecks](ctx, s.c, request{op: operation.DetectChecks}, opts)
}

// UpdateChecks switches the given checks on and, Inferred, all others off.
//
// PATCH /v1/services/detect/checks. Source: AX Swagger, which puts the checks in
// the query.
func (s DetectService) UpdateChecks(ctx context.Context, onInvoiceReceive []DetectCheck, opts ...CallOption) error {
	r := request{op: operation.DetectUpdateChecks, check: func(p *call.Problems) {
		for _, c := range onInvoiceReceive {
			p.Enum("on_invoice_receive", string(c), c.Known())
		}
	}}
	addArray(&r.params, "on_invoice_receive", onInvoiceReceive)
	return s.c.call(ctx, r, opts)
}

// ODPService is about what AX calls ODP companies. No source says more of them
// than the two calls.
type ODPService struct{ c *Client }

// ODPCompany is such a company. Source: AX Swagger.
type ODPCompany struct {
	ID       int          `json:"id"`
	Name     string       `json:"name,omitzero"`
	BID      string       `json:"bid,omitzero"`
	State    string       `json:"state,omitzero"` // CREATED, TRUSTED or DISABLED
	Services []ODPFeature `json:"services,omitzero"`
	Extra    Extra        `json:"-"`
}

// ODPFeature is a service that the company has.
type ODPFeature struct {
	Name  string `json:"name,omitzero"`
	Extra Extra  `json:"-"`
}

// Company reads a company.
//
// GET /odp/companies/{id}. Source: AX Swagger.
func (s ODPService) Company(ctx context.Context, id int, opts ...CallOption) (*ODPCompany, error) {
	return one[ODPCompany](ctx, s.c, request{op: operation.ODPCompany, ids: []string{strconv.Itoa(id)}}, opts)
}

// UpdateCompany sets whether a company is trusted, and makes it if there is
// none.
//
// PATCH /odp/companies/{id}. Source: AX Swagger.
func (s ODPService) UpdateCompany(ctx context.Context, id int, trusted bool, opts ...CallOption) error {
	body := &Form{}
	body.Add("trusted", strconv.FormatBool(trusted))
	return s.c.call(ctx, request{op: operation.ODPUpdateCompany, ids: []string{strconv.Itoa(id)}, body: body}, opts)
}
