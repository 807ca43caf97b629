// Package decode reads the answers of the service into models, in one pass over
// the bytes, and keeps what the models do not know.
//
// It exists since encoding/json drops unknown members, takes the last of two
// members of one name, and gives up on the whole answer for one value of another
// type. Doing all of that on top of encoding/json takes three more passes. This
// package costs about 500 lines, which the tests hold against encoding/json: what
// that one accepts plainly gives the same values here. Types that decode
// themselves, maps, floats and interfaces are still encoding/json's work.
package decode

import (
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
)

// Error says what is wrong with an answer, without any value of it. Path names
// the item and field, such as [3].sum; it is empty if the answer is no JSON.
type Error struct{ Path, Problem string }

func (e *Error) Error() string { return strings.TrimSpace(e.Path + " " + e.Problem) }

// maxDepth bounds how deep objects and lists are nested: no answer of the service
// comes near it.
const maxDepth = 500

// Decode reads JSON into the value that v points to, which is set anew. Members
// are matched with fields as encoding/json does. Otherwise:
//
//   - An unknown member goes to the Extra of the struct it stands in, raw.
//   - So does a value that does not fit its field, which stays zero; null does not
//     count. In a field that must be read (an id, or one with the tag
//     decode:"must"), in a struct without Extra, or where nothing keeps it, it is
//     an error.
//   - A number in an id is read as text.
//   - A member that has a field and is given twice is an error.
//   - Broken UTF-8 becomes U+FFFD, but not in an id.
//
// The error is an [*Error]; v is zero then. Types without a plan (see [Check]) are
// read by encoding/json alone.
func Decode(data []byte, v any) error {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		return &json.InvalidUnmarshalError{Type: reflect.TypeOf(v)}
	}
	rv = rv.Elem()
	p := planFor(rv.Type())
	if p == nil {
		if err := json.Unmarshal(data, v); err != nil {
			bad := problemOf(data, err)
			if rv.Kind() != reflect.Struct {
				bad.Path = ""
			}
			return bad
		}
		return nil
	}
	rv.SetZero()
	d := decoder{data: data}
	end, fits := d.value(p, rv, skipSpace(data, 0))
	switch {
	case end >= 0 && !fits:
		d.problem = wrongType
	case end >= 0 && skipSpace(data, end) == len(data):
		return nil
	}
	rv.SetZero()
	return d.failure()
}

// What can be wrong with a value.
const (
	wrongType = "has a value that cannot be read"
	twice     = "is given twice"
	notUTF8   = "is not UTF-8"
	tooDeep   = "is nested too deep"
)

type decoder struct {
	data    []byte
	depth   int
	path    []string   // of the failure, innermost first
	problem string     // set where it is not the syntax
	short   [64]string // short texts seen before: states, currencies and ids repeat
}

// failure is the error of a reading that ended early.
func (d *decoder) failure() error {
	if d.problem == "" {
		return problemOf(d.data, nil)
	}
	return &Error{Path: joined(d.path), Problem: d.problem}
}

// joined is a path from its innermost part on, such as lines[1].id.
func joined(path []string) string {
	var b strings.Builder
	for i := len(path) - 1; i >= 0 && b.Len() < 200; i-- {
		if b.Len() > 0 && path[i] != "" && path[i][0] != '[' {
			b.WriteByte('.')
		}
		b.WriteString(path[i])
	}
	return b.String()
}

// fail ends the reading.
func (d *decoder) fail(problem string) (end int, fits bool) {
	d.problem = problem
	return -1, false
}

// problemOf describes data that cannot be read: encoding/json finds the byte.
func problemOf(data []byte, err error) *Error {
	var raw json.RawMessage
	if syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(data, &raw)); ok {
		return &Error{Problem: "is not valid JSON at byte " + strconv.FormatInt(syntax.Offset, 10)}
	}
	if typ, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		// Only the first part is surely a field: Go 1.27 names the keys of maps, too,
		// which are data.
		field, _, _ := strings.Cut(typ.Field, ".")
		return &Error{Path: field, Problem: wrongType}
	}
	return &Error{Problem: wrongType}
}

