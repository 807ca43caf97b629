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
// operation: Events.List is EventService.List, since the field Events of the
// client is an EventService.
func readSynopses(root string) (map[string]string, error) {
	synopses := map[string]string{"Auth.Token": "Gets an access token. Done by the client itself."}
	fields, err := serviceFields(filepath.Join(root, "client.go"))
	if err != nil {
		return nil, err
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
				if name := operationOf(f, fields); name != "" {
					synopses[name] = sentence(f)
				}
			}
		}
	}
	return synopses, nil
}

// serviceFields maps the types of the services to their fields of Client.
func serviceFields(path string) (map[string]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return nil, fmt.Errorf("parsing %s: %w", filepath.Base(path), err)
	}
	fields := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.TypeSpec); ok {
			return spec.Name.Name == "Client"
		}
		if f, ok := n.(*ast.Field); ok && len(f.Names) == 1 {
			if typ, ok := f.Type.(*ast.Ident); ok && strings.HasSuffix(typ.Name, "Service") {
				fields[typ.Name] = f.Names[0].Name
			}
		}
		return true
	})
	return fields, nil
}

// operationOf names the operation of a service's method.
func operationOf(f *ast.FuncDecl, fields map[string]string) string {
	if f.Recv == nil || !f.Name.IsExported() {
		return ""
	}
	receiver, ok := f.Recv.List[0].Type.(*ast.Ident)
	if !ok || fields[receiver.Name] == "" {
		return ""
	}
	return fields[receiver.Name] + "." + f.Name.Name
}

// sentence is the first sentence about a method, without its name.
func sentence(f *ast.FuncDecl) string {
	// The name goes first: a text that begins with "Author" is a notice to Synopsis.
	text := new(doc.Package).Synopsis(strings.TrimPrefix(f.Doc.Text(), f.Name.Name+" "))
	if text == "" {
		return ""
	}
	text = strings.NewReplacer("[", "", "]", "").Replace(text)
	return strings.ToUpper(text[:1]) + text[1:]
}
