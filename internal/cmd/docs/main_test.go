package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maventa-go/maventa/internal/facts"
	"github.com/maventa-go/maventa/internal/operation"
)

const root = "../../.."

func TestPagesAreCurrent(t *testing.T) {
	pages, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
		} else if string(got) != want {
			t.Errorf("%s is stale: run go generate", name)
		}
	}
}

func TestEveryOperationHasASentence(t *testing.T) {
	synopses, err := readSynopses(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range operation.All() {
		if s := synopses[id.String()]; !strings.HasSuffix(s, ".") {
			t.Errorf("%s: the first sentence of its doc comment is %q", id, s)
		}
	}
}

// TestModelsAreComplete sees to it that no inferred field is missing from the
// calls' columns.
func TestModelsAreComplete(t *testing.T) {
	known := map[string]bool{}
	for _, types := range models {
		for _, typ := range types {
			known[typ] = true
		}
	}
	for _, f := range facts.All() {
		typ, _, _ := strings.Cut(f.Name(), ".")
		if f.Kind() == "field" && f.Mark == facts.Inferred && !known[typ] {
			t.Errorf("no call in models uses %s", typ)
		}
	}
}

func TestReplaceTable(t *testing.T) {
	got, err := replaceTable("a\n"+tableBegin+"old\n"+tableEnd+"b\n", "new\n")
	if want := "a\n" + tableBegin + "new\n" + tableEnd + "b\n"; err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := replaceTable("no marks", "new\n"); err == nil {
		t.Error("a README without marks is accepted")
	}
}

func TestRunWritesPages(t *testing.T) {
	dir := t.TempDir()
	if err := run(dir); err == nil {
		t.Error("no README, no error")
	}
	if err := os.WriteFile(filepath.Join(dir, "README.md"), []byte(tableBegin+tableEnd), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second run finds nothing to do
		if err := run(dir); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "docs", "events.md")); err != nil || !strings.Contains(string(text), "DirectPayment") {
		t.Errorf("docs/events.md: %v", err)
	}
}
