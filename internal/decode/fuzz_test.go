package decode

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// member is one member as the reference reads it.
type member struct {
	name  string
	value string
}

// listMembers lists the members of an object in order, duplicates included, or
// reports false for anything else. It reads with json.Decoder.
func listMembers(t *testing.T, raw []byte) (list []member, ok bool) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return nil, false
	}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			t.Fatal(err)
		}
		list = append(list, member{tok.(string), string(value)})
	}
	return list, true
}

var twins = map[reflect.Type]reflect.Type{}

// fieldOf asks encoding/json for the field that a member would be decoded into:
// it decodes an object with this member alone into a twin of the struct that has
// a RawMessage for every field, and looks which one was filled. -1 is none.
func fieldOf(t *testing.T, typ reflect.Type, name string) int {
	t.Helper()
	twin := twins[typ]
	if twin == nil {
		var fields []reflect.StructField
		for f := range typ.Fields() {
			fields = append(fields, reflect.StructField{Name: f.Name, PkgPath: f.PkgPath, Type: reflect.TypeFor[json.RawMessage](), Tag: f.Tag})
		}
		twin = reflect.StructOf(fields)
		twins[typ] = twin
	}
	key, err := json.Marshal(name)
	if err != nil {
		t.Fatal(err)
	}
	v := reflect.New(twin)
	if err := json.Unmarshal([]byte("{"+string(key)+":0}"), v.Interface()); err != nil {
		t.Fatal(err)
	}
	for i := range twin.NumField() {
		if v.Elem().Field(i).Len() > 0 {
			return i
		}
	}
	return -1
}

// walk calls visit for every object in raw that was decoded into a struct, and
// reports whether one of them gives a known member twice.
func walk(t *testing.T, v reflect.Value, raw []byte, visit func(s reflect.Value, unknown []member)) (twice bool) {
	t.Helper()
	typ := v.Type()
	switch {
	case reflect.PointerTo(typ).Implements(unmarshaler):
	case typ.Kind() == reflect.Pointer && typ.Elem().Kind() != reflect.Pointer && !v.IsNil():
		return walk(t, v.Elem(), raw, visit)
	case typ.Kind() == reflect.Slice || typ.Kind() == reflect.Array:
		var elems []json.RawMessage
		if json.Unmarshal(raw, &elems) != nil {
			return false
		}
		for i := range min(len(elems), v.Len()) {
			twice = walk(t, v.Index(i), elems[i], visit) || twice
		}
	case typ.Kind() == reflect.Struct:
		list, ok := listMembers(t, raw)
		if !ok {
			return false
		}
		seen := map[int]bool{}
		var unknown []member
		for _, m := range list {
			i := fieldOf(t, typ, m.name)
			if i < 0 {
				unknown = append(unknown, m)
				continue
			}
			twice = walk(t, v.Field(i), []byte(m.value), visit) || seen[i] || twice
			seen[i] = true
		}
		visit(v, unknown)
	}
	return twice
}

