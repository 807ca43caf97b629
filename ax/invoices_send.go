package ax

import (
	"context"
	"crypto/sha1" //nolint:gosec // UUID version 5 is defined with it
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// InvoiceUpload is an invoice to be sent. Source: AX Swagger.
type InvoiceUpload struct {
	// File is the invoice: XML, or a ZIP with the XML, an image and attachments,
	// see package invoicezip. It is read once, while it is sent, and not closed.
	File io.Reader `form:"file"`
	// Filename goes with the file, "invoice.xml" if empty. Let it end in .zip
	// for a ZIP.
	Filename string

	// UUID is the invoice's id from now on. Give the one that your ledger keeps,
	// or leave it empty and give LedgerID, the invoice's lasting id in your
	// ledger: the UUID is then [InvoiceUUID] of the company and LedgerID. It is
	// never random, so that the same invoice cannot become two, even after a
	// crash.
	UUID     string `form:"uuid"`
	LedgerID string

	// XMLFormat is the format of the XML. Inferred: the service finds it out if
	// this is empty.
	XMLFormat         InvoiceFormat `form:"format"`
	RecipientType     RecipientType `form:"recipient_type"`     // empty: b2b
	RecipientEIA      string        `form:"recipient_eia"`      // electronic address, at most 128 characters
	RecipientEmail    string        `form:"recipient_email"`    // at most 255 characters
	RecipientOperator string        `form:"recipient_operator"` // at most 128 characters

	// PreventRouting sets the invoice to sent without sending it anywhere, for
	// one that only needs an assignment because the customer has it already.
	PreventRouting bool           `form:"prevent_routing"`
	DisabledRoutes []InvoiceRoute `form:"disabled_routes"` // routes not to use: einvoice, email, print
	RouteOrder     []InvoiceRoute `form:"route_order"`     // for consumers in Norway
	SenderComment  string         `form:"sender_comment"`  // for the e-mail, at most 1024 characters
	Language       string         `form:"lang"`            // of the generated PDF and the e-mail: FI, SE, NO, DK, NL or EN

	RecipientPhoneNumber string         `form:"recipient_phone_number"` // international form, at most 30 characters
	RecipientDateOfBirth maventa.Date   `form:"recipient_date_of_birth"`
	RecipientSSN         maventa.Secret `form:"recipient_ssn"` // personal identity number
	RecipientEFakturaID  string         `form:"recipient_efaktura_id"`
	// B2CNODocumentType is for consumers in Norway: INVOICE, CREDIT_NOTE,
	// REMINDER or COLLECTION_NOTICE.
	B2CNODocumentType string `form:"b2cno_document_type"`
	// PaymentInstructionIdentifier is for consumers in Finland only.
	PaymentInstructionIdentifier string `form:"payment_instruction_identifier"`

	Print PrintSettings `form:"print_settings"`
	// EmailXMLFormat forces the delivery by e-mail, with XML of this format
	// attached.
	EmailXMLFormat InvoiceFormat `form:"email_settings[xml_format]"`
}

// PrintSettings are how one invoice is printed. What is unset is as the company
// has set it.
type PrintSettings struct {
	Color              maventa.Opt[bool] `form:"color"`
	LetterClass        string            `form:"letter_class"`         // PRIORITY or ECONOMY
	PreventDigitalPost maventa.Opt[bool] `form:"prevent_digital_post"` // not to OmaPosti, Finland only
	OwnImage           maventa.Opt[bool] `form:"print_own_image"`
	AllowKivraFI       maventa.Opt[bool] `form:"allow_kivra_fi"` // consumers: try Kivra even if einvoice is disabled
}

// RecipientType says who gets an invoice.
type RecipientType string

// Types of recipients. Consumer is for Norway only.
const (
	RecipientBusiness RecipientType = "b2b"
	RecipientConsumer RecipientType = "consumer"
)

// Known reports whether t is one of the documented types.
func (t RecipientType) Known() bool { return t == RecipientBusiness || t == RecipientConsumer }

// InvoiceRoute is a way to deliver an invoice. The list is open.
type InvoiceRoute string

// Routes. Source: AX Swagger. All but einvoice, email and print are for
// consumers in Norway.
const (
	RouteEInvoice      InvoiceRoute = "einvoice"
	RouteEmail         InvoiceRoute = "email"
	RoutePrint         InvoiceRoute = "print"
	RouteNetbank       InvoiceRoute = "netbank"
	RouteVipps         InvoiceRoute = "vipps"
	RouteDPI           InvoiceRoute = "dpi"
	RouteSilentFailure InvoiceRoute = "silent_failure"
)

// Known reports whether r is one of the documented routes that are not
// deprecated.
func (r InvoiceRoute) Known() bool {
	switch r {
	case RouteEInvoice, RouteEmail, RoutePrint, RouteNetbank, RouteVipps, RouteDPI, RouteSilentFailure:
		return true
	}
	return false
}

// uuidNamespace is this package's own: the UUID version 5 of the URL
// https://github.com/maventa-go/maventa. It must never change.
const uuidNamespace = "c05900e1-e82d-5b12-979c-ef0e208d7e01"

// InvoiceUUID derives the id of an invoice from the company's id and the
// invoice's lasting id in the caller's ledger, as a UUID version 5 (RFC 9562).
// The same two always give the same UUID, in every version of this package; the
// case of the company's id does not matter, that of the ledger's does.
func InvoiceUUID(companyID, ledgerID string) string {
	space, _ := hex.DecodeString(strings.ReplaceAll(uuidNamespace, "-", ""))
	return uuid5(space, strings.ToLower(companyID)+"\x00"+ledgerID)
}

func uuid5(space []byte, name string) string {
	h := sha1.New() //nolint:gosec // see the import
	h.Write(space)
	h.Write([]byte(name))
	u := h.Sum(nil)[:16]
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	s := hex.EncodeToString(u)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// Send sends an invoice. The answer says that it was taken in, not that it was
// delivered: see [InvoiceService.Get] and [InvoiceService.Actions].
//
// It makes one attempt only, even where other calls would make a second one with
// a fresh token, since a reader cannot be read again. If the answer is lost, the
// error matches [maventa.ErrOutcomeUnknown] and its Target is the invoice's UUID. Read
// the invoice with that UUID; if it is not there, call Send again with a fresh
// reader and the same UUID. That cannot double the invoice: the service refuses a
// UUID that it has (with which status is not known), so a refusal after a lost
// answer means that the first one may have arrived. Set [maventa.WithTimeout] for
// large files: the whole upload counts.
//
// The company must be verified, see [CompanyService.Authorization]; otherwise
// AX answers "unauthorized".
//
// POST /v1/invoices. Source: AX Swagger and the sending guide. Inferred: that
// the invoice's id is the UUID.
func (s InvoiceService) Send(ctx context.Context, u InvoiceUpload, opts ...maventa.CallOption) (*Invoice, error) {
	if u.UUID == "" && u.LedgerID != "" {
		u.UUID = InvoiceUUID(s.c.CompanyID(), u.LedgerID)
	}
	invoice, err := one[Invoice](ctx, s.c, u.request(), opts)
	if e, ok := errors.AsType[*maventa.Error](err); ok && u.UUID != "" {
		switch e.Status {
		case http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity: // which one is not known
			e.Hint = "if this UUID was sent before, the invoice may be there: read it with Invoices.Get"
		}
	}
	return invoice, err
}

func (u *InvoiceUpload) request() maventa.Request {
	r := withBody(operation.InvoicesSend, u.form())
	r.Check, r.Target = check(u.validate), u.UUID
	return r
}

func (u *InvoiceUpload) form() *maventa.Form {
	f := formOf(u)
	name, kind := u.Filename, "application/xml"
	if name == "" {
		name = "invoice.xml"
	}
	if strings.HasSuffix(strings.ToLower(name), ".zip") {
		kind = "application/zip"
	}
	f.AddFile("file", name, kind, u.File)
	return f
}

func (u *InvoiceUpload) validate(p *call.Problems) {
	if u.File == nil {
		p.Add("file", "is required")
	}
	if u.Filename != "" {
		p.Filename("filename", u.Filename)
	}
	switch {
	case u.UUID == "":
		p.Add("uuid", "is required, or LedgerID to derive it from")
	case u.LedgerID != "" && len(u.UUID) != 36, len(u.UUID) > 36:
		p.Add("uuid", "has more than 36 characters")
	case call.IDProblem(u.UUID, operation.InvoicesGet.Siblings) != "":
		p.Add("uuid", call.IDProblem(u.UUID, operation.InvoicesGet.Siblings))
	}
	if u.XMLFormat != "" {
		p.Enum("format", string(u.XMLFormat), isOneOf(string(u.XMLFormat), sendFormats))
	}
	if u.EmailXMLFormat != "" {
		p.Enum("email_settings[xml_format]", string(u.EmailXMLFormat), isOneOf(string(u.EmailXMLFormat), sendFormats))
	}
	if u.RecipientType != "" {
		p.Enum("recipient_type", string(u.RecipientType), u.RecipientType.Known())
	}
	p.OneOf("lang", u.Language, "FI", "SE", "NO", "DK", "NL", "EN")
	p.OneOf("b2cno_document_type", u.B2CNODocumentType, "INVOICE", "CREDIT_NOTE", "REMINDER", "COLLECTION_NOTICE")
	p.OneOf("print_settings[letter_class]", u.Print.LetterClass, "PRIORITY", "ECONOMY")
	for _, r := range u.DisabledRoutes {
		p.Enum("disabled_routes", string(r), r == RouteEInvoice || r == RouteEmail || r == RoutePrint)
	}
	for _, r := range u.RouteOrder {
		p.Enum("route_order", string(r), r.Known() && r != RouteEInvoice)
	}
	p.AtMost("recipient_eia", u.RecipientEIA, 128)
	p.AtMost("recipient_email", u.RecipientEmail, 255)
	p.AtMost("recipient_operator", u.RecipientOperator, 128)
	p.AtMost("sender_comment", u.SenderComment, 1024)
	p.AtMost("recipient_phone_number", u.RecipientPhoneNumber, 30)
}
