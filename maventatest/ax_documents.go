package maventatest

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/einvoice"
	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

var (
	documentTypes = []string{
		"UNKNOWN", "INVOICE", "CREDIT_NOTE", "ORDER", "ORDER_RESPONSE", "CATALOGUE", "CATALOGUE_RESPONSE", "SELF_BILLING_INVOICE",
		"DESPATCH_ADVICE", "RECEIPT", "VOUCHER", "BANK_FILE", "REMINDER", "SCAN", "INVOICE_RESPONSE", "MESSAGE_LEVEL_RESPONSE",
		"EXPRESSION_OF_INTEREST_REQUEST", "EXPRESSION_OF_INTEREST_RESPONSE", "TENDER_STATUS_REQUEST", "CALL_FOR_TENDERS", "TENDER",
		"TENDER_RECEIPT", "ORDER_CHANGE", "ORDER_CANCELLATION",
	}
	documentStates = []string{"PROCESSING", "RESERVED", documentDelivered, "CONFIRMED_DELIVERY", "FAILED"}
	documentSorts  = []string{"id", "type", "status", "number", "reference", "created_at", "received_at"}
	fileTypes      = []string{"PRIMARY_FILE", "ATTACHMENT", "OTHER"}
)

const documentDelivered = "DELIVERED"

var documentCalls = axCalls{
	operation.DocumentsList: {swagger.Query(
		swagger.List("ids").UpTo(100), swagger.Text("direction").Of("INCOMING", "OUTGOING", directionReceived, directionSent), swagger.List("type", "status"),
		swagger.Moment("created_at_start", "created_at_end"), swagger.Text("number", "reference", "query"), swagger.List("sort"), paging(), swagger.List("fields"),
	), listDocuments},
	operation.DocumentsCreate: {swagger.Form(
		swagger.File("file", "files[n][file]"), swagger.Text("files[n][file_type]", "references[n][file_type]").Of(fileTypes...),
		swagger.Text("references[n][reference_id]", "references[n][checksum]"),
		swagger.Text("references[n][reference_id_type]").Of("document_id", "external_storage_key"),
		swagger.Text("type").Of(documentTypes...), swagger.Moment("transmission_at"),
		swagger.Text(
			"transmission_id", "external_id", "recipient_name", "recipient_country", "recipient_eia", "recipient_operator",
			"sender_name", "sender_country", "sender_eia",
		),
	).And(swagger.List("fields")), createDocument},
	operation.DocumentsGet:    {swagger.Query(swagger.List("return_format", "fields")), getDocument},
	operation.DocumentsUpdate: {swagger.JSON(swagger.Text("status")).And(swagger.List("fields")), updateDocument},
	operation.DocumentsEvents: {swagger.Query(swagger.List("fields")), documentEvents},
	operation.FilesList:       {swagger.Query(swagger.Text("document_id").Must()), listFiles},
	operation.FilesDownload:   {swagger.Nothing(), downloadFile},
}

// document is a document sent or received.
type document struct {
	id, kind, status, direction string
	number, reference           string
	transmissionID              string
	texts                       map[string]string // what the sender said
	created                     time.Time         // by the story clock
	files                       []*documentFile
	events                      []documentEvent
}

type documentFile struct {
	id, kind string
	swagger.UploadedFile
}

type documentEvent struct{ code, message, at string }

// listDocuments is GET /v1/documents. Here alone the paging headers are
// documented.
func listDocuments(c *call) (any, error) {
	created, err := c.timeRange("created_at")
	if err != nil {
		return nil, err
	}
	var sorts []string
	for _, name := range c.in.List("sort") {
		sorts = append(sorts, strings.TrimPrefix(name, "-"))
	}
	for name, allowed := range map[string][2][]string{
		"type": {c.in.List("type"), documentTypes}, "status": {c.in.List("status"), documentStates}, "sort": {sorts, documentSorts},
	} {
		if err := knownValues(name, allowed[0], allowed[1]...); err != nil {
			return nil, err
		}
	}
	all := newestFirst(c.company.documents)
	sortDocuments(all, c.in.List("sort"))
	return page(c, all, func(d *document) *object { return c.documentJSON(d) }, func(d *document) bool {
		return created.has(d.created) && c.wants(d)
	})
}

