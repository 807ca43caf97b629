package decode

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type leaf struct {
	ID    any    `json:"id"`
	Key   any    `json:"key,omitempty"` // K again, in a struct with ASCII names only
	Extra Fields `json:"-"`
}

type bare struct { // no Extra of its own
	ID   any  `json:"id"`
	Leaf leaf `json:"leaf"`
}

// thing has every kind of field that Decode tells apart. Most are of type any,
// so that encoding/json accepts whatever a fuzzer puts there.
type thing struct {
	Amount  any             `json:"amount"`
	Kelvin  any             `json:"link"` // K, the Kelvin sign, folds to k
	LongS   any             `json:"mass"` // ſ folds to s
	Nordic  any             `json:"käyttö"`
	Sign    any             `json:"Kelvin"` // the Kelvin sign itself
	Sigma   any             `json:"ΣΤΟΣ"`   // Σ, σ and ς fold together
	Lower   any             `json:"case"`
	Upper   any             `json:"CASE"`
	Third   any             `json:"Other,omitempty"`
	Fourth  any             `json:"other"`
	NoTag   any             //nolint:tagliatelle // the name is the point
	Dash    any             `json:"-,"`
	Skipped any             `json:"-"`
	Odd     any             `json:"@a b.c"`
	Number  int             `json:"number"`
	Raw     json.RawMessage `json:"raw"`
	Time    time.Time       `json:"time"`
	Map     map[string]leaf `json:"map"`
	Bare    bare            `json:"bare"`
	Leaf    leaf            `json:"leaf"`
	Ptr     *leaf           `json:"ptr"`
	List    []leaf          `json:"list"`
	PtrList []*leaf         `json:"ptrList"`
	Grid    [][]leaf        `json:"grid"`
	Self    *thing          `json:"self"`
	PtrPtr  **leaf          `json:"ptrptr"`
	hidden  any
	Extra   Fields `json:"-"`
}

var _ = thing{}.hidden

// decode reads data into a new T.
func decode[T any](data string) (v T, err error) {
	err = Decode([]byte(data), &v)
	return v, err
}

// show writes fields as name=value, one after the other.
func show(f Fields) string {
	var s []string
	for name, value := range f.All() {
		s = append(s, name+"="+string(value))
	}
	if len(s) != f.Len() {
		return fmt.Sprintf("Len is %d, All has %d", f.Len(), len(s))
	}
	return strings.Join(s, " ")
}

