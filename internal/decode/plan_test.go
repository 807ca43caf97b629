package decode

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	type embeds struct {
		leaf
		Extra Fields `json:"-"`
	}
	type twice struct {
		A     any `json:"B"`
		B     any
		Extra Fields `json:"-"`
	}
	type badTag struct {
		A     any    `json:"a\\b"`
		Extra Fields `json:"-"`
	}
	for want, v := range map[string]any{
		"embedded fields":                embeds{},
		"same name":                      twice{},
		"does not accept the name":       badTag{},
		"kept in a field Extra":          struct{ Rest Fields }{},
		`with the tag json:"-"`:          struct{ Extra Fields }{},
		"unknown members are kept in":    struct{ Extra *Fields }{},
		"decode.embeds: embedded fields": struct{ A []*struct{ B embeds } }{},
		"decode.twice: two fields have":  struct{ A, B twice }{},
		"models in it are not looked":    struct{ A map[string][]leaf }{},
		"[]decode.leaf: models in it":    struct{ A map[string][]leaf }{},
		"map[string]decode.thing: mod":   struct{ A []map[string]thing }{},
	} {
		err := Check(reflect.TypeOf(v))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%T: got %v, want %q", v, err, want)
		}
	}
	for _, v := range []any{row{}, &row{}, []row{}, leaf{}, bare{}, 1, "", time.Time{}, new(any)} {
		if err := Check(reflect.TypeOf(v)); err != nil {
			t.Errorf("%T: %v", v, err)
		}
	}
	// What Check refuses is left to encoding/json: known members are not unknown.
	for _, v := range []any{&embeds{}, &twice{}, &badTag{}} {
		if err := Decode([]byte(`{"id":1,"B":1,"B":2}`), v); err != nil {
			t.Errorf("%T: %v", v, err)
		}
		if f := reflect.ValueOf(v).Elem().FieldByName("Extra").Interface().(Fields); !f.IsZero() {
			t.Errorf("%T: %s", v, show(f))
		}
	}
}
