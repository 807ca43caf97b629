package maventa_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
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

// scoreMatrix: all calls that act twice when they are sent twice, and how often
// the one that reports a payment knows what it did.
func scoreMatrix(t *testing.T, s *ct.Scorecard) {
	m := s.Matrix(t, cases())
	s.Row(t, "S", "trials in memory, of AddEvent among the 45", "45", fmt.Sprintf("%d, %d", m.Trials, m.Counted), m.Counted == 45)
	definite := m.Definite["Assignments.AddEvent"]
	s.Row(t, "S4", "definite answers of AddEvent in 45 trials", "at least 13", definite, definite >= 13 && len(m.Missing) == 0, m.Missing...)
}

// scoreEnvironments: no address is taken that would send a token in clear.
func scoreEnvironments(t *testing.T, s *ct.Scorecard) {
	var open []string
	for _, address := range []string{"http://ax.maventa.com", "http://10.0.0.1", "http://localhost.example.com", "http://[2001:db8::1]", "ftp://localhost"} {
		for _, env := range []maventa.Environment{
			{Name: "mine", AutoXChangeURL: address, ReceivablesURL: "https://receivables.example.com"},
			{Name: "mine", AutoXChangeURL: "https://ax.example.com", ReceivablesURL: address},
		} {
			if _, err := maventa.NewClient(env, ct.Credentials()); err == nil {
				open = append(open, address)
			}
		}
	}
	s.None(t, "R2", "addresses taken that would send a token in clear", open)
}

// TestScorecard computes the measures S1 to S6 and S10 to S13 and R1 to R7 and prints them.
func TestScorecard(t *testing.T) {
	s := &ct.Scorecard{}
	of := func(score func(*ct.Scorecard, *testing.T, []ct.Case)) func(*testing.T, *ct.Scorecard) {
		return func(t *testing.T, s *ct.Scorecard) { score(s, t, cases()) }
	}
	for _, part := range []struct {
		name  string
		score func(t *testing.T, s *ct.Scorecard)
	}{
		{"matrix in memory", scoreMatrix},
		{"matrix over TCP", of((*ct.Scorecard).TCP)},
		{"idempotency headers", scoreHeaders},
		{"outage", scoreOutage},
		{"deadlines", scoreDeadlines},
		{"tokens", scoreTokens},
		{"redirects", of((*ct.Scorecard).Redirects)},
		{"environments", scoreEnvironments},
		{"ids", of((*ct.Scorecard).IDs)},
		{"sizes", scoreSizes},
		{"retries", scoreRetries},
		{"lists", scoreLists},
		{"server text", of((*ct.Scorecard).ServerText)},
	} {
		t.Run(part.name, func(t *testing.T) { part.score(t, s) })
	}
	s.Log(t)
}

// headerTripper is a caller's own RoundTripper that adds headers to every call.
type headerTripper struct {
	next      http.RoundTripper
	names     []string
	remade    bool // it makes a new request, as some do, instead of a copy
	rewinding atomic.Int64
}

func (h *headerTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.GetBody != nil && strings.HasSuffix(r.URL.Path, "/events") {
		h.rewinding.Add(1)
	}
	out := r.Clone(r.Context())
	if h.remade {
		var err error
		if out, err = http.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), r.Body); err != nil {
			return nil, err
		}
		out.Header, out.ContentLength = r.Header.Clone(), r.ContentLength
	}
	for _, name := range h.names {
		out.Header.Set(name, "bank-1")
	}
	return h.next.RoundTrip(out)
}

// scoreHeaders: net/http sends a POST again by itself when it carries one of two
// headers and its body can be rewound. A caller's RoundTripper may add the
// header; the body must not be rewindable.
func scoreHeaders(t *testing.T, s *ct.Scorecard) {
	var problems []string
	combinations := 0
	for _, names := range [][]string{nil, {"Idempotency-Key"}, {"X-Idempotency-Key"}, {"Idempotency-Key", "X-Idempotency-Key"}} {
		for _, remade := range []bool{false, true} {
			combinations++
			synctest.Test(t, func(t *testing.T) {
				srv := maventatest.NewServer(t)
				tripper := &headerTripper{next: srv.HTTPClient().Transport, names: names, remade: remade}
				c := srv.Client(t, maventa.WithHTTPClient(&http.Client{Transport: tripper}))
				id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
				_, err := c.Assignments.Overview(t.Context()) // net/http does it on a reused connection only
				require.NoError(t, err)
				srv.Inject(maventatest.DropAfterCommit().On("Assignments.AddEvent"))
				_, err = c.Assignments.AddEvent(t.Context(), id, canaryEvent())
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				if n := srv.Count("Assignments.AddEvent"); n != 1 || sentPayments(srv, id) != 1 || tripper.rewinding.Load() != 0 {
					problems = append(problems, fmt.Sprintf("headers %v, remade %v: %d POSTs", names, remade, n))
				}
			})
		}
	}
	s.None(t, "S5", fmt.Sprintf("POSTs sent again by net/http, %d ways to add a header", combinations), problems)

	// The trap is there: a plain client falls into it.
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
		c := srv.Client(t)
		_, err := c.Assignments.Overview(t.Context())
		require.NoError(t, err)
		srv.Inject(maventatest.DropAfterCommit().On("Assignments.AddEvent"))
		req, err := http.NewRequest(http.MethodPost, srv.ReceivablesURL()+"/v1/assignments/"+id+"/events", strings.NewReader(`{}`))
		require.NoError(t, err)
		req.Header.Set("Idempotency-Key", "bank-1")
		resp, err := srv.HTTPClient().Do(req)
		require.NoError(t, err, "net/http hides it")
		resp.Body.Close()
		assert.Equal(t, 2, srv.Count("Assignments.AddEvent"))
	})
}

