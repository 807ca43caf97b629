// Command measure prints the figures that the house is held to: how large the
// root package is, what a program pays for it, how long the pages are, and how
// many places a new call touches. It exits with 1 if one is missed.
//
//	go run ./internal/cmd/measure           # in the root of the repository
//	go run ./internal/cmd/measure -tests    # times go test ./... as well, without the test cache
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// row is one figure and the most that it may be.
type row struct {
	name string
	got  int
	most int
}

func main() {
	log.SetFlags(0)
	tests := flag.Bool("tests", false, "time go test ./... as well, which takes a minute")
	flag.Parse()
	rows, err := measure(*tests)
	if err != nil {
		log.Fatal(err)
	}
	missed := 0
	for _, r := range rows {
		verdict := "ok"
		if r.got > r.most {
			verdict = "MISSED"
			missed++
		}
		fmt.Printf("%-58s %8d  at most %8d  %s\n", r.name, r.got, r.most, verdict)
	}
	if missed > 0 {
		log.Fatalf("%d of %d figures are missed", missed, len(rows))
	}
}

func measure(tests bool) ([]row, error) {
	files, lines, err := sources(".", "*.go", "_test.go")
	if err != nil {
		return nil, err
	}
	if files == 0 {
		return nil, errors.New("no Go file here: run it in the root of the repository")
	}
	names, methods, err := exported(".")
	if err != nil {
		return nil, err
	}
	growth, err := binaryGrowth("internal/consumer")
	if err != nil {
		return nil, err
	}
	places, err := steps("CONTRIBUTING.md", "Where a new call goes")
	if err != nil {
		return nil, err
	}
	pages, pageLines, err := sources("docs", "*.md", "")
	if err != nil {
		return nil, err
	}
	rows := []row{
		// Set for the restructuring, and raised since: for the values of databases, dry
		// runs, set-up from outside, what a company may vary, and the states of transfers.
		{"root package: files without tests", files, 40},
		{"root package: lines without tests", lines, 7500},
		{"root package: exported names", names, 225},
		{"root package: exported methods", methods, 140},
		// The gate that lasts; at the end of the move it was under 490,000.
		{"program with one call, over net/http and encoding/json: bytes", growth, 512 << 10},
		{"places that a new call touches, as CONTRIBUTING.md lists them", places, 7},
		// Raised for docs/sandbox.md and docs/integration.md, and what was written down of
		// databases, transfers and guards since; then for docs/scale.md, of the worker.
		{"docs: pages", pages, 10},
		{"docs: lines", pageLines, 2250},
	}
	if tests {
		seconds, err := testSeconds()
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{"go test -count=1 ./...: seconds", seconds, 60})
	}
	return rows, nil
}

// sources counts the files of a folder whose names fit, and their lines.
func sources(dir, pattern, without string) (files, lines int, err error) {
	paths, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		return 0, 0, err
	}
	for _, path := range paths {
		if without != "" && strings.HasSuffix(path, without) {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return 0, 0, err
		}
		files++
		lines += bytes.Count(text, []byte("\n"))
	}
	return files, lines, nil
}

// exported counts the exported names of the package in a folder, and the
// exported methods of its types.
func exported(dir string) (names, methods int, err error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return 0, 0, err
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return 0, 0, err
		}
		for _, d := range file.Decls {
			n, m := exportedIn(d)
			names += n
			methods += m
		}
	}
	return names, methods, nil
}

func exportedIn(d ast.Decl) (names, methods int) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		switch {
		case !d.Name.IsExported():
		case d.Recv == nil:
			names++
		case ast.IsExported(receiver(d.Recv.List[0].Type)):
			methods++
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() {
					names++
				}
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					if name.IsExported() {
						names++
					}
				}
			}
		}
	}
	return names, methods
}

// receiver is the name of a method's type.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// binaryGrowth is what the stripped program sdk of a module is larger than its
// program baseline.
func binaryGrowth(module string) (int, error) {
	tmp, err := os.MkdirTemp("", "measure")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(tmp)
	size := map[string]int{}
	for _, name := range []string{"baseline", "sdk"} {
		out := filepath.Join(tmp, name)
		build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", out, "./"+name) //nolint:noctx // it ends
		build.Dir = module
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if text, err := build.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("%w: %s", err, text)
		}
		info, err := os.Stat(out)
		if err != nil {
			return 0, err
		}
		size[name] = int(info.Size())
	}
	return size["sdk"] - size["baseline"], nil
}

// steps counts the numbered steps of a section of a page.
func steps(page, section string) (int, error) {
	text, err := os.ReadFile(page)
	if err != nil {
		return 0, err
	}
	_, rest, found := strings.Cut(string(text), "\n## "+section+"\n")
	if !found {
		return 0, fmt.Errorf("%s has no section %q", page, section)
	}
	body, _, _ := strings.Cut(rest, "\n## ")
	n := len(regexp.MustCompile(`(?m)^\d+\. `).FindAllString(body, -1))
	if n == 0 {
		return 0, fmt.Errorf("section %q of %s has no numbered steps", section, page)
	}
	return n, nil
}

func testSeconds() (int, error) {
	start := time.Now()
	run := exec.Command("go", "test", "-count=1", "./...") //nolint:noctx // it ends
	if text, err := run.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("go test ./...: %w\n%s", err, text)
	}
	return int(time.Since(start).Seconds()), nil
}
