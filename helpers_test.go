package maventa_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// The two services of the stage environment, typed here by hand.
const (
	ax          = "https://ax-stage.maventa.com"
	receivables = "https://receivables-stage.maventa.com"
	tokenURL    = ax + "/oauth2/token"
)

const (
	companyID   = "6f1f7c5e-0000-4000-8000-000000000001"
	accessToken = "canary-access-token" // as in testdata/answers/token.json
)

var credentials = maventa.Credentials{
	CompanyID:    companyID,
	UserAPIKey:   "canary-user-key",
	VendorAPIKey: "canary-vendor-key",
}

// reply is what the mocked service answers. File names a golden answer in
// testdata/answers and stands for body.
type reply struct {
	status int
	body   string
	file   string
	header map[string]string
	err    error // no answer at all
}

// sentCall is one request that the SDK made.
type sentCall struct {
	method, url, body string
	header            http.Header
}

// mock is Maventa behind httpmock, and a client that talks to it.
type mock struct {
	t         testing.TB
	transport *httpmock.MockTransport
	client    *maventa.Client

	mu   sync.Mutex
	sent []sentCall // without token calls
}

// newMock returns a client of the stage environment that sends every call once.
func newMock(t testing.TB, opts ...maventa.ClientOption) *mock {
	t.Helper()
	return newMockFor(t, maventa.Stage, opts...)
}

func newMockFor(t testing.TB, env maventa.Environment, opts ...maventa.ClientOption) *mock {
	t.Helper()
	m := &mock{t: t, transport: httpmock.NewMockTransport()}
	m.transport.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		t.Errorf("unexpected request: %s %s", r.Method, r.URL)
		return nil, errors.New("unexpected request")
	})
	m.transport.RegisterResponder(http.MethodPost, env.AutoXChangeURL+"/oauth2/token", func(r *http.Request) (*http.Response, error) {
		return reply{status: 200, file: "token"}.response(t, r), nil
	})
	c, err := maventa.NewClient(env, credentials, append([]maventa.ClientOption{
		maventa.WithHTTPClient(&http.Client{Transport: m.transport}),
		maventa.WithRetry(maventa.NoRetry),
	}, opts...)...)
	require.NoError(t, err)
	m.client = c
	return m
}

// on answers the calls of one method and URL, in turn. A call beyond the last
// reply fails the test.
func (m *mock) on(method, url string, replies ...reply) {
	var n int
	m.onFunc(method, url, func(r *http.Request) reply {
		if n++; n > len(replies) {
			m.t.Errorf("request %d of %d: %s %s", n, len(replies), r.Method, r.URL)
			return reply{status: 500}
		}
		return replies[n-1]
	})
}

// onFunc answers the calls of one method and URL by f, one at a time.
func (m *mock) onFunc(method, url string, f func(*http.Request) reply) {
	m.transport.RegisterResponder(method, url, func(r *http.Request) (*http.Response, error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		var body []byte
		if r.Body != nil {
			body, _ = io.ReadAll(r.Body)
		}
		m.sent = append(m.sent, sentCall{r.Method, r.URL.String(), string(body), r.Header.Clone()})
		answer := f(r)
		if answer.err != nil {
			return nil, answer.err
		}
		return answer.response(m.t, r), nil
	})
}

// onAny answers every call with success and tells the address of the last one.
func (m *mock) onAny() (address *string) {
	address = new(string)
	m.transport.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		*address = r.URL.String()
		if r.Method == http.MethodGet {
			return reply{status: 200, body: "[]"}.response(m.t, r), nil
		}
		if strings.HasSuffix(r.URL.Path, "/assignment") {
			return reply{status: 202}.response(m.t, r), nil // v1 of the transfer
		}
		return reply{status: 204}.response(m.t, r), nil
	})
	return address
}

func (a reply) response(t testing.TB, r *http.Request) *http.Response {
	body := a.body
	if a.file != "" {
		body = string(readGolden(t, "answers/"+a.file))
	}
	resp := httpmock.NewStringResponse(a.status, body)
	resp.Request = r
	if body != "" {
		resp.Header.Set("Content-Type", "application/json")
	}
	for name, value := range a.header {
		resp.Header.Set(name, value)
	}
	return resp
}

// urls lists the requests made so far as METHOD URL, token calls left out.
func (m *mock) urls() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]string, 0, len(m.sent))
	for _, s := range m.sent {
		list = append(list, s.method+" "+s.url)
	}
	return list
}

// nothingSent asserts that no request at all was made, not even for a token.
func (m *mock) nothingSent() {
	m.t.Helper()
	assert.Zero(m.t, m.transport.GetTotalCallCount(), "requests made: %v", m.transport.GetCallCountInfo())
}

// lastSent asserts what the last request was: all of it. An empty golden means
// no body.
func (m *mock) lastSent(method, url, golden string) {
	t := m.t
	t.Helper()
	require.NotEmpty(t, m.sent)
	last := m.sent[len(m.sent)-1]
	assert.Equal(t, method, last.method)
	assert.Equal(t, url, last.url)
	want := http.Header{
		"Accept":        {"application/json"},
		"User-Agent":    {"maventa-go/" + maventa.Version + " " + runtime.Version()},
		"Authorization": {"Bearer " + accessToken},
	}
	if golden != "" {
		want.Set("Content-Type", "application/json; charset=utf-8")
		assertBody(t, golden, last.body)
	} else {
		assert.Empty(t, last.body)
	}
	assert.Equal(t, want, last.header)
}

