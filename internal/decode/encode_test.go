package decode

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type maybe struct {
	set  bool
	text string
}

func (m maybe) IsZero() bool                 { return !m.set }
func (m maybe) MarshalJSON() ([]byte, error) { return json.Marshal(m.text) }

type hidden string

func (hidden) MarshalJSON() ([]byte, error) { return []byte(`"[redacted]"`), nil }

type body struct {
	Name    string            `json:"name"`
	Comment string            `json:"comment,omitempty"`
	Kind    kind              `json:"kind,omitzero"`
	Count   int               `json:"count"`
	Small   int8              `json:"small,omitempty"`
	Open    bool              `json:"open"`
	When    time.Time         `json:"when,omitzero"`
	Sum     maybe             `json:"sum,omitzero"`
	Tags    []string          `json:"tags"`
	More    []string          `json:"more,omitempty"`
	Inner   *body             `json:"inner,omitzero"`
	Lines   []line            `json:"lines,omitzero"`
	Line    line              `json:"line"`
	Number  float64           `json:"number,omitempty"`
	Any     any               `json:"any,omitempty"`
	Map     map[string]string `json:"map,omitempty"`
	Raw     json.RawMessage   `json:"raw,omitempty"`
	Bytes   []byte            `json:"bytes,omitempty"`
	Secret  hidden            `json:"secret,omitempty"`
	SSN     hidden            `json:"-" wire:"ssn"`
	SSNs    []hidden          `json:"-" wire:"ssns"`
	Extra   Fields            `json:"-"`
}

type kind string

type line struct {
	ID   string `json:"id"`
	Note string `json:"note,omitzero"`
}

// MarshalJSON is what a model with Extra has.
func (b body) MarshalJSON() ([]byte, error) { return Marshal(&b) }

// plainBody is body as encoding/json writes it.
type plainBody body

// TestMarshalAgainstStandard: without Extra and without the tag wire it is what
// encoding/json writes, byte for byte.
func TestMarshalAgainstStandard(t *testing.T) {
	texts := []string{"", "a", "Maija Meikäläinen", "<b>&\"\\\n\u2028\x01", "\uFFFD", strings.Repeat("x", 300)}
	r := rand.New(rand.NewPCG(1, 2))
	pick := func() string { return texts[r.IntN(len(texts))] }
	for range 2000 {
		b := body{Name: pick(), Comment: pick(), Kind: kind(pick()), Count: r.IntN(3) - 1, Small: int8(r.IntN(3)), Open: r.IntN(2) == 0}
		if r.IntN(2) == 0 {
			b.When, b.Sum, b.Tags, b.More = time.Unix(r.Int64N(1e9), 0).UTC(), maybe{true, texts[r.IntN(4)]}, []string{pick(), pick()}, []string{}
			b.Inner, b.Lines, b.Line.ID = &body{Name: pick()}, []line{{ID: pick()}, {Note: pick()}}, pick()
			b.Number, b.Any, b.Map, b.Raw, b.Bytes, b.Secret = 1.5e-9, []any{1, "x"}, map[string]string{"b": "c", "a": "d"}, json.RawMessage(`{"a":1}`), []byte("xyz"), "s"
		}
		got, err := Marshal(&b)
		require.NoError(t, err)
		want, err := json.Marshal((*plainBody)(&b))
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got))
		got, err = Marshal(b) // a value, too
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got))
		if t.Failed() {
			return
		}
	}
	for _, v := range []any{nil, 1, "x", map[string]int{"a": 1}, []line{{ID: "a"}}, []*line{nil, {}}, (*line)(nil), &[]string{"a"}, time.Unix(0, 0).UTC(), struct{ A, B any }{1, nil}, row{}, &row{}} {
		got, err := Marshal(v)
		require.NoError(t, err)
		want, err := json.Marshal(v)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got), "%T", v)
	}
}

