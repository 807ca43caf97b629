package main

import (
	"fmt"
	"slices"
	"strings"
)

// comparison is a job that every client does in every round.
type comparison struct {
	what    string // as in the table
	job     string
	n       int
	clients []string

	targetAllocs, targetBytes, targetCPU float64
	// results of each client, one for each round.
	results map[string][]result
}

// onJSONv2 marks the SDK in the process with the other encoding/json.
const onJSONv2 = theSDK + " on jsonv2"

// measureRound runs all comparisons once. The clients' order changes from round
// to round, so that no one always comes after the same neighbor.
func measureRound(round int, workers map[string]*process, list []*comparison) error {
	for _, c := range list {
		if c.results == nil {
			c.results = map[string][]result{}
		}
		for i := range c.clients {
			name := c.clients[(i+round)%len(c.clients)]
			worker, as := workers[theTwin], name
			if name == onJSONv2 {
				worker, as = workers[onJSONv2], theSDK
			}
			r, err := worker.run(job{What: c.job, Client: as, N: c.n})
			if err != nil {
				return err
			}
			c.results[name] = append(c.results[name], r)
		}
	}
	return nil
}

// ratioOf is the median over the rounds of a client's figure by the twin's.
func (c *comparison) ratioOf(name string, get func(result) float64) float64 {
	var list []float64
	for i, r := range c.results[name] {
		list = append(list, get(r)/get(c.results[theTwin][i]))
	}
	return median(list)
}

func (c *comparison) rows() (rows []row) {
	metrics := []struct {
		name          string
		get           func(result) float64
		target, limit float64
		absolute      string
	}{
		{"allocations", allocs, c.targetAllocs, c.targetAllocs, "%.0f"},
		{"bytes", bytesOf, c.targetBytes, c.targetBytes, "%.0f B"},
		{"CPU", cpu, c.targetCPU, failingCPU, "%.0f µs"},
	}
	for _, m := range metrics {
		peers := []string{"raw " + fmt.Sprintf(m.absolute, median(each(c.results[theTwin], m.get)))}
		for _, name := range c.clients {
			if name != theTwin && name != theSDK && name != onJSONv2 {
				peers = append(peers, fmt.Sprintf("%s %.2f", name, c.ratioOf(name, m.get)))
			}
		}
		rows = append(rows, row{
			what: c.what + ": " + m.name, unit: ratio, value: c.ratioOf(theSDK, m.get),
			target: m.target, limit: m.limit, peers: strings.Join(peers, ", "),
		})
	}
	if slices.Contains(c.clients, onJSONv2) {
		rows = append(rows, row{
			what: c.what + ": CPU with GOEXPERIMENT=jsonv2, raw without", unit: ratio, value: c.ratioOf(onJSONv2, cpu),
			target: 0.65, limit: failingCPU,
			peers: fmt.Sprintf("its allocations %.2f, bytes %.2f", c.ratioOf(onJSONv2, allocs), c.ratioOf(onJSONv2, bytesOf)),
		})
	}
	return rows
}

// failingCPU is the ratio from which on CPU time fails the run.
const failingCPU = 1.25

func allocs(r result) float64  { return r.Allocs }
func bytesOf(r result) float64 { return r.Bytes }
func cpu(r result) float64     { return float64(r.CPU.Nanoseconds()) / 1000 }
func wall(r result) float64    { return float64(r.Wall.Nanoseconds()) / 1e6 }

func each(list []result, get func(result) float64) []float64 {
	var figures []float64
	for _, r := range list {
		figures = append(figures, get(r))
	}
	return figures
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	if n := len(sorted); n%2 == 0 {
		return (sorted[n/2-1] + sorted[n/2]) / 2
	}
	return sorted[len(sorted)/2]
}
