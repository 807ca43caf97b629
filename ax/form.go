package ax

import (
	"reflect"
	"strconv"
	"time"

	"github.com/maventa-go/maventa"
)

// formOf makes a form of the fields of a struct that carry the tag form. A nested
// struct gives fields such as print_settings[color]. Readers are left out.
func formOf(v any) *maventa.Form {
	f := &maventa.Form{}
	addStruct(f, reflect.Indirect(reflect.ValueOf(v)), "")
	return f
}

func addStruct(f *maventa.Form, v reflect.Value, parent string) {
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("form")
		if name == "" {
			continue
		}
		if parent != "" {
			name = parent + "[" + name + "]"
		}
		addValue(f, v.Field(i), name)
	}
}

func addValue(f *maventa.Form, v reflect.Value, name string) {
	switch value := v.Interface().(type) {
	case maventa.Date:
		if !value.IsZero() {
			f.Add(name, value.String())
		}
		return
	case time.Time:
		f.Add(name, stamp(value))
		return
	case maventa.Opt[bool]:
		if set, ok := value.Get(); ok {
			f.Add(name, strconv.FormatBool(set))
		}
		return
	}
	switch v.Kind() { //nolint:exhaustive // readers and the like are no fields
	case reflect.String:
		f.Add(name, v.String())
	case reflect.Bool:
		if v.Bool() {
			f.Add(name, "true")
		}
	case reflect.Struct:
		addStruct(f, v, name)
	case reflect.Slice:
		list := make([]string, v.Len())
		for i := range list {
			list[i] = v.Index(i).String()
		}
		f.AddArray(name, list...)
	}
}
