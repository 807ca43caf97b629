package maventa_test

import (
	"context"
	"encoding/json"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
)

// shapeOf is what a call sends: its method, the row whose path it has, the names
// in query and body, and how often an array comes.
func shapeOf(t *testing.T, op *operation.Op, call func(ctx context.Context, c *maventa.Client) (any, error)) map[string]bool {
	shape := map[string]bool{}
	c := trippedClient(t, tripper(func(r *http.Request, body string) (*http.Response, error) {
		if r.Method != op.Method {
			return answerOf(r, 404, `{}`), nil
		}
		path := strings.Split(r.URL.Path, "/")
		fits := len(path) == strings.Count(op.Path, "/")+1
		for i, s := range strings.Split(op.Path, "/") {
			fits = fits && (strings.HasPrefix(s, "{") || s == path[i])
		}
		if !fits {
			return answerOf(r, 404, `{}`), nil
		}
		shape[r.Method+" "+r.URL.Host] = true
		for name := range r.URL.Query() {
			shape["query "+name] = true
		}
		var object any
		if kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "multipart/form-data" {
			parts := multipart.NewReader(strings.NewReader(body), params["boundary"])
			for part, err := parts.NextPart(); err == nil; part, err = parts.NextPart() {
				shape["form "+part.FormName()] = true
			}
		} else if json.Unmarshal([]byte(body), &object) == nil {
			members("body", object, shape)
		}
		return answerOf(r, 404, `{}`), nil
	}))
	_, err := call(t.Context(), c)
	assert.Error(t, err)
	return shape
}

func members(at string, v any, shape map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			shape[at+"."+name] = true
			members(at+"."+name, inner, shape)
		}
	case []any:
		for _, inner := range v {
			members(at+"[]", inner, shape)
		}
	}
}

// notAlike are what the cases send and the registers do not, or the other way
// round: one of two ways to say an amount, the name of a setting, and the filters
// that TestParamFacts sends.
var notAlike = map[string][]string{
	"Invoices.TransferToAmiliV1": {"body.collectable_amount"},
	"Company.CreateProfile":      {"body.network_settings.a"},
	"Company.UpdateProfile":      {"body.network_settings.a"},
	"Assignments.List": {
		"query status", "query invoice_id", "query created_at_start", "query created_at_end", "query closed_at_start", "query closed_at_end",
	},
	"Events.List": {"query type", "query assignment_id", "query created_at_start", "query created_at_end"},
}

// TestSameRequests: the cases make the requests that the registers make.
func TestSameRequests(t *testing.T) {
	old := map[string][]func(ctx context.Context, c *maventa.Client) (any, error){}
	for name, call := range canaryCalls {
		old[name] = append(old[name], call)
	}
	for _, part := range []map[string]axCall{axInvoiceCalls, axCompanyCalls, axPartnerCalls, axDocumentCalls, axServiceCalls} {
		for name, a := range part {
			old[name] = append(old[name], a.call)
		}
	}
	for name, call := range idCalls(t) {
		name, _, _ := strings.Cut(name, " ")
		old[name] = append(old[name], func(_ context.Context, c *maventa.Client) (any, error) { return nil, call(c, "id-1") })
	}
	for name, u := range unsafeCalls {
		old[name] = append(old[name], func(ctx context.Context, c *maventa.Client) (any, error) { return nil, u.call(ctx, c, "id-1") })
	}
	for _, c := range append(cases(), axCases()...) {
		op := operation.Lookup(c.Name)
		now := shapeOf(t, op, func(ctx context.Context, client *maventa.Client) (any, error) { return c.Call(ctx, client, c.IDs...) })
		before := map[string]bool{}
		for _, call := range old[c.Name] {
			maps.Copy(before, shapeOf(t, op, call))
		}
		for _, name := range notAlike[c.Name] {
			delete(before, name)
			delete(now, name)
		}
		for name := range before {
			assert.True(t, now[name], "%s: %s is no longer sent", c.Name, name)
		}
		for name := range now {
			assert.True(t, before[name], "%s: %s was not sent", c.Name, name)
		}
		assert.NotEmpty(t, now)
		refused := slices.Contains(refusedTwice, c.Name)
		assert.Equal(t, refused, c.RefusedTwice, c.Name)
		u, isUnsafe := unsafeCalls[c.Name]
		assert.Equal(t, isUnsafe, op.Safety == operation.Unsafe, c.Name)
		assert.Equal(t, u.once, isUnsafe && c.Want.Form != "", c.Name)
		delete(old, c.Name)
	}
	assert.Empty(t, slices.Sorted(maps.Keys(old)), "registered, but no case")
}
