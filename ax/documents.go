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

// DocumentService sends and follows documents of any kind; for invoices see
// [InvoiceService]. It needs the scope document:send or document:receive.
type DocumentService struct{ c *maventa.Client }

// DocumentStatus is how far a document is. The list is open.
type DocumentStatus string

// States of a document. Source: AX Swagger.
const (
	DocumentProcessing        DocumentStatus = "PROCESSING"
	DocumentReserved          DocumentStatus = "RESERVED"
	DocumentDelivered         DocumentStatus = "DELIVERED"
	DocumentConfirmedDelivery DocumentStatus = "CONFIRMED_DELIVERY"
	DocumentFailed            DocumentStatus = "FAILED"
)

// Known reports whether s is one of the documented states.
func (s DocumentStatus) Known() bool {
	switch s {
	case DocumentProcessing, DocumentReserved, DocumentDelivered, DocumentConfirmedDelivery, DocumentFailed:
		return true
	}
	return false
}

// DocumentType is the kind of a document. The list is open.
type DocumentType string

const documentTypes = "UNKNOWN INVOICE CREDIT_NOTE ORDER ORDER_RESPONSE CATALOGUE CATALOGUE_RESPONSE SELF_BILLING_INVOICE " +
	"DESPATCH_ADVICE RECEIPT VOUCHER BANK_FILE REMINDER SCAN INVOICE_RESPONSE MESSAGE_LEVEL_RESPONSE " +
	"EXPRESSION_OF_INTEREST_REQUEST EXPRESSION_OF_INTEREST_RESPONSE TENDER_STATUS_REQUEST CALL_FOR_TENDERS TENDER " +
	"TENDER_RECEIPT ORDER_CHANGE ORDER_CANCELLATION"

// Known reports whether t is one of the types in the AX Swagger.
func (t DocumentType) Known() bool { return isOneOf(string(t), documentTypes) }

// Document is a document. Source: AX Swagger.
type Document struct {
	ID                 string         `json:"id,omitzero"`
	Type               DocumentType   `json:"type,omitzero"`
	DocumentIdentifier string         `json:"document_identifier,omitzero"`
	ProcessIdentifier  string         `json:"process_identifier,omitzero"`
	Status             DocumentStatus `json:"status,omitzero"`
	Reference          string         `json:"reference,omitzero"`
	Number             string         `json:"number,omitzero"`
	Sender             DocumentParty  `json:"sender,omitzero"`
	Recipient          DocumentParty  `json:"recipient,omitzero"`
	CreatedAt          time.Time      `json:"created_at,omitzero"`
	DeliveredAt        time.Time      `json:"delivered_at,omitzero"`
	ReceivedAt         time.Time      `json:"received_at,omitzero"`
	LastEvent          DocumentEvent  `json:"last_event,omitzero"`
	SourceFormat       string         `json:"source_format,omitzero"`
	SupportedFormats   []string       `json:"supported_formats,omitzero"`
	TransmissionID     string         `json:"transmission_id,omitzero"`
	TransmissionAt     time.Time      `json:"transmission_at,omitzero"`
	Network            string         `json:"network,omitzero"`
	Origin             string         `json:"origin,omitzero"`
	ExternalID         string         `json:"external_id,omitzero"`
	Files              []DocumentFile `json:"files,omitzero"`
	Extra              maventa.Extra  `json:"-"`
}

// DocumentParty is the sender or recipient of a document.
type DocumentParty struct {
	EIA      string        `json:"eia,omitzero"` // electronic address
	BID      string        `json:"bid,omitzero"` // business id
	Name     string        `json:"name,omitzero"`
	Country  string        `json:"country,omitzero"`
	VAT      string        `json:"vat,omitzero"`
	Operator string        `json:"operator,omitzero"` // recipients only
	Extra    maventa.Extra `json:"-"`
}

// DocumentEvent is something that happened to a document.
type DocumentEvent struct {
	Code      string        `json:"code,omitzero"`
	Message   string        `json:"message,omitzero"`
	Details   string        `json:"details,omitzero"`
	CreatedAt time.Time     `json:"created_at,omitzero"`
	Extra     maventa.Extra `json:"-"`
}

// DocumentFile is a file of a document, for [FileService.Download].
type DocumentFile struct {
	ID            string            `json:"id"`
	Filename      string            `json:"filename,omitzero"`
	FileFormat    string            `json:"file_format,omitzero"`
	MIMEType      string            `json:"mimetype,omitzero"`
	Href          string            `json:"href,omitzero"` // where the file is; needs the client's token
	CreatedAt     time.Time         `json:"created_at,omitzero"`
	Type          string            `json:"type,omitzero"`
	FormatVersion string            `json:"format_version,omitzero"`
	Links         []json.RawMessage `json:"document_file_links,omitzero"` // objects with a document's id and type
	Extra         maventa.Extra     `json:"-"`
}

// DocumentFilter chooses documents. Empty fields do not filter. Source: AX
// Swagger.
type DocumentFilter struct {
	IDs         []string // at most 100
	Direction   string   // INCOMING, OUTGOING, RECEIVED or SENT
	Types       []DocumentType
	Status      []DocumentStatus
	CreatedFrom time.Time
	CreatedTo   time.Time
	Number      string
	Reference   string
	Query       string // exact id, reference or number
	// Sort are names of fields, with - before one for descending: id, type,
	// status, number, reference, created_at, received_at.
	Sort   []string
	Fields []string // members wanted of each document, by wire name
	maventa.ListOptions
}

