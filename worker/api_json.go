package worker

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
)

// decodeStrict reads one JSON value. A member that v does not have is an error, since it
// may be a misspelt one; so is one that is there twice. The error matches
// maventa.ErrValidation and names the member.
func decodeStrict(text []byte, v any) error {
	check := leaves{Decoder: json.NewDecoder(strings.NewReader(string(text)))}
	check.UseNumber()
	if err := check.value("", "", 0); err != nil {
		return notJSON(err)
	}
	if len(check.wrong) > 0 {
		return invalid(check.wrong...)
	}
	return decodeKnown(text, v)
}

// decodeKnown is decodeStrict without a look at the values.
func decodeKnown(text []byte, v any) error {
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return notJSON(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return invalid(maventa.FieldProblem{Field: "body", Problem: "has more than one JSON value"})
	}
	return nil
}

// notJSON is an error of package json, with the member that it names.
func notJSON(err error) error {
	const unknown = "json: unknown field "
	if name, isUnknown := strings.CutPrefix(err.Error(), unknown); isUnknown {
		if plain, err := strconv.Unquote(name); err == nil {
			name = plain
		}
		return invalid(maventa.FieldProblem{Field: name, Problem: "is no member that is known here"})
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		name := strings.TrimPrefix(wrong.Field, "Entry.") // of a row, which embeds it
		if name == "" {
			name = "body"
		}
		return invalid(maventa.FieldProblem{Field: name, Problem: "must not be a JSON " + wrong.Value})
	}
	if errors.Is(err, io.EOF) {
		return invalid(maventa.FieldProblem{Field: "body", Problem: "is required: it is a JSON object"})
	}
	return invalid(maventa.FieldProblem{Field: "body", Problem: "is not JSON: " + err.Error()})
}

// leaves looks at each value of a JSON text, before it is decoded: what package json
// lets pass, or would say without a name.
type leaves struct {
	*json.Decoder

	wrong []maventa.FieldProblem
}

const mostDeep = 32

func (l *leaves) value(path, name string, depth int) error {
	token, err := l.Token()
	if err != nil {
		return err
	}
	switch v := token.(type) {
	case json.Delim:
		if depth > mostDeep {
			return errors.New("it is nested too deep")
		}
		return l.members(v, path, name, depth)
	case string:
		l.text(path, name, v)
	case json.Number:
		if name != "case" { // amounts among them: a number may have been a float on its way here
			l.refuse(path, `must be a JSON string, such as "12.50"`)
		}
	}
	return nil
}

func (l *leaves) members(open json.Delim, path, name string, depth int) error {
	seen := map[string]bool{}
	for i := 0; l.More(); i++ {
		if open == '[' {
			if err := l.value(path+"["+strconv.Itoa(i)+"]", name, depth+1); err != nil {
				return err
			}
			continue
		}
		token, err := l.Token()
		if err != nil {
			return err
		}
		member, _ := token.(string)
		at := strings.TrimPrefix(path+"."+member, ".")
		if lower := strings.ToLower(member); seen[lower] { // package json knows no case
			l.refuse(at, "is there twice")
		} else {
			seen[lower] = true
		}
		if err := l.value(at, member, depth+1); err != nil {
			return err
		}
	}
	_, err := l.Token()
	return err
}

func (l *leaves) text(path, name, v string) {
	_, isBadDay := maventa.ParseDate(v)
	switch {
	case strings.ContainsRune(v, 0), strings.ContainsRune(v, '\uFFFD'): // what is not UTF-8 is read as U+FFFD
		l.refuse(path, "must be UTF-8 without the characters U+0000 and U+FFFD")
	case name == "not_before":
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			l.refuse(path, `must be a time such as "2026-11-20T08:00:00Z"`)
		}
	case name == "date", name == "until", name == "known_until", strings.HasSuffix(name, "_date"):
		if isBadDay != nil {
			l.refuse(path, `must be a day such as "2026-11-20"`)
		}
	case strings.HasPrefix(path, "transfer.amounts."):
		if _, err := parseAmount(v); err != nil {
			l.refuse(path, `must be a decimal such as "12.50"`)
		}
	}
}

func (l *leaves) refuse(path, why string) {
	l.wrong = append(l.wrong, maventa.FieldProblem{Field: path, Problem: why})
}
