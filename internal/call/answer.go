package call

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
)

// SaysNothing reports whether a body is one that the service may send where it
// has nothing to say. A list, null and a word are not.
func SaysNothing(body []byte) bool {
	switch {
	case len(body) == 0, string(body) == "true":
		return true
	}
	return body[0] == '{' && len(bytes.TrimSpace(body[1:])) == 1 && body[len(body)-1] == '}'
}

// Disproves reports whether a body is an object that tells of an error, as
// gateways send it with any status: it has error or errors, a fault or an
// exception, the status of an error (with a title or detail whatever it is), or the
// code and message of AX. To a write success: false and a status "error" tell it,
// too. What out declares is no sign. Names count in whatever letters and escapes,
// and of a member given twice each one counts, since who reads it decides for one.
func Disproves(body []byte, out any, isWrite bool) bool {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) // a byte order mark, as some gateways write it
	if len(body) == 0 || body[0] != '{' {
		return false
	}
	t := structOf(out)
	isWrite = isWrite && (out == nil || t != nil) // a map declares every member
	var code, message, described, isStatus, found bool
	eachMember(body, func(quoted, value []byte) bool {
		name := signName(quoted)
		if name == "" || string(value) == "null" {
			return true
		}
		tells := false
		switch name {
		case "code":
			code = code || string(value) != "false"
		case "message":
			message = message || string(value) != "false"
		case "title", "detail":
			described = described || string(value) != "false" && !declares(t, name)
		case "success", "ok":
			tells = isWrite && isNo(value)
		case "status", "statuscode", "httpstatus":
			isNumber, isError, isWord := statusOf(value)
			tells = isError || isWord && isWrite
			isStatus = isStatus || isNumber
		default:
			tells = tellsError(name, value)
		}
		found = found || tells && !declares(t, name)
		return true
	})
	return found || described && isStatus || code && message && !declares(t, "code") && !declares(t, "message")
}

// structOf is the struct that out points to, nil for anything else.
func structOf(out any) reflect.Type {
	if t := reflect.TypeOf(out); t != nil && t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct {
		return t.Elem()
	}
	return nil
}

// declares reports whether a struct has a member with a plain name.
func declares(t reflect.Type, name string) bool {
	if t == nil {
		return false
	}
	for f := range t.Fields() {
		if f.Anonymous && f.Type.Kind() == reflect.Struct && declares(f.Type, name) {
			return true
		}
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag != "" && PlainName(tag) == name {
			return true
		}
	}
	return false
}

// signName is a quoted name as a plain one, if it is of those that may tell of an
// error; else "". For the usual name it allocates nothing.
func signName(quoted []byte) string {
	if len(quoted) > 3 && !mayBeSign(quoted[1]|0x20, quoted[2]|0x20) {
		return ""
	}
	var plain [32]byte
	n := 0
	for _, c := range quoted[1 : len(quoted)-1] {
		switch {
		case c == '\\' || c >= 0x80:
			var text string
			if json.Unmarshal(quoted, &text) != nil {
				return ""
			}
			return signIn([]byte(PlainName(text)))
		case c == '_' || c == '-' || c == ' ' || c == '.':
			continue
		case 'A' <= c && c <= 'Z':
			c |= 0x20
		}
		if n < len(plain) { // no sign is longer, but for its tail
			plain[n] = c
			n++
		}
	}
	return signIn(plain[:n])
}

// mayBeSign reports whether a name that begins with two letters, taken as small ones,
// may be a sign. What is no letter may be left out, or be written as an escape.
func mayBeSign(first, second byte) bool {
	if first < 'a' || first > 'z' || second < 'a' || second > 'z' {
		return true
	}
	switch string([]byte{first, second}) {
	case "co", "me", "ti", "de", "su", "ok", "st", "ht", "er", "fa", "ex":
		return true
	}
	return false
}

func signIn(plain []byte) string {
	for _, name := range [...]string{"code", "message", "title", "detail", "success", "ok", "status", "statuscode", "httpstatus"} {
		if string(plain) == name {
			return name
		}
	}
	if hard, soft := isErrorName(string(plain)); hard || soft {
		return string(plain)
	}
	return ""
}

// eachMember calls f for each member of the object that text begins with, until it
// returns false or the text is no JSON. It is no check of the text.
func eachMember(text []byte, f func(quoted, value []byte) bool) {
	i := behindSpace(text, 1)
	for i < len(text) && text[i] == '"' {
		start := i
		i = behindText(text, i)
		quoted := text[start:i]
		if i = behindSpace(text, i); i >= len(text) || text[i] != ':' {
			return
		}
		start = behindSpace(text, i+1)
		i = behindValue(text, start)
		if i == start || !f(quoted, text[start:i]) {
			return
		}
		if i = behindSpace(text, i); i >= len(text) || text[i] != ',' {
			return
		}
		i = behindSpace(text, i+1)
	}
}

func behindSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t') {
		i++
	}
	return i
}

// behindText is the place behind the quoted text that begins at i.
func behindText(text []byte, i int) int {
	for i++; i < len(text); {
		n := bytes.IndexByte(text[i:], '"')
		if n < 0 {
			break
		}
		end, slash := i+n, i+n
		for slash > i && text[slash-1] == '\\' {
			slash--
		}
		i = end + 1
		if (end-slash)%2 == 0 { // not escaped
			return i
		}
	}
	return len(text)
}

// behindValue is the place behind the value that begins at i.
func behindValue(text []byte, i int) int {
	for depth := 0; i < len(text); {
		switch text[i] {
		case '"':
			i = behindText(text, i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
			i++
		case ',', ' ', '\n', '\r', '\t':
			if depth == 0 {
				return i
			}
			i++
			continue
		default:
			i++
			continue
		}
		if depth == 0 {
			return i
		}
	}
	return len(text)
}

// IsRefusal reports whether a body is one that an API refuses with: an object, and
// if coded one in AX's documented shape of code, message and details, of which the
// Swagger file requires none; but without a code it could be anybody's.
func IsRefusal(coded bool, body []byte) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil || members == nil {
		return false
	}
	if !coded {
		return true
	}
	var code, message string
	return json.Unmarshal(members["code"], &code) == nil && code != "" &&
		(members["message"] == nil || json.Unmarshal(members["message"], &message) == nil)
}

// IsHTML reports whether an answer is a page for people.
func IsHTML(header http.Header, body []byte) bool {
	trimmed := bytes.TrimSpace(body)
	if len(trimmed) == 0 || trimmed[0] == '<' {
		return len(trimmed) > 0
	}
	kind := strings.ToLower(header.Get("Content-Type"))
	return strings.HasPrefix(kind, "text/html") && !json.Valid(body)
}
