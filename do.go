package maventa

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// API is one of Maventa's two services, for [Client.Do].
type API uint8

// The services.
const (
	AutoXChange API = API(operation.AutoXChange)
	Receivables API = API(operation.Receivables)
)

// Safety says what sending a request twice would do, for [Client.Do].
type Safety uint8

// The degrees of safety. The zero value is the careful one.
const (
	Unsafe     Safety = Safety(operation.Unsafe)     // a second sending may act twice
	Idempotent Safety = Safety(operation.Idempotent) // a second sending changes nothing more
	Safe       Safety = Safety(operation.Safe)       // the call only reads
)

// String returns unsafe, idempotent or safe.
func (s Safety) String() string {
	switch s {
	case Safe:
		return "safe"
	case Idempotent:
		return "idempotent"
	default:
		return "unsafe"
	}
}

// Request is a call that this package has no method for. See [Client.Do]. Only
// Method and Path are required.
type Request struct {
	// Operation names the call in errors and logs. Empty: method and path
	// template.
	Operation string
	API       API // the service that has the call; the zero value is [AutoXChange]
	Method    string
	// Path is a template that begins with a slash, such as "/v1/things/{id}", whose
	// places are whole segments. PathValues fill them in order, escaped.
	Path       string
	PathValues []string
	Query      url.Values
	// Arrays are parameters with several values, written as [WithArrayEncoding]
	// says. Empty values are left out.
	Arrays url.Values
	Body   any // sent as JSON, a *[Form] as multipart/form-data; nil: none
	// Safety decides what may be sent again. A GET is always [Safe], and a form
	// is sent once.
	Safety Safety

	// Success holds the status codes of success. Empty: 200, 201, 202 and 204.
	Success []int
	// NoAnswer says that a success has nothing to say. A 200 to a write that has
	// another body than {} or true does not come from the service, and its outcome
	// is unknown.
	NoAnswer bool
	// OneOrMany takes an object for a list of one, where out is a slice. Without
	// it the object must hold the list.
	OneOrMany bool
	AllowHTML bool // a [Download] may be a web page: otherwise that is an error
	NoAuth    bool // the call carries no token
	// Reserved are the words that other calls have in the path where this one has
	// a place. No path value may equal one.
	Reserved []string

	// Target is what the call is about, for errors, where no path value says so.
	Target   string
	Personal bool   // errors and logs show neither path values nor Target
	Verify   string // the operation that shows what an attempt of unknown outcome did

	// Check says what is wrong with the request, before anything is sent.
	// Unchecked is true for a call with the option [Unchecked], which lets unknown
	// values through. Nil: nothing is checked.
	Check func(unchecked bool) []FieldProblem
	// Proof reports whether the answer, which is in out then, shows by its contents
	// that the service wrote it. Of a write that is answered with 200 and without
	// proof the outcome is unknown: a proxy can answer 200, too. It is asked with
	// out as it was, where the answer is empty, {} or true. Nil: every answer that
	// can be decoded is taken. It needs an out that is no [Download].
	Proof func() bool
}

// Format implements [fmt.Formatter] without ids, query and body.
func (r Request) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "maventa.Request{Operation:%q Method:%q Path:%q Safety:%s}", r.Operation, r.Method, r.Path, r.Safety)
}

// LogValue implements [slog.LogValuer].
func (r Request) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(r)) }

