package call

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// Panics takes a panic of the caller's code from a goroutine of ours, where nobody
// could recover it, to the one that the caller waits in.
type Panics struct {
	mu    sync.Mutex
	first error
}

// Keep is deferred by the goroutine.
func (p *Panics) Keep() {
	cause := recover()
	if cause == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first != nil {
		return
	}
	if err, isError := cause.(error); isError {
		p.first = fmt.Errorf("%w\n\n%s", err, debug.Stack())
	} else {
		p.first = fmt.Errorf("%v\n\n%s", cause, debug.Stack())
	}
}

// Raise panics with the first panic that was kept and where it was, if there was one.
func (p *Panics) Raise() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first != nil {
		panic(p.first) //nolint:forbidigo // it is the caller's own
	}
}
