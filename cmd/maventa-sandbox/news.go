package main

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// news says that something has changed, to any number of pages.
type news struct {
	mu      sync.Mutex
	number  int
	changed chan struct{} // closed with the next change
	ended   chan struct{}
	once    sync.Once
}

func newNews() *news { return &news{changed: make(chan struct{}), ended: make(chan struct{})} }

func (n *news) publish() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.number++
	close(n.changed)
	n.changed = make(chan struct{})
}

func (n *news) latest() (int, <-chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.number, n.changed
}

// close ends all streams.
func (n *news) close() { n.once.Do(func() { close(n.ended) }) }

const (
	burst     = 150 * time.Millisecond // changes so close are one message
	keepAlive = 20 * time.Second
)

// serve is GET /events: server-sent events, one number per change. Who has missed
// some reads the state again.
func (n *news) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w).Flush
	for {
		number, changed := n.latest()
		if _, err := fmt.Fprintf(w, "id: %d\ndata: %d\n\n", number, number); err != nil || flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-time.After(keepAlive): // the number again says that the stream lives
		case <-n.ended:
			return
		case <-r.Context().Done():
			return
		}
		select {
		case <-time.After(burst):
		case <-n.ended:
			return
		}
	}
}
