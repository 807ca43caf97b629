package maventa_test

import (
	"fmt"
	"go/ast"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/internal/operation"

	ct "github.com/maventa-go/maventa/internal/calltest"
)

// TestGoldenFilesAreUsed finds files that are left over: no test reads them.
func TestGoldenFilesAreUsed(t *testing.T) {
	tests, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	var source strings.Builder
	for _, path := range tests {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		source.Write(text)
	}
	for dir, use := range map[string]string{"answers": `File: "%s"`, "bodies": `%s"`} {
		files, err := filepath.Glob("testdata/" + dir + "/*")
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			want := fmt.Sprintf(use, strings.TrimSuffix(filepath.Base(file), ".json"))
			assert.True(t, strings.Contains(source.String(), want), "%s: no test says %s", file, want)
		}
	}
}

var placeholder = regexp.MustCompile(`\{[^}]+\}`)

// TestOperationList compares the table with the list written by hand.
func TestOperationList(t *testing.T) {
	text, err := os.ReadFile("testdata/operations.txt")
	require.NoError(t, err)
	var byHand []string
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 0 && fields[0] != "#" {
			require.Len(t, fields, 5, line)
			byHand = append(byHand, strings.Join(fields, " "))
		}
	}
	hosts := map[operation.API]string{operation.AutoXChange: "AX", operation.Receivables: "RECEIVABLES"}
	var table []string
	for _, op := range operation.All() {
		table = append(table, strings.Join([]string{op.Name, op.Method, hosts[op.API], op.Path, op.Safety.String()}, " "))
	}
	ct.SameNames(t, "testdata/operations.txt", byHand, "the table", table)
}

// TestAllHasEveryRow reads the package: no other test sees a row that All forgets.
func TestAllHasEveryRow(t *testing.T) {
	var rows, all []string
	for _, file := range ct.GoFiles(t, "internal/operation") {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				if len(n.Values) == 1 {
					if _, isRow := n.Values[0].(*ast.UnaryExpr); isRow { // &Op{...}
						rows = append(rows, n.Names[0].Name)
					}
				}
			case *ast.CompositeLit:
				if _, isList := n.Type.(*ast.ArrayType); isList {
					for _, e := range n.Elts {
						if row, ok := e.(*ast.Ident); ok {
							all = append(all, row.Name)
						}
					}
				}
			}
			return true
		})
	}
	ct.SameNames(t, "internal/operation", rows, "All()", all)
	assert.Len(t, all, len(operation.All()), "another list was read")
}

// shownNowhere are writes whose effect no call shows; they do no harm when they
// are made again.
var shownNowhere = []string{"Company.KeepActive", "Notifications.ResendUnacknowledged", "Analysis.Start"}

func TestOperationTable(t *testing.T) {
	names := map[string]bool{}
	calls := map[string]bool{}
	for _, op := range operation.All() {
		assert.False(t, names[op.Name], "%s stands in the table twice", op.Name)
		names[op.Name] = true
		call := op.Method + " " + placeholder.ReplaceAllString(op.Path, "{}")
		assert.False(t, calls[call], "%s stands in the table twice", call)
		calls[call] = true
	}
	for _, op := range operation.All() {
		t.Run(op.Name, func(t *testing.T) {
			assert.Equal(t, op.Method == http.MethodGet, op.Safety == operation.Safe, "safe means GET")
			assert.Regexp(t, `^/(v[12]|oauth2|status|odp)(/([a-z0-9_]+|\{[a-z_]+\}))+$`, op.Path)
			assert.ElementsMatch(t, literalsBeside(op), op.Siblings)
			assert.NotEmpty(t, op.Source)
			assert.Equal(t, op.NoAuth, op.Scope == "", "every call but the token's needs a scope")
			if op.Verify != "" {
				assert.True(t, names[op.Verify], "Verify names %s", op.Verify)
			}
			if !slices.Contains(shownNowhere, op.Name) {
				assert.Equal(t, op.Safety != operation.Safe && !op.NoAuth, op.Verify != "", "a write, and only a write, says how to verify it")
			}
			assert.False(t, op.InferredWrite && op.Safety == operation.Safe, "a read cannot be an inferred write")
			assert.False(t, op.Paged != operation.NotPaged && op.Method != http.MethodGet)
			for _, status := range []int{200, 201, 202, 204, 206, 301, 400, 404, 500} {
				want := slices.Contains(op.Success, status)
				if len(op.Success) == 0 {
					want = slices.Contains([]int{200, 201, 202, 204}, status)
				}
				assert.Equal(t, want, op.IsSuccess(status), status)
			}
			assert.Equal(t, len(op.Success) == 0, op.InferredStatus())
			if slices.Equal(op.Success, []int{http.StatusNoContent}) {
				assert.True(t, op.NoBody, "204 has no body")
			}
			if op.API == operation.Receivables {
				assert.Equal(t, "receivables:assignments", op.Scope, "the one scope of this API")
			}
		})
	}
}

// literalsBeside finds what stands in other paths of the same service where op
// has a parameter.
func literalsBeside(op *operation.Op) []string {
	var found []string
	own := strings.Split(op.Path, "/")
	for _, other := range operation.All() {
		if other.API != op.API {
			continue
		}
		for i, segment := range strings.Split(other.Path, "/") {
			if i >= len(own) {
				break
			}
			isOwnParam, isParam := strings.HasPrefix(own[i], "{"), strings.HasPrefix(segment, "{")
			if isOwnParam && !isParam && !slices.Contains(found, segment) {
				found = append(found, segment)
			}
			if !isOwnParam && own[i] != segment {
				break
			}
		}
	}
	return found
}
