package call

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestWait is more than any server can mean.
const longestWait = 365 * 24 * time.Hour

// RetryAfter reads how long an answer asks to wait: Retry-After-Ms in milliseconds,
// or Retry-After in seconds, whole or not, or as a date. A date of the past is 0. If
// it is there and cannot be read, isOdd says so: the server wants to be spared, and
// for how long is not known.
func RetryAfter(h http.Header, now time.Time) (wait time.Duration, isOdd bool) {
	ms, seconds := strings.TrimSpace(h.Get("Retry-After-Ms")), strings.TrimSpace(h.Get("Retry-After"))
	if n, ok := number(ms); ok {
		return atMost(n, time.Millisecond), false
	}
	if n, ok := number(seconds); ok {
		return atMost(n, time.Second), false
	}
	for _, form := range [...]string{
		"Mon, 2 Jan 2006 15:04:05 GMT", "Mon, 2 Jan 2006 15:04:05 UTC", "Mon, 2 Jan 2006 15:04:05 -0700",
		"Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC, time.RFC3339,
	} {
		if at, err := time.Parse(form, seconds); err == nil {
			return min(max(at.Sub(now), 0), longestWait), false
		}
	}
	return 0, ms+seconds != ""
}

// number reads digits, which may have a decimal point.
func number(text string) (float64, bool) {
	if strings.Trim(text, "0123456789.") != "" { // no sign, no exponent, no "inf"
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

func atMost(n float64, unit time.Duration) time.Duration {
	return time.Duration(min(n*float64(unit), float64(longestWait)))
}
