package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// The jobs of many callers at once, of connections and of tokens.

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

// crowd makes N calls by 1,000 goroutines.
func crowd(ctx context.Context, j job) (result, error) {
	const callers = 1000
	c, err := newClient(j.Client, j.Base, nil)
	if err != nil {
		return result{}, err
	}
	if err := second(c.get(ctx, anID)); err != nil { // the token
		return result{}, err
	}
	took := make(chan time.Duration, j.N)
	start := time.Now()
	err = concurrently(callers, j.N/callers, func() error {
		begin := time.Now()
		err := second(c.get(ctx, anID))
		took <- time.Since(begin)
		return err
	})
	wall := time.Since(start)
	close(took)
	return result{Wall: wall, P99: p99(took)}, err
}

func p99(took <-chan time.Duration) time.Duration {
	var list []time.Duration
	for d := range took {
		list = append(list, d)
	}
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[len(list)*99/100]
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

// refresh makes calls of 5 ms by 20 goroutines while a token runs out whose
// successor takes 300 ms, and measures the calls that were under way meanwhile, and
// those before: on a busy machine these are slow, too. N is the life of a token in
// seconds: each client has its own margin before its end.
func refresh(ctx context.Context, j job) (result, error) {
	const callers, latency = 20, 300 * time.Millisecond
	m := newMemory()
	m.latency, m.tokenLatency = 5*time.Millisecond, latency
	m.token = fmt.Appendf(nil, `{"access_token":"0123456789abcdef","token_type":"bearer","expires_in":%d}`, j.N)
	c, err := newClient(j.Client, memoryBase, m)
	if err != nil {
		return result{}, err
	}
	if err := second(c.get(ctx, anID)); err != nil { // the first token
		return result{}, err
	}
	type call struct{ begin, end time.Time }
	calls := make(chan call, 1<<16)
	var refreshed atomic.Int64 // when the second token was seen to be asked for
	deadline := time.Now().Add(time.Duration(j.N) * time.Second)
	err = concurrently(callers, 1, func() error {
		for {
			begin := time.Now()
			if err := second(c.get(ctx, anID)); err != nil {
				return err
			}
			end := time.Now()
			calls <- call{begin, end}
			asked := refreshed.Load()
			switch {
			case asked == 0 && m.tokens.Load() > 1:
				refreshed.CompareAndSwap(0, m.asked.Load())
			case asked != 0 && end.UnixNano() > asked+int64(2*latency):
				return nil
			case end.After(deadline):
				return fmt.Errorf("no second token in %d seconds", j.N)
			}
		}
	})
	close(calls)
	before, during := make(chan time.Duration, 1<<16), make(chan time.Duration, 1<<16)
	for of := range calls {
		switch asked := refreshed.Load(); {
		case of.end.UnixNano() < asked:
			before <- of.end.Sub(of.begin)
		case of.begin.UnixNano() <= asked+int64(latency):
			during <- of.end.Sub(of.begin)
		}
	}
	close(before)
	close(during)
	return result{P99: p99(during), P99Before: p99(before)}, err
}
