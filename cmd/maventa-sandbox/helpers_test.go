package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/maventa-go/maventa/maventatest"
)

// sandbox is a sandbox that runs, and a client for it.
type sandbox struct {
	*testing.T
	app *app
	url string
}

func newSandbox(t *testing.T, seed string) *sandbox {
	t.Helper()
	o, err := parseFlags([]string{"-ax", "127.0.0.1:0", "-receivables", "127.0.0.1:0", "-seed", seed, "-log", "200"})
	if err != nil {
		t.Fatal(err)
	}
	srv, err := maventatest.Start(o.fake...)
	if err != nil {
		t.Fatal(err)
	}
	a := newApp(srv, o)
	if err := a.plant(seed); err != nil {
		t.Fatal(err)
	}
	page := httptest.NewServer(a.handler())
	t.Cleanup(func() {
		a.news.close()
		page.Close()
		if err := srv.Close(); err != nil {
			t.Errorf("misuses that nobody was told: %v", err)
		}
	})
	return &sandbox{t, a, page.URL}
}

// send makes a request, changed by f, and returns status and body.
func (s *sandbox) send(method, path, body string, f func(r *http.Request)) (*http.Response, string) {
	s.Helper()
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	if f != nil {
		f(r)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.Fatal(err)
	}
	return resp, string(text)
}

func asForm(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }

// do runs an action with a form and returns its result.
func (s *sandbox) do(name string, pairs ...string) result {
	s.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	resp, text := s.send(http.MethodPost, "/do/"+name, form.Encode(), asForm)
	if resp.StatusCode != http.StatusOK {
		s.Fatalf("%s: %d %s", name, resp.StatusCode, text)
	}
	var done result
	if err := json.Unmarshal([]byte(text), &done); err != nil {
		s.Fatal(err)
	}
	return done
}

// get reads JSON into a value.
func (s *sandbox) get(path string, into any) {
	s.Helper()
	resp, text := s.send(http.MethodGet, path, "", nil)
	if resp.StatusCode != http.StatusOK {
		s.Fatalf("%s: %d", path, resp.StatusCode)
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		s.Fatal(err)
	}
}
