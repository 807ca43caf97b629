package maventa

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/decode"
	"github.com/maventa-go/maventa/internal/operation"
)

// built is a call that is ready to be sent.
type built struct {
	request

	url      url.URL
	json     []byte  // the body; nil: none, or a form
	form     *upload // the body, instead of json
	token    func(*tokenCache, context.Context) (*accessToken, *Error)
	attempts int // how many may be made

	conclusive bool // see Conclusive

	firstSent time.Time // when the first attempt left
	watch     *observation
}

// multipartForm is a *[Form]. As an interface it is linked only into programs
// that send one.
type multipartForm interface {
	problem() (field, problem string)
	prepare(b *built, e ArrayEncoding)
	values() []byte
}

// build validates the call and makes everything that its attempts share.
func (c *Client) build(r *request, cfg *callConfig) (*built, *Error) {
	if c.company == "" && !r.op.NoAuth {
		return nil, &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Hint: "the client has no company: take one of Client.ForCompany"}
	}
	if err := c.root.refuse(r); err != nil {
		return nil, err
	}
	path, err := fillPath(r.op, r.ids)
	if err != nil {
		return nil, err
	}
	if err := c.validate(r, cfg); err != nil {
		return nil, err
	}
	query := r.params.encode(c.root.arrays)
	if name, isBad := call.BadQuery(query); isBad {
		return nil, invalid("", name, notUTF8)
	}
	b := &built{request: *r, token: (*tokenCache).get, attempts: cfg.retry.MaxAttempts, conclusive: cfg.conclusive && r.op.Safety == operation.Safe}
	b.setURL(c.root.base(r.op), path, query)
	if r.op.NoAuth {
		b.token = noToken
	}
	switch body := r.body.(type) {
	case nil:
	case multipartForm:
		if field, problem := body.problem(); problem != "" {
			return nil, invalid("", field, problem)
		}
		body.prepare(b, c.root.arrays)
	default:
		if b.json, err = r.write.json(body); err != nil {
			return nil, err
		}
	}
	return b, nil
}

const notUTF8 = "is not UTF-8"

// json is the body as JSON. What is not UTF-8, such as a name in Windows-1252, would
// leave as another text.
func (w *writer) json(body any) ([]byte, *Error) {
	data, err := w.marshal(body)
	if problem, ok := errors.AsType[*decode.Error](err); ok {
		return nil, invalid("", cmp.Or(problem.Path, "body"), problem.Problem)
	}
	return data, nil
}

// isWrite reports whether the call changes something.
func (b *built) isWrite() bool { return b.op.Safety != operation.Safe }

// setURL makes the address of the call.
func (b *built) setURL(base *endpoint, path, query string) {
	b.url = url.URL{Scheme: base.scheme, Host: base.host, Path: base.path + path, RawQuery: query}
	if strings.Contains(path, ";") {
		// Some servers read "..;x" as "..": net/url leaves the semicolon alone.
		b.url.RawPath = strings.ReplaceAll(b.url.EscapedPath(), ";", "%3B")
	}
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
		if problem := call.IDProblem(id, op.Siblings); problem != "" {
			return "", &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Fields: []FieldProblem{{Field: name, Problem: problem}}}
		}
		b.WriteString(head)
		b.WriteString(call.CanonicalID(id))
		rest = after
	}
	b.WriteString(rest)
	return b.String(), nil
}

// validator is a body that knows what is wrong with it.
type validator interface {
	validate(p *call.Problems)
}

// validate refuses a request or a body that is wrong. Warnings go to the logger.
func (c *Client) validate(r *request, cfg *callConfig) *Error {
	body, isValidator := r.body.(validator)
	if r.check == nil && !isValidator {
		return nil
	}
	p := &call.Problems{Unchecked: cfg.unchecked, NoPreflight: cfg.noPreflight}
	if r.check != nil {
		r.check(p)
	}
	if isValidator {
		body.validate(p)
	}
	if c.root.logger != nil {
		for _, w := range p.Warnings {
			c.root.logger.Warn("maventa: the agency may refuse this", "operation", r.op.Name, "company", c.company, "field", w.Field, "problem", w.Problem)
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

// validateAlone is what call would refuse before sending, without a client: it has no
// options of its own, and no logger for warnings.
func (r request) validateAlone(opts []CallOption) error {
	c := &Client{root: new(root), company: "-"}
	cfg, err := c.root.callConfig(opts)
	if err == nil {
		_, err = c.build(&r, cfg)
	}
	if err == nil {
		return nil
	}
	err.Operation = r.op.Name
	return err
}

// validateBody is validateAlone of a JSON body, whatever the ids are.
func validateBody(body any, op *operation.Op, opts []CallOption) error {
	return request{op: op, write: asJSON, body: body}.validateAlone(opts)
}
