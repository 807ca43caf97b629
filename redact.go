package maventa

import (
	"fmt"
	"log/slog"
	"reflect"
	"strings"
)

// Models hold names, addresses, account numbers and texts of people, and end up
// in logs. So they print an allow-list: numbers, dates, states and the fields
// tagged log:"show" (ids). Every other text is hidden, a new one too.

// printModel writes v for every verb of fmt.
func printModel(f fmt.State, v any) {
	var b strings.Builder
	b.WriteString(strings.TrimPrefix(reflect.TypeOf(v).String(), "maventa."))
	b.WriteByte('{')
	for i, a := range shown(v) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(a.Key)
		b.WriteByte(':')
		b.WriteString(a.Value.String())
	}
	b.WriteByte('}')
	_, _ = f.Write([]byte(b.String()))
}

// logModel is v for slog.
func logModel(v any) slog.Value { return slog.GroupValue(shown(v)...) }

// shown lists what may be printed of the struct v.
func shown(v any) []slog.Attr {
	var attrs []slog.Attr
	rv := reflect.ValueOf(v)
	for i := range rv.NumField() {
		f, field := rv.Type().Field(i), rv.Field(i)
		if f.IsExported() && !field.IsZero() {
			attrs = append(attrs, slog.String(f.Name, showField(f, field)))
		}
	}
	return attrs
}

func showField(f reflect.StructField, v reflect.Value) string {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if o, ok := reflect.TypeAssert[interface{ inner() any }](v); ok { // an Opt
		v = reflect.ValueOf(o.inner())
	}
	switch v.Kind() { //nolint:exhaustive // the rest is numbers and the like
	case reflect.Interface:
		return redacted
	case reflect.Slice, reflect.Map:
		if f.Tag.Get("log") == "show" {
			return fmt.Sprint(v.Interface())
		}
		return fmt.Sprintf("[%d]", v.Len())
	case reflect.String:
		isPlain := v.Type() == reflect.TypeFor[string]() || v.Type() == reflect.TypeFor[Secret]()
		if isPlain && f.Tag.Get("log") != "show" {
			return redacted
		}
		return quoteCut(v.String(), 64)
	}
	return fmt.Sprint(v.Interface())
}

// printBlocks writes which fields of a struct of structs are filled.
func printBlocks(f fmt.State, v any) {
	rv := reflect.ValueOf(v)
	names := make([]string, 0, rv.NumField())
	for i := range rv.NumField() {
		if sf := rv.Type().Field(i); sf.Name != "Extra" && !rv.Field(i).IsZero() {
			names = append(names, sf.Name)
		}
	}
	_, _ = fmt.Fprintf(f, "%s{%s}", strings.TrimPrefix(rv.Type().String(), "maventa."), strings.Join(names, " "))
}
