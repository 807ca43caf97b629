package decode

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"unicode/utf8"
)

// The functions here step over JSON text that nobody has checked yet, and check
// it. They take the index of a byte and return the index behind what they stepped
// over, or -1 where the text is not valid. An index of -1 may be handed on: it
// stays -1, so only the last of a row of steps has to be checked.

// at returns data[i], or 0 where i is out of range.
func at(data []byte, i int) byte {
	if uint(i) < uint(len(data)) {
		return data[i]
	}
	return 0
}

func skipSpace(data []byte, i int) int {
	for uint(i) < uint(len(data)) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\r' || data[i] == '\t') {
		i++
	}
	return i
}

func skipWord(data []byte, i int, word string) int {
	if i < 0 || len(data)-i < len(word) || string(data[i:i+len(word)]) != word {
		return -1
	}
	return i + len(word)
}

func skipDigits(data []byte, i int) int {
	start := i
	for at(data, i)-'0' <= 9 {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

func skipNumber(data []byte, i int) int {
	if at(data, i) == '-' {
		i++
	}
	if at(data, i) == '0' {
		i++
	} else if i = skipDigits(data, i); i < 0 {
		return -1
	}
	if at(data, i) == '.' {
		if i = skipDigits(data, i+1); i < 0 {
			return -1
		}
	}
	if at(data, i)|0x20 == 'e' {
		if i++; at(data, i) == '+' || at(data, i) == '-' {
			i++
		}
		return skipDigits(data, i)
	}
	return i
}

// special has the high bit of each byte set that is a quote, a backslash, a
// control character or not ASCII. Above the lowest one there may be false ones.
func special(x uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote, slash := x^ones*'"', x^ones*'\\'
	return ((x-ones*0x20)&^x | (quote-ones)&^quote | (slash-ones)&^slash | x) & highs
}

// form says why the bytes of a string are not what it means.
type form uint8

const (
	escaped form = 1 << iota
	brokenUTF8
)

// skipText steps over a string.
func skipText(data []byte, i int) (end int, f form) {
	if at(data, i) != '"' {
		return -1, 0
	}
	for i++; ; {
		for len(data)-i >= 8 {
			if m := special(binary.LittleEndian.Uint64(data[i:])); m != 0 {
				i += bits.TrailingZeros64(m) / 8
				break
			}
			i += 8
		}
		switch c := at(data, i); {
		case c == '"':
			return i + 1, f
		case c < ' ':
			return -1, 0
		case c == '\\':
			f |= escaped
			if i = skipEscape(data, i+1); i < 0 {
				return -1, 0
			}
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && size == 1 {
				f |= brokenUTF8
			}
			i += size
		default:
			i++
		}
	}
}

func skipEscape(data []byte, i int) int {
	switch at(data, i) {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		for n := 1; n <= 4; n++ {
			if c := at(data, i+n) | 0x20; at(data, i+n)-'0' > 9 && (c < 'a' || c > 'f') {
				return -1
			}
		}
		return i + 5
	}
	return -1
}

// skipValue steps over any value. It is too deep if more than depth levels are
// nested in it.
func skipValue(data []byte, i, depth int) (end int, tooDeep bool) {
	c := at(data, i)
	switch c {
	case '"':
		end, _ = skipText(data, i)
		return end, false
	case 't':
		return skipWord(data, i, "true"), false
	case 'f':
		return skipWord(data, i, "false"), false
	case 'n':
		return skipWord(data, i, "null"), false
	case '{', '[':
	default:
		return skipNumber(data, i), false
	}
	if depth <= 0 {
		return -1, true
	}
	closing := c + 2 // in ASCII
	i, more := firstIn(data, i, closing)
	for more {
		if c == '{' {
			if _, i = skipName(data, i); i < 0 {
				return -1, false
			}
		}
		if i, tooDeep = skipValue(data, i, depth-1); i < 0 {
			return -1, tooDeep
		}
		i, more = nextIn(data, i, closing)
	}
	return i, false
}

// skipName steps over a member's name and colon. It returns the end of the
// quoted name and the start of the value.
func skipName(data []byte, i int) (end, value int) {
	end, _ = skipText(data, i)
	if end < 0 {
		return -1, -1
	}
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
// handed to it counts as escaping, and with the data the decoder would.
func unquote(quoted []byte) (name string, ok bool) {
	if inner := quoted[1 : len(quoted)-1]; plain(inner) {
		return string(inner), true
	}
	var s string
	err := json.Unmarshal(bytes.Clone(quoted), &s)
	return s, err == nil
}

// firstIn steps into the object or list that opens at i and ends with closing. It
// returns the start of its first member or item, or false and the index behind it
// where it has none.
func firstIn(data []byte, i int, closing byte) (next int, ok bool) {
	if i = skipSpace(data, i+1); at(data, i) == closing {
		return i + 1, false
	}
	return i, true
}

// nextIn is firstIn for what follows the member or item that ends at i.
func nextIn(data []byte, i int, closing byte) (next int, ok bool) {
	if i < 0 {
		return -1, false
	}
	switch i = skipSpace(data, i); at(data, i) {
	case ',':
		return skipSpace(data, i+1), true
	case closing:
		return i + 1, false
	}
	return -1, false
}

// errSyntax means that the data is no JSON object.
var errSyntax = &Error{Problem: "is not a JSON object"}

// each calls f for every member of the object in data until f returns false.
// member is the whole member, value its value; both are parts of data and cannot
// grow into it.
func each(data []byte, f func(name string, member, value []byte) bool) error {
	i := skipSpace(data, 0)
	if at(data, i) != '{' {
		return errSyntax
	}
	i, more := firstIn(data, i, '}')
	for more {
		nameEnd, from := skipName(data, i)
		if from < 0 {
			return errSyntax
		}
		end, _ := skipValue(data, from, maxDepth)
		name, valid := unquote(data[i:nameEnd])
		if end < 0 || !valid {
			return errSyntax
		}
		if !f(name, data[i:end:end], data[from:end:end]) {
			return nil
		}
		i, more = nextIn(data, end, '}')
	}
	if i < 0 || skipSpace(data, i) < len(data) {
		return errSyntax
	}
	return nil
}
