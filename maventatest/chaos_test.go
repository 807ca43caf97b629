package maventatest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// The faults of size and pace act before they misbehave, and what the client
// reads is right as far as it goes.
func TestFaultsOfSize(t *testing.T) {
	for _, test := range []struct {
		fault Fault
		size  int // of what the client reads, at least
	}{
		{HugeBody(3 << 20), 3 << 20},
		{GzipBomb(8 << 20), 8 << 20},
		{SlowBody(time.Minute), 0},
	} {
		for _, wire := range []Wire{{}, Wires()[1]} {
			t.Run(test.fault.String()+" "+wire.Name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					srv := newServer(t, WithWire(wire))
					c := newClient(t, srv)
					id := srv.Company().AddAssignment(Amili, Invoice{Total: "100.00"})
					srv.Inject(test.fault.On("Assignments.AddEvent"))
					start := time.Now()
					r := c.add(id, aPayment)
					if len(r.body) < test.size {
						t.Errorf("%d bytes, want %d (%v)", len(r.body), test.size, r.err)
					}
					if strings.HasPrefix(test.fault.String(), "SlowBody") && time.Since(start) < 50*time.Second {
						t.Errorf("answered after %s", time.Since(start))
					}
					if !strings.HasPrefix(test.fault.String(), "GzipBomb") && !json.Valid(r.body) { // its checksum is wrong
						t.Errorf("not JSON: %.60s", r.body)
					}
					srv.AssertExactlyOnce(t, id, "paid", "30.00")
				})
			})
		}
	}
}

// A bomb is small on the wire.
func TestGzipBombIsSmall(t *testing.T) {
	if n := 256 * len(deflated(make([]byte, bombChunk))); n > 300_000 {
		t.Errorf("256 MiB take %d bytes", n)
	}
}

func TestTwoFaultsInOne(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	id := srv.Company().AddAssignment(Amili, Invoice{Total: "100.00"})
	srv.Inject(DeliverTwice().And(DropAfterCommit()).On("Assignments.AddEvent"))
	if r := c.add(id, aPayment); r.err == nil {
		t.Errorf("status %d", r.status)
	}
	if shot, _ := srv.Assignment(id); len(shot.Events) != 2 {
		t.Errorf("booked %d times", len(shot.Events))
	}
	srv.Inject(ExpireToken().And(Status(500)).And(Truncate()))
	if r := c.add(id, aPayment); r.status != 500 || r.err != nil {
		t.Errorf("status %d (%v)", r.status, r.err)
	}
}

// chaosOf makes calls one at a time and tells what came of them.
func chaosOf(t *testing.T, seed uint64, faults ...Fault) (story string) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t)
		c := newClient(t, srv)
		id := srv.Company().AddAssignment(Amili, Invoice{Total: "100000.00"})
		srv.HTTPClient().Timeout = 5 * time.Minute
		srv.Chaos(seed, faults...)
		for range 60 {
			srv.HTTPClient().CloseIdleConnections() // each call on a connection of its own
			r := c.add(id, `{"type":"paid","amount":1}`)
			story += fmt.Sprint(r.status, r.err != nil, " ")
			c.token = srv.newTokenFor(srv.Company())
		}
		srv.ClearFaults()
		c.add(id, aPayment).want(http.StatusCreated)
	})
	return story
}

// newTokenFor gives out a token without a call.
func (s *Server) newTokenFor(co *Company) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newToken(co, co.user, strings.Fields(everyScope)).value
}

func TestChaosRepeats(t *testing.T) {
	one, same, other := chaosOf(t, 1), chaosOf(t, 1), chaosOf(t, 2)
	if one != same {
		t.Errorf("the same seed:\n%s\n%s", one, same)
	}
	if one == other {
		t.Errorf("two seeds, one story: %s", one)
	}
	well := strings.Count(one, "201 false")
	if well < 30 || well > 55 {
		t.Errorf("%d of 60 calls went well: %s", well, one)
	}
	if story := chaosOf(t, 1, Status(500).On("Ropo.Status")); strings.Contains(story, "500") {
		t.Errorf("a fault of another call: %s", story)
	}
	if story := chaosOf(t, 1, Status(500)); strings.Count(story, "500 false") < 5 {
		t.Errorf("no faults: %s", story)
	}
}

// A test that fails tells its seed; a mistake in the faults ends it.
func TestChaosTellsItsSeed(t *testing.T) {
	p := &failing{}
	srv, err := start(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	srv.Chaos(7)
	srv.Chaos(8, Fault{})
	if p.fatal != "Chaos: an empty fault" {
		t.Errorf("fatal %q", p.fatal)
	}
	for _, f := range p.cleanups {
		f()
	}
	if !slices.Equal(p.logs, []string{"maventatest: chaos with seed 7"}) {
		t.Errorf("logged %q", p.logs)
	}

	quiet, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	quiet.Chaos(7) // without a test
	quiet.HTTPClient().Timeout = time.Second
	refused := 0
	for range 200 {
		conn, err := quiet.dial(t.Context(), "tcp", quiet.hosts[0])
		switch {
		case err == nil:
			conn.Close()
		case strings.Contains(err.Error(), syscall.ECONNREFUSED.Error()):
			refused++
		default:
			t.Error(err)
		}
	}
	if refused < 3 || refused > 30 {
		t.Errorf("%d of 200 connections refused", refused)
	}
	if err := quiet.Close(); err != nil {
		t.Error(err)
	}
}

// failing is a test that has failed.
type failing struct {
	probe
	cleanups []func()
	logs     []string
}

func (p *failing) Cleanup(f func()) { p.cleanups = append(p.cleanups, f) }

func (p *failing) Failed() bool { return true }

func (p *failing) Logf(format string, args ...any) {
	p.logs = append(p.logs, fmt.Sprintf(format, args...))
}
