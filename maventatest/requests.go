package maventatest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

// Request is one request as the server received it.
type Request struct {
	Number int    // of all requests, from 1
	Op     string // the call's name, such as "Assignments.AddEvent"; empty if there is none
	Method string
	Host   string
	Path   string // escaped, as sent
	Query  url.Values
	Header http.Header // without credentials
	Body   string      // without credentials; of a multipart form its fields
	Files  []File      // of a multipart form
	Time   time.Time   // of its arrival, by time.Now
	Ended  time.Time   // by time.Now; zero: not yet

	Company   string   // the id of the company whose token it carried
	Status    int      // that was answered; zero: none
	Answer    string   // the body of a refusal, up to 4 kB; with WithRequestLog of other answers, too, without credentials
	Refusal   string   // why Maventa did not do it: code, message and details, whatever the answer says; empty: it did
	Committed bool     // Maventa acted on it: state may have changed
	EventID   string   // the id of the event that it added
	Fault     string   // the fault that hit it
	Ignored   []string // query parameters and body members nobody looked at
}

// File is a file as the server received it.
type File struct {
	Field       string // the form field
	Name        string // the filename of its part
	ContentType string
	Size        int64
	SHA256      string // in hexadecimal digits
	Content     []byte // the first megabyte
}

// masked stands in the log where a credential was.
const masked = "***"

// log writes a request down. The lock is held.
func (s *Server) log(x *exchange) *Request {
	entry := &Request{
		Method: x.r.Method, Host: x.r.Host, Path: x.r.URL.EscapedPath(), Query: x.r.URL.Query(),
		Header: x.r.Header.Clone(), Body: string(x.body), Time: time.Now(),
	}
	if x.match.found {
		entry.Op = x.match.id.String()
	}
	if scheme, _, ok := strings.Cut(entry.Header.Get("Authorization"), " "); ok {
		entry.Header.Set("Authorization", scheme+" "+masked)
	}
	if entry.Op == operation.AuthToken.String() {
		entry.Body = maskForm(entry.Body)
	}
	if x.up != nil {
		entry.Body = maskForm(x.up.Values.Encode())
		for _, f := range x.up.Files {
			entry.Files = append(entry.Files, File(*f))
		}
	}
	if entry.Op == operation.UsersCreate.String() {
		entry.Body = maskJSON(entry.Body)
	}
	if s.options.requestLog > 0 { // a server that runs long
		entry.Body = entry.Body[:min(len(entry.Body), maxLoggedBody)]
		for i := range entry.Files {
			entry.Files[i].Content = nil
		}
	}
	s.requestLog.add(entry)
	return entry
}

// requestLog holds the requests, oldest first.
type requestLog struct {
	limit int // zero: none
	total int // of all requests
	list  []*Request
}

func (l *requestLog) add(r *Request) {
	l.total++
	r.Number = l.total
	l.list = append(l.list, r)
	if l.limit > 0 && len(l.list) > l.limit {
		l.list[0] = nil // append moves the rest to a new array now and then
		l.list = l.list[1:]
	}
}

// maxLoggedBody is how much of a body a bounded log keeps.
const maxLoggedBody = 16 << 10

// maxAnswer is how much of an answer the log keeps.
const maxAnswer = 4 << 10

// logAnswer notes what goes back. The lock is held.
func (x *exchange) logAnswer(a answer) {
	entry := x.entry
	secret := entry.Op == operation.AuthToken.String() || entry.Op == operation.UsersCreate.String()
	if a.status < http.StatusBadRequest && (x.srv.options.requestLog == 0 || secret) {
		return
	}
	entry.Answer = strings.ToValidUTF8(string(a.body[:min(len(a.body), maxAnswer)]), "\uFFFD")
}

// maskForm hides the secrets of a token call and keeps what else it asked for.
func maskForm(body string) string {
	form, err := url.ParseQuery(body)
	if err != nil {
		return masked
	}
	for _, name := range []string{"client_secret", "vendor_api_key", "user_api_key", "license_data"} {
		if form.Has(name) {
			form.Set(name, masked)
		}
	}
	return form.Encode()
}

// maskJSON hides the vendor's key of a call without a token.
func maskJSON(body string) string {
	var members map[string]any
	if json.Unmarshal([]byte(body), &members) != nil {
		return masked
	}
	if _, ok := members["vendor_api_key"]; ok {
		members["vendor_api_key"] = masked
	}
	text, err := json.Marshal(members)
	if err != nil {
		return masked
	}
	return string(text)
}

// Requests lists all requests so far, oldest first.
func (s *Server) Requests() []Request { return s.requests(func(*Request) bool { return true }) }

// RequestsTo lists the requests to one call, such as "Ropo.Activate".
func (s *Server) RequestsTo(op string) []Request {
	return s.requests(func(r *Request) bool { return r.Op == op })
}

// TokenRequests lists the calls for a token.
func (s *Server) TokenRequests() []Request { return s.RequestsTo(operation.AuthToken.String()) }

// Count counts the requests to one call that arrived, whatever came of them.
func (s *Server) Count(op string) int { return len(s.RequestsTo(op)) }

func (s *Server) requests(want func(*Request) bool) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Request
	for _, r := range s.requestLog.list {
		if !want(r) {
			continue
		}
		entry := *r
		entry.Header = r.Header.Clone()
		entry.Ignored = slices.Clone(r.Ignored)
		entry.Files = slices.Clone(r.Files)
		list = append(list, entry)
	}
	return list
}
