package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

type settings struct {
	rounds, items int
	short         bool
}

// bench is one run of the whole.
type bench struct {
	settings

	program string // this one
	jsonv2  string // the same with the other encoding/json; empty: not measured
	dir     string // for files
	table   table
}

func run(ctx context.Context, s settings, out io.Writer) error {
	if s.short {
		s.rounds, s.items = 3, 100_000
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{settings: s, program: program, dir: dir}
	if !s.short {
		if b.jsonv2, err = build(ctx, dir); err != nil {
			return err
		}
	}
	begin := time.Now()
	for _, part := range []func(context.Context) error{b.compare, b.iterate, b.connections, b.tokens, b.importCost} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "%s, %s/%s, %d CPUs, %d rounds, %s\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), s.rounds, time.Since(begin).Round(time.Second))
	if failed := b.table.write(out); len(failed) > 0 {
		return errors.New("beyond its limit: " + strings.Join(failed, "; "))
	}
	return nil
}

// compare measures what happens in memory.
func (b *bench) compare(ctx context.Context) (err error) {
	workers := map[string]*process{}
	defer func() {
		for _, w := range workers {
			err = errors.Join(err, w.stop())
		}
	}()
	if workers[theTwin], err = start(ctx, b.program, "-work"); err != nil {
		return err
	}
	list := &comparison{what: "100 pages of 100", job: "list", n: 1, clients: everyClient, targetAllocs: 1.10, targetBytes: 0.40, targetCPU: 1.00}
	comparisons := []*comparison{
		{what: "GET by id", job: "get", n: 4000, clients: everyClient, targetAllocs: 0.90, targetBytes: 0.65, targetCPU: 1.00},
		{what: "POST event", job: "post", n: 8000, clients: everyClient, targetAllocs: 0.90, targetBytes: 0.80, targetCPU: 1.00},
		list,
	}
	if b.jsonv2 != "" {
		if workers[onJSONv2], err = start(ctx, b.jsonv2, "-work"); err != nil {
			return err
		}
		list.clients = append(slices.Clip(list.clients), onJSONv2)
	}
	for round := range b.rounds {
		if err := measureRound(round, workers, comparisons); err != nil {
			return err
		}
	}
	for _, c := range comparisons {
		for _, r := range c.rows() {
			b.table.add(r)
		}
	}
	return nil
}

// withServer gives do a stub server and a worker, both in fresh processes.
func (b *bench) withServer(ctx context.Context, do func(s *server, w *process) error) (err error) {
	s, err := startServer(ctx, b.program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	w, err := start(ctx, b.program, "-work", "SSL_CERT_FILE="+s.Cert)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.stop()) }()
	return do(s, w)
}

const mib = 1 << 20

// iterate goes through the long list.
func (b *bench) iterate(ctx context.Context) error {
	return b.withServer(ctx, func(s *server, w *process) error {
		length := b.items / perPage
		r, err := w.run(job{What: "iterate", Client: theSDK, N: b.items, Base: fmt.Sprintf("%s/pages/%d", s.HTTP, length)})
		if err != nil {
			return err
		}
		peak, growth := float64(r.Peak)/mib, float64(r.Peak-min(r.PeakAt250k, r.Peak))/mib
		what := fmt.Sprintf("%d assignments iterated: ", b.items)
		b.table.add(row{what: what + "peak heap", unit: "MiB", value: peak, target: 8, limit: 8, peers: fmt.Sprintf("%.0f s, of which CPU %.0f s", r.Wall.Seconds(), r.CPU.Seconds())})
		b.table.add(row{what: what + "growth after the first quarter", unit: "MiB", value: growth, target: 1, limit: 1, peers: ""})
		return nil
	})
}

// connections counts at the server.
func (b *bench) connections(ctx context.Context) error {
	type counted struct {
		conns   int64
		seconds float64
	}
	ask := func(j job, https bool) (n counted, err error) {
		err = b.withServer(ctx, func(s *server, w *process) error {
			j.Base = s.HTTP + "/missing"
			if https {
				j.Base = s.HTTPS
			}
			r, err := w.run(j)
			if err != nil {
				return err
			}
			c, err := s.counted()
			n = counted{c.Conns + c.TLSConns, r.Wall.Seconds()}
			return err
		})
		return n, err
	}
	var conns, seconds []float64
	for range 5 { // how many depends on how fast the first ones are
		own, err := ask(job{What: "connections", Client: theSDK, N: 5000}, true)
		if err != nil {
			return err
		}
		conns, seconds = append(conns, float64(own.conns)), append(seconds, own.seconds)
	}
	peers := []string{fmt.Sprintf("in %.1f s", median(seconds))}
	if !b.short { // the default transport takes its time
		twin, err := ask(job{What: "connections", Client: theTwin, N: 5000}, true)
		if err != nil {
			return err
		}
		peers = append(peers, fmt.Sprintf("raw with the default transport %d in %.1f s", twin.conns, twin.seconds))
	}
	b.table.add(row{what: "5,000 TLS calls by 50 workers: connections", unit: count, value: median(conns), target: 100, limit: 200, peers: strings.Join(peers, "; ")})

	own, err := ask(job{What: "errors", Client: theSDK, N: 1000}, false)
	if err != nil {
		return err
	}
	peers = nil
	for _, name := range everyClient {
		if name == theSDK {
			continue
		}
		n, err := ask(job{What: "errors", Client: name, N: 1000}, false)
		if err != nil {
			return err
		}
		peers = append(peers, fmt.Sprintf("%s %d", name, n.conns))
	}
	b.table.add(row{what: "1,000 error replies in a row: connections", unit: count, value: float64(own.conns), target: 1, limit: 1, peers: strings.Join(peers, ", ")})
	return nil
}

// tokens measures a cold start and a token endpoint that hangs.
func (b *bench) tokens(ctx context.Context) (err error) {
	w, err := start(ctx, b.program, "-work")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.stop()) }()
	cold, err := w.run(job{What: "cold", Client: theSDK, N: 1000})
	if err != nil {
		return err
	}
	twin, err := w.run(job{What: "cold", Client: theTwin, N: 1000})
	if err != nil {
		return err
	}
	b.table.add(row{what: "1,000 callers without a token: token requests", unit: count, value: float64(cold.Tokens), target: 1, limit: 1, peers: fmt.Sprintf("raw %d", twin.Tokens)})
	hang, err := w.run(job{What: "hang", Client: theSDK})
	if err != nil {
		return err
	}
	if twin, err = w.run(job{What: "hang", Client: theTwin}); err != nil {
		return err
	}
	b.table.add(row{what: "token endpoint hangs, deadline 200 ms: returned after", unit: "ms", value: wall(hang), target: 250, limit: 500, peers: fmt.Sprintf("raw %.0f ms", wall(twin))})
	return nil
}
