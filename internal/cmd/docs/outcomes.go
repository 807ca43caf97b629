package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The generated table of docs/payments.md stands between these lines.
const (
	outcomesBegin = "<!-- outcomes: written by go generate -->\n"
	outcomesEnd   = "<!-- end of outcomes -->\n"
)

// paymentsPage is docs/payments.md, a page written by hand, with the table of
// outcomes in it. The outcomes are those of testdata/outcomes.json, which the
// tests read as well.
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
	return replaceBetween(name, string(old), outcomesBegin, outcomesEnd, table)
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
