package maventa

import (
	"encoding/json"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// form is a multipart/form-data body. Its files are read while it is sent, never
// into memory.
type form struct {
	fields []pair
	files  []formFile
}

type formFile struct {
	field, filename, contentType string
	content                      io.Reader
}

// add adds a field; an empty one is left out.
func (f *form) add(name, value string) {
	if value != "" {
		f.fields = append(f.fields, pair{name, value})
	}
}

// formOf makes a form of the fields of a struct that carry the tag form. A nested
// struct gives fields such as print_settings[color]. Readers are left out.
func formOf(v any, e ArrayEncoding) *form {
	f := &form{}
	f.addStruct(reflect.Indirect(reflect.ValueOf(v)), e, "")
	return f
}

func (f *form) addStruct(v reflect.Value, e ArrayEncoding, parent string) {
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("form")
		if name == "" {
			continue
		}
		if parent != "" {
			name = parent + "[" + name + "]"
		}
		f.addValue(v.Field(i), e, name)
	}
}

func (f *form) addValue(v reflect.Value, e ArrayEncoding, name string) {
	switch value := v.Interface().(type) {
	case Date:
		if !value.IsZero() {
			f.add(name, value.String())
		}
		return
	case time.Time:
		if !value.IsZero() {
			f.add(name, value.UTC().Format(time.RFC3339))
		}
		return
	case Opt[bool]:
		if set, ok := value.Get(); ok {
			f.add(name, strconv.FormatBool(set))
		}
		return
	}
	switch v.Kind() { //nolint:exhaustive // readers and the like are no fields
	case reflect.String:
		f.add(name, v.String())
	case reflect.Bool:
		if v.Bool() {
			f.add(name, "true")
		}
	case reflect.Struct:
		f.addStruct(v, e, name)
	case reflect.Slice:
		list := make([]string, v.Len())
		for i := range list {
			list[i] = v.Index(i).String()
		}
		f.fields = append(f.fields, e.pairs(name, list, func(s string) string { return s })...)
	}
}

// values is the form's fields as JSON, for the digest of the call and for hiding
// them in errors. The files are not in it.
func (f *form) values() []byte {
	list := make([]map[string]string, 0, len(f.fields))
	for _, p := range f.fields {
		list = append(list, map[string]string{p.name: p.value})
	}
	b, err := json.Marshal(list)
	if err != nil {
		return nil // strings always can be written
	}
	return b
}

// filenameProblem says why name cannot be the name of an uploaded file.
func filenameProblem(name string) string {
	if name == "" {
		return "is required"
	}
	if len(name) > 255 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '/' || r == '\\' }) {
		return "must be a plain file name of at most 255 bytes"
	}
	return ""
}
