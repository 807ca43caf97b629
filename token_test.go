package maventa

import (
	"context"
	"fmt"
	"io"
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

	"github.com/maventa-go/maventa/internal/call"
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
		if err := call.Sleep(r.Context(), s.delay); err != nil {
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
	c, err := NewClient(env, Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000001", UserAPIKey: "user-key-canary", VendorAPIKey: "vendor-key-canary"},
		append([]ClientOption{WithHTTPClient(&http.Client{Transport: rt})}, opts...)...)
	require.NoError(t, err)
	return c
}

func TestTokenForm(t *testing.T) {
	s := &tokenServer{life: 3600}
	c := tokenClient(t, s)
	creds := Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000001", UserAPIKey: "u", VendorAPIKey: "v", LicenseData: &LicenseData{Key: "license", Meta: LicenseMeta{ERPName: "Acme"}}}
	other, err := c.ForCompany(creds)
	require.NoError(t, err)
	_, tokenErr := other.token.get(t.Context())
	require.Nil(t, tokenErr)
	form := *s.last.Load()
	assert.Equal(t, url.Values{
		"grant_type": {"client_credentials"}, "client_id": {"6f1f7c5e-0000-4000-8000-000000000001"}, "client_secret": {"u"}, "vendor_api_key": {"v"},
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
		{"409", func() (*http.Response, error) { return reply(409, `{"code":"conflict"}`), nil }, 30 * time.Second, ErrWrongEnvironment},
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
				require.NotErrorIs(t, err, ErrNotFound, "which would say that the assignment is not there")
				require.NotErrorIs(t, err, ErrConflict)
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

// TestTokenStoreForgets: tokens of rotated keys do not pile up.
func TestTokenStoreForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := tokenClient(t, &tokenServer{life: 3600})
		for i := range 5000 {
			other, err := c.ForCompany(Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000001", UserAPIKey: Secret("key-" + strconv.Itoa(i))})
			require.NoError(t, err)
			_, tokenErr := other.token.get(t.Context())
			require.Nil(t, tokenErr)
			time.Sleep(time.Minute)
		}
		assert.LessOrEqual(t, len(c.root.store.caches), 1100)
		same, err := c.ForCompany(Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000001", UserAPIKey: "key-4999"})
		require.NoError(t, err)
		assert.Same(t, same.token, c.root.store.caches[call.Hash(c.root.ax.host, c.root.ax.path, strings.Join(c.root.scopes, " "), "6f1f7c5e-0000-4000-8000-000000000001", "key-4999", "", "")])
	})
}
