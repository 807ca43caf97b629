package main

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// row is one line of the table.
type row struct {
	what   string
	unit   string // how the SDK's figure is to be read
	value  float64
	target float64
	// limit is what makes the program fail: the target for what is the same on
	// every machine, far out for times.
	limit float64
	peers string
}

// beyond compares what the table shows: two digits of a ratio.
func (r *row) beyond(bound float64) bool {
	value := math.Round(r.value*100) / 100
	return math.IsNaN(value) || value > bound
}

type table struct{ rows []row }

func (t *table) add(r row) { t.rows = append(t.rows, r) }

// write writes the table in Markdown and returns the rows beyond their limits.
func (t *table) write(out io.Writer) (failed []string) {
	fmt.Fprintln(out, "| what | SDK | target | | others |")
	fmt.Fprintln(out, "|---|---|---|---|---|")
	for _, r := range t.rows {
		verdict := "pass"
		if r.beyond(r.target) {
			verdict = "**miss**"
		}
		if r.beyond(r.limit) {
			failed = append(failed, r.what)
		}
		fmt.Fprintf(out, "| %s | %s | ≤ %s | %s | %s |\n", r.what, figure(r.value, r.unit), figure(r.target, r.unit), verdict, r.peers)
	}
	return failed
}

// figure writes a number with as many digits as it deserves.
func figure(v float64, unit string) string {
	text := fmt.Sprintf("%.0f", v)
	switch {
	case unit == ratio:
		text = fmt.Sprintf("%.2f", v)
	case v != math.Trunc(v) && math.Abs(v) < 100:
		text = fmt.Sprintf("%.2f", v)
	}
	return strings.TrimSpace(text + " " + unit)
}

// Units of the SDK's figures.
const (
	ratio = "" // of the twin's
	count = " "
)
