// Command docs writes the generated parts of the documentation: docs/fidelity.md,
// docs/reference.md, docs/openapi/receivables.yaml, the table of calls in README.md
// and one in docs/oncall.md.
// They come from the operation table, the facts, the doc comments and the facts of
// Maventa's Swagger file, so that they cannot say something else than the code. Run it with go generate.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", ".", "directory of the module")
	flag.Parse()
	if err := run(*root); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

// run writes the pages that differ from what is there.
func run(root string) error {
	pages, err := generate(root)
	if err != nil {
		return err
	}
	for name, text := range pages {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // documentation is for everyone
			return err
		}
		if old, err := os.ReadFile(path); err == nil && string(old) == text {
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // documentation is for everyone
			return err
		}
	}
	return nil
}

// generate returns the pages by their paths from the module's directory.
func generate(root string) (map[string]string, error) {
	synopses, err := readSynopses(root)
	if err != nil {
		return nil, err
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		return nil, err
	}
	newReadme, err := replaceTable(string(readme), readmeTable())
	if err != nil {
		return nil, err
	}
	oncall, err := oncallPage(root)
	if err != nil {
		return nil, err
	}
	comments, err := readComments(root)
	if err != nil {
		return nil, err
	}
	description, err := openapiPage(comments, synopses)
	if err != nil {
		return nil, err
	}
	left, err := leftOut(root)
	if err != nil {
		return nil, err
	}
	return map[string]string{
		"README.md":         newReadme,
		"docs/oncall.md":    oncall,
		"docs/fidelity.md":  fidelityPage(),
		"docs/reference.md": referencePage(synopses, left),
		openapiFile:         description,
	}, nil
}
