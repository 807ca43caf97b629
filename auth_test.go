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

// endpointFunc is a token endpoint.
type endpointFunc func(r *http.Request) (*http.Response, error)

func (f endpointFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func reply(status int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

// tokenServer answers every token call with a numbered token after a delay.
type tokenServer struct {
	calls atomic.Int64
	delay time.Duration
	life  int
	fail  func(n int64) (*http.Response, error) // nil result: succeed
	last  atomic.Pointer[url.Values]
}

func (s *tokenServer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != "/oauth2/token" {
		return reply(http.StatusOK, `{"id":"a"}`), nil
	}
	n := s.calls.Add(1)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	s.last.Store(&form)
	if s.delay > 0 {
		if err := sleep(r.Context(), s.delay); err != nil {
			return nil, err
		}
	}
	if s.fail != nil {
		if resp, err := s.fail(n); resp != nil || err != nil {
			return resp, err
		}
	}
	return reply(http.StatusOK, fmt.Sprintf(`{"access_token":"token-%d","token_type":"bearer","expires_in":%d}`, n, s.life)), nil
}

func tokenClient(t *testing.T, rt http.RoundTripper, opts ...ClientOption) *Client {
	t.Helper()
	env := Environment{Name: "test", AutoXChangeURL: "http://127.0.0.1:1", ReceivablesURL: "http://127.0.0.1:2"}
	c, err := NewClient(env, Credentials{CompanyID: "company", UserAPIKey: "user-key-canary", VendorAPIKey: "vendor-key-canary"},
		append([]ClientOption{WithHTTPClient(&http.Client{Transport: rt})}, opts...)...)
	require.NoError(t, err)
	return c
}

func TestTokenForm(t *testing.T) {
	s := &tokenServer{life: 3600}
	c := tokenClient(t, s)
	creds := Credentials{CompanyID: "company", UserAPIKey: "u", VendorAPIKey: "v", LicenseData: &LicenseData{Key: "license", Meta: LicenseMeta{ERPName: "Acme"}}}
	other, err := c.ForCompany(creds)
	require.NoError(t, err)
	_, tokenErr := other.token.get(t.Context())
	require.Nil(t, tokenErr)
	form := *s.last.Load()
	assert.Equal(t, url.Values{
		"grant_type": {"client_credentials"}, "client_id": {"company"}, "client_secret": {"u"}, "vendor_api_key": {"v"},
		"scope":        {"company:read company:write invoice:send receivables:assignments"},
		"license_data": {`{"key":"license","meta":{"erp_name":"Acme"}}`},
	}, form)
}

// TestColdStart: a thousand callers without a token cause one token call.
func TestColdStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{life: 3600, delay: 300 * time.Millisecond}
		c := tokenClient(t, s)
		var wg sync.WaitGroup
		for i := range 1000 {
			wg.Go(func() {
				ctx := t.Context()
				if i == 0 { // the first caller's cancellation is nobody else's
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, time.Millisecond)
					defer cancel()
				}
				_, err := c.Assignments.Get(ctx, "a")
				if i == 0 {
					assert.ErrorIs(t, err, context.DeadlineExceeded)
					assert.ErrorIs(t, err, ErrAuth)
				} else {
					assert.NoError(t, err)
				}
			})
			if i == 0 {
				synctest.Wait()
			}
		}
		wg.Wait()
		assert.EqualValues(t, 1, s.calls.Load())
	})
}

// TestHangingTokenEndpoint: nobody waits longer than their own deadline.
func TestHangingTokenEndpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{life: 3600, delay: 24 * time.Hour}
		c := tokenClient(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err := c.Assignments.Get(ctx, "a")
		assert.LessOrEqual(t, time.Since(start), 250*time.Millisecond)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, ErrAuth)
		assert.Equal(t, OutcomeNotSent, asError(err).Outcome)
		time.Sleep(tokenTimeout) // the fetch itself ends by its own deadline
	})
}

// TestFailingTokenEndpoint: 200 impatient callers make one request a second.
func TestFailingTokenEndpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{delay: 20 * time.Millisecond, fail: func(int64) (*http.Response, error) { return reply(500, ``), nil }}
		c := tokenClient(t, s, WithRetry(NoRetry))
		start := time.Now()
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				for time.Since(start) < 10*time.Second {
					_, err := c.Assignments.Get(t.Context(), "a")
					assert.ErrorIs(t, err, ErrAuth)
					time.Sleep(100 * time.Millisecond)
				}
			})
		}
		wg.Wait()
		assert.LessOrEqual(t, s.calls.Load(), int64(11))
	})
}

