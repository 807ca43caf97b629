package facts

import (
	"slices"
	"strings"
	"testing"
)

var kinds = []string{"field", "value", "param", "paging", "status", "scope", "safety", "header", "host", "event", "rule"}

func TestEntries(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range All() {
		if seen[f.Subject] {
			t.Errorf("%s has two entries", f.Subject)
		}
		seen[f.Subject] = true
		if !slices.Contains(kinds, f.Kind()) && !strings.HasPrefix(f.Subject, "status error ") {
			t.Errorf("%s has an unknown kind", f.Subject)
		}
		if f.Name() == "" || f.Value == "" || f.Source == "" {
			t.Errorf("%s lacks a name, a value or a source", f.Subject)
		}
		if f.Mark != Inferred && f.Symbols != "" {
			t.Errorf("%s is %v but has symbols, which are for inferred facts", f.Subject, f.Mark)
		}
		for _, text := range []string{f.Subject, f.Value, f.Source} {
			if strings.ContainsAny(text, "|\n") {
				t.Errorf("%s would break a table", f.Subject)
			}
		}
	}
}

func TestLookup(t *testing.T) {
	f, ok := Lookup("value EventType paid")
	if !ok || f.Mark != Documented || f.Kind() != "value" || f.Name() != "EventType paid" {
		t.Errorf("found %+v, %v", f, ok)
	}
	if f, ok := Lookup("value EventType"); ok {
		t.Errorf("half a subject finds %+v", f)
	}
	if Unknown.String() != "unknown" || Documented.String() != "documented" {
		t.Error("the marks have wrong names")
	}
}

func TestListIsACopy(t *testing.T) {
	Groups()[0].Facts[0].Value = "changed"
	if All()[0].Value == "changed" {
		t.Error("a caller can change the facts")
	}
}
