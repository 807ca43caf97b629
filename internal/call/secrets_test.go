package call_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa/internal/call"
)

func TestSecrets(t *testing.T) {
	const (
		uuid = "0F1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
		odd  = `k/y+"&<\='%`
		jwt  = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
	)
	s := call.NewSecrets("[redacted]", uuid, odd, "abc", "")
	s.Add(jwt)
	quoted, err := json.Marshal(odd)
	assert.NoError(t, err)
	for text, want := range map[string]string{
		"":                                   "",
		"nothing of it":                      "nothing of it",
		uuid:                                 "[redacted]",
		"key " + uuid + ", " + uuid + "!":    "key [redacted], [redacted]!",
		strings.ToUpper(uuid):                "[redacted]",
		strings.ToLower(uuid):                "[redacted]",
		url.QueryEscape(odd) + "&x":          "[redacted]&x",
		url.PathEscape(odd):                  "[redacted]",
		strings.ToLower(url.PathEscape(odd)): "[redacted]",
		string(quoted):                       `"[redacted]"`,
		`k/y+&quot;&amp;&lt;\=&#39;%`:        "[redacted]",
		"Bearer " + jwt:                      "Bearer [redacted]",
		"Bearer " + jwt[:30] + "…":           "Bearer [redacted]…",
		"(" + jwt[:16] + ")":                 "([redacted])",
		"(" + jwt[:15] + ")":                 "(" + jwt[:15] + ")", // the beginning of every such token
		"x" + uuid[:20] + "-y":               "x[redacted]-y",
		"abc":                                "abc", // a secret of tests only
		uuid + jwt:                           "[redacted][redacted]",
		"[redacted]":                         "[redacted]",
	} {
		assert.Equal(t, want, s.Hide(text), text)
	}
	redacted := call.NewSecrets("[redacted]", "redacted")
	assert.Equal(t, "[[redacted]]", redacted.Hide("[redacted]"), "it ends")

	h := http.Header{"X-Request-Id": {"1", uuid}, "X-Other": {"2"}}
	clean := s.Header(h)
	assert.Equal(t, http.Header{"X-Request-Id": {"1", "[redacted]"}, "X-Other": {"2"}}, clean)
	assert.Equal(t, http.Header{"X-Request-Id": {"1", uuid}, "X-Other": {"2"}}, h, "it is not ours to change")
	assert.Nil(t, s.Header(nil))
	assert.Zero(t, testing.AllocsPerRun(10, func() { s.Header(clean) }))
}

// TestSecretsForget: tokens of days ago go, the keys stay.
func TestSecretsForget(t *testing.T) {
	s := call.NewSecrets("-", "the user's key", "the vendor's key")
	for i := range 100 {
		s.Add("token number " + strings.Repeat("x", i))
	}
	assert.Equal(t, "-", s.Hide("the user's key"))
	assert.Equal(t, "-", s.Hide("token number "+strings.Repeat("x", 99)))
	assert.Equal(t, "-", s.Hide("token number "+strings.Repeat("x", 84)))
	assert.Equal(t, "token number x", s.Hide("token number x"))
	s.Add("the user's key")
	assert.Equal(t, "token number", s.Hide("token number"))
}
