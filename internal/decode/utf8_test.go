package decode

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type written struct {
	Name    string          `json:"name"`
	Hidden  string          `json:"-"`
	Wire    string          `json:"-" wire:"ssn"`
	Own     opted           `json:"own"`
	List    []*written      `json:"list,omitempty"`
	Map     map[string]any  `json:"map"`
	Raw     json.RawMessage `json:"raw"`
	Bytes   []byte          `json:"bytes"`
	Array   [2]string       `json:"array"`
	Numbers map[int]string  `json:"numbers"`
	Extra   Fields          `json:"-"`
	Plain   string
	private string
}

// opted writes itself.
type opted struct{ text any }

func (o opted) MarshalJSON() ([]byte, error) { return json.Marshal(o.text) }

func TestNotUTF8(t *testing.T) {
	const bad = "L\xe4mp\xf6"
	loop := &written{Name: "\uFFFD"}
	loop.List = []*written{loop}
	for want, v := range map[string]any{
		"name":         written{Name: bad},
		"ssn":          &written{Wire: bad},
		"own":          written{Own: opted{bad}},
		"own.name":     written{Own: opted{written{Name: bad}}},
		"own.more":     written{Own: opted{written{Extra: Fields{raw: `{"more":"` + bad + `"}`, n: 1}}}},
		"list[1].name": written{List: []*written{{}, {Name: bad}, nil}},
		"map.a[0].b":   written{Map: map[string]any{"a": []any{map[string]string{"b": bad}}}},
		"map.L?mp?":    written{Map: map[string]any{bad: nil}},
		"numbers":      written{Numbers: map[int]string{1: bad}},
		"raw":          written{Raw: json.RawMessage(`"` + bad + `"`)},
		"array[1]":     written{Array: [2]string{"", bad}},
		"more":         written{Extra: Fields{raw: `{"more":["` + bad + `"]}`, n: 1}},
		"Plain":        written{Plain: bad},
		"[0]":          []string{bad},
		"body":         bad,
	} {
		// as a type's MarshalJSON may write it
		assert.Equal(t, want, NotUTF8([]byte(`{"x":"\ufffd"}`), v))
		assert.Equal(t, want, NotUTF8([]byte("\uFFFD"), v))
		assert.Empty(t, NotUTF8([]byte(`{"x":"d"}`), v), "nothing was replaced, so this is not looked at")
		if data, err := json.Marshal(v); assert.NoError(t, err) && want != "ssn" && want != "more" && want != "own.more" {
			assert.Equal(t, want, NotUTF8(data, v))
		}
	}
	for _, v := range []any{nil, 7, "\uFFFD", written{Name: `C:\ufffd`}, written{Hidden: bad, private: bad}, written{Bytes: []byte(bad)}, loop, (*written)(nil)} {
		assert.Empty(t, NotUTF8([]byte(`"\ufffd"`), v), "%T", v)
	}
	assert.Equal(t, "body", NotUTF8([]byte(bad), 7), "what wrote it is not known")

	var f Fields
	require.ErrorContains(t, f.Set("name", bad), "UTF-8")
	require.ErrorContains(t, f.Set("name", []any{map[string]any{bad: 1}}), "UTF-8")
	require.ErrorContains(t, f.Set("name", json.RawMessage(`"`+bad+`"`)), "UTF-8")
	assert.True(t, f.IsZero())
	require.NoError(t, f.Set("name", "\uFFFD"))
}

func BenchmarkNotUTF8(b *testing.B) {
	v := written{Name: "Maija Meikäläinen", Map: map[string]any{"a": "Kuja 7", "b": "00100 Helsinki"}}
	data, err := json.Marshal(v)
	require.NoError(b, err)
	for b.Loop() {
		_ = NotUTF8(data, v)
	}
}
