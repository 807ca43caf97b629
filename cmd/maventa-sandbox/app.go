package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/maventa-go/maventa/docs/openapi"
	"github.com/maventa-go/maventa/maventatest"
)

// app is the page over a fake, and the same for programs.
type app struct {
	srv   *maventatest.Server
	hosts []string // that are answered beside loopback ones
	seed  string   // that reset plants again
	pages *template.Template
	news  *news

	acting sync.Mutex // actions come one at a time
}

func newApp(srv *maventatest.Server, o options) *app {
	a := &app{srv: srv, hosts: o.hosts, seed: o.seed, pages: parsePages(), news: newNews()}
	srv.OnChange(a.news.publish)
	return a
}

// maxForm bounds what an action takes.
const maxForm = 64 << 10

// handler is the page and the calls of programs.
func (a *app) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.home)
	mux.HandleFunc("GET /company/{id}", a.companyPage)
	mux.HandleFunc("GET /assignment/{id}", a.assignmentPage)
	mux.HandleFunc("GET /request/{number}", a.requestPage)
	mux.Handle("GET /assets/", assetServer())
	mux.HandleFunc("GET /state.json", a.stateJSON)
	mux.HandleFunc("GET /requests.json", a.requestsJSON)
	mux.HandleFunc("GET /actions.json", a.actionsJSON)
	mux.HandleFunc("GET /events", a.news.serve)
	mux.HandleFunc("GET /openapi/receivables.yaml", openAPI)
	mux.HandleFunc("POST /do/{action}", a.post)
	return a.guard(http.NewCrossOriginProtection().Handler(mux))
}

// openAPI is the description of the receivables calls, from which a client in another
// language is generated.
func openAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(openapi.Receivables) // a client that left is no concern of ours
}

// contentPolicy lets the page load its own style and script, and nothing else.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// guard refuses foreign hosts, so that no web page reaches the sandbox by a name
// of its own (DNS rebinding), and sets the headers of all answers. Without CORS
// headers no other page can read them.
func (a *app) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.servesHost(r.Host) {
			http.Error(w, "the sandbox answers to loopback names only; -allow-host adds others", http.StatusMisdirectedRequest)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r)
	})
}

func (a *app) servesHost(header string) bool {
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		host = strings.Trim(header, "[]")
	}
	return isLoopback(host) || slices.Contains(a.hosts, strings.ToLower(host))
}

// post is POST /do/{action}, with a form or a JSON object. A browser is sent back
// to its page; a program gets JSON: what came of it, or an error with 422.
func (a *app) post(w http.ResponseWriter, r *http.Request) {
	given, back, err := readValues(r)
	if err != nil {
		status := http.StatusBadRequest
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			status = http.StatusRequestEntityTooLarge
		}
		writeJSON(w, status, result{"error": err.Error()})
		return
	}
	done, err := a.do(r.PathValue("action"), given)
	a.news.publish()
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		query := url.Values{"ok": {done["message"]}}
		if err != nil {
			query = url.Values{"bad": {err.Error()}}
		}
		http.Redirect(w, r, back+"?"+query.Encode(), http.StatusSeeOther)
		return
	}
	switch {
	case errors.Is(err, errNoAction):
		writeJSON(w, http.StatusNotFound, result{"error": err.Error()})
	case err != nil:
		writeJSON(w, http.StatusUnprocessableEntity, result{"error": err.Error()})
	default:
		writeJSON(w, http.StatusOK, done)
	}
}

var errNoAction = errors.New("there is no such action")

// do runs an action and returns what was wrong with it, in the control's own
// words. Nothing has happened then.
func (a *app) do(name string, given map[string]string) (result, error) {
	a.acting.Lock()
	defer a.acting.Unlock()
	act, ok := actionNamed(name)
	if !ok {
		return nil, fmt.Errorf("%w: %q; GET /actions.json lists them", errNoAction, name)
	}
	v, err := act.check(a.srv, given)
	if err != nil {
		return nil, err
	}
	if act.do == nil {
		a.srv.Reset()
		return said("The sandbox begins anew."), a.plantLocked(a.seed)
	}
	return a.try(act, v)
}

func (a *app) try(act action, v values) (done result, err error) {
	err = a.srv.Try(func() { done = act.do(a.srv, v) })
	if err == nil && done["error"] != "" {
		err = errors.New(done["error"])
	}
	if err != nil {
		return nil, errors.New(strings.ReplaceAll(err.Error(), "maventatest: ", ""))
	}
	return done, nil
}

// readValues reads a form or a JSON object. back is the page that the browser
// came from.
func readValues(r *http.Request) (given map[string]string, back string, err error) {
	given = map[string]string{}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media == "application/json" {
		var members map[string]any
		dec := json.NewDecoder(r.Body)
		dec.UseNumber()
		if err := dec.Decode(&members); err != nil {
			if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
				return nil, "", err
			}
			return nil, "", errors.New("the body is no JSON object")
		}
		if _, err := dec.Token(); !errors.Is(err, io.EOF) {
			return nil, "", errors.New("the body is more than one JSON object")
		}
		for name, value := range members {
			text, err := plain(value)
			if err != nil {
				return nil, "", fmt.Errorf("%s: %w", name, err)
			}
			given[name] = text
		}
		return given, "/", nil
	}
	if err := r.ParseForm(); err != nil {
		return nil, "", err
	}
	for name := range r.PostForm {
		given[name] = r.PostForm.Get(name)
	}
	back = given["back"]
	delete(given, "back")
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.ContainsAny(back, "\\?#") {
		back = "/"
	}
	return given, back, nil
}

// plain takes texts and numbers.
func plain(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	}
	return "", errors.New("want a text or a number")
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.MarshalIndent(body, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // a client that left is no concern of ours
}
