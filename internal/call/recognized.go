package call

import "reflect"

// Recognized reports whether the service may have written an answer of a call
// whose schema requires no member: it says nothing at all, or a member that the
// call knows, with a known value where there is a list of them. An id is no sign:
// anybody's answer has one.
//
// It takes a pointer to a struct with a field Extra.
func Recognized(answer any) bool {
	v := reflect.ValueOf(answer).Elem()
	empty := true
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || v.Field(i).IsZero() {
			continue
		}
		empty = false
		if f.Name == "Extra" || f.Name == "ID" {
			continue
		}
		if k, ok := reflect.TypeAssert[interface{ Known() bool }](v.Field(i)); !ok || k.Known() {
			return true
		}
	}
	return empty
}
