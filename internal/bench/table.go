package main

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// goal is a bound with each Go version.
type goal struct{ go126, go127 float64 }

// both is a bound that is the same with each.
func both(v float64) goal { return goal{v, v} }

func (g goal) of(l language) float64 {
	if l.newer {
		return g.go127
	}
	return g.go126
}

func (g goal) plus(v float64) goal { return goal{g.go126 + v, g.go127 + v} }

// row is one line of the table.
type row struct {
	what   string
	unit   string // how the SDK's figures are to be read
	value  float64
	target goal
	// limit is what makes the program fail: the target for what is the same on
	// every machine, far out for times.
	limit   goal
	atLeast bool // more is better
	peers   []peer

	values []float64 // of each version, collected by add
}

// peer is a figure of another client, or another figure of the same job.
type peer struct {
	name, unit string
	values     []float64 // one, and after add one of each version
}

func other(name, unit string, value float64) peer { return peer{name, unit, []float64{value}} }

// beyond compares what the table shows: two digits of a ratio.
func (r *row) beyond(value, bound float64) bool {
	value = math.Round(value*100) / 100
	if r.atLeast {
		value, bound = -value, -bound
	}
	return math.IsNaN(value) || value > bound
}

// table has a column for each version of Go. Each version adds the same rows.
type table struct {
	languages []language
	rows      []*row
}

func (t *table) add(r row) {
	for _, known := range t.rows {
		if known.what == r.what {
			known.values = append(known.values, r.value)
			for i := range min(len(known.peers), len(r.peers)) {
				known.peers[i].values = append(known.peers[i].values, r.peers[i].values...)
			}
			return
		}
	}
	r.values = []float64{r.value}
	t.rows = append(t.rows, &r)
}

// write writes the table in Markdown and returns the rows beyond their limits.
func (t *table) write(out io.Writer) (failed []string) {
	fmt.Fprint(out, "| what | target |")
	for _, l := range t.languages {
		fmt.Fprintf(out, " %s |", l.name)
	}
	fmt.Fprintln(out, " others |")
	fmt.Fprintln(out, "|---|---|"+strings.Repeat("---|", len(t.languages))+"---|")
	for _, r := range t.rows {
		sign := "≤ "
		if r.atLeast {
			sign = "≥ "
		}
		var targets []float64
		for _, l := range t.languages {
			targets = append(targets, r.target.of(l))
		}
		fmt.Fprintf(out, "| %s | %s |", r.what, sign+figures(targets, r.unit))
		for i, v := range r.values {
			l := t.languages[i]
			verdict := "pass"
			if r.beyond(v, r.target.of(l)) {
				verdict = "**miss**"
			}
			if r.beyond(v, r.limit.of(l)) {
				failed = append(failed, r.what+" with "+l.name)
			}
			fmt.Fprintf(out, " %s %s |", figures([]float64{v}, r.unit), verdict)
		}
		var peers []string
		for _, p := range r.peers {
			peers = append(peers, p.name+" "+figures(p.values, p.unit))
		}
		fmt.Fprintf(out, " %s |\n", strings.Join(peers, ", "))
	}
	return failed
}

// figures writes numbers, once if they are the same.
func figures(list []float64, unit string) string {
	var texts []string
	for _, v := range list {
		if text := figure(v, unit); len(texts) == 0 || texts[0] != text {
			texts = append(texts, text)
		}
	}
	return strings.TrimSpace(strings.Join(texts, " / ") + " " + unit)
}

// figure writes a number with as many digits as it deserves.
func figure(v float64, unit string) string {
	if unit == ratio || v != math.Trunc(v) && math.Abs(v) < 100 {
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// Units of figures that have none.
const (
	ratio = "" // of the twin's
	count = " "
)
