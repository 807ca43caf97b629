package maventatest

import (
	"encoding/json"
	"time"
)

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
	if o.srv.options.wire.AmountsAsStrings {
		return o.guess(name, value.String())
	}
	return o.guess(name, json.Number(value.String()))
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
