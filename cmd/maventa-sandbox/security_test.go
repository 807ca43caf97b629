package main

import (
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/maventa-go/maventa"
)

func TestForeignHostsAndOrigins(t *testing.T) {
	s := newSandbox(t, "empty")
	s.app.hosts = []string{"host.docker.internal"}
	for host, want := range map[string]int{
		"localhost:8700": 200, "127.0.0.1": 200, "[::1]:8700": 200, "host.docker.internal:8700": 200,
		"evil.example.com": 421, "localhost.evil.example.com": 421, "192.0.2.1:8700": 421,
	} {
		if resp, _ := s.send(http.MethodGet, "/state.json", "", func(r *http.Request) { r.Host = host }); resp.StatusCode != want {
			t.Errorf("host %s: %d", host, resp.StatusCode)
		}
	}
	for name, test := range map[string]struct {
		header, value string
		want          int
	}{
		"a program":         {"X-Nothing", "1", 200},
		"its own page":      {"Sec-Fetch-Site", "same-origin", 200},
		"another page":      {"Sec-Fetch-Site", "cross-site", 403},
		"another port":      {"Sec-Fetch-Site", "same-site", 403},
		"an old browser":    {"Origin", "https://evil.example.com", 403},
		"a sandboxed frame": {"Origin", "null", 403},
	} {
		resp, _ := s.send(http.MethodPost, "/do/advance", "", func(r *http.Request) {
			asForm(r)
			r.Header.Set(test.header, test.value)
		})
		if resp.StatusCode != test.want {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
}

func TestHeaders(t *testing.T) {
	s := newSandbox(t, "empty")
	for _, path := range []string{"/", "/state.json", "/assets/live.js", "/none"} {
		resp, _ := s.send(http.MethodGet, path, "", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example.com") })
		h := resp.Header
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'; ") || strings.Contains(h.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s: policy %q", path, h.Get("Content-Security-Policy"))
		}
		if h.Get("Access-Control-Allow-Origin") != "" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

// TestHidden: what people wrote and what is secret is not in the log.
func TestHidden(t *testing.T) {
	s := newSandbox(t, "empty")
	srv := s.app.srv
	id := s.do("add-assignment", "company", srv.CompanyID())["assignment"]
	c, err := srv.NewClient()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Assignments.AddEvent(t.Context(), id, maventa.Comment("Maija Meikäläinen, 010190-123A")); err != nil {
		t.Fatal(err)
	}
	_, text := s.send(http.MethodGet, "/requests.json?op=Assignments.AddEvent", "", nil)
	if strings.Contains(text, "Maija") || !strings.Contains(text, hiddenValue) || !strings.Contains(text, `"happened": "booked"`) {
		t.Error(text)
	}
	_, all := s.send(http.MethodGet, "/requests.json?company="+srv.CompanyID()+"&after=1", "", nil)
	_, tokens := s.send(http.MethodGet, "/requests.json", "", nil)
	for _, secret := range []string{srv.UserAPIKey(), srv.VendorAPIKey(), "maventatest-"} {
		if strings.Contains(all+tokens, secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
	for body, want := range map[string]string{
		"": "", "<xml>Maija</xml>": "16 bytes, not shown", "scope=a&client_secret=b": "client_secret=•••\nscope=a",
		`{"type":"paid","payers":[{"name":"Maija","id":7}],"ssn":5,"seen":true}`: "{\n  \"payers\": [\n    {\n      \"id\": 7,\n      \"name\": \"•••\"\n    }\n  ],\n  \"seen\": true,\n  \"ssn\": \"•••\",\n  \"type\": \"paid\"\n}",
	} {
		if got := hidden(body); got != want {
			t.Errorf("%s: %s", body, got)
		}
	}
}

// TestUnknownFilters: a filter that can match nothing is a mistake, and says what there is.
func TestUnknownFilters(t *testing.T) {
	s := newSandbox(t, "empty")
	id := s.app.srv.CompanyID()
	for query, want := range map[string]struct {
		status int
		text   string
	}{
		"op=Assignments.AddEvent":    {200, "[]"},
		"op=Auth.Token&after=0":      {200, "[]"},
		"op=":                        {200, "[]"},
		"company=" + id:              {200, "[]"},
		"op=assignments.addevent":    {400, "Assignments.AddEvent"},
		"op=AddEvent&company=" + id:  {400, "op: there is no operation"},
		"company=1234567-8":          {404, id},
		"after=yesterday":            {400, "after: want the number"},
		"operation=Auth.Token":       {400, "there are: after, company, op"},
		"op=Auth.Token&op=Auth.Nope": {400, "given twice"},
	} {
		resp, text := s.send(http.MethodGet, "/requests.json?"+query, "", nil)
		if resp.StatusCode != want.status || !strings.Contains(text, want.text) {
			t.Errorf("%s: %d %s", query, resp.StatusCode, text)
		}
	}
}

// TestManyRequests: 10,000 requests leave the sandbox under 100 MB.
func TestManyRequests(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	s := newSandbox(t, "demo")
	c, err := s.app.srv.NewClient()
	if err != nil {
		t.Fatal(err)
	}
	id := s.app.srv.Company().Assignments()[0].ID
	for range 10_000 {
		if _, err := c.Assignments.Get(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d MB of heap, %d MB of the system", m.HeapAlloc>>20, m.Sys>>20)
	if m.Sys > 100<<20 {
		t.Errorf("%d MB", m.Sys>>20)
	}
}
