package decode

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// model is as the root's models are.
type model struct {
	ID     string    `json:"id"`
	Owner  string    `json:"owner_id"`
	Sum    int       `json:"sum" decode:"must"`
	Name   string    `json:"name"`
	Count  int8      `json:"count"`
	Open   bool      `json:"open"`
	When   time.Time `json:"when"`
	Tags   []string  `json:"tags"`
	Inner  *model    `json:"inner"`
	Lines  []model   `json:"lines"`
	Number float64   `json:"number"`
	Extra  Fields    `json:"-"`
}

// One odd field never loses an answer.
func TestDecodeOddValues(t *testing.T) {
	for _, data := range []string{
		`"name":12`, `"name":{"a":1}`, `"name":["x"]`, `"name":true`, `"count":300`, `"count":1.5`, `"count":"1"`, `"count":""`, `"open":1`, `"open":"true"`,
		`"when":""`, `"when":"2026-11-20"`, `"when":"2026-11-20T10:00:00"`, `"when":5`, `"tags":"a"`, `"tags":[1]`, `"tags":{}`, `"inner":5`, `"inner":[]`,
		`"lines":{}`, `"lines":[5]`, `"lines":[{"name":"a"},"b"]`, `"number":"1"`,
	} {
		v, err := decode[model](`{"id":"a","sum":7,` + data + `,"new":1}`)
		name, value, _ := strings.Cut(data, ":")
		if err != nil || v.ID != "a" || v.Sum != 7 || show(v.Extra) != strings.Trim(name, `"`)+"="+value+" new=1" {
			t.Errorf("%s: %+v %s %v", data, v, show(v.Extra), err)
			continue
		}
		v.ID, v.Sum, v.Extra = "", 0, Fields{}
		if !reflect.ValueOf(v).IsZero() {
			t.Errorf("%s: something was left behind: %+v", data, v)
		}
	}
	if v, err := decode[model](`{"id":4711,"owner_id":-1e3,"name":null,"when":null,"inner":null}`); err != nil || v.ID != "4711" || v.Owner != "-1e3" || v.Extra.Len() > 0 {
		t.Errorf("an id may be a number: %+v %v", v, err)
	}
	if v, err := decode[model]("{\"id\":\"a\",\"name\":\"M\xfcller\",\"x\":\"M\xfcller\"}"); err != nil || v.Name != "M\uFFFDller" || show(v.Extra) != "x=\"M\xfcller\"" {
		t.Errorf("broken UTF-8: %+v %v", v, err)
	}
	for data, want := range map[string]string{
		`{"id":{}}`:                            "id has a value that cannot be read",
		`{"id":true}`:                          "id has a value that cannot be read",
		"{\"id\":\"\xff\"}":                    "id is not UTF-8",
		`{"owner_id":[]}`:                      "owner_id has a value that cannot be read",
		`{"sum":""}`:                           "sum has a value that cannot be read",
		`{"inner":{"sum":1.5}}`:                "inner.sum has a value that cannot be read",
		`{"lines":[{},{"lines":[{"id":[]}]}]}`: "lines[1].lines[0].id has a value that cannot be read",
		`[]`:                                   "has a value that cannot be read",
		`"x"`:                                  "has a value that cannot be read",
	} {
		if v, err := decode[model](data); err == nil || err.Error() != want || !reflect.ValueOf(v).IsZero() {
			t.Errorf("%s: %v %+v", data, err, v)
		}
	}
	for data, want := range map[string]string{
		`[{},{},{},{"sum":"x"}]`: "[3].sum has a value that cannot be read",
		`[{},5]`:                 "[1] has a value that cannot be read",
		`[{},{"id":"a","id":2}]`: "[1].id is given twice",
		`{}`:                     "has a value that cannot be read",
	} {
		if v, err := decode[[]model](data); err == nil || err.Error() != want || v != nil {
			t.Errorf("%s: %v %+v", data, err, v)
		}
	}
	if v, err := decode[[]model](`[{"id":"a","count":""},null,{"id":"b"}]`); err != nil || len(v) != 3 || v[2].ID != "b" {
		t.Errorf("one odd item: %+v %v", v, err)
	}
}
