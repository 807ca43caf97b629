package ax

import (
	"context"
	"net/url"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/decode"
	"github.com/maventa-go/maventa/internal/operation"
)

// CompanySettings are the settings of a company, in blocks. The same type is
// read and sent: for an update fill only the fields to be changed, the others
// stay as they are. Source: AX Swagger.
type CompanySettings struct {
	Details              CompanyDetails       `json:"details,omitzero"`
	Address              CompanyAddress       `json:"address,omitzero"`
	InvoiceNotifications InvoiceNotifications `json:"invoice_notifications,omitzero"`
	SendInvoiceEmail     SendInvoiceEmail     `json:"send_invoice_email,omitzero"`
	SendInvoicePrint     SendInvoicePrint     `json:"send_invoice_print,omitzero"`
	SendInvoiceGeneral   SendInvoiceGeneral   `json:"send_invoice_general,omitzero"`
	Logos                CompanyLogos         `json:"logos,omitzero"`
	EmailReports         EmailReports         `json:"email_reports,omitzero"`
	BillingDetails       BillingDetails       `json:"billing_details,omitzero"`
	Extra                maventa.Extra        `json:"-"`
}

// MarshalJSON writes the typed fields and Extra, those of the blocks too.
func (s CompanySettings) MarshalJSON() ([]byte, error) { return decode.Marshal(&s) }

// CompanyDetails say who the company is.
type CompanyDetails struct {
	Name      maventa.Opt[string] `json:"name,omitzero"`
	Email     maventa.Opt[string] `json:"email,omitzero"`
	Website   maventa.Opt[string] `json:"website,omitzero"`
	Country   maventa.Opt[string] `json:"country,omitzero"`
	BID       maventa.Opt[string] `json:"bid,omitzero"`
	VATNumber maventa.Opt[string] `json:"vat_number,omitzero"`
	Extra     maventa.Extra       `json:"-"`
}

// CompanyAddress says where the company is.
type CompanyAddress struct {
	StreetAddress maventa.Opt[string] `json:"street_address,omitzero"`
	PostCode      maventa.Opt[string] `json:"post_code,omitzero"`
	PostOffice    maventa.Opt[string] `json:"post_office,omitzero"`
	City          maventa.Opt[string] `json:"city,omitzero"`
	Country       maventa.Opt[string] `json:"country,omitzero"`
	Extra         maventa.Extra       `json:"-"`
}

// InvoiceNotifications say who is mailed about invoices.
type InvoiceNotifications struct {
	OnReceiving  OnReceiving   `json:"on_receiving,omitzero"`
	OnSendErrors OnSendErrors  `json:"on_send_errors,omitzero"`
	Extra        maventa.Extra `json:"-"`
}

// OnReceiving is about received invoices.
type OnReceiving struct {
	Enabled    maventa.Opt[bool]   `json:"enabled,omitzero"`
	HowToSend  maventa.Opt[string] `json:"how_to_send,omitzero"` // to the company or another address; values are not documented
	OtherEmail maventa.Opt[string] `json:"other_email,omitzero"`
	Extra      maventa.Extra       `json:"-"`
}

// OnSendErrors is about invoices that could not be sent.
type OnSendErrors struct {
	ToUser   maventa.Opt[bool] `json:"to_user,omitzero"`
	ToEmails []string          `json:"to_emails,omitzero"`
	Extra    maventa.Extra     `json:"-"`
}

// SendInvoiceEmail is how invoices go out by e-mail.
type SendInvoiceEmail struct {
	Enabled           maventa.Opt[bool]           `json:"enabled,omitzero"`
	HowToSend         EmailDelivery               `json:"how_to_send,omitzero"`
	ReminderFrequency maventa.Opt[maventa.Amount] `json:"reminder_frequency,omitzero"` // a number; its unit is not documented
	ContentData       SendInvoiceText             `json:"content_data,omitzero"`
	Extra             maventa.Extra               `json:"-"`
}

// EmailDelivery is what an e-mail with an invoice holds. The list is open.
type EmailDelivery string

// Known reports whether d is one of the values in the AX Swagger.
func (d EmailDelivery) Known() bool {
	switch d {
	case "EMBEDDED", "WITH_OBJECTIONS", "WITH_LINK", "EMBEDDED_MERGE":
		return true
	}
	return false
}

// SendInvoiceText is what an e-mail with an invoice says.
type SendInvoiceText struct {
	NoteToReceiver maventa.Opt[string] `json:"note_to_receiver,omitzero"`
	Contact        SendInvoiceContact  `json:"contact,omitzero"`
	Extra          maventa.Extra       `json:"-"`
}

// SendInvoiceContact is whom the receiver of an invoice may ask.
type SendInvoiceContact struct {
	Email maventa.Opt[string] `json:"email,omitzero"`
	Name  maventa.Opt[string] `json:"name,omitzero"`
	Phone maventa.Opt[string] `json:"phone,omitzero"`
	Extra maventa.Extra       `json:"-"`
}

