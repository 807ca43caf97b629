package maventatest

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

// TestRoutes finds the calls of the list written by hand from the documentation,
// so that the table cannot be wrong on both sides at once.
func TestRoutes(t *testing.T) {
	text, err := os.ReadFile("../testdata/operations.txt")
	if err != nil {
		t.Fatal(err)
	}
	r := newRouter()
	apis := map[string]operation.API{"AX": operation.AutoXChange, "RECEIVABLES": operation.Receivables}
	placeholder := regexp.MustCompile(`\{[^}]+\}`)
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		f := strings.Fields(line) // name, method, service, path, safety
		m := r.find(apis[f[2]], f[1], placeholder.ReplaceAllString(f[3], "1234567-1"))
		if !m.found || m.id != operation.Lookup(f[0]) {
			t.Errorf("%s: found %v %v", line, m.found, m.id)
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
