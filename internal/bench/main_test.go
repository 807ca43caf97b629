package main

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/maventa-go/maventa"
)

// TestDocuments: the object is of the size that the targets were set with.
func TestDocuments(t *testing.T) {
	text := assignment(1)
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	if n := members(v); n < 38 || n > 45 {
		t.Errorf("%d members", n)
	}
	if len(text) < 1400 || len(text) > 1600 {
		t.Errorf("%d bytes", len(text))
	}
}

func members(v any) (n int) {
	switch v := v.(type) {
	case map[string]any:
		for _, value := range v {
			n += 1 + members(value)
		}
	case []any:
		for _, value := range v {
			n += members(value)
		}
	}
	return n
}

// TestClientsReadTheSame: the clients do the same work, and the SDK keeps what
// it does not know.
func TestClientsReadTheSame(t *testing.T) {
	want := map[string]string{}
	for _, name := range everyClient {
		c, err := newClient(name, memoryBase, newMemory())
		if err != nil {
			t.Fatal(err)
		}
		a, err := c.get(t.Context(), anID)
		if err != nil {
			t.Fatal(name, err)
		}
		e, err := c.post(t.Context(), anID)
		if err != nil {
			t.Fatal(name, err)
		}
		items := 0
		if err := c.list(t.Context(), func() { items++ }); err != nil || items != pageCount*perPage {
			t.Fatal(name, items, err)
		}
		for what, v := range map[string]any{"assignment": a, "event": e} {
			if got := canonical(t, v); want[what] == "" {
				want[what] = got
			} else if got != want[what] {
				t.Errorf("%s reads another %s:\n%s\n%s", name, what, got, want[what])
			}
		}
		if own, ok := a.(*maventa.Assignment); ok && own.Extra.Len() != 4 {
			t.Errorf("%d unknown members kept", own.Extra.Len())
		}
	}
}

// canonical is a model in JSON without the members that are empty.
func canonical(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(withoutEmpty(tree))
}

func withoutEmpty(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			switch value = withoutEmpty(value); value {
			case "", "0001-01-01T00:00:00Z", false, 0.0, nil:
				delete(v, name)
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutEmpty(v[i])
		}
	}
	return v
}

// TestTable: a figure beyond its target is a miss, one beyond its limit fails the
// program, and so does one that is none.
func TestTable(t *testing.T) {
	t1 := table{rows: []row{
		{what: "met", value: 0.904, target: 0.90, limit: 0.90},
		{what: "missed", unit: ratio, value: 1.05, target: 1, limit: 1.25},
		{what: "far out", value: 1.26, target: 1, limit: 1.25},
		{what: "nothing", value: math.NaN(), target: 1, limit: 1},
	}}
	var out strings.Builder
	failed := t1.write(&out)
	if want := []string{"far out", "nothing"}; !slices.Equal(failed, want) {
		t.Errorf("failed: %q", failed)
	}
	if n := strings.Count(out.String(), "**miss**"); n != 3 {
		t.Errorf("%d misses in\n%s", n, out.String())
	}
}

func Benchmark(b *testing.B) {
	for _, what := range []string{"get", "post", "list"} {
		for _, name := range everyClient {
			b.Run(what+"/"+name, func(b *testing.B) {
				c, err := newClient(name, memoryBase, newMemory())
				if err != nil {
					b.Fatal(err)
				}
				_ = pages()
				b.ReportAllocs()
				for b.Loop() {
					var err error
					switch what {
					case "get":
						_, err = c.get(b.Context(), anID)
					case "post":
						_, err = c.post(b.Context(), anID)
					default:
						err = c.list(b.Context(), func() {})
					}
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
