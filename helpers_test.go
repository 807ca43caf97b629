package maventa_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// takeExtra asserts the members in x, empties it, so that the model around it
// can be compared as a whole, and asserts what Get says.
func takeExtra(t testing.TB, x *maventa.Extra, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for name, value := range x.All() {
		got[name] = string(value)
		one, ok := x.Get(name)
		assert.True(t, ok)
		assert.Equal(t, string(value), string(one))
	}
	_, ok := x.Get("no such member")
	assert.False(t, ok)
	assert.Equal(t, want, got)
	*x = maventa.Extra{}
}

// extraOf makes an Extra of pairs of name and value.
func extraOf(t testing.TB, pairs ...any) maventa.Extra {
	t.Helper()
	var x maventa.Extra
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		require.True(t, ok)
		require.NoError(t, x.Set(name, pairs[i+1]))
	}
	return x
}

// amount and date are constants of the tests.
func amount(s string) maventa.Amount                  { return maventa.MustAmount(s) }
func someAmount(s string) maventa.Opt[maventa.Amount] { return maventa.Some(amount(s)) }
func date(s string) maventa.Date                      { return maventa.MustDate(s) }

// onlyErr drops a call's value.
func onlyErr[T any](_ T, err error) error { return err }
