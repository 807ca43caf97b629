package maventa

import (
	"strings"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// echoes returns a function that hides, in a text from the server, what was in the
// request: a server that quotes a wrong name or account number back must not put it
// into the caller's logs.
func echoes(b *built) func(string) string {
	var values []string
	if b.op.PersonalTarget {
		values = append(values, b.ids...)
	}
	values = append(values, call.Texts(b.fields(), isWord)...)
	for _, filters := range b.url.Query() {
		for _, v := range filters {
			values = append(values, call.Lines(v, isWord)...)
		}
	}
	return call.Hide(values, redacted)
}

// fields is what the body says, as JSON. The files of a form are not in it.
func (b *built) fields() []byte {
	if f, ok := b.body.(multipartForm); ok {
		return f.values()
	}
	return b.json
}

// isWord reports whether s is one of the API's own values, such as credit_note
// or 2026-11-22, which may be shown.
func isWord(s string) bool {
	if _, err := ParseDate(s); err == nil {
		return true
	}
	if strings.Trim(s, "0123456789") == "" && len(s) <= 4 { // a page number
		return true
	}
	return operation.IsWord(s)
}