func TestDecodeObject(t *testing.T) {
	huge := strings.Repeat("9", 4000) + "." + strings.Repeat("1", 4000) + "e+999999"
	for name, tt := range map[string]struct{ data, want string }{
		"empty object":             {`{}`, ``},
		"null":                     {`null`, ``},
		"only known":               {`{"amount":1,"leaf":{"id":1}}`, ``},
		"every kind":               {`{"a":1,"b":"x","c":true,"d":false,"e":null,"f":{"g":[1,{"h":2}]},"i":[]}`, `a=1 b="x" c=true d=false e=null f={"g":[1,{"h":2}]} i=[]`},
		"between known":            {`{"x":1,"amount":2,"y":3,"link":4,"z":5}`, `x=1 y=3 z=5`},
		"known in any order":       {`{"leaf":{},"x":1,"amount":2,"time":null,"link":4}`, `x=1`},
		"white space":              {" {\n\t\"x\" :\r\n 1 , \"amount\" : 2 ,\"y\":[ 1 , 2 ] } \n", `x=1 y=[ 1 , 2 ]`},
		"empty name":               {`{"":1}`, `=1`},
		"unknown given twice":      {`{"x":1,"x":2,"X":3}`, `x=1 x=2 X=3`},
		"quotes and brackets":      {`{"x":"]}\"\\","y":["}","\\\"]"],"z":1}`, `x="]}\"\\" y=["}","\\\"]"] z=1`},
		"backslashes at the end":   {`{"x":"\\\\","y":"\\\"","z":"\\"}`, `x="\\\\" y="\\\"" z="\\"`},
		"huge number":              {`{"x":` + huge + `,"y":-0.0E-1}`, `x=` + huge + ` y=-0.0E-1`},
		"escaped known name":       {`{"\u0061mount":1,"le\u0061f":{"id":1},"x":2}`, `x=2`},
		"escaped and folded":       {`{"\u0041MOUNT":1,"x":2}`, `x=2`},
		"escaped unknown name":     {`{"\u0078\n\"":1,"\ud83d\ude00":2,"\ud83d":3}`, "x\n\"=1 \U0001F600=2 \uFFFD=3"},
		"broken UTF-8":             {"{\"\xff\":1,\"k\xc3\":2}", "\uFFFD=1 k\uFFFD=2"},
		"folded known name":        {`{"AMOUNT":1,"LeAf":{"id":1},"x":2}`, `x=2`},
		"Kelvin sign in an escape": {`{"\u212aELVIN":1,"leaf":{"\u212aey":2},"\u017f":3}`, "\u017f=3"},
		"Kelvin sign in the model": {`{"kelvin":1,"x":2}`, `x=2`},
		"escaped exact match":      {`{"\u0063ase":1,"\u0043ASE":2,"c\u0061s":3}`, `cas=3`},
		"space after the colon":    {`{"amount": 1, "link":  2, "x": 3, "leaf": {"id": 1}, "list": [ {"id": 2}, {"id": 3} ]}`, `x=3`},
		"Kelvin sign":              {"{\"lin\u212a\":1,\"\u212a\":2}", "\u212a=2"},
		"long s":                   {"{\"ma\u017fs\":1,\"m\u017f\":2}", "m\u017f=2"},
		"folded beyond ASCII":      {`{"KÄYTTÖ":1,"στος":2,"kaytto":3}`, `kaytto=3`},
		"no folding of combined":   {"{\"ka\u0308ytto\u0308\":1}", "ka\u0308ytto\u0308=1"},
		"two fields, one fold":     {`{"case":1,"CASE":2}`, ``},
		"exact match before fold":  {`{"Other":1,"other":2}`, ``},
		"field without a tag":      {`{"NoTag":1,"Third":2}`, `Third=2`},
		"dash":                     {`{"-":1,"Skipped":2,"hidden":3,"Extra":4}`, `Skipped=2 hidden=3 Extra=4`},
		"odd name":                 {`{"@a B.c":1,"@a b-c":2}`, `@a b-c=2`},
		"prefix of a known name":   {`{"amoun":1,"amountt":2,"amount ":3}`, `amoun=1 amountt=2 amount =3`},
		"number in a string":       {`{"number":"12","x":1}`, `number="12" x=1`},
		"neighbors":                {"{\"a\":1 ,\n \"b\":2,\"amount\":3,\"c\":4, \"d\":5 }", `a=1 b=2 c=4 d=5`},
		"more than sixteen":        {`{"a":0,"b":1,"c":2,"d":3,"e":4,"f":5,"g":6,"h":7,"i":8,"j":9,"k":10,"l":11,"m":12,"n":13,"o":14,"p":15,"q":16,"r":17}`, `a=0 b=1 c=2 d=3 e=4 f=5 g=6 h=7 i=8 j=9 k=10 l=11 m=12 n=13 o=14 p=15 q=16 r=17`},
		"types of encoding/json":   {`{"raw":{"id":1,"id":2},"map":{"a":{"id":1,"b":1}},"amount":{"id":1,"id":2},"ptrptr":{"b":1},"x":1}`, `x=1`},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := decode[thing](tt.data)
			if err != nil {
				t.Fatal(err)
			}
			if got := show(v.Extra); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestDecodeNested(t *testing.T) {
	v, err := decode[thing](`{
		"leaf":{"id":1,"a":1},
		"ptr":{"b":2,"id":1},
		"list":[{"c":3},null,{"id":1},{"d":[{"id":4}]}],
		"ptrList":[null,{"e":5}],
		"grid":[[],null,[{"f":6},{"g":7}]],
		"bare":{"dropped":1,"id":{"j":1},"leaf":{"k":10}},
		"self":{"l":11,"self":{"m":12,"self":null}},
		"n":{"leaf":{"o":13}}
	}`)
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range []struct {
		got  Fields
		want string
	}{
		{v.Leaf.Extra, `a=1`},
		{v.Ptr.Extra, `b=2`},
		{v.List[0].Extra, `c=3`},
		{v.List[1].Extra, ``},
		{v.List[2].Extra, ``},
		{v.List[3].Extra, `d=[{"id":4}]`},
		{v.PtrList[1].Extra, `e=5`},
		{v.Grid[2][0].Extra, `f=6`},
		{v.Grid[2][1].Extra, `g=7`},
		{v.Bare.Leaf.Extra, `k=10`},
		{v.Self.Extra, `l=11`},
		{v.Self.Self.Extra, `m=12`},
		{v.Extra, `n={"leaf":{"o":13}}`},
	} {
		if got := show(tt.got); got != tt.want {
			t.Errorf("%d: got %s, want %s", i, got, tt.want)
		}
	}
	if v.PtrList[0] != nil || v.Self.Self.Self != nil {
		t.Error("a nil pointer was filled")
	}
}

func TestDecodeRoots(t *testing.T) {
	list, err := decode[[]leaf](` [ {"a":1} , {"id":2,"b":3} ] `)
	if err != nil || show(list[0].Extra) != "a=1" || show(list[1].Extra) != "b=3" {
		t.Errorf("slice: %v, %v", list, err)
	}
	pointers, err := decode[[]*leaf](`[null,{"a":1}]`)
	if err != nil || show(pointers[1].Extra) != "a=1" {
		t.Errorf("slice of pointers: %v, %v", pointers, err)
	}
	pointer, err := decode[*leaf](`{"a":1}`)
	if err != nil || show(pointer.Extra) != "a=1" {
		t.Errorf("pointer: %v, %v", pointer, err)
	}
	if pointer, err := decode[*leaf](`null`); err != nil || pointer != nil {
		t.Errorf("nil pointer: %v, %v", pointer, err)
	}
	if _, err := decode[struct{ A any }](`{"a":1,"A":2}`); err == nil {
		t.Error("given twice, in a struct without Extra")
	}
	if v, err := decode[struct{ A string }](`{"a":"x","b":3}`); err != nil || v.A != "x" {
		t.Errorf("no Extra: %v", err)
	}
	if _, err := decode[struct{ A string }](`{"a":1}`); err == nil || err.Error() != "A has a value that cannot be read" {
		t.Errorf("nothing would keep the value: %v", err)
	}
	if _, err := decode[any](`{"a":1}`); err != nil {
		t.Errorf("any: %v", err)
	}
	for _, v := range []any{nil, leaf{}, (*leaf)(nil)} {
		var want *json.InvalidUnmarshalError
		if err := Decode([]byte(`{}`), v); !errors.As(err, &want) {
			t.Errorf("%T: %v", v, err)
		}
	}
}

// A value may be decoded into twice. What the first object left must not stay.
func TestDecodeAgain(t *testing.T) {
	var v leaf
	for _, tt := range []struct{ data, want string }{
		{`{"a":1,"b":2,"key":1}`, `a=1 b=2`}, {`{"b":3}`, `b=3`}, {`{"id":1}`, ``},
	} {
		if err := Decode([]byte(tt.data), &v); err != nil || show(v.Extra) != tt.want {
			t.Errorf("%s: %s, %v", tt.data, show(v.Extra), err)
		}
	}
	if v.Key != nil {
		t.Error("the key of the first object is still there")
	}
}

func TestDecodeDuplicates(t *testing.T) {
	for _, tt := range []struct{ data, path string }{
		{`{"amount":1,"amount":2}`, "amount"},
		{`{"amount":1,"amount":1}`, "amount"},
		{`{"amount":1,"amount":null}`, "amount"},
		{`{"amount":1,"Amount":2}`, "amount"},
		{`{"amount":1,"x":3,"\u0061mount":2}`, "amount"},
		{"{\"link\":1,\"lin\u212a\":2}", "link"},
		{`{"CASE":1,"case":2,"Case":3}`, "case"},
		{`{"leaf":{"id":1},"leaf":{"id":2}}`, "leaf"},
		{`{"list":[{},{"id":1,"ID":2}]}`, "list[1].id"},
		{`{"bare":{"id":1,"id":2}}`, "bare.id"},
		{`{"self":{"self":{"amount":1,"amount":2}}}`, "self.self.amount"},
		{`{"number":"x","number":2}`, "number"},
	} {
		if _, err := decode[thing](tt.data); err == nil || err.Error() != tt.path+" is given twice" {
			t.Errorf("%s: %v", tt.data, err)
		}
	}
	for _, data := range []string{
		`{"x":1,"x":2}`, `{"x":{"id":1,"id":2}}`, `{"list":[{"id":1},{"id":2}]}`, `{"case":1,"CASE":2}`,
	} {
		if _, err := decode[thing](data); err != nil {
			t.Errorf("%s: %v", data, err)
		}
	}
}

// Structs with very many fields need more bits than the usual ones.
func TestDecodeManyFields(t *testing.T) {
	fields := []reflect.StructField{{Name: "Extra", Type: fieldsType, Tag: `json:"-"`}}
	for i := range 300 {
		fields = append(fields, reflect.StructField{Name: fmt.Sprint("F", i), Type: reflect.TypeFor[int]()})
	}
	v := reflect.New(reflect.StructOf(fields))
	if err := Decode([]byte(`{"F0":1,"x":2,"f299":3}`), v.Interface()); err != nil {
		t.Fatal(err)
	}
	if got := show(v.Elem().Field(0).Interface().(Fields)); got != "x=2" {
		t.Error(got)
	}
	if err := Decode([]byte(`{"F299":1,"f299":3}`), v.Interface()); err == nil {
		t.Error(err)
	}
}

func TestDecodeDeep(t *testing.T) {
	type node struct {
		Next  *node  `json:"next"`
		Extra Fields `json:"-"`
	}
	type tree struct {
		Kids  []tree `json:"kids"`
		Extra Fields `json:"-"`
	}
	const depth = maxDepth
	nested := func(n int) string { return strings.Repeat(`{"next":`, n-1) + `{"x":1}` + strings.Repeat(`}`, n-1) }
	n, err := decode[node](nested(depth))
	if err != nil {
		t.Fatal(err)
	}
	last := &n
	for last.Next != nil {
		last = last.Next
	}
	if show(last.Extra) != "x=1" {
		t.Error("the innermost object lost its member")
	}
	unknown := strings.Repeat(`[`, depth-1) + strings.Repeat(`]`, depth-1)
	if n, err := decode[node](`{"x":` + unknown + `}`); err != nil || show(n.Extra) != "x="+unknown {
		t.Error("deep unknown value", err)
	}
	isTooDeep := func(err error) bool {
		return err != nil && strings.HasSuffix(err.Error(), tooDeep) && len(err.Error()) < 300
	}
	for _, data := range []string{
		nested(depth + 1),
		`{"x":[` + unknown + `]}`,
		`{"x":` + strings.Repeat(`[`, 5_000_000),
		strings.Repeat(`{"x":`, 1_000_000) + `1` + strings.Repeat(`}`, 1_000_000),
	} {
		if _, err := decode[node](data); !isTooDeep(err) {
			t.Error(err)
		}
	}
	if _, err := decode[tree](strings.Repeat(`{"kids":[`, 500_000)); !isTooDeep(err) {
		t.Error(err)
	}
}

func TestDecodeSyntax(t *testing.T) {
	for _, data := range []string{
		``, ` `, `{`, `{"`, `{"a`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{"a" 1}`, `{"a":}`, `{1:2}`, `{"a":1]`,
		`{"a":[}`, `{"a":[1,2`, `{"a":"\"}`, `{"a\":1}`, `{"leaf":{"id"}}`, `{"leaf":{"id":1}`, `{"list":[{},]}`, `{"list":[{}}`, `{"a":1}{`,
		`{"a":1} x`, `{"leaf":`, `[`, `nul`, `"`, `{"a":{"b":"}`, `}`, `]`, `:`, `,`, `{"\`, `{"\u`, `{"a":01}`, `{"a":1e}`, `{"a":1.}`, `{"a":+1}`,
		`{"a":.5}`, `{"a":tru}`, `{"number":-}`, `{"number":1.e1}`, "{\"a\":\"\x01\"}", "{\"a\":1,\v\"b\":2}",
	} {
		_, err := decode[thing](data)
		if err == nil || !strings.HasPrefix(err.Error(), "is not valid JSON at byte ") {
			t.Errorf("%q: %v", data, err)
		}
	}
}

// What was collected must not change when the page is overwritten.
func TestDecodeCopies(t *testing.T) {
	data := []byte(`{"x":"secret","leaf":{"y":"other"}}`)
	var v thing
	if err := Decode(data, &v); err != nil {
		t.Fatal(err)
	}
	for i := range data {
		data[i] = '#'
	}
	if show(v.Extra) != `x="secret"` || show(v.Leaf.Extra) != `y="other"` {
		t.Error(show(v.Extra), show(v.Leaf.Extra))
	}
}

func TestDecodeConcurrently(t *testing.T) {
	type fresh struct { // no other test has planned for it
		Thing []thing `json:"thing"`
		Extra Fields  `json:"-"`
	}
	data := []byte(`{"thing":[{"leaf":{"x":1}},{"y":2}],"z":3}`)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			var v fresh
			if err := Decode(data, &v); err != nil {
				t.Error(err)
				return
			}
			got := show(v.Thing[0].Leaf.Extra) + " " + show(v.Thing[1].Extra) + " " + show(v.Extra)
			if got != "x=1 y=2 z=3" {
				t.Error(got)
			}
		})
	}
	wg.Wait()
}

// The keys of a map are data, which no error repeats. Go 1.27 has them in its paths.
func TestDecodeErrorsHideMapKeys(t *testing.T) {
	type embedded struct {
		leaf
		M map[string]int `json:"m"`
	}
	var m map[string]int
	require.EqualError(t, Decode([]byte(`{"Maija Meikäläinen":"x"}`), &m), wrongType)
	var s embedded
	require.EqualError(t, Decode([]byte(`{"m":{"Maija Meikäläinen":"x"}}`), &s), "m "+wrongType)
}
