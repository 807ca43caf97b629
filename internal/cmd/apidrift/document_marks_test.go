package main

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/maventa-go/maventa/docs/openapi"
	"github.com/maventa-go/maventa/internal/facts"
	"github.com/maventa-go/maventa/internal/operation"
)

// TestDocumentMarks: each inferred name of a member, a parameter, a status and a
// value has its mark in the document, with the reason that the facts give.
func TestDocumentMarks(t *testing.T) {
	doc := document(t)
	calls := map[string]*openapi3.Operation{}
	for _, op := range operation.Core() {
		calls[op.Name] = doc.Paths.Value(op.Path).GetOperation(op.Method)
	}
	marks := 0
	for _, f := range facts.All() {
		mark, exists := markOf(doc, calls, f)
		switch {
		case !exists:
		case f.Mark == facts.Inferred && mark != f.Source:
			t.Errorf("%s: the mark is %v, want %q", f.Subject, mark, f.Source)
		case f.Mark != facts.Inferred && mark != nil:
			t.Errorf("%s is %v and marked: %v", f.Subject, f.Mark, mark)
		case mark != nil:
			marks++
		}
	}
	if marks < 100 {
		t.Errorf("only %d marks", marks)
	}
}

// markOf is the mark of what a fact is about, if the document has that.
func markOf(doc *openapi3.T, calls map[string]*openapi3.Operation, f facts.Fact) (mark any, exists bool) {
	name, rest, _ := strings.Cut(f.Name(), " ")
	op := calls[name]
	switch f.Kind() {
	case "field":
		model, member, _ := strings.Cut(name, ".")
		if schema := doc.Components.Schemas[model]; schema != nil && schema.Value.Properties[member] != nil {
			mark = schema.Value.Properties[member].Value.Extensions["x-inferred"]
			if parts, ok := mark.(map[string]any); ok {
				mark = parts["(name)"]
			}
			return mark, true
		}
	case "param":
		if op != nil {
			return op.Parameters.GetByInAndName("query", rest).Extensions["x-inferred"], true
		}
	case "scope", "paging", "safety":
		if op != nil {
			parts, _ := op.Extensions["x-inferred"].(map[string]any)
			return parts[f.Kind()], true
		}
	case "status":
		if op != nil {
			for code, response := range op.Responses.Map() {
				if code != "default" {
					return response.Value.Extensions["x-inferred"], true
				}
			}
		}
	}
	return nil, false
}

// TestDocumentIsTheSDK holds the document against the requests that the SDK makes.
func TestDocumentIsTheSDK(t *testing.T) {
	s, err := parse(openapi.Receivables)
	if err != nil {
		t.Fatal(err)
	}
	var core []sdkCall
	for _, c := range sdkCalls(t) {
		for _, op := range operation.Core() {
			if c.op.Name == op.Name {
				core = append(core, c)
			}
		}
	}
	if len(core) != len(operation.Core()) {
		t.Errorf("%d calls, want %d", len(core), len(operation.Core()))
	}
	for _, api := range []operation.API{operation.AutoXChange, operation.Receivables} {
		for _, d := range compare(core, s, api) {
			isOther := d.kind == missingHere // of the other API: the document has both
			// An empty list is refused before sending, unless the caller asks for it.
			isList := d.kind == wrongNeed && (d.name == "body.payers" || strings.HasSuffix(d.name, ".streets"))
			if !d.note && !isOther && !isList {
				t.Errorf("%s | %s | %s | %s", d.call, d.kind, d.name, d.text)
			}
		}
	}
}
