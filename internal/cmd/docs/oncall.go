package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
)

// The generated table of docs/oncall.md stands between these lines.
const (
	readsBegin = "<!-- reads: written by go generate -->\n"
	readsEnd   = "<!-- end of reads -->\n"
)

// oncallPage is docs/oncall.md, a page written by hand, with one table in it: what
// to read after which call.
func oncallPage(root string) (string, error) {
	const name = "docs/oncall.md"
	old, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return "", err
	}
	return replaceBetween(name, string(old), readsBegin, readsEnd, readsTable())
}

// readsTable says which call shows what became of another one: a row for each
// service, with its reads and the writes that each of them settles.
func readsTable() string {
	type read struct {
		name  string
		after []string
	}
	var services []string
	reads := map[string][]read{}
	for _, op := range operation.All() {
		if op.Verify == "" {
			continue
		}
		service, method, _ := strings.Cut(op.Name, ".")
		if reads[service] == nil {
			services = append(services, service)
		}
		i := slices.IndexFunc(reads[service], func(r read) bool { return r.name == op.Verify })
		if i < 0 {
			i = len(reads[service])
			reads[service] = append(reads[service], read{name: op.Verify})
		}
		reads[service][i].after = append(reads[service][i].after, code(method))
	}
	var rows [][]string
	for _, service := range services {
		var texts []string
		for _, r := range reads[service] {
			texts = append(texts, "after "+strings.Join(r.after, ", ")+": "+code(r.name))
		}
		rows = append(rows, []string{code(service), strings.Join(texts, "; ")})
	}
	p := &page{}
	p.table([]string{"Service", "What to read"}, rows)
	return strings.TrimSpace(p.text) + "\n"
}
