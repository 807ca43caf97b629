package maventa

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, value string
		want        time.Duration
	}{
		{"Retry-After", "5", 5 * time.Second},
		{"Retry-After", "0", 0},
		{"Retry-After", "-3", 0},
		{"Retry-After", "1.5", 0},
		{"Retry-After", "soon", 0},
		{"Retry-After", "99999999999999", 365 * 24 * time.Hour},
		{"Retry-After", "Sun, 22 Nov 2026 12:00:30 GMT", 30 * time.Second},
		{"Retry-After", "Sun, 22 Nov 2026 11:00:30 GMT", 0},
		{"Retry-After-Ms", "250", 250 * time.Millisecond},
		{"Retry-After-Ms", "-1", 0},
		{"X-Other", "5", 0},
	} {
		assert.Equal(t, tt.want, retryAfter(http.Header{tt.name: {tt.value}}, now), "%s: %s", tt.name, tt.value)
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("5", "")
	f.Add("Sun, 22 Nov 2026 12:00:30 GMT", "250")
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s, ms string) {
		d := retryAfter(http.Header{"Retry-After": {s}, "Retry-After-Ms": {ms}}, now)
		if d < 0 || d > 366*24*time.Hour {
			t.Fatalf("%q %q: %v", s, ms, d)
		}
	})
}
