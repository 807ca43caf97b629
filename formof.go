package maventa

import (
	"reflect"
	"strconv"
	"time"
)

// formOf makes a form of the fields of a struct that carry the tag form. A nested
// struct gives fields such as print_settings[color]. Readers are left out.
func formOf(v any) *Form {
	f := &Form{}
	f.addStruct(reflect.Indirect(reflect.ValueOf(v)), "")
	return f
}

func (f *Form) addStruct(v reflect.Value, parent string) {
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("form")
		if name == "" {
			continue
		}
		if parent != "" {
			name = parent + "[" + name + "]"
		}
		f.addValue(v.Field(i), name)
	}
}

func (f *Form) addValue(v reflect.Value, name string) {
	switch value := v.Interface().(type) {
	case Date:
		if !value.IsZero() {
			f.Add(name, value.String())
		}
		return
	case time.Time:
		if !value.IsZero() {
			f.Add(name, value.UTC().Format(time.RFC3339))
		}
		return
	case Opt[bool]:
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
		f.addStruct(v, name)
	case reflect.Slice:
		list := make([]string, v.Len())
		for i := range list {
			list[i] = v.Index(i).String()
		}
		f.AddArray(name, list...)
	}
}
