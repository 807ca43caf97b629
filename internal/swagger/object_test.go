package swagger

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
)

func object(t *testing.T, r *Reader, text string) *Object {
	t.Helper()
	o, problem := r.ReadObject([]byte(text))
	if problem != "" {
		t.Fatalf("%s: %s", text, problem)
	}
	return o
}

func TestReadObject(t *testing.T) {
	for text, want := range map[string]string{
		``: "body is not a JSON object", `[]`: "body is not a JSON object", `null`: "body is not a JSON object",
		`{"a":`: "body is not a JSON object", `{} {}`: "body has more than one JSON value", `{}`: "", " {}\n": "",
	} {
		if _, problem := new(Reader).ReadObject([]byte(text)); problem != want {
			t.Errorf("%q: %q, want %q", text, problem, want)
		}
	}
}

func TestObject(t *testing.T) {
	r := &Reader{}
	o := object(t, r, `{"name":"Ä","kind":"b","day":"2026-10-01","null":null,"address":{"city":"Oulu","streets":["1"],"spare":1},
		"payers":[{"ssn":"x"},{"name":"y"}],"z":1,"more":2}`)
	if o.Text("name", Required(), Length(1, 1)) != "Ä" || o.Text("kind", OneOf("a", "b")) != "b" || o.Text("day", Date()) != "2026-10-01" ||
		o.Text("null") != "" || o.Text("none", InferredIn("M")) != "" {
		t.Error("a text is read wrongly")
	}
	address := o.Object("address", InferredIn("M"))
	if address.Text("city", Required()) != "Oulu" || !slices.Equal(address.Texts("streets", Required()), []string{"1"}) {
		t.Error("an object is read wrongly")
	}
	payers := o.Objects("payers", Required())
	if len(payers) != 2 || payers[0].Text("ssn", InferredIn("Payer")) != "x" || payers[1].Text("name") != "y" {
		t.Error("a list of objects is read wrongly")
	}
	if o.Object("none") != nil || o.Objects("none") != nil || o.Texts("none") != nil {
		t.Error("what is absent is read")
	}
	o.Lean("rule of the caller")
	if r.Problems != nil || !slices.Equal(r.Facts, []string{"field M.address", "field Payer.ssn", "rule of the caller"}) {
		t.Errorf("problems %q, facts %q", r.Problems, r.Facts)
	}
	if unused := o.Unused(); !slices.Equal(unused, []string{"more", "z", "address[spare]"}) {
		t.Errorf("unused: %q", unused)
	}
}

func TestObjectProblems(t *testing.T) {
	r := &Reader{}
	o := object(t, r, `{"number":1,"empty":"","kind":"c","day":"1.10.2026","short":"a","text":"x","object":{"city":1},"list":[1],
		"none":[],"objects":[{},2],"null":null}`)
	o.Text("number")
	o.Text("empty", Required())
	o.Text("missing", Required())
	o.Text("null", Required())
	if o.Text("kind", OneOf("a", "b")) != "" || o.Text("day", Date()) != "" {
		t.Error("a wrong value is returned")
	}
	o.Text("short", Length(2, 3))
	o.Object("text")
	o.Object("object").Text("city")
	o.Texts("list")
	o.Texts("none", Required())
	o.Objects("none", Required())
	if all := o.Objects("objects"); len(all) != 1 {
		t.Errorf("%d objects", len(all))
	}
	o.Objects("text")
	o.Problem("kind", "is none of ours")
	want := []string{
		"number is invalid", "empty is empty", "missing is missing", "null is missing", "kind does not have a valid value", "day is invalid",
		"short must have 2 to 3 characters", "text is invalid", "object[city] is invalid", "list is invalid", "none is empty", "none is empty",
		"objects[0] is empty", "objects[1] is invalid", "text is invalid", "kind is none of ours",
	}
	if !slices.Equal(r.Problems, want) {
		t.Errorf("problems %q\nwant %q", r.Problems, want)
	}
}

func TestNumber(t *testing.T) {
	for _, quoted := range []bool{false, true} {
		o := object(t, &Reader{QuotedNumbers: quoted}, `{"a":1.50,"b":"1.50"}`)
		guessed := map[bool]string{false: `"1.50"`, true: "1.50"}[quoted]
		for _, test := range []struct {
			name, want string
			rules      []Rule
		}{{"a", "1.50", nil}, {"b", `"1.50"`, nil}, {"b", guessed, []Rule{InferredIn("M")}}} {
			if text, ok := o.Number(test.name, test.rules...); text != test.want || !ok {
				t.Errorf("%t %s: %q, %t; want %q", quoted, test.name, text, ok, test.want)
			}
		}
		if _, ok := o.Number("none"); ok {
			t.Error("a number that is absent")
		}
	}
}

func TestTake(t *testing.T) {
	fs := Join(
		Text("name").Must(), Flag("on"), Whole("n"), Number("sum"), Day("day"), List("list").UpTo(1), Nested("free"), Nested("o", Text("a").Must(), Flag("b")),
	)
	r := &Reader{}
	o := object(t, r, `{"name":"a","on":false,"n":3,"sum":1.50,"day":"2026-10-01","list":["x"],"free":{"x":[1.50]},"o":{"a":"b","c":1},"spare":1}`)
	want := Values{
		"name": "a", "on": false, "n": 3, "sum": json.Number("1.50"), "day": "2026-10-01", "list": []string{"x"},
		"free": map[string]any{"x": []any{json.Number("1.50")}}, "o": map[string]any{"a": "b"},
	}
	if in := o.Take(fs); !reflect.DeepEqual(in, want) || r.Problems != nil {
		t.Errorf("%v, %q", in, r.Problems)
	}
	if unused := o.Unused(); !slices.Contains(unused, "spare") || !slices.Contains(unused, "o[c]") {
		t.Errorf("unused: %q", unused)
	}
	o = object(t, r, `{"name":1,"on":"true","n":"3","sum":"1","day":"x","list":["x","y"],"free":1,"o":{"b":2}}`)
	if in := o.Take(fs); len(in) != 1 || !reflect.DeepEqual(in["o"], map[string]any{}) {
		t.Errorf("%v", in)
	}
	if want := []string{
		"name is invalid", "on is invalid", "n is invalid", "sum is invalid", "day is invalid", "list must have at most 1 items", "free is invalid",
		"o[a] is missing", "o[b] is invalid",
	}; !slices.Equal(r.Problems, want) {
		t.Errorf("problems %q\nwant %q", r.Problems, want)
	}
}
