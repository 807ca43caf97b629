package ledger

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
)

// digestOf is a keyed hash of what a call sends: it shows equal from different
// without showing the contents. The key is environment and company; it is no
// secret, so whoever knows a body can recognize it.
//
// It is made of values, not of the JSON text: 50 and 50.00 are one amount, and
// another version of Go may write the same text with other escapes.
func (l *Ledger) digestOf(operation string, body []byte) (string, error) {
	values, err := canonical(body)
	if err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, []byte(l.c.Environment().Name+"\x00"+l.c.CompanyID()))
	for _, part := range []string{operation, string(values)} {
		_, _ = fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// canonical writes a JSON document so that equal values give equal bytes: texts
// decoded and with their length, members sorted, numbers and dates by value. A
// member given twice is an error.
func canonical(document []byte) ([]byte, error) {
	d := json.NewDecoder(strings.NewReader(string(document)))
	d.UseNumber()
	b, err := appendValue(nil, d, "")
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON document")
	}
	return b, nil
}

// appendValue appends the next value of d, which has a name if it is a member.
func appendValue(b []byte, d *json.Decoder, name string) ([]byte, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case nil:
		return append(b, 'n'), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case json.Number:
		return appendText(b, '#', number(v.String())), nil
	case string:
		kind, value := meant(name, v)
		return appendText(b, kind, value), nil
	case json.Delim:
		if v == '{' {
			return appendObject(b, d)
		}
		return appendArray(b, d)
	}
	return nil, fmt.Errorf("unknown JSON token %T", token)
}

func appendText(b []byte, kind byte, text string) []byte {
	b = strconv.AppendInt(append(b, kind), int64(len(text)), 10)
	return append(append(b, ':'), text...)
}

func appendArray(b []byte, d *json.Decoder) (_ []byte, err error) {
	b = append(b, '[')
	for d.More() {
		if b, err = appendValue(b, d, ""); err != nil {
			return nil, err
		}
	}
	_, err = d.Token()
	return append(b, ']'), err
}

func appendObject(b []byte, d *json.Decoder) ([]byte, error) {
	members := map[string][]byte{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string)
		if _, twice := members[name]; twice {
			return nil, errors.New("a member is given twice")
		}
		if members[name], err = appendValue(nil, d, name); err != nil {
			return nil, err
		}
	}
	b = append(b, '{')
	for _, name := range slices.Sorted(maps.Keys(members)) {
		b = append(appendText(b, '"', name), members[name]...)
	}
	_, err := d.Token()
	return append(b, '}'), err
}

// number is the shortest digits of a JSON number and its exponent: the same for
// 50, 50.00 and 5e1. An exponent that no computer holds stays as it is.
func number(text string) string {
	mantissa, power, _ := strings.Cut(strings.ToLower(text), "e")
	exponent := 0
	if power != "" {
		var err error
		if exponent, err = strconv.Atoi(power); err != nil {
			return text
		}
	}
	digits, isNegative := strings.CutPrefix(mantissa, "-")
	whole, decimals, _ := strings.Cut(digits, ".")
	digits = strings.TrimLeft(whole+decimals, "0")
	if digits == "" {
		return "0"
	}
	short := strings.TrimRight(digits, "0")
	exponent += len(digits) - len(short) - len(decimals)
	if isNegative {
		short = "-" + short
	}
	return short + "e" + strconv.Itoa(exponent)
}

// meant is what a text says: the day of a member that holds a date, which a caller's
// Extra may give with a time; the number of an amount that is written as a text; a
// UUID in small letters. Any other text is returned as it is.
func meant(name, text string) (kind byte, value string) {
	name = strings.ToLower(name)
	switch {
	case name == "until", strings.HasSuffix(name, "date"):
		day := text
		if len(day) > 10 && (day[10] == 'T' || day[10] == ' ') {
			day = day[:10]
		}
		if d, err := maventa.ParseDate(day); err == nil {
			return '"', d.String()
		}
	case strings.HasSuffix(name, "amount"):
		if _, err := maventa.ParseAmount(text); err == nil {
			return '#', number(text)
		}
	}
	return '"', call.CanonicalID(text)
}
