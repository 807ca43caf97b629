package extra

import (
	"bytes"
	"encoding/json"
)

// The functions here step over JSON text that encoding/json has already
// accepted. They take the index of a byte and return the index behind what they
// stepped over, or -1 where the text is broken. An index of -1 may be handed on:
// it stays -1, so only the last of a row of steps has to be checked. They find
// the end of things and do not validate them.

// at returns data[i], or 0 where i is out of range.
func at(data []byte, i int) byte {
	if uint(i) < uint(len(data)) {
		return data[i]
	}
	return 0
}

func skipSpace(data []byte, i int) int {
	for uint(i) < uint(len(data)) && data[i] <= ' ' {
		i++
	}
	return i
}

func skipString(data []byte, i int) int {
	if at(data, i) != '"' {
		return -1
	}
	for end := i + 1; ; end++ {
		n := bytes.IndexByte(data[end:], '"')
		if n < 0 {
			return -1
		}
		end += n
		slash := end // an odd number of backslashes escapes the quote
		for data[slash-1] == '\\' {
			slash--
		}
		if (end-slash)%2 == 0 {
			return end + 1
		}
	}
}

// endsScalar holds the bytes that cannot be part of a number, true, false or null.
var endsScalar = [256]bool{
	' ': true, '\t': true, '\n': true, '\r': true, ',': true, ':': true,
	'"': true, '[': true, ']': true, '{': true, '}': true,
}

func skipValue(data []byte, i int) int {
	switch at(data, i) {
	case '"':
		return skipString(data, i)
	case '{', '[':
		return skipNested(data, i)
	}
	start := i
	for uint(i) < uint(len(data)) && !endsScalar[data[i]] {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

// skipNested counts brackets instead of calling itself: how deep a value that
// nobody asked for is nested must not matter.
func skipNested(data []byte, i int) int {
	for depth := 0; uint(i) < uint(len(data)); {
		switch data[i] {
		case '"':
			i = skipString(data, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		i++
		if depth == 0 {
			return i
		}
	}
	return -1
}

// skipName steps over a member's name and colon. It returns the end of the
// quoted name and the start of the value.
func skipName(data []byte, i int) (end, value int) {
	end = skipString(data, i)
	colon := skipSpace(data, end)
	if at(data, colon) != ':' {
		return -1, -1
	}
	return end, skipSpace(data, colon+1)
}

// plain tells whether a name is ASCII without escapes, so that its bytes are
// what it means.
func plain[T string | []byte](name T) bool {
	for i := 0; i < len(name); i++ {
		if c := name[i]; c == '\\' || c >= 0x80 {
			return false
		}
	}
	return true
}

// unquote returns what a quoted name means. Escapes and broken UTF-8 are left to
// encoding/json, so that both read them the same way. It gets a copy: what is
// handed to it counts as escaping, and with the data the collector would.
func unquote(quoted []byte) (name string, ok bool) {
	if inner := quoted[1 : len(quoted)-1]; plain(inner) {
		return string(inner), true
	}
	var s string
	err := json.Unmarshal(bytes.Clone(quoted), &s)
	return s, err == nil
}

// first steps into the object or array that opens at i and ends with closing. It
// returns the start of its first member or element, or false and the index
// behind it where it has none.
func first(data []byte, i int, closing byte) (next int, ok bool) {
	if i = skipSpace(data, i+1); at(data, i) == closing {
		return i + 1, false
	}
	return i, true
}

// more is first for what follows the member or element that ends at i.
func more(data []byte, i int, closing byte) (next int, ok bool) {
	switch i = skipSpace(data, i); at(data, i) {
	case ',':
		return skipSpace(data, i+1), true
	case closing:
		return i + 1, false
	}
	return -1, false
}

// each calls f for every member of the object in data until f returns false.
// member is the whole member, value its value; both are parts of data and cannot
// grow into it.
func each(data []byte, f func(name string, member, value []byte) bool) error {
	i := skipSpace(data, 0)
	if at(data, i) != '{' {
		return ErrSyntax
	}
	i, ok := first(data, i, '}')
	for ok {
		nameEnd, from := skipName(data, i)
		end := skipValue(data, from)
		if end < 0 {
			return ErrSyntax
		}
		name, valid := unquote(data[i:nameEnd])
		if !valid {
			return ErrSyntax
		}
		if !f(name, data[i:end:end], data[from:end:end]) {
			return nil
		}
		i, ok = more(data, end, '}')
	}
	if i < 0 || skipSpace(data, i) < len(data) {
		return ErrSyntax
	}
	return nil
}
