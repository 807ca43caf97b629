package decode

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Fields holds the members of one JSON object that its model has no field for,
// as they came over the wire. The zero value is empty and ready to use.
//
// It prints as a number of fields only, in fmt and in slog, because what it
// holds may be personal. fmt does not ask the value in three cases: with the
// verbs %p and %w, which are mistakes here, and for a struct that keeps a model
// in an unexported field. Then it shows all that the model holds, this included.
//
// Reading is safe from any number of goroutines; Set is not.
type Fields struct {
	raw string // the members as one JSON object; empty where there are none
	n   int    // how many
}

// Get returns the value of the member with that name. The name is compared
// exactly, after escapes were resolved. Where the object has it more than once,
// the last one counts, as in encoding/json. The result is the caller's own.
func (f Fields) Get(name string) (value json.RawMessage, ok bool) {
	for k, v := range f.All() {
		if k == name {
			value, ok = v, true
		}
	}
	return value, ok
}

// All ranges over the members in their order on the wire. A name that the
// object has twice comes twice. The values are the caller's own.
func (f Fields) All() iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		// An error ends the loop; there is none where the data was valid JSON.
		_ = each([]byte(f.raw), func(name string, _, value []byte) bool {
			return yield(name, value)
		})
	}
}

// Len returns the number of members; a name given twice counts twice.
func (f Fields) Len() int { return f.n }

// IsZero tells whether there is no member.
func (f Fields) IsZero() bool { return f.n == 0 }

// Set stores value, marshalled with encoding/json, under name and replaces what
// was there. Copies of f made before do not change. It fails where name or a text in
// value is not UTF-8, or value cannot be marshalled; the error repeats neither.
func (f *Fields) Set(name string, value any) error {
	if !utf8.ValidString(name) {
		return errors.New("the name of a member is not valid UTF-8")
	}
	key, err := json.Marshal(name)
	if err != nil {
		return errors.New("the name of a member cannot be marshalled")
	}
	var (
		e   encoder
		val []byte
	)
	val = e.value(nil, asAny, nil, reflect.ValueOf(&value).Elem())
	if e.problem != "" {
		return fmt.Errorf("a value of type %T %s", value, e.problem)
	}
	raw, n := []byte{'{'}, 1
	if !f.IsZero() {
		err = each([]byte(f.raw), func(k string, member, _ []byte) bool {
			if k != name {
				raw, n = append(append(raw, member...), ','), n+1
			}
			return true
		})
		if err != nil {
			return err
		}
	}
	raw = slices.Concat(raw, key, []byte{':'}, val, []byte{'}'})
	*f = Fields{raw: string(raw), n: n}
	return nil
}

// MarshalJSON returns the members as one JSON object, contents and all. The
// models never call it: their Extra fields are tagged json:"-".
func (f Fields) MarshalJSON() ([]byte, error) { return []byte(cmp.Or(f.raw, "{}")), nil }

// String returns the number of members only.
func (f Fields) String() string {
	if f.n == 1 {
		return "[1 field]"
	}
	return fmt.Sprintf("[%d fields]", f.n)
}

// Format writes [Fields.String], whatever the verb.
func (f Fields) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, f.String()) }

// LogValue is [Fields.String].
func (f Fields) LogValue() slog.Value { return slog.StringValue(f.String()) }

// join copies n members of data into fresh Fields: one allocation, which does
// not keep data alive.
func join(data []byte, members []span, n int) Fields {
	if n == 0 {
		return Fields{}
	}
	size := len(members) + 1
	for _, m := range members {
		size += m.end - m.start
	}
	var b strings.Builder
	b.Grow(size)
	before := byte('{')
	for _, m := range members {
		b.WriteByte(before)
		b.Write(data[m.start:m.end])
		before = ','
	}
	b.WriteByte('}')
	return Fields{raw: b.String(), n: n}
}

// Merge returns the JSON object obj with the members of f: a member of obj whose
// name f has too is left out, the members of f follow at the end. Names are
// compared exactly. Where f has a name twice, the last one counts. obj itself is
// not changed, and is what comes back where f is empty.
func Merge(obj []byte, f Fields) ([]byte, error) {
	if f.IsZero() {
		return obj, nil
	}
	raw, own := []byte(f.raw), map[string][]byte{}
	err := each(raw, func(name string, member, _ []byte) bool {
		own[name] = member
		return true
	})
	if err != nil {
		return nil, err
	}
	out := append(make([]byte, 0, len(obj)+len(raw)), '{')
	err = each(obj, func(name string, member, _ []byte) bool {
		if _, ok := own[name]; !ok {
			out = append(append(out, member...), ',')
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	_ = each(raw, func(name string, _, _ []byte) bool {
		if member, ok := own[name]; ok {
			out = append(append(out, member...), ',')
			delete(own, name)
		}
		return true
	})
	out[len(out)-1] = '}' // f is not empty, so a comma stands there
	return out, nil
}
