package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
)

// The generated tables of docs/payments.md stand between these lines.
const (
	outcomesBegin = "<!-- outcomes: written by go generate -->\n"
	outcomesEnd   = "<!-- end of outcomes -->\n"
	verifyBegin   = "<!-- reads: written by go generate -->\n"
	verifyEnd     = "<!-- end of reads -->\n"
)

// paymentsPage is docs/payments.md, a page written by hand, with two tables in
// it: what to read after which call, and the outcomes of testdata/outcomes.json,
// which the tests read as well.
func paymentsPage(root string) (string, error) {
	const name = "docs/payments.md"
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
	text, err := replaceBetween(name, string(old), outcomesBegin, outcomesEnd, table)
	if err != nil {
		return "", err
	}
	return replaceBetween(name, text, verifyBegin, verifyEnd, verifyTable())
}

// verifyTable says by which call one sees what became of a write about
// receivables.
func verifyTable() string {
	var rows [][]string
	for _, id := range operation.All() {
		if op := id.Op(); op.Verify != "" {
			rows = append(rows, []string{code(op.Name), code(op.Verify)})
		}
		if id == operation.ServiceLevelsSet {
			break // the rest of AX: the error's text says it
		}
	}
	p := &page{}
	p.table([]string{"After", "Read"}, rows)
	return strings.TrimSpace(p.text) + "\n"
}

// outcomesTable has a row for each vector. A reason "same" repeats the one above.
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
		rows = append(rows, []string{code(v.Operation), strings.Join(answers, ", then "), strconv.Itoa(v.Requests), v.Result, why})
	}
	p := &page{}
	p.table([]string{"Call", "What came back", "Requests", "Outcome", "Why"}, rows)
	return strings.TrimSpace(p.text) + "\n", nil
}
