package main

import (
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/facts"
	"github.com/maventa-go/maventa/internal/operation"
)

// openapiFile is the description of the receivables calls for programs in other
// languages. OpenAPI 3.0.3 is what most generators read.
const openapiFile = "docs/openapi/receivables.yaml"

//go:embed openapi_intro.md
var openapiIntro string

// openapiPage writes the description from the operation table, the models of the
// methods' arguments and results, and the facts.
func openapiPage(src *goComments, synopses map[string]string) (string, error) {
	b := &openapiBuilder{src: src, schemas: newSchemas(src)}
	paths := pairs()
	for _, op := range operation.Core() {
		call, err := b.operation(op, synopses[op.Name])
		if err != nil {
			return "", fmt.Errorf("%s: %w", op.Name, err)
		}
		item, ok := paths.values[op.Path].(*mapping)
		if !ok {
			item = pairs()
			if op.API == operation.Receivables {
				item.set("servers", receivablesServers())
			}
		}
		paths.set(op.Path, item.set(strings.ToLower(op.Method), call))
	}
	components := b.components()
	doc := pairs(
		"openapi", "3.0.3",
		"info", pairs(
			"title", "Maventa receivables",
			"version", "1",
			"description", strings.TrimSpace(openapiIntro),
			"license", pairs("name", "MIT")),
		"servers", axServers(),
		"tags", b.tags,
		"paths", paths,
		"components", components)
	return "# Written by internal/cmd/docs: change what it is made from, then run go generate.\n" + yamlText(doc), nil
}

func axServers() list {
	return list{
		pairs("url", maventa.Production.AutoXChangeURL, "description", "AutoXChange (AX), production"),
		pairs("url", maventa.Stage.AutoXChangeURL, "description", "AutoXChange (AX), stage"),
	}
}

func receivablesServers() list {
	return list{
		pairs("url", maventa.Production.ReceivablesURL, "description", "Receivables API, production",
			"x-inferred", reason("host Production.ReceivablesURL")),
		pairs("url", maventa.Stage.ReceivablesURL, "description", "Receivables API, stage"),
	}
}

// reason is why a fact is inferred; empty if it is not.
func reason(subject string) string {
	if f, found := facts.Lookup(subject); found && f.Mark == facts.Inferred {
		return f.Source
	}
	return ""
}

type openapiBuilder struct {
	src     *goComments
	schemas *schemas
	tags    list
	tagged  map[string]bool
	scopes  *mapping
}

// operation is a call as OpenAPI writes it.
func (b *openapiBuilder) operation(op *operation.Op, synopsis string) (*mapping, error) {
	service, name, _ := strings.Cut(op.Name, ".")
	b.tag(service, op)
	summary, _, _ := strings.Cut(synopsis, ". ")
	method, found := methodOf(op)
	if !found && op != operation.AuthToken && op != operation.AuthCurrent {
		return nil, errors.New("no method of the client")
	}
	call := pairs(
		"operationId", strings.ToLower(service[:1])+service[1:]+name,
		"tags", list{service},
		"summary", strings.TrimSuffix(summary, "."),
		"description", describe(op))
	if op.Gone != "" {
		call.set("deprecated", true)
	}
	call.set("x-safety", op.Safety.String())
	call.set("x-inferred", pairs(
		"scope", reason("scope "+op.Name),
		"safety", reason("safety "+op.Name),
		"paging", reason("paging "+op.Name)))
	if op.NoAuth {
		call.set("security", flow("[]"))
	} else {
		b.scope(op.Scope)
		call.set("security", list{pairs("oauth2", list{op.Scope})})
	}
	call.set("parameters", parameters(op))
	body, err := b.body(op, method)
	if err != nil {
		return nil, err
	}
	responses, err := b.responses(op, method)
	if err != nil {
		return nil, err
	}
	return call.set("requestBody", body).set("responses", responses), nil
}

func (b *openapiBuilder) tag(service string, op *operation.Op) {
	if b.tagged == nil {
		b.tagged, b.scopes = map[string]bool{}, pairs()
	}
	if b.tagged[service] {
		return
	}
	b.tagged[service] = true
	api := "On AutoXChange (AX)."
	if op.API == operation.Receivables {
		api = "On the Receivables API, which has its own address."
	}
	b.tags = append(b.tags, pairs("name", service, "description", api))
}

func (b *openapiBuilder) scope(scope string) {
	b.scopes.set(scope, "needed by the calls that name it")
}

