package calltest

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// The two services of the stage environment, typed here by hand.
const (
	AX          = "https://ax-stage.maventa.com"
	Receivables = "https://receivables-stage.maventa.com"
	TokenURL    = AX + "/oauth2/token"
)

// What the mock's client is made with, and the token that it is given.
const (
	CompanyID   = "6f1f7c5e-0000-4000-8000-000000000001"
	AccessToken = "canary-access-token"
)

// Credentials are those of the mock's client.
func Credentials() maventa.Credentials {
	return maventa.Credentials{CompanyID: CompanyID, UserAPIKey: "canary-user-key", VendorAPIKey: "canary-vendor-key"}
}

// tokenAnswer is the answer to every call for a token, unless a test says
// otherwise.
const tokenAnswer = `{"access_token":"` + AccessToken + `","token_type":"bearer","expires_in":3600,"scope":"company:read company:write invoice:send receivables:assignments"}`

// Reply is what the mocked service answers. File names a golden answer in
// testdata/answers and stands for Body.
type Reply struct {
	Status int
	Body   string
	File   string
	Header map[string]string
	Err    error // no answer at all
	Broken bool  // the answer breaks off after Body
}

// Sent is one request that the SDK made.
type Sent struct {
	Method, URL, Body string
	Header            http.Header
}

// Mock is Maventa behind httpmock, and a client that talks to it.
type Mock struct {
	t         testing.TB
	Transport *httpmock.MockTransport
	Client    *maventa.Client

	mu   sync.Mutex
	Sent []Sent // without calls for tokens
}

// NewMock returns a client of the stage environment that sends every call once.
func NewMock(t testing.TB, opts ...maventa.ClientOption) *Mock {
	t.Helper()
	return NewMockFor(t, maventa.Stage, opts...)
}

// NewMockFor is NewMock for another environment.
func NewMockFor(t testing.TB, env maventa.Environment, opts ...maventa.ClientOption) *Mock {
	t.Helper()
	m := &Mock{t: t, Transport: httpmock.NewMockTransport()}
	m.Transport.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		t.Errorf("unexpected request: %s %s", r.Method, r.URL)
		return nil, errors.New("unexpected request")
	})
	m.Transport.RegisterResponder(http.MethodPost, env.AutoXChangeURL+"/oauth2/token", func(r *http.Request) (*http.Response, error) {
		return Reply{Status: 200, Body: tokenAnswer}.Response(t, r), nil
	})
	c, err := maventa.NewClient(env, Credentials(), append([]maventa.ClientOption{
		maventa.WithHTTPClient(&http.Client{Transport: m.Transport}),
		maventa.WithRetry(maventa.NoRetry),
	}, opts...)...)
	require.NoError(t, err)
	m.Client = c
	return m
}

// On answers the calls of one method and URL, in turn. A call beyond the last
// reply fails the test.
func (m *Mock) On(method, url string, replies ...Reply) {
	var n int
	m.OnFunc(method, url, func(r *http.Request) Reply {
		if n++; n > len(replies) {
			m.t.Errorf("request %d of %d: %s %s", n, len(replies), r.Method, r.URL)
			return Reply{Status: 500}
		}
		return replies[n-1]
	})
}

// OnFunc answers the calls of one method and URL by f, one at a time.
func (m *Mock) OnFunc(method, url string, f func(*http.Request) Reply) {
	m.Transport.RegisterResponder(method, url, func(r *http.Request) (*http.Response, error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		var body []byte
		if r.Body != nil {
			body, _ = io.ReadAll(r.Body)
		}
		m.Sent = append(m.Sent, Sent{r.Method, r.URL.String(), string(body), r.Header.Clone()})
		answer := f(r)
		if answer.Err != nil {
			return nil, answer.Err
		}
		return answer.Response(m.t, r), nil
	})
}

// OnAny answers every call with success and gives the address of the last one.
func (m *Mock) OnAny() (address *string) {
	address = new(string)
	m.Transport.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		*address = r.URL.String()
		if r.Method == http.MethodGet {
			return Reply{Status: 200, Body: "[]"}.Response(m.t, r), nil
		}
		if strings.HasSuffix(r.URL.Path, "/assignment") {
			return Reply{Status: 202}.Response(m.t, r), nil // v1 of the transfer
		}
		return Reply{Status: 204}.Response(m.t, r), nil
	})
	return address
}

// Response makes the reply an answer to r.
func (a Reply) Response(t testing.TB, r *http.Request) *http.Response {
	body := a.Body
	if a.File != "" {
		body = string(Golden(t, "answers/"+a.File))
	}
	resp := httpmock.NewStringResponse(a.Status, body)
	resp.Request = r
	if a.Broken {
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(body), iotest.ErrReader(io.ErrUnexpectedEOF)))
	}
	if body != "" {
		resp.Header.Set("Content-Type", "application/json")
	}
	for name, value := range a.Header {
		resp.Header.Set(name, value)
	}
	return resp
}

// URLs lists the requests made so far as METHOD URL, calls for tokens left out.
func (m *Mock) URLs() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]string, 0, len(m.Sent))
	for _, s := range m.Sent {
		list = append(list, s.Method+" "+s.URL)
	}
	return list
}

// NothingSent asserts that no request at all was made, not even for a token.
func (m *Mock) NothingSent() {
	m.t.Helper()
	assert.Zero(m.t, m.Transport.GetTotalCallCount(), "requests made: %v", m.Transport.GetCallCountInfo())
}

// LastSent asserts what the last request was: all of it. An empty golden means
// no body.
func (m *Mock) LastSent(method, url, golden string) {
	m.t.Helper()
	require.NotEmpty(m.t, m.Sent)
	last := m.Sent[len(m.Sent)-1]
	assert.Equal(m.t, method, last.Method)
	assert.Equal(m.t, url, last.URL)
	if golden != "" {
		assertBody(m.t, "@"+golden, last.Body)
	} else {
		assert.Empty(m.t, last.Body)
	}
	assert.Equal(m.t, headers("application/json", AccessToken, golden != ""), last.Header)
}

// headers are all that a request has.
func headers(accept, token string, isJSON bool) http.Header {
	h := http.Header{
		"Accept":     {accept},
		"User-Agent": {"maventa-go/" + maventa.Version + " " + runtime.Version()},
	}
	if token != "" {
		h.Set("Authorization", "Bearer "+token)
	}
	if isJSON {
		h.Set("Content-Type", "application/json; charset=utf-8")
	}
	return h
}

// RoundTrip is a transport made of a function.
type RoundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (f RoundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// assertBody compares a body with the wanted one, byte by byte but for the
// latter's white space.
func assertBody(t testing.TB, want, body string) {
	t.Helper()
	if name, isFile := strings.CutPrefix(want, "@"); isFile {
		if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
			var b bytes.Buffer
			require.NoError(t, json.Indent(&b, []byte(body), "", "  "))
			require.NoError(t, os.WriteFile("testdata/bodies/"+name+".json", append(b.Bytes(), '\n'), 0o644))
		}
		want = string(Golden(t, "bodies/"+name))
	}
	var compact bytes.Buffer
	require.NoError(t, json.Compact(&compact, []byte(want)))
	if assert.JSONEq(t, want, body) {
		assert.Equal(t, compact.String(), body)
	}
}

// Golden reads a file of testdata.
func Golden(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name + ".json")
	require.NoError(t, err)
	return b
}
