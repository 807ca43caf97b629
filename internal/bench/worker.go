package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	Allocs, Bytes    float64       // of one operation
	Tokens           int64         // token requests, in memory
	PeakAt250k, Peak uint64        // bytes of heap in use
	Items            int
}

var jobs = map[string]func(ctx context.Context, j job) (result, error){
	"get": func(ctx context.Context, j job) (result, error) {
		return inMemoryJob(ctx, j, func(c client) error { return second(c.get(ctx, anID)) })
	},
	"post": func(ctx context.Context, j job) (result, error) {
		return inMemoryJob(ctx, j, func(c client) error { return second(c.post(ctx, anID)) })
	},
	"list":        listJob,
	"connections": connections,
	"errors":      errorReplies,
	"cold":        coldCallers,
	"hang":        hangingToken,
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

func inMemoryJob(_ context.Context, j job, op func(c client) error) (result, error) {
	c, err := newClient(j.Client, memoryBase, newMemory())
	if err != nil {
		return result{}, err
	}
	return measure(j.N, func() error { return op(c) })
}

const memoryBase = "http://127.0.0.1"

func listJob(ctx context.Context, j job) (result, error) {
	_ = pages()
	return inMemoryJob(ctx, j, func(c client) error {
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

// connections makes N calls by 50 goroutines. The server counts.
func connections(ctx context.Context, j job) (result, error) {
	c, err := newClient(j.Client, j.Base, nil)
	if err != nil {
		return result{}, err
	}
	if err := second(c.get(ctx, anID)); err != nil { // the token
		return result{}, err
	}
	start := time.Now()
	err = concurrently(50, j.N/50, func() error { return second(c.get(ctx, anID)) })
	return result{Wall: time.Since(start)}, err
}

// concurrently runs op n times in each of several goroutines.
func concurrently(goroutines, n int, op func() error) error {
	failures := make([]error, goroutines)
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for range n {
				if err := op(); err != nil {
					failures[g] = err
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(failures...)
}

// errorReplies makes N calls that fail. The server counts.
func errorReplies(ctx context.Context, j job) (result, error) {
	c, err := newClient(j.Client, j.Base, nil)
	if err != nil {
		return result{}, err
	}
	for range j.N {
		if err := second(c.get(ctx, anID)); err == nil {
			return result{}, errors.New("a call that must fail did not")
		}
	}
	return result{}, nil
}

// coldCallers makes N calls at once, without a token.
func coldCallers(ctx context.Context, j job) (result, error) {
	m := newMemory()
	m.tokenLatency = 20 * time.Millisecond
	c, err := newClient(j.Client, memoryBase, m)
	if err != nil {
		return result{}, err
	}
	err = concurrently(j.N, 1, func() error { return second(c.get(ctx, anID)) })
	return result{Tokens: m.tokens.Load()}, err
}

// hangingToken measures how late a caller with a deadline of 200 ms returns when
// the token endpoint does not answer for three seconds.
func hangingToken(ctx context.Context, j job) (result, error) {
	m := newMemory()
	m.tokenLatency = 3 * time.Second
	c, err := newClient(j.Client, memoryBase, m)
	if err != nil {
		return result{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	_ = second(c.get(ctx, anID)) // some return the value, late
	return result{Wall: time.Since(start)}, nil
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
