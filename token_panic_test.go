package maventa

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var nothing map[string]int

// TestPanics: the caller's code that gets tokens runs in a goroutine of ours, where
// nobody could recover it. Its panic is the error of all who wait, and of no one later.
func TestPanics(t *testing.T) {
	cause := errors.New("the vault knows no user-key-canary")
	for name, tt := range map[string]struct {
		panics func()
		says   string
		is     error
	}{
		"a text":         {func() { panic("user-key-canary") }, "", nil},
		"a value":        {func() { panic(struct{ Key string }{"user-key-canary"}) }, "", nil},
		"an error":       {func() { panic(cause) }, `, "the vault knows no [redacted]"`, cause},
		"a nil map":      {func() { nothing["x"] = 1 }, `, "assignment to entry in nil map"`, nil},
		"the last words": {runtime.Goexit, "", nil},
	} {
		for place, says := range map[string]string{
			"source": "the token source panicked", "keys": "the key function or the http.RoundTripper panicked",
			"transport": "the http.RoundTripper panicked",
		} {
			synctest.Test(t, func(t *testing.T) {
				times := 0
				once := func() {
					time.Sleep(time.Second)
					if times++; times == 1 {
						tt.panics()
					}
				}
				var opts []ClientOption
				switch place {
				case "source":
					opts = append(opts, WithTokenSource(sourceFunc(func(context.Context, TokenRequest) (Token, error) {
						once()
						return Token{Value: "t"}, nil
					})))
				case "keys":
					opts = append(opts, WithKeys(func(context.Context, string) (Keys, error) {
						once()
						return Keys{UserAPIKey: "k"}, nil
					}))
				}
				c := tokenClient(t, endpointFunc(func(r *http.Request) (*http.Response, error) {
					if r.URL.Path != "/oauth2/token" {
						return reply(200, `{"id":"a"}`), nil
					}
					if place == "transport" {
						once()
					}
					return reply(200, `{"access_token":"t"}`), nil
				}), opts...)
				var wg sync.WaitGroup
				for range 20 {
					wg.Go(func() {
						_, err := c.Assignments.Get(t.Context(), "a")
						if assert.ErrorIs(t, err, ErrAuth, "%s %s", place, name) {
							assert.Equal(t, `maventa: Assignments.Get "a" on test: no access token`+tt.says+"; "+says+"; nothing was sent", err.Error())
							assert.Equal(t, ActionFixSetup, Advise(err).Action)
							assert.True(t, tt.is == nil || errors.Is(err, tt.is))
						}
					})
				}
				wg.Wait()
				time.Sleep(youngToken)
				_, err := c.Assignments.Get(t.Context(), "a")
				require.NoError(t, err, "%s %s", place, name)
				assert.Equal(t, 2, times)
			})
		}
	}
}

// panicky is an observer that panics in one of its methods.
type panicky struct {
	where string
	times *int
}

func (p panicky) at(where string) {
	if p.where == where {
		if *p.times++; *p.times == 1 {
			panic("of the observer")
		}
	}
}

func (p panicky) Start(ctx context.Context, _ CallInfo) context.Context {
	p.at("start")
	return ctx
}
func (p panicky) Attempt(context.Context, CallInfo, AttemptInfo) { p.at("attempt") }
func (p panicky) End(context.Context, CallInfo, ResultInfo)      { p.at("end") }

// TestObserverPanics: an observer runs in the caller's goroutine, and so does its
// panic. The client is as good as before.
func TestObserverPanics(t *testing.T) {
	for _, where := range []string{"start", "attempt", "end"} {
		c := tokenClient(t, &tokenServer{life: 3600}, WithObserver(panicky{where, new(int)}))
		assert.PanicsWithValue(t, "of the observer", func() { _, _ = c.Assignments.Get(t.Context(), "a") }, where)
		_, err := c.Assignments.Get(t.Context(), "a")
		require.NoError(t, err, where)
	}
}
