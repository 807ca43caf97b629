package maventa

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/extra"
)

// Extra holds the members of a JSON object that this package does not know.
// Get and All read them as raw JSON. Their content is never printed.
type Extra = extra.Fields

// bodyDecoder is an out value that reads the answer itself.
type bodyDecoder interface {
	decodeBody(body []byte, h http.Header) (problem string)
}

// decode reads the answer into out and says what is wrong with it, in words
// that hold nothing of its content.
func decode(a *answer, out any) (problem string) {
	if d, ok := out.(bodyDecoder); ok {
		return d.decodeBody(a.body, a.header)
	}
	if out == nil {
		return "the answer's shape is not the documented one"
	}
	if first := bytes.TrimSpace(a.body); first[0] != '{' {
		return "the answer is not a JSON object"
	}
	return decodeJSON(a.body, out)
}

// decodeJSON is encoding/json followed by one pass that keeps unknown members.
// An inferred field whose value has another type than the one that was guessed
// must not make the whole answer unreadable: its value goes to Extra.
func decodeJSON(data []byte, out any) (problem string) {
	err := json.Unmarshal(data, out)
	if err != nil {
		if !json.Valid(data) || decodeLenient(data, reflect.ValueOf(out).Elem()) != nil {
			return jsonProblem(err)
		}
		return ""
	}
	if err := extra.Collect(data, out); err != nil {
		return "the answer names a field twice"
	}
	return ""
}

// decodeLenient reads member by member, which is slow and only done after
// encoding/json refused the answer.
func decodeLenient(data []byte, v reflect.Value) error {
	isModel := v.Kind() == reflect.Struct && extraOf(v) != nil
	isList := v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct
	switch {
	case isList:
		var items []json.RawMessage
		if err := json.Unmarshal(data, &items); err != nil {
			return err
		}
		v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
		for i, item := range items {
			if err := decodeLenient(item, v.Index(i)); err != nil {
				return err
			}
		}
		return nil
	case isModel:
		return decodeModel(data, v)
	}
	return json.Unmarshal(data, v.Addr().Interface())
}

func decodeModel(data []byte, v reflect.Value) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	v.SetZero()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		raw, ok := members[name]
		if !ok || !f.IsExported() {
			continue
		}
		if err := decodeLenient(raw, v.Field(i)); err != nil {
			if f.Tag.Get("api") != "inferred" {
				return err
			}
			v.Field(i).SetZero()
			continue // it stays among the unknown members
		}
		delete(members, name)
	}
	more := extraOf(v)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if err := more.Set(name, members[name]); err != nil {
			return err
		}
	}
	return nil
}

// extraOf returns the Extra of a model, or nil.
func extraOf(v reflect.Value) *Extra {
	for i := range v.NumField() {
		if f := v.Field(i).Addr(); f.CanInterface() {
			if more, ok := reflect.TypeAssert[*Extra](f); ok {
				return more
			}
		}
	}
	return nil
}

// jsonProblem describes an error of encoding/json without the values it quotes.
func jsonProblem(err error) string {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return "the answer is not valid JSON at byte " + strconv.FormatInt(syntax.Offset, 10)
	case errors.As(err, &typ):
		kind, _, _ := strings.Cut(typ.Value, " ")
		return "the answer's field " + call.QuoteCut(typ.Field, 64) + " holds a " + call.QuoteCut(kind, 16)
	}
	var own *Error
	if errors.As(err, &own) && len(own.Fields) > 0 {
		return "the answer holds an unreadable " + own.Fields[0].Field
	}
	return "the answer holds an unreadable value"
}

// inferredNames lists the wire names in a body's type that are inferred, for
// the error of a refused request. It runs only on failure.
func inferredNames(body any) []string {
	if body == nil {
		return nil
	}
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
