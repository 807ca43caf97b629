package maventatest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

// maxBody is the most that is read of a request.
const maxBody = 16 << 20

// exchange is one request on its way through the server: routed, broken by a
// fault or not, applied, answered.
type exchange struct {
	srv   *Server
	w     http.ResponseWriter
	r     *http.Request
	api   operation.API
	match match
	query url.Values
	body  []byte
	up    *swagger.Upload // the body as a multipart form

	entry    *Request      // in the log; guarded by the server's lock
	fault    *Fault        // nil for nearly all
	age      time.Duration // how old the state is that a reading call sees
	answer   answer
	finished bool // answered, or cut off
}

// handler serves one of the two hosts.
func (s *Server) handler(api operation.API) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.begin() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		defer s.inflight.Done()
		if !s.servesHost(r.Host) {
			http.Error(w, "maventatest answers to loopback names only, not to "+strconv.QuoteToASCII(r.Host), http.StatusMisdirectedRequest)
			return
		}
		up, whole := swagger.ReadUpload(r)
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
		if err != nil || !whole {
			return // the client went away before the request was whole
		}
		x := s.newExchange(api, w, r, body, up)
		s.changed()
		defer x.end()
		x.run()
		if !x.finished {
			x.send(x.answer)
		}
	})
}

// begin counts a request in, unless the server is closed.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.inflight.Add(1)
	return true
}

func (s *Server) newExchange(api operation.API, w http.ResponseWriter, r *http.Request, body []byte, up *swagger.Upload) *exchange {
	x := &exchange{srv: s, w: w, r: r, api: api, body: body, up: up, query: r.URL.Query()}
	x.match = s.router.find(api, r.Method, r.URL.EscapedPath())
	s.mu.Lock()
	defer s.mu.Unlock()
	x.entry = s.log(x)
	if x.match.found {
		x.fault = s.nextFault(x.match.id)
	}
	if x.fault != nil {
		x.entry.Fault = x.fault.name
	}
	return x
}

// run takes the request to its answer.
func (x *exchange) run() {
	if f := x.fault; f != nil && f.before != nil && !f.before(x) {
		return
	}
	x.answer = x.apply()
	if f := x.fault; f != nil && f.after != nil {
		f.after(x)
	}
}

// apply lets Maventa act on the request, once, as one step.
func (x *exchange) apply() answer {
	s := x.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return plainError(http.StatusServiceUnavailable).answer()
	}
	s.settle()
	c, err := x.authorize()
	var body any
	if err == nil {
		body, err = handlers[c.id](c)
		x.entry.Ignored = c.ignored()
	}
	if err != nil {
		return x.refusal(err)
	}
	x.entry.Committed, x.entry.EventID = c.id.Method != http.MethodGet, c.added
	return s.success(c, body)
}

// success makes the answer of what a handler returned.
func (s *Server) success(c *call, body any) answer {
	op, wire := c.id, s.options.wire
	a := answer{status: orElse(c.status, wire.status(c.id)), header: http.Header{}}
	if op.InferredStatus() {
		s.lean("status " + op.Name)
	}
	if file, ok := body.(content); ok {
		a.header.Set("Content-Type", file.media)
		a.body, a.filler = file.data, file.filler
	} else if wire.hasBody(c.id) {
		a = jsonAnswer(a.status, body)
		if wire.CapitalUUIDs {
			a.body = anyUUID.ReplaceAllFunc(a.body, bytes.ToUpper)
		}
	}
	maps.Copy(a.header, c.headers)
	if wire.RequestID != "" {
		s.lean("header " + wire.RequestID)
		s.sequence++
		a.header.Set(wire.RequestID, fmt.Sprintf("req-%06d", s.sequence))
	}
	return a
}

var anyUUID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// refusal makes the answer of an error. The server's lock is held.
func (x *exchange) refusal(err error) answer {
	shape := x.srv.options.wire.Errors
	if x.api == operation.Receivables && shape == "" {
		x.srv.lean("rule errors of the Receivables API have the shape of AX's")
	}
	refused, ok := errors.AsType[*apiError](err)
	if !ok {
		refused = plainError(http.StatusInternalServerError)
		refused.details = []string{err.Error()}
	}
	x.entry.Refusal = strings.Join(append([]string{refused.Error()}, refused.details...), "; ")
	return refused.answerOn(x.api, shape)
}

// authorize finds out who calls and whether he may.
func (x *exchange) authorize() (*call, error) {
	switch {
	case !x.match.pathKnown:
		return nil, notFound()
	case !x.match.found:
		return nil, plainError(http.StatusMethodNotAllowed)
	}
	c := &call{
		srv: x.srv, id: x.match.id, ids: x.match.ids, query: x.query, rawURL: x.r.URL, header: x.r.Header, raw: x.body, upload: x.up,
		asked: map[string]bool{}, headers: http.Header{}, reader: x.srv.options.wire.reader(), now: time.Now().Add(-x.age),
	}
	op := c.id
	if op.NoAuth {
		return c, nil
	}
	scheme, value, _ := strings.Cut(x.r.Header.Get("Authorization"), " ")
	t := x.srv.tokens[value]
	if !strings.EqualFold(scheme, "bearer") || t == nil || !t.valid(time.Now()) {
		return nil, unauthorized()
	}
	c.token, c.company = t, t.company
	x.entry.Company = t.company.id
	if inferredScopes[c.id] {
		c.lean("scope " + op.Name)
	}
	open := c.id == operation.AuthCurrent && x.srv.options.wire.AnyScopeSeesCurrent
	if !open && !t.covers(op.Scope) {
		return nil, x.srv.missingScope()
	}
	return c, nil
}

// send answers in the ordinary way.
func (x *exchange) send(a answer) {
	x.sent(a.status)
	maps.Copy(x.w.Header(), a.header)
	x.w.WriteHeader(a.status)
	_, _ = x.w.Write(a.body) // a client that left is no concern of ours
	_, _ = io.Copy(x.w, io.LimitReader(zeros{}, a.filler))
}

// zeros is an endless file.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// sent writes the status to the log and ends the exchange.
func (x *exchange) sent(status int) {
	x.finished = true
	x.srv.mu.Lock()
	defer x.srv.mu.Unlock()
	x.entry.Status = status
	x.logAnswer(x.answer)
}

// end notes that nothing more comes.
func (x *exchange) end() {
	x.srv.mu.Lock()
	x.entry.Ended = time.Now()
	x.srv.mu.Unlock()
	x.srv.changed()
}
