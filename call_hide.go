package maventa

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
)

// echoes returns a function that hides, in a text from the server, the token
// and what was in the request: a server that quotes a wrong name or account
// number back must not put it into the caller's logs.
func echoes(b *built, token Secret) func(string) string {
	values := []string{string(token)}
	if b.op.PersonalTarget {
		values = append(values, b.ids...)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			for line := range strings.Lines(v) {
				if line = strings.TrimSpace(line); len(line) >= 3 && !isWord(line) {
					values = append(values, line)
				}
			}
			if len(v) >= 3 && !isWord(v) {
				values = append(values, v)
			}
		case json.Number:
			if len(v) >= 6 && strings.Trim(string(v), "0123456789") == "" { // no amount
				values = append(values, string(v))
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	var sent any
	d := json.NewDecoder(bytes.NewReader(b.fields()))
	d.UseNumber()
	if d.Decode(&sent) == nil {
		walk(sent)
	}
	for _, filters := range b.url.Query() {
		for _, v := range filters {
			walk(v)
		}
	}
	return strings.NewReplacer(hidden(values)...).Replace
}

// fields is what the body says, as JSON. The files of a form are not in it.
func (b *built) fields() []byte {
	if f, ok := b.body.(multipartForm); ok {
		return f.values()
	}
	return b.json
}

// hidden pairs every form in which a text can come back with what stands for it.
func hidden(values []string) []string {
	var forms []string
	for _, v := range values {
		if v == "" {
			continue
		}
		forms = append(forms, v, url.QueryEscape(v), url.PathEscape(v))
		if quoted, err := json.Marshal(v); err == nil {
			forms = append(forms, string(quoted[1:len(quoted)-1]))
		}
		forms = append(forms, strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(v))
	}
	// Longer ones first: an address that begins with a name is hidden whole.
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, f := range slices.Compact(forms) {
		pairs = append(pairs, f, redacted)
	}
	return pairs
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