// checkExtra compares the Extra field of a struct with the reference.
func checkExtra(t *testing.T, s reflect.Value, want []member) {
	t.Helper()
	extra := s.FieldByName("Extra")
	if !extra.IsValid() {
		return
	}
	f := extra.Interface().(Fields)
	var got []member
	for name, value := range f.All() {
		got = append(got, member{name, string(value)})
	}
	if !slices.Equal(got, want) || f.Len() != len(want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// clearExtra empties every Extra in v, so that what remains can be compared.
func clearExtra(v reflect.Value) {
	switch {
	case v.Type() == fieldsType:
		v.SetZero()
	case v.Kind() == reflect.Pointer && !v.IsNil():
		clearExtra(v.Elem())
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		for i := range v.Len() {
			clearExtra(v.Index(i))
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				clearExtra(v.Field(i))
			}
		}
	}
}

// seeds are answers with every kind of value and mistake.
var seeds = []string{
	`{}`, `null`, `{"amount":1,"x":2}`, `{"leaf":{"id":1,"a":[1,{"b":"]}"}]},"ptr":{"c":null},"bare":{"d":1,"leaf":{"e":1}}}`,
	`{"list":[{"a":1},null,{"ID":1}],"ptrList":[null,{}],"grid":[[{"b":2}]],"self":{"self":{"d":4}}}`,
	`{"\u0061mount":1,"AMOUNT":2}`, `{"lin` + "\u212a" + `":1,"ma` + "\u017f" + `s":2,"ΣΤΟς":3,"KÄYTTÖ":4}`, `{"case":1,"CASE":2,"Case":3}`,
	"{\"\xff\":1,\"\\ud800\":2}", ` { "a" : 1.5e+9 , "b" : "\\\"" } `, `{"number":1,"raw":{"x":1},"time":"2026-01-02T03:04:05Z","map":{"a":{"b":1}}}`,
	`{"-":1,"Skipped":2,"hidden":3,"NoTag":4,"@a b.c":5,"Other":6,"other":7,"oTher":8}`, `{"ptrptr":{"x":1},"x":{"x":[[[[]]]]}}`,
	`{"amount": 1, "x": 2, "leaf": {"id": 3, "y": 4}}`, `{"x":"\\","y":"\\\""}`, "{\"a\":1 ,\n \"b\":2,\"amount\":3,\"c\":4, \"d\":5 }", `{"kelvin":1,"leaf":{"\u212aey":2}}`, `{"\u0063ase":1,"\u0043ASE":2}`,
	`{"id":"a","owner_id":"b","sum":12,"name":"b\u00e4\n","tags":["x",null],"count":-128,"number":1.5e3,"open":true,"when":"2026-11-20T10:00:00Z","inner":{"id":"q","new":1},"lines":[{"id":"1"},{"id":"2","z":[1,{"a":"b"}]}]}`,
	`[{"id":null,"count":null,"open":null,"when":null,"lines":null,"tags":null,"inner":null}, {} ]`, `{"count":300}`, `{"id":1}`, `{"count":1.0}`, `{"sum":-0}`, `{"count":01}`, `{"number":-}`,
	`{"name":"\ud800"}`, `{"x":"\ud800"}`, "{\"name\":\"\xff\"}", "{\"id\":\"\xff\"}", "{\"name\":\"\x01\"}", `{"id":"a"} x`, `{"id":"a",}`, `{"\u0069d":"e"}`, `{"when":5}`, `{"lines":{}}`, `{"inner":[]}`, `[{"tags":[]}]`,
}

// FuzzDecode: what encoding/json accepts gives the same values, and every unknown
// member is kept.
func FuzzDecode(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkDecode(t, data) })
}

// checkDecode compares Decode with encoding/json for several types, and reports
// whether one of them accepts.
func checkDecode(t *testing.T, data []byte) (accepted bool) {
	t.Helper()
	for _, typ := range []reflect.Type{reflect.TypeFor[thing](), reflect.TypeFor[model](), reflect.TypeFor[[]model](), reflect.TypeFor[row]()} {
		own, std := reflect.New(typ), reflect.New(typ)
		page := bytes.Clone(data)
		err := Decode(page, own.Interface())
		if !bytes.Equal(page, data) {
			t.Fatal("the data was changed")
		}
		for i := range page {
			page[i] = '#' // what was kept must be a copy
		}
		if err != nil && !own.Elem().IsZero() {
			t.Fatalf("%q: left something behind: %#v", data, own.Elem())
		}
		stdErr := json.Unmarshal(data, std.Interface())
		problem, _ := errors.AsType[*Error](err)
		switch {
		case !json.Valid(data):
			if err == nil {
				t.Fatalf("%q: accepted, which is not JSON", data)
			}
			continue
		case stdErr != nil: // a value that does not fit: kept, or refused by name
			continue
		case err != nil && problem == nil:
			t.Fatalf("%q: %v", data, err)
		case err != nil && (problem.Problem == notUTF8 || problem.Problem == tooDeep):
			continue
		}
		twice := walk(t, std.Elem(), data, func(reflect.Value, []member) {})
		if twice != (err != nil) {
			t.Fatalf("%q: a known member given twice: %t, error: %v", data, twice, err)
		}
		if err != nil {
			continue
		}
		accepted = true
		walk(t, own.Elem(), data, func(s reflect.Value, unknown []member) { checkExtra(t, s, unknown) })
		clearExtra(own.Elem())
		if !reflect.DeepEqual(own.Interface(), std.Interface()) {
			t.Fatalf("%q:\n%#v\n%#v", data, own.Elem(), std.Elem())
		}
	}
	return accepted
}

