package main

import (
	"math"
	"slices"
	"time"
)

// comparison is a job that every client does in every round.
type comparison struct {
	what string // as in the table
	job  string
	n    int
	base string // of the server; empty: in memory

	// Bounds of the ratios to the twin. Without those of allocations and bytes
	// CPU time alone is shown.
	allocs, bytes, cpu goal
	// results of each client, one for each round.
	results map[string][]result
}

// measure runs it once with every client. The clients' order changes from round
// to round, so that no one always comes after the same neighbor.
func (c *comparison) measure(round int, w *process) error {
	if c.results == nil {
		c.results = map[string][]result{}
	}
	for i := range everyClient {
		name := everyClient[(i+round)%len(everyClient)]
		r, err := w.run(job{What: c.job, Client: name, N: c.n, Base: c.base})
		if err != nil {
			return err
		}
		c.results[name] = append(c.results[name], r)
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
		target, limit goal
		unit          string // of the twin's figure
	}{
		{"allocations", allocs, c.allocs, c.allocs, count},
		{"bytes", bytesOf, c.bytes, c.bytes, "B"},
		{"CPU", cpu, c.cpu, c.cpu.plus(farOut), "µs"},
	}
	for _, m := range metrics {
		if m.target == (goal{}) {
			continue
		}
		var peers []peer
		for _, name := range everyClient {
			switch name {
			case theTwin:
				peers = append(peers, other(name, m.unit, math.Round(median(each(c.results[theTwin], m.get)))))
			case theSDK:
			default:
				peers = append(peers, other(name, ratio, c.ratioOf(name, m.get)))
			}
		}
		rows = append(rows, row{
			what: c.what + ": " + m.name, unit: ratio, value: c.ratioOf(theSDK, m.get),
			target: m.target, limit: m.limit, peers: peers,
		})
	}
	return rows
}

// farOut above its target CPU time fails the run.
const farOut = 0.5

func allocs(r result) float64  { return r.Allocs }
func bytesOf(r result) float64 { return r.Bytes }
func cpu(r result) float64     { return float64(r.CPU.Nanoseconds()) / 1000 }
func wall(r result) float64    { return milliseconds(r.Wall) }

func milliseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

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
