package main

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
)

// filler makes the arguments of a call. Every value is one of its own, a
// marker, so that the value on the wire tells which field it came from. The
// same path gets the same marker each time: what differs between two calls is
// then the doing of the field that was left out.
type filler struct {
	values map[string]any // fixed values by path, where a marker would be refused
	skip   string         // path that is left zero

	numbers map[string]int    // marker numbers by path and position
	places  map[string]*place // by path, [] for the members of a list
	order   []*place          // in the order of filling
	marked  map[string]*place // by marker, as it looks on the wire
	counts  map[string]int    // positions within this call
}

// maxDepth ends types that hold themselves.
const maxDepth = 10

// place is one field of the arguments.
type place struct {
	path  string // "RopoTransfer.Payers[].Name", or "arg1" for a plain argument
	owner string // the struct type that declares it
	goTyp reflect.Type
	field *reflect.StructField
}

func newFiller(values map[string]any) *filler {
	return &filler{values: values, numbers: map[string]int{}, places: map[string]*place{}, marked: map[string]*place{}}
}

// begin starts a call that leaves out the field at skip; empty: none.
func (f *filler) begin(skip string) {
	f.skip, f.counts = skip, map[string]int{}
}

// argument makes one argument.
func (f *filler) argument(t reflect.Type, name string) reflect.Value {
	v := reflect.New(t).Elem()
	f.fill(v, &place{path: name, goTyp: t})
	return v
}

var (
	typeTime   = reflect.TypeFor[time.Time]()
	typeDate   = reflect.TypeFor[maventa.Date]()
	typeAmount = reflect.TypeFor[maventa.Amount]()
	typeExtra  = reflect.TypeFor[maventa.Extra]()
	typeRaw    = reflect.TypeFor[json.RawMessage]()
	typeBytes  = reflect.TypeFor[[]byte]()
	typeError  = reflect.TypeFor[error]()
)

func (f *filler) fill(v reflect.Value, p *place) {
	if p.goTyp == typeExtra || !v.CanSet() || strings.Count(p.path, ".") > maxDepth {
		return
	}
	if known, ok := f.places[p.path]; ok {
		p = known
	} else {
		f.places[p.path] = p
		f.order = append(f.order, p)
	}
	if p.path == f.skip {
		return
	}
	if fixed, ok := f.values[p.path]; ok {
		setFixed(v, fixed)
		f.mark(p, fmt.Sprint(fixed))
		return
	}
	f.fillInner(v, p)
}

// fillInner fills v at a place that has been entered.
func (f *filler) fillInner(v reflect.Value, p *place) {
	switch t := v.Type(); {
	case t == typeTime:
		at := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(f.number(p)) * 25 * time.Hour)
		v.Set(reflect.ValueOf(at))
		f.mark(p, at.Format(time.RFC3339), at.Format(time.DateOnly))
	case t == typeDate:
		d := maventa.DateOf(time.Date(2041, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, f.number(p)))
		v.Set(reflect.ValueOf(d))
		f.mark(p, d.String())
	case t == typeAmount:
		a, _ := maventa.NewAmount(int64(f.number(p))*100+25, 2) // neither can be out of range
		v.Set(reflect.ValueOf(a))
		f.mark(p, a.String())
	case t == typeRaw, t == typeBytes:
		text := f.text(p)
		if t == typeRaw {
			text = `"` + text + `"`
		}
		v.SetBytes([]byte(text))
	case isOpt(t):
		f.fillOpt(v, p)
	default:
		f.fillKind(v, p)
	}
}

