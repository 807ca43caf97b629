package maventatest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

func TestDocuments(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	o := c.form(
		operation.DocumentsCreate, nil, part{"file", "order.xml", finvoice("5", "1,00")}, part{"type", "", "ORDER"}, part{"transmission_id", "", "t1"},
		part{"recipient_name", "", "Kund AB"}, part{"recipient_operator", "", "OP"}, part{"external_id", "", "e1"},
	).want(http.StatusCreated).object()
	id := []string{text(o, "id")}
	if text(o, "status") != "DELIVERED" || text(o, "number") != "5" || text(o, "type") != "ORDER" || o["recipient"].(map[string]any)["operator"] != "OP" {
		t.Errorf("%v", o)
	}
	c.form(operation.DocumentsCreate, nil, part{"file", "a", "b"}, part{"transmission_id", "", "t1"}).wantError(http.StatusUnprocessableEntity, "document_duplicate_transmission_id")
	c.form(operation.DocumentsCreate, nil, part{"type", "", "LETTER"}, part{"files[3][file_type]", "", "MAIN"}).wantError(
		http.StatusBadRequest, "invalid_parameters", "type does not", "files[3][file_type] does not")
	c.form(operation.DocumentsCreate, nil, part{"type", "", "ORDER"}).wantError(http.StatusBadRequest, "invalid_parameters", "file is missing")
	many := c.form(
		operation.DocumentsCreate, nil, part{"files[0][file]", "a.xml", "<a/>"}, part{"files[1][file]", "b.pdf", "%PDF"},
		part{"files[1][file_type]", "", "ATTACHMENT"}, part{"references[0][reference_id]", "", "r"},
	).want(http.StatusCreated).object()
	files := many["files"].([]any)
	if len(files) != 2 || files[1].(map[string]any)["type"] != "ATTACHMENT" {
		t.Errorf("%v", many)
	}
	requests := srv.RequestsTo("Documents.Create")
	if last := requests[len(requests)-1]; len(last.Ignored) != 0 {
		t.Errorf("%v", last.Ignored)
	}
	c.form(operation.DocumentsCreate, nil, part{"references[0][reference_id]", "", "r"}).want(http.StatusCreated)

	r := c.call(operation.DocumentsList, nil, "", "per_page=1")
	if all := r.want(http.StatusOK).array(); len(all) != 1 || r.header.Get("X-Total") != "3" {
		t.Errorf("%v", r.header)
	}
	for query, want := range map[string]int{
		"": 3, "direction=OUTGOING": 3, "direction=RECEIVED": 0, "type=ORDER,TENDER": 1, "status=FAILED": 0, "query=5": 1, "number=5": 1, "number=6": 0,
		"ids=" + id[0]: 1, "created_at_start=2000-01-01T00:00:00Z": 3, "created_at_end=2000-01-01T00:00:00Z": 0, "sort=-created_at,number": 3,
	} {
		if all := c.call(operation.DocumentsList, nil, "", query).want(http.StatusOK).array(); len(all) != want {
			t.Errorf("%s: %d, want %d", query, len(all), want)
		}
	}
	if all := c.call(operation.DocumentsList, nil, "", "sort=type&fields=id,type").want(http.StatusOK).array(); text(all[0], "type") != "ORDER" || len(all[0]) != 2 {
		t.Errorf("%v", all)
	}
	for query, problem := range map[string]string{
		"direction=UP": "direction", "type=LETTER": "type", "status=NEW": "status", "sort=sender": "sort", "ids=" + strings.Repeat("a,", 101): "ids must have at most 100",
	} {
		c.call(operation.DocumentsList, nil, "", query).wantError(http.StatusBadRequest, "invalid_parameters", problem)
	}

	c.call(operation.DocumentsGet, id, "", "").want(http.StatusOK)
	if r := c.call(operation.DocumentsGet, id, "", "return_format=ORIGINAL").want(http.StatusOK); string(r.body) != finvoice("5", "1,00") {
		t.Errorf("%s", r.body)
	}
	c.call(operation.DocumentsUpdate, id, `{"status":"DONE"}`, "").wantError(http.StatusBadRequest, "invalid_parameters", "status")
	c.call(operation.DocumentsUpdate, id, `{"status":"CONFIRMED_DELIVERY"}`, "").want(http.StatusNoContent)
	if o := c.call(operation.DocumentsEvents, id, "", "").want(http.StatusOK).object(); text(o, "code") != "document_confirmed_delivery" {
		t.Errorf("%v", o)
	}
	srv.Company().AX().FailDocument(id[0])
	c.call(operation.DocumentsUpdate, id, `{"status":"DELIVERED"}`, "").wantError(http.StatusConflict, "document_in_invalid_state")

	file := c.call(operation.FilesList, nil, "", "document_id="+id[0]).want(http.StatusOK).object()
	if r := c.call(operation.FilesDownload, []string{text(file, "id")}, "", "").want(http.StatusOK); string(r.body) != finvoice("5", "1,00") {
		t.Errorf("%s", r.body)
	}
	c.call(operation.FilesList, nil, "", "").wantError(http.StatusBadRequest, "invalid_parameters", "document_id is missing")
	other := axClientOf(t, srv.AddCompany("Muu Oy", "9"))
	other.call(operation.DocumentsGet, id, "", "").wantError(http.StatusNotFound, "not_found")
	other.call(operation.FilesDownload, []string{text(file, "id")}, "", "").wantError(http.StatusNotFound, "not_found")
}

func TestLikelyShapesOfDocuments(t *testing.T) {
	c := axClient(t, newServer(t, WithWire(Wire{LikelyShapes: true})))
	id := text(c.form(operation.DocumentsCreate, nil, part{"file", "a.txt", "b"}).want(http.StatusCreated).object(), "id")
	if all := c.call(operation.FilesList, nil, "", "document_id="+id).want(http.StatusOK).array(); len(all) != 1 {
		t.Errorf("%v", all)
	}
	if all := c.call(operation.DocumentsEvents, []string{id}, "", "").want(http.StatusOK).array(); len(all) != 2 {
		t.Errorf("%v", all)
	}
}