func (f DocumentFilter) list() maventa.List[Document] {
	l := maventa.List[Document]{Request: request(operation.DocumentsList), ListOptions: f.ListOptions, Key: func(d *Document) string { return d.ID }}
	l.Request.Query = query("created_at_start", stamp(f.CreatedFrom), "created_at_end", stamp(f.CreatedTo), "number", f.Number, "reference", f.Reference)
	l.Request.Arrays = url.Values{"ids": f.IDs, "type": texts(f.Types), "status": texts(f.Status), "sort": f.Sort, "fields": f.Fields}
	if len(l.Request.Query)+len(f.IDs)+len(f.Types)+len(f.Status) > 0 {
		l.Match = f.match
	}
	maps.Copy(l.Request.Query, query("direction", f.Direction, "query", f.Query)) // which a document does not show
	return l
}

func (f DocumentFilter) match(d *Document) maventa.FilterCheck {
	return maventa.FilterCheck(call.MatchID(f.IDs, d.ID).
		And(call.MatchAny(f.Types, d.Type)).
		And(call.MatchAny(f.Status, d.Status)).
		And(call.MatchTime(f.CreatedFrom, f.CreatedTo, d.CreatedAt)).
		And(call.MatchText(f.Number, d.Number)).
		And(call.MatchText(f.Reference, d.Reference)))
}

// List returns one page of documents.
//
// GET /v1/documents. Source: AX Swagger.
func (s DocumentService) List(ctx context.Context, filter DocumentFilter, opts ...maventa.CallOption) (*maventa.Page[Document], error) {
	return filter.list().Page(ctx, s.c, opts...)
}

// All iterates over the documents of all pages, fetching each when it is needed.
//
// GET /v1/documents. Source: AX Swagger.
func (s DocumentService) All(ctx context.Context, filter DocumentFilter, opts ...maventa.CallOption) iter.Seq2[Document, error] {
	return filter.list().All(ctx, s.c, opts...)
}

// Get reads a document, or only the members of it that are named.
//
// GET /v1/documents/{id}. Source: AX Swagger.
func (s DocumentService) Get(ctx context.Context, documentID string, fields []string, opts ...maventa.CallOption) (*Document, error) {
	r := request(operation.DocumentsGet, documentID)
	r.Arrays = url.Values{"fields": fields}
	return one[Document](ctx, s.c, r, opts)
}

// GetAs returns a document in one of its SupportedFormats, as a stream that the
// caller closes. The ContentType says what came.
//
// GET /v1/documents/{id} with return_format. Source: AX Swagger. Inferred: that
// the content comes as it is.
func (s DocumentService) GetAs(ctx context.Context, documentID string, formats []string, opts ...maventa.CallOption) (*maventa.Download, error) {
	r := request(operation.DocumentsGet, documentID)
	r.Arrays = url.Values{"return_format": formats}
	r.Check = check(func(p *call.Problems) {
		if len(formats) == 0 {
			p.Add("return_format", "is required")
		}
	})
	return download(ctx, s.c, r, opts)
}

// Events lists what happened to a document.
//
// GET /v1/documents/{id}/events. Source: AX Swagger, which declares one object.
// Inferred: that a list may come, as the call's name says.
func (s DocumentService) Events(ctx context.Context, documentID string, fields []string, opts ...maventa.CallOption) ([]DocumentEvent, error) {
	r := request(operation.DocumentsEvents, documentID)
	r.Arrays = url.Values{"fields": fields}
	return oneOrMany[DocumentEvent](ctx, s.c, r, opts)
}

type documentUpdate struct {
	Status DocumentStatus `json:"status"`
}

func (u *documentUpdate) validate(p *call.Problems) {
	p.Enum("status", string(u.Status), u.Status == DocumentConfirmedDelivery)
}

// Update changes the state of a received document. The only state that can be
// set is [DocumentConfirmedDelivery]: it has arrived for good. An error that
// matches [maventa.ErrConflict] means that the document's present state does not allow
// it.
//
// PATCH /v1/documents/{id}. Source: AX Swagger.
func (s DocumentService) Update(ctx context.Context, documentID string, status DocumentStatus, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, withBody(operation.DocumentsUpdate, &documentUpdate{status}, documentID), nil, opts...)
}

// FileService reads the files of documents.
type FileService struct{ c *maventa.Client }

// List lists the files of a document.
//
// GET /v1/files. Source: AX Swagger, which declares one object. Inferred: that
// a list may come, as the call's name says.
func (s FileService) List(ctx context.Context, documentID string, opts ...maventa.CallOption) ([]DocumentFile, error) {
	r := request(operation.FilesList)
	r.Query = query("document_id", documentID)
	r.Check = check(func(p *call.Problems) { p.Required("document_id", documentID) })
	return oneOrMany[DocumentFile](ctx, s.c, r, opts)
}

// Download returns a file as a stream that the caller closes.
//
// GET /v1/files/{id}. Source: AX Swagger.
func (s FileService) Download(ctx context.Context, fileID string, opts ...maventa.CallOption) (*maventa.Download, error) {
	r := request(operation.FilesDownload, fileID)
	r.AllowHTML = true
	return download(ctx, s.c, r, opts)
}
