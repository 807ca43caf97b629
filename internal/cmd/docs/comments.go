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

// goComments are the comments of the root's types and their fields.
type goComments struct {
	types map[string]string // by type
	field map[string]string // by type and field: AmiliStatus.IBAN
}

func readComments(root string) (*goComments, error) {
	paths, err := filepath.Glob(filepath.Join(root, "*.go"))
	if err != nil {
		return nil, err
	}
	c := &goComments{types: map[string]string{}, field: map[string]string{}}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("parsing %s: %w", filepath.Base(path), err)
		}
		for _, decl := range file.Decls {
			if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.TYPE {
				c.read(d)
			}
		}
	}
	return c, nil
}

func (c *goComments) read(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		typ, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		c.types[typ.Name.Name] = d.Doc.Text() + typ.Doc.Text()
		fields, ok := typ.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, f := range fields.Fields.List {
			for _, name := range f.Names {
				text := f.Doc.Text()
				if text == "" {
					text = f.Comment.Text()
				}
				c.field[typ.Name.Name+"."+name.Name] = strings.TrimSpace(unlinked(strings.TrimPrefix(text, name.Name+" ")))
			}
		}
	}
}

// typeSentence is the first sentence about a type.
func (c *goComments) typeSentence(name string) string {
	text := new(doc.Package).Synopsis(c.types[name])
	return unlinked(text)
}

// unlinked is a text on one line, without the brackets of links.
func unlinked(text string) string {
	return strings.NewReplacer("[", "", "]", "").Replace(strings.Join(strings.Fields(text), " "))
}
