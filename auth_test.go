package maventa

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"
)

// TestRevoked: a token revoked under 200 concurrent calls costs one token call
// and no failed call.
func TestRevoked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{life: 3600, delay: 50 * time.Millisecond}
		c := tokenClient(t, endpointFunc(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/oauth2/token" {
				return s.RoundTrip(r)
			}
			time.Sleep(10 * time.Millisecond)
			if r.Header.Get("Authorization") == "Bearer token-1" && s.calls.Load() >= 1 && r.Header.Get("User-Agent") != "" && revoked.Load() {
				return reply(401, `{"code":"auth_unauthorized"}`), nil
			}
			return reply(200, `{"id":"a"}`), nil
		}))
		defer revoked.Store(false)
		_, err := c.Assignments.Get(t.Context(), "a")
		require.NoError(t, err)
		time.Sleep(time.Minute)
		revoked.Store(true)
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				_, err := c.Assignments.Get(t.Context(), "a")
				assert.NoError(t, err)
			})
		}
		wg.Wait()
		assert.EqualValues(t, 2, s.calls.Load())
	})
}

var revoked atomic.Bool

// TestPermanent401: "no access" is answered with 401 too. It costs one token
// call per 30 seconds at most.
func TestPermanent401(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{life: 3600}
		var api atomic.Int64
		c := tokenClient(t, endpointFunc(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/oauth2/token" {
				return s.RoundTrip(r)
			}
			api.Add(1)
			return reply(401, `{"code":"auth_unauthorized"}`), nil
		}))
		for range 200 {
			_, err := c.Assignments.Get(t.Context(), "a")
			require.ErrorIs(t, err, ErrUnauthorized)
		}
		assert.EqualValues(t, 1, s.calls.Load())
		assert.EqualValues(t, 200, api.Load())
		for range 300 { // five minutes
			_, err := c.Assignments.Get(t.Context(), "a")
			require.ErrorIs(t, err, ErrUnauthorized)
			time.Sleep(time.Second)
		}
		assert.LessOrEqual(t, s.calls.Load(), int64(11))
	})
}

// TestForbidden: 403 never touches the token.
func TestForbidden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{life: 3600}
		c := tokenClient(t, endpointFunc(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/oauth2/token" {
				return s.RoundTrip(r)
			}
			return reply(403, `{"code":"forbidden"}`), nil
		}))
		for range 3 {
			_, err := c.Assignments.Get(t.Context(), "a")
			require.ErrorIs(t, err, ErrForbidden)
			time.Sleep(time.Minute)
		}
		assert.EqualValues(t, 1, s.calls.Load())
	})
}

// TestTokenErrorsHoldNoSecret: a gateway may echo the whole request.
func TestTokenErrorsHoldNoSecret(t *testing.T) {
	echo := func(status int, shape string) endpointFunc {
		return func(r *http.Request) (*http.Response, error) {
			if r.Body == nil { // the call: echo the token
				return reply(400, fmt.Sprintf(`{"message":%q}`, r.Header)), nil
			}
			body, _ := io.ReadAll(r.Body)
			return reply(status, fmt.Sprintf(shape, string(body))), nil
		}
	}
	for name, rt := range map[string]http.RoundTripper{
		"plain":   echo(400, "%s"),
		"message": echo(401, `{"code":"invalid_credentials","message":%q}`),
		"code":    echo(401, `{"code":%q}`),
		"error":   echo(401, `{"error":%q,"error_description":"user-key-canary"}`),
		"html":    echo(502, `<html>%s</html>`),
		"ok":      echo(200, `%s`),
		"token":   echo(200, `{"access_token":%q}`),
		"url error": endpointFunc(func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Post", URL: "http://x/?secret=user-key-canary", Err: errors.New("user-key-canary")}
		}),
	} {
		t.Run(name, func(t *testing.T) {
			c := tokenClient(t, rt, WithRetry(NoRetry))
			_, err := c.Assignments.Get(t.Context(), "a")
			require.Error(t, err)
			var log strings.Builder
			slog.New(slog.NewJSONHandler(&log, nil)).Error("x", "err", err)
			asJSON, jsonErr := json.Marshal(err)
			require.NoError(t, jsonErr)
			for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err), log.String(), string(asJSON)} {
				assert.NotContains(t, text, "canary")
			}
			var retrieve *oauth2.RetrieveError
			var urlErr *url.Error
			assert.NotErrorAs(t, err, &retrieve)
			assert.NotErrorAs(t, err, &urlErr)
		})
	}
}

