package main

import (
	"encoding/json"
	"io"
	"reflect"
	"strings"
)

// innermost is the type within pointers, lists and options.
func innermost(t reflect.Type) reflect.Type {
	for {
		switch {
		case isOpt(t):
			t = optInner(t)
		case t.Kind() == reflect.Pointer, t.Kind() == reflect.Slice && t != typeBytes && t != typeRaw:
			t = t.Elem()
		default:
			return t
		}
	}
}

// goKind is how a Go type goes over the wire, in the words of field.Type.
func goKind(t reflect.Type) string {
	switch {
	case t == typeTime:
		return "string date-time"
	case t == typeDate:
		return "string date"
	case t == typeAmount:
		return "number"
	case t == typeRaw:
		return ""
	case t == typeBytes, t.Implements(reflect.TypeFor[io.Reader]()):
		return "file"
	case isOpt(t):
		return goKind(optInner(t))
	case t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(typeUnmarshaler):
		return decodes(t)
	}
	switch t.Kind() { //nolint:exhaustive // others do not go over the wire
	case reflect.Pointer:
		return goKind(t.Elem())
	case reflect.Slice:
		return "[]" + goKind(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "integer"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Struct, reflect.Map:
		return "object"
	}
	return ""
}

var typeUnmarshaler = reflect.TypeFor[json.Unmarshaler]()

// decodes finds out what a type that decodes itself takes.
func decodes(t reflect.Type) string {
	var kinds []string
	for _, sample := range []struct{ kind, text string }{
		{"string", `"text"`}, {"number", "1"}, {"boolean", "true"}, {"[]string", `["text"]`}, {"object", "{}"},
	} {
		if json.Unmarshal([]byte(sample.text), reflect.New(t).Interface()) == nil {
			kinds = append(kinds, sample.kind)
		}
	}
	return strings.Join(kinds, "|")
}

// refine makes what was seen on the wire more exact by the Go type: a text may
// be a date, a number a whole one.
func refine(seen, kind string) string {
	switch {
	case seen == "" || kind == "" || strings.HasPrefix(kind, seen):
		return kind
	case strings.TrimPrefix(seen, "[]") == "number" && strings.TrimPrefix(kind, "[]") == "integer":
		return kind
	case strings.HasPrefix(seen, "[]") && !strings.HasPrefix(kind, "[]"):
		return "[]" + refine(seen[2:], kind)
	}
	return seen
}
