package call

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// What a repetition costs of a [Quota], as in the AWS SDKs' 2026 retry quota: a full
// outage stops after 500/14 extra requests per client.
const (
	CostTransient = 14
	CostThrottle  = 5

	quotaSize = 500
)

// Quota is the retry budget that a client and all clients derived from it share.
type Quota struct {
	mu   sync.Mutex
	left int
}

// NewQuota returns a full one.
func NewQuota() *Quota { return &Quota{left: quotaSize} }

// Take takes the cost of a repetition, if there is so much left.
func (q *Quota) Take(cost int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.left < cost {
		return false
	}
	q.left -= cost
	return true
}

// Give gives back what was taken, or a little after a success.
func (q *Quota) Give(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.left = min(q.left+n, quotaSize)
}

// Backoff doubles base n times, up to limit.
func Backoff(base, limit time.Duration, n int) time.Duration {
	for ; n > 0 && base < limit; n-- {
		base *= 2
	}
	return min(base, limit)
}

// FullJitter returns a random part of d.
func FullJitter(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return rand.N(d) //nolint:gosec // back-off needs no secret randomness
}

// Sleep waits for d or until ctx ends.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
