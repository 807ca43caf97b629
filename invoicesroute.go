package maventa

import (
	"context"
	"time"

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
func (s InvoiceService) RerouteEInvoice(ctx context.Context, invoiceID string, to RerouteEInvoice, opts ...CallOption) error {
	return s.c.call(ctx, request{op: operation.InvoicesRerouteEInvoice, ids: []string{invoiceID}, body: &to}, opts)
}

// RerouteEmail delivers an invoice anew, by e-mail. What holds for
// [InvoiceService.RerouteEInvoice] holds here too.
//
// PUT /v1/invoices/{id}/reroute/email. Source: AX Swagger.
func (s InvoiceService) RerouteEmail(ctx context.Context, invoiceID string, to RerouteEmail, opts ...CallOption) error {
	return s.c.call(ctx, request{op: operation.InvoicesRerouteEmail, ids: []string{invoiceID}, body: &to}, opts)
}

// ReroutePrint delivers an invoice anew, on paper. What holds for
// [InvoiceService.RerouteEInvoice] holds here too.
//
// PUT /v1/invoices/{id}/reroute/print. Source: AX Swagger.
func (s InvoiceService) ReroutePrint(ctx context.Context, invoiceID string, to ReroutePrint, opts ...CallOption) error {
	return s.c.call(ctx, request{op: operation.InvoicesReroutePrint, ids: []string{invoiceID}, body: &to}, opts)
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
func (s InvoiceService) MarkHandled(ctx context.Context, invoiceID string, state InvoiceEventState, opts ...CallOption) error {
	return s.c.call(ctx, request{op: operation.InvoicesMarkHandled, ids: []string{invoiceID}, body: &invoiceEventChange{state}}, opts)
}

// DetectResults are the findings of the Detect service about an invoice.
type DetectResults struct {
	Status         Texts    `json:"status,omitzero"`          // OK, WARN or DISABLED
	ExecutedChecks []string `json:"executed_checks,omitzero"` // texts for people
	Findings       []string `json:"findings,omitzero"`        // texts for people
	Extra          Extra    `json:"-"`
}

// DetectResults reads what the Detect service found about a received invoice,
// in one of the languages FI, SE, NO, DK, NL and EN; empty: EN.
//
// GET /v1/invoices/{id}/detect_results. Source: AX Swagger.
func (s InvoiceService) DetectResults(ctx context.Context, invoiceID, language string, opts ...CallOption) (*DetectResults, error) {
	r := request{op: operation.InvoicesDetectResults, ids: []string{invoiceID}, check: func(p *call.Problems) {
		p.OneOf("lang", language, "FI", "SE", "NO", "DK", "NL", "EN")
	}}
	r.params.add("lang", language)
	return one[DetectResults](ctx, s.c, r, opts)
}

// NemhandelResponse is the buyer's answer to an invoice in the Danish Nemhandel
// network. The list is open.
type NemhandelResponse string

// Responses, in the order in which they may follow each other. Source: AX
// Swagger.
const (
	NemhandelAcknowledged          NemhandelResponse = "MessageAcknowledgement"
	NemhandelInProcess             NemhandelResponse = "InProcess"
	NemhandelUnderQuery            NemhandelResponse = "UnderQuery"
	NemhandelConditionallyAccepted NemhandelResponse = "ConditionallyAccepted"
	NemhandelRejected              NemhandelResponse = "Rejected" // final
	NemhandelAccepted              NemhandelResponse = "Accepted"
	NemhandelPartiallyPaid         NemhandelResponse = "PartiallyPaid"
	NemhandelFullyPaid             NemhandelResponse = "FullyPaid" // final
)

// Known reports whether r is one of the documented responses.
func (r NemhandelResponse) Known() bool {
	switch r {
	case NemhandelAcknowledged, NemhandelInProcess, NemhandelUnderQuery, NemhandelConditionallyAccepted,
		NemhandelRejected, NemhandelAccepted, NemhandelPartiallyPaid, NemhandelFullyPaid:
		return true
	}
	return false
}

type nemhandelAnswer struct {
	Response NemhandelResponse `json:"response"`
	Reason   string            `json:"reason,omitzero"`
}

func (a *nemhandelAnswer) validate(p *call.Problems) {
	p.Enum("response", string(a.Response), a.Response.Known())
}

// NemhandelResult says what became of a response.
type NemhandelResult struct {
	IsRequested Opt[bool] `json:"is_requested,omitzero"` // the sender asked for responses
	Extra       Extra     `json:"-"`
}

func (r *NemhandelResult) proven() bool {
	_, told := r.IsRequested.Get()
	return told
}

// RespondNemhandel answers a received invoice in the Nemhandel network. After a
// final response there can be no other.
//
// POST /v1/invoices/{id}/responses/nemhandel. Source: AX Swagger.
func (s InvoiceService) RespondNemhandel(ctx context.Context, invoiceID string, response NemhandelResponse, reason string, opts ...CallOption) (*NemhandelResult, error) {
	r := request{op: operation.InvoicesRespondNemhandel, ids: []string{invoiceID}, body: &nemhandelAnswer{response, reason}}
	return one[NemhandelResult](ctx, s.c, r, opts)
}

// InvoiceReport reports the sender of a received invoice for fraud.
type InvoiceReport struct {
	Reasons      []ReportReason `json:"reason"`
	ContactEmail string         `json:"contact_email"` // of the person who reports
	Description  string         `json:"description,omitzero"`
}

// ReportReason is why a sender is reported. The list is open and explained by
// [InvoiceService.ReportDefinitions].
type ReportReason string

// Known reports whether r is one of the reasons in the AX Swagger.
func (r ReportReason) Known() bool {
	switch r {
	case "NONEXISTENT_PRODUCT", "OFFERS_AS_INVOICES", "UNKNOWN_COMPANY", "INVOICE_NOT_FOLLOWING_LAW", "MISLEADING_NAME", "IMPOSSIBLE_TO_CONTACT",
		"MISLEADING_MARKETING", "COMPANY_NOT_FOLLOWING_LAW", "KNOWN_FOR_FRAUD_ATTEMPTS", "KNOWN_FOR_SUSPICIOUS_ACTIVITIES":
		return true
	}
	return false
}

func (r *InvoiceReport) validate(p *call.Problems) {
	if len(r.Reasons) == 0 {
		p.Add("reason", "is required")
	}
	for _, reason := range r.Reasons {
		p.Enum("reason", string(reason), reason.Known())
	}
	p.Required("contact_email", r.ContactEmail)
}

// UserReport is a report that was made.
type UserReport struct {
	ID                    string      `json:"id,omitzero"`
	InvoiceID             string      `json:"invoice_id,omitzero"`
	CompanyBID            string      `json:"company_bid,omitzero"`
	CompanyName           string      `json:"company_name,omitzero"`
	CompanyCountryCode    string      `json:"company_country_code,omitzero"`
	CompanyBankAccount    string      `json:"company_bank_account,omitzero"`
	ReporterUserID        string      `json:"reporter_user_id,omitzero"`
	ReporterContactEmail  string      `json:"reporter_contact_email,omitzero"`
	Reasons               []Criterion `json:"reasons,omitzero"`
	AdditionalExplanation string      `json:"additional_explanation,omitzero"`
	ReportDate            time.Time   `json:"report_date,omitzero"`
	Extra                 Extra       `json:"-"`
}

// Report reports the sender of a received invoice for fraud. An error that
// matches [ErrConflict] means that it has been reported.
//
// POST /v1/invoices/{id}/reports. Source: AX Swagger.
func (s InvoiceService) Report(ctx context.Context, invoiceID string, report InvoiceReport, opts ...CallOption) error {
	return s.c.call(ctx, request{op: operation.InvoicesReport, ids: []string{invoiceID}, body: &report}, opts)
}

// Reports lists the reports about a received invoice.
//
// GET /v1/invoices/{id}/reports. Source: AX Swagger.
func (s InvoiceService) Reports(ctx context.Context, invoiceID string, opts ...CallOption) ([]UserReport, error) {
	return many[UserReport](ctx, s.c, request{op: operation.InvoicesReports, ids: []string{invoiceID}}, opts)
}

// DeleteReport takes a report back.
//
// DELETE /v1/invoices/{id}/reports/{report_id}. Source: AX Swagger.
func (s InvoiceService) DeleteReport(ctx context.Context, invoiceID, reportID string, opts ...CallOption) error {
	return s.c.call(ctx, request{op: operation.InvoicesDeleteReport, ids: []string{invoiceID, reportID}}, opts)
}

// ReportDefinitions explains the reasons of a report. It needs no token.
//
// GET /v1/invoices/reports/definitions. Source: AX Swagger.
func (s InvoiceService) ReportDefinitions(ctx context.Context, opts ...CallOption) (*ReportDefinitions, error) {
	return one[ReportDefinitions](ctx, s.c, request{op: operation.InvoicesReportDefinitions}, opts)
}
