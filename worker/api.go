package worker

import (
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/maventa-go/maventa"
)

// OpenAPI describes the HTTP API. It is served as /openapi.yaml.
//
//go:embed openapi.yaml
var OpenAPI []byte

const (
	mostBody  = 1 << 20 // bytes
	mostBatch = 8 << 20
	mostRows  = 1000 // of a batch, and of an answer
)

// route is a call of the API.
type route struct {
	pattern string
	query   []string // the parameters that it takes
	do      func(a *api, c *request) (status int, answer any, err error)
}

var routes = []route{
	{"GET /v1/status", nil, (*api).status},
	{"GET /v1/companies", nil, (*api).companies},
	{"PUT /v1/pause", nil, (*api).pause},
	{"DELETE /v1/pause", []string{"who", "why"}, (*api).resume},

	{"PUT /v1/companies/{company}/offboarding", nil, (*api).offboard},
	{"PUT /v1/companies/{company}/entries/{key}", nil, (*api).putEntry},
	{"GET /v1/companies/{company}/entries/{key}", nil, (*api).getEntry},
	{"DELETE /v1/companies/{company}/entries/{key}", []string{"who", "why"}, (*api).withdrawEntry},
	{"POST /v1/companies/{company}/entries", nil, (*api).putEntries},
	{"PUT /v1/companies/{company}/known-until", nil, (*api).setKnownUntil},
	{"PUT /v1/companies/{company}/invoices/{invoice}/standing", nil, (*api).setStanding},

	{"GET /v1/companies/{company}/events", []string{"after", "limit", "state"}, (*api).events},
	{"PUT /v1/companies/{company}/events/{position}/acknowledgement", nil, (*api).acknowledge},

	{"GET /v1/work", []string{"limit"}, (*api).allWork},
	{"GET /v1/companies/{company}/work", []string{"limit"}, (*api).work},
	{"PUT /v1/companies/{company}/work/{key}/decision", nil, (*api).decide},
	{"PUT /v1/companies/{company}/work/{key}/owner", nil, (*api).setOwner},
}

// request is one that a tenant makes.
type request struct {
	*http.Request

	w       http.ResponseWriter
	tenant  *tenant
	company string // of the path, canonical
}

type api struct {
	*Worker

	tokens *Tokens
	mux    *http.ServeMux
}

// Handler serves the worker over HTTP, as [OpenAPI] says, to the tenants of tokens. It
// does not matter whether [Worker.Run] runs: what is put waits in the database.
func (w *Worker) Handler(tokens *Tokens) http.Handler {
	a := &api{Worker: w, tokens: tokens, mux: http.NewServeMux()}
	for _, r := range routes {
		a.mux.HandleFunc(r.pattern, func(w http.ResponseWriter, req *http.Request) { a.serve(w, req, &r) }) //nolint:contextcheck // it is the request's
	}
	a.mux.HandleFunc("GET /openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = w.Write(OpenAPI)
	})
	return a
}

// ServeHTTP implements [http.Handler]. What the mux refuses is answered as a problem too.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The mux would send "entries/a//b" on to another key.
	isClean := path.Clean(r.URL.EscapedPath()) == r.URL.EscapedPath()
	handler, pattern := a.mux.Handler(r)
	if pattern != "" && isClean {
		a.mux.ServeHTTP(w, r)
		return
	}
	refused := &refusal{header: http.Header{}}
	if isClean {
		handler.ServeHTTP(refused, r)
	}
	if refused.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", refused.header.Get("Allow"))
		a.fail(w, r, newProblem(refused.status, "method_not_allowed", "the path takes "+refused.header.Get("Allow")))
		return
	}
	a.fail(w, r, newProblem(http.StatusNotFound, "not_found", "there is no such path: /openapi.yaml has those that there are; a / within a key is written %2F"))
}

// refusal is what the mux says by itself.
type refusal struct {
	header http.Header
	status int
}

func (r *refusal) Header() http.Header         { return r.header }
func (r *refusal) Write(b []byte) (int, error) { return len(b), nil }
func (r *refusal) WriteHeader(status int)      { r.status = status }

func (a *api) serve(w http.ResponseWriter, r *http.Request, to *route) {
	c := &request{Request: r, w: w, company: canonical(r.PathValue("company"))}
	status, answer, err := 0, any(nil), a.admit(c, to)
	if err == nil {
		status, answer, err = to.do(a, c)
	}
	if err != nil {
		a.fail(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	if answer == nil {
		w.WriteHeader(status)
		return
	}
	writeJSON(w, status, "application/json", answer)
}

// admit finds the tenant, and whether he may ask this at all.
func (a *api) admit(c *request, to *route) (err error) {
	if c.tenant, err = a.tokens.find(c.Header.Get("Authorization")); err != nil {
		return err
	}
	var wrong []maventa.FieldProblem
	for _, name := range []string{"company", "key", "invoice"} {
		if !isText(c.PathValue(name)) {
			wrong = append(wrong, maventa.FieldProblem{Field: name, Problem: "must be UTF-8 without control characters"})
		}
	}
	for name, values := range c.URL.Query() {
		switch {
		case !slices.Contains(to.query, name):
			wrong = append(wrong, maventa.FieldProblem{Field: name, Problem: "is no parameter of this call"})
		case !isText(strings.Join(values, "")):
			wrong = append(wrong, maventa.FieldProblem{Field: name, Problem: "must be UTF-8 without control characters"})
		}
	}
	if len(wrong) > 0 {
		return invalid(wrong...)
	}
	if c.PathValue("company") == "" {
		return nil
	}
	if !c.tenant.sees(c.company) {
		return unknownCompany(c.company)
	}
	return a.isKnown(c)
}

// isKnown: a company of another process, or one that is gone, has entries and work too.
func (a *api) isKnown(c *request) error {
	if a.company(c.company) != nil {
		return nil
	}
	n := 0
	err := a.db.QueryRowContext(c.Context(), "SELECT COUNT(*) FROM maventa_company WHERE company_id = $1", c.company).Scan(&n)
	if err == nil && n == 0 {
		err = unknownCompany(c.company)
	}
	return err
}

// isText reports whether a database can keep s as it is.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// read reads the body into v.
func (c *request) read(v any) error {
	body, err := c.body(mostBody)
	if err != nil {
		return err
	}
	return decodeStrict(body, v)
}

func (c *request) body(most int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.Body, most))
	if err != nil {
		if _, isLarge := errors.AsType[*http.MaxBytesError](err); !isLarge {
			err = newProblem(http.StatusBadRequest, "invalid_request", "the body could not be read to its end; nothing was changed")
		}
		return nil, err
	}
	return body, nil
}

// number is a parameter of the query.
func (c *request) number(name string, least, most int64) (int64, error) {
	text := c.URL.Query().Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, invalid(maventa.FieldProblem{Field: name, Problem: "must be a number from " + strconv.FormatInt(least, 10) + " to " + strconv.FormatInt(most, 10)})
	}
	return n, nil
}

// who is the person who is named, and in any case whose token it was.
func (c *request) who(person string) string {
	if person == "" {
		return c.tenant.name
	}
	return person + " (" + c.tenant.name + ")"
}

func writeJSON(w http.ResponseWriter, status int, contentType string, answer any) {
	text, err := json.Marshal(answer)
	if err != nil { // none of our types fails
		status, text = http.StatusInternalServerError, []byte(`{"title":"Internal Server Error","status":500,"kind":"internal"}`)
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}
