package decode

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
)

// A plan is what Decode has to know of a type. It is made once per type. Values
// of a type whose plan is of kind Invalid are left to encoding/json.
type plan struct {
	kind  reflect.Kind // Struct, Slice or Pointer
	elem  *plan        // of a slice or a pointer; never nil there
	extra int          // of a struct: the index of its Extra field, or -1

	fields []field
	byName map[string]int // position in fields
	plain  bool           // every name is plain
	heads  [64]uint32     // by length, up to 63 bytes: a bit for each first letter

	ours   bool // a struct that is written by Marshal, whether it has a MarshalJSON or not
	once   sync.Once
	writes []written // the fields as they are written; made by the first Marshal

	first  atomic.Int32 // position of the field that came first last time
	length atomic.Int32 // of a slice: items last time
}

type field struct {
	name   []byte
	prefix string // the name in quotes and the colon, as a compact encoder writes it
	index  int    // in the struct
	how    how
	plan   *plan // with byPlan
	isID   bool
	must   bool // a value that does not fit is an error

	// next is the position of the field that came after this one last time: a
	// service writes the members of its objects in one order. It is a guess, and
	// only saves the search.
	next atomic.Int32
}

// how a field's value is read.
type how uint8

const (
	byJSON   how = iota // by json.Unmarshal
	byItself            // by its own UnmarshalJSON
	byPlan              // a struct, or a slice of or pointer to one
	asText
	asTexts
	asBool
	asInt
	asAny // what follows is for writing alone
	asList
	asMap
)

func howToRead(t reflect.Type, p *plan) how {
	pointer := reflect.PointerTo(t)
	switch kind := t.Kind(); {
	case pointer.Implements(unmarshaler):
		return byItself
	case pointer.Implements(textUnmarshaler), t == numberType: // which takes numbers
		return byJSON
	case p != nil:
		return byPlan
	case kind == reflect.String:
		return asText
	case kind == reflect.Bool:
		return asBool
	case reflect.Int <= kind && kind <= reflect.Int64:
		return asInt
	case t == textsType:
		return asTexts
	}
	return byJSON
}

// isID reports whether a member names a thing: what it names must not be lost.
func isID(name string) bool { return name == "id" || strings.HasSuffix(name, "_id") }

var (
	textsType       = reflect.TypeFor[[]string]()
	marshaler       = reflect.TypeFor[json.Marshaler]()
	textMarshaler   = reflect.TypeFor[encoding.TextMarshaler]()
	numberType      = reflect.TypeFor[json.Number]()
	fieldsType      = reflect.TypeFor[Fields]()
	unmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	zeroerType      = reflect.TypeFor[zeroer]()

	plans sync.Map // of *plan by reflect.Type; nil where encoding/json reads alone
)

// Check tells whether Decode does all it should for a type. Tests call it for
// every model. It refuses what is left to encoding/json: embedded fields, names
// that encoding/json does not take from the tag or finds ambiguous, options of a
// tag that change the value, and maps and arrays of models; and Extra fields with
// another name or tag.
func Check(t reflect.Type) error {
	b := builder{done: map[reflect.Type]*plan{}}
	b.plan(t)
	return errors.Join(b.problems...)
}

func planFor(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	b := builder{done: map[reflect.Type]*plan{}}
	p := b.plan(t)
	if p != nil && p.kind == reflect.Invalid {
		p = nil
	}
	got, _ := plans.LoadOrStore(t, p)
	return got.(*plan)
}

type builder struct {
	done     map[reflect.Type]*plan // types may contain themselves
	problems []error
}

func (b *builder) plan(t reflect.Type) *plan {
	if p, ok := b.done[t]; ok {
		return p
	}
	if t == fieldsType || decodesItself(t) {
		return nil
	}
	p := &plan{kind: t.Kind(), extra: -1}
	switch t.Kind() {
	case reflect.Struct:
		b.done[t] = p
		b.fields(p, t)
		return p
	case reflect.Pointer:
		if t.Elem().Kind() == reflect.Pointer {
			return nil // no model needs it, and such a type could point to itself
		}
	case reflect.Map, reflect.Array:
		if b.plan(t.Elem()) != nil {
			b.refuse(t, "models in it are not looked into")
		}
		return nil
	case reflect.Slice:
	default:
		return nil
	}
	b.done[t] = p
	if p.elem = b.plan(t.Elem()); p.elem == nil {
		b.done[t] = nil
	}
	return b.done[t]
}

