package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
)

// The generated tables of docs/oncall.md stand between these lines.
const (
	readsBegin    = "<!-- reads: written by go generate -->\n"
	readsEnd      = "<!-- end of reads -->\n"
	outcomesBegin = "<!-- outcomes: written by go generate -->\n"
	outcomesEnd   = "<!-- end of outcomes -->\n"
)

// oncallPage is docs/oncall.md, a page written by hand, with two tables in it:
// what to read after which call, and the outcomes. The outcomes are those of
// testdata/outcomes.json, which the tests read as well.
func oncallPage(root string) (string, error) {
	const name = "docs/oncall.md"
	old, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(filepath.Join(root, "testdata", "outcomes.json"))
	if err != nil {
		return "", err
	}
	table, err := outcomesTable(data)
	if err != nil {
		return "", err
	}
	text, err := replaceBetween(name, string(old), readsBegin, readsEnd, readsTable())
	if err != nil {
		return "", err
	}
	return replaceBetween(name, text, outcomesBegin, outcomesEnd, table)
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

// outcomesTable has a row for each vector, or one for several of the same reason
// and outcome that differ in the answer only, or in the call only. A reason "same"
// repeats the one above.
func outcomesTable(data []byte) (string, error) {
	var vectors []struct {
		Why, Operation, Result string
		Answers                []string
		Requests               int
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		return "", fmt.Errorf("testdata/outcomes.json: %w", err)
	}
	var rows [][]string
	why := ""
	for _, v := range vectors {
		if v.Why != "same" {
			why = v.Why
		}
		answers := make([]string, len(v.Answers))
		for i, a := range v.Answers {
			answers[i] = code(strings.ReplaceAll(a, "|", `\|`))
		}
		row := []string{code(v.Operation), strings.Join(answers, ", then "), strconv.Itoa(v.Requests), v.Result, why}
		joins := func(with []string) bool {
			return slices.Equal(with[2:], row[2:]) && (with[0] == row[0]) != (with[1] == row[1])
		}
		switch i := slices.IndexFunc(rows, joins); {
		case i < 0:
			rows = append(rows, row)
		case rows[i][0] == row[0]:
			rows[i][1] += "; or " + row[1]
		default:
			rows[i][0] += ", " + row[0]
		}
	}
	p := &page{}
	p.table([]string{"Call", "What came back", "Requests", "Outcome", "Why"}, rows)
	return strings.TrimSpace(p.text) + "\n", nil
}
