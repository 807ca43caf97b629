package call_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa/internal/call"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	const year = 365 * 24 * time.Hour
	for _, tt := range []struct {
		name, value string
		want        time.Duration
		isOdd       bool
	}{
		{name: "Retry-After", value: "5", want: 5 * time.Second},
		{name: "Retry-After", value: "0"},
		{name: "Retry-After", value: "007", want: 7 * time.Second},
		{name: "Retry-After", value: "2.5", want: 2500 * time.Millisecond},
		{name: "Retry-After", value: ".5", want: 500 * time.Millisecond},
		{name: "Retry-After", value: "0.0"},
		{name: "Retry-After", value: " 2 \t", want: 2 * time.Second},
		{name: "Retry-After", value: "99999999999999", want: year},
		{name: "Retry-After", value: "99999999999999999999999999999999", want: year},
		{name: "Retry-After", value: "-3", isOdd: true},
		{name: "Retry-After", value: "+3", isOdd: true},
		{name: "Retry-After", value: "1.2.3", isOdd: true},
		{name: "Retry-After", value: ".", isOdd: true},
		{name: "Retry-After", value: "1e3", isOdd: true},
		{name: "Retry-After", value: "0x10", isOdd: true},
		{name: "Retry-After", value: "NaN", isOdd: true},
		{name: "Retry-After", value: "Inf", isOdd: true},
		{name: "Retry-After", value: "5s", isOdd: true},
		{name: "Retry-After", value: "2,5", isOdd: true},
		{name: "Retry-After", value: "soon", isOdd: true},
		{name: "Retry-After", value: ""},
		{name: "Retry-After", value: "  "},
		{name: "Retry-After", value: "Sun, 22 Nov 2026 12:00:30 GMT", want: 30 * time.Second},
		{name: "Retry-After", value: " Sun, 22 Nov 2026 12:00:30 GMT ", want: 30 * time.Second},
		{name: "Retry-After", value: "Sun, 22 Nov 2026 12:00:30 UTC", want: 30 * time.Second},
		{name: "Retry-After", value: "Sun, 22 Nov 2026 14:00:30 +0200", want: 30 * time.Second},
		{name: "Retry-After", value: "Sunday, 22-Nov-26 12:00:30 GMT", want: 30 * time.Second},
		{name: "Retry-After", value: "Sun Nov 22 12:00:30 2026", want: 30 * time.Second},
		{name: "Retry-After", value: "2026-11-22T14:00:30+02:00", want: 30 * time.Second},
		{name: "Retry-After", value: "Sun, 22 Nov 2026 11:00:30 GMT"},
		{name: "Retry-After", value: "Sun, 22 Nov 2126 11:00:30 GMT", want: year},
		{name: "Retry-After", value: "Sun, 22 Nov 2026 14:00:30 EET", isOdd: true}, // which is another one at every place
		{name: "Retry-After", value: "Sun, 32 Nov 2026 12:00:30 GMT", isOdd: true},
		{name: "Retry-After-Ms", value: "250", want: 250 * time.Millisecond},
		{name: "Retry-After-Ms", value: "0.5", want: 500 * time.Microsecond},
		{name: "Retry-After-Ms", value: "-1", isOdd: true},
		{name: "X-Other", value: "5"},
	} {
		wait, isOdd := call.RetryAfter(http.Header{tt.name: {tt.value}}, now)
		assert.Equal(t, tt.want, wait, "%s: %s", tt.name, tt.value)
		assert.Equal(t, tt.isOdd, isOdd, "%s: %s", tt.name, tt.value)
	}
	wait, isOdd := call.RetryAfter(http.Header{"Retry-After-Ms": {"x"}, "Retry-After": {"3"}}, now)
	assert.Equal(t, 3*time.Second, wait)
	assert.False(t, isOdd)
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("5", "")
	f.Add("Sun, 22 Nov 2026 12:00:30 GMT", "250")
	f.Add("2.5", "..")
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s, ms string) {
		d, isOdd := call.RetryAfter(http.Header{"Retry-After": {s}, "Retry-After-Ms": {ms}}, now)
		if d < 0 || d > 366*24*time.Hour || isOdd && d != 0 {
			t.Fatalf("%q %q: %v %v", s, ms, d, isOdd)
		}
	})
}
