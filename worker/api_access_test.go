package worker_test

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/worker"
)

// TestDocumentHasAllRoutes: each call is in openapi.yaml, and the other way round.
func TestDocumentHasAllRoutes(t *testing.T) {
	s := serve(t, 1)
	var documented []string
	for path, item := range s.doc.Paths.Map() {
		for method := range item.Operations() {
			documented = append(documented, method+" "+path)
		}
	}
	assert.ElementsMatch(t, worker.Routes(), documented)
	s.token = ""
	assert.Equal(t, string(worker.OpenAPI), s.want(http.StatusOK, "GET", "/openapi.yaml", "").Text)
}

// TestNoToken: nothing is shown without a token, whatever is asked for.
func TestNoToken(t *testing.T) {
	s := serve(t, 1)
	fill := strings.NewReplacer("{company}", s.companies[0].ID(), "{key}", "k", "{invoice}", "i", "{position}", "1")
	for _, s.token = range []string{"", "x", tokenOfAll + "x", tokenOfAll[1:], strings.ToUpper(tokenOfAll)} {
		for _, pattern := range worker.Routes() {
			method, path, _ := strings.Cut(fill.Replace(pattern), " ")
			if path == "/openapi.yaml" {
				continue
			}
			a := s.want(http.StatusUnauthorized, method, path, "{}")
			assert.Contains(t, a.Header.Get("WWW-Authenticate"), "Bearer")
			assert.Equal(t, "unauthorized", a.Members["kind"])
		}
	}
}

// TestTenants: a tenant sees its companies alone.
func TestTenants(t *testing.T) {
	s := serve(t, 2)
	mine, other := s.companies[0].ID(), s.companies[1].ID()
	s.want(http.StatusCreated, "PUT", "/v1/companies/"+strings.ToUpper(mine)+"/entries/k", s.payment("10.00"))
	s.want(http.StatusCreated, "PUT", "/v1/companies/"+other+"/entries/k", s.payment("10.00"))
	for _, c := range s.companies {
		s.question(c.ID(), "q")
	}
	assert.Len(t, s.want(http.StatusOK, "GET", "/v1/work", "").Members["work"], 2)
	assert.Len(t, s.want(http.StatusOK, "GET", "/v1/companies", "").Members["companies"], 2)
	assert.InDelta(t, 4, s.want(http.StatusOK, "GET", "/v1/status", "").Members["queued"], 0)

	s.token = tokenOfFirst
	s.want(http.StatusOK, "GET", "/v1/companies/"+mine+"/entries/k", "")
	work := s.want(http.StatusOK, "GET", "/v1/work?limit=5", "")
	assert.Len(t, work.Members["work"], 1)
	assert.NotContains(t, work.Text, other)
	list := s.want(http.StatusOK, "GET", "/v1/companies", "")
	assert.Len(t, list.Members["companies"], 1)
	assert.NotContains(t, list.Text, other)
	status := s.want(http.StatusOK, "GET", "/v1/status", "")
	assert.InDelta(t, 2, status.Members["queued"], 0)
	assert.InDelta(t, 1, status.Members["work"], 0)
	fill := strings.NewReplacer("{company}", other, "{key}", "k", "{invoice}", "i", "{position}", "1")
	for _, pattern := range worker.Routes() {
		if method, path, _ := strings.Cut(fill.Replace(pattern), " "); strings.Contains(pattern, "{company}") {
			a := s.want(http.StatusNotFound, method, path, "{}")
			assert.Equal(t, s.want(http.StatusNotFound, method, strings.Replace(path, other, "nobody", 1), "{}").Text,
				strings.ReplaceAll(a.Text, other, "nobody"), "a company of another tenant looks like none")
		}
	}
	a := s.want(http.StatusForbidden, "PUT", "/v1/pause", `{"why": "x"}`)
	assert.Equal(t, "fix_setup", a.Members["advice"])
	s.want(http.StatusForbidden, "DELETE", "/v1/pause", "")
}

// TestTokensFile: the file counts as it is now, and lets nobody in while it is wrong.
func TestTokensFile(t *testing.T) {
	s := serve(t, 1)
	second := strings.Repeat("second", 6)
	s.want(http.StatusOK, "GET", "/v1/status", "")
	s.writeTokens(`{"tenants": [{"name": "new", "token": "` + second + `", "companies": ["*"]}]}`)
	s.want(http.StatusUnauthorized, "GET", "/v1/status", "")
	s.token = second
	s.want(http.StatusOK, "GET", "/v1/status", "")
	s.writeTokens(`{"tenants": [`)
	assert.Equal(t, "tokens_unreadable", s.want(http.StatusServiceUnavailable, "GET", "/v1/status", "").Members["kind"])
	require.NoError(t, os.Remove(s.tokens))
	s.want(http.StatusServiceUnavailable, "GET", "/v1/status", "")
	s.writeTokens(`{"tenants": [{"name": "new", "token": "` + second + `", "companies": ["*"]}]}`)
	s.want(http.StatusOK, "GET", "/v1/status", "")
	if runtime.GOOS != "windows" {
		require.NoError(t, os.Chmod(s.tokens, 0o644))
		s.want(http.StatusServiceUnavailable, "GET", "/v1/status", "")
	}
}

