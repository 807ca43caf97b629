package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// spec is what apidrift keeps of a Swagger or OpenAPI file: names, types and
// codes, no prose.
type spec struct {
	Title      string   `json:"title"`
	Version    string   `json:"version"`
	Servers    []string `json:"servers,omitzero"`
	Operations []call   `json:"operations"`
}

// call is one method of one path.
type call struct {
	Method       string   `json:"method"`
	Path         string   `json:"path"`
	Experimental bool     `json:"experimental,omitzero"`
	Operator     bool     `json:"operator,omitzero"` // for operators' tokens only
	Deprecated   bool     `json:"deprecated,omitzero"`
	Token        bool     `json:"token,omitzero"`  // needs one
	Scopes       []string `json:"scopes,omitzero"` // one of them is enough
	Parameters   []field  `json:"parameters,omitzero"`
	Body         *body    `json:"body,omitzero"`
	Answers      []answer `json:"answers"`
}

// body is what a request sends.
type body struct {
	Media    []string `json:"media"`
	Required bool     `json:"required,omitzero"`
	Fields   []field  `json:"fields,omitzero"`
}

// answer is what one status brings.
type answer struct {
	Status  string   `json:"status"`
	Type    string   `json:"type,omitzero"` // "object", "[]object", "file", …; empty: not described
	Headers []string `json:"headers,omitzero"`
	Fields  []field  `json:"fields,omitzero"`
}

// field is a parameter or a member of a body. The name of a nested one is
// dotted; that of a member of a list's objects has brackets: "payers[].name".
type field struct {
	Name      string   `json:"name"`
	In        string   `json:"in,omitzero"`   // parameters: path, query or header
	Type      string   `json:"type,omitzero"` // "string", "string date", "[]integer", "object", …; empty: anything
	Required  bool     `json:"required,omitzero"`
	Enum      []string `json:"enum,omitzero"`
	MinLength uint64   `json:"min_length,omitzero"`
	MaxLength uint64   `json:"max_length,omitzero"`
	Encoding  string   `json:"encoding,omitzero"` // of a list in the query: csv, multi, …
}

func (c *call) String() string { return c.Method + " " + c.Path }

// params are the parameters in one place.
func (c *call) params(in string) []field {
	return slices.DeleteFunc(slices.Clone(c.Parameters), func(f field) bool { return f.In != in })
}

// fields are the members of the body, if there is one.
func (c *call) fields() []field {
	if c.Body == nil {
		return nil
	}
	return c.Body.Fields
}

// successes are the answers that are not failures.
func (c *call) successes() []answer {
	return slices.DeleteFunc(slices.Clone(c.Answers), func(a answer) bool { return !strings.HasPrefix(a.Status, "2") })
}

// result is what a success brings: the members of all its answers.
func (c *call) result() (kind string, fields []field) {
	seen := map[string]bool{}
	for _, a := range c.successes() {
		kind = cmp.Or(kind, a.Type)
		for _, f := range a.Fields {
			if !seen[f.Name] {
				seen[f.Name] = true
				fields = append(fields, f)
			}
		}
	}
	return kind, fields
}

// find returns the call with a method and path. The names of path parameters
// do not go over the wire, so they do not count.
func (s *spec) find(method, path string) *call {
	if s == nil {
		return nil
	}
	for i := range s.Operations {
		if c := &s.Operations[i]; c.Method == method && shape(c.Path) == shape(path) {
			return c
		}
	}
	return nil
}

// shape is a path template without the names of its parameters.
func shape(path string) string {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for i, s := range segments {
		if strings.HasPrefix(s, "{") {
			segments[i] = "{}"
		}
	}
	return strings.Join(segments, "/")
}

// sort puts everything in the one order in which it is written.
func (s *spec) sort() {
	slices.SortFunc(s.Operations, func(a, b call) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	byName := func(a, b field) int { return cmp.Or(cmp.Compare(a.In, b.In), cmp.Compare(a.Name, b.Name)) }
	for i := range s.Operations {
		c := &s.Operations[i]
		slices.SortFunc(c.Parameters, byName)
		slices.SortFunc(c.fields(), byName)
		slices.SortFunc(c.Answers, func(a, b answer) int { return cmp.Compare(a.Status, b.Status) })
		for _, a := range c.Answers {
			slices.SortFunc(a.Fields, byName)
		}
	}
}

// readFacts reads what writeFacts wrote.
func readFacts(path string) (*spec, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s := &spec{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// marshalFacts writes each field on a line of its own, so that a change shows
// as that line.
func marshalFacts(s *spec) ([]byte, error) {
	whole, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	lines := strings.Split(string(whole), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		out.WriteString(line)
		// A list of texts, and an object that begins with a name, fit one line.
		text := strings.TrimSpace(line)
		joins := strings.HasSuffix(text, "[") && i+1 < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[i+1]), `"`) ||
			text == "{" && i+1 < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[i+1]), `"name"`) ||
			text == "{" && i+2 < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[i+2]), "}")
		if joins {
			indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
			for i++; i < len(lines); i++ {
				part := strings.TrimSpace(lines[i])
				if strings.HasSuffix(out.String(), ",") {
					out.WriteByte(' ')
				}
				out.WriteString(part)
				if strings.HasPrefix(lines[i], indent+"]") || strings.HasPrefix(lines[i], indent+"}") {
					break
				}
			}
		}
		if i < len(lines)-1 {
			out.WriteByte('\n')
		}
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}
