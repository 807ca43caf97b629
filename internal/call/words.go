package call

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// PlainName is a member's name as it is compared: in small letters, and without
// what parts its words. Letters are folded as encoding/json folds them.
func PlainName(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '_', '-', ' ', '.':
			return -1
		}
		return unicode.ToLower(unicode.ToUpper(r))
	}, name)
}

// word is a scalar as it is compared: a text without its quotes, in small letters.
func word(value []byte) string {
	if len(value) > 1 && value[0] == '"' {
		if !bytes.ContainsRune(value, '\\') {
			return strings.ToLower(strings.TrimSpace(string(value[1 : len(value)-1])))
		}
		var text string
		if json.Unmarshal(value, &text) == nil {
			return strings.ToLower(strings.TrimSpace(text))
		}
	}
	return string(value)
}

// whole reads a count by its value: 1, 1.0 and "1" are one.
func whole(text string) (n int, ok bool) {
	text = strings.TrimSpace(text)
	if i := strings.IndexByte(text, '.'); i > 0 && strings.Trim(text[i+1:], "0") == "" {
		text = text[:i]
	}
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// isNo and isYes read a flag. What is neither cannot be read.
func isNo(value []byte) bool {
	switch word(value) {
	case "false", "0", "0.0", "no", "n", "f", "off":
		return true
	}
	return false
}

func isYes(value []byte) bool {
	switch word(value) {
	case "true", "1", "1.0", "yes", "y", "t", "on":
		return true
	}
	return false
}

// isNothing reports whether a value says nothing.
func isNothing(value []byte) bool {
	switch string(value) {
	case "null", `""`, "{}", "[]":
		return true
	}
	return false
}

// statusOf reads a status: whether it is a number, alone or before its words, and
// then that of an error, or a word for an error.
func statusOf(value []byte) (isNumber, isError, isWord bool) {
	if len(value) > 1 && value[0] == '"' && !bytes.ContainsRune([]byte(`efdrubEFDRUB0123456789\ `), rune(value[1])) {
		return false, false, false // the usual one, at no cost
	}
	text := word(value)
	first, _, _ := strings.Cut(text, " ")
	if n, ok := whole(first); ok {
		return true, n >= 400, false
	}
	for _, begin := range [...]string{"error", "fail", "fault", "denied", "refused", "rejected", "forbidden", "unauthorized", "blocked"} {
		if strings.HasPrefix(text, begin) {
			return false, false, true
		}
	}
	return false, false, false
}

// isErrorName reports whether a plain name is that of an error or of its parts.
// soft are those that may be there without an error, and then say nothing or 0.
func isErrorName(name string) (hard, soft bool) {
	if name == "error" || name == "errors" {
		return true, false
	}
	return false, strings.HasPrefix(name, "error") || strings.HasPrefix(name, "fault") || strings.HasPrefix(name, "exception")
}

// tellsError reports whether a member that has a plain name tells of an error.
func tellsError(name string, value []byte) bool {
	hard, soft := isErrorName(name)
	switch {
	case hard:
		return string(value) != "null" && string(value) != "false"
	case soft:
		return !isNothing(value) && !isNo(value)
	}
	return false
}

// isErrorStatus reports whether a status is that of an error.
func isErrorStatus(value []byte) bool {
	_, isError, isWord := statusOf(value)
	return isError || isWord
}

// isFine reports whether a status is that of a success.
func isFine(value []byte) bool {
	return slices.Contains([]string{"ok", "success", "200", "true"}, word(value))
}
