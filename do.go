package maventa

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

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

// Request is a call that this package has no method for. See [Client.Do].
type Request struct {
	// Operation names the call in errors and logs. Empty: method and path
	// template.
	Operation string
	API       API
	Method    string
	// Path is a template that begins with a slash, such as "/v1/things/{id}";
	// PathValues fill its places in order, each as one escaped segment.
	Path       string
	PathValues []string
	Query      url.Values
	Body       any // sent as JSON; nil: none
	// Safety decides what may be sent again. A GET is always [Safe].
	Safety Safety
}

// Format implements [fmt.Formatter] without ids, query and body.
func (r Request) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "maventa.Request{Operation:%q Method:%q Path:%q Safety:%s}", r.Operation, r.Method, r.Path, r.Safety)
}

// LogValue implements [slog.LogValuer].
func (r Request) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(r)) }

// Do makes a call that this package has no method for, with the token, retry,
// outcome and error rules of all other calls. The answer is decoded into out
// with encoding/json, unless out is nil.
func (c *Client) Do(ctx context.Context, req Request, out any, opts ...CallOption) error {
	op := &operation.Op{
		Name:    req.Operation,
		Method:  req.Method,
		Path:    req.Path,
		API:     operation.API(req.API),
		Safety:  operation.Safety(req.Safety),
		Success: []int{http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent},
		Source:  "caller",
	}
	if op.Method == http.MethodGet {
		op.Safety = operation.Safe
	}
	if op.Name == "" {
		op.Name = op.Method + " " + op.Path
	}
	r := request{adhoc: op, ids: req.PathValues, query: req.Query.Encode(), body: req.Body, out: out}
	if problem := req.problem(); problem != nil {
		return c.fail(&r, &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Fields: problem})
	}
	return c.call(ctx, r, opts)
}

// problem says what is wrong with the request itself.
func (r *Request) problem() []FieldProblem {
	switch {
	case r.API > Receivables || r.Safety > Safe:
		return []FieldProblem{{"api", "or safety has an unknown value"}}
	case strings.Trim(r.Method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || r.Method == "":
		return []FieldProblem{{"method", "must be an HTTP method in capitals"}}
	case !strings.HasPrefix(r.Path, "/") || strings.ContainsAny(r.Path, "?#%\\ ") || strings.Contains(r.Path, "..") || strings.Contains(r.Path, "//") || countPlaces(r.Path) < 0:
		return []FieldProblem{{"path", "must be a plain template that begins with a slash; values and query have fields of their own"}}
	case countPlaces(r.Path) != len(r.PathValues):
		return []FieldProblem{{"path_values", "must be as many as the template's places"}}
	}
	return nil
}

// countPlaces counts the {name} places of a template, -1 if it is malformed.
func countPlaces(path string) int {
	n := 0
	for {
		before, rest, found := strings.Cut(path, "{")
		if strings.Contains(before, "}") {
			return -1
		}
		if !found {
			return n
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || name == "" || strings.Contains(name, "{") {
			return -1
		}
		path = after
		n++
	}
}
