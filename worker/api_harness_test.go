package worker_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/worker"
)

const (
	tokenOfAll   = "all-0123456789-0123456789-0123456789"
	tokenOfFirst = "first-0123456789-0123456789-0123456789"
)

// served is a worker over HTTP, whose calls are held against openapi.yaml.
type served struct {
	*world

	t      testing.TB
	wk     *worker.Worker
	url    string
	tokens string // the file
	token  string
	doc    *openapi3.T
}

// serve opens a worker on SQLite with companies; nothing runs.
func serve(t testing.TB, companies int) *served {
	t.Helper()
	s := &served{t: t, token: tokenOfAll, tokens: filepath.Join(t.TempDir(), "tokens.json")}
	s.world = newWorld(t, kinds[0].make(t), companies)
	s.wk = s.open(t)
	s.writeTokens(`{"tenants": [
		{"name": "all", "token": "` + tokenOfAll + `", "companies": ["*"]},
		{"name": "first", "token": "` + tokenOfFirst + `", "companies": ["` + s.companies[0].ID() + `"]}]}`)
	tokens, err := worker.OpenTokens(s.tokens)
	require.NoError(t, err)
	s.doc, err = openapi3.NewLoader().LoadFromData(worker.OpenAPI)
	require.NoError(t, err)
	require.NoError(t, s.doc.Validate(t.Context()))
	srv := httptest.NewServer(s.checked(s.wk.Handler(tokens)))
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

func (s *served) writeTokens(text string) {
	s.t.Helper()
	require.NoError(s.t, os.WriteFile(s.tokens+".new", []byte(text), 0o600))
	require.NoError(s.t, os.Rename(s.tokens+".new", s.tokens))
}

// checked holds each request and its answer against the document.
func (s *served) checked(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, err := io.ReadAll(r.Body)
		assert.NoError(s.t, err)
		r.Body = io.NopCloser(bytes.NewReader(sent))
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		s.check(r, sent, answer) //nolint:contextcheck // it is the test's
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

func (s *served) check(r *http.Request, sent []byte, answer *httptest.ResponseRecorder) {
	method, path, isRoute := strings.Cut(r.Pattern, " ")
	if !isRoute || r.Method == http.MethodHead {
		return
	}
	item := s.doc.Paths.Value(path)
	if !assert.NotNil(s.t, item, r.Pattern) {
		return
	}
	params := map[string]string{}
	for _, name := range []string{"company", "key", "invoice", "position"} {
		if v := r.PathValue(name); v != "" {
			params[name] = v
		}
	}
	r.Body = io.NopCloser(bytes.NewReader(sent))
	if len(sent) > 0 && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params,
		Route: &routers.Route{Spec: s.doc, Path: path, PathItem: item, Method: method, Operation: item.GetOperation(method)},
		Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true,
		},
	}
	if answer.Code < 300 && !strings.Contains(answer.Body.String(), `"problem"`) { // what is wrong is meant to be
		assert.NoError(s.t, openapi3filter.ValidateRequest(s.t.Context(), input), r.Pattern)
	}
	response := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.Code, Header: answer.Header(), Options: input.Options,
	}
	if strings.Contains(answer.Header().Get("Content-Type"), "json") {
		response.SetBodyBytes(answer.Body.Bytes())
		assert.NoError(s.t, openapi3filter.ValidateResponse(s.t.Context(), response), "%s: %s", r.Pattern, answer.Body)
	}
}

// answer is what came back.
type answer struct {
	Status  int
	Header  http.Header
	Text    string
	Members map[string]any
}

// fields are the members that a problem says are wrong.
func (a *answer) fields() (names []string) {
	list, _ := a.Members["fields"].([]any)
	for _, f := range list {
		names = append(names, f.(map[string]any)["field"].(string))
	}
	return names
}

// ask makes a request to a path below that of the first company, unless it begins with /.
func (s *served) ask(method, path, body string) *answer {
	s.t.Helper()
	if !strings.HasPrefix(path, "/") {
		path = "/v1/companies/" + s.companies[0].ID() + "/" + path
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	require.NoError(s.t, err)
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(s.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	a := &answer{Status: resp.StatusCode, Header: resp.Header, Text: string(text)}
	if len(text) > 0 && strings.Contains(resp.Header.Get("Content-Type"), "json") {
		require.NoError(s.t, json.Unmarshal(text, &a.Members), a.Text)
	}
	assert.NotContains(s.t, a.Text, tokenOfAll)
	if a.Status >= 400 && method != http.MethodHead {
		assert.Equal(s.t, "application/problem+json", a.Header.Get("Content-Type"))
		assert.InDelta(s.t, a.Status, a.Members["status"], 0)
	}
	return a
}

// want is ask, with the status that must come.
func (s *served) want(status int, method, path, body string) *answer {
	s.t.Helper()
	a := s.ask(method, path, body)
	require.Equal(s.t, status, a.Status, a.Text)
	return a
}

const (
	waits = 20 * time.Second
	tick  = 50 * time.Millisecond
)

// until waits for the state of an entry.
func (s *served) until(path, state string) {
	s.t.Helper()
	require.Eventually(s.t, func() bool {
		return s.ask(http.MethodGet, "entries/"+path, "").Members["state"] == state
	}, waits, tick)
}
