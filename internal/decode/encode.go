package decode

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Marshal returns the JSON of v, a struct or a pointer to one, as encoding/json
// writes it, with the following differences:
//
//   - The members of Extra are written with the struct that they stand in, and win
//     over fields of the same name; see [Merge].
//   - A field with the tag wire is written at the end, under that name, in clear.
//   - What is not UTF-8 is an error that names it. In a value that writes itself
//     U+FFFD counts as such: what it stood for cannot be seen.
//
// A struct with an Extra field or the tag wire is written so whether it has a
// MarshalJSON or not: that method may call Marshal. The error is an [*Error].
func Marshal(v any) ([]byte, error) {
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	} else if rv.IsValid() {
		rv = addressable(rv)
	}
	var e encoder
	var b []byte
	if !rv.IsValid() {
		b = e.standard(make([]byte, 0, 8), v)
	} else {
		how, p := writing(rv.Type())
		b = e.value(make([]byte, 0, 256), how, p, rv)
	}
	if e.problem == "" {
		return b, nil
	}
	return nil, &Error{Path: joined(e.path), Problem: e.problem}
}

const notWritable = "cannot be written as JSON"

type encoder struct {
	path    []string // of the failure, innermost first
	problem string
	depth   int
}

// written is a field as it is written.
type written struct {
	name      string
	prefix    string // the name in quotes and the colon
	index     int
	how       how
	plan      *plan
	zero      bool // left out where it is zero, as its IsZero says
	empty     bool // left out where it is empty
	hasIsZero bool
}

type zeroer interface{ IsZero() bool }

// writing says how values of a type are written.
func writing(t reflect.Type) (how, *plan) {
	p := planFor(t)
	pointer := reflect.PointerTo(t)
	switch kind := t.Kind(); {
	case p != nil && (p.ours || p.kind == reflect.Pointer && p.elem.ours):
		return byPlan, p
	case pointer.Implements(marshaler):
		return byItself, nil
	case pointer.Implements(textMarshaler), t == numberType,
		kind == reflect.Pointer && (t.Implements(marshaler) || t.Implements(textMarshaler)):
		return byJSON, nil
	case kind == reflect.Interface:
		return asAny, nil
	case kind == reflect.Map && t.Key().Kind() == reflect.String && !t.Key().Implements(textMarshaler):
		return asMap, nil
	case kind == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		return asList, nil
	case p != nil:
		return byPlan, p
	case kind == reflect.String:
		return asText, nil
	case kind == reflect.Bool:
		return asBool, nil
	case reflect.Int <= kind && kind <= reflect.Int64:
		return asInt, nil
	}
	return byJSON, nil
}

// value writes a value. One that contains itself would never end.
func (e *encoder) value(b []byte, how how, p *plan, v reflect.Value) []byte {
	if e.depth++; e.depth > 2*maxDepth {
		e.problem = tooDeep
		return b
	}
	b = e.valueAt(b, how, p, v)
	e.depth--
	return b
}

func (e *encoder) valueAt(b []byte, how how, p *plan, v reflect.Value) []byte {
	switch how {
	case byPlan:
		return e.planned(b, p, v)
	case asText:
		return e.text(b, v.String())
	case asTexts: // with the tag wire, in clear
		return e.list(b, asText, nil, v)
	case asList:
		how, p := writing(v.Type().Elem())
		return e.list(b, how, p, v)
	case asBool:
		return strconv.AppendBool(b, v.Bool())
	case asInt:
		return strconv.AppendInt(b, v.Int(), 10)
	case byItself:
		if raw, ok := reflect.TypeAssert[*json.RawMessage](v.Addr()); ok {
			if !utf8.Valid(*raw) {
				e.problem = notUTF8
			}
			data, err := json.Marshal(raw)
			return e.written(b, data, err)
		}
		itself, _ := reflect.TypeAssert[json.Marshaler](v.Addr()) // see writing
		data, err := itself.MarshalJSON()
		return e.checked(b, data, err)
	case asAny:
		if v.IsNil() {
			return append(b, "null"...)
		}
		how, p := writing(v.Elem().Type())
		return e.value(b, how, p, addressable(v.Elem()))
	case asMap:
		return e.members(b, v)
	case byJSON:
	}
	return e.standard(b, v.Addr().Interface())
}

func (e *encoder) list(b []byte, how how, p *plan, v reflect.Value) []byte {
	if v.IsNil() {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		if b = e.value(b, how, p, v.Index(i)); e.problem != "" {
			e.path = append(e.path, "["+strconv.Itoa(i)+"]")
			return b
		}
	}
	return append(b, ']')
}

