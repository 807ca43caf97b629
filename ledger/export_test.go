package ledger

import "time"

// Time begins in 2000 in most tests, and their payments are of November 2026.
func init() {
	defaultClock = func() time.Time { return time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC) }
}