func TestOpenTokens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	long := strings.Repeat("secret", 6)
	one := func(name, token, companies string) string {
		return `{"name": "` + name + `", "token": "` + token + `", "companies": [` + companies + `]}`
	}
	for text, want := range map[string]string{
		``:                "body is required",
		`{}`:              "it has no tenants",
		`{"tokens": []}`:  "tokens is no member",
		`{"tenants": []}`: "it has no tenants",
		`{"tenants": [` + one("a", long[:31], `"*"`) + `]}`:                              "tenants[0].token has fewer than 32 characters",
		`{"tenants": [` + one("", long, `"*"`) + `]}`:                                    "tenants[0].name is required",
		`{"tenants": [` + one("a", long, ``) + `]}`:                                      "tenants[0].companies must name",
		`{"tenants": [` + one("a", long, `" "`) + `]}`:                                   "tenants[0].companies must name",
		`{"tenants": [` + one("a", long, `"*"`) + `,` + one("b", long, `"*"`) + `]}`:     "tenants[1] has the name or the token",
		`{"tenants": [` + one("a", long, `"*"`) + `,` + one("a", long+"2", `"*"`) + `]}`: "tenants[1] has the name or the token",
		`{"tenants": [` + one("a", long, `7`) + `]}`:                                     "tenants[0].companies[0]",
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := worker.OpenTokens(path)
		require.ErrorContains(t, err, want, text)
		assert.ErrorContains(t, err, path)
		assert.NotContains(t, err.Error(), long[:31])
	}
	_, err := worker.OpenTokens(path + ".none")
	require.ErrorIs(t, err, os.ErrNotExist)
	if runtime.GOOS != "windows" {
		require.NoError(t, os.WriteFile(path, []byte(`{"tenants": [`+one("a", long, `"*"`)+`]}`), 0o600))
		for mode, isFine := range map[os.FileMode]bool{0o600: true, 0o440: true, 0o644: false, 0o601: false, 0o620: false} {
			require.NoError(t, os.Chmod(path, mode))
			_, err := worker.OpenTokens(path)
			assert.Equal(t, isFine, err == nil, mode)
			if !isFine {
				assert.ErrorContains(t, err, "mode")
			}
		}
	}
}

// TestPaths: what the mux refuses is a problem, too.
func TestPaths(t *testing.T) {
	s := serve(t, 1)
	for _, path := range []string{"/", "/v1", "/v1/", "/v2/status", "/v1/companies/", "/v1/companies/x", "/V1/status", "/v1//status", "/v1/../v1/status", "/v1/status/", "/v1/companies/x/entries/a//b", "/v1/companies/x/entries/a/../b", "/v1/companies/x/entries/."} {
		assert.Equal(t, "not_found", s.want(http.StatusNotFound, "GET", path, "").Members["kind"], path)
	}
	a := s.want(http.StatusMethodNotAllowed, "POST", "/v1/status", "")
	assert.Equal(t, "GET, HEAD", a.Header.Get("Allow"))
	assert.Equal(t, "method_not_allowed", a.Members["kind"])
	assert.Equal(t, "DELETE, GET, HEAD, PUT", s.want(http.StatusMethodNotAllowed, "PATCH", "entries/k", "").Header.Get("Allow"))
	assert.Equal(t, "POST", s.want(http.StatusMethodNotAllowed, "GET", "entries", "").Header.Get("Allow"))
	assert.Empty(t, s.want(http.StatusOK, "HEAD", "/v1/status", "").Text)
	assert.Empty(t, s.want(http.StatusNotFound, "HEAD", "entries/k", "").Text)
	for _, path := range []string{"/v1/status?x=1", "/v1/work?limit=0", "/v1/work?limit=1001", "/v1/work?limit=x", "/v1/work?limt=1"} {
		s.want(http.StatusUnprocessableEntity, "GET", path, "")
	}
}

// TestPause: all sending stops, and goes on.
func TestPause(t *testing.T) {
	s := serve(t, 1)
	s.want(http.StatusUnprocessableEntity, "PUT", "/v1/pause", `{"who": "Maija"}`)
	assert.Equal(t, false, s.want(http.StatusOK, "GET", "/v1/status", "").Members["paused"])
	for range 2 {
		s.want(http.StatusNoContent, "PUT", "/v1/pause", `{"who": "Maija", "why": "the bank's file is wrong"}`)
	}
	a := s.want(http.StatusOK, "GET", "/v1/status", "")
	assert.Equal(t, true, a.Members["paused"])
	assert.Contains(t, a.Members["why"], "the bank's file is wrong, by Maija (all) on ")
	s.want(http.StatusUnprocessableEntity, "DELETE", "/v1/pause?who=Maija", "")
	for range 2 {
		s.want(http.StatusNoContent, "DELETE", "/v1/pause?who=Maija&why=it+is+right", "")
	}
	assert.Equal(t, false, s.want(http.StatusOK, "GET", "/v1/status", "").Members["paused"])
}
