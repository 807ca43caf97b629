package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// small is what both small files in testdata say.
var small = &spec{
	Title:   "Small",
	Version: "1",
	Servers: []string{"https://small.example"},
	Operations: []call{
		{
			Method: "GET", Path: "/things", Token: true, Scopes: []string{"operator:thing", "thing:read", "thing:write"},
			Parameters: []field{
				{Name: "page", In: "query", Type: "integer"},
				{Name: "since", In: "query", Type: "string date-time", Required: true},
				{Name: "state", In: "query", Type: "[]string", Enum: []string{"A", "B"}, Encoding: "csv"},
			},
			Answers: []answer{
				{Status: "200", Type: "[]object", Headers: []string{"X-Total"}, Fields: thing},
				{Status: "404", Type: "object", Fields: []field{{Name: "code", Type: "string"}}},
			},
		},
		{
			Method: "POST", Path: "/things", Token: true, Experimental: true, Scopes: []string{"thing:write"},
			Body: &body{Media: []string{"multipart/form-data"}, Fields: []field{
				{Name: "comment", Type: "string", MinLength: 2, MaxLength: 64},
				{Name: "file", Type: "file", Required: true},
				{Name: "settings[color]", Type: "boolean"},
			}},
			Answers: []answer{{Status: "201", Type: "object", Fields: thing}},
		},
		{
			Method: "PATCH", Path: "/things/{id}", Token: true, Operator: true, Deprecated: true, Scopes: []string{"operator:thing"},
			Parameters: []field{{Name: "id", In: "path", Type: "string", Required: true}},
			Body: &body{Media: []string{"application/json"}, Required: true, Fields: []field{
				{Name: "owner", Type: "object", Required: true},
				{Name: "owner.name", Type: "string", Required: true},
				{Name: "owner.tags", Type: "[]string"},
			}},
			Answers: []answer{{Status: "204"}},
		},
	},
}

// thing holds itself: its parts are listed once.
var thing = []field{
	{Name: "free", Type: "object"},
	{Name: "id", Type: "string", Required: true},
	{Name: "kind", Type: "string", Enum: []string{"X", "Y"}},
	{Name: "made", Type: "string date"},
	{Name: "named", Type: "object"},
	{Name: "named.*", Type: "integer"},
	{Name: "parts", Type: "[]object"},
	{Name: "price", Type: "number"},
}

// asText makes differences readable.
func asText(t *testing.T, s *spec) string {
	t.Helper()
	data, err := marshalFacts(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestBothFormatsSayTheSame(t *testing.T) {
	for _, name := range []string{"small-swagger2.yaml", "small-openapi3.json"} {
		got, err := load(t.Context(), filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		got.Operations[1].Body.Required = false // of a form, only its fields say so in Swagger 2.0
		if got, want := asText(t, got), asText(t, small); got != want {
			t.Errorf("%s says\n%s\nnot\n%s", name, got, want)
		}
	}
}

func TestParserOnOddities(t *testing.T) {
	tests := []struct{ name, schema, kind string }{
		{"nullable in OpenAPI 3.1", `{"type": ["string", "null"]}`, "string"},
		{"two types", `{"type": ["string", "integer"]}`, "string|integer"},
		{"alternatives", `{"oneOf": [{"type": "string"}, {"type": "number"}]}`, "number|string"},
		{"no type", `{}`, ""},
		{"items alone", `{"items": {"type": "string", "format": "date"}}`, "[]string date"},
		{"list of lists", `{"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}`, "[][]integer"},
		{"properties alone", `{"properties": {"a": {"type": "string"}}}`, "object"},
	}
	for _, test := range tests {
		s, err := parse([]byte(`{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/x": {"get": {
			"responses": {"200": {"description": "d", "content": {"application/json": {"schema": ` + test.schema + `}}}}}}}}`))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if kind, _ := s.Operations[0].result(); kind != test.kind {
			t.Errorf("%s is %q, not %q", test.name, kind, test.kind)
		}
	}
}

func TestListsInOpenAPI3AreRepeatedUnlessSaidOtherwise(t *testing.T) {
	for style, want := range map[string]string{
		``: "multi", `"explode": false,`: "csv", `"style": "form",`: "multi", `"style": "pipeDelimited", "explode": false,`: "pipeDelimited",
	} {
		s, err := parse([]byte(`{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/x": {"get": {
			"parameters": [{"in": "query", "name": "q", ` + style + ` "schema": {"type": "array", "items": {"type": "string"}}}],
			"responses": {"200": {"description": "d"}}}}}}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Operations[0].Parameters[0].Encoding; got != want {
			t.Errorf("%s is %q, not %q", style, got, want)
		}
	}
}

func TestRefusedDescriptions(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret.json")
	if err := os.WriteFile(secret, []byte(`{"type": "string"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"neither format":     `{"swagger": "1.2"}`,
		"not YAML":           "\tx: [",
		"a page":             "<html><body>sign in</body></html>",
		"empty":              "",
		"missing definition": `{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": {"A": {"$ref": "#/components/schemas/B"}}}}`,
		"another file":       `{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": {"A": {"$ref": "` + filepath.ToSlash(secret) + `"}}}}`,
	} {
		if _, err := parse([]byte(text)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestLoadFromURL(t *testing.T) {
	server := httptest.NewServer(http.FileServer(http.Dir("testdata")))
	defer server.Close()
	s, err := load(t.Context(), server.URL+"/small-swagger2.yaml")
	if err != nil || len(s.Operations) != 3 {
		t.Errorf("got %v, %v", s, err)
	}
	if _, err := load(t.Context(), server.URL+"/absent.json"); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("an absent file gives %v", err)
	}
	server.Close()
	if _, err := load(t.Context(), server.URL+"/small-swagger2.yaml"); err == nil {
		t.Error("a server that is gone gives no error")
	}
}

func TestFactsAreReadAsTheyWereWritten(t *testing.T) {
	data := asText(t, small)
	path := filepath.Join(t.TempDir(), "facts.json")
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := readFacts(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, small) {
		t.Errorf("read\n%s", asText(t, got))
	}
	for _, line := range []string{
		`     {"name": "comment", "type": "string", "min_length": 2, "max_length": 64},`,
		`   "scopes": ["operator:thing", "thing:read", "thing:write"],`,
		`    {"status": "204"}`,
	} {
		if !strings.Contains(data, "\n"+line+"\n") {
			t.Errorf("no line %q in\n%s", line, data)
		}
	}
	if err := os.WriteFile(path, []byte(strings.Replace(data, `"version"`, `"other"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readFacts(path); err == nil {
		t.Error("an unknown member is accepted")
	}
}

func TestCommittedFactsAreInTheirOwnForm(t *testing.T) {
	s := committed(t)
	data, err := os.ReadFile(filepath.Join(rootDir, filepath.FromSlash(factsFile)))
	if err != nil {
		t.Fatal(err)
	}
	s.sort()
	if asText(t, s) != string(data) {
		t.Error("testdata/ax-facts.json was changed by hand: write it with -facts")
	}
	if len(s.Operations) != 144 || s.Version != "0.85.550" {
		t.Errorf("%d calls of version %s: update this test with the facts", len(s.Operations), s.Version)
	}
}
