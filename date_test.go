package maventa_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

func ExampleParseDate() {
	due, err := maventa.ParseDate("2026-11-22")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(due, due.Weekday())
	// Output: 2026-11-22 Sunday
}

func ExampleDate_AddDays() {
	invoiced, err := maventa.NewDate(2028, time.February, 20)
	if err != nil {
		fmt.Println(err)
		return
	}
	due := invoiced.AddDays(14)
	fmt.Println(due, invoiced.DaysUntil(due), due.After(invoiced))
	// Output: 2028-03-05 14 true
}

func ExampleDateOf() {
	helsinki := time.FixedZone("EET", 2*60*60)
	paid := time.Date(2026, time.November, 22, 22, 30, 0, 0, time.UTC)
	fmt.Println(maventa.DateOf(paid), maventa.DateOf(paid.In(helsinki)))
	// Output: 2026-11-22 2026-11-23
}

var badDates = []string{
	"", " ", "2026", "2026-11", "2026-11-2", "2026-1-22", "26-11-22", "02026-11-22", "12026-11-22", "+2026-11-22", "-026-11-22",
	"2026-11-22 ", " 2026-11-22", "2026/11/22", "2026.11.22", "22.11.2026", "20261122", "2026-11-22Z", "2026-11-2x", "2o26-11-22",
	"2026-11--2", "2026--1-22", "2026-W47-7", "2026-326", "٢٠٢٦-١١-٢٢",
	"0000-00-00", "0000-01-01", "2026-00-10", "2026-13-01", "2026-01-00", "2026-01-32", "2026-04-31", "2026-06-31", "2026-09-31",
	"2026-11-31", "2026-02-29", "2026-02-30", "1900-02-29", "2100-02-29", "2024-02-30",
}

func TestParseDate(t *testing.T) {
	for _, s := range []string{
		"0001-01-01", "9999-12-31", "2026-11-22", "2024-02-29", "2000-02-29", "1600-02-29", "2026-01-31", "2026-04-30", "2026-12-31",
	} {
		d, err := maventa.ParseDate(s)
		require.NoError(t, err, s)
		assert.Equal(t, s, d.String())
		assert.False(t, d.IsZero())
		assert.Equal(t, d, maventa.MustDate(s))

		again, err := maventa.NewDate(d.Year(), d.Month(), d.Day())
		require.NoError(t, err)
		assert.Equal(t, d, again)
	}
	for _, s := range badDates {
		d, err := maventa.ParseDate(s)
		e := requireInvalid(t, err)
		assert.Equal(t, maventa.Date{}, d, s)
		assert.Equal(t, "date", e.Fields[0].Field)
		assert.Panics(t, func() { maventa.MustDate(s) })
	}
	_, err := maventa.ParseDate(strings.Repeat("x", 500))
	assert.ErrorContains(t, err, `"`+strings.Repeat("x", 32)+`"… is not a date`)
	_, err = maventa.ParseDate("2026-02-29")
	assert.ErrorContains(t, err, `"2026-02-29" is not a day of the calendar`)
	_, err = maventa.ParseDate("0000-02-29")
	assert.ErrorContains(t, err, `"0000-02-29" must have a year from 1 to 9999`)
}

func TestNewDate(t *testing.T) {
	d, err := maventa.NewDate(2026, time.November, 22)
	require.NoError(t, err)
	assert.Equal(t, 2026, d.Year())
	assert.Equal(t, time.November, d.Month())
	assert.Equal(t, 22, d.Day())

	for _, c := range []struct {
		year  int
		month time.Month
		day   int
	}{
		{2026, 2, 29},
		{2026, 11, 31},
		{2026, 0, 1},
		{2026, 13, 1},
		{2026, 1, 0},
		{2026, 1, 32},
		{2026, 1, -1},
		{0, 1, 1},
		{-1, 1, 1},
		{10000, 1, 1},
		{65536 + 2026, 1, 1}, // would be 2026 if only 16 bits were looked at
		{2026, 256 + 1, 1},
		{2026, 1, 256 + 1},
		{math.MinInt, math.MinInt, math.MinInt},
	} {
		_, err := maventa.NewDate(c.year, c.month, c.day)
		requireInvalid(t, err)
	}
}

