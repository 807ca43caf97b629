package maventa_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/maventa-go/maventa"
)

// snippetImports are the packages that a snippet may use without saying so.
var snippetImports = []string{
	"context", "errors", "fmt", "log/slog", "net/http", "testing", "testing/synctest", "time",
	"github.com/jarcoal/httpmock",
	"github.com/maventa-go/maventa",
	"github.com/maventa-go/maventa/follow",
	"github.com/maventa-go/maventa/ledger",
	"github.com/maventa-go/maventa/ledger/ledgertest",
	"github.com/maventa-go/maventa/maventatest",
	"github.com/maventa-go/maventa/sqlstore",
}

// snippetFunc stands around a snippet that is a part of a function. What it
// declares may be used without being explained.
const snippetFunc = `func snippet(ctx context.Context, c *maventa.Client, l *ledger.Ledger, srv *maventatest.Server, t *testing.T,
	creds maventa.Credentials, invoiceID, assignmentID string) error {
{
%s
}
return nil
}
`

var goFence = regexp.MustCompile("(?s)\n```go\n(.*?\n)```\n")

// TestSnippetsCompile checks every Go snippet of the documentation as the
// compiler would, each as a package of its own.
func TestSnippetsCompile(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var snippets []*ast.File
	imports := map[string]bool{}
	for _, page := range append(pages, "README.md", "CONTRIBUTING.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, fence := range goFence.FindAllSubmatchIndex(text, -1) {
			line := strings.Count(string(text[:fence[2]]), "\n") + 1
			file, err := parser.ParseFile(fset, page, snippetFile(string(text[fence[2]:fence[3]]), page, line), 0)
			if err != nil {
				t.Error(err)
				continue
			}
			snippets = append(snippets, file)
			for _, spec := range file.Imports {
				imports[strings.Trim(spec.Path.Value, `"`)] = true
			}
		}
	}
	if len(snippets) < 10 {
		t.Errorf("only %d snippets found", len(snippets))
	}
	config := types.Config{
		Importer: importer.ForCompiler(fset, "gc", exportData(t, imports)),
		Error:    func(err error) { t.Errorf("a snippet of the documentation does not compile: %v", err) },
	}
	for _, file := range snippets {
		_, _ = config.Check("snippet", fset, []*ast.File{file}, nil)
	}
}

// exportData finds what the compiler wrote about the packages, and about all that
// they import.
func exportData(t *testing.T, packages map[string]bool) func(path string) (io.ReadCloser, error) {
	t.Helper()
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}"}
	out, err := exec.CommandContext(t.Context(), "go", append(args, slices.Sorted(maps.Keys(packages))...)...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		files[path] = file
	}
	return func(path string) (io.ReadCloser, error) {
		if files[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(files[path])
	}
}

// snippetFile makes a file of a snippet: a whole one as it is, declarations with
// their imports, statements within a function too. Messages of the compiler name
// the line of the page.
func snippetFile(snippet, page string, line int) string {
	at := fmt.Sprintf("//line %s:%d\n", page, line)
	if strings.HasPrefix(snippet, "package ") {
		return at + snippet
	}
	body := at + snippet
	if !regexp.MustCompile(`(?m)^(func|type|var) `).MatchString(snippet) {
		body = fmt.Sprintf(snippetFunc, body)
	}
	used := map[string]bool{}
	file, err := parser.ParseFile(token.NewFileSet(), page, "package snippet\n"+body, 0)
	if err != nil {
		return "package snippet\n" + body // the compiler says what is wrong
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if name, ok := selector.X.(*ast.Ident); ok {
				used[name.Name] = true
			}
		}
		return true
	})
	var b strings.Builder
	b.WriteString("package snippet\n\nimport (\n")
	for _, path := range snippetImports {
		if used[path[strings.LastIndex(path, "/")+1:]] {
			fmt.Fprintf(&b, "%q\n", path)
		}
	}
	return b.String() + ")\n\n" + body
}

// TestHTTPMockPitfalls shows what the documentation warns of: activating
// httpmock does not reach a client, neither globally nor after NewClient.
func TestHTTPMockPitfalls(t *testing.T) {
	var arrived int
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived++
		_, _ = w.Write([]byte(`{"open":1}`))
	}))
	defer upstream.Close()
	hc := &http.Client{Transport: &http.Transport{}}
	defer hc.CloseIdleConnections()
	c, err := maventa.NewClient(
		maventa.Environment{Name: "loopback", AutoXChangeURL: upstream.URL, ReceivablesURL: upstream.URL},
		maventa.Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000001"},
		maventa.WithTokenSource(heldToken{}), maventa.WithHTTPClient(hc))
	if err != nil {
		t.Fatal(err)
	}
	httpmock.Activate()
	defer httpmock.DeactivateAndReset()
	httpmock.ActivateNonDefault(hc)
	if _, err := c.Assignments.Overview(t.Context()); err != nil || arrived != 1 {
		t.Errorf("%d requests arrived, error %v: the documentation is wrong about httpmock", arrived, err)
	}
}

var (
	relativeLink = regexp.MustCompile(`\]\(([^):#]*)(?:#([^)]+))?\)`)
	heading      = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInAnchor  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestLinksLeadSomewhere follows the links between the pages, to their headings
// too.
func TestLinksLeadSomewhere(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range relativeLink.FindAllStringSubmatch(goFence.ReplaceAllString(string(text), ""), -1) {
			to := page
			if link[1] != "" {
				to = filepath.Join(filepath.Dir(page), link[1])
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s links to %s, which is not there", page, link[1])
			} else if link[2] != "" && !hasAnchor(t, to, link[2]) {
				t.Errorf("%s links to %s#%s, and there is no such heading", page, link[1], link[2])
			}
		}
	}
}

// hasAnchor reports whether a heading of the page makes the anchor.
func hasAnchor(t *testing.T, page, anchor string) bool {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range heading.FindAllStringSubmatch(string(text), -1) {
		if strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-") == anchor {
			return true
		}
	}
	return false
}