// TestTokenFailureShared: how long a failure answers for everybody, by kind.
func TestTokenFailureShared(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer func() (*http.Response, error)
		after  time.Duration
		is     error
	}{
		{"500", func() (*http.Response, error) { return reply(500, ``), nil }, time.Second, ErrAuth},
		{"429 with a time", func() (*http.Response, error) { return reply(429, ``, "Retry-After", "7"), nil }, 7 * time.Second, ErrRateLimited},
		{"connection", func() (*http.Response, error) { return nil, io.EOF }, time.Second, ErrUnavailable},
		{"401", func() (*http.Response, error) { return reply(401, `{"code":"invalid_credentials","message":"x"}`), nil }, 30 * time.Second, ErrInvalidCredentials},
		{"400", func() (*http.Response, error) { return reply(400, `{"error":"invalid_client"}`), nil }, 30 * time.Second, ErrInvalidCredentials},
		{"scope", func() (*http.Response, error) { return reply(400, `{"error":"invalid_scope"}`), nil }, 30 * time.Second, ErrMissingScope},
		{"404", func() (*http.Response, error) { return reply(404, `nothing here`), nil }, 30 * time.Second, ErrWrongEnvironment},
		{"HTML", func() (*http.Response, error) { return reply(200, `<html>`), nil }, 30 * time.Second, ErrWrongEnvironment},
		{"redirect", func() (*http.Response, error) {
			return reply(307, ``, "Location", "http://127.0.0.1:3/steal"), nil
		}, 30 * time.Second, ErrWrongEnvironment},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &tokenServer{life: 3600, fail: func(n int64) (*http.Response, error) {
					if n > 1 {
						return nil, nil
					}
					return tt.answer()
				}}
				c := tokenClient(t, s, WithRetry(NoRetry))
				_, err := c.Assignments.Get(t.Context(), "a")
				require.ErrorIs(t, err, tt.is)
				require.ErrorIs(t, err, ErrAuth)
				time.Sleep(tt.after - time.Millisecond)
				_, err = c.Assignments.Get(t.Context(), "a")
				require.ErrorIs(t, err, tt.is, "shared")
				assert.EqualValues(t, 1, s.calls.Load())
				time.Sleep(2 * time.Millisecond)
				_, err = c.Assignments.Get(t.Context(), "a")
				require.NoError(t, err)
				assert.EqualValues(t, 2, s.calls.Load())
			})
		})
	}
}

// TestTokenHiccup: a call outlives a short failure of the token endpoint.
func TestTokenHiccup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{life: 3600, fail: func(n int64) (*http.Response, error) {
			if n == 1 {
				return reply(503, ``), nil
			}
			return nil, nil
		}}
		_, err := tokenClient(t, s).Assignments.Get(t.Context(), "a")
		require.NoError(t, err)
		assert.EqualValues(t, 2, s.calls.Load())
	})
}

// TestTokenLife: a token is used for its life less a margin, refreshed early in
// the background, and even a very short one is not fetched for every call.
func TestTokenLife(t *testing.T) {
	for _, tt := range []struct {
		life     int
		calls    int
		every    time.Duration
		min, max int64
	}{
		{life: 3600, calls: 24 * 3600, every: time.Second, min: 24, max: 27},
		{life: 5, calls: 100, every: 100 * time.Millisecond, min: 2, max: 5},
		{life: 1, calls: 100, every: 10 * time.Millisecond, min: 1, max: 3},
		{life: 0, calls: 100, every: time.Second, min: 1, max: 1}, // not said: the documented hour
	} {
		t.Run(strconv.Itoa(tt.life), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &tokenServer{life: tt.life, delay: 5 * time.Millisecond}
				c := tokenClient(t, s)
				for range tt.calls {
					token, err := c.token.get(t.Context())
					require.Nil(t, err)
					require.True(t, time.Since(token.fetched) < time.Duration(max(tt.life, 1))*time.Second || tt.life == 0, "used after its end")
					time.Sleep(tt.every)
				}
				synctest.Wait()
				assert.GreaterOrEqual(t, s.calls.Load(), tt.min)
				assert.LessOrEqual(t, s.calls.Load(), tt.max)
			})
		})
	}
}

