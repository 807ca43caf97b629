package ax

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
	"net/url"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// InvoiceService sends invoices and follows their delivery. For handing them to an
// agency see [maventa.InvoiceService]. Invoices are named by the id that AX gave
// them, never by their number.
type InvoiceService struct{ c *maventa.Client }

// Invoice is an invoice as AX returns it. Source: AX Swagger.
type Invoice struct {
	ID           string         `json:"id"`
	Status       InvoiceStatus  `json:"status,omitzero"`
	Number       string         `json:"number,omitzero"`
	Reference    string         `json:"reference,omitzero"`
	Sender       InvoiceParty   `json:"sender,omitzero"`
	Recipient    InvoiceParty   `json:"recipient,omitzero"`
	Date         maventa.Date   `json:"date,omitzero"`
	DueDate      maventa.Date   `json:"date_due,omitzero"`
	Sum          maventa.Amount `json:"sum" decode:"must"`     // Inferred: without tax
	SumTax       maventa.Amount `json:"sum_tax" decode:"must"` // with tax
	Currency     string         `json:"currency"`
	CreatedAt    time.Time      `json:"created_at,omitzero"`
	ReceivedAt   time.Time      `json:"received_at,omitzero"` // missing on sent invoices
	SourceFormat string         `json:"source_format,omitzero"`
	Origin       string         `json:"origin,omitzero"`      // INTERNAL, EXTERNAL or SCAN
	OriginType   string         `json:"origin_type,omitzero"` // of scanned ones
	Destination  string         `json:"destination,omitzero"`
	Comment      string         `json:"comment,omitzero"`

	Files    []InvoiceFile   `json:"files,omitzero"`
	Actions  []InvoiceAction `json:"actions,omitzero"`
	Revision json.RawMessage `json:"revision,omitzero"` // free-form, set after a resending
	Extra    maventa.Extra   `json:"-"`
}

// InvoiceParty is the sender or recipient of an [Invoice].
type InvoiceParty struct {
	EIA      string        `json:"eia,omitzero"` // electronic address
	BID      string        `json:"bid,omitzero"` // business id
	Name     string        `json:"name,omitzero"`
	Country  string        `json:"country,omitzero"`  // two letters
	Operator string        `json:"operator,omitzero"` // recipients only
	Extra    maventa.Extra `json:"-"`
}

// InvoiceStatus is how far an invoice is. The list is open. Source: AX Swagger.
type InvoiceStatus string

// States of an invoice. What happened in detail is in its actions.
const (
	InvoicePending   InvoiceStatus = "PENDING"   // waits for its delivery
	InvoiceDelivered InvoiceStatus = "DELIVERED" // also one that was sent with PreventRouting
	InvoiceFailed    InvoiceStatus = "FAILED"    // see the actions, then reroute or send anew
)

// Known reports whether s is one of the documented states.
func (s InvoiceStatus) Known() bool {
	return s == InvoicePending || s == InvoiceDelivered || s == InvoiceFailed
}

// InvoiceDirection chooses between the two kinds of invoices.
type InvoiceDirection string

// Directions.
const (
	InvoicesReceived InvoiceDirection = "RECEIVED"
	InvoicesSent     InvoiceDirection = "SENT"
)

// InvoiceFile is a file of an invoice, for [InvoiceService.DownloadFile].
type InvoiceFile struct {
	ID       string        `json:"id"`
	Filename string        `json:"filename,omitzero"`
	Type     string        `json:"type,omitzero"`
	MIMEType string        `json:"mimetype,omitzero"`
	Href     string        `json:"href,omitzero"` // where the file is; needs the client's token
	Extra    maventa.Extra `json:"-"`
}

// InvoiceActionType is the kind of an [InvoiceAction]. The list is open.
type InvoiceActionType string

// Types of actions. Source: AX Swagger.
const (
	ActionReceived  InvoiceActionType = "RECEIVED"
	ActionCreated   InvoiceActionType = "CREATED"
	ActionSent      InvoiceActionType = "SENT"
	ActionDelivered InvoiceActionType = "DELIVERED"
	ActionInfo      InvoiceActionType = "INFO"
	ActionError     InvoiceActionType = "ERROR"
)

