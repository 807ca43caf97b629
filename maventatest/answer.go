package maventatest

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

// apiError is a refusal in Maventa's own shape.
type apiError struct {
	status  int
	code    string
	message string
	details []string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func (e *apiError) answer() answer {
	details := e.details
	if details == nil {
		details = []string{}
	}
	return jsonAnswer(e.status, map[string]any{"code": e.code, "message": e.message, "details": details})
}

// answerOn is answer in the shape that the server has on an API.
func (e *apiError) answerOn(api operation.API, shape ErrorShape) answer {
	a := e.answer()
	if api != operation.Receivables {
		return a
	}
	switch shape {
	case ErrorText:
		return jsonAnswer(e.status, map[string]any{"error": e.message})
	case ErrorProblem:
		a = jsonAnswer(e.status, map[string]any{"type": "about:blank", "title": e.message, "status": e.status})
		a.header.Set("Content-Type", "application/problem+json")
	case ErrorEmpty:
		a = answer{status: e.status, header: http.Header{}}
	}
	return a
}

func invalidParameters(details ...string) *apiError {
	return &apiError{http.StatusBadRequest, "invalid_parameters", "Request parameters are invalid", details}
}

func unauthorized() *apiError {
	return &apiError{http.StatusUnauthorized, "auth_unauthorized", "The token is not valid or does not give access", nil}
}

func forbidden(why string) *apiError {
	return &apiError{http.StatusForbidden, "forbidden", "Requested operation for resource is not allowed", []string{why}}
}

func notFound() *apiError {
	return &apiError{http.StatusNotFound, "not_found", "Requested resource not found or you don't have access to it", nil}
}

func conflict(why string) *apiError {
	return &apiError{http.StatusConflict, "conflict", "Requested operation conflicts with the state of the resource", []string{why}}
}

// plainError is the answer of a status that no handler gave.
func plainError(status int) *apiError {
	text := http.StatusText(status)
	if text == "" {
		text = "Status"
	}
	return &apiError{status, strings.ReplaceAll(strings.ToLower(text), " ", "_"), text, nil}
}

// answer is what goes back to the client.
type answer struct { //nolint:recvcheck // those with a value return a changed copy
	status int
	header http.Header
	body   []byte
	filler int64 // bytes that follow the body, for answers too large to keep
}

// content is the body of an answer that is not JSON.
type content struct {
	media  string
	data   []byte
	filler int64
}

func jsonAnswer(status int, body any) answer {
	text, err := json.Marshal(body)
	if err != nil {
		text = []byte(`{"code":"internal_error"}`)
		status = http.StatusInternalServerError
	}
	return answer{status: status, header: http.Header{"Content-Type": {"application/json"}}, body: text}
}

// object builds one JSON object of an answer. The names are written where they
// are sent, and whether a name is documented is said there too.
type object struct {
	srv     *Server
	kind    string // the model, for the subject of an inferred name
	fields  map[string]any
	guesses []string // subjects of the inferred facts in it
}

func (s *Server) object(kind string) *object {
	return &object{srv: s, kind: kind, fields: map[string]any{}}
}

// MarshalJSON writes the object. Only now are its inferred facts leaned on: an
// answer may be sent without its body. The server's lock is held.
func (o *object) MarshalJSON() ([]byte, error) {
	for _, subject := range o.guesses {
		o.srv.lean(subject)
	}
	return json.Marshal(o.fields)
}

// lean notes an inferred fact in the object that is no name.
func (o *object) lean(subject string) *object {
	o.guesses = append(o.guesses, subject)
	return o
}

// put adds a documented member.
func (o *object) put(name string, value any) *object {
	if !isUnset(value) {
		o.fields[name] = value
	}
	return o
}

// guess adds a member whose name is inferred.
func (o *object) guess(name string, value any) *object {
	if !isUnset(value) {
		o.fields[name] = value
		o.lean("field " + o.kind + "." + name)
	}
	return o
}

// guessAmount adds an amount under an inferred name, as a number or, on a Wire
// that says so, as a string.
func (o *object) guessAmount(name string, value cents) *object {
	return o.guessNumber(name, value.String())
}

func (o *object) guessNumber(name, text string) *object {
	if o.srv.options.wire.AmountsAsStrings {
		return o.guess(name, text)
	}
	return o.guess(name, json.Number(text))
}

// isUnset reports whether a value is left out of an object.
func isUnset(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	default:
		return false
	}
}

// instant writes a point in time as Maventa does.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
