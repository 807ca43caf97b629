package maventa_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/maventatest"
)

// scoreTokens: a revoked token and a permanent 401.
func scoreTokens(t *testing.T, s *ct.Scorecard) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		c := srv.Client(t)
		_, err := c.Assignments.Overview(t.Context())
		require.NoError(t, err)
		time.Sleep(time.Minute)
		srv.RevokeTokens()
		before := len(srv.TokenRequests())
		var failed atomic.Int64
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				if _, err := c.Assignments.Overview(t.Context()); err != nil {
					failed.Add(1)
				}
			})
		}
		wg.Wait()
		tokens := len(srv.TokenRequests()) - before
		s.Row(t, "R1", "token requests and failed calls, revoked under 200 calls", "1, 0",
			fmt.Sprintf("%d, %d", tokens, failed.Load()), tokens == 1 && failed.Load() == 0)
	})
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		c := srv.Client(t)
		srv.Inject(maventatest.Status(401).Times(maventatest.Always))
		const minutes = 10
		for range minutes * 60 {
			_, err := c.Assignments.Overview(t.Context())
			require.ErrorIs(t, err, maventa.ErrUnauthorized)
			time.Sleep(time.Second)
		}
		tokens := len(srv.TokenRequests())
		s.Row(t, "R1", "token requests in 10 minutes of 401", "at most 1 per 30 s", tokens, tokens <= 1+2*minutes)
	})
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		c := srv.Client(t)
		srv.Inject(maventatest.Status(503).On("Auth.Token").Times(maventatest.Always))
		const seconds = 20
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				for start := time.Now(); time.Since(start) < seconds*time.Second; {
					ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
					_, err := c.Assignments.Overview(ctx)
					cancel()
					assert.ErrorIs(t, err, maventa.ErrAuth)
					time.Sleep(700 * time.Millisecond)
				}
			})
		}
		wg.Wait()
		tokens := len(srv.TokenRequests())
		s.Row(t, "R1", "token requests of 200 callers, endpoint down for 20 s", "at most 1 per second", tokens, tokens <= seconds+1)
	})
}

// asFailure returns err as the SDK's error, or nil.
func asFailure(err error) *maventa.Error {
	e, _ := errors.AsType[*maventa.Error](err)
	return e
}

// gapsOf lists the times between the requests to one call.
func gapsOf(srv *maventatest.Server, op string) (gaps []time.Duration) {
	requests := srv.RequestsTo(op)
	for i := 1; i < len(requests); i++ {
		gaps = append(gaps, requests[i].Time.Sub(requests[i-1].Time))
	}
	return gaps
}

