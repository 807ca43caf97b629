package calltest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/facts"
	"github.com/maventa-go/maventa/internal/operation"
)

// Requests makes each call and asserts the whole request and the whole decoded
// answer: written as JSON again it is the answer, so that every member has its
// field, and an unknown member is in Extra. The same call twice makes the same
// request.
func Requests(t *testing.T, cases []Case) {
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			first, second := NewMock(t), NewMock(t)
			sent := c.request(t, first)
			if t.Failed() {
				return
			}
			assert.Equal(t, sent, c.request(t, second), "the same call twice gives different requests")
		})
	}
}

func (c Case) request(t *testing.T, m *Mock) Sent {
	op := c.op(t)
	host := AX
	if op.API == operation.Receivables {
		host = Receivables
	}
	path, query, _ := strings.Cut(c.Want.Path, "?")
	assert.Equal(t, c.path(op), path, "the path of the row, with the IDs of the case")

	reply := Reply{Status: c.status(op), Body: c.Answer}
	if c.Stream {
		reply.Header = map[string]string{"Content-Type": "application/xml; charset=utf-8"}
	} else if c.Answer != "" {
		reply.Body = withUnknown(t, c.Answer)
	}
	replies := []Reply{reply}
	if op.Paged != operation.NotPaged {
		replies = append(replies, Reply{Status: 200, Body: "[]"})
	}
	m.On(op.Method, host+path, replies...)
	m.Transport.RegisterNoResponder(func(r *http.Request) (*http.Response, error) { // what the method asks besides
		if r.Method != http.MethodGet {
			return nil, errors.New("another write")
		}
		return Reply{Status: 200, Body: "{}"}.Response(t, r), nil
	})
	got, err := c.call(t.Context(), m.Client)
	require.NoError(t, err)

	require.NotEmpty(t, m.Sent, "the case does not make its own call")
	sent := m.Sent[0]
	address, err := url.Parse(sent.URL)
	require.NoError(t, err)
	assert.Equal(t, sorted(query), sorted(address.RawQuery), "the query")
	c.assertParams(t, op, address.Query())
	token := AccessToken
	if op.NoAuth {
		token = ""
	}
	download, isDownload := got.(*maventa.Download)
	accept := "application/json"
	if isDownload {
		accept = "*/*"
	}
	want := headers(accept, token, c.Want.Body != "")
	switch {
	case c.Want.Form != "":
		assert.Equal(t, strings.TrimSpace(c.Want.Form), FormOf(t, sent))
		boundary := boundaryOf(t, sent)
		want.Set("Content-Type", "multipart/form-data")
		sent.Body = strings.ReplaceAll(sent.Body, boundary, "boundary") // it is made up for each form
		sent.Header.Set("Content-Type", "multipart/form-data")
	case c.Want.Body != "":
		assertBody(t, c.Want.Body, sent.Body)
	default:
		assert.Empty(t, sent.Body)
	}
	assert.Equal(t, want, sent.Header)

	switch {
	case isDownload:
		content, err := io.ReadAll(download)
		require.NoError(t, err)
		require.NoError(t, download.Close())
		assert.Equal(t, c.Answer, string(content))
		assert.Equal(t, "application/xml", download.ContentType)
	case c.Answer == "":
		assert.NotNil(t, got, "nil, nil")
	default:
		assertDecoded(t, c.Answer, got)
	}
	return sent
}

// path is the row's, with the IDs of the case.
func (c Case) path(op *operation.Op) string {
	i := -1
	return placeholder.ReplaceAllStringFunc(op.Path, func(string) string {
		if i++; i >= len(c.IDs) {
			return "no-id"
		}
		return url.PathEscape(c.IDs[i])
	})
}

func (c Case) status(op *operation.Op) int {
	switch {
	case c.Status != 0:
		return c.Status
	case len(op.Success) > 0:
		return op.Success[0]
	}
	return http.StatusOK
}

func sorted(query string) []string {
	pairs := strings.Split(query, "&")
	slices.Sort(pairs)
	return pairs
}

// assertParams compares the query's names with the inferred facts about them:
// each is sent by the case, and each that is sent is one. Where the service's own
// file names the parameters there are no such facts.
func (c Case) assertParams(t *testing.T, op *operation.Op, query url.Values) {
	var want, got []string
	for _, f := range facts.All() {
		if param, ok := strings.CutPrefix(f.Subject, "param "+c.Name+" "); ok {
			want = append(want, param)
		}
	}
	if len(want) == 0 && op.API != operation.Receivables {
		return
	}
	for name := range query {
		got = append(got, name)
	}
	SameNames(t, "internal/facts", want, "the query", got)
}

// AllSet is v, a filter, after a look that no field of it was forgotten.
func AllSet[T any](v T) T {
	r := reflect.ValueOf(v)
	for i := range r.NumField() {
		if f := r.Type().Field(i); !f.Anonymous && r.Field(i).IsZero() {
			panic("the case does not set " + r.Type().Name() + "." + f.Name)
		}
	}
	return v
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
	v := reflect.Indirect(reflect.ValueOf(got))
	if isList && v.Kind() == reflect.Struct { // a page
		v = v.FieldByName("Items")
		require.True(t, v.IsValid(), "%T is no list", got)
		got = v.Interface()
	}
	expected, err := json.Marshal(want)
	require.NoError(t, err)
	actual, err := json.Marshal(got)
	require.NoError(t, err)
	actual = bytes.Replace(actual, []byte(`,"x_new":{"deep":1}`), nil, 1) // of a type that is sent, too
	assert.JSONEq(t, string(expected), string(actual))

	if isList {
		require.NotZero(t, v.Len())
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
func withUnknown(t testing.TB, answer string) string {
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

func boundaryOf(t testing.TB, s Sent) string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(s.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/form-data", kind)
	return params["boundary"]
}

// FormOf is a multipart body as lines of name=value.
func FormOf(t testing.TB, s Sent) string {
	t.Helper()
	parts := multipart.NewReader(strings.NewReader(s.Body), boundaryOf(t, s))
	var lines []string
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
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
