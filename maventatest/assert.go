package maventatest

import (
	"slices"
	"strings"
	"testing"
)

// AssertExactlyOnce fails the test unless the sender has added exactly one event
// of a type and amount to an assignment; an empty amount stands for none. Events
// of the agency do not count, however alike.
func (s *Server) AssertExactlyOnce(tb testing.TB, assignmentID, eventType, amount string) bool {
	tb.Helper()
	a, ok := s.Assignment(assignmentID)
	if !ok {
		tb.Errorf("maventatest: no assignment %q", assignmentID)
		return false
	}
	want := amount
	if c, err := parseCents(amount); err == nil {
		want = c.String()
	}
	n := 0
	for _, e := range a.Events {
		if e.Author == authorSender && e.Type == eventType && e.Amount == want {
			n++
		}
	}
	if n == 1 {
		return true
	}
	tb.Errorf("maventatest: the sender added %d events %q of amount %q, want exactly one; the assignment has:%s",
		n, eventType, want, describe(a.Events))
	return false
}

// AssertEvents fails the test unless the events of an assignment are these, in
// this order. Each is written as author, type and, if it has one, amount:
// "sender paid 124.00", "agency close".
func (s *Server) AssertEvents(tb testing.TB, assignmentID string, want ...string) bool {
	tb.Helper()
	a, ok := s.Assignment(assignmentID)
	if !ok {
		tb.Errorf("maventatest: no assignment %q", assignmentID)
		return false
	}
	var got []string
	for _, e := range a.Events {
		got = append(got, e.String())
	}
	if slices.Equal(got, want) {
		return true
	}
	tb.Errorf("maventatest: events are:%s\nwant:\n\t%s", describe(a.Events), strings.Join(want, "\n\t"))
	return false
}

// String is the event as [Server.AssertEvents] writes it.
func (e Event) String() string {
	return strings.TrimSpace(e.Author + " " + e.Type + " " + e.Amount)
}

func describe(events []Event) string {
	if len(events) == 0 {
		return "\n\tnone"
	}
	var b strings.Builder
	for _, e := range events {
		b.WriteString("\n\t" + e.String())
	}
	return b.String()
}
