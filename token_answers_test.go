package maventa

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// answering is a service whose token endpoint answers with one body, and tells which
// tokens it was given.
func answering(t *testing.T, answer func() (*http.Response, error)) (c *Client, calls *int, used func() string) {
	t.Helper()
	calls, last := new(int), ""
	c = tokenClient(t, endpointFunc(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/oauth2/token" {
			*calls++
			return answer()
		}
		last = r.Header.Get("Authorization")
		return reply(http.StatusOK, `{"id":"a"}`), nil
	}), WithRetry(NoRetry))
	return c, calls, func() string { return last }
}

// TestTokenAnswers: what token endpoints write is read.
func TestTokenAnswers(t *testing.T) {
	const seconds = 600
	const hour, min5 = 1.0, seconds / 5.0 // token calls in ten minutes of one call each second
	for body, want := range map[string]float64{
		`{"access_token":"t","token_type":"bearer","expires_in":3600}`:   hour,
		`{"access_token":"t","token_type":"bearer","expires_in":3600.0}`: hour,
		`{"access_token":"t","expires_in":"3600"}`:                       hour,
		`{"access_token":"t","expires_in":""}`:                           hour, // not said: the documented hour
		`{"access_token":"t","expires_in":null}`:                         hour,
		`{"access_token":"t","expires_in":"never"}`:                      hour,
		`{"access_token":"t","expires_in":0}`:                            hour,
		`{"access_token":"t"}`:                                           hour,
		`{"access_token":"t","expires_in":1e12}`:                         hour,
		`{"access_token":"t","expires_in":-1}`:                           min5,
		`{"access_token":"t","expires_in":"-1"}`:                         min5,
		`{"access_token":"t","expires_in":-9e99}`:                        min5,
		`{"access_token":"t","expires_in":1}`:                            min5,
		`{"access_token":"t","expires_in":0.01}`:                         min5,
		"\uFEFF" + `{"access_token":"t"}`:                                hour,
		"\r\n" + `{"access_token":"t"}` + "\r\n":                         hour,
		`{"access_token":"t\n"}`:                                         hour,
		`{"access_token":" t\r\n"}`:                                      hour,
		`{"access_token":"t","token_type":5}`:                            0,
	} {
		for _, kind := range []string{"application/json", "text/plain", "text/html", ""} {
			synctest.Test(t, func(t *testing.T) {
				c, calls, used := answering(t, func() (*http.Response, error) { return reply(200, body, "Content-Type", kind), nil })
				for range seconds {
					_, err := c.Assignments.Get(t.Context(), "a")
					if want == 0 {
						require.ErrorIs(t, err, ErrUnreadableToken)
						return
					}
					require.NoError(t, err, "%s %s", kind, body)
					require.Equal(t, "Bearer t", used(), body)
					time.Sleep(time.Second)
				}
				synctest.Wait()
				assert.InDelta(t, want, *calls, 2, "%s %s", kind, body)
			})
		}
	}
	c, _, used := answering(t, func() (*http.Response, error) {
		return reply(200, "access_token=t&expires_in=3600", "Content-Type", "application/x-www-form-urlencoded"), nil
	})
	_, err := c.Assignments.Get(t.Context(), "a")
	require.NoError(t, err)
	assert.Equal(t, "Bearer t", used())
}

// TestOddTokenAnswers: what cannot be read has a name of its own: the address, the
// network and the keys may be right.
func TestOddTokenAnswers(t *testing.T) {
	body := func(status int, body string, header ...string) func() (*http.Response, error) {
		return func() (*http.Response, error) { return reply(status, body, header...), nil }
	}
	for name, tt := range map[string]struct {
		answer func() (*http.Response, error)
		want   error
		says   string
	}{
		"no token":           {body(200, `{"token":"t"}`), ErrUnreadableToken, "without a token"},
		"empty object":       {body(200, `{}`), ErrUnreadableToken, "without a token"},
		"an empty token":     {body(200, `{"access_token":""}`), ErrUnreadableToken, "without a token"},
		"a blank token":      {body(200, `{"access_token":" \n"}`), ErrUnreadableToken, "cannot be sent"},
		"null":               {body(200, `{"access_token":null}`), ErrUnreadableToken, "without a token"},
		"a number":           {body(200, `{"access_token":17}`), ErrUnreadableToken, "without a token"},
		"two words":          {body(200, `{"access_token":"a b"}`), ErrUnreadableToken, "cannot be sent"},
		"two lines":          {body(200, `{"access_token":"a\nb"}`), ErrUnreadableToken, "cannot be sent"},
		"other letters":      {body(200, `{"access_token":"ä"}`), ErrUnreadableToken, "cannot be sent"},
		"success and error":  {body(200, `{"access_token":"t","error":"invalid_client"}`), ErrUnreadableToken, `success and an error at once`},
		"HTML":               {body(200, `<html>`, "Content-Type", "text/html"), ErrWrongEnvironment, "a proxy"},
		"a page as JSON":     {body(200, ` <!doctype html>`), ErrWrongEnvironment, "a proxy"},
		"empty":              {body(200, ``), ErrUnreadableToken, "without a token"},
		"204":                {body(204, ``), ErrUnreadableToken, "without a token"},
		"a list":             {body(200, `[]`), ErrUnreadableToken, "without a token"},
		"a text":             {body(200, `ok`, "Content-Type", "text/plain"), ErrUnreadableToken, "without a token"},
		"not whole":          {body(200, `{"access_token":"t`), ErrUnreadableToken, "without a token"},
		"BOM before refusal": {body(401, "\uFEFF"+`{"code":"invalid_credentials"}`), ErrInvalidCredentials, "invalid_credentials"},
		"refusal as text":    {body(400, `{"error":"invalid_scope"}`, "Content-Type", "text/plain"), ErrMissingScope, "invalid_scope"},
		"a code as number":   {body(401, `{"code":17}`), ErrInvalidCredentials, ""},
		"cut": {func() (*http.Response, error) {
			r := reply(200, ``)
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"access_tok`), brokenReader{}))
			return r, nil
		}, ErrAuth, "closed before the answer was complete"},
	} {
		synctest.Test(t, func(t *testing.T) {
			c, _, _ := answering(t, tt.answer)
			_, err := c.Assignments.Get(t.Context(), "a")
			require.ErrorIs(t, err, tt.want, name)
			require.ErrorIs(t, err, ErrAuth, name)
			assert.Contains(t, err.Error(), tt.says, name)
			for _, other := range []*Kind{ErrUnreadableToken, ErrWrongEnvironment, ErrInvalidCredentials, ErrMissingScope} {
				assert.Equal(t, other.Word() == Advise(tt.want).Kind.Word(), errors.Is(err, other), "%s: %v", name, other)
			}
			assert.Equal(t, OutcomeNotSent, asError(err).Outcome)
			assert.Equal(t, name == "cut", asError(err).Temporary(), "%s: only a lost answer may work a moment later", name)
		})
	}
}

// brokenReader is a connection that breaks.
type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestTokenSourceFloor: nor does a source that gives ended tokens cause a token call
// for every call.
func TestTokenSourceFloor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		c := tokenClient(t, &tokenServer{}, WithTokenSource(sourceFunc(func(context.Context, TokenRequest) (Token, error) {
			asked++
			return Token{Value: "t", Expiry: time.Now().Add(-time.Hour)}, nil
		})))
		for range 100 {
			_, err := c.Assignments.Get(t.Context(), "a")
			require.NoError(t, err)
			time.Sleep(100 * time.Millisecond)
		}
		assert.LessOrEqual(t, asked, 3)
	})
}
