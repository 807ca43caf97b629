package maventa_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

// echoing is a service, a token endpoint and what stands between, that shows a secret.
type echoing struct {
	atToken bool // the token endpoint, or the API
	status  int
	secret  string
	place   string // in which header or member
	tokens  int
}

func (e *echoing) RoundTrip(r *http.Request) (*http.Response, error) {
	isToken := r.URL.Path == "/oauth2/token"
	body := `{"code":"refused"}`
	if isToken {
		e.tokens++
		body = fmt.Sprintf(`{"access_token":"%s-%d","expires_in":3600}`, ct.CanaryToken, e.tokens)
	}
	if isToken != e.atToken {
		return ct.AnswerOf(r, 200, body), nil
	}
	if e.place == "network" {
		return nil, &net.OpError{Op: "proxyconnect", Err: fmt.Errorf("407 who is %s", e.secret)}
	}
	text, err := json.Marshal(e.secret)
	if err != nil {
		return nil, err
	}
	switch e.place {
	case "code", "message", "error", "error_description":
		body = fmt.Sprintf(`{%q:%s}`, e.place, text)
	case "details":
		body = fmt.Sprintf(`{"code":"refused","details":["a",%s]}`, text)
	case "long message":
		long, _ := json.Marshal(strings.Repeat("x", 230) + e.secret)
		body = fmt.Sprintf(`{"code":"refused","message":%s}`, long)
	}
	resp := ct.AnswerOf(r, e.status, body)
	if strings.HasPrefix(e.place, "X-") {
		resp.Header.Set(e.place, e.secret)
	}
	return resp, nil
}

// meta is an observer that keeps what it is given.
type meta struct{ text strings.Builder }

func (m *meta) Start(ctx context.Context, call maventa.CallInfo) context.Context {
	fmt.Fprintf(&m.text, "%+v\n", call)
	return ctx
}

func (m *meta) Attempt(_ context.Context, _ maventa.CallInfo, a maventa.AttemptInfo) {
	fmt.Fprintf(&m.text, "%+v\n", a)
}

func (m *meta) End(_ context.Context, _ maventa.CallInfo, r maventa.ResultInfo) {
	fmt.Fprintf(&m.text, "%+v\n", r)
}

// TestSecretsEchoed: whoever repeats a key or a token, in whatever member or header of
// whatever answer, it comes into no error, log, observer or metadata.
func TestSecretsEchoed(t *testing.T) {
	const rotating = "canary-rotating/key-9d41"
	secrets := map[string]string{
		"user key": ct.CanaryUserKey, "vendor key": ct.CanaryVendorKey, "license key": ct.CanaryLicense, "token": ct.CanaryToken + "-1",
		"key of a function": rotating,
	}
	forms := map[string]func(string) string{
		"as it is": func(s string) string { return s },
		"within":   func(s string) string { return "who is " + s + "?" },
		"bearer":   func(s string) string { return "Bearer " + s },
		"capitals": strings.ToUpper,
		"escaped":  url.QueryEscape,
	}
	places := []string{
		"code", "message", "error", "error_description", "details", "long message", "network",
		"X-Request-Id", "X-Correlation-Id", "X-Amzn-Trace-Id", "X-Anything",
	}
	for name, secret := range secrets {
		for form, write := range forms {
			for _, place := range places {
				for _, atToken := range []bool{true, false} {
					for _, status := range []int{200, 204, 302, 400, 401, 403, 404, 409, 429, 500, 503} {
						if name == "token" && atToken {
							continue // it is not known yet
						}
						e := &echoing{atToken: atToken, status: status, secret: write(secret), place: place}
						rec, seen := &ct.Recorder{}, &meta{}
						opts := []maventa.ClientOption{maventa.WithLogger(slog.New(rec)), maventa.WithObserver(seen)}
						if name == "key of a function" {
							opts = append(opts, maventa.WithKeys(func(context.Context, string) (maventa.Keys, error) {
								return maventa.Keys{UserAPIKey: rotating}, nil
							}))
						}
						c := ct.TrippedClient(t, e, opts...)
						var response maventa.Response
						_, err := c.Assignments.Get(t.Context(), "as-1", maventa.WithResponse(&response))
						shown := rec.Text.String() + seen.text.String() + fmt.Sprintf("%+v", response)
						if err != nil {
							asJSON, jsonErr := json.Marshal(err)
							require.NoError(t, jsonErr)
							shown += ct.Printed(err) + string(asJSON)
						}
						if strings.Contains(strings.ToLower(shown), "canary") {
							t.Errorf("%s, %s, in %s of %d (token endpoint: %t): %s", name, form, place, status, atToken, shown)
							return
						}
					}
				}
			}
		}
	}
}

// TestOldTokenEchoed: nor is a token shown that was in use when the request left.
func TestOldTokenEchoed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &echoing{status: 500, place: "message"}
		c := ct.TrippedClient(t, e)
		for range 5 {
			_, err := c.Assignments.Get(t.Context(), "as-1")
			require.Error(t, err)
			time.Sleep(2 * time.Hour)
		}
		require.Equal(t, 5, e.tokens)
		for i := range 5 {
			e.secret = fmt.Sprintf("%s-%d", ct.CanaryToken, i+1)
			_, err := c.Assignments.Get(t.Context(), "as-1")
			assert.NotContains(t, err.Error(), "canary")
		}
	})
}
