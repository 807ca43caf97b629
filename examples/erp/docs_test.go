package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The tables of docs/integration.md name each file once, and functions that are there.
func TestDocs(t *testing.T) {
	doc, err := os.ReadFile("../../docs/integration.md")
	require.NoError(t, err)
	table := func(head string) []string {
		_, rest, found := strings.Cut(string(doc), head+"\n")
		require.True(t, found, head)
		rest, _, _ = strings.Cut(rest, "\n\n")
		return strings.Split(rest, "\n")[1:]
	}
	quoted := regexp.MustCompile("`([^`]+)`")

	var files, named []string
	text := ""
	all, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range all {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		files, text = append(files, file), text+string(source)
	}
	for _, row := range table("| Files | What they are |") {
		for _, name := range quoted.FindAllStringSubmatch(row, -1) {
			named = append(named, name[1])
		}
	}
	assert.ElementsMatch(t, append(files, "job.example.json"), named)

	rows := table("| In `examples/erp` |")
	assert.Len(t, rows, 21)
	for _, row := range rows {
		columns := strings.Split(row, "|")
		require.Len(t, columns, 7, row)
		names := quoted.FindAllStringSubmatch(columns[5], -1)
		assert.True(t, len(names) > 0 || strings.TrimSpace(columns[5]) == "–", row)
		for _, name := range names {
			assert.Contains(t, text, ") "+name[1]+"(ctx context.Context", row)
		}
	}
}
