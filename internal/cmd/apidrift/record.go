package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/maventa-go/maventa/internal/operation"
)

// sent is a request as it left the SDK.
type sent struct {
	op    *operation.Op
	token bool
	media string
	wire  map[string]wire // by "query.name" and "body.name"
}

// wire is one parameter or member of a body.
type wire struct {
	kind   string // of a member of a JSON body, "file", or empty: text
	values []string
}

// recorder is the SDK's transport: it notes every request and answers it with
// as little as the SDK is content with.
type recorder struct {
	answers map[*operation.Op]string

	mu       sync.Mutex
	requests []sent
	problem  error
}

const (
	hostAX          = "ax.invalid"
	hostReceivables = "receivables.invalid"
)

// RoundTrip implements [http.RoundTripper].
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	s, err := read(req)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.problem = err
		return nil, err
	}
	r.requests = append(r.requests, s)
	status, text := r.answer(s.op)
	return &http.Response{
		StatusCode: status,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(strings.NewReader(text)),
		Request:    req,
	}, nil
}

func (r *recorder) answer(op *operation.Op) (status int, text string) {
	status = http.StatusOK
	if len(op.Success) > 0 {
		status = op.Success[0]
	}
	switch text, given := r.answers[op]; {
	case given:
		return status, text
	case op == operation.AuthToken:
		return status, `{"access_token":"token","token_type":"bearer","expires_in":3600}`
	case op.NoBody:
		return status, ""
	case op.Paged != operation.NotPaged:
		return status, "[]"
	}
	return status, "{}"
}

// of is the last request of a call; nil if there was none.
func (r *recorder) of(id *operation.Op) *sent {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.requests) - 1; i >= 0; i-- {
		if r.requests[i].op == id {
			return &r.requests[i]
		}
	}
	return nil
}

var errNoOperation = errors.New("a request that is not in the operation table")

// read takes a request apart.
func read(req *http.Request) (sent, error) {
	id, ok := operationOf(req)
	if !ok {
		return sent{}, errNoOperation
	}
	s := sent{op: id, token: req.Header.Get("Authorization") != "", wire: map[string]wire{}}
	for name, values := range req.URL.Query() {
		s.add("query."+name, "", values...)
	}
	if req.Body == nil {
		return s, nil
	}
	data, err := io.ReadAll(req.Body)
	if err != nil || len(data) == 0 {
		return s, err
	}
	media, params, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil {
		return s, err
	}
	s.media = media
	switch media {
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(data))
		for name, values := range form {
			s.add("body."+name, "", values...)
		}
		return s, err
	case "multipart/form-data":
		err := s.multipart(multipart.NewReader(bytes.NewReader(data), params["boundary"]))
		return s, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return s, err
	}
	s.json("body", v)
	return s, nil
}

// position is an index within a name: files[0][file]. Descriptions write [n].
var position = regexp.MustCompile(`\[\d+\]`)

func (s *sent) add(name, kind string, values ...string) {
	name = position.ReplaceAllString(name, "[n]")
	w := s.wire[name]
	w.kind = kind
	w.values = append(w.values, values...)
	s.wire[name] = w
}

func (s *sent) multipart(r *multipart.Reader) error {
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		if name := part.FileName(); name != "" {
			s.add("body."+part.FormName(), "file", string(data), name)
		} else {
			s.add("body."+part.FormName(), "", string(data))
		}
	}
}

// json notes a value of a JSON body and all within it.
func (s *sent) json(name string, v any) (kind string) {
	switch v := v.(type) {
	case map[string]any:
		kind = "object"
		for member, inner := range v {
			s.json(name+"."+member, inner)
		}
		s.note(name, kind, "")
	case []any:
		kind = "[]"
		for _, inner := range v {
			if _, isObject := inner.(map[string]any); isObject {
				kind = "[]" + s.json(name+"[]", inner)
			} else {
				kind = "[]" + s.json(name, inner)
			}
		}
		s.note(name, kind, "")
	case string:
		kind = "string"
		s.note(name, kind, v)
	case json.Number:
		kind = "number"
		s.note(name, kind, v.String())
	case bool:
		kind = "boolean"
		s.note(name, kind, map[bool]string{true: "true", false: "false"}[v])
	}
	return kind
}

// note enters a value, but not the body as a whole nor the members of a list.
func (s *sent) note(name, kind, value string) {
	if name == "body" || strings.HasSuffix(name, "[]") {
		return
	}
	if value == "" && !strings.HasSuffix(kind, "object") && s.wire[name].values != nil {
		w := s.wire[name]
		w.kind = kind
		s.wire[name] = w
		return
	}
	s.add(name, kind, value)
}

// operationOf finds the row of the operation table that a request is about. Of
// several the one with most literal segments counts: /assignments/overview is
// not an assignment.
func operationOf(req *http.Request) (*operation.Op, bool) {
	api := operation.AutoXChange
	if req.URL.Host == hostReceivables {
		api = operation.Receivables
	}
	segments := strings.Split(strings.Trim(req.URL.Path, "/"), "/")
	var best *operation.Op
	score := -1
	for _, op := range operation.All() {
		if op.API != api || op.Method != req.Method {
			continue
		}
		if n := literals(strings.Split(strings.Trim(op.Path, "/"), "/"), segments); n > score {
			best, score = op, n
		}
	}
	return best, score >= 0
}

// literals counts the segments that are equal; -1 if the template does not fit.
func literals(template, path []string) int {
	if len(template) != len(path) {
		return -1
	}
	n := 0
	for i, t := range template {
		switch {
		case t == path[i]:
			n++
		case !strings.HasPrefix(t, "{"):
			return -1
		}
	}
	return n
}
