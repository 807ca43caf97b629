package decode

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// NotUTF8 names the text in value that is not UTF-8, such as "payers[0].name"; "" if
// all are. data is value as encoding/json has written it: what is not UTF-8 has become
// U+FFFD there. So value itself is only looked at if there is one, which may also be
// the caller's.
func NotUTF8(data []byte, value any) (field string) {
	isValid := utf8.Valid(data)
	if isValid && !bytes.Contains(data, []byte(`\ufffd`)) && !bytes.Contains(data, []byte("\uFFFD")) {
		return ""
	}
	w := textWalk{seen: map[visit]bool{}}
	if !w.walk(reflect.ValueOf(value), "") {
		if isValid {
			return ""
		}
		w.field = ""
	}
	if w.field == "" {
		return "body"
	}
	return w.field
}

// textWalk looks for a text that is not UTF-8 in what encoding/json writes.
type textWalk struct {
	seen  map[visit]bool // a value may hold itself where it is not written
	field string         // where the text is
}

type visit struct {
	at uintptr
	t  reflect.Type
}

// walk reports whether there is one in v, which is written at path.
func (w *textWalk) walk(v reflect.Value, path string) bool {
	switch v.Kind() { //nolint:exhaustive // the others hold no text
	case reflect.String:
		return w.check(v.String(), path)
	case reflect.Interface:
		return w.walk(v.Elem(), path)
	case reflect.Pointer:
		to := visit{v.Pointer(), v.Type()}
		if v.IsNil() || w.seen[to] {
			return false
		}
		w.seen[to] = true
		return w.walk(v.Elem(), path)
	case reflect.Slice, reflect.Array:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			return w.check(string(v.Bytes()), path)
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return false // written as base64, or as its own method says
		}
		for i := range v.Len() {
			if w.walk(v.Index(i), path+"["+strconv.Itoa(i)+"]") {
				return true
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			name := path
			if key.Kind() == reflect.String {
				name = within(path, strings.ToValidUTF8(key.String(), "?"))
			}
			if w.walk(key, name) || w.walk(v.MapIndex(key), name) {
				return true
			}
		}
	case reflect.Struct:
		return w.object(v, path)
	}
	return false
}

// object is walk for a struct: its fields as encoding/json names them, those that are
// private if it writes itself, and what is in a [Fields].
func (w *textWalk) object(v reflect.Value, path string) bool {
	if v.Type() == reflect.TypeFor[Fields]() {
		f := Fields{raw: v.Field(0).String()} // v itself may be private
		for name, value := range f.All() {
			if w.check(string(value), within(path, name)) {
				return true
			}
		}
		return false
	}
	marshaler := reflect.TypeFor[json.Marshaler]()
	writesItself := v.Type().Implements(marshaler) || reflect.PointerTo(v.Type()).Implements(marshaler)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if wire := f.Tag.Get("wire"); wire != "" { // written by the type's MarshalJSON
			name = wire
		}
		isExtra := f.Type == reflect.TypeFor[Fields]()
		switch {
		case name == "-" && !isExtra, !f.IsExported() && !f.Anonymous && !writesItself:
			continue
		case isExtra, !f.IsExported(), f.Anonymous && name == "":
			name = ""
		case name == "":
			name = f.Name
		}
		if w.walk(v.Field(i), within(path, name)) {
			return true
		}
	}
	return false
}

// check notes the text at path if it is not UTF-8.
func (w *textWalk) check(text, path string) bool {
	if utf8.ValidString(text) {
		return false
	}
	w.field = path
	return true
}

// within names a member of what is at path.
func within(path, name string) string {
	if path == "" || name == "" {
		return path + name
	}
	return path + "." + name
}