// SendInvoicePrint is how invoices are printed. Not all of it exists in every
// country.
type SendInvoicePrint struct {
	Enabled         maventa.Opt[bool]   `json:"enabled,omitzero"`
	LetterClass     maventa.Opt[string] `json:"letter_class,omitzero"`
	ColorScheme     maventa.Opt[string] `json:"color_scheme,omitzero"`
	AttachmentPrint maventa.Opt[bool]   `json:"attachment_print,omitzero"`
	MarketingPage   maventa.Opt[bool]   `json:"marketing_page,omitzero"`
	UseOwnPDF       maventa.Opt[bool]   `json:"use_own_pdf,omitzero"`
	Extra           maventa.Extra       `json:"-"`
}

// SendInvoiceGeneral holds back doubtful invoices.
type SendInvoiceGeneral struct {
	StopDuplicateNumbers   maventa.Opt[bool] `json:"stop_duplicate_numbers,omitzero"`
	HoldMultipleRecipients maventa.Opt[bool] `json:"hold_multiple_recipients,omitzero"`
	Extra                  maventa.Extra     `json:"-"`
}

// CompanyLogos are images for invoices and e-mails, in base64.
type CompanyLogos struct {
	PDF         LogoImage     `json:"pdf,omitzero"`
	EmailHeader LogoImage     `json:"email_header,omitzero"` // PNG
	Extra       maventa.Extra `json:"-"`
}

// LogoImage is an image in base64.
type LogoImage struct {
	Content string        `json:"content"`
	Extra   maventa.Extra `json:"-"`
}

// EmailReports are mailed from time to time.
type EmailReports struct {
	ReportInterval maventa.Opt[string] `json:"report_interval,omitzero"` // off, daily or weekly, monthly
	EmailReports   []string            `json:"email_reports,omitzero"`   // e-mail addresses
	Extra          maventa.Extra       `json:"-"`
}

// BillingDetails say how Maventa bills the company.
type BillingDetails struct {
	ElectronicInvoicing ElectronicInvoicing `json:"electronic_invoicing_details,omitzero"`
	InvoicingEmail      maventa.Opt[string] `json:"invoicing_email,omitzero"`
	StreetAddress1      maventa.Opt[string] `json:"invoicing_street_address1,omitzero"`
	StreetAddress2      maventa.Opt[string] `json:"invoicing_street_address2,omitzero"`
	PostCode            maventa.Opt[string] `json:"invoicing_post_code,omitzero"`
	PostOffice          maventa.Opt[string] `json:"invoicing_post_office,omitzero"`
	BillingCompanyID    maventa.Opt[string] `json:"billing_company_id,omitzero"`
	Extra               maventa.Extra       `json:"-"`
}

// ElectronicInvoicing is where Maventa's own invoices go.
type ElectronicInvoicing struct {
	EIA      maventa.Opt[string] `json:"invoicing_eia,omitzero"`
	Operator maventa.Opt[string] `json:"invoicing_operator,omitzero"`
	Extra    maventa.Extra       `json:"-"`
}

// SettingsBlock names a block of [CompanySettings], by wire name.
type SettingsBlock string

// Known reports whether b is one of the blocks in the AX Swagger.
func (b SettingsBlock) Known() bool {
	switch b {
	case "invoice_notifications", "send_invoice_email", "address", "details", "send_invoice_print", "send_invoice_general", "logos", "email_reports", "billing_details":
		return true
	}
	return false
}

// Settings reads the company's settings, or only the blocks that are named.
//
// GET /v1/company/settings. Source: AX Swagger.
func (s CompanyService) Settings(ctx context.Context, blocks []SettingsBlock, opts ...maventa.CallOption) (*CompanySettings, error) {
	r := request(operation.CompanySettings)
	r.Arrays = url.Values{"fields": texts(blocks)}
	r.Check = check(func(p *call.Problems) {
		for _, b := range blocks {
			p.Enum("fields", string(b), b.Known())
		}
	})
	return one[CompanySettings](ctx, s.c, r, opts)
}

// UpdateSettings changes the company's settings: the blocks, and in them the
// fields, that are filled.
//
// PATCH /v1/company/settings. Source: AX Swagger. Inferred: that a single block
// may be sent, as the Swagger's examples do, although it marks some as required.
func (s CompanyService) UpdateSettings(ctx context.Context, settings CompanySettings, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, withBody(operation.CompanyUpdateSettings, &settings), nil, opts...)
}

func (s *CompanySettings) validate(p *call.Problems) {
	if v := s.SendInvoiceEmail.HowToSend; v != "" {
		p.Enum("send_invoice_email.how_to_send", string(v), v.Known())
	}
}