// scoreRetries: back-off with full jitter, Retry-After, and when it gives up.
func scoreRetries(t *testing.T, s *ct.Scorecard) {
	// The first two waits of many calls, by the log of the server.
	waits := map[string][2][]time.Duration{}
	for what, fault := range map[string]maventatest.Fault{"transient": maventatest.Status(503), "throttle": maventatest.Status(429)} {
		var first, second []time.Duration
		for range 60 {
			synctest.Test(t, func(t *testing.T) {
				srv := maventatest.NewServer(t)
				c := srv.Client(t)
				srv.Inject(fault.On("Assignments.Overview").Times(maventatest.Always))
				_, err := c.Assignments.Overview(t.Context())
				require.Error(t, err)
				gaps := gapsOf(srv, "Assignments.Overview")
				require.Len(t, gaps, 2)
				first, second = append(first, gaps[0]), append(second, gaps[1])
			})
		}
		waits[what] = [2][]time.Duration{first, second}
	}
	for what, base := range map[string]time.Duration{"transient": 50 * time.Millisecond, "throttle": time.Second} {
		for i, list := range waits[what] {
			limit := base << i
			low, high := slices.Min(list), slices.Max(list)
			s.Row(t, "R5", fmt.Sprintf("%s wait %d, a random part of %s", what, i+1, limit), "spread over all of it",
				fmt.Sprintf("%s to %s", low.Round(time.Millisecond), high.Round(time.Millisecond)),
				low < limit/4 && high > limit*3/4 && high <= limit)
		}
	}

	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		c := srv.Client(t, maventa.WithRetry(maventa.RetryPolicy{MaxAttempts: 16}), maventa.WithTimeout(time.Hour))
		srv.Inject(maventatest.Status(503).On("Assignments.Overview").Times(maventatest.Always))
		_, err := c.Assignments.Overview(t.Context())
		require.Error(t, err)
		longest := slices.Max(gapsOf(srv, "Assignments.Overview"))
		s.Row(t, "R5", "longest wait of 16 attempts", "at most 20s", longest.Round(time.Millisecond), longest <= 20*time.Second && longest > 2*time.Second)
	})

	for _, test := range []struct {
		after    time.Duration
		deadline time.Duration
		requests int
	}{
		{45 * time.Second, 5 * time.Minute, 2},
		{60 * time.Second, 5 * time.Minute, 2},
		{61 * time.Second, 5 * time.Minute, 1},  // longer than the policy allows
		{20 * time.Second, 10 * time.Second, 1}, // the deadline would pass first
	} {
		for _, status := range []int{429, 503} {
			synctest.Test(t, func(t *testing.T) {
				srv := maventatest.NewServer(t)
				c := srv.Client(t, maventa.WithTimeout(test.deadline))
				srv.Inject(maventatest.RetryAfter(status, test.after).On("Assignments.Overview"))
				start := time.Now()
				_, err := c.Assignments.Overview(t.Context())
				took := time.Since(start).Round(time.Second)
				n := srv.Count("Assignments.Overview")
				ok := n == test.requests && (err == nil) == (n == 2)
				if n == 2 {
					ok = ok && took == test.after
				} else {
					ok = ok && took == 0
				}
				s.Row(t, "R5", fmt.Sprintf("%d with Retry-After %s, deadline %s: requests", status, test.after, test.deadline),
					fmt.Sprint(test.requests), fmt.Sprintf("%d after %s", n, took), ok)
			})
		}
	}
}

// scoreLists: no item is lost or doubled, whatever paging the service has, and
// no list is endless.
func scoreLists(t *testing.T, s *ct.Scorecard) {
	const items = 250
	for _, wire := range maventatest.Wires() {
		synctest.Test(t, func(t *testing.T) {
			srv := maventatest.NewServer(t, maventatest.WithWire(wire))
			c := srv.Client(t)
			for range items {
				srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
			}
			for _, perPage := range []int{0, 1000} { // the server gives at most 100
				seen := map[string]int{}
				n := 0
				for a, err := range c.Assignments.All(t.Context(), maventa.AssignmentFilter{ListOptions: maventa.ListOptions{PerPage: perPage}}) {
					require.NoError(t, err)
					seen[a.ID]++
					if n++; n == 150 && perPage == 0 && !wire.NoPaging { // what comes in meanwhile moves the pages
						srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
					}
				}
				want := items
				if perPage > 0 && !wire.NoPaging {
					want++
				}
				doubled := n - len(seen)
				s.Row(t, "R6", fmt.Sprintf("wire %s, per_page %d: items lost, doubled", wire.Name, perPage), "0, 0",
					fmt.Sprintf("%d, %d", want-len(seen), doubled), len(seen) == want && doubled == 0)
			}
			srv.Inject(maventatest.ReorderPages().On("Assignments.List").Times(2))
			all, err := ct.Collect(c.Assignments.All(t.Context(), maventa.AssignmentFilter{}))
			require.NoError(t, err)
			assert.GreaterOrEqual(t, len(all), items, "pages in another order")

			before := srv.Count("Assignments.List")
			srv.Inject(maventatest.RepeatPage().On("Assignments.List").Times(maventatest.Always))
			_, err = ct.Collect(c.Assignments.All(t.Context(), maventa.AssignmentFilter{}))
			requests := srv.Count("Assignments.List") - before
			ends := errors.Is(err, maventa.ErrNotAdvancing) || wire.NoPaging && err == nil
			s.Row(t, "R6", "wire "+wire.Name+": requests until a list that does not advance is left", "2", requests, ends && requests == 2)
		})
	}
}
