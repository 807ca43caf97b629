package ax

import (
	"context"
	"io"
	"net/url"
	"strconv"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// DocumentUpload is a document to be sent: with File, or with Files, or with
// References to contents that the service has. Source: AX Swagger.
type DocumentUpload struct {
	// File is the content. It is read once, while it is sent, and not closed.
	File       io.Reader `form:"file"`
	Filename   string    // required with File
	Files      []DocumentUploadFile
	References []DocumentReference

	Type DocumentType `form:"type"`
	// TransmissionID is the caller's own id of the sending. The service refuses
	// one that it has, so it keeps a document from being sent twice: give it.
	TransmissionID string    `form:"transmission_id"`
	TransmissionAt time.Time `form:"transmission_at"`
	ExternalID     string    `form:"external_id"`

	RecipientName     string `form:"recipient_name"`
	RecipientCountry  string `form:"recipient_country"` // two letters
	RecipientEIA      string `form:"recipient_eia"`
	RecipientOperator string `form:"recipient_operator"`
	SenderName        string `form:"sender_name"`
	SenderCountry     string `form:"sender_country"` // two letters
	SenderEIA         string `form:"sender_eia"`

	// Fields are the members wanted of the answer, by wire name.
	Fields []string
}

// DocumentUploadFile is one of several files.
type DocumentUploadFile struct {
	File     io.Reader
	Filename string
	Type     DocumentFileType
}

// DocumentReference names a content that the service has.
type DocumentReference struct {
	ID       string
	IDType   string // document_id or external_storage_key
	Checksum string
	Type     DocumentFileType
}

// DocumentFileType is what a file is to its document.
type DocumentFileType string

// Types of files. Source: AX Swagger.
const (
	PrimaryFile    DocumentFileType = "PRIMARY_FILE"
	AttachmentFile DocumentFileType = "ATTACHMENT"
	OtherFile      DocumentFileType = "OTHER"
)

// Known reports whether t is one of the documented types.
func (t DocumentFileType) Known() bool {
	return t == PrimaryFile || t == AttachmentFile || t == OtherFile
}

// Create sends a document. Like [InvoiceService.Send] it makes one attempt,
// since a reader cannot be read again. After an unknown outcome look for the
// document with [DocumentService.List], or send it again with the same
// TransmissionID, which the service refuses if it has the document.
//
// POST /v1/documents. Source: AX Swagger. Inferred: that n in its names files[n]
// counts from 0.
func (s DocumentService) Create(ctx context.Context, u DocumentUpload, opts ...maventa.CallOption) (*Document, error) {
	return one[Document](ctx, s.c, u.request(), opts)
}

func (u *DocumentUpload) request() maventa.Request {
	r := withBody(operation.DocumentsCreate, u.form())
	r.Check, r.Target = check(u.validate), u.TransmissionID
	r.Arrays = url.Values{"fields": u.Fields}
	return r
}

func (u *DocumentUpload) form() *maventa.Form {
	const kind = "application/octet-stream"
	f := formOf(u)
	if u.File != nil {
		f.AddFile("file", u.Filename, kind, u.File)
	}
	for i, file := range u.Files {
		name := "files[" + strconv.Itoa(i) + "]"
		f.Add(name+"[file_type]", string(file.Type))
		f.AddFile(name+"[file]", file.Filename, kind, file.File)
	}
	for i, ref := range u.References {
		name := "references[" + strconv.Itoa(i) + "]"
		f.Add(name+"[reference_id]", ref.ID)
		f.Add(name+"[reference_id_type]", ref.IDType)
		f.Add(name+"[checksum]", ref.Checksum)
		f.Add(name+"[file_type]", string(ref.Type))
	}
	return f
}

func (u *DocumentUpload) validate(p *call.Problems) {
	if u.File == nil && len(u.Files) == 0 && len(u.References) == 0 {
		p.Add("file", "is required, or files, or references")
	}
	if u.File != nil {
		p.Filename("filename", u.Filename)
	}
	if u.Type != "" {
		p.Enum("type", string(u.Type), u.Type.Known())
	}
	for i, file := range u.Files {
		field := "files[" + strconv.Itoa(i) + "]"
		if file.File == nil {
			p.Add(field+"[file]", "is required")
		}
		p.Filename(field+"[file]", file.Filename)
		if file.Type != "" {
			p.Enum(field+"[file_type]", string(file.Type), file.Type.Known())
		}
	}
	for i, ref := range u.References {
		field := "references[" + strconv.Itoa(i) + "]"
		p.Required(field+"[reference_id]", ref.ID)
		p.OneOf(field+"[reference_id_type]", ref.IDType, "document_id", "external_storage_key")
		if ref.Type != "" {
			p.Enum(field+"[file_type]", string(ref.Type), ref.Type.Known())
		}
	}
}