// scoreOutage: a thousand calls while the service is down cost few requests more
// than a thousand.
func scoreOutage(t *testing.T, s *ct.Scorecard) {
	const calls = 1000
	read := func(ctx context.Context, c *maventa.Client, _ string) error {
		return onlyErr(c.Assignments.Overview(ctx))
	}
	write := func(ctx context.Context, c *maventa.Client, id string) error {
		return onlyErr(c.Assignments.AddEvent(ctx, id, canaryEvent()))
	}
	for _, test := range []struct {
		what  string
		fault maventatest.Fault // zero: no connection
		call  func(ctx context.Context, c *maventa.Client, id string) error
		extra int
	}{
		{"reads, no connection", maventatest.Fault{}, read, 35},
		{"reads, 503", maventatest.Status(503), read, 35},
		{"reads, dropped", maventatest.DropBeforeCommit(), read, 35},
		{"writes, no connection", maventatest.Fault{}, write, 35},
		{"writes, 503", maventatest.Status(503), write, 0},
		{"writes, throttled (a repetition costs 5)", maventatest.Status(429), write, 100},
	} {
		synctest.Test(t, func(t *testing.T) {
			srv := maventatest.NewServer(t)
			root := srv.Client(t)
			derived, err := root.ForCompany(srv.Credentials())
			require.NoError(t, err)
			id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
			_, err = root.Assignments.Overview(t.Context())
			require.NoError(t, err)
			root.CloseIdleConnections()
			requests := func() int { return len(srv.Requests()) }
			if test.fault.String() == "" {
				requests = srv.Connections
				srv.RefuseConnections(10 * calls)
			} else {
				srv.Inject(test.fault.Times(maventatest.Always))
			}
			before := requests()
			var wg sync.WaitGroup
			for i := range calls {
				wg.Go(func() {
					c := root
					if i%2 == 1 {
						c = derived
					}
					assert.Error(t, test.call(t.Context(), c, id))
				})
			}
			wg.Wait()
			extra := requests() - before - calls
			s.Row(t, "S10", "extra requests in an outage of 1,000 "+test.what, fmt.Sprintf("at most %d", test.extra), extra, extra >= 0 && extra <= test.extra)
		})
	}
}

// scoreDeadlines: whatever hangs, the caller is back in time.
func scoreDeadlines(t *testing.T, s *ct.Scorecard) {
	const deadline = 2500 * time.Millisecond
	calls := map[string]func(ctx context.Context, c *maventa.Client, assignment, invoice string) error{
		"AddEvent": func(ctx context.Context, c *maventa.Client, id, _ string) error {
			return onlyErr(c.Assignments.AddEvent(ctx, id, canaryEvent()))
		},
		"Events": func(ctx context.Context, c *maventa.Client, id, _ string) error {
			return onlyErr(ct.Collect(c.Assignments.Events(ctx, id)))
		},
		"WaitForTransfer": func(ctx context.Context, c *maventa.Client, _, invoice string) error {
			return onlyErr(c.Invoices.WaitForTransfer(ctx, invoice))
		},
		"Update": func(ctx context.Context, c *maventa.Client, _, _ string) error {
			return c.Amili.Update(ctx, maventa.AmiliUpdate{AccountableParty: maventa.AccountablePartyCompany})
		},
		"Close": func(ctx context.Context, c *maventa.Client, _, _ string) error { return c.Ropo.Close(ctx) },
		"Check": func(ctx context.Context, c *maventa.Client, _, _ string) error { return onlyErr(c.Check(ctx)) },
	}
	faults := []maventatest.Fault{
		maventatest.Hang(), maventatest.HangAfterCommit(), maventatest.StallBody(), maventatest.Slow(time.Hour),
		maventatest.SlowAnswer(time.Hour), maventatest.SlowBody(time.Hour), maventatest.RetryAfter(429, 2*time.Second),
		maventatest.RetryAfter(503, time.Second), maventatest.Status(503), maventatest.DropAfterCommit(),
		maventatest.Hang().On("Auth.Token"), maventatest.StallBody().On("Auth.Token"), maventatest.Status(503).On("Auth.Token"),
		maventatest.DropBeforeCommit().On("Auth.Token"), maventatest.RetryAfter(429, 2*time.Second).On("Auth.Token"),
	}
	var late []string
	worst := time.Duration(0)
	for name, call := range calls {
		for _, fault := range faults {
			synctest.Test(t, func(t *testing.T) {
				srv := maventatest.NewServer(t)
				srv.Company().Activate(maventatest.Ropo)
				assignment := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
				invoice := srv.AddInvoice(maventatest.Invoice{})
				c := srv.Client(t)
				srv.Inject(fault.Times(maventatest.Always))
				ctx, cancel := context.WithTimeout(t.Context(), deadline)
				defer cancel()
				start := time.Now()
				err := call(ctx, c, assignment, invoice)
				over := time.Since(start) - deadline
				worst = max(worst, over)
				if over > 50*time.Millisecond {
					late = append(late, fmt.Sprintf("%s under %s: %s, %v", name, fault, over, err))
				}
			})
		}
	}
	s.Row(t, "S11", fmt.Sprintf("return after the deadline, worst of %d calls that hang", len(calls)*len(faults)),
		"at most 50ms", worst, len(late) == 0, late...)
}
