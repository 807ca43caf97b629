package decode

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
)

// fieldsOf makes Fields of all members of an object.
func fieldsOf(t *testing.T, object string) Fields {
	t.Helper()
	v, err := decode[struct {
		Extra Fields `json:"-"`
	}](object)
	if err != nil {
		t.Fatal(err)
	}
	return v.Extra
}

func TestFieldsGet(t *testing.T) {
	f := fieldsOf(t, `{"a":1,"b" : [2, 3] ,"\u0061":"x","A":4,"":5,"n":null}`)
	for name, want := range map[string]string{"a": `"x"`, "b": `[2, 3]`, "A": `4`, "": `5`, "n": `null`} {
		if got, ok := f.Get(name); !ok || string(got) != want {
			t.Errorf("%q: %s, %t", name, got, ok)
		}
	}
	for _, name := range []string{"B", "x", `\u0061`, `"a"`} {
		if got, ok := f.Get(name); ok || got != nil {
			t.Errorf("%q: %s", name, got)
		}
	}
	if f.Len() != 6 || f.IsZero() {
		t.Error(f.Len(), f.IsZero())
	}
	// What Get and All give away is not shared.
	got, _ := f.Get("b")
	got = append(got, "!!!!"...)
	for i := range got {
		got[i] = '#'
	}
	for _, value := range f.All() {
		value = append(value, "!!!!"...)
		for i := range value {
			value[i] = '#'
		}
	}
	if show(f) != `a=1 b=[2, 3] a="x" A=4 =5 n=null` {
		t.Error(show(f))
	}
	for range f.All() {
		break
	}
}

func TestFieldsZero(t *testing.T) {
	var f Fields
	if _, ok := f.Get("a"); ok || !f.IsZero() || f.Len() != 0 || show(f) != "" {
		t.Error("the zero value is not empty")
	}
	if js, err := json.Marshal(f); err != nil || string(js) != "{}" {
		t.Errorf("%s, %v", js, err)
	}
}

func TestFieldsSet(t *testing.T) {
	var f Fields
	set := func(name string, value any) {
		t.Helper()
		if err := f.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	set("a", 1)
	set("b\"\n", []string{"x"})
	before := f
	set("a", json.RawMessage(`{ "c" : 2 }`))
	set("n", nil)
	if got := show(f); got != "b\"\n=[\"x\"] a={\"c\":2} n=null" {
		t.Error(got)
	}
	if got := show(before); got != "a=1 b\"\n=[\"x\"]" {
		t.Errorf("a copy changed: %s", got)
	}

	f = fieldsOf(t, `{"a":1,"b":2,"\u0061":3}`)
	set("a", 4)
	if got := show(f); got != "b=2 a=4" {
		t.Error(got)
	}

	before = f
	for name, value := range map[string]any{
		"inf": math.Inf(1), "func": func() {}, "raw": json.RawMessage(`{"secret`), "\xff": 1,
	} {
		if err := f.Set(name, value); err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), name) && name != "func" {
			t.Errorf("%q: %v", name, err)
		}
	}
	if f != before {
		t.Error("a failed Set changed the fields")
	}
}

// Nothing but the count may be printed, whatever prints it.
func TestFieldsPrint(t *testing.T) {
	v := leaf{ID: 7, Extra: fieldsOf(t, `{"canary":"canary","canary2":2}`)}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T", "%10.3v", "%[2]v"} {
		for _, arg := range []any{v, &v, v.Extra, &v.Extra, []leaf{v}, map[string]Fields{"k": v.Extra}, struct{ F *Fields }{&v.Extra}} {
			fmt.Fprintf(&out, verb+"\n", arg)
		}
	}
	fmt.Fprintln(&out, v.Extra.String(), v.Extra.LogValue())
	text := slog.New(slog.NewTextHandler(&out, nil))
	text.Info("x", "model", v, "pointer", &v, "fields", v.Extra, "pointer to fields", &v.Extra)
	js := slog.New(slog.NewJSONHandler(&out, nil))
	js.Info("x", "model", v, "pointer", &v, "fields", v.Extra, "pointer to fields", &v.Extra)
	if got := out.String(); strings.Contains(got, "canary") || strings.Contains(got, fmt.Sprintf("%x", "canary")) {
		t.Error(got)
	}
	for want, f := range map[string]Fields{
		"[0 fields]": {}, "[1 field]": fieldsOf(t, `{"a":1}`), "[2 fields]": v.Extra,
	} {
		if got := fmt.Sprintf("%v %+v %#v %s %d", f, f, f, f, f); got != strings.TrimSpace(strings.Repeat(want+" ", 5)) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := fmt.Sprintf("%+v", v); got != "{ID:7 Key:<nil> Extra:[2 fields]}" {
		t.Error(got)
	}
}

func TestFieldsMarshal(t *testing.T) {
	f := fieldsOf(t, `{ "a" : [ 1 ], "b":2 }`)
	if js, err := json.Marshal(f); err != nil || string(js) != `{"a":[1],"b":2}` {
		t.Errorf("%s, %v", js, err)
	}
	if js, err := json.Marshal(leaf{ID: 1, Extra: f}); err != nil || string(js) != `{"id":1}` {
		t.Errorf("%s, %v", js, err)
	}
}

func TestMerge(t *testing.T) {
	for _, tt := range []struct{ obj, extra, want string }{
		{`{}`, `{}`, `{}`},
		{`{"a":1,"b":2}`, `{}`, `{"a":1,"b":2}`},
		{`{}`, `{"a":1}`, `{"a":1}`},
		{`{"a":1,"b":2}`, `{"c":3}`, `{"a":1,"b":2,"c":3}`},
		{`{"a":1,"b":2}`, `{"a":3}`, `{"b":2,"a":3}`},
		{`{"a":1}`, `{"a":3}`, `{"a":3}`},
		{`{"a":1,"b":2,"c":3}`, `{"b":null,"d":{"a":1}}`, `{"a":1,"c":3,"b":null,"d":{"a":1}}`},
		{`{"\u0061":1,"b\"":2}`, `{"a":3,"b\u0022":4}`, `{"a":3,"b\u0022":4}`},
		{`{"a":1}`, `{"A":2}`, `{"a":1,"A":2}`},
		{`{"a":1}`, `{"x":1,"y":2,"x":3}`, `{"a":1,"x":3,"y":2}`},
		{`{"":1}`, `{"":2}`, `{"":2}`},
		{" {\n\"a\" : 1 ,\n\"b\":2} ", `{"c" : 3}`, `{"a" : 1,"b":2,"c" : 3}`},
		{`{"a":"}{,","b":[1,{"c":2}]}`, `{"c":3}`, `{"a":"}{,","b":[1,{"c":2}],"c":3}`},
	} {
		obj := []byte(tt.obj)
		got, err := Merge(obj, fieldsOf(t, tt.extra))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s with %s: got %s, want %s (%v)", tt.obj, tt.extra, got, tt.want, err)
		}
		if string(obj) != tt.obj {
			t.Errorf("%s was changed to %s", tt.obj, obj)
		}
	}
	for _, obj := range []string{``, `null`, `[]`, `{`, `{"a"}`, `{"a":1`, `{"a":1,}`, `{"a":1}}`, `{"a":1} {}`, `{"\u":1}`} {
		if got, err := Merge([]byte(obj), fieldsOf(t, `{"x":1}`)); !errors.Is(err, errSyntax) {
			t.Errorf("%q: %s, %v", obj, got, err)
		}
	}
}