// sourceFunc is a TokenSource.
type sourceFunc func(ctx context.Context, r TokenRequest) (Token, error)

func (f sourceFunc) Token(ctx context.Context, r TokenRequest) (Token, error) { return f(ctx, r) }

// TestTokenSource: the caller's own source is asked when a token is missing,
// ends or was refused, and learns which one was refused.
func TestTokenSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []TokenRequest
		source := sourceFunc(func(_ context.Context, r TokenRequest) (Token, error) {
			asked = append(asked, r)
			return Token{Value: Secret(fmt.Sprintf("own-%d", len(asked))), Expiry: time.Now().Add(time.Hour)}, nil
		})
		c := tokenClient(t, endpointFunc(func(r *http.Request) (*http.Response, error) {
			if r.Header.Get("Authorization") == "Bearer own-1" && len(asked) == 1 && revoked.Load() {
				return reply(401, `{}`), nil
			}
			return reply(200, `{"id":"a"}`), nil
		}), WithTokenSource(source))
		defer revoked.Store(false)
		_, err := c.Assignments.Get(t.Context(), "a")
		require.NoError(t, err)
		time.Sleep(time.Minute)
		revoked.Store(true)
		_, err = c.Assignments.Get(t.Context(), "a")
		require.NoError(t, err)
		require.Len(t, asked, 2)
		assert.Equal(t, "6f1f7c5e-0000-4000-8000-000000000001", asked[0].CompanyID)
		assert.Empty(t, asked[0].Rejected)
		assert.Equal(t, "own-1", string(asked[1].Rejected))
	})
}

// TestKeysRotate: keys come from a function whenever a token is fetched.
func TestKeysRotate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{life: 3600}
		n := 0
		secret := errors.New("vault: 6f1f7c5e-0000-4000-8000-0000000000022 is not the key any more, ask at https://app:user-key-canary@vault")
		c, err := NewClient(Environment{Name: "test", AutoXChangeURL: "http://127.0.0.1:1", ReceivablesURL: "http://127.0.0.1:2"},
			Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000001"}, WithHTTPClient(&http.Client{Transport: s}), WithRetry(NoRetry),
			WithKeys(func(_ context.Context, company string) (Keys, error) {
				if n++; n == 3 {
					return Keys{}, secret
				}
				return Keys{UserAPIKey: Secret(company + strconv.Itoa(n))}, nil
			}))
		require.NoError(t, err)
		_, err = c.Assignments.Get(t.Context(), "a")
		require.NoError(t, err)
		assert.Equal(t, "6f1f7c5e-0000-4000-8000-0000000000011", s.last.Load().Get("client_secret"))
		time.Sleep(2 * time.Hour)
		other, err := c.ForCompany(Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000002"})
		require.NoError(t, err)
		_, err = other.Assignments.Get(t.Context(), "a")
		require.NoError(t, err)
		assert.Equal(t, "6f1f7c5e-0000-4000-8000-0000000000022", s.last.Load().Get("client_secret"))
		time.Sleep(2 * time.Hour)
		_, err = other.Assignments.Get(t.Context(), "a")
		require.ErrorIs(t, err, secret)
		require.ErrorContains(t, err, "vault: [redacted] is not the key any more", "the caller's own words, without what is secret")
		assert.NotContains(t, err.Error(), "canary")
	})
}
