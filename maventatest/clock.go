package maventatest

import (
	"sync"
	"time"
)

// defaultToday is the day on which a story starts.
const defaultToday = "2026-11-02"

// newClock sets the calendar to a day, or to the default one. That one never
// lies ahead of time.Now, which in a testing/synctest bubble begins in the year
// 2000: a client that compares a due date with its own clock finds the same days
// in the past.
func newClock(today string) (*Clock, error) {
	day := today
	if day == "" {
		day = defaultToday
	}
	start, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil, err
	}
	start = start.Add(10 * time.Hour)
	if now := time.Now().UTC().Truncate(time.Second); today == "" && now.Before(start) {
		start = now
	}
	return &Clock{now: start, start: start}, nil
}

// Clock is the calendar of the story: due dates, the days a KYC takes, the end
// of the v1 transfer, the times on assignments and events. It stands still until
// the test moves it, so that a story reads the same on every day of the year. Only
// events have each a time of its own, a second after the one before: what was
// written later can be seen.
//
// What a client waits for in seconds runs on time.Now instead: the life of a
// token and the lags of [Lags]. In a testing/synctest bubble that is the
// bubble's time.
type Clock struct {
	mu    sync.Mutex
	now   time.Time
	start time.Time
}

func (c *Clock) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.start
}

// Now is the story's time, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Today is the story's date as YYYY-MM-DD.
func (c *Clock) Today() string { return c.Day(0) }

// Day is the date n days after today (before it, where n is negative) as
// YYYY-MM-DD.
func (c *Clock) Day(n int) string {
	return c.Now().AddDate(0, 0, n).Format(time.DateOnly)
}

// Advance moves the story on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// AdvanceDays moves the story on by whole days.
func (c *Clock) AdvanceDays(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.AddDate(0, 0, n)
}

// AdvanceTo moves the story to a date, YYYY-MM-DD, at the same time of day.
// A date that is not one, or lies in the past, changes nothing and is reported.
func (c *Clock) AdvanceTo(day string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return false
	}
	t = t.Add(c.now.Sub(c.now.Truncate(24 * time.Hour)))
	if t.Before(c.now) {
		return false
	}
	c.now = t
	return true
}

// daysBetween counts the days from one date to a later one.
func daysBetween(from, to string) int {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	if errA != nil || errB != nil {
		return 0
	}
	return int(b.Sub(a) / (24 * time.Hour))
}

// isDate reports whether text is a date as YYYY-MM-DD.
func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// dayAfter is the date n days after a date.
func dayAfter(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

// now is the story's time as it stands in answers.
func (s *Server) now() time.Time { return s.clock.Now() }
