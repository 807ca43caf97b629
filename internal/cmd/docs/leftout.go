package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
)

// left is what the module leaves out of AX.
type left struct {
	text string
	rows [][]string
}

// leftOut finds the calls of Maventa's Swagger file that the operation table does
// not have, and has a row for each reason. The facts of the file
// and the reasons are those that apidrift compares the module with.
func leftOut(root string) (*left, error) {
	var swagger struct {
		Title, Version string
		Operations     []struct {
			Method, Path           string
			Experimental, Operator bool
		}
	}
	if err := readJSON(root, "testdata/ax-facts.json", &swagger); err != nil {
		return nil, err
	}
	var known []struct {
		Kind, Reason string
		Calls, Names []string
	}
	if err := readJSON(root, "internal/cmd/apidrift/known.json", &known); err != nil {
		return nil, err
	}
	reasons := map[string]string{}
	for _, k := range known {
		if k.Kind == "missing here" && len(k.Names) == 0 {
			for _, call := range k.Calls {
				reasons[call] = k.Reason
			}
		}
	}
	here := map[string]bool{}
	for _, op := range operation.All() {
		if op.API == operation.AutoXChange {
			here[op.Method+" "+shape(op.Path)] = true
		}
	}
	type row struct {
		reason  string
		methods map[string]string // by path
		paths   []string
	}
	var list []row
	for _, o := range swagger.Operations {
		if here[o.Method+" "+shape(o.Path)] {
			continue
		}
		reason := "no method yet"
		switch given := reasons[o.Method+" "+o.Path]; {
		case given != "":
			reason = given
		case o.Operator:
			reason = "It needs an operator's token."
		case o.Experimental:
			reason = "Experimental: Maventa may change it without notice."
		}
		i := slices.IndexFunc(list, func(r row) bool { return r.reason == reason })
		if i < 0 {
			i = len(list)
			list = append(list, row{reason: reason, methods: map[string]string{}})
		}
		if list[i].methods[o.Path] == "" {
			list[i].paths = append(list[i].paths, o.Path)
		} else {
			list[i].methods[o.Path] += ", "
		}
		list[i].methods[o.Path] += o.Method
	}
	l := &left{text: fmt.Sprintf("Maventa's Swagger file of the %s, version %s, lists %d calls. All but these have a method. "+
		"`Client.Do` makes the others, with the same retries, outcomes and errors.", swagger.Title, swagger.Version, len(swagger.Operations))}
	for _, r := range list {
		var calls []string
		for _, path := range r.paths {
			calls = append(calls, code(r.methods[path]+" "+path))
		}
		l.rows = append(l.rows, []string{strings.Join(calls, "<br>"), r.reason})
	}
	return l, nil
}

// shape is a path without the names of its parameters, which do not go over the
// wire.
func shape(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if strings.HasPrefix(s, "{") {
			segments[i] = "{}"
		}
	}
	return strings.Join(segments, "/")
}

func readJSON(root, name string, to any) error {
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, to); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