// TestEarlyRefresh: while one goroutine fetches the next token, callers go on
// with the present one, even when that fetch fails.
func TestEarlyRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{life: 3600, fail: func(n int64) (*http.Response, error) {
			if n == 2 {
				return reply(503, ``), nil
			}
			return nil, nil
		}}
		c := tokenClient(t, s)
		first, err := c.token.get(t.Context())
		require.Nil(t, err)
		s.delay = 10 * time.Second
		time.Sleep(time.Hour - 110*time.Second)
		start := time.Now()
		again, err := c.token.get(t.Context())
		require.Nil(t, err)
		assert.Same(t, first, again)
		assert.Zero(t, time.Since(start), "nobody waited")
		time.Sleep(15 * time.Second) // that refresh failed
		again, err = c.token.get(t.Context())
		require.Nil(t, err)
		assert.Same(t, first, again)
		time.Sleep(15 * time.Second) // the second one did not
		again, err = c.token.get(t.Context())
		require.Nil(t, err)
		assert.NotSame(t, first, again)
		assert.EqualValues(t, 3, s.calls.Load())
	})
}

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
// ends or was refused, and told which one was refused.
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
		assert.Equal(t, "company", asked[0].CompanyID)
		assert.Empty(t, asked[0].Rejected)
		assert.Equal(t, "own-1", string(asked[1].Rejected))
	})
}

// TestKeysRotate: keys come from a function whenever a token is fetched.
func TestKeysRotate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tokenServer{life: 3600}
		n := 0
		secret := errors.New("vault: other2 is not the key any more, ask at https://app:user-key-canary@vault")
		c, err := NewClient(Environment{Name: "test", AutoXChangeURL: "http://127.0.0.1:1", ReceivablesURL: "http://127.0.0.1:2"},
			Credentials{CompanyID: "company"}, WithHTTPClient(&http.Client{Transport: s}), WithRetry(NoRetry),
			WithKeys(func(_ context.Context, company string) (Keys, error) {
				if n++; n == 3 {
					return Keys{}, secret
				}
				return Keys{UserAPIKey: Secret(company + strconv.Itoa(n))}, nil
			}))
		require.NoError(t, err)
		_, err = c.Assignments.Get(t.Context(), "a")
		require.NoError(t, err)
		assert.Equal(t, "company1", s.last.Load().Get("client_secret"))
		time.Sleep(2 * time.Hour)
		other, err := c.ForCompany(Credentials{CompanyID: "other"})
		require.NoError(t, err)
		_, err = other.Assignments.Get(t.Context(), "a")
		require.NoError(t, err)
		assert.Equal(t, "other2", s.last.Load().Get("client_secret"))
		time.Sleep(2 * time.Hour)
		_, err = other.Assignments.Get(t.Context(), "a")
		require.ErrorIs(t, err, secret)
		require.ErrorContains(t, err, "vault: [redacted] is not the key any more", "the caller's own words, without what is secret")
		assert.NotContains(t, err.Error(), "canary")
	})
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, value string
		want        time.Duration
	}{
		{"Retry-After", "5", 5 * time.Second},
		{"Retry-After", "0", 0},
		{"Retry-After", "-3", 0},
		{"Retry-After", "1.5", 0},
		{"Retry-After", "soon", 0},
		{"Retry-After", "99999999999999", 365 * 24 * time.Hour},
		{"Retry-After", "Sun, 22 Nov 2026 12:00:30 GMT", 30 * time.Second},
		{"Retry-After", "Sun, 22 Nov 2026 11:00:30 GMT", 0},
		{"Retry-After-Ms", "250", 250 * time.Millisecond},
		{"Retry-After-Ms", "-1", 0},
		{"X-Other", "5", 0},
	} {
		assert.Equal(t, tt.want, retryAfter(http.Header{tt.name: {tt.value}}, now), "%s: %s", tt.name, tt.value)
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("5", "")
	f.Add("Sun, 22 Nov 2026 12:00:30 GMT", "250")
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s, ms string) {
		d := retryAfter(http.Header{"Retry-After": {s}, "Retry-After-Ms": {ms}}, now)
		if d < 0 || d > 366*24*time.Hour {
			t.Fatalf("%q %q: %v", s, ms, d)
		}
	})
}

// TestTokenStoreForgets: tokens of rotated keys do not pile up.
func TestTokenStoreForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := tokenClient(t, &tokenServer{life: 3600})
		for i := range 5000 {
			other, err := c.ForCompany(Credentials{CompanyID: "company", UserAPIKey: Secret("key-" + strconv.Itoa(i))})
			require.NoError(t, err)
			_, tokenErr := other.token.get(t.Context())
			require.Nil(t, tokenErr)
			time.Sleep(time.Minute)
		}
		assert.LessOrEqual(t, len(c.root.store.caches), 1100)
		same, err := c.ForCompany(Credentials{CompanyID: "company", UserAPIKey: "key-4999"})
		require.NoError(t, err)
		assert.Same(t, same.token, c.root.store.caches[tokenKey(c.root.ax.host, c.root.ax.path, strings.Join(c.root.scopes, " "), "company", "key-4999", "", "")])
	})
}
