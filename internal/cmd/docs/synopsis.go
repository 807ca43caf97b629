package main

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
)

// readSynopses returns the first sentence of each method's doc comment, by
// operation: Ropo.Activate is RopoService.Activate.
func readSynopses(root string) (map[string]string, error) {
	synopses := map[string]string{
		"Auth.Token":   "Gets an access token. Done by the client itself.",
		"Auth.Current": "Reads who the token belongs to. Part of Check.",
	}
	paths, err := filepath.Glob(filepath.Join(root, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("parsing %s: %w", filepath.Base(path), err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				if name := operationOf(f); name != "" {
					synopses[name] = sentence(f)
				}
			}
		}
	}
	return synopses, nil
}

// operationOf names the operation of a service's method.
func operationOf(f *ast.FuncDecl) string {
	if f.Recv == nil || !f.Name.IsExported() {
		return ""
	}
	receiver, ok := f.Recv.List[0].Type.(*ast.Ident)
	if !ok {
		return ""
	}
	service, ok := strings.CutSuffix(receiver.Name, "Service")
	if !ok {
		return ""
	}
	// The services of invoices, assignments, events and levels are named in the
	// plural on the client.
	switch service {
	case "Ropo", "Amili":
	default:
		service += "s"
	}
	return service + "." + f.Name.Name
}

// sentence is the first sentence about a method, without its name.
func sentence(f *ast.FuncDecl) string {
	text := strings.TrimPrefix(new(doc.Package).Synopsis(f.Doc.Text()), f.Name.Name+" ")
	if text == "" {
		return ""
	}
	text = strings.NewReplacer("[", "", "]", "").Replace(text)
	return strings.ToUpper(text[:1]) + text[1:]
}
