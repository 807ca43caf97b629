package calltest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// wire sends a request as bytes and reads it as a server does, without a network.
type wire struct{ got []*http.Request }

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent bytes.Buffer
	if err := r.Write(&sent); err != nil {
		return nil, err
	}
	got, err := http.ReadRequest(bufio.NewReader(&sent))
	if err != nil {
		return nil, err
	}
	if _, err := io.ReadAll(got.Body); err != nil {
		return nil, err
	}
	if sent.Len() > 0 {
		return nil, errors.New("more than one request on the wire")
	}
	if got.URL.Path == "/oauth2/token" {
		return AnswerOf(r, 200, `{"access_token":"t","token_type":"bearer","expires_in":3600}`), nil
	}
	w.got = append(w.got, got)
	return AnswerOf(r, 404, `{}`), nil
}

// FuzzPath fuzzes the ids: for every call with an id, what the server reads as its path is the
// template with the id in its place, or nothing is sent. Nor does the id change
// the query.
func FuzzPath(f *testing.F, cases []Case) {
	for _, id := range []string{"as-1", "..", "a/b", "a%2Fb", "a b?c#d;e", "ä", "overview", ".\u200b.", "a&b=c", "://", "@evil:80", "{id}", " ", "\xff", "a\tb"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		for _, c := range idCalls(t, cases) {
			w := &wire{}
			e := Failure(t, c.call(t.Context(), TrippedClient(t, w), id))
			if len(w.got) == 0 {
				assert.Equal(t, maventa.OutcomeNotSent, e.Outcome, "%s %q: %v", c, id, e)
				assert.Equal(t, maventa.PhaseBuild, e.Phase, "%s %q: %v", c, id, e)
				continue
			}
			want := c.op.Path
			for i, param := range pathParams(c.op) {
				value := c.IDs[i]
				if i == c.index {
					value = id
				}
				head, tail, _ := strings.Cut(want, "{"+param+"}")
				want = head + value + tail
			}
			plain := &wire{}
			_ = c.call(t.Context(), TrippedClient(t, plain), "plain-1")
			for _, got := range w.got {
				assert.Equal(t, want, got.URL.Path, "%s %q", c, id)
				assert.Equal(t, c.op.Method, got.Method)
				assert.Contains(t, []string{"ax-stage.maventa.com", "receivables-stage.maventa.com"}, got.Host)
				assert.Empty(t, got.URL.Fragment)
				assert.Equal(t, strings.Count(c.op.Path, "/"), strings.Count(got.URL.EscapedPath(), "/"))
				assert.Equal(t, plain.got[0].URL.RawQuery, got.URL.RawQuery, "%s %q: the id reached the query", c, id)
			}
		}
	})
}

// FuzzAnswer fuzzes what a service answers: whatever it is, no call panics or returns neither value
// nor error.
func FuzzAnswer(f *testing.F, cases []Case) {
	for i, body := range []string{
		`{"id":"x","type":"paid","amount":1.5}`, `[{"id":"x"},{"id":"y","events":[{"id":"e"}]}]`, `{"data":[]}`, `{"data":[],"more":[]}`, `null`, `[null]`,
		`[1]`, `{"status":"ACTIVE","vfsfi":null}`, `{"status":"pending","url":"https://x/v1/assignments/.."}`, `<html>`, ``, `{"id":`, "\xef\xbb\xbf{}",
		`{"open":"1","open":2}`, `{"amount":1e999}`, `{"amount":"1,5","date":"2026-02-30"}`, `[{"created_at":"yesterday"}]`,
		`{"user":{"id":null},"company":[],"scopes":"a b"}`, `{"customer_bid":{},"service_level":7}`, strings.Repeat(`{"a":`, 3000),
	} {
		f.Add(uint8(i), uint16(200+i%5), body, "2", i%3 == 0)
	}
	f.Fuzz(func(t *testing.T, which uint8, status uint16, body, header string, html bool) {
		c := cases[int(which)%len(cases)]
		status = 100 + status%900
		pages := 0
		client := TrippedClient(t, Tripper(func(r *http.Request, _ string) (*http.Response, error) {
			resp := AnswerOf(r, int(status), body)
			for _, h := range []string{"X-Next-Page", "Link", "X-Total", "Retry-After", "Retry-After-Ms", "X-Request-Id"} {
				resp.Header.Set(h, header)
			}
			if html {
				resp.Header.Set("Content-Type", "text/html")
			}
			if pages++; pages > 100 {
				t.Fatalf("%s does not end", c.Name)
			}
			return resp, nil
		}))
		value, err := c.call(t.Context(), client)
		if err == nil {
			require.NotNil(t, value, "%s: nil, nil", c.Name)
			assert.NotEmpty(t, Printed(value))
			return
		}
		e := Failure(t, err)
		assert.NotEmpty(t, e.Operation)
		assert.NotEmpty(t, e.Phase)
		if status >= 200 && status < 300 && e.Status == int(status) {
			assert.NotEqual(t, maventa.OutcomeNotSent, e.Outcome, "%s: %v", c.Name, err)
			assert.NotEqual(t, maventa.OutcomeRejected, e.Outcome, "%s: %v", c.Name, err)
		}
	})
}