// A pointer to a value that writes itself is written by it, and left out where it
// says that it is zero.
func TestMarshalPointers(t *testing.T) {
	type masked struct{ Number string }
	type pointers struct {
		One  *maybe            `json:"one"`
		None *maybe            `json:"none"`
		List []*maybe          `json:"list"`
		Map  map[string]*maybe `json:"map"`
		Any  any               `json:"any"`
		Zero *maybe            `json:"zero,omitzero"`
		Nil  *maybe            `json:"nil,omitzero"`
		Set  *maybe            `json:"set,omitzero"`
		Time *time.Time        `json:"time,omitzero"`
		Mask *masked           `json:"mask"`
	}
	a := &maybe{true, "a"}
	v := pointers{One: a, List: []*maybe{nil, a}, Map: map[string]*maybe{"x": a}, Any: a, Zero: &maybe{}, Set: a, Time: &time.Time{}, Mask: &masked{"1"}}
	for _, v := range []any{v, &v, a, []*maybe{a}, map[string]any{"x": a}} {
		got, err := Marshal(v)
		require.NoError(t, err)
		want, err := json.Marshal(v)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got), "%T", v)
	}
}

// A value that contains itself is an error, and not the end of the process.
func TestMarshalCycles(t *testing.T) {
	type node struct {
		Next *node `json:"next"`
	}
	self := &node{}
	self.Next = self
	loop := map[string]any{}
	loop["x"] = []any{loop}
	for _, v := range []any{self, loop, body{Any: loop}} {
		_, err := Marshal(v)
		require.ErrorContains(t, err, tooDeep)
	}
}

func TestMarshalExtra(t *testing.T) {
	b := body{Name: "n", SSN: "1", SSNs: []hidden{"2", "3"}, Inner: &body{}}
	require.NoError(t, b.Extra.Set("name", 7))
	require.NoError(t, b.Extra.Set("new", "x"))
	require.NoError(t, b.Inner.Extra.Set("deep", true))
	got, err := json.Marshal([]body{b})
	require.NoError(t, err)
	assert.JSONEq(t, `[{"count":0,"open":false,"tags":null,"line":{"id":""},"inner":{"name":"","count":0,"open":false,"tags":null,"line":{"id":""},"deep":true},
		"ssn":"1","ssns":["2","3"],"name":7,"new":"x"}]`, string(got))
}

// What is not UTF-8 is refused, by name.
func TestMarshalNotUTF8(t *testing.T) {
	const bad = "L\xe4mp\xf6"
	for want, b := range map[string]body{
		"name":            {Name: bad},
		"kind":            {Kind: bad},
		"ssn":             {SSN: bad},
		"ssns[1]":         {SSNs: []hidden{"", bad}},
		"sum":             {Sum: maybe{true, bad}},
		"tags[1]":         {Tags: []string{"a", bad}},
		"inner.name":      {Inner: &body{Name: bad}},
		"lines[1].note":   {Lines: []line{{}, {Note: bad}}},
		"line.id":         {Line: line{ID: bad}},
		"any[0]":          {Any: []any{bad}},
		"map.L?mp?":       {Map: map[string]string{bad: "x"}},
		"raw":             {Raw: json.RawMessage(`"` + bad + `"`)},
		"more":            {Extra: Fields{raw: `{"more":"` + bad + `"}`, n: 1}},
		"L\uFFFDmp\uFFFD": {Extra: Fields{raw: `{"` + bad + `":1}`, n: 1}},
	} {
		_, err := Marshal(&b)
		problem, ok := errors.AsType[*Error](err)
		require.True(t, ok, want)
		assert.Equal(t, Error{want, notUTF8}, *problem)
		_, err = json.Marshal(b)
		require.Error(t, err)
	}
	for _, v := range []any{func() {}, body{Any: func() {}}, body{Raw: json.RawMessage("{")}, []any{make(chan int)}} {
		_, err := Marshal(v)
		require.ErrorContains(t, err, notWritable)
	}
	var f Fields
	require.ErrorContains(t, f.Set("name", bad), notUTF8)
	require.ErrorContains(t, f.Set("name", []any{map[string]any{bad: 1}}), notUTF8)
	require.ErrorContains(t, f.Set("name", json.RawMessage(`"`+bad+`"`)), notUTF8)
	require.ErrorContains(t, f.Set("name", func() {}), notWritable)
	assert.True(t, f.IsZero())
	require.NoError(t, f.Set("name", "\uFFFD"))
	assert.Equal(t, reflect.Struct, reflect.TypeOf(f).Kind())
}
