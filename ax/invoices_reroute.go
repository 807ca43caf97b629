package ax

import (
	"context"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// RerouteEInvoice sends a failed or waiting invoice to an electronic address.
type RerouteEInvoice struct {
	RecipientEIA      string `json:"recipient_eia"`
	RecipientOperator string `json:"recipient_operator"`
}

// RerouteEmail sends it by e-mail.
type RerouteEmail struct {
	RecipientEmail string `json:"recipient_email"`
}

// ReroutePrint sends it on paper.
type ReroutePrint struct {
	RecipientName       string `json:"recipient_name"`
	RecipientAddress1   string `json:"recipient_address1"`
	RecipientAddress2   string `json:"recipient_address2,omitzero"`
	RecipientPostCode   string `json:"recipient_post_code"`
	RecipientPostOffice string `json:"recipient_post_office"`
	RecipientState      string `json:"recipient_state,omitzero"`
	RecipientCountry    string `json:"recipient_country"` // two letters, ISO 3166-1
}

func (r *RerouteEInvoice) validate(p *call.Problems) {
	p.Required("recipient_eia", r.RecipientEIA)
	p.Required("recipient_operator", r.RecipientOperator)
}

func (r *RerouteEmail) validate(p *call.Problems) { p.Required("recipient_email", r.RecipientEmail) }

func (r *ReroutePrint) validate(p *call.Problems) {
	p.Required("recipient_name", r.RecipientName)
	p.Required("recipient_address1", r.RecipientAddress1)
	p.Required("recipient_post_code", r.RecipientPostCode)
	p.Required("recipient_post_office", r.RecipientPostOffice)
	p.Country("recipient_country", r.RecipientCountry)
}

// RerouteEInvoice delivers an invoice anew, as an e-invoice to the given
// address. Every call may deliver it once more, so it is made once; after an
// unknown outcome read [InvoiceService.Actions].
//
// PUT /v1/invoices/{id}/reroute/einvoice. Source: AX Swagger.
func (s InvoiceService) RerouteEInvoice(ctx context.Context, invoiceID string, to RerouteEInvoice, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, withBody(operation.InvoicesRerouteEInvoice, &to, invoiceID), nil, opts...)
}

// RerouteEmail delivers an invoice anew, by e-mail. What holds for
// [InvoiceService.RerouteEInvoice] holds here too.
//
// PUT /v1/invoices/{id}/reroute/email. Source: AX Swagger.
func (s InvoiceService) RerouteEmail(ctx context.Context, invoiceID string, to RerouteEmail, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, withBody(operation.InvoicesRerouteEmail, &to, invoiceID), nil, opts...)
}

// ReroutePrint delivers an invoice anew, on paper. What holds for
// [InvoiceService.RerouteEInvoice] holds here too.
//
// PUT /v1/invoices/{id}/reroute/print. Source: AX Swagger.
func (s InvoiceService) ReroutePrint(ctx context.Context, invoiceID string, to ReroutePrint, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, withBody(operation.InvoicesReroutePrint, &to, invoiceID), nil, opts...)
}

// InvoiceEventState says whether a received invoice has been dealt with, in the
// partner-wide list of received invoices.
type InvoiceEventState string

// States of the event of a received invoice.
const (
	InvoiceEventCreated InvoiceEventState = "CREATED" // new
	InvoiceEventHandled InvoiceEventState = "HANDLED" // dealt with
)

// Known reports whether s is one of the documented states.
func (s InvoiceEventState) Known() bool { return s == InvoiceEventCreated || s == InvoiceEventHandled }

type invoiceEventChange struct {
	State InvoiceEventState `json:"state"`
}

func (c *invoiceEventChange) validate(p *call.Problems) {
	p.Enum("state", string(c.State), c.State.Known())
}

// MarkHandled sets the state of a received invoice's event, so that
// [PartnerService.ReceivedInvoices] lists it no longer ([InvoiceEventHandled])
// or again ([InvoiceEventCreated]).
//
// PATCH /v1/invoices/{id}/invoice_events. Source: AX Swagger.
func (s InvoiceService) MarkHandled(ctx context.Context, invoiceID string, state InvoiceEventState, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, withBody(operation.InvoicesMarkHandled, &invoiceEventChange{state}, invoiceID), nil, opts...)
}
