package call

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
)

// SaysNothing reports whether a body is one that the service may send where it
// has nothing to say. A list, null and a word are not.
func SaysNothing(body []byte) bool {
	switch {
	case len(body) == 0, string(body) == "true":
		return true
	}
	return body[0] == '{' && len(bytes.TrimSpace(body[1:])) == 1 && body[len(body)-1] == '}'
}

// Disproves reports whether a body is an object that tells of an error, as
// gateways send it with any status: it has error or errors, the title and status
// of problem+json, or the code and message of AX. What out declares is no sign.
func Disproves(body []byte, out any) bool {
	if len(body) == 0 || body[0] != '{' || !mayDisprove(body) {
		return false
	}
	var m struct {
		Error   json.RawMessage `json:"error"`
		Errors  json.RawMessage `json:"errors"`
		Title   json.RawMessage `json:"title"`
		Status  json.RawMessage `json:"status"`
		Code    json.RawMessage `json:"code"`
		Message json.RawMessage `json:"message"`
	}
	if json.Unmarshal(body, &m) != nil {
		return false // unreadable, which is another matter
	}
	declares := func(name string) bool {
		t := reflect.TypeOf(out)
		if t == nil || t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
			return false
		}
		for f := range t.Elem().Fields() {
			if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name {
				return true
			}
		}
		return false
	}
	has := func(name string, raw json.RawMessage) bool {
		return len(raw) > 0 && string(raw) != "null" && string(raw) != "false" && !declares(name)
	}
	isStatus := len(m.Status) > 0 && strings.Trim(string(m.Status), `"0123456789`) == ""
	return has("error", m.Error) || has("errors", m.Errors) || has("title", m.Title) && isStatus ||
		has("code", m.Code) && has("message", m.Message)
}

// mayDisprove spares most answers the look at their members.
func mayDisprove(body []byte) bool {
	for _, part := range [...]string{`rror"`, `rrors"`, `RROR"`, `RRORS"`, `itle"`, `ITLE"`, `"code"`, `"Code"`, `"CODE"`} {
		if bytes.Contains(body, []byte(part)) {
			return true
		}
	}
	return false
}

// IsRefusal reports whether a body is one that an API refuses with: an object, and
// if coded one in AX's documented shape of code, message and details, of which the
// Swagger file requires none; but without a code it could be anybody's.
func IsRefusal(coded bool, body []byte) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil || members == nil {
		return false
	}
	if !coded {
		return true
	}
	var code, message string
	return json.Unmarshal(members["code"], &code) == nil && code != "" &&
		(members["message"] == nil || json.Unmarshal(members["message"], &message) == nil)
}

// IsHTML reports whether an answer is a page for people.
func IsHTML(header http.Header, body []byte) bool {
	trimmed := bytes.TrimSpace(body)
	if len(trimmed) == 0 || trimmed[0] == '<' {
		return len(trimmed) > 0
	}
	kind := strings.ToLower(header.Get("Content-Type"))
	return strings.HasPrefix(kind, "text/html") && !json.Valid(body)
}
