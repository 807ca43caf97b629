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
// operation: Ropo.Activate is RopoService.Activate. It reads the packages that
// have a Client.
func readSynopses(root string) (map[string]string, error) {
	synopses := map[string]string{
		"Auth.Token": "Gets an access token. Done by the client itself.",
	}
	for _, dir := range []string{root, filepath.Join(root, "ax")} {
		if err := readPackage(synopses, dir); err != nil {
			return nil, err
		}
	}
	return synopses, nil
}

func readPackage(synopses map[string]string, dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	services := map[string]string{}
	var methods []*ast.FuncDecl
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return fmt.Errorf("parsing %s: %w", filepath.Base(path), err)
		}
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				methods = append(methods, d)
			case *ast.GenDecl:
				readServices(services, d)
			}
		}
	}
	for _, f := range methods {
		if name := operationOf(services, f); name != "" {
			synopses[name] = sentence(f)
		}
	}
	return nil
}

// readServices notes what the client's fields are called, by their types.
func readServices(services map[string]string, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		client, ok := spec.(*ast.TypeSpec)
		if !ok || client.Name.Name != "Client" {
			continue
		}
		fields, ok := client.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, field := range fields.Fields.List {
			if typ, ok := field.Type.(*ast.Ident); ok && len(field.Names) == 1 {
				services[typ.Name] = field.Names[0].Name
			}
		}
	}
}

// operationOf names the operation of a service's method: the client's field and
// the method.
func operationOf(services map[string]string, f *ast.FuncDecl) string {
	if f.Recv == nil || !f.Name.IsExported() {
		return ""
	}
	receiver, ok := f.Recv.List[0].Type.(*ast.Ident)
	if !ok {
		return ""
	}
	service := services[receiver.Name]
	if service == "" {
		return ""
	}
	return service + "." + f.Name.Name
}

// sentence is the first sentence about a method, without its name.
func sentence(f *ast.FuncDecl) string {
	// Without its name, since go/doc takes what begins with "Author" for a byline.
	text := new(doc.Package).Synopsis(strings.TrimPrefix(f.Doc.Text(), f.Name.Name+" "))
	if text == "" {
		return ""
	}
	text = strings.NewReplacer("[", "", "]", "").Replace(text)
	return strings.ToUpper(text[:1]) + text[1:]
}
