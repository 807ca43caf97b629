package maventa

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/maventa-go/maventa/internal/operation"
)

// built is a call that is ready to be sent, any number of times.
type built struct {
	op        *operation.Op
	url       url.URL
	body      []byte // nil: none
	echo      []byte // what was sent, as JSON: hidden in errors
	in        any    // what body was made of
	out       any
	firstSent time.Time // of a write: when its first attempt left

	proof   func() bool // of out; nil: its own method
	upload  *upload     // instead of body
	stream  *Download   // instead of out
	anyType bool

	watch *observation

	personal []string // path parameters that errors must not show
}

// build validates the call and makes everything that its attempts share.
func (c *Client) build(r *request, cfg *callConfig) (*built, *Error) {
	op := r.row()
	if r.wrong != nil {
		return nil, &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Fields: r.wrong}
	}
	if op.InferredWrite && c.root.production && !c.root.allowInferred {
		return nil, &Error{
			Phase: PhaseBuild, Outcome: OutcomeNotSent, kind: ErrInferredWrite,
			hint: "try it on stage, then make the client with maventa.AllowInferredWrites()",
		}
	}
	base := c.root.base(op)
	path, err := fillPath(op, r.ids)
	if err != nil {
		return nil, err
	}
	b := &built{op: op, in: r.body, out: r.out, proof: r.proof, stream: r.stream, anyType: r.anyType}
	b.url = url.URL{Scheme: base.scheme, Host: base.host, Path: base.path + path}
	if !r.params.empty() {
		b.url.RawQuery = r.params.encode(c.root.arrayEncoding)
	}
	if op.PersonalTarget {
		b.personal = r.ids
	}
	if strings.Contains(path, ";") {
		// Some servers read "..;x" as "..": net/url leaves the semicolon alone.
		b.url.RawPath = strings.ReplaceAll(b.url.EscapedPath(), ";", "%3B")
	}
	if r.check != nil {
		if err := c.validate(checkFunc(r.check), op.Name, cfg); err != nil {
			return nil, err
		}
	}
	if r.body == nil {
		return b, nil
	}
	if f, ok := r.body.(multipartForm); ok {
		if problem := f.problem(); problem != "" {
			return nil, &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Fields: []FieldProblem{{Field: "body", Problem: problem}}}
		}
		b.upload, b.echo = f.upload(c.root.arrayEncoding), f.values()
		return b, nil
	}
	if v, ok := r.body.(validator); ok {
		if err := c.validate(v, op.Name, cfg); err != nil {
			return nil, err
		}
	}
	data, jsonErr := json.Marshal(r.body)
	if jsonErr != nil {
		return nil, &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, hint: "the body cannot be written as JSON"}
	}
	b.body, b.echo = data, data
	return b, nil
}

// base is the address of the API that op belongs to.
func (r *root) base(op *operation.Op) *endpoint {
	if op.API == operation.Receivables {
		return &r.receivables
	}
	return &r.ax
}

// fillPath puts ids into op's path template, unescaped: net/url escapes what
// must be, and an id that could leave its segment is refused.
func fillPath(op *operation.Op, ids []string) (string, *Error) {
	if len(ids) == 0 {
		return op.Path, nil
	}
	var b strings.Builder
	b.Grow(len(op.Path) + 32)
	rest := op.Path
	for _, id := range ids {
		head, tail, _ := strings.Cut(rest, "{")
		name, after, _ := strings.Cut(tail, "}")
		if problem := idProblem(op, id); problem != "" {
			return "", &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Fields: []FieldProblem{{Field: name, Problem: problem}}}
		}
		b.WriteString(head)
		b.WriteString(id)
		rest = after
	}
	b.WriteString(rest)
	return b.String(), nil
}

// maxID is longer than any id of the API: UUIDs have 36 characters.
const maxID = 200

// idProblem says why id cannot be a path segment of op.
func idProblem(op *operation.Op, id string) string {
	switch {
	case id == "":
		return "is empty"
	case len(id) > maxID:
		return "is longer than 200 bytes"
	case id == "." || id == "..":
		return "is a dot segment"
	case slices.Contains(op.Siblings, id):
		return "names another call: " + quoteCut(id, 32)
	case !utf8.ValidString(id):
		return "is not UTF-8"
	}
	for _, r := range id {
		isPrint := r >= ' ' && r <= '~' || unicode.IsPrint(r) // which is slow
		if !isPrint || r == '/' || r == '\\' || r == '%' {
			return "holds a slash, a percent sign or a control character"
		}
	}
	return ""
}

// checkFunc is a validator for what is no body.
type checkFunc func(*problems)

func (f checkFunc) validate(p *problems) { f(p) }

// validator is a body that can tell what is wrong with it.
type validator interface {
	validate(p *problems)
}

// problems collects what is wrong with a body.
type problems struct {
	unchecked   bool // unknown enum values are let through
	noPreflight bool // rules of the agencies are not applied
	list        []FieldProblem
	warnings    []FieldProblem
}

func (p *problems) add(field, problem string) {
	p.list = append(p.list, FieldProblem{Field: field, Problem: problem})
}

func (p *problems) warn(field, problem string) {
	p.warnings = append(p.warnings, FieldProblem{Field: field, Problem: problem})
}

// required checks a text field that must not be empty.
func (p *problems) required(field, value string) {
	if strings.TrimSpace(value) == "" {
		p.add(field, "is required")
	}
}

// enum checks a field with an open list of values.
func (p *problems) enum(field, value string, known bool) {
	switch {
	case value == "":
		p.add(field, "is required")
	case !known && !p.unchecked:
		p.add(field, "has a value this package does not know: "+quoteCut(value, 32)+" (maventa.Unchecked sends it anyway)")
	}
}

// validate runs v's checks; warnings go to the logger.
func (c *Client) validate(v validator, op string, cfg *callConfig) *Error {
	p := &problems{unchecked: cfg.unchecked, noPreflight: cfg.noPreflight}
	v.validate(p)
	if c.root.logger != nil {
		for _, w := range p.warnings {
			c.root.logger.Warn("maventa: the agency may refuse this", "operation", op, "field", w.Field, "problem", w.Problem)
		}
	}
	if len(p.list) == 0 {
		return nil
	}
	return &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Fields: p.list}
}