// Do makes a call that this package has no method for, with the token, retry,
// outcome and error rules of all other calls. Lists in pages have [List].
//
// Out says what the answer is:
//   - a pointer to a struct or map takes an object, by the rules of encoding/json;
//     a field Extra of type [Extra] takes its unknown members;
//   - a pointer to a slice takes a list, which may also be the only list in an
//     object, named items, data, results or like the path's last word. What was in
//     the slice before is dropped;
//   - a *[Download] takes a file, which the caller closes;
//   - with nil the answer's body does not matter.
func (c *Client) Do(ctx context.Context, req Request, out any, opts ...CallOption) error {
	d, isDownload := out.(*Download)
	if req.Proof != nil && (out == nil || isDownload) {
		return c.call(ctx, req.call([]FieldProblem{{"proof", "needs an out that takes the answer"}}), opts)
	}
	if out == nil {
		return c.call(ctx, req.call(nil), opts)
	}
	v := reflect.ValueOf(out)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return c.call(ctx, req.call([]FieldProblem{{"out", "must be a pointer to what takes the answer, or nil"}}), opts)
	}
	r := req.call(nil)
	if isDownload {
		return c.download(ctx, r, d, req.AllowHTML, opts)
	}
	r.out = out
	if _, decodesItself := out.(json.Unmarshaler); !decodesItself && v.Elem().Kind() == reflect.Slice {
		r.out = anyList{v.Elem(), req.OneOrMany, req.Path}
	}
	return c.call(ctx, r, opts)
}

// Validate returns what [Client.Do] with these options would refuse before anything is
// sent. It needs no client, and reads no file of a form.
func (r Request) Validate(opts ...CallOption) error { return r.call(nil).validateAlone(opts) }

// anyList takes an answer that is a list into a slice.
type anyList struct {
	slice reflect.Value
	alone bool   // an object is a list of one
	path  string // of the call
}

func (l anyList) decodeBody(a *answer) (problem string) {
	l.slice.SetZero() // encoding/json would mix the old items with the new
	if body := bytes.TrimSpace(a.body); l.alone && body[0] == '{' {
		l.slice.Set(reflect.MakeSlice(l.slice.Type(), 1, 1))
		return decodeJSON(body, l.slice.Index(0).Addr().Interface())
	}
	list, problem := call.FindList(a.body, l.path)
	if problem != "" {
		return problem
	}
	return decodeJSON(list.Items, l.slice.Addr().Interface())
}

// anySuccess are the codes of a request that names none.
var anySuccess = []int{http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent}

// call is the request as the client takes it. It is refused if anything is wrong
// already.
func (r *Request) call(wrong []FieldProblem) request {
	op := &operation.Op{
		Name:           r.Operation,
		Method:         r.Method,
		Path:           r.Path,
		API:            operation.API(r.API),
		Safety:         operation.Safety(r.Safety),
		Success:        r.Success,
		NoBody:         r.NoAnswer,
		NoAuth:         r.NoAuth,
		PersonalTarget: r.Personal,
		Siblings:       r.Reserved,
		Verify:         r.Verify,
	}
	if len(op.Success) == 0 {
		op.Success = anySuccess
	}
	if op.Method == http.MethodGet {
		op.Safety = operation.Safe
	}
	if op.Name == "" {
		op.Name = op.Method + " " + op.Path
	}
	inner := request{op: op, ids: r.PathValues, write: asJSON, body: r.Body, target: r.Target}
	if proof := r.Proof; proof != nil {
		inner.proof = func() (proven, foreign bool) { return proof(), false }
	}
	for _, name := range namesOf(r.Query) {
		for _, v := range r.Query[name] {
			inner.params.write(url.QueryEscape(name), v)
		}
	}
	for _, name := range namesOf(r.Arrays) {
		inner.params.addArray(url.QueryEscape(name), r.Arrays[name])
	}
	wrong, check := append(r.problem(), wrong...), r.Check // not r, which would go to the heap
	if len(wrong) == 0 && check == nil {
		return inner
	}
	inner.check = func(p *call.Problems) {
		list := wrong
		if len(list) == 0 {
			list = check(p.Unchecked)
		}
		for _, problem := range list {
			p.List = append(p.List, call.Problem(problem))
		}
	}
	return inner
}

