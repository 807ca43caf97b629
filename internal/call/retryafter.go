package call

import (
	"net/http"
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
	if wait, ok := duration(ms, "ms"); ok {
		return wait, false
	}
	if wait, ok := duration(seconds, "s"); ok {
		return wait, false
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

// duration reads digits, which may have a decimal point, of a unit.
func duration(digits, unit string) (wait time.Duration, ok bool) {
	isNumber := strings.Trim(digits, "0123456789.") == "" && strings.Trim(digits, ".") != "" // no sign, no exponent, no "inf"
	if !isNumber || strings.Count(digits, ".") > 1 {
		return 0, false
	}
	wait, err := time.ParseDuration(digits + unit)
	if err != nil { // more than a duration holds
		return longestWait, true
	}
	return min(wait, longestWait), true
}
