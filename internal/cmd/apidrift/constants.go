package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// constants reads the values of the string constants of the SDK by their type,
// from its source: at run time a type does not know them.
func constants(dir string) (map[string][]string, error) {
	var paths []string
	for _, dir := range []string{dir, filepath.Join(dir, "ax")} {
		found, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			return nil, err
		}
		paths = append(paths, found...)
	}
	values := map[string][]string{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, decl := range file.Decls {
			if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.CONST {
				readConstants(d, values)
			}
		}
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("no constants in %s: is it the module's directory?", dir)
	}
	return values, nil
}

func readConstants(d *ast.GenDecl, values map[string][]string) {
	for _, s := range d.Specs {
		spec, ok := s.(*ast.ValueSpec)
		if !ok {
			continue
		}
		typ, ok := spec.Type.(*ast.Ident)
		if !ok {
			continue
		}
		for _, v := range spec.Values {
			lit, ok := v.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				continue
			}
			if text, err := strconv.Unquote(lit.Value); err == nil && !slices.Contains(values[typ.Name], text) {
				values[typ.Name] = append(values[typ.Name], text)
			}
		}
	}
}
