package ledger

import (
	"context"
	"sync"
)

// gates lets one goroutine of the process at a time work on one assignment or
// invoice. Waiting obeys the context.
type gates struct {
	mu   sync.Mutex
	busy map[string]chan struct{}
}

// enter waits for the gate of key. The caller must call leave.
func (g *gates) enter(ctx context.Context, key string) (leave func(), err error) {
	for {
		g.mu.Lock()
		held, busy := g.busy[key]
		if !busy {
			if g.busy == nil {
				g.busy = map[string]chan struct{}{}
			}
			done := make(chan struct{})
			g.busy[key] = done
			g.mu.Unlock()
			return func() {
				g.mu.Lock()
				delete(g.busy, key)
				g.mu.Unlock()
				close(done)
			}, nil
		}
		g.mu.Unlock()
		select {
		case <-held:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