func (c *call) wants(d *document) bool {
	among := func(name, value string) bool {
		wanted := c.in.List(name)
		return wanted == nil || slices.Contains(wanted, value)
	}
	is := func(name, value string) bool { return !c.in.Has(name) || c.in.Text(name) == value }
	direction := map[string]string{"INCOMING": directionReceived, "OUTGOING": directionSent}[c.in.Text("direction")]
	if direction == "" {
		direction = c.in.Text("direction")
	}
	text := c.in.Text("query")
	return among("ids", d.id) && among("type", d.kind) && among("status", d.status) && is("number", d.number) && is("reference", d.reference) &&
		(direction == "" || direction == d.direction) && (text == "" || slices.Contains([]string{d.id, d.reference, d.number}, text))
}

func sortDocuments(all []*document, by []string) {
	for _, name := range newestFirst(by) { // the last key first: each sort is stable
		key, down := strings.CutPrefix(name, "-")
		slices.SortStableFunc(all, func(a, b *document) int {
			order := strings.Compare(a.key(key), b.key(key))
			if down {
				return -order
			}
			return order
		})
	}
}

func (d *document) key(name string) string {
	return map[string]string{
		"id": d.id, "type": d.kind, "status": d.status, "number": d.number, "reference": d.reference,
		"created_at": instant(d.created), "received_at": instant(d.created),
	}[name]
}

// createDocument is POST /v1/documents. A document is delivered at once here.
func createDocument(c *call) (any, error) {
	if err := c.needVerified(); err != nil {
		return nil, err
	}
	tid := c.in.Text("transmission_id")
	if tid != "" && slices.ContainsFunc(c.company.documents, func(d *document) bool { return d.transmissionID == tid }) {
		return nil, &apiError{
			http.StatusUnprocessableEntity, "document_duplicate_transmission_id", "The transmission id is in use", nil,
		}
	}
	d := &document{
		id: c.srv.newID("document"), kind: c.in.TextOr("type", "UNKNOWN"), status: documentDelivered, direction: directionSent,
		transmissionID: tid, created: c.srv.now(), texts: map[string]string{},
	}
	for name := range c.in {
		d.texts[name] = c.in.Text(name)
	}
	for _, f := range c.upload.Files {
		if f.Field != "file" && swagger.AnyIndex(f.Field) != "files[n][file]" {
			continue
		}
		kind := c.in.TextOr(strings.TrimSuffix(f.Field, "[file]")+"[file_type]", "PRIMARY_FILE")
		d.files = append(d.files, &documentFile{c.srv.newID("file"), kind, *f})
		if doc, ok := einvoice.Parse(f.Content); ok && d.number == "" {
			d.number, d.reference = doc.Number, doc.Reference
		}
	}
	if len(d.files) == 0 && !slices.ContainsFunc(sortedKeys(c.in), func(name string) bool { return strings.HasSuffix(name, "[reference_id]") }) {
		return nil, invalidParameters("file is missing")
	}
	d.note("created", c.srv.now())
	d.note("delivered", c.srv.now())
	c.company.documents = append(c.company.documents, d)
	return c.documentJSON(d), nil
}

func (d *document) note(what string, at time.Time) {
	d.events = append(d.events, documentEvent{"document_" + what, "Document " + what, instant(at)})
}

func (c *call) document() (*document, error) {
	return found(c.company.documents, func(d *document) bool { return strings.EqualFold(d.id, c.ids["id"]) })
}

// getDocument is GET /v1/documents/{id}: its data, or in a format its file.
func getDocument(c *call) (any, error) {
	d, err := c.document()
	if err != nil {
		return nil, err
	}
	if len(c.in.List("return_format")) == 0 {
		return c.documentJSON(d), nil
	}
	c.lean("rule a document in a format is its first file")
	if len(d.files) == 0 {
		return nil, notFound()
	}
	return d.files[0].content()
}

// updateDocument is PATCH /v1/documents/{id}. What has failed stays so: 409 is
// documented for a state that forbids the change.
func updateDocument(c *call) (any, error) {
	d, err := c.document()
	if err != nil {
		return nil, err
	}
	status := c.in.Text("status")
	if status != "" {
		if err := knownValues("status", []string{status}, documentStates...); err != nil {
			return nil, err
		}
	}
	if d.status == "FAILED" {
		return nil, &apiError{http.StatusConflict, "document_in_invalid_state", "The document is in another state", nil}
	}
	if status != "" {
		d.status = status
		d.note(strings.ToLower(status), c.srv.now())
	}
	return nil, nil //nolint:nilnil // the answer has no body
}

