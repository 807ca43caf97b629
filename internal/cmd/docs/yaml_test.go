package main

import "testing"

func TestYAML(t *testing.T) {
	got := yamlText(pairs(
		"plain", "two words", "empty", "", "none", pairs(), "no", "yes", "a: b", "it's #1",
		"$ref", "#/x", "number", 3, "truth", true, "flow", flow("[]"),
		"200", list{"a", pairs("b", "c", "d", list{"1"})},
		"lines", "one\n\n- two"))
	want := `plain: two words
"no": "yes"
"a: b": "it's #1"
$ref: "#/x"
number: 3
truth: true
flow: []
"200":
  - a
  - b: c
    d:
      - "1"
lines: |-
  one

  - two
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
