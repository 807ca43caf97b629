package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"sync"
	"time"
)

// A worker is a process that holds nothing but the clients. It reads jobs, one
// in a line, and answers each with what it measured.

// job is one measurement.
type job struct {
	What   string // a key of jobs
	Client string
	Base   string // the server's address, where there is one
	N      int    // how many operations
}

// result is what a job measured. Each job fills some of it.
type result struct {
	Err string `json:",omitempty"`

	CPU, Wall        time.Duration // of one operation
	P99, P99Before   time.Duration // of one call
	Allocs, Bytes    float64       // of one operation
	Tokens           int64         // token requests, in memory
	PeakAt250k, Peak uint64        // bytes of heap in use
	Items            int
}

var jobs = map[string]func(ctx context.Context, j job) (result, error){
	"get": func(ctx context.Context, j job) (result, error) {
		return compared(j, func(c client) error { return second(c.get(ctx, anID)) })
	},
	"post": func(ctx context.Context, j job) (result, error) {
		return compared(j, func(c client) error { return second(c.post(ctx, anID)) })
	},
	"list":        listJob,
	"connections": connections,
	"crowd":       crowd,
	"errors":      errorReplies,
	"cold":        coldCallers,
	"hang":        hangingToken,
	"refresh":     refresh,
	"iterate":     iterate,
}

func second(_ any, err error) error { return err }

func work(ctx context.Context, in io.Reader, out io.Writer) error {
	results := json.NewEncoder(out)
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var j job
		if err := json.Unmarshal(lines.Bytes(), &j); err != nil {
			return err
		}
		do, ok := jobs[j.What]
		if !ok {
			return fmt.Errorf("no job %q", j.What)
		}
		r, err := do(ctx, j)
		if err != nil {
			r.Err = err.Error()
		}
		if err := results.Encode(r); err != nil {
			return err
		}
	}
	return lines.Err()
}

// measure runs op n times, after once to warm up.
func measure(n int, op func() error) (result, error) {
	if err := op(); err != nil {
		return result{}, err
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, start := processTime(), time.Now()
	for range n {
		if err := op(); err != nil {
			return result{}, err
		}
	}
	wall := time.Since(start)
	cpu = processTime() - cpu
	runtime.ReadMemStats(&after)
	return result{
		CPU: cpu / time.Duration(n), Wall: wall / time.Duration(n),
		Allocs: float64(after.Mallocs-before.Mallocs) / float64(n),
		Bytes:  float64(after.TotalAlloc-before.TotalAlloc) / float64(n),
	}, nil
}

// compared measures a client in memory, or where the job names a server, over its
// own transport.
func compared(j job, op func(c client) error) (result, error) {
	base, rt := memoryBase, http.RoundTripper(newMemory())
	if j.Base != "" {
		base, rt = j.Base, nil
	}
	c, err := newClient(j.Client, base, rt)
	if err != nil {
		return result{}, err
	}
	return measure(j.N, func() error { return op(c) })
}

const memoryBase = "http://127.0.0.1"

func listJob(ctx context.Context, j job) (result, error) {
	_ = pages()
	return compared(j, func(c client) error {
		items := 0
		if err := c.list(ctx, func() { items++ }); err != nil {
			return err
		}
		if items != pageCount*perPage {
			return fmt.Errorf("%d items", items)
		}
		return nil
	})
}

// iterate goes through a long list and watches the heap meanwhile: the peak
// until N/4 items, and over all.
func iterate(ctx context.Context, j job) (result, error) {
	c, err := newClient(j.Client, j.Base, nil)
	if err != nil {
		return result{}, err
	}
	runtime.GC()
	var peak heapPeak
	stop := peak.watch()
	defer stop()
	var r result
	cpu, start := processTime(), time.Now()
	err = c.list(ctx, func() {
		if r.Items++; r.Items == j.N/4 {
			r.PeakAt250k = peak.highest()
		}
	})
	r.CPU, r.Wall, r.Peak = processTime()-cpu, time.Since(start), peak.highest()
	if err == nil && r.Items != j.N {
		err = fmt.Errorf("%d items", r.Items)
	}
	return r, err
}

// heapPeak is the highest heap in use that was seen.
type heapPeak struct {
	mu   sync.Mutex
	peak uint64
}

func (p *heapPeak) sample() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.peak = max(p.peak, m.HeapInuse)
}

func (p *heapPeak) highest() uint64 {
	p.sample()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.peak
}

// watch samples until stop is called.
func (p *heapPeak) watch() (stop func()) {
	ticker, done := time.NewTicker(5*time.Millisecond), make(chan struct{})
	go func() {
		for {
			select {
			case <-ticker.C:
				p.sample()
			case <-done:
				return
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(done)
	}
}
