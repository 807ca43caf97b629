package maventatest

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

// writtenRoutes is the list of calls written by hand from the documentation, so
// that the table cannot be wrong on both sides at once.
var writtenRoutes = []struct {
	api          operation.API
	method, path string
	want         operation.ID
}{
	{operation.AutoXChange, "POST", "/oauth2/token", operation.AuthToken},
	{operation.AutoXChange, "GET", "/oauth2/current", operation.AuthCurrent},
	{operation.AutoXChange, "PUT", "/v2/services/ropo/receivables", operation.RopoActivate},
	{operation.AutoXChange, "GET", "/v2/services/ropo/receivables", operation.RopoStatus},
	{operation.AutoXChange, "DELETE", "/v2/services/ropo/receivables", operation.RopoClose},
	{operation.AutoXChange, "PUT", "/v2/services/amili/receivables", operation.AmiliActivate},
	{operation.AutoXChange, "GET", "/v2/services/amili/receivables", operation.AmiliStatus},
	{operation.AutoXChange, "PATCH", "/v2/services/amili/receivables", operation.AmiliUpdate},
	{operation.AutoXChange, "DELETE", "/v2/services/amili/receivables", operation.AmiliClose},
	{operation.AutoXChange, "POST", "/v2/invoices/i1/assignment/ropo", operation.InvoicesTransferToRopo},
	{operation.AutoXChange, "POST", "/v2/invoices/i1/assignment/amili", operation.InvoicesTransferToAmili},
	{operation.AutoXChange, "POST", "/v1/invoices/i1/assignment", operation.InvoicesTransferToAmiliV1},
	{operation.AutoXChange, "GET", "/v2/invoices/i1/assignment", operation.InvoicesTransferStatus},
	{operation.AutoXChange, "GET", "/v1/invoices/i1/assignment", operation.InvoicesTransferStatusV1},
	{operation.Receivables, "GET", "/v1/assignments", operation.AssignmentsList},
	{operation.Receivables, "GET", "/v1/assignments/a1", operation.AssignmentsGet},
	{operation.Receivables, "GET", "/v1/assignments/overview", operation.AssignmentsOverview},
	{operation.Receivables, "GET", "/v1/assignments/a1/events", operation.AssignmentsEvents},
	{operation.Receivables, "POST", "/v1/assignments/a1/events", operation.AssignmentsAddEvent},
	{operation.Receivables, "POST", "/v1/assignments/a1/events/e1/seen", operation.EventsMarkSeen},
	{operation.Receivables, "GET", "/v1/events", operation.EventsList},
	{operation.Receivables, "GET", "/v1/service_levels", operation.ServiceLevelsList},
	{operation.Receivables, "PATCH", "/v1/service_levels/1234567-1", operation.ServiceLevelsSet},
}

func TestRoutes(t *testing.T) {
	r := newRouter()
	met := map[operation.ID]bool{}
	for _, route := range writtenRoutes {
		m := r.find(route.api, route.method, route.path)
		if !m.found || m.id != route.want {
			t.Errorf("%s %s: found %v %v, want %v", route.method, route.path, m.found, m.id, route.want)
		}
		met[m.id] = true
	}
	for _, id := range operation.All() {
		if !met[id] {
			t.Errorf("%s is not in writtenRoutes", id)
		}
		if id == operation.ServiceLevelsSet {
			break // the rest of AX has axfacts_test.go
		}
	}
	for _, id := range operation.All() {
		if handlers[id] == nil {
			t.Errorf("%s has no handler", id)
		}
	}
	if len(handlers) != len(operation.All()) {
		t.Errorf("%d handlers for %d calls", len(handlers), len(operation.All()))
	}
	if m := r.find(operation.Receivables, "GET", "/v1/assignments/a%2Fb%20c"); m.ids["assignment_id"] != "a/b c" {
		t.Errorf("an escaped id is read as %q", m.ids["assignment_id"])
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	for _, test := range []struct {
		method, url string
		status      int
		code        string
	}{
		{"GET", srv.AutoXChangeURL() + "/v1/assignments", http.StatusNotFound, "not_found"}, // the other host
		{"GET", srv.ReceivablesURL() + "/oauth2/current", http.StatusNotFound, "not_found"},
		{"GET", srv.ReceivablesURL() + "/v1/assignments/", http.StatusNotFound, "not_found"},
		{"GET", srv.ReceivablesURL() + "/v1//events", http.StatusNotFound, "not_found"},
		{"GET", srv.ReceivablesURL() + "/", http.StatusNotFound, "not_found"},
		{"DELETE", srv.ReceivablesURL() + "/v1/assignments/a1", http.StatusMethodNotAllowed, "method_not_allowed"},
		{"POST", srv.ReceivablesURL() + "/v1/assignments/overview", http.StatusMethodNotAllowed, "method_not_allowed"},
	} {
		req, err := http.NewRequest(test.method, test.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		c.do(req).wantError(test.status, test.code)
	}
	if last := srv.Requests()[1]; last.Op != "" || last.Status != http.StatusNotFound {
		t.Errorf("log: %+v", last)
	}
}

func TestBodies(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	for body, problem := range map[string]string{
		``: "Content-Type", `[]`: "not a JSON object", `null`: "not a JSON object", `{"a":1} {}`: "more than one",
		`{`: "not a JSON object", `{"agreement_contact_email":1}`: "agreement_contact_email is invalid",
		`{"agreement_contact_email":""}`: "agreement_contact_email is empty", `{}`: "agreement_contact_email is missing",
		`{"agreement_contact_email":null}`: "agreement_contact_email is missing",
	} {
		r := c.call(operation.RopoActivate, nil, body, "")
		if r.status/100 != 4 || !strings.Contains(string(r.body), problem) {
			t.Errorf("%s: %d %s, want %q", body, r.status, r.body, problem)
		}
	}
	req := c.request(operation.RopoActivate, nil, `{"agreement_contact_email":"a@example.com"}`, "")
	req.Header.Set("Content-Type", "text/plain")
	c.do(req).wantError(http.StatusUnsupportedMediaType, "unsupported_media_type")
	req.Body = io.NopCloser(strings.NewReader(`{"agreement_contact_email":"a@example.com"}`))
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	c.do(req).want(http.StatusOK)
}
