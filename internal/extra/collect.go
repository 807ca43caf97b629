package extra

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
)

var (
	// ErrSyntax means that the data is not JSON. Collect does not look for every
	// mistake: json.Unmarshal must have accepted the data before.
	ErrSyntax = errors.New("extra: not valid JSON")
	// ErrDuplicate means that one object gives a member twice that its model has
	// a field for. encoding/json takes the last one (for nested objects, a mix of
	// both); with an amount that must not be decided in silence.
	ErrDuplicate = errors.New("extra: member given twice")
)

// maxDepth is how deep encoding/json lets objects and arrays be nested.
const maxDepth = 10_000

// Collect fills the Extra fields in v with the members of data that v's types
// have no field for. data must be what json.Unmarshal has just decoded into v,
// which is a non-nil pointer. Other fields of v are only read, and data is not
// kept.
//
// An Extra field belongs to the struct it stands in: nested structs, pointers to
// structs, slices and arrays of them are looked into; maps, interfaces and types
// that decode themselves are not. In a struct without an Extra field unknown
// members are dropped. Members are matched with fields as in encoding/json. A
// field given twice is an error that wraps [ErrDuplicate] and leaves v half done.
// For a type without any Extra field in it nothing is read at all.
func Collect(data []byte, v any) error {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		return &json.InvalidUnmarshalError{Type: reflect.TypeOf(v)}
	}
	p := planFor(rv.Type().Elem())
	if p == nil {
		return nil
	}
	c := collector{data: data}
	end := c.value(p, rv.Elem(), skipSpace(data, 0))
	if c.err == nil && (end < 0 || skipSpace(data, end) < len(data)) {
		c.err = ErrSyntax
	}
	return c.err
}

type collector struct {
	data  []byte
	depth int
	err   error
}

// span is one member or neighboring ones: data[start:end].
type span struct{ start, end int }

// value walks the JSON value at i beside v and returns the index behind it, or -1.
func (c *collector) value(p *plan, v reflect.Value, i int) int {
	if p.kind == reflect.Pointer {
		if v.IsNil() {
			return skipValue(c.data, i)
		}
		p, v = p.elem, v.Elem()
	}
	opening := at(c.data, i)
	isObject := p.kind == reflect.Struct && opening == '{'
	isArray := (p.kind == reflect.Slice || p.kind == reflect.Array) && opening == '['
	if !isObject && !isArray {
		return skipValue(c.data, i)
	}
	if c.depth++; c.depth > maxDepth {
		return -1
	}
	if isObject {
		i = c.object(p, v, i)
	} else {
		i = c.array(p, v, i)
	}
	c.depth--
	return i
}

func (c *collector) array(p *plan, v reflect.Value, i int) int {
	i, ok := first(c.data, i, ']')
	for n, length := 0, v.Len(); ok; n++ {
		if n < length {
			i = c.value(p.elem, v.Index(n), i)
		} else {
			i = skipValue(c.data, i) // an array in Go may be shorter
		}
		i, ok = more(c.data, i, ']')
	}
	return i
}

func (c *collector) object(p *plan, v reflect.Value, i int) int {
	var few [4]uint64
	seen := few[:] // a bit for each field
	if n := len(p.fields)/64 + 1; n > len(few) {
		seen = make([]uint64, n)
	}
	var some [16]span // on the stack, and mostly enough
	unknown, count, guess := some[:0], 0, &p.first
	beside := false // the member before was unknown too
	i, ok := first(c.data, i, '}')
	for ok {
		pos, end := c.member(p, guess, i)
		switch {
		case end < 0:
			return -1
		case pos < 0:
			end = skipValue(c.data, end)
			// Neighbors make one span. So there are never more spans than fields
			// and one, however many members a server makes up.
			if beside {
				unknown[len(unknown)-1].end = end
			} else {
				unknown = append(unknown, span{i, end})
			}
			count++
			beside = true
		case seen[pos/64]>>(pos%64)&1 != 0:
			name := p.fields[pos].name
			c.err = fmt.Errorf("%w: %q", ErrDuplicate, name[:min(len(name), 64)])
			return -1
		default:
			seen[pos/64] |= 1 << (pos % 64)
			f := &p.fields[pos]
			guess, beside = &f.next, false
			if f.plan == nil {
				end = skipValue(c.data, end)
			} else {
				end = c.value(f.plan, v.Field(f.index), end)
			}
		}
		i, ok = more(c.data, end, '}')
	}
	if i >= 0 && p.extra >= 0 {
		// Also without unknown members: v may be in use for the second time.
		*v.Field(p.extra).Addr().Interface().(*Fields) = join(c.data, unknown, count)
	}
	return i
}

// member finds the field for the member whose quoted name starts at i, or -1,
// and the start of its value. Members mostly come in the order of the last time
// and without spaces, so that guess is tried before any search.
func (c *collector) member(p *plan, guess *atomic.Int32, i int) (pos, value int) {
	if next := int(guess.Load()); next < len(p.fields) {
		prefix := p.fields[next].prefix
		if len(c.data)-i >= len(prefix) && string(c.data[i:i+len(prefix)]) == prefix {
			return next, skipSpace(c.data, i+len(prefix))
		}
	}
	end, value := skipName(c.data, i)
	if value < 0 {
		return -1, -1
	}
	if pos = p.find(c.data[i:end]); pos >= 0 {
		guess.Store(int32(pos)) //nolint:gosec // a position in fields
	}
	return pos, value
}
