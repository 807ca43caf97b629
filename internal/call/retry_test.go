package call_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/internal/call"
)

func TestQuota(t *testing.T) {
	q := call.NewQuota()
	q.Give(100) // it was full
	taken := 0
	for q.Take(call.CostTransient) {
		taken++
	}
	assert.Equal(t, 500/call.CostTransient, taken)
	assert.True(t, q.Take(call.CostThrottle), "there is a rest")
	assert.False(t, q.Take(call.CostThrottle+1))
	q.Give(call.CostTransient)
	assert.True(t, q.Take(call.CostTransient))
}

func TestBackoff(t *testing.T) {
	for n, want := range []time.Duration{50, 100, 200, 300, 300} {
		assert.Equal(t, want, call.Backoff(50, 300, n))
	}
	assert.Equal(t, time.Duration(300), call.Backoff(400, 300, 0))
	assert.Zero(t, call.FullJitter(0))
	assert.Less(t, call.FullJitter(10), time.Duration(10))
}

func TestSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		require.NoError(t, call.Sleep(t.Context(), time.Hour))
		assert.Equal(t, time.Hour, time.Since(start))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.ErrorIs(t, call.Sleep(ctx, time.Hour), context.DeadlineExceeded)
		assert.Equal(t, time.Hour+time.Minute, time.Since(start))
	})
}

func TestHash(t *testing.T) {
	assert.Equal(t, call.Hash("ab", "c"), call.Hash("ab", "c"))
	assert.NotEqual(t, call.Hash("ab", "c"), call.Hash("a", "bc"))
	assert.NotEqual(t, call.Hash("ab"), call.Hash("ab", ""))
}

func TestMissingScopes(t *testing.T) {
	for _, c := range []struct{ needed, granted, want []string }{
		{nil, nil, nil},
		{[]string{"a", "b"}, []string{"b"}, []string{"a"}},
		{[]string{"company:read", "invoice:send"}, []string{"eui"}, nil},
		{[]string{"company"}, []string{"company:read", "company:write"}, nil},
		{[]string{"company"}, []string{"company:read"}, []string{"company"}},
	} {
		assert.Equal(t, c.want, call.MissingScopes(c.needed, c.granted))
	}
}

func TestHideUserInfo(t *testing.T) {
	for text, want := range map[string]string{
		"no address":                             "no address",
		"at https://app:key@vault/x, a@b":        "at https://[-]@vault/x, a@b",
		"https://vault/x@y":                      "https://vault/x@y",
		"x://a:b@c and y://d@e?f://g:h@i":        "x://[-]@c and y://[-]@e?f://[-]@i",
		`"https://user:p@ss@host"`:               `"https://[-]@host"`,
		"proxy https://user:secret@proxy:8080\n": "proxy https://[-]@proxy:8080\n",
	} {
		assert.Equal(t, want, call.HideUserInfo(text, "[-]"))
	}
}

func TestKeysAndCodes(t *testing.T) {
	for _, s := range []string{"", "a b", "a\n", "ä", string(make([]byte, 513))} {
		assert.NotEmpty(t, call.HeaderProblem(s), "%q", s)
	}
	assert.Empty(t, call.HeaderProblem("!~key-1_/+="))
	for _, s := range []string{"", "1a", "a b", "a=b", "ä", "a&b"} {
		assert.False(t, call.IsCode(s), "%q", s)
	}
	assert.True(t, call.IsCode("invalid_client-1.x"))
	for host, want := range map[string]string{
		"ax.maventa.com": "production", "ax-stage.maventa.com": "stage", "maventa.com": "production", "x.maventa.com:8443": "production",
		"notmaventa.com": "", "maventa.com.example": "", "127.0.0.1": "",
	} {
		assert.Equal(t, want, call.MaventaKind(host), host)
	}
}
