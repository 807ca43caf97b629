package main

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// fields are what full sent, with what became of each when it was left out.
func (m *sdkMethod) fields(ctx context.Context, full *sent, without map[string]*sent) []sdkField {
	places := m.placesOf(full, without)
	var list []sdkField
	for _, name := range slices.Sorted(maps.Keys(full.wire)) {
		w := full.wire[name]
		f := sdkField{name: name, kind: w.kind, owner: m.special.owner}
		for i, p := range places[name] {
			presence := seen(name, full, without, p.path)
			if i == 0 || f.presence == always && presence != always {
				f.presence = presence
			}
			if i > 0 {
				continue
			}
			f.kind = refine(w.kind, goKind(p.goTyp))
			f.owner = cmp.Or(p.owner, f.owner)
			f.inferred = p.field != nil && p.field.Tag.Get("api") == "inferred"
		}
		f.enum = m.accepted(ctx, name, places[name])
		if (places[name] == nil || f.kind == "boolean") && !strings.HasSuffix(w.kind, "object") {
			f.fixed = w.values
		}
		if strings.HasPrefix(name, "query.") {
			f.encoding = m.encoding(w)
			if f.encoding != "" && !strings.HasPrefix(f.kind, "[]") {
				f.kind = "[]" + f.kind
			}
			if inner, ok := strings.CutSuffix(f.name, "[]"); ok {
				f.name, f.encoding = inner, "brackets"
			}
		}
		list = append(list, f)
	}
	return list
}

// seen is what became of a field when the place that it comes from was empty. A
// field that took its object with it says nothing about itself.
func seen(name string, full *sent, without map[string]*sent, path string) presence {
	s, tried := without[path]
	switch {
	case !tried:
		return always
	case s == nil:
		return required
	}
	if _, still := s.wire[name]; still {
		return always
	}
	if _, isMember := full.wire[parent(name)]; isMember {
		if _, still := s.wire[parent(name)]; !still {
			return always
		}
	}
	return optional
}

// placesOf maps the names on the wire to the places that they come from, the
// most telling first.
func (m *sdkMethod) placesOf(full *sent, without map[string]*sent) map[string][]*place {
	names := map[string]map[string]bool{} // by path
	note := func(path, name string) {
		if names[path] == nil {
			names[path] = map[string]bool{}
		}
		names[path][name] = true
	}
	for name, w := range full.wire {
		for _, value := range w.values {
			for _, part := range append([]string{value}, strings.Split(value, ",")...) {
				if p := m.filler.marked[part]; p != nil {
					note(p.path, name)
				}
			}
		}
	}
	m.mapSwitches(full, without, note)
	m.mapContainers(full, names, note)
	places := map[string][]*place{}
	for _, p := range m.filler.order {
		for name := range names[p.path] {
			places[name] = append(places[name], p)
		}
	}
	return places
}

// mapSwitches finds the fields of booleans, which no marker fits: they are what
// differs when the boolean is false.
func (m *sdkMethod) mapSwitches(full *sent, without map[string]*sent, note func(path, name string)) {
	for _, p := range m.filler.order {
		s := without[p.path]
		if s == nil || innermost(p.goTyp).Kind() != reflect.Bool {
			continue
		}
		for name, w := range full.wire {
			if now, still := s.wire[name]; !still || !slices.Equal(now.values, w.values) {
				note(p.path, name)
			}
		}
	}
}

// mapContainers finds the objects and lists: they stand around what their own
// fields are sent as.
func (m *sdkMethod) mapContainers(full *sent, names map[string]map[string]bool, note func(path, name string)) {
	for _, p := range slices.Backward(m.filler.order) {
		outer, ok := container(p.path)
		if !ok {
			continue
		}
		for name := range names[p.path] {
			if strings.HasSuffix(p.path, "[]") || strings.HasSuffix(p.path, "?") {
				note(outer, name)
				continue
			}
			i := strings.LastIndex(name, ".")
			around := strings.TrimSuffix(name[:i], "[]")
			if w, there := full.wire[around]; there && strings.HasSuffix(w.kind, "object") {
				note(outer, around)
			}
		}
	}
}

// container is the path around path.
func container(path string) (string, bool) {
	for _, suffix := range []string{"[]", "?"} {
		if outer, ok := strings.CutSuffix(path, suffix); ok {
			return outer, true
		}
	}
	i := strings.LastIndex(path, ".")
	if i < 0 {
		return "", false
	}
	return strings.TrimSuffix(path[:i], "[]"), true
}

// encoding tells how a list stands in the query: two markers of one place.
func (m *sdkMethod) encoding(w wire) string {
	isList := func(values []string) bool {
		return len(values) > 1 && m.filler.marked[values[0]] != nil && m.filler.marked[values[0]] == m.filler.marked[values[1]]
	}
	switch {
	case isList(w.values):
		return "multi"
	case len(w.values) == 1 && isList(strings.Split(w.values[0], ",")):
		return "csv"
	}
	return ""
}

// merge adds the fields of another method of the same row. What not every
// method sends may be left out.
func merge(have, more []sdkField, again bool) []sdkField {
	if !again {
		return append(have, more...)
	}
	at := func(list []sdkField, name string) int {
		return slices.IndexFunc(list, func(f sdkField) bool { return f.name == name })
	}
	for i := range have {
		if at(more, have[i].name) < 0 {
			have[i].presence = optional
		}
	}
	for _, f := range more {
		if i := at(have, f.name); i < 0 {
			f.presence = optional
			have = append(have, f)
		} else if f.presence == optional {
			have[i].presence = optional
		}
	}
	return have
}

// strip keeps the fields whose names begin with prefix, without it.
func strip(fields []sdkField, prefix string) []sdkField {
	var list []sdkField
	for _, f := range fields {
		if name, ok := strings.CutPrefix(f.name, prefix); ok {
			f.name = name
			list = append(list, f)
		}
	}
	return list
}
