package main

import (
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/maventa-go/maventa"
)

// result is what the method can read of an answer: the JSON tags of the type
// that it returns.
func (m *sdkMethod) result() (kind string, fields []sdkField) {
	if m.op.NoBody {
		return "", nil
	}
	t := m.special.result
	if t == nil {
		t = resultType(method(&maventa.Client{}, m.name).Type())
	}
	if t == nil {
		return "", nil
	}
	list := ""
	for {
		switch {
		case isStream(t):
			return list + "file", nil
		case t.Kind() == reflect.Pointer:
			t = t.Elem()
		case t.Kind() == reflect.Slice && t != typeRaw && t != typeBytes:
			list += "[]"
			t = t.Elem()
		case t.Kind() == reflect.Struct && typeName(t) == "Page":
			items, _ := t.FieldByName("Items")
			t = items.Type
		default:
			if kind = goKind(t); kind == "object" {
				m.members(t, "", nil, &fields)
			}
			return list + kind, fields
		}
	}
}

// resultType is the first result that is not an error; of an iterator, what it
// yields.
func resultType(t reflect.Type) reflect.Type {
	for out := range t.Outs() {
		if out == typeError {
			continue
		}
		if out.Kind() == reflect.Func && out.CanSeq2() {
			return reflect.SliceOf(out.In(0).In(0))
		}
		return out
	}
	return nil
}

var typeReader = reflect.TypeFor[io.Reader]()

// isStream recognizes a result that is read and not decoded: a reader, or a
// struct that holds one.
func isStream(t reflect.Type) bool {
	if t == typeBytes || t.Implements(typeReader) {
		return true
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == typeTime || reflect.PointerTo(t).Implements(typeReader) {
		return t.Kind() == reflect.Struct && t != typeTime
	}
	for f := range t.Fields() {
		if f.IsExported() && f.Type.Implements(typeReader) {
			return true
		}
	}
	return false
}

// members lists the JSON members of a struct, nested ones included.
func (m *sdkMethod) members(t reflect.Type, prefix string, parents []reflect.Type, list *[]sdkField) {
	if slices.Contains(parents, t) {
		return
	}
	parents = append(slices.Clone(parents), t)
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			if name = f.Tag.Get("wire"); name == "" { // read by the type's own code
				continue
			}
		}
		if inner := innermost(f.Type); f.Anonymous && name == "" && inner.Kind() == reflect.Struct {
			m.members(inner, prefix, parents, list)
			continue
		}
		if !f.IsExported() || f.Type == typeExtra {
			continue
		}
		if name == "" {
			name = f.Name
		}
		kind := goKind(f.Type)
		*list = append(*list, sdkField{
			name:     prefix + name,
			kind:     kind,
			enum:     m.enumOf(f.Type),
			owner:    typeName(t),
			inferred: f.Tag.Get("api") == "inferred",
		})
		if inner := innermost(f.Type); strings.HasSuffix(kind, "object") && inner.Kind() == reflect.Struct {
			m.members(inner, prefix+name+strings.Repeat("[]", strings.Count(kind, "[]"))+".", parents, list)
		}
	}
}