// documentEvents is GET /v1/documents/{id}/events. The Swagger file declares one
// event, the call's name several.
func documentEvents(c *call) (any, error) {
	d, err := c.document()
	if err != nil {
		return nil, err
	}
	all := []any{}
	for _, e := range d.events {
		all = append(all, c.only(c.srv.object("DocumentEvent").put("code", e.code).put("message", e.message).put("created_at", e.at)))
	}
	return c.manyOrOne(all), nil
}

// manyOrOne answers with the list or, as the Swagger file declares, its last item.
func (c *call) manyOrOne(all []any) any {
	c.lean("rule the shape of lists declared as one object")
	if c.srv.options.wire.LikelyShapes {
		return all
	}
	if len(all) == 0 {
		return map[string]any{}
	}
	return all[len(all)-1]
}

// only leaves of an object what the parameter fields asks for.
func (c *call) only(o *object) *object {
	wanted := c.in.List("fields")
	for name := range o.fields {
		if len(wanted) > 0 && !slices.Contains(wanted, name) {
			delete(o.fields, name)
		}
	}
	return o
}

func (c *call) documentJSON(d *document) *object {
	s := c.srv
	party := func(role string) *object {
		return s.object("DocumentParty").put("name", d.texts[role+"_name"]).put("country", d.texts[role+"_country"]).put("eia", d.texts[role+"_eia"])
	}
	last := d.events[len(d.events)-1]
	files := []any{}
	for _, f := range d.files {
		files = append(files, c.fileJSON(d, f))
	}
	o := s.object("Document").
		put("id", d.id).put("type", d.kind).put("status", d.status).put("number", d.number).put("reference", d.reference).
		put("sender", party("sender")).put("recipient", party("recipient").put("operator", d.texts["recipient_operator"])).
		put("created_at", instant(d.created)).put("delivered_at", instant(d.created)).
		put("last_event", map[string]any{"code": last.code, "message": last.message, "created_at": last.at}).
		put("transmission_id", d.transmissionID).put("transmission_at", d.texts["transmission_at"]).
		put("external_id", d.texts["external_id"]).put("files", files)
	return c.only(o)
}

func (c *call) fileJSON(d *document, f *documentFile) *object {
	return c.srv.object("DocumentFile").
		put("id", f.id).put("filename", f.Name).put("mimetype", f.ContentType).put("type", f.kind).
		put("href", c.srv.AutoXChangeURL()+pathOf(operation.FilesDownload, "id", f.id)).put("created_at", instant(d.created))
}

// listFiles is GET /v1/files.
func listFiles(c *call) (any, error) {
	d, err := found(c.company.documents, func(d *document) bool { return strings.EqualFold(d.id, c.in.Text("document_id")) })
	if err != nil {
		return nil, err
	}
	all := []any{}
	for _, f := range d.files {
		all = append(all, c.fileJSON(d, f))
	}
	return c.manyOrOne(all), nil
}

// downloadFile is GET /v1/files/{id}.
func downloadFile(c *call) (any, error) {
	for _, d := range c.company.documents {
		for _, f := range d.files {
			if strings.EqualFold(f.id, c.ids["id"]) {
				return f.content()
			}
		}
	}
	return nil, notFound()
}

func (f *documentFile) content() (any, error) {
	media := f.ContentType
	if media == "" {
		media = "application/octet-stream"
	}
	whole := invoiceFile{media: media, data: f.Content, cut: !f.Complete()}
	return whole.content()
}

// FailDocument lets a document fail.
func (ax *AXAccount) FailDocument(id string) {
	co := ax.co
	co.srv.tb.Helper()
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	d, err := found(co.documents, func(d *document) bool { return strings.EqualFold(d.id, id) })
	if err != nil {
		co.srv.tb.Fatalf("FailDocument: no document %q", id)
		return
	}
	d.status = "FAILED"
	d.note("failed", co.srv.now())
}
