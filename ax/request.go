package ax

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// request is a call by its row of the operation table.
func request(op *operation.Op, ids ...string) maventa.Request {
	return maventa.Request{
		Operation:  op.Name,
		API:        maventa.API(op.API),
		Method:     op.Method,
		Path:       op.Path,
		PathValues: ids,
		Safety:     maventa.Safety(op.Safety),
		Success:    op.Success,
		NoAnswer:   op.NoBody,
		NoAuth:     op.NoAuth,
		Reserved:   op.Siblings,
		Personal:   op.PersonalTarget,
		Verify:     op.Verify,
	}
}

// withBody is a request with a body, which is checked before it is sent if it can
// be wrong.
func withBody(op *operation.Op, body any, ids ...string) maventa.Request {
	r := request(op, ids...)
	r.Body = body
	if v, ok := body.(interface{ validate(*call.Problems) }); ok {
		r.Check = check(v.validate)
	}
	return r
}

// check is a check of fields as a request has it.
func check(f func(*call.Problems)) func(bool) []maventa.FieldProblem {
	return func(unchecked bool) (list []maventa.FieldProblem) {
		p := &call.Problems{Unchecked: unchecked}
		f(p)
		for _, problem := range p.List {
			list = append(list, maventa.FieldProblem(problem))
		}
		return list
	}
}

// one makes a call that answers with one object.
func one[T any](ctx context.Context, c *maventa.Client, r maventa.Request, opts []maventa.CallOption) (*T, error) {
	out := new(T)
	if p, ok := any(out).(interface{ proven() bool }); ok {
		r.Proof = p.proven
	}
	if err := c.Do(ctx, r, out, opts...); err != nil {
		return nil, err
	}
	return out, nil
}

// many makes a call that answers with a list in one piece.
func many[T any](ctx context.Context, c *maventa.Client, r maventa.Request, opts []maventa.CallOption) ([]T, error) {
	var out []T
	if err := c.Do(ctx, r, &out, opts...); err != nil {
		return nil, err
	}
	return out, nil
}

// oneOrMany is [many] for calls whose description speaks of a list where their
// schema has one object.
func oneOrMany[T any](ctx context.Context, c *maventa.Client, r maventa.Request, opts []maventa.CallOption) ([]T, error) {
	r.OneOrMany = true
	return many[T](ctx, c, r, opts)
}

// download makes a call that answers with a file.
func download(ctx context.Context, c *maventa.Client, r maventa.Request, opts []maventa.CallOption) (*maventa.Download, error) {
	d := &maventa.Download{}
	if err := c.Do(ctx, r, d, opts...); err != nil {
		return nil, err
	}
	return d, nil
}

// query makes parameters of names and values that take turns. Empty values are
// left out.
func query(pairs ...string) url.Values {
	q := make(url.Values, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q[pairs[i]] = []string{pairs[i+1]}
		}
	}
	return q
}

// stamp is an instant in UTC, as AX writes them; "" for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// texts are the values of an open list as texts.
func texts[S ~string](values []S) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}

// isOneOf looks for a word in a list of words.
func isOneOf(word, list string) bool {
	return word != "" && !strings.Contains(word, " ") && strings.Contains(" "+list+" ", " "+word+" ")
}