// fields fills the plan of a struct. A struct that it cannot plan for is left to
// encoding/json: calling its known members unknown would be worse.
func (b *builder) fields(p *plan, t reflect.Type) {
	p.byName, p.plain = map[string]int{}, true
	problem := ""
	for i := range t.NumField() {
		sf := t.Field(i)
		tag := sf.Tag.Get("json")
		if sf.Type == fieldsType || sf.Type == reflect.PointerTo(fieldsType) {
			if sf.Name == "Extra" && tag == "-" && sf.Type == fieldsType {
				p.extra, p.ours = i, true
				continue
			}
			b.refuse(t, `unknown members are kept in a field Extra with the tag json:"-"`)
		}
		p.ours = p.ours || sf.Tag.Get("wire") != ""
		if tag == "-" || !sf.IsExported() && !sf.Anonymous {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if name == "" {
			name = sf.Name
		}
		switch _, twice := p.byName[name]; {
		case sf.Anonymous:
			problem = "embedded fields are not supported"
		case !validName(name):
			problem = "encoding/json does not accept the name in a tag"
		case strings.Contains(options, "string"):
			problem = "the option string is not supported"
		case twice:
			problem = "two fields have the same name in JSON"
		}
		p.byName[name] = len(p.fields)
		p.plain = p.plain && plain(name)
		p.heads[min(len(name), 63)] |= head(name)
		sub, id := b.plan(sf.Type), isID(name)
		p.fields = append(p.fields, field{
			name: []byte(name), prefix: `"` + name + `":`, index: i, how: howToRead(sf.Type, sub), plan: sub,
			isID: id, must: id || sf.Tag.Get("decode") == "must",
		})
	}
	for i := range p.fields {
		p.fields[i].next.Store(int32(i + 1))
	}
	if problem != "" {
		b.refuse(t, problem)
		p.kind = reflect.Invalid
	}
}

// toWrite returns the fields of a struct as they are written, those with the tag
// wire at the end.
func (p *plan) toWrite(t reflect.Type) []written {
	p.once.Do(func() {
		var last []written
		for i := range t.NumField() {
			sf := t.Field(i)
			if wire := sf.Tag.Get("wire"); wire != "" {
				how := asText
				if sf.Type.Kind() == reflect.Slice {
					how = asTexts
				}
				last = append(last, written{name: wire, prefix: `"` + wire + `":`, index: i, how: how, zero: true})
				continue
			}
			pos := p.position(i)
			if pos < 0 {
				continue
			}
			_, options, _ := strings.Cut(sf.Tag.Get("json"), ",")
			f := written{name: string(p.fields[pos].name), prefix: p.fields[pos].prefix, index: i, empty: strings.Contains(options, "omitempty")}
			f.how, f.plan = writing(sf.Type)
			f.zero = strings.Contains(options, "omitzero")
			f.hasIsZero = f.zero && (reflect.PointerTo(sf.Type).Implements(zeroerType) ||
				sf.Type.Kind() == reflect.Pointer && sf.Type.Implements(zeroerType))
			p.writes = append(p.writes, f)
		}
		p.writes = append(p.writes, last...)
	})
	return p.writes
}

// position is that of the field with an index in the struct, or -1.
func (p *plan) position(index int) int {
	for i := range p.fields {
		if p.fields[i].index == index {
			return i
		}
	}
	return -1
}

func (b *builder) refuse(t reflect.Type, problem string) {
	b.problems = append(b.problems, fmt.Errorf("decode: %v: %s", t, problem))
}

func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return t.Implements(unmarshaler) || t.Implements(textUnmarshaler) ||
		p.Implements(unmarshaler) || p.Implements(textUnmarshaler)
}

// validName tells whether encoding/json takes a name from a tag.
func validName(name string) bool {
	return strings.IndexFunc(name, func(r rune) bool {
		return !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) < 0
}

// head is the bit of a name's first letter, the same for both cases.
func head[T string | []byte](name T) uint32 {
	if len(name) == 0 {
		return 1
	}
	return 1 << (name[0] & 31)
}

// find returns the position of the field that encoding/json decodes the member
// into, or -1: the one with exactly that name, else the first one that differs
// in case only.
func (p *plan) find(quoted []byte) int {
	name := quoted[1 : len(quoted)-1]
	sameLen := p.plain && plain(name)
	if sameLen && p.heads[min(len(name), 63)]&head(name) == 0 {
		return -1 // as most that are unknown: no search is needed
	}
	if f, ok := p.byName[string(name)]; ok {
		return f
	}
	if !plain(name) {
		s, _ := unquote(quoted)
		if f, ok := p.byName[s]; ok {
			return f
		}
		name = []byte(s)
	}
	for i := range p.fields {
		f := &p.fields[i]
		if (!sameLen || len(f.name) == len(name)) && bytes.EqualFold(f.name, name) {
			return i
		}
	}
	return -1
}
