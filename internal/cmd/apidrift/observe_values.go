package main

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/maventa-go/maventa"
)

// enum is a string type with a list of values.
type enum struct {
	name   string
	known  func(string) bool // also: taken, of a field that the SDK checks
	values []string          // the type's constants, those that are taken
	all    []string          // the type's constants
}

func (o *observer) enumOf(t reflect.Type) *enum {
	t = innermost(t)
	if t.Kind() != reflect.String {
		return nil
	}
	e := &enum{name: t.Name(), values: o.constants[t.Name()], all: o.constants[t.Name()]}
	e.known = func(s string) bool { return slices.Contains(e.values, s) }
	if _, ok := reflect.TypeAssert[interface{ Known() bool }](reflect.Zero(t)); ok {
		e.known = func(s string) bool {
			v, ok := reflect.TypeAssert[interface{ Known() bool }](reflect.ValueOf(s).Convert(t))
			return ok && v.Known()
		}
	} else if e.values == nil {
		return nil
	}
	return e
}

// accepted is the enum of a field that is sent. Where the SDK checks the field,
// the values are those that it lets through: one type may serve several fields,
// and not every value fits each.
func (m *sdkMethod) accepted(ctx context.Context, name string, places []*place) *enum {
	for _, p := range places {
		e := m.enumOf(p.goTyp)
		if p.goTyp.Kind() != reflect.String {
			continue
		}
		if !m.refuses(ctx, name, p.path, "") {
			return e // a filter, for example: anything goes
		}
		if e == nil {
			e = &enum{name: "a list"}
		}
		e.known = func(value string) bool { return !m.refuses(ctx, name, p.path, value) }
		e.values = slices.DeleteFunc(slices.Clone(e.values), func(v string) bool { return !e.known(v) })
		return e
	}
	return nil
}

// refuses makes the call without Unchecked and with value at path, or a marker
// if that is empty, and reports whether the SDK finds fault with that field.
func (m *sdkMethod) refuses(ctx context.Context, name, path, value string) bool {
	strict := *m
	strict.opts = nil
	if value != "" {
		f := *m.filler
		f.values = maps.Clone(f.values)
		if f.values == nil {
			f.values = map[string]any{}
		}
		f.values[path] = value
		f.marked = map[string]*place{} // the value is no marker
		strict.filler = &f
	}
	_, err := strict.try(ctx, "")
	refused, ok := errors.AsType[*maventa.Error](err)
	if !ok {
		return false
	}
	_, name, _ = strings.Cut(name, ".")
	return slices.ContainsFunc(refused.Fields, func(f maventa.FieldProblem) bool { return plain(f.Field) == plain(name) })
}

// plain is a name without positions and brackets: files[0][file_type] and
// files[].file_type are both files.file_type.
func plain(name string) string {
	name = position.ReplaceAllString(name, "")
	return strings.TrimRight(strings.NewReplacer("[n]", "", "[]", "", "][", ".", "[", ".", "]", "").Replace(name), ".")
}
