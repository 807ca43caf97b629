package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

type settings struct {
	rounds, items int
	short         bool
	chart         string // file
}

// bench is one run of the whole.
type bench struct {
	settings

	program string // this one
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
	if s.short {
		b.table.languages = []language{{name: runtime.Version(), newer: isNewer(runtime.Version()), program: program}}
	} else if b.table.languages, err = languages(ctx, program, dir); err != nil {
		fmt.Fprintln(os.Stderr, "bench: without a second version of Go:", err)
	}
	begin := time.Now()
	if err := b.compare(ctx); err != nil {
		return err
	}
	for _, part := range []func(context.Context, language) error{b.iterate, b.connections, b.crowd, b.tokens, b.importCost} {
		for _, l := range b.table.languages {
			if err := part(ctx, l); err != nil {
				return err
			}
		}
	}
	fmt.Fprintf(out, "%s/%s, %d CPUs, %d rounds, %s\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), s.rounds, time.Since(begin).Round(time.Second))
	if failed := b.table.write(out); len(failed) > 0 {
		return errors.New("beyond its limit: " + strings.Join(failed, "; "))
	}
	return nil
}

// comparisons are the rows that every client is in.
func (b *bench) comparisons(s *server) []*comparison {
	overLoopback := 1500
	if b.short {
		overLoopback = 500
	}
	return []*comparison{
		{what: "GET by id, in memory", job: "get", n: 4000, allocs: goal{0.60, 0.95}, bytes: goal{0.50, 0.55}, cpu: goal{0.45, 0.65}},
		{what: "POST event, in memory", job: "post", n: 8000, allocs: goal{0.75, 0.90}, bytes: goal{0.70, 0.75}, cpu: goal{0.75, 0.85}},
		{what: "POST event, loopback, HTTP/1.1", job: "post", n: overLoopback, base: s.HTTP, cpu: both(1.03)},
		{what: "100 pages of 100, in memory", job: "list", n: 1, allocs: goal{0.50, 0.90}, bytes: goal{0.35, 0.40}, cpu: goal{0.30, 0.50}},
	}
}

// compare measures what has ratios to the twin. The versions of Go take turns, so
// that both see the same machine.
func (b *bench) compare(ctx context.Context) (err error) {
	s, err := startServer(ctx, b.program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	workers, err := startWorkers(ctx, b.table.languages...)
	defer func() { err = errors.Join(err, stopAll(workers)) }()
	if err != nil {
		return err
	}
	lists := make([][]*comparison, len(workers)) // one of each language
	for i := range lists {
		lists[i] = b.comparisons(s)
	}
	for round := range b.rounds {
		for i, list := range lists {
			for _, c := range list {
				if err := c.measure(round, workers[i]); err != nil {
					return err
				}
			}
		}
	}
	for _, list := range lists {
		for _, c := range list {
			for _, r := range c.rows() {
				b.table.add(r)
			}
		}
	}
	if b.chart != "" {
		return b.drawChart(lists)
	}
	return nil
}

// withServer gives do a stub server and a worker, both in fresh processes.
func (b *bench) withServer(ctx context.Context, l language, do func(s *server, w *process) error) (err error) {
	s, err := startServer(ctx, b.program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	w, err := start(ctx, l.program, "-work", "SSL_CERT_FILE="+s.Cert)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.stop()) }()
	return do(s, w)
}

const mib = 1 << 20

// iterate goes through the long list.
func (b *bench) iterate(ctx context.Context, l language) error {
	return b.withServer(ctx, l, func(s *server, w *process) error {
		length := b.items / perPage
		r, err := w.run(job{What: "iterate", Client: theSDK, N: b.items, Base: fmt.Sprintf("%s/pages/%d", s.HTTP, length)})
		if err != nil {
			return err
		}
		// A collection that waits for a CPU starts late: the heap depends on the machine.
		peak, growth := float64(r.Peak)/mib, float64(r.Peak-min(r.PeakAt250k, r.Peak))/mib
		what := fmt.Sprintf("%d assignments iterated: ", b.items)
		b.table.add(row{what: what + "peak heap", unit: "MiB", value: peak, target: both(5), limit: both(8), peers: []peer{other("CPU", "s", r.CPU.Seconds())}})
		b.table.add(row{what: what + "growth after the first quarter", unit: "MiB", value: growth, target: both(0.5), limit: both(1)})
		return nil
	})
}

// counted runs a job beside a server that counts the connections.
func (b *bench) counted(ctx context.Context, l language, j job, base func(s *server) string) (conns float64, r result, err error) {
	err = b.withServer(ctx, l, func(s *server, w *process) (err error) {
		j.Base = base(s)
		if r, err = w.run(j); err != nil {
			return err
		}
		c, err := s.counted()
		conns = float64(c.Conns + c.TLSConns)
		return err
	})
	return conns, r, err
}

// connections counts at a server with HTTP/1.1 alone.
func (b *bench) connections(ctx context.Context, l language) error {
	secure := func(s *server) string { return s.HTTPS }
	var conns, seconds []float64
	for range 5 { // how many depends on how fast the first ones are
		n, r, err := b.counted(ctx, l, job{What: "connections", Client: theSDK, N: 5000}, secure)
		if err != nil {
			return err
		}
		conns, seconds = append(conns, n), append(seconds, r.Wall.Seconds())
	}
	peers := []peer{other("in", "s", median(seconds))}
	if !b.short { // the default transport takes its time
		n, r, err := b.counted(ctx, l, job{What: "connections", Client: theTwin, N: 5000}, secure)
		if err != nil {
			return err
		}
		peers = append(peers, other("raw with the default transport", count, n), other("in", "s", r.Wall.Seconds()))
	}
	b.table.add(row{what: "5,000 TLS calls by 50 workers, HTTP/1.1: connections", unit: count, value: median(conns), target: both(100), limit: both(200), peers: peers})

	missing := func(s *server) string { return s.HTTP + "/missing" }
	var own float64
	peers = nil
	for _, name := range everyClient {
		if b.short && name != theSDK {
			continue
		}
		n, _, err := b.counted(ctx, l, job{What: "errors", Client: name, N: 1000}, missing)
		if err != nil {
			return err
		}
		if name == theSDK {
			own = n
		} else {
			peers = append(peers, other(name, count, n))
		}
	}
	// The SDK's token has a connection of its own.
	b.table.add(row{what: "1,000 error replies in a row, HTTP/1.1: connections", unit: count, value: own, target: both(2), limit: both(2), peers: peers})
	return nil
}

// crowd compares with net/http's default transport at a server that speaks HTTP/2
// as well. The SDK takes HTTP/1.1 from it, the default transport HTTP/2.
func (b *bench) crowd(ctx context.Context, l language) error {
	slow := func(s *server) string { return s.HTTP2 + "/slow/5" }
	j := job{What: "crowd", N: 6000}
	rounds := 3
	if b.short {
		rounds = 1
	}
	var throughput, p99, conns, perSecond, theirs, theirConns []float64
	for range rounds {
		j.Client = theSDK
		n, own, err := b.counted(ctx, l, j, slow)
		if err != nil {
			return err
		}
		j.Client = theTwin
		m, twin, err := b.counted(ctx, l, j, slow)
		if err != nil {
			return err
		}
		throughput, p99 = append(throughput, twin.Wall.Seconds()/own.Wall.Seconds()), append(p99, own.P99.Seconds()/twin.P99.Seconds())
		conns, theirConns = append(conns, n), append(theirConns, m)
		perSecond, theirs = append(perSecond, float64(j.N)/own.Wall.Seconds()), append(theirs, float64(j.N)/twin.Wall.Seconds())
	}
	what := "1,000 callers at 5 ms, TLS, HTTP/2 offered: "
	b.table.add(row{
		what: what + "throughput to net/http's default", unit: ratio, value: median(throughput), target: both(0.85), limit: both(0.4), atLeast: true,
		peers: []peer{other("calls a second: SDK", count, median(perSecond)), other("default", count, median(theirs))},
	})
	b.table.add(row{what: what + "p99 to net/http's default", unit: ratio, value: median(p99), target: both(1), limit: both(2)})
	// One of them is the token's.
	b.table.add(row{what: what + "connections", unit: count, value: median(conns), target: both(101), limit: both(101), peers: []peer{other("default", count, median(theirConns))}})
	return nil
}

// tokens measures a cold start, a token endpoint that hangs, and a refresh.
func (b *bench) tokens(ctx context.Context, l language) (err error) {
	workers, err := startWorkers(ctx, l, l)
	defer func() { err = errors.Join(err, stopAll(workers)) }()
	if err != nil {
		return err
	}
	ask := func(what string, ownN, twinN int) (own, twin result, err error) {
		failed := make(chan error, 1)
		go func() {
			var err error
			twin, err = workers[1].run(job{What: what, Client: theTwin, N: twinN})
			failed <- err
		}()
		own, err = workers[0].run(job{What: what, Client: theSDK, N: ownN})
		return own, twin, errors.Join(err, <-failed)
	}
	own, twin, err := ask("cold", 1000, 1000)
	if err != nil {
		return err
	}
	b.table.add(row{what: "1,000 callers without a token: token requests", unit: count, value: float64(own.Tokens), target: both(1), limit: both(1), peers: []peer{other(theTwin, count, float64(twin.Tokens))}})
	if own, twin, err = ask("hang", 1, 1); err != nil {
		return err
	}
	b.table.add(row{what: "token endpoint hangs, deadline 200 ms: returned after", unit: "ms", value: wall(own), target: both(250), limit: both(500), peers: []peer{other(theTwin, "ms", wall(twin))}})
	// Lives with which both fetch the next token after six seconds.
	if own, twin, err = ask("refresh", 10, 16); err != nil {
		return err
	}
	b.table.add(row{
		what: "token refresh of 300 ms, 20 callers at 5 ms, in memory: p99", unit: "ms", value: milliseconds(own.P99), target: both(10), limit: both(100),
		peers: []peer{other("before the refresh", "ms", milliseconds(own.P99Before)), other(theTwin, "ms", milliseconds(twin.P99))},
	})
	return nil
}
