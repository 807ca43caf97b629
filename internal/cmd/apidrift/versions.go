package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// versions compares two descriptions of the same API: the facts that are
// committed, and a newer file. Each line is something that changed.
func versions(old, now *spec) []string {
	var changes []string
	a, b := linesByCall(old), linesByCall(now)
	for _, c := range slices.Sorted(maps.Keys(union(a, b))) {
		switch {
		case a[c] == nil:
			changes = append(changes, c+"  is new")
		case b[c] == nil:
			changes = append(changes, c+"  is gone")
		default:
			for _, name := range slices.Sorted(maps.Keys(union(a[c], b[c]))) {
				was, had := a[c][name]
				is, has := b[c][name]
				switch {
				case !had:
					changes = append(changes, strings.TrimSpace(fmt.Sprintf("%s  new: %s %s", c, name, is)))
				case !has:
					changes = append(changes, strings.TrimSpace(fmt.Sprintf("%s  gone: %s %s", c, name, was)))
				case was != is:
					changes = append(changes, fmt.Sprintf("%s  %s: was %s, is %s", c, name, orNothing(was), orNothing(is)))
				}
			}
		}
	}
	return changes
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

func union[V any](a, b map[string]V) map[string]V {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// linesByCall is everything that a description says, by call and name.
func linesByCall(s *spec) map[string]map[string]string {
	all := map[string]map[string]string{}
	for i := range s.Operations {
		c := &s.Operations[i]
		lines := map[string]string{"scopes": strings.Join(c.Scopes, " ")}
		for name, is := range map[string]bool{"experimental": c.Experimental, "operators only": c.Operator, "deprecated": c.Deprecated, "token": c.Token} {
			if is {
				lines[name] = ""
			}
		}
		for _, f := range c.Parameters {
			lines[f.In+"."+f.Name] = f.words()
		}
		if c.Body != nil {
			lines["body"] = strings.Join(c.Body.Media, " ") + either(c.Body.Required, " required", "")
			for _, f := range c.Body.Fields {
				lines["body."+f.Name] = f.words()
			}
		}
		for _, a := range c.Answers {
			where := "answer " + a.Status
			lines[where] = strings.TrimSpace(a.Type + " " + strings.Join(a.Headers, " "))
			for _, f := range a.Fields {
				lines[where+"."+f.Name] = f.words()
			}
		}
		all[c.Method+" "+c.Path] = lines
	}
	return all
}

// words are all that is known of a field but its name.
func (f *field) words() string {
	words := []string{f.Type}
	if f.Required {
		words = append(words, "required")
	}
	if f.MinLength > 0 || f.MaxLength > 0 {
		words = append(words, fmt.Sprintf("%d to %d characters", f.MinLength, f.MaxLength))
	}
	if f.Encoding != "" {
		words = append(words, f.Encoding)
	}
	if len(f.Enum) > 0 {
		words = append(words, "("+strings.Join(f.Enum, ", ")+")")
	}
	return strings.TrimSpace(strings.Join(words, " "))
}