// Known reports whether t is one of the documented types.
func (t InvoiceActionType) Known() bool {
	switch t {
	case ActionReceived, ActionCreated, ActionSent, ActionDelivered, ActionInfo, ActionError:
		return true
	}
	return false
}

// InvoiceAction is something that happened to an invoice. Source: AX Swagger.
type InvoiceAction struct {
	Type    InvoiceActionType `json:"type"`
	Channel string            `json:"channel,omitzero"` // EINVOICE, PRINT, SCAN or EMAIL
	Message string            `json:"message,omitzero"`
	// Key names the action, for example action_collection or action_paid. The
	// list is long and open.
	Key        string        `json:"key,omitzero"`
	HappenedAt time.Time     `json:"happened_at"`
	Extra      maventa.Extra `json:"-"`
}

// InvoiceFilter chooses invoices. Empty fields do not filter. Source: AX
// Swagger. Whether the ends of the times are included is not documented; on our
// side they are.
type InvoiceFilter struct {
	// Direction is SENT or RECEIVED. Empty: RECEIVED, the service's default.
	Direction    InvoiceDirection
	Status       []InvoiceStatus
	IDs          []string // at most 100
	Number       string
	Reference    string
	ReceivedFrom time.Time
	ReceivedTo   time.Time
	CreatedFrom  time.Time
	CreatedTo    time.Time
	// Sort is received_at, or -received_at for the newest first.
	Sort []string
	maventa.ListOptions
}

func (f InvoiceFilter) list() maventa.List[Invoice] {
	l := maventa.List[Invoice]{Request: request(operation.InvoicesList), ListOptions: f.ListOptions, Key: func(i *Invoice) string { return i.ID }}
	l.Request.Query = query(
		"number", f.Number,
		"reference", f.Reference,
		"received_at_start", stamp(f.ReceivedFrom),
		"received_at_end", stamp(f.ReceivedTo),
		"created_at_start", stamp(f.CreatedFrom),
		"created_at_end", stamp(f.CreatedTo),
	)
	l.Request.Arrays = url.Values{"status": texts(f.Status), "ids": f.IDs, "sort": f.Sort}
	if len(l.Request.Query)+len(f.Status)+len(f.IDs) > 0 {
		l.Match = f.match
	}
	maps.Copy(l.Request.Query, query("direction", string(f.Direction))) // which an invoice does not show
	return l
}

func (f InvoiceFilter) match(i *Invoice) maventa.FilterCheck {
	return maventa.FilterCheck(call.MatchAny(f.Status, i.Status).
		And(call.MatchID(f.IDs, i.ID)).
		And(call.MatchText(f.Number, i.Number)).
		And(call.MatchText(f.Reference, i.Reference)).
		And(call.MatchTime(f.ReceivedFrom, f.ReceivedTo, i.ReceivedAt)).
		And(call.MatchTime(f.CreatedFrom, f.CreatedTo, i.CreatedAt)))
}

// List returns one page of invoices.
//
// GET /v1/invoices. Source: AX Swagger. Inferred: the paging headers.
func (s InvoiceService) List(ctx context.Context, filter InvoiceFilter, opts ...maventa.CallOption) (*maventa.Page[Invoice], error) {
	return filter.list().Page(ctx, s.c, opts...)
}

// All iterates over the invoices of all pages, fetching each when it is needed.
// It yields an error once and ends.
//
// GET /v1/invoices. Source: AX Swagger. Inferred: the paging headers.
func (s InvoiceService) All(ctx context.Context, filter InvoiceFilter, opts ...maventa.CallOption) iter.Seq2[Invoice, error] {
	return filter.list().All(ctx, s.c, opts...)
}

// Get returns one invoice. An error that matches [maventa.ErrNotFound] means absent or
// no access.
//
// GET /v1/invoices/{id}. Source: AX Swagger.
func (s InvoiceService) Get(ctx context.Context, invoiceID string, opts ...maventa.CallOption) (*Invoice, error) {
	return one[Invoice](ctx, s.c, request(operation.InvoicesGet, invoiceID), opts)
}

