package maventa_test

import (
	"fmt"
	"go/ast"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
)

// operationTests has one test for every row of the operation table: it makes
// the call, and asserts the whole request and the whole decoded answer. The
// functions stand in the files of their resources.
var operationTests = map[string]func(t *testing.T, m *mock){
	"Auth.Token":   testAuthToken,
	"Auth.Current": testAuthCurrent,

	"Ropo.Activate": testRopoActivate,
	"Ropo.Status":   testRopoStatus,
	"Ropo.Close":    testRopoClose,

	"Amili.Activate": testAmiliActivate,
	"Amili.Status":   testAmiliStatus,
	"Amili.Update":   testAmiliUpdate,
	"Amili.Close":    testAmiliClose,

	"Invoices.TransferToRopo":    testTransferToRopo,
	"Invoices.TransferToAmili":   testTransferToAmili,
	"Invoices.TransferToAmiliV1": testTransferToAmiliV1,
	"Invoices.TransferStatus":    testTransferStatus,
	"Invoices.TransferStatusV1":  testTransferStatusV1,

	"Assignments.List":     testAssignmentsList,
	"Assignments.Get":      testAssignmentsGet,
	"Assignments.Overview": testAssignmentsOverview,
	"Assignments.Events":   testAssignmentsEvents,
	"Assignments.AddEvent": testAssignmentsAddEvent,

	"Events.List":     testEventsList,
	"Events.MarkSeen": testEventsMarkSeen,

	"ServiceLevels.List": testServiceLevelsList,
	"ServiceLevels.Set":  testServiceLevelsSet,
}

func TestOperations(t *testing.T) {
	for _, id := range operation.All() {
		t.Run(id.String(), func(t *testing.T) {
			test := operationTests[id.String()]
			require.NotNil(t, test, "operationTests has no test of it")
			first, second := newMock(t), newMock(t)
			test(t, first)
			if t.Failed() || id == operation.AuthToken {
				return
			}
			assert.True(t, slices.ContainsFunc(first.sent, func(s sentCall) bool { return isCallOf(t, id.Op(), s) }),
				"the test does not make its own call, but %v", first.urls())
			test(t, second)
			assert.Equal(t, withoutBoundary(first.sent), withoutBoundary(second.sent), "the same call twice gives different requests")
		})
	}
	for name := range operationTests {
		assert.NotNil(t, operation.Lookup(name), "operationTests has %s, which the table has not", name)
	}
}

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
	for dir, use := range map[string]string{"answers": `file: "%s"`, "bodies": `%s"`} {
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

// isCallOf reports whether s went where op goes.
func isCallOf(t *testing.T, op *operation.Op, s sentCall) bool {
	base := ax
	if op.API == operation.Receivables {
		base = receivables
	}
	sent, err := url.Parse(s.url)
	require.NoError(t, err)
	path := "^" + placeholder.ReplaceAllString(op.Path, "[^/]+") + "$"
	return s.method == op.Method && sent.Scheme+"://"+sent.Host == base && regexp.MustCompile(path).MatchString(sent.EscapedPath())
}

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
	for _, id := range operation.All() {
		op := id.Op()
		table = append(table, strings.Join([]string{op.Name, op.Method, hosts[op.API], op.Path, op.Safety.String()}, " "))
	}
	sameNames(t, "testdata/operations.txt", byHand, "the table", table)
}

// TestAllHasEveryRow reads the package: no other test sees a row that All forgets.
func TestAllHasEveryRow(t *testing.T) {
	var rows, all []string
	for _, file := range goFiles(t, "internal/operation") {
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
	sameNames(t, "internal/operation", rows, "All()", all)
	assert.Len(t, all, len(operation.All()), "another list was read")
}

// shownNowhere are writes whose effect no call shows; they do no harm when they
// are made again.
var shownNowhere = []string{"Company.KeepActive", "Notifications.ResendUnacknowledged", "Analysis.Start"}

func TestOperationTable(t *testing.T) {
	names := map[string]bool{}
	calls := map[string]bool{}
	for _, id := range operation.All() {
		op := id.Op()
		assert.False(t, names[op.Name], "%s stands in the table twice", op.Name)
		names[op.Name] = true
		call := op.Method + " " + placeholder.ReplaceAllString(op.Path, "{}")
		assert.False(t, calls[call], "%s stands in the table twice", call)
		calls[call] = true
	}
	for _, id := range operation.All() {
		op := id.Op()
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
	for _, id := range operation.All() {
		other := id.Op()
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

// idCalls are the calls that take an id, by operation and parameter: each
// makes its call with the given id and an otherwise valid request.
func idCalls(t *testing.T) map[string]func(c *maventa.Client, id string) error {
	ctx := t.Context()
	calls := axIDCalls(ctx)
	maps.Copy(calls, map[string]func(c *maventa.Client, id string) error{
		"Invoices.TransferToRopo id": func(c *maventa.Client, id string) error {
			_, err := c.Invoices.TransferToRopo(ctx, id, ropoTransfer())
			return err
		},
		"Invoices.TransferToAmili id": func(c *maventa.Client, id string) error {
			_, err := c.Invoices.TransferToAmili(ctx, id, amiliTransfer())
			return err
		},
		"Invoices.TransferToAmiliV1 id": func(c *maventa.Client, id string) error {
			_, err := c.Invoices.TransferToAmiliV1(ctx, id, maventa.AmiliTransferV1{
				CollectionType: maventa.CollectionOnly, CollectableAmount: someAmount("1"),
			})
			return err
		},
		"Invoices.TransferStatus id": func(c *maventa.Client, id string) error {
			_, err := c.Invoices.TransferStatus(ctx, id)
			return err
		},
		"Invoices.TransferStatusV1 id": func(c *maventa.Client, id string) error {
			_, err := c.Invoices.TransferStatusV1(ctx, id)
			return err
		},
		"Assignments.Get assignment_id": func(c *maventa.Client, id string) error {
			_, err := c.Assignments.Get(ctx, id)
			return err
		},
		"Assignments.Events assignment_id": func(c *maventa.Client, id string) error {
			_, err := collect(c.Assignments.Events(ctx, id))
			return err
		},
		"Assignments.AddEvent assignment_id": func(c *maventa.Client, id string) error {
			_, err := c.Assignments.AddEvent(ctx, id, maventa.Comment("x"))
			return err
		},
		"Events.MarkSeen assignment_id": func(c *maventa.Client, id string) error {
			return c.Events.MarkSeen(ctx, id, "ev-1")
		},
		"Events.MarkSeen event_id": func(c *maventa.Client, id string) error {
			return c.Events.MarkSeen(ctx, "as-1", id)
		},
		"ServiceLevels.Set customer_bid": func(c *maventa.Client, id string) error {
			return c.ServiceLevels.Set(ctx, id, maventa.ServiceLevelVIP)
		},
	})
	return calls
}

func TestIDCallsAreComplete(t *testing.T) {
	var want, got []string
	for _, id := range operation.All() {
		if strings.HasPrefix(id.String(), "ODP.") {
			continue // its ids are numbers
		}
		for _, param := range placeholder.FindAllString(id.Op().Path, -1) {
			want = append(want, id.String()+" "+strings.Trim(param, "{}"))
		}
	}
	for name := range idCalls(t) {
		got = append(got, name)
	}
	sameNames(t, "the table", want, "idCalls", got)
}