// fillKind fills what is not a type of its own.
func (f *filler) fillKind(v reflect.Value, p *place) {
	t := v.Type()
	switch v.Kind() { //nolint:exhaustive // functions, channels and the like stay nil
	case reflect.String:
		v.SetString(f.text(p))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n := f.number(p)
		v.SetInt(int64(n))
		f.mark(p, strconv.Itoa(n))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n := f.number(p)
		v.SetUint(uint64(n)) //nolint:gosec // counted from 0
		f.mark(p, strconv.Itoa(n))
	case reflect.Float32, reflect.Float64:
		x := float64(f.number(p)) + 0.5
		v.SetFloat(x)
		f.mark(p, fmt.Sprint(x))
	case reflect.Pointer:
		inner := reflect.New(t.Elem())
		f.fillInner(inner.Elem(), p)
		v.Set(inner)
	case reflect.Slice:
		list := reflect.MakeSlice(t, 2, 2)
		for i := range list.Len() {
			f.fill(list.Index(i), &place{path: p.path + "[]", goTyp: t.Elem(), owner: p.owner, field: p.field})
		}
		v.Set(list)
	case reflect.Map:
		key, value := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		f.fill(key, &place{path: p.path + "[key]", goTyp: t.Key()})
		f.fill(value, &place{path: p.path + "[]", goTyp: t.Elem()})
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		f.fillStruct(v, p)
	case reflect.Interface:
		r := reflect.ValueOf(strings.NewReader(f.text(p)))
		if t.NumMethod() > 0 && r.Type().Implements(t) {
			v.Set(r)
		} else if closer := reflect.ValueOf(io.NopCloser(strings.NewReader(f.text(p)))); t.NumMethod() > 0 && closer.Type().Implements(t) {
			v.Set(closer)
		} else if t.NumMethod() == 0 {
			v.Set(reflect.ValueOf(f.text(p)))
		}
	}
}

func (f *filler) fillStruct(v reflect.Value, p *place) {
	t := v.Type()
	for i := range t.NumField() {
		sf := t.Field(i)
		if !sf.IsExported() {
			continue
		}
		f.fill(v.Field(i), &place{path: p.path + "." + sf.Name, owner: typeName(t), goTyp: sf.Type, field: &sf})
	}
}

// isOpt recognizes maventa.Opt of any type.
func isOpt(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.PkgPath() == typeAmount.PkgPath() && strings.HasPrefix(t.Name(), "Opt[")
}

// optInner is the T of Opt[T].
func optInner(t reflect.Type) reflect.Type {
	get, _ := t.MethodByName("Get")
	return get.Type.Out(0)
}

// fillOpt gives an Opt a value by way of JSON, the only one without its type.
func (f *filler) fillOpt(v reflect.Value, p *place) {
	inner := reflect.New(optInner(v.Type())).Elem()
	f.fill(inner, &place{path: p.path + "?", goTyp: inner.Type(), owner: p.owner, field: p.field})
	data, err := json.Marshal(inner.Interface())
	if err == nil {
		_ = json.Unmarshal(data, v.Addr().Interface()) // stays unset, and shows as not sent
	}
}

// text is a marker that is a text. Some checks look for a shape.
func (f *filler) text(p *place) string {
	n := f.number(p)
	text := fmt.Sprintf("marker%d", n)
	switch name := strings.ToLower(p.path[strings.LastIndexAny(p.path, ".")+1:]); {
	case strings.HasPrefix(name, "uuid"):
		text = fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	case strings.Contains(name, "email"):
		text += "@example.com"
	case strings.HasSuffix(name, "country"):
		text = string([]byte{byte('A' + n/26%26), byte('A' + n%26)})
	case strings.HasSuffix(name, "url"):
		text = "https://example.com/" + text
	}
	f.mark(p, text)
	return text
}

// number is the marker's number, the same at every call.
func (f *filler) number(p *place) int {
	key := fmt.Sprintf("%s#%d", p.path, f.counts[p.path])
	f.counts[p.path]++
	if n, ok := f.numbers[key]; ok {
		return n
	}
	n := 1001 + len(f.numbers)
	f.numbers[key] = n
	return n
}

func (f *filler) mark(p *place, looks ...string) {
	for _, l := range looks {
		f.marked[l] = p
	}
}

// setFixed puts a value of the registry into a field of a like type.
func setFixed(v reflect.Value, fixed any) {
	r := reflect.ValueOf(fixed)
	switch {
	case r.Type().AssignableTo(v.Type()):
		v.Set(r)
	case r.Type().ConvertibleTo(v.Type()):
		v.Set(r.Convert(v.Type()))
	case v.Kind() == reflect.Pointer:
		inner := reflect.New(v.Type().Elem())
		setFixed(inner.Elem(), fixed)
		v.Set(inner)
	}
}

// typeName is the name of a type without its package and type arguments.
func typeName(t reflect.Type) string {
	name, _, _ := strings.Cut(t.Name(), "[")
	return name
}
