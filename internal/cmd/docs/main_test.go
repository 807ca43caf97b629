package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
	for _, id := range operation.All() {
		for _, typ := range models(id) {
			known[typ] = true
		}
	}
	for _, f := range facts.All() {
		typ, _, _ := strings.Cut(f.Name(), ".")
		if f.Kind() == "field" && f.Mark == facts.Inferred && !known[typ] {
			t.Errorf("no call takes or returns %s", typ)
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

// TestFidelityHasEveryFact: rows may be joined, but each subject must be found, with
// what is said of it.
func TestFidelityHasEveryFact(t *testing.T) {
	page := fidelityPage()
	for _, f := range facts.All() {
		found := false
		for line := range strings.Lines(page) {
			cells := strings.Split(line, " | ")
			if len(cells) < 4 || strings.TrimPrefix(cells[0], "| ") != f.Kind() {
				continue
			}
			subjects, values := strings.Split(cells[1], "<br>"), strings.Split(strings.Join(cells[2:len(cells)-1], " | "), "<br>")
			for i, s := range subjects {
				found = found || slices.Contains(strings.Split(s, ", "), subject(f)) && values[i] == f.Value
			}
			found = found || cells[1] == subject(f) && values[0] == f.Value // a comma in the name
		}
		if !found {
			t.Errorf("%s: not on the page with its value", f.Subject)
		}
	}
}

// TestLeftOut compares an invented Swagger file with the table.
func TestLeftOut(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"testdata/ax-facts.json": `{"title": "AX", "version": "1", "operations": [
			{"method": "GET", "path": "/v1/invoices/{any_name}"},
			{"method": "GET", "path": "/a", "operator": true},
			{"method": "PUT", "path": "/a", "operator": true},
			{"method": "GET", "path": "/b", "experimental": true},
			{"method": "GET", "path": "/c", "experimental": true},
			{"method": "GET", "path": "/d"}]}`,
		"internal/cmd/apidrift/known.json": `[
			{"kind": "missing here", "calls": ["GET /c"], "reason": "It is old."},
			{"kind": "missing here", "calls": ["GET /d"], "names": ["body.x"], "reason": "About a part of it."}]`,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := leftOut(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"`GET, PUT /a`", "It needs an operator's token."},
		{"`GET /b`", "Experimental: Maventa may change it without notice."},
		{"`GET /c`", "It is old."},
		{"`GET /d`", "no method yet"},
	}
	if !slices.EqualFunc(l.rows, want, slices.Equal[[]string]) {
		t.Errorf("got %q", l.rows)
	}
	if !strings.Contains(l.text, "lists 6 calls") {
		t.Error(l.text)
	}
}

// quotedError finds the words by which docs/oncall.md tells errors apart: in the
// first column of its table, and in its steps.
var quotedError = regexp.MustCompile(`(?m)^\| “([^”]+)”|^\d\..*?[^(]"([^"]+)"`)

// TestQuotedErrors sees to it that errors say those words: in the tables of all
// that a user reads.
func TestQuotedErrors(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "oncall.md"))
	if err != nil {
		t.Fatal(err)
	}
	var texts strings.Builder
	for _, dir := range []string{".", "ledger"} {
		table, err := os.ReadFile(filepath.Join(root, dir, "testdata", "errors.txt"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(table)) {
			if text, isText := strings.CutPrefix(line, "\ttext "); isText {
				texts.WriteString(text)
			}
		}
	}
	quoted := quotedError.FindAllStringSubmatch(string(page), -1)
	for _, q := range quoted {
		if words := q[1] + q[2]; !strings.Contains(texts.String(), words) {
			t.Errorf("no error says %q", words)
		}
	}
	if len(quoted) < 25 {
		t.Errorf("only %d quoted errors found", len(quoted))
	}
}

func TestRunWritesPages(t *testing.T) {
	dir := t.TempDir()
	if err := run(dir); err == nil {
		t.Error("no README, no error")
	}
	for name, text := range map[string]string{
		"README.md":              tableBegin + tableEnd,
		"client.go":              "package maventa\n\ntype Client struct{}\n",
		"docs/oncall.md":         readsBegin + readsEnd,
		"testdata/ax-facts.json": "{}",

		"internal/cmd/apidrift/known.json": "[]",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second run finds nothing to do
		if err := run(dir); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "docs", "reference.md")); err != nil || !strings.Contains(string(text), "DirectPayment") {
		t.Errorf("docs/reference.md: %v", err)
	}
}
