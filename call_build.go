package maventa

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/call"
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
	if op.InferredWrite && c.root.production && !c.root.allowInferredWrites {
		return nil, &Error{
			Phase: PhaseBuild, Outcome: OutcomeNotSent, Kind: ErrInferredWrite,
			Hint: "its wire names are inferred: try it on stage, then make the client with maventa.AllowInferredWrites()",
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
		b.url.RawQuery = r.params.encode(c.root.arrays)
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
		b.upload, b.echo = f.upload(c.root.arrays), f.values()
		return b, nil
	}
	if v, ok := r.body.(validator); ok {
		if err := c.validate(v, op.Name, cfg); err != nil {
			return nil, err
		}
	}
	data, jsonErr := json.Marshal(r.body)
	if jsonErr != nil {
		return nil, &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Fields: []FieldProblem{{"body", "cannot be written as JSON"}}}
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

// idProblem says why id cannot be a path segment of op.
func idProblem(op *operation.Op, id string) string { return call.IDProblem(id, op.Siblings) }

// checkFunc is a validator for what is no body.
type checkFunc func(*call.Problems)

func (f checkFunc) validate(p *call.Problems) { f(p) }

// validator is a body that knows what is wrong with it.
type validator interface {
	validate(p *call.Problems)
}

// validate runs v's checks; warnings go to the logger.
func (c *Client) validate(v validator, op string, cfg *callConfig) *Error {
	p := &call.Problems{Unchecked: cfg.unchecked, NoPreflight: cfg.noPreflight}
	v.validate(p)
	if c.root.logger != nil {
		for _, w := range p.Warnings {
			c.root.logger.Warn("maventa: the agency may refuse this", "operation", op, "field", w.Field, "problem", w.Problem)
		}
	}
	if len(p.List) == 0 {
		return nil
	}
	e := &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent}
	for _, problem := range p.List {
		e.Fields = append(e.Fields, FieldProblem(problem))
	}
	return e
}

// validateAlone is validate without a client: it has no options of its own, and
// no logger for warnings.
func validateAlone(v validator, op operation.ID, opts []CallOption) error {
	c := &Client{root: new(root)}
	cfg, err := c.root.callConfig(opts)
	if err == nil {
		err = c.validate(v, op.String(), cfg)
	}
	if err == nil {
		return nil
	}
	err.Operation = op.String()
	return err
}
