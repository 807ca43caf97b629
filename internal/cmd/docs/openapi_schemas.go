package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/facts"
	"github.com/maventa-go/maventa/internal/operation"
)

// schemas are the models that calls take and return, found from their methods.
type schemas struct {
	src    *goComments
	byName map[string]*mapping
	sent   map[reflect.Type]bool // in a request: it must have what is not optional
}

func newSchemas(src *goComments) *schemas {
	return &schemas{src: src, byName: map[string]*mapping{}, sent: sentModels()}
}

// sentModels are the types in the bodies of all calls.
func sentModels() map[reflect.Type]bool {
	sent := map[reflect.Type]bool{}
	for _, op := range operation.Core() {
		if method, found := methodOf(op); found {
			if body := bodyOf(method); body != nil {
				collectModels(body, sent)
			}
		}
	}
	return sent
}

// bodyOf is the type of the argument that a call sends, nil if there is none.
func bodyOf(method reflect.Method) reflect.Type {
	for i := 2; i < method.Type.NumIn(); i++ { // after the service and the context
		t := method.Type.In(i)
		if t.Kind() != reflect.Struct {
			continue
		}
		for f := range t.Fields() {
			if wireName(f) != "" {
				return t
			}
		}
	}
	return nil
}

// wireName is what a field is called on the wire; empty if it is not sent.
func wireName(f reflect.StructField) string {
	if name := f.Tag.Get("wire"); name != "" {
		return name
	}
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "-" {
		return ""
	}
	return name
}

func ref(name string) *mapping { return pairs("$ref", "#/components/schemas/"+name) }

// of is the schema of a Go type: structs are components of their own.
func (s *schemas) of(t reflect.Type) (*mapping, error) {
	switch t {
	case reflect.TypeFor[time.Time]():
		return pairs("type", "string", "format", "date-time"), nil
	case reflect.TypeFor[maventa.Date]():
		return pairs("type", "string", "format", "date"), nil
	case reflect.TypeFor[maventa.Amount]():
		return pairs("type", "number", "format", "double"), nil // without a format some generators take 32 bits
	case reflect.TypeFor[maventa.Secret]():
		return pairs("type", "string"), nil
	}
	if get, isOpt := t.MethodByName("Get"); isOpt && strings.HasPrefix(t.Name(), "Opt[") {
		return s.of(get.Type.Out(0))
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Slice:
		items, err := s.of(t.Elem())
		return pairs("type", "array", "items", items), err
	case reflect.Bool:
		return pairs("type", "boolean"), nil
	case reflect.Int:
		return pairs("type", "integer"), nil
	case reflect.String:
		return text(t)
	case reflect.Struct:
		return ref(t.Name()), s.add(t)
	default:
		return nil, fmt.Errorf("no schema for %v", t)
	}
}

// text is a text, with the values that are known if it has a type of its own.
func text(t reflect.Type) (*mapping, error) {
	schema := pairs("type", "string")
	if t.Name() == "string" {
		return schema, nil
	}
	var values, lines []string
	why := pairs()
	for _, f := range facts.All() {
		value, found := strings.CutPrefix(f.Subject, "value "+t.Name()+" ")
		if !found {
			continue
		}
		values = append(values, value)
		lines = append(lines, "- `"+value+"`: "+f.Value)
		if f.Mark == facts.Inferred {
			why.set(value, f.Source)
		}
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("internal/facts has no values of %s", t.Name())
	}
	known := list{}
	for _, v := range values {
		known = append(known, v)
	}
	return schema.set("description", strings.Join(lines, "\n")).
		set("x-extensible-enum", known).set("x-inferred", why), nil
}

// add makes the component of a struct.
func (s *schemas) add(t reflect.Type) error {
	if s.byName[t.Name()] != nil {
		return nil
	}
	schema := pairs("type", "object", "description", s.src.typeSentence(t.Name()))
	s.byName[t.Name()] = schema // before its fields, which may lead back here
	required, properties := list{}, pairs()
	for f := range t.Fields() {
		name := wireName(f)
		if name == "" {
			continue
		}
		property, err := s.of(f.Type)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", t.Name(), f.Name, err)
		}
		properties.set(name, s.explained(property, t.Name(), f))
		optional := strings.Contains(f.Tag.Get("json"), "omitzero") || f.Tag.Get("wire") != ""
		if s.sent[t] && !optional {
			required = append(required, name)
		}
	}
	schema.set("required", required).set("properties", properties)
	return nil
}

// explained adds to a member what it is, and why its name is inferred. In OpenAPI
// 3.0 nothing may stand beside a reference, so that one is wrapped.
func (s *schemas) explained(schema *mapping, model string, f reflect.StructField) *mapping {
	fact, found := facts.Lookup("field " + model + "." + wireName(f))
	what := s.src.field[model+"."+f.Name]
	if found && fact.Value != wireName(f) {
		what = fact.Value
	}
	why := ""
	if found && fact.Mark == facts.Inferred {
		why = fact.Source
	}
	if schema.values["$ref"] != nil {
		if what == "" && why == "" {
			return schema
		}
		schema = pairs("allOf", list{schema})
	}
	if values, hasValues := schema.values["description"].(string); hasValues {
		what = strings.TrimSpace(what + "\n\n" + values)
	}
	schema.set("description", what)
	if why == "" {
		return schema
	}
	if values, ok := schema.values["x-inferred"].(*mapping); ok { // the name, and some values
		values.set("(name)", why)
		return schema
	}
	return schema.set("x-inferred", why)
}

// names of all components, in order.
func (s *schemas) names() []string {
	var names []string
	for name := range s.byName {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