// namesOf are the names of parameters, sorted, so that a call is always the same.
func namesOf(values url.Values) []string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// problem says what is wrong with the request itself.
func (r *Request) problem() []FieldProblem {
	switch {
	case r.API > Receivables || r.Safety > Safe:
		return []FieldProblem{{"api", "or safety has an unknown value"}}
	case strings.Trim(r.Method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || r.Method == "":
		return []FieldProblem{{"method", "must be an HTTP method in capitals"}}
	case !strings.HasPrefix(r.Path, "/"), strings.ContainsAny(r.Path, "?#%\\ "), strings.Contains(r.Path, ".."), strings.Contains(r.Path, "//"), !utf8.ValidString(r.Path),
		strings.Contains(r.Path+"/", "/./"), strings.ContainsFunc(r.Path, unicode.IsControl), countPlaces(r.Path) < 0:
		return []FieldProblem{{"path", "must be a plain template that begins with a slash, with places that are whole segments; values and query have fields of their own"}}
	case countPlaces(r.Path) != len(r.PathValues):
		return []FieldProblem{{"path_values", "must be as many as the template's places"}}
	case slices.ContainsFunc(r.Success, func(status int) bool { return status < 200 || status > 299 }):
		return []FieldProblem{{"success", "must be codes from 200 to 299"}}
	}
	switch r.Body.(type) {
	case Form:
		return []FieldProblem{{"body", "is a form, which must be given as a pointer"}}
	default:
		return nil
	}
}

// countPlaces counts the {name} places of a template, -1 if it is malformed.
func countPlaces(path string) (n int) {
	for segment := range strings.SplitSeq(path, "/") {
		inner := strings.TrimSuffix(strings.TrimPrefix(segment, "{"), "}")
		switch {
		case strings.ContainsAny(inner, "{}"):
			return -1
		case inner == segment:
		case len(inner) != len(segment)-2 || inner == "":
			return -1
		default:
			n++
		}
	}
	return n
}

// List is a list in pages that this package has no method for.
type List[T any] struct {
	// Request is that of one page, without page and per_page. It must be [Safe].
	Request Request
	ListOptions
	// Key returns what makes two items the same, such as the id, so that none comes
	// twice where the pages shift. It is required, and may return "" for an item
	// without one.
	Key func(*T) string
	// Match compares an item with the filter of the query once more, since a server
	// ignores a parameter that it does not know: [FilterHonoured], [FilterIgnored],
	// which drops the item, or [FilterUnverified] if the item does not show it. Nil:
	// there is no filter.
	Match func(*T) FilterCheck
}

// Page returns one page, that of the options.
func (l List[T]) Page(ctx context.Context, c *Client, opts ...CallOption) (*Page[T], error) {
	return l.list().page(ctx, c, opts)
}

// All iterates over the items of all pages, fetching each when it is needed. It
// yields an error once and ends.
func (l List[T]) All(ctx context.Context, c *Client, opts ...CallOption) iter.Seq2[T, error] {
	return l.list().all(ctx, c, opts)
}

func (l List[T]) list() list[T] {
	var wrong []FieldProblem
	for _, name := range []string{"page", "per_page"} {
		if l.Request.Query.Has(name) || l.Request.Arrays.Has(name) {
			wrong = append(wrong, FieldProblem{"query", "must not hold " + name + ", which is an option of the list"})
		}
	}
	if l.Request.Safety != Safe && l.Request.Method != http.MethodGet {
		wrong = append(wrong, FieldProblem{"safety", "of a list must be Safe"})
	}
	if _, isForm := l.Request.Body.(*Form); isForm || l.Request.OneOrMany {
		wrong = append(wrong, FieldProblem{"request", "of a list has no form and no OneOrMany"})
	}
	if l.Key == nil {
		wrong = append(wrong, FieldProblem{"key", "is required"})
	}
	inner := list[T]{call: l.Request.call(wrong), options: l.ListOptions, key: l.Key}
	if l.Match != nil {
		inner.match = func(item *T) call.Match { return call.Match(l.Match(item)) }
	}
	return inner
}
