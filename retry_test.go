package maventa

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/internal/call"
)

// TestOddRetryAfter: a server that asks to wait is spared, also in words that cannot
// be read: three attempts in a tenth of a second are no answer to them.
func TestOddRetryAfter(t *testing.T) {
	for value, want := range map[string]struct {
		least, most time.Duration // of 40 calls with two waits each
		says        bool
	}{
		"":      {0, 6 * time.Second, false},
		"0":     {0, 6 * time.Second, false},
		"2.5":   {200 * time.Second, 203 * time.Second, true},
		" 2.5 ": {200 * time.Second, 203 * time.Second, true},
		"-1":    {20 * time.Second, 120 * time.Second, false},
		"soon":  {20 * time.Second, 120 * time.Second, false},
		"1 min": {20 * time.Second, 120 * time.Second, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := tokenClient(t, endpointFunc(func(r *http.Request) (*http.Response, error) {
				if r.URL.Path == "/oauth2/token" {
					return reply(200, `{"access_token":"t"}`), nil
				}
				return reply(503, "{}", "Retry-After", value), nil
			}))
			start := time.Now()
			for range 40 {
				c.root.quota = call.NewQuota()
				_, err := c.Assignments.Get(t.Context(), "a")
				require.ErrorIs(t, err, ErrUnavailable)
				assert.Equal(t, 3, asError(err).Attempts)
				assert.Equal(t, want.says, asError(err).RetryAfter > 0)
			}
			assert.GreaterOrEqual(t, time.Since(start), want.least, value)
			assert.LessOrEqual(t, time.Since(start), want.most, value)
		})
	}
}
