package ax

import (
	"context"
	"iter"
	"net/url"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// PartnerService sees the invoices of all companies of a partner at once, which
// spares asking company by company. It needs the scopes
// partner:invoice_delivery_actions and partner:lookups, see [maventa.WithScopes].
type PartnerService struct{ c *maventa.Client }

// ReceivedInvoice is an invoice that one of the partner's companies received.
type ReceivedInvoice struct {
	CompanyID string            `json:"company_id,omitzero"` // for [maventa.Client.ForCompany]
	InvoiceID string            `json:"invoice_id,omitzero"`
	State     InvoiceEventState `json:"state,omitzero"`
	CreatedAt time.Time         `json:"created_at,omitzero"`
	Extra     maventa.Extra     `json:"-"`
}

// ReceivedInvoiceFilter chooses received invoices.
type ReceivedInvoiceFilter struct {
	// State is CREATED, the service's default, or HANDLED.
	State InvoiceEventState
	maventa.ListOptions
}

func (f ReceivedInvoiceFilter) list(op *operation.Op) maventa.List[ReceivedInvoice] {
	l := maventa.List[ReceivedInvoice]{Request: request(op), ListOptions: f.ListOptions, Key: func(r *ReceivedInvoice) string { return r.InvoiceID }}
	l.Request.Query = query("state", string(f.State))
	if f.State != "" {
		l.Match = func(r *ReceivedInvoice) maventa.FilterCheck {
			return maventa.FilterCheck(call.MatchText(f.State, r.State))
		}
	}
	return l
}

// ReceivedInvoices iterates over the invoices that the partner's companies
// received. Mark each with [InvoiceService.MarkHandled] when it is dealt with.
// Marking while iterating shifts the pages: collect first, or begin again.
//
// GET /v1/partner/invoice_events/received. Source: AX Swagger.
func (s PartnerService) ReceivedInvoices(ctx context.Context, filter ReceivedInvoiceFilter, opts ...maventa.CallOption) iter.Seq2[ReceivedInvoice, error] {
	return filter.list(operation.PartnerReceivedInvoices).All(ctx, s.c, opts...)
}

// InboundActions is the older name of [PartnerService.ReceivedInvoices].
//
// GET /v1/partner/invoice_delivery_actions/inbound. Source: AX Swagger.
func (s PartnerService) InboundActions(ctx context.Context, filter ReceivedInvoiceFilter, opts ...maventa.CallOption) iter.Seq2[ReceivedInvoice, error] {
	return filter.list(operation.PartnerInboundActions).All(ctx, s.c, opts...)
}

// SentError is an invoice that one of the partner's companies could not send.
type SentError struct {
	CompanyID string        `json:"company_id,omitzero"` // for [maventa.Client.ForCompany]
	InvoiceID string        `json:"invoice_id,omitzero"`
	Extra     maventa.Extra `json:"-"`
}

// SentErrorFilter chooses a time.
type SentErrorFilter struct {
	HappenedAfter  time.Time // required
	HappenedBefore time.Time // zero: now
	maventa.ListOptions
}

func (f SentErrorFilter) list(op *operation.Op) maventa.List[SentError] {
	l := maventa.List[SentError]{Request: request(op), ListOptions: f.ListOptions, Key: func(e *SentError) string { return e.InvoiceID }}
	l.Request.Query = query("happened_after", stamp(f.HappenedAfter), "happened_before", stamp(f.HappenedBefore))
	l.Request.Check = check(func(p *call.Problems) { p.Required("happened_after", stamp(f.HappenedAfter)) })
	return l
}

// SentErrors iterates over the invoices that the partner's companies could not
// send.
//
// GET /v1/partner/invoice_events/sent_errors. Source: AX Swagger.
func (s PartnerService) SentErrors(ctx context.Context, filter SentErrorFilter, opts ...maventa.CallOption) iter.Seq2[SentError, error] {
	return filter.list(operation.PartnerSentErrors).All(ctx, s.c, opts...)
}

// OutboundErrors is the older name of [PartnerService.SentErrors].
//
// GET /v1/partner/invoice_delivery_actions/outbound_errors. Source: AX Swagger.
func (s PartnerService) OutboundErrors(ctx context.Context, filter SentErrorFilter, opts ...maventa.CallOption) iter.Seq2[SentError, error] {
	return filter.list(operation.PartnerOutboundErrors).All(ctx, s.c, opts...)
}

// Availability says whether a company can be made under a business id.
type Availability struct {
	CompanyBID string `json:"company_bid,omitzero"`
	// CompanyStatus is FREE or RESERVED.
	CompanyStatus string        `json:"company_status,omitzero"`
	Extra         maventa.Extra `json:"-"`
}

// LookupCompanies says whether companies can be made under up to 10 business
// ids of a country.
//
// GET /v1/partner/lookups/companies. Source: AX Swagger.
func (s PartnerService) LookupCompanies(ctx context.Context, country string, bids []string, opts ...maventa.CallOption) ([]Availability, error) {
	r := request(operation.PartnerLookupCompanies)
	r.Query = query("country", country)
	r.Arrays = url.Values{"bids": bids}
	r.Check = check(func(p *call.Problems) {
		p.Country("country", country)
		p.Batch("bids", bids, 10)
	})
	return many[Availability](ctx, s.c, r, opts)
}
