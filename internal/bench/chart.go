package main

import (
	"fmt"
	"html"
	"os"
	"strings"
)

// A chart shows the ratios of CPU time of all clients, with each version of Go.

// chartGroup is one of the compared jobs.
type chartGroup struct {
	title string
	bars  []chartBar
}

// chartBar is a client: one ratio of each version.
type chartBar struct {
	name   string
	ratios []float64
}

// chartGroups takes the jobs in memory from the comparisons of each version.
func chartGroups(lists [][]*comparison) (groups []chartGroup) {
	for i, c := range lists[0] {
		if c.base != "" {
			continue
		}
		g := chartGroup{title: strings.TrimSuffix(c.what, ", in memory")}
		for _, name := range []string{theSDK, theTwin, theTuned, theOgen, theOapi, theResty} {
			bar := chartBar{name: name}
			for _, list := range lists {
				bar.ratios = append(bar.ratios, list[i].ratioOf(name, cpu))
			}
			if name == theSDK {
				bar.name = "this SDK"
			}
			g.bars = append(g.bars, bar)
		}
		groups = append(groups, g)
	}
	return groups
}

// Measures of the chart in pixels.
const (
	chartWidth  = 760
	chartLabels = 110 // left of the bars
	chartScale  = 300 // of the ratio 1
	chartBarH   = 9
	chartRow    = 26 // two bars and a gap
	chartMost   = 2  // what is longer is cut; its figure stands beside it
)

// chart draws the groups below each other. It is readable on light and on dark
// ground, and says in its description what it shows.
func chart(versions []string, groups []chartGroup) string {
	var body strings.Builder
	var spoken []string
	y := 76
	for _, g := range groups {
		fmt.Fprintf(&body, `<text class="head" x="16" y="%d">%s</text>`, y, html.EscapeString(g.title))
		fmt.Fprintf(&body, `<path class="one" d="M%d %dv%d"/>`+"\n", chartLabels+chartScale, y+8, 8+chartRow*len(g.bars))
		y += 20
		for _, bar := range g.bars {
			fmt.Fprintf(&body, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", chartLabels-8, y+13, html.EscapeString(bar.name))
			var said []string
			for i, v := range bar.ratios {
				class, width, at := fmt.Sprintf("v%d", i), min(v, chartMost)*chartScale, y+i*(chartBarH+1)
				if bar.name == "this SDK" {
					class += " own"
				}
				fmt.Fprintf(&body, `<rect class="%s" x="%d" y="%d" width="%.1f" height="%d"/>`, class, chartLabels, at, width, chartBarH)
				fmt.Fprintf(&body, `<text class="figure" x="%.1f" y="%d">%.2f</text>`+"\n", chartLabels+width+4, at+chartBarH-1, v)
				said = append(said, fmt.Sprintf("%.2f", v))
			}
			spoken = append(spoken, fmt.Sprintf("%s, %s: %s.", g.title, bar.name, strings.Join(said, " and ")))
			y += chartRow
		}
		y += 26
	}
	var legend strings.Builder
	for i, v := range versions {
		x := chartLabels + 130*i
		fmt.Fprintf(&legend, `<rect class="v%d own" x="%d" y="41" width="12" height="9"/><rect class="v%d" x="%d" y="41" width="12" height="9"/>`, i, x, i, x+14)
		fmt.Fprintf(&legend, `<text x="%d" y="50">%s</text>`+"\n", x+32, html.EscapeString(v))
	}
	height := y - 16
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title desc">
<title id="title">CPU time of each client, as a ratio to hand-written code</title>
<desc id="desc">Shorter is better; 1 is hand-written code with net/http and encoding/json. With %s: %s</desc>
<style>
text{font:12px system-ui,sans-serif;fill:#24292f}.head,.title{font-weight:600}.title{font-size:14px}.figure{font-size:10px}
.v0{fill:#8c959f}.v1{fill:#c4cad0}.v0.own{fill:#0a7d4b}.v1.own{fill:#52b788}.one{stroke:#57606a;stroke-dasharray:3 3;fill:none}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.v0{fill:#7d8590}.v1{fill:#4b535d}.v0.own{fill:#3fb67f}.v1.own{fill:#22774f}.one{stroke:#9198a1}}
</style>
<text class="title" x="16" y="24">CPU time by that of hand-written code; shorter is better</text>
%s%s</svg>
`, chartWidth, height, chartWidth, height, html.EscapeString(strings.Join(versions, " and ")), html.EscapeString(strings.Join(spoken, " ")), legend.String(), body.String())
}

func (b *bench) drawChart(lists [][]*comparison) error {
	var versions []string
	for _, l := range b.table.languages {
		versions = append(versions, strings.Replace(l.name, "go", "Go ", 1))
	}
	return os.WriteFile(b.chart, []byte(chart(versions, chartGroups(lists))), 0o644) //nolint:gosec // a page of the documentation
}
