package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/yaml"
)

const (
	maxSpec      = 32 << 20
	fetchTimeout = time.Minute
)

// load reads the description of an API from a file or a URL: Swagger 2.0 or
// OpenAPI 3, JSON or YAML. References to other files are refused.
func load(ctx context.Context, where string) (*spec, error) {
	data, err := fetch(ctx, where)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	s, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	return s, nil
}

func fetch(ctx context.Context, where string) ([]byte, error) {
	if u, err := url.Parse(where); err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return os.ReadFile(where)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, where, http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := (&http.Client{}).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer is %s", resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxSpec+1))
	if err == nil && len(data) > maxSpec {
		err = errors.New("larger than 32 MiB")
	}
	return data, err
}

// parse reads either format; JSON is YAML too.
func parse(data []byte) (*spec, error) {
	var head struct {
		Swagger string `json:"swagger"`
		OpenAPI string `json:"openapi"`
	}
	data, err := yaml.YAMLToJSON(data)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, err
	}
	switch {
	case strings.HasPrefix(head.Swagger, "2."):
		old := &openapi2.T{}
		if err := old.UnmarshalJSON(data); err != nil {
			return nil, err
		}
		doc, err := openapi2conv.ToV3(old)
		if err != nil {
			return nil, err
		}
		return reader{swagger2: true, doc: doc}.spec(), nil
	case strings.HasPrefix(head.OpenAPI, "3."):
		doc, err := openapi3.NewLoader().LoadFromData(data)
		if err != nil {
			return nil, err
		}
		return reader{doc: doc}.spec(), nil
	}
	return nil, errors.New("this is neither Swagger 2.0 nor OpenAPI 3")
}

// reader takes the facts out of a description.
type reader struct {
	swagger2 bool
	doc      *openapi3.T
}

func (r reader) spec() *spec {
	s := &spec{}
	if r.doc.Info != nil {
		s.Title, s.Version = r.doc.Info.Title, r.doc.Info.Version
	}
	for _, server := range r.doc.Servers {
		s.Servers = append(s.Servers, strings.TrimSuffix(server.URL, "/"))
	}
	for path, item := range r.doc.Paths.Map() {
		for method, op := range item.Operations() {
			s.Operations = append(s.Operations, r.call(method, path, item, op))
		}
	}
	s.sort()
	return s
}

// experimental is how Maventa marks a call: in brackets anywhere in its title
// or description, or as the first word. The word inside a text about one
// parameter does not count.
var experimental = regexp.MustCompile(`(?i)\[experimental\]|^\s*experimental\b`)

func (r reader) call(method, path string, item *openapi3.PathItem, op *openapi3.Operation) call {
	c := call{
		Method:       method,
		Path:         path,
		Deprecated:   op.Deprecated,
		Experimental: experimental.MatchString(op.Summary) || experimental.MatchString(op.Description),
	}
	r.security(&c, op)
	c.Parameters = r.parameters(append(slices.Clone(item.Parameters), op.Parameters...))
	if op.RequestBody != nil && op.RequestBody.Value != nil {
		media, schema := pick(op.RequestBody.Value.Content)
		c.Body = &body{Media: media, Required: op.RequestBody.Value.Required, Fields: flatten(schema).fields}
	}
	if op.Responses == nil {
		return c
	}
	for status, ref := range op.Responses.Map() {
		if ref.Value == nil {
			continue
		}
		_, schema := pick(ref.Value.Content)
		flat := flatten(schema)
		c.Answers = append(c.Answers, answer{
			Status:  status,
			Type:    flat.kind,
			Fields:  flat.fields,
			Headers: slices.Sorted(maps.Keys(ref.Value.Headers)),
		})
	}
	return c
}

func (r reader) security(c *call, op *openapi3.Operation) {
	requirements := r.doc.Security
	if op.Security != nil {
		requirements = *op.Security
	}
	for _, alternative := range requirements {
		for _, scopes := range alternative {
			c.Token = true
			c.Scopes = append(c.Scopes, scopes...)
		}
	}
	slices.Sort(c.Scopes)
	c.Scopes = slices.Compact(c.Scopes)
	c.Operator = len(c.Scopes) > 0 && !slices.ContainsFunc(c.Scopes, func(s string) bool { return !strings.HasPrefix(s, "operator:") })
}

// parameters reads them; a later one of the same name replaces an earlier one.
func (r reader) parameters(refs openapi3.Parameters) []field {
	var list []field
	for _, ref := range refs {
		p := ref.Value
		if p == nil {
			continue
		}
		flat := flatten(p.Schema)
		f := field{Name: p.Name, In: p.In, Type: flat.kind, Required: p.Required, Enum: flat.enum, MinLength: flat.minLength, MaxLength: flat.maxLength}
		if p.In == openapi3.ParameterInQuery && strings.HasPrefix(f.Type, "[]") {
			f.Encoding = r.encoding(p)
		}
		list = slices.DeleteFunc(list, func(old field) bool { return old.Name == f.Name && old.In == f.In })
		list = append(list, f)
	}
	return list
}

// encoding is how a list stands in the query. Where nothing is said it is
// comma-separated in Swagger 2.0 and one pair for each value in OpenAPI 3.
func (r reader) encoding(p *openapi3.Parameter) string {
	explode := p.Style == "" && !r.swagger2 || p.Style == openapi3.SerializationForm
	if p.Explode != nil {
		explode = *p.Explode
	}
	switch {
	case explode:
		return "multi"
	case p.Style == "" || p.Style == openapi3.SerializationForm:
		return "csv"
	}
	return p.Style
}

// pick chooses JSON where there are several media types; all of them are listed.
func pick(content openapi3.Content) (media []string, schema *openapi3.SchemaRef) {
	media = slices.Sorted(maps.Keys(content))
	for _, m := range slices.Backward(media) {
		if schema == nil || strings.HasPrefix(m, "application/json") {
			schema = content[m].Schema
		}
	}
	return media, schema
}
