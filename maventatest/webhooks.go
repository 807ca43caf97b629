package maventatest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// eventServiceActivated is raised when a receivables service becomes active. That
// there is such an event is documented, its name is not.
const eventServiceActivated = "SERVICES.RECEIVABLES.ACTIVATED"

// Webhook is one event for one subscription, as the server delivered it or tried
// to.
type Webhook struct {
	Event        string
	CompanyID    string
	ResourceID   string // of the invoice or the service
	Destination  string
	Payload      string
	Attempts     int
	Status       int  // of the last answer; zero: none
	Acknowledged bool // some answer was a 2xx
}

// webhook is a Webhook that belongs to a subscription.
type webhook struct {
	Webhook
	sub *subscription
}

// webhooks is what the server has to deliver, and where.
type webhooks struct {
	all   []*webhook
	queue []*webhook // to be delivered, in this order
	send  func(*http.Request) (status int, err error)
	times int
	held  bool
	busy  bool
	idle  []chan struct{} // closed when the queue is empty
}

// DeliverWebhooksTo delivers webhooks to a handler, in this process. Without it,
// or [Server.DeliverWebhooksThrough], they are only listed by [Server.Webhooks].
// Each subscription that fits gets one POST, in the order of the events, and not
// while a request of the handler waits for one: the handler may call the server.
func (s *Server) DeliverWebhooksTo(h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhooks.send = func(r *http.Request) (int, error) {
		w := &recorder{header: http.Header{}}
		h.ServeHTTP(w, r)
		return orElse(w.status, http.StatusOK), nil
	}
	s.startDelivery()
}

// DeliverWebhooksThrough delivers webhooks with a client of the test. Other
// addresses than loopback ones get nothing, whoever subscribed them.
func (s *Server) DeliverWebhooksThrough(client *http.Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhooks.send = func(r *http.Request) (int, error) {
		if !isLoopback(r.URL) {
			return 0, errors.New("not a loopback address")
		}
		resp, err := client.Do(r)
		if err != nil {
			return 0, err
		}
		return resp.StatusCode, resp.Body.Close()
	}
	s.startDelivery()
}

func isLoopback(u *url.URL) bool { return isLoopbackName(u.Hostname()) }

// RepeatWebhooks delivers every webhook n times from now on.
func (s *Server) RepeatWebhooks(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhooks.times = n
}

// HoldWebhooks keeps webhooks back until [Server.ReleaseWebhooks].
func (s *Server) HoldWebhooks() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhooks.held = true
}

// ReleaseWebhooks delivers what was held back, in the order of the events or, out
// of order, the newest first.
func (s *Server) ReleaseWebhooks(newestFirst bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhooks.held = false
	if newestFirst {
		slices.Reverse(s.webhooks.queue)
	}
	s.startDelivery()
}

// WaitWebhooks returns when nothing is left to deliver but what is held back.
func (s *Server) WaitWebhooks() {
	s.mu.Lock()
	s.settle()
	if !s.webhooks.busy {
		s.mu.Unlock()
		return
	}
	idle := make(chan struct{})
	s.webhooks.idle = append(s.webhooks.idle, idle)
	s.mu.Unlock()
	<-idle
}

// Webhooks lists all webhooks so far, in the order of the events.
func (s *Server) Webhooks() []Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	var all []Webhook
	for _, w := range s.webhooks.all {
		all = append(all, w.Webhook)
	}
	return all
}

// raise calls all who subscribed: something has happened to the company. The
// form of the payload is invented.
func (co *Company) raise(event, resourceID string) {
	s := co.srv
	payload, _ := json.Marshal(map[string]string{ //nolint:errchkjson // strings only: cannot fail
		"event": event, "company_id": co.id, "resource_id": resourceID, "happened_at": instant(s.now()),
	})
	for _, other := range s.companies {
		for _, sub := range other.subscriptions {
			if !sub.listens(co, event) {
				continue
			}
			s.lean("rule the payload of a webhook")
			w := &webhook{Webhook{Event: event, CompanyID: co.id, ResourceID: resourceID, Destination: sub.destination, Payload: string(payload)}, sub}
			s.webhooks.all = append(s.webhooks.all, w)
			s.enqueue(w)
		}
	}
}

func (s *Server) enqueue(w *webhook) {
	for range max(1, s.webhooks.times) {
		s.webhooks.queue = append(s.webhooks.queue, w)
	}
	s.startDelivery()
}

// startDelivery starts the delivery of what is queued. The lock is held.
func (s *Server) startDelivery() {
	q := &s.webhooks
	if q.busy || q.held || q.send == nil || len(q.queue) == 0 || s.closed {
		return
	}
	q.busy = true
	s.inflight.Add(1)
	go s.deliverWebhooks()
}

func (s *Server) deliverWebhooks() {
	defer s.inflight.Done()
	ended := false
	defer func() {
		if !ended { // by the handler: a test that failed in it ends its goroutine
			s.mu.Lock()
			defer s.mu.Unlock()
			s.webhooks.stop()
		}
	}()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // a handler that waits for its context ends when the server does
		select {
		case <-s.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	for {
		w, send := s.nextWebhook()
		if w == nil {
			ended = true
			return
		}
		status := w.deliver(ctx, send)
		s.mu.Lock()
		w.Attempts, w.Status = w.Attempts+1, status
		w.Acknowledged = w.Acknowledged || status/100 == 2
		s.mu.Unlock()
	}
}

// nextWebhook takes one from the queue; nil means that there is nothing to do.
// From then on the next startDelivery starts another goroutine.
func (s *Server) nextWebhook() (*webhook, func(*http.Request) (int, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := &s.webhooks
	if len(q.queue) == 0 || q.held || s.closed {
		q.stop()
		return nil, nil
	}
	w := q.queue[0]
	q.queue = q.queue[1:]
	return w, q.send
}

func (q *webhooks) stop() {
	q.busy = false
	for _, idle := range q.idle {
		close(idle)
	}
	q.idle = nil
}

// deliver sends one webhook. What it reads never changes.
func (w *webhook) deliver(ctx context.Context, send func(*http.Request) (int, error)) (status int) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.Destination, bytes.NewReader([]byte(w.Payload)))
	if err != nil {
		return 0
	}
	r.Header.Set("Content-Type", "application/json")
	r.RemoteAddr = "127.0.0.1:1"
	status, err = send(r)
	if err != nil {
		return 0
	}
	return status
}

// wakeAt settles the server once a lag has passed, so that webhooks are called without
// anybody asking.
func (s *Server) wakeAt(lag time.Duration) {
	if lag <= 0 || s.webhooks.send == nil {
		return
	}
	time.AfterFunc(lag, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.closed {
			s.settle()
		}
	})
}

// recorder takes the answer of a handler.
type recorder struct {
	header http.Header
	status int
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *recorder) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return len(p), nil
}
