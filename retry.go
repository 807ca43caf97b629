package maventa

import (
	"context"
	"net/http"
	"time"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// RetryPolicy says how often and how patiently a call is sent again. What may
// be sent again is not a matter of policy: reads and idempotent calls after
// connection failures, 408, 429, 502, 503 and 504; calls that act twice when
// sent twice only when the first attempt certainly did nothing (never sent,
// 429, or 401 once).
//
// A field that is zero has the default.
type RetryPolicy struct {
	// MaxAttempts counts the first one. Default 3; 1 turns every repetition
	// off, the one with a fresh token after a 401 included.
	MaxAttempts int
	// TransientDelay is the first back-off after a failure, doubled each time,
	// of which a random part is waited. Default 50 ms.
	TransientDelay time.Duration
	// ThrottleDelay is the same after a 429, and after an answer whose Retry-After
	// cannot be read. Default 1 s.
	ThrottleDelay time.Duration
	// MaxDelay caps the back-off. Default 20 s.
	MaxDelay time.Duration
	// MaxRetryAfter is the longest Retry-After that is waited for. A longer
	// one ends the call. Default 60 s.
	MaxRetryAfter time.Duration
}

// NoRetry sends every call once.
var NoRetry = RetryPolicy{MaxAttempts: 1}

// complete fills in the defaults and refuses nonsense.
func (p RetryPolicy) complete() (RetryPolicy, *Error) {
	if p.MaxAttempts < 0 || p.TransientDelay < 0 || p.ThrottleDelay < 0 || p.MaxDelay < 0 || p.MaxRetryAfter < 0 {
		return p, misconfigured("WithRetry", "retry", "must hold no negative value")
	}
	if p.MaxAttempts == 0 {
		p.MaxAttempts = 3
	}
	orDefault(&p.TransientDelay, 50*time.Millisecond)
	orDefault(&p.ThrottleDelay, time.Second)
	orDefault(&p.MaxDelay, 20*time.Second)
	orDefault(&p.MaxRetryAfter, 60*time.Second)
	return p, nil
}

func orDefault(d *time.Duration, def time.Duration) {
	if *d == 0 {
		*d = def
	}
}

// mayRepeat says whether op may be sent again after err, and why.
func mayRepeat(op *operation.Op, err *Error) bool {
	if err.Phase == PhaseAuth {
		return err.temporary
	}
	if err.Status == http.StatusTooManyRequests {
		return true // refused before anything was done
	}
	if err.Phase == PhaseDecode {
		return err.temporary && op.Safety == operation.Safe // read again
	}
	if op.Safety == operation.Unsafe {
		return err.Phase == PhaseSend && err.Outcome == OutcomeNotSent
	}
	switch err.Status {
	case 0, http.StatusRequestTimeout, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// wait sleeps before attempt number `attempt` (2 or higher) and reports the
// quota it took. It refuses when the quota is spent, when the service asks for
// more than the policy allows, or when the deadline would pass first.
func (r *root) wait(ctx context.Context, p RetryPolicy, attempt int, err *Error) (cost int, ok bool) {
	base, cost := p.TransientDelay, call.CostTransient
	if err.throttles || err.Status == http.StatusTooManyRequests {
		base, cost = p.ThrottleDelay, call.CostThrottle
	}
	delay := call.FullJitter(call.Backoff(base, p.MaxDelay, attempt-2))
	if err.Phase == PhaseAuth {
		delay = max(delay, sharedFor(err)) // sooner, the same failure would be reported again
	}
	if err.RetryAfter > 0 {
		if err.RetryAfter > p.MaxRetryAfter {
			return 0, false
		}
		delay = max(delay, err.RetryAfter)
	}
	if deadline, has := ctx.Deadline(); has && time.Until(deadline) <= delay {
		return 0, false
	}
	if !r.quota.Take(cost) {
		return 0, false
	}
	if call.Sleep(ctx, delay) != nil {
		return cost, false
	}
	return cost, true
}
