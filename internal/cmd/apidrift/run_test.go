package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

var update = flag.Bool("update", false, "write the golden files")

// start runs the command as main does.
func start(newer string, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	look := func(ctx context.Context, root string) ([]sdkCall, error) {
		if root != rootDir {
			return observe(ctx, root)
		}
		return observed()
	}
	code = run(context.Background(), args, newer, look, &out, &err)
	return code, out.String(), err.String()
}

func TestExitCodes(t *testing.T) {
	small := filepath.Join("testdata", "small-swagger2.yaml")
	code, out, _ := start("")
	if code != 0 || !strings.Contains(out, "0 unexplained differences") || strings.Count(out, "NOT RUN") != 2 {
		t.Errorf("against the committed facts: %d\n%s", code, out)
	}
	code, out, _ = start("", "-receivables", filepath.Join("testdata", "receivables-invented.yaml"))
	if code != 1 || strings.Count(out, "NOT RUN") != 1 {
		t.Errorf("against contradictions: %d\n%s", code, out)
	}
	code, out, _ = start("", "-swagger", small)
	if code != 1 || !strings.Contains(out, "no longer apply") || !strings.Contains(out, "GET /things") || strings.Contains(out, "MAVENTA_SWAGGER") {
		t.Errorf("against another API: %d\n%s", code, out)
	}
	code, out, _ = start(small)
	if code != 1 || !strings.Contains(out, "GET /things  is new") {
		t.Errorf("against another Swagger file: %d\n%s", code, out)
	}
	for _, args := range [][]string{{"-swagger", "testdata/absent.json"}, {"-facts"}, {"-unknown"}, {"argument"}, {"-root", "testdata"}, {"-receivables", "testdata/absent.json"}} {
		if code, _, text := start("", args...); code != 2 || text == "" {
			t.Errorf("%q ends with %d and says %q", args, code, text)
		}
	}
	if code, _, text := start("testdata/absent.json"); code != 2 || !strings.Contains(text, "MAVENTA_SWAGGER") {
		t.Errorf("an absent MAVENTA_SWAGGER ends with %d and says %q", code, text)
	}
}

func TestFilesAreNamedFromTheRootToo(t *testing.T) {
	s := settings{root: rootDir}
	for where, want := range map[string]string{
		"testdata/small-swagger2.yaml":                       "testdata/small-swagger2.yaml",
		"internal/cmd/apidrift/testdata/small-swagger2.yaml": s.path("internal/cmd/apidrift/testdata/small-swagger2.yaml"),
		"https://ax.example/swagger_doc":                     "https://ax.example/swagger_doc",
		"absent.json":                                        "absent.json",
	} {
		if got := s.locate(where); got != want {
			t.Errorf("%s is looked for in %s", where, got)
		}
	}
}

func TestNotesAreShownWhenAskedFor(t *testing.T) {
	if _, out, _ := start(""); strings.Contains(out, "note:") {
		t.Error("notes are shown")
	}
	if code, out, _ := start("", "-v"); code != 0 || !strings.Contains(out, "note:") {
		t.Error("notes are not shown")
	}
}

func TestWritingFacts(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "testdata"), 0o700); err != nil {
		t.Fatal(err)
	}
	if code, out, text := start("", "-root", root, "-facts", "-swagger", filepath.Join("testdata", "small-openapi3.json")); code != 0 {
		t.Fatalf("ends with %d: %s%s", code, out, text)
	}
	s, err := readFacts(filepath.Join(root, filepath.FromSlash(factsFile)))
	if err != nil || len(s.Operations) != 3 {
		t.Errorf("wrote %v, %v", s, err)
	}
}

// The report on an invented description of the Receivables API, which confirms
// some of the inferred facts and contradicts others.
func TestReportOnTheReceivablesAPI(t *testing.T) {
	s, err := load(t.Context(), filepath.Join("testdata", "receivables-invented.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	r := &report{out: &out}
	r.differences(compare(sdkCalls(t), s, operation.Receivables))
	verdicts := judge(sdkCalls(t), map[operation.API]*spec{operation.AutoXChange: committed(t), operation.Receivables: s})
	r.printf("\n")
	r.verdicts("contradicted", verdicts, contradicted)
	r.verdicts("confirmed", verdicts, confirmed)
	golden(t, "receivables.golden", out.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the report is not %s (-update writes it):\n%s", name, got)
	}
}

// Without a description every fact stays open.
func TestFactsStayOpenWithoutADescription(t *testing.T) {
	for _, v := range judge(sdkCalls(t), map[operation.API]*spec{operation.AutoXChange: committed(t)}) {
		if v.state != open {
			t.Errorf("%s is %d: %s", v.fact.Subject, v.state, v.why)
		}
	}
}

func TestReportIsComplete(t *testing.T) {
	_, out, _ := start("")
	verdicts := judge(sdkCalls(t), map[operation.API]*spec{operation.AutoXChange: committed(t)})
	if !strings.Contains(out, fmt.Sprintf("%d still open", len(verdicts))) {
		t.Errorf("the report does not count %d open facts", len(verdicts))
	}
	for _, v := range verdicts {
		if name := v.fact.Name()[strings.LastIndexAny(v.fact.Name(), " .")+1:]; !strings.Contains(out, name) {
			t.Errorf("the report does not show %s", v.fact.Subject)
		}
	}
}