// value reads the value at i into v, which is zero, and returns the index behind
// it, or -1. A value that does not fit is stepped over, and v is zero then.
func (d *decoder) value(p *plan, v reflect.Value, i int) (end int, fits bool) {
	c := at(d.data, i)
	switch {
	case c == 'n':
		return skipWord(d.data, i, "null"), true
	case p.kind == reflect.Invalid:
		return d.standard(v, i)
	case p.kind == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		if end, fits = d.value(p.elem, v.Elem(), i); !fits {
			v.SetZero()
		}
		return end, fits
	}
	if d.depth++; d.depth > maxDepth {
		return d.fail(tooDeep)
	}
	switch {
	case p.kind == reflect.Struct && c == '{':
		end, fits = d.object(p, v, i), true
	case p.kind == reflect.Slice && c == '[':
		if end, fits = d.list(p, v, i); !fits {
			v.SetZero()
		}
	default:
		end = d.skip(i)
	}
	d.depth--
	return end, fits
}

// skip steps over any value.
func (d *decoder) skip(i int) int {
	end, deep := skipValue(d.data, i, maxDepth-d.depth)
	if deep {
		d.problem = tooDeep
	}
	return end
}

func (d *decoder) list(p *plan, v reflect.Value, i int) (end int, fits bool) {
	i, more := firstIn(d.data, i, ']')
	if !more {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		return i, true
	}
	fits = true
	n := 0
	for ; more; n++ {
		if n == v.Cap() {
			v.Grow(max(1, min(int(p.length.Load()), 1000)-n)) // as many as last time
		}
		v.SetLen(n + 1)
		itemEnd, itemFits := d.value(p.elem, v.Index(n), i)
		if itemEnd < 0 || !itemFits {
			fits = false
			if itemEnd < 0 || d.depth == 1 { // of the answer itself: it must not lose one
				if itemEnd >= 0 {
					d.problem = wrongType
				}
				d.path = append(d.path, "["+strconv.Itoa(n)+"]")
				return -1, false
			}
		}
		i, more = nextIn(d.data, itemEnd, ']')
	}
	p.length.Store(int32(n)) // no body is so long
	return i, fits
}

// span is one member or neighboring ones: data[start:end].
type span struct{ start, end int }

// object reads members. They mostly come in the order of the last time and
// without spaces, so that a guess is tried before any search.
func (d *decoder) object(p *plan, v reflect.Value, i int) (end int) {
	var few [4]uint64
	seen := few[:] // a bit for each field
	if n := len(p.fields)/64 + 1; n > len(few) {
		seen = make([]uint64, n)
	}
	var some [16]span // on the stack, and mostly enough
	kept, count, guess := some[:0], 0, &p.first
	beside := false // the member before was kept, too: neighbors make one span
	i, more := firstIn(d.data, i, '}')
	for more {
		pos, at := -1, 0
		if next := int(guess.Load()); next < len(p.fields) {
			prefix := p.fields[next].prefix
			if len(d.data)-i >= len(prefix) && string(d.data[i:i+len(prefix)]) == prefix {
				pos, at = next, skipSpace(d.data, i+len(prefix))
			}
		}
		if pos < 0 {
			nameEnd, value := skipName(d.data, i)
			if value < 0 {
				return -1
			}
			at = value
			if pos = p.find(d.data[i:nameEnd]); pos >= 0 {
				guess.Store(int32(pos)) //nolint:gosec // a position in fields
			}
		}
		fits := false
		if pos < 0 {
			at = d.skip(at)
		} else {
			f := &p.fields[pos]
			if seen[pos/64]>>(pos%64)&1 != 0 {
				d.path, d.problem = append(d.path, string(f.name)), twice
				return -1
			}
			seen[pos/64] |= 1 << (pos % 64)
			guess = &f.next
			at, fits = d.field(f, v.Field(f.index), at)
			if at >= 0 && !fits && (f.must || p.extra < 0) {
				d.problem, at = wrongType, -1
			}
			if at < 0 && d.problem != "" {
				d.path = append(d.path, string(f.name))
			}
		}
		if at < 0 {
			return -1
		}
		if !fits && p.extra >= 0 {
			if count++; beside {
				kept[len(kept)-1].end = at
			} else {
				kept = append(kept, span{i, at})
			}
		}
		beside = !fits
		i, more = nextIn(d.data, at, '}')
	}
	if i >= 0 && count > 0 {
		extra, _ := reflect.TypeAssert[*Fields](v.Field(p.extra).Addr()) // planned so
		*extra = join(d.data, kept, count)
	}
	return i
}