// TestDecodeAgainstStandard is FuzzDecode for 60,000 changes of the seeds.
func TestDecodeAgainstStandard(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 2))
	glue := []string{`"`, `\`, `,`, `:`, `{`, `}`, `[`, `]`, ` `, "\n", "null", "true", `"id":`, `"sum":`, "1", "-", ".5", "e9", "\x00", "\xc3", "ä", `\u00`, `"x":{},`}
	accepted := 0
	const n = 60_000
	for range n {
		b := []byte(seeds[r.IntN(len(seeds))])
		for range 1 + r.IntN(3) {
			i := r.IntN(len(b) + 1)
			switch g := glue[r.IntN(len(glue))]; r.IntN(3) {
			case 0:
				b = slices.Insert(b, i, []byte(g)...)
			case 1:
				b = slices.Delete(b, i, min(i+r.IntN(4), len(b)))
			default:
				if i < len(b) {
					b[i] = g[0]
				}
			}
		}
		if checkDecode(t, b) {
			accepted++
		}
		if t.Failed() {
			t.Fatalf("seed %d: %q", seed, b)
		}
	}
	t.Logf("%d of %d accepted", accepted, n)
	if accepted < n/10 {
		t.Error("hardly any was accepted: the test says little")
	}
}

func FuzzMerge(f *testing.F) {
	for _, s := range [][2]string{
		{`{}`, `{}`},
		{`{"a":1,"b":2}`, `{"b":3,"c":4}`},
		{`{"a":1}`, `{"x":1,"x":2,"a":3}`},
		{` { "a" : 1 } `, ` { "\u0061" : [ 1 ] } `},
		{`{"a":"}{"}`, "{\"\xff\":1,\"\ufffd\":2}"},
		{`{"a":1,"a":2}`, `{"b":{"a":1}}`},
		{`[]`, `{"a":1}`},
		{`{"\ud800":1}`, `{"\ud801":2}`},
	} {
		f.Add([]byte(s[0]), []byte(s[1]))
	}
	f.Fuzz(func(t *testing.T, obj, more []byte) {
		var v struct {
			Extra Fields `json:"-"`
		}
		if Decode(more, &v) != nil {
			return
		}
		got, err := Merge(obj, v.Extra)
		if !json.Valid(obj) {
			return
		}
		typed, isObject := listMembers(t, obj)
		if wantErr := !isObject && !v.Extra.IsZero(); wantErr != (err != nil) {
			t.Fatalf("error %v", err)
		}
		if err != nil || !isObject {
			return
		}
		if !json.Valid(got) {
			t.Fatalf("%q is not JSON", got)
		}
		checkMerged(t, got, typed, v.Extra)
	})
}

// checkMerged compares what Merge returned with the typed members and the fields
// that went in.
func checkMerged(t *testing.T, got []byte, typed []member, f Fields) {
	t.Helper()
	last := map[string]string{}
	var names []string
	for name, value := range f.All() {
		if _, ok := last[name]; !ok {
			names = append(names, name)
		}
		last[name] = string(value)
	}
	var want []member
	for _, m := range typed {
		if _, ok := last[m.name]; !ok {
			want = append(want, m)
		}
	}
	for _, name := range names {
		want = append(want, member{name, last[name]})
	}
	if list, ok := listMembers(t, got); !ok || !slices.Equal(list, want) {
		t.Errorf("got %q, want %q", list, want)
	}
}
