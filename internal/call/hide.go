package call

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Texts returns the texts in a JSON value that an answer must not quote back, and
// their lines: names, account numbers. Those that isWord knows may be quoted.
func Texts(body []byte, isWord func(string) bool) []string {
	var values []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			values = append(values, Lines(v, isWord)...)
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
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&sent) == nil {
		walk(sent)
	}
	return values
}

// Lines returns a text and its lines, without those that isWord knows.
func Lines(text string, isWord func(string) bool) []string {
	var values []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) >= 3 && !isWord(line) {
			values = append(values, line)
		}
	}
	if len(text) >= 3 && !isWord(text) {
		values = append(values, text)
	}
	return values
}

// Hide returns a function that puts redacted in the place of values, in every form
// in which they can come back.
func Hide(values []string, redacted string) func(string) string {
	var forms []string
	for _, v := range values {
		if v == "" {
			continue
		}
		forms = append(forms, formsOf(v)...)
	}
	// Longer ones first: an address that begins with a name is hidden whole.
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, f := range slices.Compact(forms) {
		pairs = append(pairs, f, redacted)
	}
	return strings.NewReplacer(pairs...).Replace
}

// HideUserInfo puts redacted in the place of what may be a password in the addresses
// of a text.
func HideUserInfo(text, redacted string) string {
	parts := strings.Split(text, "://")
	for i, part := range parts[1:] {
		end := strings.IndexAny(part, "/?# \t\r\n\"'")
		if end < 0 {
			end = len(part)
		}
		if at := strings.LastIndexByte(part[:end], '@'); at >= 0 {
			parts[i+1] = redacted + part[at:]
		}
	}
	return strings.Join(parts, "://")
}
