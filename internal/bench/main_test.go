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
// program, and so does one that is none. Each version of Go has its own bounds.
func TestTable(t *testing.T) {
	t1 := table{languages: []language{{name: "go1.26.8"}, {name: "go1.27.4", newer: true}}}
	for _, factor := range []float64{1, 1.2} {
		for _, r := range []row{
			{what: "met", value: 0.904 * factor, target: goal{0.90, 1.08}, limit: goal{0.90, 1.08}, peers: []peer{other("raw", "B", 10*factor)}},
			{what: "missed", unit: ratio, value: 1.05 * factor, target: both(1), limit: both(1.5)},
			{what: "far out", value: 1.26 * factor, target: both(1), limit: goal{1.25, 1.6}},
			{what: "nothing", value: math.NaN(), target: both(1), limit: both(1)},
			{what: "more is better", value: 0.5 * factor, target: both(0.55), limit: both(0.4), atLeast: true},
		} {
			t1.add(r)
		}
	}
	var out strings.Builder
	failed := t1.write(&out)
	if want := []string{"far out with go1.26.8", "nothing with go1.26.8", "nothing with go1.27.4"}; !slices.Equal(failed, want) {
		t.Errorf("failed: %q", failed)
	}
	for _, want := range []string{
		"| met | ≤ 0.90 / 1.08 | 0.90 pass | 1.08 pass | raw 10 / 12 B |",
		"| more is better | ≥ 0.55 | 0.50 **miss** | 0.60 pass |  |",
	} {
		if !strings.Contains(out.String(), want+"\n") {
			t.Errorf("no line %q in\n%s", want, out.String())
		}
	}
	if n := strings.Count(out.String(), "**miss**"); n != 7 {
		t.Errorf("%d misses in\n%s", n, out.String())
	}
}

// TestNewestOf: the newest release for this system, no candidate and no other Go.
func TestNewestOf(t *testing.T) {
	list := []string{
		"v0.0.1-go1.26.9.linux-amd64", "v0.0.1-go1.27rc1.linux-amd64", "v0.0.1-go1.27.9.linux-amd64",
		"v0.0.1-go1.27.10.linux-amd64", "v0.0.1-go1.27.11.windows-amd64", "v0.0.1-go1.28.0.linux-amd64",
	}
	if got := newestOf(list, ".linux-amd64"); got != "go1.27.10" {
		t.Errorf("%q", got)
	}
	if got := newestOf(list, ".plan9-386"); got != "" {
		t.Errorf("%q", got)
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
