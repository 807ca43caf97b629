package ledgermodel

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// line is one line of a world's trace.
type line struct {
	at   time.Duration
	key  string // of the entry that it is about; empty: of none
	text string
}

// violation is something that must not be.
type violation struct {
	key, text string
}

// rank puts what an error says behind what was done.
func (v violation) rank() int {
	if strings.HasPrefix(v.text, "no hint") {
		return 1
	}
	return 0
}

func (w *world) note(key, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, line{time.Since(w.start), key, fmt.Sprintf(format, args...)})
}

func (w *world) violate(key, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.violations = append(w.violations, violation{key, fmt.Sprintf(format, args...)})
}

// screen is how many lines a trace has at most.
const screen = 50

// report counts the requests, and fails the test if there are violations: with the
// first ones, how the first came about, and the command that runs the seed again.
func (w *world) report() {
	w.t.Helper()
	requests := w.srv.Requests()
	for _, r := range requests {
		if r.Op == addEvent || r.Op == toRopo {
			w.sent++
		}
	}
	if len(w.violations) == 0 {
		return
	}
	slices.SortStableFunc(w.violations, func(a, b violation) int { return a.rank() - b.rank() })
	first := w.violations[0]
	about := map[string]bool{"": true, first.key: true}
	for _, e := range w.entries {
		if e.key == first.key {
			for _, other := range w.entries {
				about[other.key] = about[other.key] || e.assignment != "" && other.assignment == e.assignment
			}
		}
	}
	lines := slices.Clone(w.lines)
	for _, r := range requests {
		isWrite := r.Op == addEvent || r.Op == toRopo
		if by := stampOf(&r); isWrite || r.Fault != "" && by.key == first.key {
			lines = append(lines, line{r.Time.Sub(w.start), by.key, fmt.Sprintf("%s: %s answered %d, committed %v %s %s", by.worker, r.Op, r.Status, r.Committed, r.EventID, r.Fault)})
		}
	}
	lines = slices.DeleteFunc(lines, func(l line) bool { return !about[l.key] })
	slices.SortStableFunc(lines, func(a, b line) int { return int(a.at - b.at) })
	var b strings.Builder
	for i, v := range w.violations[:min(len(w.violations), 5)] {
		fmt.Fprintf(&b, "\n  violation %d of %d: %s: %.300s", i+1, len(w.violations), v.key, v.text)
	}
	for _, l := range fit(lines) {
		fmt.Fprintf(&b, "\n  %10s %-9s %.200s", l.at.Round(time.Millisecond), l.key, l.text)
	}
	name := strings.SplitN(w.t.Name(), "/", 3)
	w.t.Errorf("seed %d; again: go test -run '%s' . -model.seeds=1 -model.from=%d%s",
		w.seed, strings.Join(name[:min(len(name), 2)], "/"), w.seed, b.String())
}

// fit cuts a trace to a screen: first what says that it is too early, then what is
// behind the beginning.
func fit(lines []line) []line {
	left := len(lines) - screen
	early := func(l line) bool {
		if left <= 0 || !strings.Contains(l.text, "may still arrive") {
			return false
		}
		left--
		return true
	}
	lines = slices.DeleteFunc(lines, early)
	if left <= 0 {
		return lines
	}
	const head = 12
	gap := line{lines[head].at, "", fmt.Sprintf("(%d lines left out)", left)}
	return append(append(slices.Clone(lines[:head]), gap), lines[head+left:]...)
}
