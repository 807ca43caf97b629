package ax

import (
	"context"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// DetectResults are the findings of the Detect service about an invoice.
type DetectResults struct {
	Status         Texts         `json:"status,omitzero"`          // OK, WARN or DISABLED
	ExecutedChecks []string      `json:"executed_checks,omitzero"` // texts for people
	Findings       []string      `json:"findings,omitzero"`        // texts for people
	Extra          maventa.Extra `json:"-"`
}

// DetectResults reads what the Detect service found about a received invoice,
// in one of the languages FI, SE, NO, DK, NL and EN; empty: EN.
//
// GET /v1/invoices/{id}/detect_results. Source: AX Swagger.
func (s InvoiceService) DetectResults(ctx context.Context, invoiceID, language string, opts ...maventa.CallOption) (*DetectResults, error) {
	r := request(operation.InvoicesDetectResults, invoiceID)
	r.Query = query("lang", language)
	r.Check = check(func(p *call.Problems) {
		p.OneOf("lang", language, "FI", "SE", "NO", "DK", "NL", "EN")
	})
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
	IsRequested maventa.Opt[bool] `json:"is_requested,omitzero"` // the sender asked for responses
	Extra       maventa.Extra     `json:"-"`
}

// The schema requires no member.
func (r *NemhandelResult) proven() bool { return call.Recognized(r) }

// RespondNemhandel answers a received invoice in the Nemhandel network. After a
// final response there can be no other.
//
// POST /v1/invoices/{id}/responses/nemhandel. Source: AX Swagger.
func (s InvoiceService) RespondNemhandel(ctx context.Context, invoiceID string, response NemhandelResponse, reason string, opts ...maventa.CallOption) (*NemhandelResult, error) {
	r := withBody(operation.InvoicesRespondNemhandel, &nemhandelAnswer{response, reason}, invoiceID)
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
	ID                    string        `json:"id,omitzero"`
	InvoiceID             string        `json:"invoice_id,omitzero"`
	CompanyBID            string        `json:"company_bid,omitzero"`
	CompanyName           string        `json:"company_name,omitzero"`
	CompanyCountryCode    string        `json:"company_country_code,omitzero"`
	CompanyBankAccount    string        `json:"company_bank_account,omitzero"`
	ReporterUserID        string        `json:"reporter_user_id,omitzero"`
	ReporterContactEmail  string        `json:"reporter_contact_email,omitzero"`
	Reasons               []Criterion   `json:"reasons,omitzero"`
	AdditionalExplanation string        `json:"additional_explanation,omitzero"`
	ReportDate            time.Time     `json:"report_date,omitzero"`
	Extra                 maventa.Extra `json:"-"`
}

// Report reports the sender of a received invoice for fraud. An error that
// matches [maventa.ErrConflict] means that it has been reported.
//
// POST /v1/invoices/{id}/reports. Source: AX Swagger.
func (s InvoiceService) Report(ctx context.Context, invoiceID string, report InvoiceReport, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, withBody(operation.InvoicesReport, &report, invoiceID), nil, opts...)
}

// Reports lists the reports about a received invoice.
//
// GET /v1/invoices/{id}/reports. Source: AX Swagger.
func (s InvoiceService) Reports(ctx context.Context, invoiceID string, opts ...maventa.CallOption) ([]UserReport, error) {
	return many[UserReport](ctx, s.c, request(operation.InvoicesReports, invoiceID), opts)
}

// DeleteReport takes a report back.
//
// DELETE /v1/invoices/{id}/reports/{report_id}. Source: AX Swagger.
func (s InvoiceService) DeleteReport(ctx context.Context, invoiceID, reportID string, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, request(operation.InvoicesDeleteReport, invoiceID, reportID), nil, opts...)
}

// ReportDefinitions explains the reasons of a report. It needs no token.
//
// GET /v1/invoices/reports/definitions. Source: AX Swagger.
func (s InvoiceService) ReportDefinitions(ctx context.Context, opts ...maventa.CallOption) (*ReportDefinitions, error) {
	return one[ReportDefinitions](ctx, s.c, request(operation.InvoicesReportDefinitions), opts)
}
