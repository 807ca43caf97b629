package maventa

import "context"

// WithPrefetch makes the iterators ([AssignmentService.All] and its siblings)
// fetch the next page while the caller works on the items of the one before. It
// pays when the caller's own work takes time; it costs the memory of a second
// page and, when a loop is left early, at most one request in vain. It is off by
// default, because the service's rate limits are not known.
//
// Items and errors come in the same order as without it. The pages after the
// first are fetched in a goroutine of their own, observers included; it has
// ended when the loop has. Together with [WithResponse] or [WithRawBody], which
// tell about the page at hand, and on calls that are not iterators it does
// nothing.
func WithPrefetch() CallOption {
	return callOption(func(c *callConfig) *Error {
		c.prefetch = true
		return nil
	})
}

// prefetches reports whether the pages of a list are fetched ahead.
func (c *Client) prefetches(opts []CallOption) bool {
	if c == nil || c.root == nil {
		return false
	}
	cfg, err := c.root.callConfig(opts)
	return err == nil && cfg.prefetch && cfg.response == nil && cfg.rawBody == nil
}

// coming is a page that is being fetched in a goroutine of its own.
type coming[T any] struct {
	done   chan struct{}
	cancel context.CancelFunc
	page   *fetched[T]
	err    error
}

// ahead begins to fetch a page.
func (l list[T]) ahead(ctx context.Context, c *Client, opts []CallOption) *coming[T] {
	ctx, cancel := context.WithCancel(ctx) //nolint:gosec // take or drop calls it
	next := &coming[T]{done: make(chan struct{}), cancel: cancel}
	go func() {
		defer close(next.done)
		next.page, next.err = l.fetch(ctx, c, opts)
	}()
	return next
}

// take returns the page that comes, or fetches it.
func (l list[T]) take(ctx context.Context, c *Client, opts []CallOption, next *coming[T]) (*fetched[T], error) {
	if next == nil {
		return l.fetch(ctx, c, opts)
	}
	<-next.done
	next.cancel()
	return next.page, next.err
}

// drop ends the fetching of a page that nobody wants any more.
func (n *coming[T]) drop() {
	if n != nil {
		n.cancel()
		<-n.done
	}
}
