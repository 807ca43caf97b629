package call

import (
	"slices"
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
func MatchText[S ~string](want, got S) Match {
	if want == "" {
		return Matches
	}
	return MatchAny([]S{want}, got)
}

// MatchAny compares a field that the answer may lack with several values.
func MatchAny[S ~string](want []S, got S) Match {
	switch {
	case len(want) == 0, got != "" && slices.Contains(want, got):
		return Matches
	case got == "":
		return CannotTell
	}
	return Differs
}

// MatchID is MatchAny for ids, whose case does not matter.
func MatchID(want []string, got string) Match {
	if slices.ContainsFunc(want, func(id string) bool { return strings.EqualFold(id, got) }) {
		return Matches
	}
	return MatchAny(want, got)
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