// describe says what the caller must know before it sends a call twice.
func describe(op *operation.Op) string {
	var lines []string
	switch op.Safety {
	case operation.Safe:
		lines = append(lines, "Safe: it only reads, and may be repeated.")
	case operation.Idempotent:
		lines = append(lines, "Idempotent: sent twice it changes nothing more.")
	case operation.Unsafe:
		line := "Unsafe: sent twice it may act twice. Where no answer came, or one that is not listed below, it may have acted"
		if op.Verify != "" {
			line += ": read " + op.Verify + " before sending it again"
		}
		lines = append(lines, line+".")
	}
	if op.Gone != "" {
		lines = append(lines, "A 404 or 410 may mean: "+op.Gone+".")
	}
	return strings.Join(append(lines, "Source: "+op.Source+"."), "\n\n")
}

var placeholders = regexp.MustCompile(`\{(\w+)\}`)

// parameters are those of the path, and those of the query, which are facts.
func parameters(op *operation.Op) list {
	var all list
	for _, m := range placeholders.FindAllStringSubmatch(op.Path, -1) {
		p := pairs("name", m[1], "in", "path", "required", true)
		if m[1] == "customer_bid" {
			p.set("description", "the customer's business id")
			p.set("x-inferred", reason("rule the business id in the path is written as on the invoice"))
		}
		all = append(all, p.set("schema", pairs("type", "string")))
	}
	for _, f := range facts.All() {
		name, isParam := strings.CutPrefix(f.Subject, "param "+op.Name+" ")
		if !isParam {
			continue
		}
		schema := pairs("type", "string")
		switch {
		case name == "page":
			schema = pairs("type", "integer", "minimum", 1)
		case name == "per_page":
			schema = pairs("type", "integer", "minimum", 1, "maximum", 100)
		case strings.HasSuffix(name, "_start"), strings.HasSuffix(name, "_end"):
			schema.set("format", "date-time")
		}
		p := pairs("name", name, "in", "query", "description", f.Value)
		if f.Mark == facts.Inferred {
			p.set("x-inferred", f.Source)
		}
		all = append(all, p.set("schema", schema))
	}
	return all
}

// methodOf is the client's method that makes a call.
func methodOf(op *operation.Op) (reflect.Method, bool) {
	service, name, _ := strings.Cut(op.Name, ".")
	field, found := reflect.TypeFor[maventa.Client]().FieldByName(service)
	if !found {
		return reflect.Method{}, false
	}
	return field.Type.MethodByName(name)
}

// statusInFact finds the codes in a fact about a status: "202, as v1; 200 too".
var statusInFact = regexp.MustCompile(`\b20[0-4]\b`)

// responses are those that count as success, and the error. Where the status is
// not documented all are listed that this module takes for success: a client that
// takes one of them for a failure sends a payment again.
func (b *openapiBuilder) responses(op *operation.Op, method reflect.Method) (*mapping, error) {
	answer, err := b.answer(op, method)
	if err != nil {
		return nil, err
	}
	codes := []string{}
	for _, code := range op.Success {
		codes = append(codes, strconv.Itoa(code))
	}
	why := ""
	if op.InferredStatus() {
		f, _ := facts.Lookup("status " + op.Name)
		codes, why = statusInFact.FindAllString(f.Value, -1), f.Source
	}
	if len(codes) == 0 {
		return nil, errors.New("no status")
	}
	hasNoBody := op.NoBody || codes[0] == "204"
	all := pairs()
	for _, code := range codes {
		number, err := strconv.Atoi(code)
		if err != nil {
			return nil, err
		}
		r := pairs("description", http.StatusText(number))
		if !hasNoBody && code != "204" {
			if op.Paged != operation.NotPaged {
				r.set("headers", pagingHeaders())
			}
			r.set("content", jsonContent(answer))
		}
		all.set(code, r.set("x-inferred", why))
	}
	shape := "Error"
	if op.API == operation.Receivables {
		shape = "ReceivablesError"
	}
	return all.set("default", pairs("$ref", "#/components/responses/"+shape)), nil
}

func pagingHeaders() *mapping {
	all := pairs()
	for _, name := range []string{"X-Next-Page", "Link"} {
		f, _ := facts.Lookup("header " + name)
		all.set(name, pairs("description", f.Value, "x-inferred", f.Source, "schema", pairs("type", "string")))
	}
	return all
}

func jsonContent(schema *mapping) *mapping {
	return pairs("application/json", pairs("schema", schema))
}
