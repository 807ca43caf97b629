package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// flat is a schema without its nesting.
type flat struct {
	kind                 string
	enum                 []string
	minLength, maxLength uint64
	fields               []field
}

func flatten(ref *openapi3.SchemaRef) flat {
	w := &walker{}
	kind, s := w.walk(ref, "", nil)
	f := flat{kind: kind, fields: w.fields}
	if s != nil {
		f.enum, f.minLength, f.maxLength = limits(s)
	}
	return f
}

// walker collects the members of a schema.
type walker struct{ fields []field }

// walk adds the members of ref under prefix and returns its type and, for the
// limits of a single value, the schema of the innermost item. parents are the
// schemas around it: one that holds itself is not entered twice.
func (w *walker) walk(ref *openapi3.SchemaRef, prefix string, parents []*openapi3.Schema) (string, *openapi3.Schema) {
	if ref == nil || ref.Value == nil {
		return "", nil
	}
	s := ref.Value
	if slices.Contains(parents, s) {
		return "object", s
	}
	parents = append(slices.Clone(parents), s)
	switch kind := kindOf(s); {
	case kind == "array":
		inner, item := w.walk(s.Items, brackets(prefix), parents)
		return "[]" + inner, item
	case kind != "" && kind != "object":
		return kind, s
	}
	members := map[string]member{}
	collect(s, members, true, parents)
	if len(members) == 0 && kindOf(s) == "" {
		return variantKind(s), s
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		w.member(dotted(prefix, name), members[name], parents)
	}
	return "object", s
}

func (w *walker) member(name string, m member, parents []*openapi3.Schema) {
	f := field{Name: name, Required: m.required}
	at := len(w.fields)
	w.fields = append(w.fields, f)
	kind, inner := w.walk(m.ref, name, parents)
	f.Type = kind
	if inner != nil && !strings.HasSuffix(kind, "object") {
		f.Enum, f.MinLength, f.MaxLength = limits(inner)
	}
	w.fields[at] = f
}

// member is one property of an object.
type member struct {
	ref      *openapi3.SchemaRef
	required bool
}

// collect gathers the properties of s and of the schemas it is made of. Of
// alternatives no member is required.
func collect(s *openapi3.Schema, members map[string]member, required bool, parents []*openapi3.Schema) {
	for name, ref := range s.Properties {
		members[name] = member{ref, required && slices.Contains(s.Required, name)}
	}
	if extra := s.AdditionalProperties.Schema; extra != nil {
		members["*"] = member{extra, false}
	}
	parts := func(refs openapi3.SchemaRefs, required bool) {
		for _, ref := range refs {
			if ref.Value != nil && !slices.Contains(parents, ref.Value) {
				collect(ref.Value, members, required, append(slices.Clone(parents), ref.Value))
			}
		}
	}
	parts(s.AllOf, required)
	parts(s.OneOf, false)
	parts(s.AnyOf, false)
	for _, name := range s.Required { // of a member that allOf brings
		if m, ok := members[name]; ok && required {
			m.required = true
			members[name] = m
		}
	}
}

// kindOf is the type of a schema that stands alone.
func kindOf(s *openapi3.Schema) string {
	var kinds []string
	if s.Type != nil {
		kinds = slices.DeleteFunc(slices.Clone(*s.Type), func(t string) bool { return t == "null" })
	}
	if len(kinds) != 1 {
		if s.Items != nil {
			return "array"
		}
		return strings.Join(kinds, "|")
	}
	switch kind := kinds[0]; {
	case kind == "file", kind == "string" && s.Format == "binary":
		return "file"
	case kind == "string" && (s.Format == "date" || s.Format == "date-time"):
		return "string " + s.Format
	default:
		return kind
	}
}

// variantKind is the type that all alternatives of a single value share.
func variantKind(s *openapi3.Schema) string {
	var kinds []string
	for _, refs := range []openapi3.SchemaRefs{s.AllOf, s.OneOf, s.AnyOf} {
		for _, ref := range refs {
			if ref.Value != nil {
				kinds = append(kinds, kindOf(ref.Value))
			}
		}
	}
	slices.Sort(kinds)
	return strings.Join(slices.Compact(kinds), "|")
}

func limits(s *openapi3.Schema) (enum []string, minLength, maxLength uint64) {
	for _, v := range s.Enum {
		if v != nil {
			enum = append(enum, fmt.Sprint(v))
		}
	}
	slices.Sort(enum)
	if s.MaxLength != nil {
		maxLength = *s.MaxLength
	}
	return enum, s.MinLength, maxLength
}

func dotted(prefix, name string) string {
	if prefix == "" || prefix == "[]" {
		return name
	}
	return prefix + "." + name
}

// brackets marks a list; that of a whole answer has no name.
func brackets(prefix string) string {
	if prefix == "" {
		return ""
	}
	return prefix + "[]"
}
