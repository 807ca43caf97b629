package call_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa/internal/call"
)

func TestNotCurrent(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		header http.Header
		want   string // "" if it is current
	}{
		{"plain", 200, nil, ""},
		{"nothing there", 204, nil, ""},
		{"absent", 404, nil, ""},
		{"fresh", 200, http.Header{"Age": {"0"}}, ""},
		{"just fetched", 200, http.Header{"Age": {"3"}}, ""},
		{"another warning", 200, http.Header{"Warning": {`299 - "deprecated"`}}, ""},
		{"older than the gap of two reads", 200, http.Header{"Age": {"5"}}, `its Age is "5"`},
		{"old", 200, http.Header{"Age": {"4000"}}, "Age"},
		{"old refusal", 404, http.Header{"Age": {"4000"}}, "Age"},
		{"two ages", 200, http.Header{"Age": {"0", "70"}}, "Age"},
		{"two ages in one", 200, http.Header{"Age": {"70, 0"}}, "Age"},
		{"age unreadable", 200, http.Header{"Age": {"old"}}, "Age"},
		{"age below zero", 200, http.Header{"Age": {"-1"}}, "Age"},
		{"stale", 200, http.Header{"Warning": {`110 cache "Response is Stale"`}}, "a cache says so"},
		{"not revalidated", 200, http.Header{"Warning": {`299 - "x", 111 cache "failed"`}}, "a cache says so"},
		{"by a proxy", 203, nil, "203"},
		{"a part", 206, nil, "206"},
		{"accepted", 202, nil, "202"},
	} {
		problem := call.NotCurrent(c.status, c.header)
		if c.want == "" {
			assert.Empty(t, problem, c.name)
		} else {
			assert.Contains(t, problem, c.want, c.name)
		}
	}
}
