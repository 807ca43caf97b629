// Package calltest tests calls of the API. Each call is described once, by a
// [Case]; what every call must keep to is a function here that takes them all:
// [Requests], [IDs], [Canaries], [Faults]. [Complete] finds rows of the operation
// table without a case.
//
// It is for the tests of this module: it imports testing and testify.
package calltest

import (
	"context"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/maventatest"
)

// Case is one call of the API: how it is made, what is sent, what is answered.
type Case struct {
	Name string // of its row in the operation table

	// Call makes it, with a text of [Canaries] wherever the request can hold one,
	// and with every field that it has. ids are IDs, or others in their place.
	Call func(ctx context.Context, c *maventa.Client, ids ...string) (any, error)

	// IDs are good ones: those of the path, in its order. An id or a number that
	// the body holds may follow, if Prepare gives it.
	IDs []string

	Want Want

	// Answer is what the service answers: JSON, as the decoded answer is
	// written again. Empty: no body.
	Answer string
	Status int  // of the answer; zero: the first documented one, 200 for a read
	Stream bool // the answer is a file

	// Of a write: Prepare makes what it acts on and returns the first of IDs, or
	// more of them with slashes between (nil: IDs as they are), Effects counts how often it took effect (nil:
	// the requests that the service acted on).
	Prepare func(*maventatest.Server) string
	Effects func(srv *maventatest.Server, id string) int
	// RefusedTwice: the fake refuses it the second time.
	RefusedTwice bool
}

// Want is the request as it must be sent.
type Want struct {
	Path string // with the query
	Body string // JSON, to the byte but for white space; "@name" is the file testdata/bodies/name.json
	Form string // or the fields of a form, as lines of name=value
}

// Done is the result of a call without an answer.
func Done(err error) (any, error) { return noAnswer, err }

const noAnswer = "done"

// Value is the result of a call with an answer. A nil pointer becomes a nil
// value, so that the forbidden nil, nil can be seen.
func Value[T any](v T, err error) (any, error) {
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && r.IsNil() {
		return nil, err
	}
	return v, err
}

func (c Case) op(t testing.TB) *operation.Op {
	t.Helper()
	op := operation.Lookup(c.Name)
	require.NotNil(t, op, "no operation %s", c.Name)
	return op
}

// call makes the call with the IDs of the case.
func (c Case) call(ctx context.Context, client *maventa.Client) (any, error) {
	return c.Call(ctx, client, c.IDs...)
}

// once reports whether the call is never sent again, not even after a 401 or a
// 429: its body is read from the caller's reader as it leaves.
func (c Case) once() bool { return c.Want.Form != "" }

// prepare makes what the call acts on, and returns the ids to make it with.
func (c Case) prepare(srv *maventatest.Server) []string {
	ids := slices.Clone(c.IDs)
	if c.Prepare == nil {
		return ids
	}
	made := c.Prepare(srv)
	switch len(ids) {
	case 0:
	case 1:
		ids[0] = made
	default:
		copy(ids, strings.Split(made, "/"))
	}
	return ids
}

// effects counts what the call has done.
func (c Case) effects(srv *maventatest.Server, ids []string) (n int) {
	if c.Effects != nil {
		id := ""
		if len(ids) > 0 {
			id = ids[0]
		}
		return c.Effects(srv, id)
	}
	for _, r := range srv.RequestsTo(c.Name) {
		if r.Committed {
			n++
		}
	}
	return n
}

// writes are the cases that change something.
func writes(t testing.TB, cases []Case) []Case {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(cases), func(c Case) bool { return c.op(t).Safety == operation.Safe })
}

// unsafe reports whether the call acts twice when it is sent twice.
func (c Case) unsafe() bool { return operation.Lookup(c.Name).Safety == operation.Unsafe }

// Find returns the case of a call.
func Find(t testing.TB, cases []Case, name string) Case {
	t.Helper()
	i := slices.IndexFunc(cases, func(c Case) bool { return c.Name == name })
	require.GreaterOrEqual(t, i, 0, "no case %s", name)
	return cases[i]
}

// Complete finds rows without a case, and cases that have no row, stand twice or
// lack what their row asks for. The call for tokens is made by the client itself:
// it has none.
func Complete(t *testing.T, cases []Case, rows []*operation.Op) {
	var want, got []string
	for _, row := range rows {
		if row != operation.AuthToken {
			want = append(want, row.Name)
		}
	}
	for _, c := range cases {
		got = append(got, c.Name)
		op := operation.Lookup(c.Name)
		if op == nil {
			continue
		}
		if params := pathParams(op); len(params) > len(c.IDs) {
			t.Errorf("%s: %d IDs for the path %s", c.Name, len(c.IDs), op.Path)
		}
		if c.Status == 0 && op.InferredStatus() && op.Safety != operation.Safe {
			t.Errorf("%s: no status is documented, so its case needs one", c.Name)
		}
		if c.RefusedTwice && op.Safety != operation.Unsafe {
			t.Errorf("%s: RefusedTwice is for unsafe calls", c.Name)
		}
	}
	SameNames(t, "the table", want, "the cases", got)
}

var placeholder = regexp.MustCompile(`\{[^}]+\}`)

// pathParams are the names of the ids in the path.
func pathParams(op *operation.Op) (names []string) {
	for _, p := range placeholder.FindAllString(op.Path, -1) {
		names = append(names, strings.Trim(p, "{}"))
	}
	return names
}