// members writes a map, sorted by name.
func (e *encoder) members(b []byte, v reflect.Value) []byte {
	if v.IsNil() {
		return append(b, "null"...)
	}
	names, values := make([]string, 0, v.Len()), make(map[string]reflect.Value, v.Len())
	for all := v.MapRange(); all.Next(); {
		name := all.Key().String()
		names, values[name] = append(names, name), all.Value()
	}
	slices.Sort(names)
	how, p := writing(v.Type().Elem())
	b = append(b, '{')
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		if b = e.text(b, name); e.problem == "" {
			b = e.value(append(b, ':'), how, p, addressable(values[name]))
		}
		if e.problem != "" {
			clean := func(r rune) rune {
				if r == utf8.RuneError {
					return '?'
				}
				return r
			}
			e.path = append(e.path, strings.Map(clean, name))
			return b
		}
	}
	return append(b, '}')
}

// addressable is a copy of v whose fields can be addressed.
func addressable(v reflect.Value) reflect.Value {
	copied := reflect.New(v.Type()).Elem()
	copied.Set(v)
	return copied
}

// written appends what another one has written.
func (e *encoder) written(b, data []byte, err error) []byte {
	if own, ok := err.(*Error); ok { //nolint:errorlint // of a MarshalJSON that calls Marshal, bare
		e.path, e.problem = append(e.path, own.Path), own.Problem
	} else if e.problem == "" && (err != nil || !json.Valid(data)) {
		e.problem = notWritable
	}
	return append(b, data...)
}

// standard leaves a value to encoding/json.
func (e *encoder) standard(b []byte, v any) []byte {
	data, err := json.Marshal(v)
	return e.checked(b, data, err)
}

// checked is written for what may have put U+FFFD in the place of a text.
func (e *encoder) checked(b, data []byte, err error) []byte {
	if end, _ := skipValue(data, 0, maxDepth); err == nil && end == len(data) && plain(data) {
		return append(b, data...) // a number, a date: nearly always
	}
	if !utf8.Valid(data) || bytes.Contains(data, []byte(`\ufffd`)) || bytes.Contains(data, []byte("\uFFFD")) {
		e.problem = notUTF8
	}
	return e.written(b, data, err)
}

func (e *encoder) planned(b []byte, p *plan, v reflect.Value) []byte {
	switch p.kind { //nolint:exhaustive // these are planned
	case reflect.Pointer:
		if v.IsNil() {
			return append(b, "null"...)
		}
		return e.planned(b, p.elem, v.Elem())
	case reflect.Struct:
		return e.object(b, p, v)
	}
	return e.standard(b, v.Addr().Interface())
}

func (e *encoder) object(b []byte, p *plan, v reflect.Value) []byte {
	start := len(b)
	b = append(b, '{')
	writes := p.toWrite(v.Type())
	for i := range writes {
		f := &writes[i]
		field := v.Field(f.index)
		switch {
		case f.hasIsZero:
			asked, ok := reflect.TypeAssert[zeroer](field.Addr()) // see toWrite
			if !ok && !field.IsNil() {
				asked, _ = reflect.TypeAssert[zeroer](field) // a pointer
			}
			if asked == nil || asked.IsZero() {
				continue
			}
		case f.zero && field.IsZero(), f.empty && isEmpty(field):
			continue
		}
		if len(b) > start+1 {
			b = append(b, ',')
		}
		if b = e.value(append(b, f.prefix...), f.how, f.plan, field); e.problem != "" {
			e.path = append(e.path, f.name)
			return b
		}
	}
	b = append(b, '}')
	if p.extra < 0 {
		return b
	}
	extra, _ := reflect.TypeAssert[*Fields](v.Field(p.extra).Addr()) // planned so
	if extra.IsZero() {
		return b
	}
	_ = each([]byte(extra.raw), func(name string, member, _ []byte) bool {
		if !utf8.Valid(member) {
			e.path, e.problem = append(e.path, name), notUTF8
		}
		return e.problem == ""
	})
	if e.problem != "" {
		return b
	}
	merged, err := Merge(b[start:], *extra)
	if err != nil {
		e.problem = notWritable
	}
	return append(b[:start:start], merged...)
}

// isEmpty is what omitempty leaves out.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() { //nolint:exhaustive // as encoding/json has it
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// text appends a string. One that has to be escaped is left to encoding/json.
func (e *encoder) text(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			if !utf8.ValidString(s) {
				e.problem = notUTF8
				return b
			}
			data, err := json.Marshal(s)
			return e.written(b, data, err)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}
