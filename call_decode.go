package maventa

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/maventa-go/maventa/internal/decode"
)

// Extra holds the members of a JSON object that this package does not know.
// Get and All read them as raw JSON. Their content is never printed.
type Extra = decode.Fields

// bodyDecoder is an out value that reads the answer itself.
type bodyDecoder interface {
	decodeBody(a *answer) (problem string)
}

// read reads the answer into out and says what is wrong with it, in words
// that hold nothing of its content.
func read(a *answer, out any) (problem string) {
	if d, ok := out.(bodyDecoder); ok {
		return d.decodeBody(a)
	}
	if out == nil {
		return "the answer's shape is not the documented one"
	}
	if first := bytes.TrimSpace(a.body); first[0] != '{' {
		return "the answer is not a JSON object"
	}
	return decodeJSON(a.body, out)
}

// decodeJSON reads a JSON value into out, with the rules of package decode.
func decodeJSON(data []byte, out any) (problem string) {
	err := decode.Decode(data, out)
	if err == nil {
		return ""
	}
	if bad, ok := errors.AsType[*decode.Error](err); ok && bad.Path == "" {
		return "the answer " + bad.Problem
	}
	return "the answer's field " + err.Error()
}

// inferredNames lists the wire names in a body's type that are inferred, for
// the error of a refused request. It runs only on failure.
func inferredNames(body any) []string {
	var names []string
	var walk func(v reflect.Value, prefix string)
	walk = func(v reflect.Value, prefix string) {
		for v.Kind() == reflect.Pointer && !v.IsNil() {
			v = v.Elem()
		}
		switch v.Kind() { //nolint:exhaustive // only containers are descended into
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), prefix+"[]")
			}
		case reflect.Struct:
			for i := range v.NumField() {
				f := v.Type().Field(i)
				name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				if w := f.Tag.Get("wire"); w != "" { // sent by the type's MarshalJSON
					name = w
				}
				if !f.IsExported() || name == "" || name == "-" || v.Field(i).IsZero() {
					continue
				}
				full := strings.TrimPrefix(prefix+"."+name, ".")
				if f.Tag.Get("api") == "inferred" && !slices.Contains(names, full) {
					names = append(names, full)
				}
				walk(v.Field(i), full)
			}
		}
	}
	walk(reflect.ValueOf(body), "")
	return names
}
