package maventa

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestKeysAreFixed: keys that were refused are not sent again for 30 seconds, and
// other ones at once.
func TestKeysAreFixed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		key, asked := "old", 0
		var broken error
		s := &tokenServer{life: 3600}
		s.fail = func(int64) (*http.Response, error) {
			if form := *s.last.Load(); form.Get("client_secret") != "new" {
				return reply(401, `{"code":"invalid_credentials"}`), nil
			}
			return nil, nil
		}
		c := tokenClient(t, s, WithRetry(NoRetry), WithKeys(func(context.Context, string) (Keys, error) {
			asked++
			return Keys{UserAPIKey: Secret(key)}, broken
		}))
		get := func() error {
			_, err := c.Assignments.Get(t.Context(), "a")
			return err
		}
		for range 3 {
			require.ErrorIs(t, get(), ErrInvalidCredentials)
		}
		assert.EqualValues(t, 1, s.calls.Load(), "the same keys")
		assert.Equal(t, 3, asked)
		time.Sleep(31 * time.Second)
		require.ErrorIs(t, get(), ErrInvalidCredentials)
		assert.EqualValues(t, 2, s.calls.Load(), "they may be valid by now")

		key, broken = "new", errors.New("the vault is sealed")
		err := get()
		require.ErrorIs(t, err, broken)
		require.ErrorContains(t, err, "the vault is sealed", "the caller's own words")
		broken = nil
		require.NoError(t, get())
		assert.EqualValues(t, 3, s.calls.Load())
	})
}
