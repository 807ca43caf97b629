package maventatest

import (
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
)

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
func (s *Server) FailDocument(id string) {
	s.tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, co := range s.companies {
		for _, d := range co.documents {
			if strings.EqualFold(d.id, id) {
				d.status = "FAILED"
				d.note("failed", s.now())
				return
			}
		}
	}
	s.tb.Fatalf("FailDocument: no document %q", id)
}