func TestDateOf(t *testing.T) {
	ahead, behind := time.FixedZone("", 14*60*60), time.FixedZone("", -12*60*60)
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 11, 22, 23, 59, 59, 999, time.UTC), "2026-11-22"},
		{time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC).In(ahead), "2027-01-01"},
		{time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC).In(behind), "2025-12-31"},
		{time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), "9999-12-31"},
		{time.Time{}, ""},
		{time.Time{}.In(ahead), ""},
		{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), ""},
		{time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC), ""},
		{time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), ""},
	} {
		assert.Equal(t, c.want, maventa.DateOf(c.at).String())
	}
}

func TestDateZeroValue(t *testing.T) {
	var zero maventa.Date
	some := maventa.MustDate("2026-11-22")
	assert.True(t, zero.IsZero())
	assert.Empty(t, zero.String())
	assert.Zero(t, zero.Year())
	assert.Zero(t, zero.Month())
	assert.Zero(t, zero.Day())
	assert.Equal(t, time.Sunday, zero.Weekday())
	assert.True(t, zero.AddDays(1).IsZero())
	assert.Zero(t, zero.DaysUntil(some))
	assert.Zero(t, some.DaysUntil(zero))
	assert.True(t, zero.Before(maventa.MustDate("0001-01-01")))
	assert.Zero(t, zero.Compare(maventa.Date{}))

	text, err := zero.MarshalText()
	require.NoError(t, err)
	assert.Empty(t, text)
	require.NoError(t, some.UnmarshalText(text))
	assert.True(t, some.IsZero())
}

func TestDateAddDays(t *testing.T) {
	for _, c := range []struct {
		from string
		days int
		want string // "" is out of range
	}{
		{"2026-11-22", 0, "2026-11-22"},
		{"2026-11-22", 14, "2026-12-06"},
		{"2026-12-31", 1, "2027-01-01"},
		{"2026-01-01", -1, "2025-12-31"},
		{"2024-02-28", 1, "2024-02-29"},
		{"2026-02-28", 1, "2026-03-01"},
		{"2100-02-28", 1, "2100-03-01"},
		{"2000-01-01", 366, "2001-01-01"},
		{"0001-01-01", 3652058, "9999-12-31"},
		{"9999-12-31", -3652058, "0001-01-01"},
		{"9999-12-31", 1, ""},
		{"0001-01-01", -1, ""},
		{"0001-01-01", 3652059, ""},
		{"2026-11-22", math.MaxInt, ""},
		{"2026-11-22", math.MinInt, ""},
	} {
		from := maventa.MustDate(c.from)
		got := from.AddDays(c.days)
		assert.Equal(t, c.want, got.String(), "%s + %d", from, c.days)
		if !got.IsZero() {
			assert.Equal(t, c.days, from.DaysUntil(got))
			assert.Equal(t, -c.days, got.DaysUntil(from))
		}
	}
}

func TestDateOrder(t *testing.T) {
	days := []maventa.Date{
		maventa.MustDate("2027-01-01"), maventa.MustDate("2026-11-22"), maventa.MustDate("2026-12-01"), maventa.MustDate("2026-11-23"),
	}
	slices.SortFunc(days, maventa.Date.Compare)
	assert.Equal(t, "[2026-11-22 2026-11-23 2026-12-01 2027-01-01]", fmt.Sprint(days))
	for i, d := range days[1:] {
		assert.True(t, days[i].Before(d))
		assert.False(t, days[i].After(d))
		assert.True(t, d.After(days[i]))
		assert.False(t, d.Before(days[i]))
	}
	assert.False(t, days[0].Before(days[0]))
	assert.False(t, days[0].After(days[0]))
}

