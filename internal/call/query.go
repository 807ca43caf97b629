package call

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// BadQuery names a parameter of an encoded query whose name or value is not UTF-8.
func BadQuery(query string) (name string, isBad bool) {
	for pair := range strings.SplitSeq(query, "&") {
		if !strings.Contains(pair, "%") {
			continue
		}
		if text, err := url.QueryUnescape(pair); err == nil && !utf8.ValidString(text) {
			name, _, _ = strings.Cut(text, "=")
			return Printable(name), true
		}
	}
	return "", false
}

// Printable is a name with a question mark for what is not UTF-8.
func Printable(name string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError {
			return '?'
		}
		return r
	}, name)
}