// InvoiceFormat is a format of invoices, for sending, reading or both. The list
// is open. Source: AX Swagger.
type InvoiceFormat string

// ReturnFormat values that are no formats of invoices but images, or more
// details, see [InvoiceService.GetAs].
const (
	OriginalImage            InvoiceFormat = "ORIGINAL_IMAGE"
	GeneratedImage           InvoiceFormat = "GENERATED_IMAGE"
	OriginalOrGeneratedImage InvoiceFormat = "ORIGINAL_OR_GENERATED_IMAGE"
	ExtendedDetails          InvoiceFormat = "EXTENDED_DETAILS" // JSON
)

// readFormats are those that an invoice can be read in.
const readFormats = "VISMAXML60 PEPPOLBIS30 SIUBL20 OIOUBL21 VISMAUBL30 FINVOICE30 TEAPPS30 XRECHNUNG23UBL " +
	"XRECHNUNG23CII XRECHNUNG23EXTUBL XRECHNUNG23EXTCII XRECHNUNG30UBL XRECHNUNG30CII XRECHNUNG30EXTUBL " +
	"XRECHNUNG30EXTCII FATTURAPA12 ORIGINAL_IMAGE GENERATED_IMAGE ORIGINAL_OR_GENERATED_IMAGE EXTENDED_DETAILS"

// sendFormats are those that an invoice can be sent in.
const sendFormats = "VISMAXML53 VISMAXML60 SVEFAKTURA10 SEDI E2B EHF20 PEPPOLBIS20 PEPPOLBIS30 SIUBL11 SIUBL12 " +
	"SIUBL20 OIOUBL OIOUBL21 VISMAUBL10 VISMAUBL30 FINVOICE13 FINVOICE20 FINVOICE30 TEAPPS27 TEAPPS30 " +
	"XRECHNUNG23UBL XRECHNUNG23CII XRECHNUNG23EXTUBL XRECHNUNG23EXTCII XRECHNUNG30UBL XRECHNUNG30CII " +
	"XRECHNUNG30EXTUBL XRECHNUNG30EXTCII FATTURAPA12"

// Known reports whether f is one of the documented formats, for reading or for
// sending.
func (f InvoiceFormat) Known() bool {
	return isOneOf(string(f), readFormats) || isOneOf(string(f), sendFormats)
}

// GetAs returns an invoice in another format, or its image, as a stream that
// the caller closes. The ContentType says what came.
//
// GET /v1/invoices/{id} with return_format. Source: AX Swagger. Inferred: that
// images come as they are; one third-party client reads them so.
func (s InvoiceService) GetAs(ctx context.Context, invoiceID string, format InvoiceFormat, opts ...maventa.CallOption) (*maventa.Download, error) {
	r := request(operation.InvoicesGet, invoiceID)
	r.Query = query("return_format", string(format))
	r.Check = check(func(p *call.Problems) {
		p.Enum("return_format", string(format), isOneOf(string(format), readFormats))
	})
	return download(ctx, s.c, r, opts)
}

// DownloadFile returns a file of an invoice as a stream that the caller closes.
//
// GET /v1/invoices/{id}/files/{file_id}. Source: AX Swagger.
func (s InvoiceService) DownloadFile(ctx context.Context, invoiceID, fileID string, opts ...maventa.CallOption) (*maventa.Download, error) {
	r := request(operation.InvoicesDownloadFile, invoiceID, fileID)
	r.AllowHTML = true
	return download(ctx, s.c, r, opts)
}

// Actions lists what happened to an invoice. Without types the service leaves
// out INFO.
//
// GET /v1/invoices/{id}/actions. Source: AX Swagger.
func (s InvoiceService) Actions(ctx context.Context, invoiceID string, types []InvoiceActionType, opts ...maventa.CallOption) ([]InvoiceAction, error) {
	r := request(operation.InvoicesActions, invoiceID)
	r.Query = query("channel_details_version", "1")
	r.Arrays = url.Values{"type": texts(types)}
	return many[InvoiceAction](ctx, s.c, r, opts)
}