// assertBody compares a body with testdata/bodies, byte by byte but for the
// golden file's white space.
func assertBody(t testing.TB, golden, body string) {
	t.Helper()
	want := readGolden(t, "bodies/"+golden)
	var compact bytes.Buffer
	require.NoError(t, json.Compact(&compact, want))
	if assert.JSONEq(t, string(want), body) {
		assert.Equal(t, compact.String(), body)
	}
}

func readGolden(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name + ".json")
	require.NoError(t, err)
	return b
}

// takeExtra asserts the members in x, empties it, so that the model around it
// can be compared as a whole, and asserts what Get says.
func takeExtra(t testing.TB, x *maventa.Extra, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for name, value := range x.All() {
		got[name] = string(value)
		one, ok := x.Get(name)
		assert.True(t, ok)
		assert.Equal(t, string(value), string(one))
	}
	_, ok := x.Get("no such member")
	assert.False(t, ok)
	assert.Equal(t, want, got)
	*x = maventa.Extra{}
}

// extraOf makes an Extra of pairs of name and value.
func extraOf(t testing.TB, pairs ...any) maventa.Extra {
	t.Helper()
	var x maventa.Extra
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		require.True(t, ok)
		require.NoError(t, x.Set(name, pairs[i+1]))
	}
	return x
}

// failure asserts that err is this package's error and returns it.
func failure(t testing.TB, err error) *maventa.Error {
	t.Helper()
	var e *maventa.Error
	require.ErrorAs(t, err, &e)
	return e
}

// refused asserts an error of validation that names exactly these fields.
func refused(t testing.TB, err error, fields ...string) *maventa.Error {
	t.Helper()
	e := failure(t, err)
	require.ErrorIs(t, err, maventa.ErrValidation)
	assert.Equal(t, maventa.PhaseBuild, e.Phase)
	assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Field)
		assert.NotEmpty(t, f.Problem)
		assert.Contains(t, err.Error(), f.Field)
	}
	assert.Equal(t, fields, got)
	return e
}

// amount and date are constants of the tests.
func amount(s string) maventa.Amount                  { return maventa.MustAmount(s) }
func someAmount(s string) maventa.Opt[maventa.Amount] { return maventa.Some(amount(s)) }
func date(s string) maventa.Date                      { return maventa.MustDate(s) }

// printed is v in every form in which it could end up in a log.
func printed(v any) string {
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&b, verb+"\n", v)
	}
	if err, ok := v.(error); ok {
		fmt.Fprintln(&b, err.Error())
	}
	text := slog.New(slog.NewTextHandler(&b, nil))
	text.Info("text", "value", v)
	text.With("value", v).Info("with")
	slog.New(slog.NewJSONHandler(&b, nil)).Info("json", "value", v)
	return b.String()
}

// assertHides asserts that v shows none of the secrets, in clear or in hex,
// however it is printed.
func assertHides(t testing.TB, v any, secrets ...string) {
	t.Helper()
	for line := range strings.Lines(printed(v)) {
		for _, secret := range secrets {
			if strings.Contains(line, secret) || strings.Contains(strings.ToLower(line), fmt.Sprintf("%x", secret)) {
				t.Errorf("%T shows %q: %.500s", v, secret, line)
				return // one is enough to read
			}
		}
	}
}

// recorder is a slog handler that keeps what it is given.
type recorder struct {
	records []slog.Record
	text    bytes.Buffer
}

func (*recorder) Enabled(context.Context, slog.Level) bool { return true }
func (h *recorder) WithAttrs([]slog.Attr) slog.Handler     { return h }
func (h *recorder) WithGroup(string) slog.Handler          { return h }

func (h *recorder) Handle(ctx context.Context, r slog.Record) error {
	h.records = append(h.records, r)
	return slog.NewTextHandler(&h.text, nil).Handle(ctx, r)
}

// fields asserts that all warnings about fields are about the operation, and
// returns the fields they name.
func (h *recorder) fields(t testing.TB, operation string) []string {
	t.Helper()
	var fields []string
	for _, r := range h.records {
		attrs := map[string]string{}
		r.Attrs(func(a slog.Attr) bool {
			attrs[a.Key] = a.Value.String()
			return true
		})
		if attrs["field"] == "" {
			continue // the lines about calls and requests
		}
		assert.Equal(t, slog.LevelWarn, r.Level)
		assert.Equal(t, operation, attrs["operation"])
		assert.NotEmpty(t, attrs["problem"])
		fields = append(fields, attrs["field"])
	}
	return fields
}

// collect ranges over a list to its end or first error.
func collect[T any](list iter.Seq2[T, error]) (items []T, err error) {
	items = []T{} // none is not nil
	for item, err := range list {
		if err != nil {
			return items, err
		}
		items = append(items, item)
	}
	return items, nil
}

// sameNames compares two lists in any order. It prints what one has alone, as
// nobody finds a name in two lists of a hundred.
func sameNames(t testing.TB, where string, some []string, elsewhere string, others []string) {
	t.Helper()
	times := map[string][2]int{}
	for i, list := range [][]string{some, others} {
		for _, name := range list {
			n := times[name]
			n[i]++
			times[name] = n
		}
	}
	for _, name := range slices.Sorted(maps.Keys(times)) {
		if n := times[name]; n[0] != n[1] {
			t.Errorf("%q: %d in %s, %d in %s", name, n[0], where, n[1], elsewhere)
		}
	}
}

// onlyErr drops a call's value.
func onlyErr[T any](_ T, err error) error { return err }

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}
