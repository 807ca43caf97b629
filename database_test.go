package maventa_test

import (
	"database/sql"
	"database/sql/driver"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

var (
	_ sql.Scanner   = new(maventa.Amount)
	_ sql.Scanner   = new(maventa.Date)
	_ sql.Scanner   = new(maventa.Opt[maventa.Amount])
	_ driver.Valuer = maventa.Amount{}
	_ driver.Valuer = maventa.Date{}
	_ driver.Valuer = maventa.Opt[maventa.Date]{}
)

func TestAmountInDatabase(t *testing.T) {
	for text, stored := range map[string]any{
		"0.00": "0.00", "-0.10": []byte("-0.10"), "9223372036854775.807": "9223372036854775.807", "12": int64(12), "1000": "1e3",
	} {
		var a maventa.Amount
		require.NoError(t, a.Scan(stored))
		assert.Equal(t, text, a.String())
		v, err := a.Value()
		require.NoError(t, err)
		assert.Equal(t, driver.Value(text), v)
		assert.True(t, driver.IsValue(v))
	}
	for name, c := range map[string]struct {
		stored any
		says   string
	}{
		"float":     {12.5, "is a float"},
		"NULL":      {nil, "is NULL: scan it into an Opt"},
		"bool":      {true, "cannot be read from a bool"},
		"text":      {"12,50", "is not a decimal number"},
		"empty":     {"", "is not a decimal number"},
		"19 digits": {"12345678901234567890", "does not fit"},
		"the least": {int64(math.MinInt64), "does not fit"},
	} {
		a := maventa.MustAmount("7.00")
		err := a.Scan(c.stored)
		require.ErrorContains(t, err, c.says, name)
		require.NotErrorIs(t, err, maventa.ErrValidation, "it is no call's data")
		assert.NotContains(t, err.Error(), "12,50", "a value of the database")
		assert.Equal(t, "7.00", a.String(), name)
	}
}

func TestDateInDatabase(t *testing.T) {
	helsinki := time.FixedZone("", 2*60*60)
	want := maventa.MustDate("2026-11-22")
	for name, stored := range map[string]any{
		"text": "2026-11-22", "bytes": []byte("2026-11-22"), "UTC": time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), "zone": time.Date(2026, 11, 22, 0, 0, 0, 0, helsinki),
	} {
		var d maventa.Date
		require.NoError(t, d.Scan(stored), name)
		assert.Equal(t, want, d, name)
	}
	v, err := want.Value()
	require.NoError(t, err)
	assert.Equal(t, driver.Value("2026-11-22"), v)
	v, err = maventa.Date{}.Value()
	require.NoError(t, err)
	assert.Nil(t, v)
	d := want
	require.NoError(t, d.Scan(nil))
	assert.True(t, d.IsZero())
	for name, stored := range map[string]any{
		"an instant": time.Date(2026, 11, 22, 22, 0, 0, 0, time.UTC), "no time": time.Time{}, "no day": "2026-02-30", "MySQL's": "0000-00-00", "number": int64(20261122), "empty": "",
	} {
		d := want
		require.Error(t, d.Scan(stored), name)
		assert.Equal(t, want, d, name)
	}
}

func TestOptInDatabase(t *testing.T) {
	for name, o := range map[string]maventa.Opt[maventa.Amount]{"unset": {}, "null": maventa.Null[maventa.Amount]()} {
		v, err := o.Value()
		require.NoError(t, err, name)
		assert.Nil(t, v, name)
	}
	o := maventa.Some(maventa.MustAmount("1.50"))
	v, err := o.Value()
	require.NoError(t, err)
	assert.Equal(t, driver.Value("1.50"), v)
	require.ErrorContains(t, o.Scan(1.5), "is a float")
	assert.Equal(t, maventa.Some(maventa.MustAmount("1.50")), o)
	require.NoError(t, o.Scan("2.00"))
	assert.Equal(t, maventa.Some(maventa.MustAmount("2.00")), o)
	require.NoError(t, o.Scan(nil))
	assert.True(t, o.IsZero())

	var day maventa.Opt[maventa.Date]
	require.NoError(t, day.Scan("2026-11-22"))
	assert.Equal(t, maventa.Some(maventa.MustDate("2026-11-22")), day)

	text := maventa.Some("x")
	_, err = text.Value()
	require.ErrorContains(t, err, "of type string is no driver.Valuer")
	require.ErrorContains(t, text.Scan("y"), "of type string is no sql.Scanner")
	assert.Equal(t, maventa.Some("x"), text)
}