func TestDateJSON(t *testing.T) {
	type body struct {
		D maventa.Date `json:"d"`
	}
	const before = "2020-02-02"
	for in, want := range map[string]string{
		`{"d":"2026-11-22"}`:                `"2026-11-22"`,
		`{"d":"2026-11-22T23:30:00Z"}`:      `"2026-11-22"`,
		`{"d":"2026-11-22T23:30:00-05:00"}`: `"2026-11-22"`,
		`{"d":"2026-11-22T"}`:               `"2026-11-22"`,
		`{"d":""}`:                          `null`,
		`{"d":null}`:                        `"` + before + `"`, // unchanged
		`{}`:                                `"` + before + `"`,
	} {
		b := body{maventa.MustDate(before)}
		require.NoError(t, json.Unmarshal([]byte(in), &b), in)
		out, err := json.Marshal(b)
		require.NoError(t, err)
		assert.Equal(t, `{"d":`+want+`}`, string(out), in)
	}
	for _, in := range []string{
		`{"d":20261122}`, `{"d":true}`, `{"d":{}}`, `{"d":["2026-11-22"]}`, `{"d":"canary"}`, `{"d":"2026-02-30"}`,
		`{"d":"2026-02-30T00:00:00Z"}`, `{"d":"2026-11-22 10:00"}`, `{"d":"T"}`, `{"d":"2026-11T"}`, `{"d":"0001-00-00T00:00:00Z"}`,
	} {
		b := body{maventa.MustDate(before)}
		requireUnreadable(t, json.Unmarshal([]byte(in), &b))
		assert.Equal(t, before, b.D.String(), in)
	}

	out, err := json.Marshal(struct {
		D maventa.Date `json:"d,omitzero"`
	}{})
	require.NoError(t, err)
	assert.Equal(t, `{}`, string(out))
}

func TestDateText(t *testing.T) {
	in := map[maventa.Date]int{maventa.MustDate("2026-11-22"): 1}
	out, err := json.Marshal(in)
	require.NoError(t, err)
	assert.JSONEq(t, `{"2026-11-22":1}`, string(out))

	var back map[maventa.Date]int
	require.NoError(t, json.Unmarshal(out, &back))
	assert.Equal(t, in, back)

	var d maventa.Date
	require.NoError(t, d.UnmarshalText([]byte("2026-11-22")))
	assert.Equal(t, maventa.MustDate("2026-11-22"), d)
	for _, s := range append(badDates[1:], "2026-11-22T00:00:00Z") {
		requireInvalid(t, d.UnmarshalText([]byte(s)))
		assert.Equal(t, "2026-11-22", d.String())
	}
}

func TestDateAllocations(t *testing.T) {
	var d maventa.Date
	for _, data := range [][]byte{[]byte(`"2026-11-22"`), []byte(`"2026-11-22T10:00:00Z"`), []byte(`""`), []byte(`null`)} {
		assert.Zero(t, testing.AllocsPerRun(100, func() { _ = d.UnmarshalJSON(data) }), "%s", data)
	}
	d = maventa.MustDate("2026-11-22")
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = d.MarshalJSON() }), 1.0)
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { _ = d.String() }), 1.0)
	assert.Zero(t, testing.AllocsPerRun(100, func() { d = d.AddDays(1) }))
}

func FuzzParseDate(f *testing.F) {
	for _, s := range badDates {
		f.Add(s, 1)
	}
	f.Add("2026-11-22", 14)
	f.Add("2024-02-29", -366)
	f.Add("9999-12-31", 1)
	f.Fuzz(func(t *testing.T, s string, n int) {
		d, err := maventa.ParseDate(s)
		want, timeErr := time.Parse(time.DateOnly, s)
		require.Equal(t, timeErr == nil && want.Year() > 0, err == nil, "%q", s)
		if err != nil {
			requireInvalid(t, err)
			return
		}
		require.Equal(t, s, d.String())
		require.Equal(t, want.Weekday(), d.Weekday())
		if !want.IsZero() { // 0001-01-01 is the zero time
			require.Equal(t, d, maventa.DateOf(want))
		}

		out, err := json.Marshal(d)
		require.NoError(t, err)
		var back maventa.Date
		require.NoError(t, json.Unmarshal(out, &back))
		require.Equal(t, d, back)

		n %= 4_000_000
		later := d.AddDays(n)
		wantLater := want.AddDate(0, 0, n)
		if y := wantLater.Year(); y < 1 || y > 9999 {
			require.True(t, later.IsZero())
			return
		}
		require.Equal(t, wantLater.Format(time.DateOnly), later.String())
		require.Equal(t, n, d.DaysUntil(later))
	})
}

func BenchmarkDateUnmarshalJSON(b *testing.B) {
	data := []byte(`"2026-11-22"`)
	var d maventa.Date
	b.ReportAllocs()
	for b.Loop() {
		_ = d.UnmarshalJSON(data)
	}
}
