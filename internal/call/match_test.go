package call_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa/internal/call"
)

func TestMatch(t *testing.T) {
	one, two, three := time.Unix(1, 0), time.Unix(2, 0), time.Unix(3, 0)
	for _, c := range []struct {
		name      string
		want, got call.Match
	}{
		{"no text asked for", call.Matches, call.MatchText("", "a")},
		{"text", call.Matches, call.MatchText("a", "a")},
		{"another text", call.Differs, call.MatchText("a", "A")},
		{"no text there", call.CannotTell, call.MatchText("a", "")},
		{"none asked for", call.Matches, call.MatchAny(nil, "a")},
		{"one of several", call.Matches, call.MatchAny([]string{"a", "b"}, "b")},
		{"none of several", call.Differs, call.MatchAny([]string{"a", "b"}, "c")},
		{"nothing there", call.CannotTell, call.MatchAny([]string{"a", ""}, "")},
		{"only empty ones asked for", call.Matches, call.MatchAny([]string{""}, "c")},
		{"no empty id asked for", call.CannotTell, call.MatchID([]string{"", "x"}, "")},
		{"id in another case", call.Matches, call.MatchID([]string{"x", "AB"}, "ab")},
		{"another id", call.Differs, call.MatchID([]string{"x"}, "ab")},
		{"no id there", call.CannotTell, call.MatchID([]string{"x"}, "")},
		{"part in another case", call.Matches, call.MatchPart("OY", "Velallinen Oy")},
		{"another part", call.Differs, call.MatchPart("AB", "Velallinen Oy")},
		{"no part there", call.CannotTell, call.MatchPart("AB", "")},
		{"no time asked for", call.Matches, call.MatchTime(time.Time{}, time.Time{}, two)},
		{"first instant", call.Matches, call.MatchTime(two, three, two)},
		{"last instant", call.Matches, call.MatchTime(one, two, two)},
		{"too early", call.Differs, call.MatchTime(two, time.Time{}, one)},
		{"too late", call.Differs, call.MatchTime(time.Time{}, two, three)},
		{"no time there", call.CannotTell, call.MatchTime(one, time.Time{}, time.Time{})},
		{"all", call.Matches, call.Matches.And(call.Matches)},
		{"one differs", call.Differs, call.CannotTell.And(call.Differs)},
		{"one differs first", call.Differs, call.Differs.And(call.Matches)},
		{"one cannot tell", call.CannotTell, call.Matches.And(call.CannotTell)},
	} {
		assert.Equal(t, c.want, c.got, c.name)
	}
}
