package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// TestChart: it is well formed, has a title and a description, shows every figure,
// and cuts no figure off with its bar.
func TestChart(t *testing.T) {
	svg := chart([]string{"Go 1.26.8", "Go 1.27.4"}, []chartGroup{
		{"GET by id", []chartBar{{"this SDK", []float64{0.42, 0.61}}, {"<other> & co", []float64{1, 3.25}}}},
	})
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err, "\n", svg)
		}
	}
	for _, want := range []string{"<title", "<desc", "prefers-color-scheme:dark", ">0.42<", ">0.61<", ">3.25<", "this SDK: 0.42 and 0.61.", `width="600.0"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in\n%s", want, svg)
		}
	}
}
