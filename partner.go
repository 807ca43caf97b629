package maventa

import (
	"context"
	"iter"
	"time"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// PartnerService sees the invoices of all companies of a partner at once, which
// spares asking company by company. It needs the scopes
// partner:invoice_delivery_actions and partner:lookups, see [WithScopes].
type PartnerService struct{ c *Client }

// ReceivedInvoice is an invoice that one of the partner's companies received.
type ReceivedInvoice struct {
	CompanyID string            `json:"company_id,omitzero"` // for [Client.ForCompany]
	InvoiceID string            `json:"invoice_id,omitzero"`
	State     InvoiceEventState `json:"state,omitzero"`
	CreatedAt time.Time         `json:"created_at,omitzero"`
	Extra     Extra             `json:"-"`
}

// ReceivedInvoiceFilter chooses received invoices.
type ReceivedInvoiceFilter struct {
	// State is CREATED, the service's default, or HANDLED.
	State InvoiceEventState
	ListOptions
}

func (f ReceivedInvoiceFilter) list(op operation.ID) list[ReceivedInvoice] {
	l := list[ReceivedInvoice]{call: request{op: op}, options: f.ListOptions, key: func(r *ReceivedInvoice) string { return r.InvoiceID }}
	l.call.params.add("state", string(f.State))
	if f.State != "" {
		l.match = func(r *ReceivedInvoice) call.Match { return call.MatchText(string(f.State), string(r.State)) }
	}
	return l
}

// ReceivedInvoices iterates over the invoices that the partner's companies
// received. Mark each with [InvoiceService.MarkHandled] when it is dealt with.
// Marking while iterating shifts the pages: collect first, or begin again.
//
// GET /v1/partner/invoice_events/received. Source: AX Swagger.
func (s PartnerService) ReceivedInvoices(ctx context.Context, filter ReceivedInvoiceFilter, opts ...CallOption) iter.Seq2[ReceivedInvoice, error] {
	return filter.list(operation.PartnerReceivedInvoices).all(ctx, s.c, opts)
}

// InboundActions is the older name of [PartnerService.ReceivedInvoices].
//
// GET /v1/partner/invoice_delivery_actions/inbound. Source: AX Swagger.
func (s PartnerService) InboundActions(ctx context.Context, filter ReceivedInvoiceFilter, opts ...CallOption) iter.Seq2[ReceivedInvoice, error] {
	return filter.list(operation.PartnerInboundActions).all(ctx, s.c, opts)
}

// SentError is an invoice that one of the partner's companies could not send.
type SentError struct {
	CompanyID string `json:"company_id,omitzero"` // for [Client.ForCompany]
	InvoiceID string `json:"invoice_id,omitzero"`
	Extra     Extra  `json:"-"`
}

// SentErrorFilter chooses a time.
type SentErrorFilter struct {
	HappenedAfter  time.Time // required
	HappenedBefore time.Time // zero: now
	ListOptions
}

// sentErrors lists errors, or says what is wrong with the filter.
func (s PartnerService) sentErrors(ctx context.Context, op operation.ID, f SentErrorFilter, opts []CallOption) iter.Seq2[SentError, error] {
	if f.HappenedAfter.IsZero() {
		return func(yield func(SentError, error) bool) {
			yield(SentError{}, invalid(op.String(), "happened_after", "is required"))
		}
	}
	l := list[SentError]{call: request{op: op}, options: f.ListOptions, key: func(e *SentError) string { return e.InvoiceID }}
	l.call.params.addTime("happened_after", f.HappenedAfter)
	l.call.params.addTime("happened_before", f.HappenedBefore)
	return l.all(ctx, s.c, opts)
}

// SentErrors iterates over the invoices that the partner's companies could not
// send.
//
// GET /v1/partner/invoice_events/sent_errors. Source: AX Swagger.
func (s PartnerService) SentErrors(ctx context.Context, filter SentErrorFilter, opts ...CallOption) iter.Seq2[SentError, error] {
	return s.sentErrors(ctx, operation.PartnerSentErrors, filter, opts)
}

// OutboundErrors is the older name of [PartnerService.SentErrors].
//
// GET /v1/partner/invoice_delivery_actions/outbound_errors. Source: AX Swagger.
func (s PartnerService) OutboundErrors(ctx context.Context, filter SentErrorFilter, opts ...CallOption) iter.Seq2[SentError, error] {
	return s.sentErrors(ctx, operation.PartnerOutboundErrors, filter, opts)
}

// Availability says whether a company can be made under a business id.
type Availability struct {
	CompanyBID string `json:"company_bid,omitzero"`
	// CompanyStatus is FREE or RESERVED.
	CompanyStatus string `json:"company_status,omitzero"`
	Extra         Extra  `json:"-"`
}

// LookupCompanies says whether companies can be made under up to 10 business
// ids of a country.
//
// GET /v1/partner/lookups/companies. Source: AX Swagger.
func (s PartnerService) LookupCompanies(ctx context.Context, country string, bids []string, opts ...CallOption) ([]Availability, error) {
	r := request{op: operation.PartnerLookupCompanies, check: func(p *call.Problems) {
		p.Country("country", country)
		p.Batch("bids", bids, 10)
	}}
	addArray(&r.params, "bids", bids)
	r.params.add("country", country)
	return many[Availability](ctx, s.c, r, opts)
}
