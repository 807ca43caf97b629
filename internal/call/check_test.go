package call_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa/internal/call"
)

func TestProblems(t *testing.T) {
	const unknown = `has a value this package does not know: "KING" (maventa.Unchecked sends it anyway)`
	for _, c := range []struct {
		name  string
		check func(*call.Problems)
		want  string // "" if nothing is wrong
	}{
		{"required", func(p *call.Problems) { p.Required("f", " x ") }, ""},
		{"required blank", func(p *call.Problems) { p.Required("f", " \t") }, "is required"},
		{"enum", func(p *call.Problems) { p.Enum("f", "ADMIN", true) }, ""},
		{"enum empty", func(p *call.Problems) { p.Enum("f", "", false) }, "is required"},
		{"enum unknown", func(p *call.Problems) { p.Enum("f", "KING", false) }, unknown},
		{"enum unchecked", func(p *call.Problems) { p.Unchecked = true; p.Enum("f", "KING", false) }, ""},
		{"one of", func(p *call.Problems) { p.OneOf("f", "B", "A", "B") }, ""},
		{"one of nothing", func(p *call.Problems) { p.OneOf("f", "", "A", "B") }, ""},
		{"one of others", func(p *call.Problems) { p.OneOf("f", "KING", "A", "B") }, unknown},
		{"one of two words", func(p *call.Problems) { p.OneOf("f", "A B", "A", "B") }, strings.Replace(unknown, "KING", "A B", 1)},
		{"at most", func(p *call.Problems) { p.AtMost("f", "ääää", 4) }, ""},
		{"at most, longer", func(p *call.Problems) { p.AtMost("f", "ääää", 3) }, "has more than 3 characters"},
		{"batch", func(p *call.Problems) { p.Batch("f", []string{"1", "2"}, 2) }, ""},
		{"batch empty", func(p *call.Problems) { p.Batch("f", nil, 2) }, "is required"},
		{"batch too long", func(p *call.Problems) { p.Batch("f", []string{"1", "2", "3"}, 2) }, "holds too many values: split it"},
		{"batch with a hole", func(p *call.Problems) { p.Batch("f", []string{"1", ""}, 2) }, "is required"},
		{"country", func(p *call.Problems) { p.Country("f", "FI") }, ""},
		{"country in small letters", func(p *call.Problems) { p.Country("f", "fi") }, "must be two capital letters (ISO 3166-1)"},
		{"country's name", func(p *call.Problems) { p.Country("f", "FIN") }, "must be two capital letters (ISO 3166-1)"},
		{"file name", func(p *call.Problems) { p.Filename("f", "lasku ä.xml") }, ""},
		{"no file name", func(p *call.Problems) { p.Filename("f", "") }, "is required"},
		{"file name with a path", func(p *call.Problems) { p.Filename("f", "../x") }, "must be a plain file name of at most 255 bytes"},
		{"file name with a line", func(p *call.Problems) { p.Filename("f", "a\nb") }, "must be a plain file name of at most 255 bytes"},
		{"file name too long", func(p *call.Problems) { p.Filename("f", strings.Repeat("x", 256)) }, "must be a plain file name of at most 255 bytes"},
		{"https", func(p *call.Problems) { p.HTTPS("f", "https://erp.example/x") }, ""},
		{"loopback", func(p *call.Problems) { p.HTTPS("f", "http://127.1.2.3:80/x") }, ""},
		{"localhost", func(p *call.Problems) { p.HTTPS("f", "http://localhost/x") }, ""},
		{"loopback of IPv6", func(p *call.Problems) { p.HTTPS("f", "http://[::1]/x") }, ""},
		{"http", func(p *call.Problems) { p.HTTPS("f", "http://erp.example/x") }, "must be an https URL"},
		{"no host", func(p *call.Problems) { p.HTTPS("f", "https:///x") }, "must be an https URL"},
		{"another scheme", func(p *call.Problems) { p.HTTPS("f", "ftp://localhost/x") }, "must be an https URL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &call.Problems{}
			c.check(p)
			if c.want == "" {
				assert.Empty(t, p.List)
				return
			}
			assert.Equal(t, []call.Problem{{Field: "f", Problem: c.want}}, p.List)
		})
	}
	p := &call.Problems{}
	p.Warn("f", "may be refused")
	assert.Empty(t, p.List)
	assert.Equal(t, []call.Problem{{Field: "f", Problem: "may be refused"}}, p.Warnings)
}

func TestIDProblem(t *testing.T) {
	reserved := []string{"overview"}
	for id, want := range map[string]string{
		"as-1": "", "overview.": "", "ä;x": "", strings.Repeat("x", 200): "",
		"":                       "is empty",
		strings.Repeat("x", 201): "is longer than 200 bytes",
		".":                      "is a dot segment",
		"..":                     "is a dot segment",
		"overview":               `names another call: "overview"`,
		"\xff":                   "is not UTF-8",
		"a/b":                    "holds a slash, a percent sign or a control character",
		`a\b`:                    "holds a slash, a percent sign or a control character",
		"a%2fb":                  "holds a slash, a percent sign or a control character",
		"a\x00":                  "holds a slash, a percent sign or a control character",
		"a\u2028":                "holds a slash, a percent sign or a control character",
	} {
		assert.Equal(t, want, call.IDProblem(id, reserved), "%q", id)
	}
}

func TestQuoteCut(t *testing.T) {
	assert.Equal(t, `"a\n"`, call.QuoteCut("a\n", 2))
	assert.Equal(t, `"ab"…`, call.QuoteCut("abc", 2))
	assert.Equal(t, "a", call.Cut("aä", 2), "no half character")
}
