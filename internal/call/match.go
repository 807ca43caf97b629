package call

import (
	"strings"
	"time"
)

// Match says whether an item obeys a filter. The numbers are those of
// maventa.FilterCheck, which imports this package.
type Match uint8

// Answers, from good to bad.
const (
	Matches    Match = iota + 1
	Differs          // the item is not what was asked for
	CannotTell       // the item lacks the field
)

// And combines the answers of several filters.
func (m Match) And(other Match) Match {
	if m == Differs || other == Differs {
		return Differs
	}
	return max(m, other)
}

// MatchText compares a field that the answer may lack.
func MatchText[S ~string](want, got S) Match { return MatchAny([]S{want}, got) }

// MatchAny compares a field that the answer may lack with several values. Empty
// ones are not sent, so they do not count here either.
func MatchAny[S ~string](want []S, got S) Match {
	return matchAny(want, got, func(w S) bool { return w == got })
}

// MatchID is MatchAny for ids, whose case does not matter.
func MatchID(want []string, got string) Match {
	return matchAny(want, got, func(w string) bool { return strings.EqualFold(w, got) })
}

func matchAny[S ~string](want []S, got S, same func(S) bool) Match {
	m := Matches
	for _, w := range want {
		switch {
		case w == "":
			continue
		case same(w):
			return Matches
		}
		m = Differs
	}
	if m == Differs && got == "" {
		return CannotTell
	}
	return m
}

// MatchTime compares an instant that the answer may lack with a range whose ends
// are included.
func MatchTime(from, to, got time.Time) Match {
	switch {
	case from.IsZero() && to.IsZero():
		return Matches
	case got.IsZero():
		return CannotTell
	case !from.IsZero() && got.Before(from), !to.IsZero() && got.After(to):
		return Differs
	}
	return Matches
}

// MatchPart looks for want in a text that the answer may lack, in either case.
func MatchPart(want, got string) Match {
	switch {
	case got == "":
		return CannotTell
	case strings.Contains(strings.ToLower(got), strings.ToLower(want)):
		return Matches
	}
	return Differs
}
