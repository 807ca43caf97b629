package maventa_test

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
)

func init() { maps.Copy(operationTests, axOperationTests()) }

// axCall is one call of AX: what must be sent, and what is answered. The decoded
// answer, written as JSON again, must be the answer, so that every member has its
// field; an unknown member must be in Extra.
type axCall struct {
	call func(ctx context.Context, c *maventa.Client) (any, error)
	path string // with the query, as it must be sent
	body string // JSON as it must be sent; empty: none
	form string // name=value lines of the multipart form as it must be sent
	// answer is the body of the service's answer, status its code; zero: the
	// first of the table.
	answer string
	status int
	stream bool // the answer is not JSON
}

func axOperationTests() map[string]func(t *testing.T, m *mock) {
	tests := map[string]func(t *testing.T, m *mock){}
	for _, part := range []map[string]axCall{axInvoiceCalls, axCompanyCalls, axPartnerCalls, axDocumentCalls, axServiceCalls} {
		for name, call := range part {
			tests[name] = func(t *testing.T, m *mock) { call.test(t, m, name) }
		}
	}
	return tests
}

func (a axCall) test(t *testing.T, m *mock, name string) {
	op := opNamed(t, name)
	status := a.status
	if status == 0 {
		require.NotEmpty(t, op.Success, "no documented status: give the axCall one")
		status = op.Success[0]
	}
	answer := a.answer
	if answer != "" && !a.stream {
		answer = withUnknown(t, answer)
	}
	path, _, _ := strings.Cut(a.path, "?")
	replies := []reply{{status: status, body: answer}}
	if a.stream {
		replies[0].header = map[string]string{"Content-Type": "application/xml; charset=utf-8"}
	}
	if op.Paged != operation.NotPaged {
		replies = append(replies, reply{status: 200, body: "[]"})
	}
	m.on(op.Method, ax+path, replies...)
	got, err := a.call(t.Context(), m.client)
	require.NoError(t, err)

	sent := m.sent[0]
	assert.Equal(t, ax+a.path, sent.url)
	assert.Equal(t, op.Method, sent.method)
	assert.Equal(t, op.NoAuth, sent.header.Get("Authorization") == "", "the token")
	switch {
	case a.form != "":
		assert.Equal(t, strings.TrimSpace(a.form), readForm(t, sent))
	case a.body != "":
		assert.JSONEq(t, a.body, sent.body)
		assert.Equal(t, "application/json; charset=utf-8", sent.header.Get("Content-Type"))
	default:
		assert.Empty(t, sent.body)
		assert.Empty(t, sent.header.Get("Content-Type"))
	}
	if d, ok := got.(*maventa.Download); ok {
		assert.Equal(t, "*/*", sent.header.Get("Accept"))
		content, err := io.ReadAll(d)
		require.NoError(t, err)
		require.NoError(t, d.Close())
		assert.Equal(t, a.answer, string(content))
		assert.Equal(t, "application/xml", d.ContentType)
		return
	}
	assert.Equal(t, "application/json", sent.header.Get("Accept"))
	if a.answer == "" {
		assert.Nil(t, got)
		return
	}
	assertDecoded(t, a.answer, got)
}

// hiddenMembers print redacted.
var hiddenMembers = []string{"activation_url", "destination", "vendor_key", "api_key", "user_api_key"}

// assertDecoded compares a decoded answer with the answer.
func assertDecoded(t *testing.T, answer string, got any) {
	t.Helper()
	var want any
	require.NoError(t, json.Unmarshal([]byte(answer), &want))
	objects, isList := want.([]any)
	if !isList {
		objects = []any{want}
	}
	for _, o := range objects {
		if object, ok := o.(map[string]any); ok {
			for _, name := range hiddenMembers {
				if _, has := object[name]; has && object["source_format"] == nil { // an invoice's destination is no secret
					object[name] = "[redacted]"
				}
			}
		}
	}
	expected, err := json.Marshal(want)
	require.NoError(t, err)
	actual, err := json.Marshal(got)
	require.NoError(t, err)
	assert.JSONEq(t, string(expected), string(actual))

	v := reflect.ValueOf(got)
	if isList {
		v = v.Index(0)
	}
	if v = reflect.Indirect(v); v.Kind() == reflect.Struct {
		extra, ok := reflect.TypeAssert[maventa.Extra](v.FieldByName("Extra"))
		require.True(t, ok)
		value, ok := extra.Get("x_new")
		assert.True(t, ok, "the unknown member is lost")
		assert.JSONEq(t, `{"deep":1}`, string(value))
		assert.Equal(t, 1, extra.Len())
	}
}

// withUnknown adds a member that no model knows, to the object or to the first
// object of the list.
func withUnknown(t *testing.T, answer string) string {
	t.Helper()
	at := strings.IndexByte(answer, '{')
	if at < 0 {
		return answer
	}
	rest := strings.TrimSpace(answer[at+1:])
	comma := ","
	if rest[0] == '}' {
		comma = ""
	}
	return answer[:at+1] + `"x_new":{"deep":1}` + comma + rest
}

// readForm is a multipart body as lines.
func readForm(t *testing.T, s sentCall) string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(s.header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/form-data", kind)
	parts := multipart.NewReader(strings.NewReader(s.body), params["boundary"])
	var lines []string
	for {
		part, err := parts.NextPart()
		if err == io.EOF { //nolint:errorlint // returned bare
			return strings.Join(lines, "\n")
		}
		require.NoError(t, err)
		content, err := io.ReadAll(part)
		require.NoError(t, err)
		line := part.FormName() + "=" + string(content)
		if part.FileName() != "" {
			line += " (" + part.FileName() + ", " + part.Header.Get("Content-Type") + ")"
		}
		lines = append(lines, line)
	}
}

// withoutBoundary makes two forms of the same content equal.
func withoutBoundary(calls []sentCall) []sentCall {
	for i, s := range calls {
		_, params, _ := mime.ParseMediaType(s.header.Get("Content-Type"))
		if b := params["boundary"]; b != "" {
			calls[i].body = strings.ReplaceAll(s.body, b, "boundary")
			calls[i].header = s.header.Clone()
			calls[i].header.Set("Content-Type", "multipart/form-data")
		}
	}
	return calls
}

func opNamed(t *testing.T, name string) *operation.Op {
	t.Helper()
	op := operation.Lookup(name)
	require.NotNil(t, op, "no operation %s", name)
	return op
}

// done is the result of a call without an answer.
func done(err error) (any, error) { return nil, err }

// value is the result of a call with one.
func value[T any](v T, err error) (any, error) { return v, err }

var _ http.RoundTripper = roundTrip(nil)

// roundTrip is a transport made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
