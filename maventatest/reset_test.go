package maventatest

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

func TestReset(t *testing.T) {
	srv := newServer(t, WithToday("2026-10-01"))
	c, first := newClient(t, srv), srv.Company()
	key, vendor := first.UserAPIKey(), first.VendorAPIKey()
	id := first.AddAssignment(Ropo, Invoice{})
	srv.AddCompany("Toinen Oy", "2")
	srv.Inject(Status(500).On("Assignments.List"))
	srv.Chaos(1)
	srv.Clock().AdvanceDays(20)
	srv.Reset()
	if all := srv.Companies(); len(all) != 1 || all[0].ID() != first.ID() || all[0].UserAPIKey() != key || all[0].VendorAPIKey() != vendor {
		t.Errorf("companies %v", all)
	}
	if _, ok := srv.Assignment(id); ok || srv.PendingFaults() != 0 || srv.IsChaotic() || len(srv.Requests()) != 0 || srv.Today() != "2026-10-01" {
		t.Error("something is left of the story before")
	}
	c.call(operation.AssignmentsList, nil, "", "").want(http.StatusUnauthorized)
	c.token = c.fetchToken(everyScope)
	if again := srv.Company().AddAssignment(Ropo, Invoice{}); len(again) != len(id) {
		t.Errorf("id %q", again)
	}
}

func TestTry(t *testing.T) {
	srv, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	srv.AddInvoice(Invoice{Total: "many"})
	err = srv.Try(func() { srv.Agency().Close("x") })
	if err == nil || err.Error() != `maventatest: Close: no assignment "x"` {
		t.Errorf("Try: %v", err)
	}
	if err := srv.Try(func() { srv.AddInvoice(Invoice{}) }); err != nil {
		t.Error(err)
	}
	if err := srv.Close(); err == nil || strings.Contains(err.Error(), "Close:") || !strings.Contains(err.Error(), "many") {
		t.Errorf("Close: %v", err)
	}
}

// TestMisusedAtOnce is for the race detector: controls report with the server's
// lock held, or without.
func TestMisusedAtOnce(t *testing.T) {
	srv, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { srv.Chaos(1, Fault{}) })
		all.Go(func() { srv.Agency().Close("x") })
		all.Go(func() { _ = srv.Try(func() {}) })
	}
	all.Wait()
	_ = srv.Close()
}

func TestOnChange(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	var states []string
	srv.OnChange(func() {
		for _, r := range srv.RequestsTo("Assignments.Get") {
			states = append(states, r.Refusal)
			if r.Ended.IsZero() != (r.Status == 0) {
				t.Errorf("ended %v, status %d", r.Ended, r.Status)
			}
		}
	})
	c.call(operation.AssignmentsGet, []string{"x"}, "", "").want(http.StatusNotFound)
	srv.OnChange(nil)
	if len(states) != 2 || states[0] != "" || !strings.HasPrefix(states[1], "not_found: ") {
		t.Errorf("reported %q", states)
	}
	if r := srv.RequestsTo("Assignments.Get")[0]; !strings.HasPrefix(r.Answer, `{"code":"not_found"`) {
		t.Errorf("answer %q", r.Answer)
	}
}

func TestRequestLogIsBounded(t *testing.T) {
	srv := newServer(t, WithRequestLog(3))
	c := newClient(t, srv)
	for range 10 {
		c.call(operation.AssignmentsList, nil, "", "").want(http.StatusOK)
	}
	log := srv.Requests()
	if len(log) != 3 || log[0].Number != 9 || log[2].Number != 11 || log[2].Answer != "[]" {
		t.Errorf("%+v", log)
	}
	c.fetchToken(everyScope)
	if log := srv.TokenRequests(); log[0].Answer != "" {
		t.Errorf("a token in the log: %s", log[0].Answer)
	}
}

func TestAddressesAndHosts(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", "192.0.2.1:0", ":0", "example.com:80", "127.0.0.1"} {
		if _, err := Start(WithAddresses("127.0.0.1:0", address)); err == nil || !strings.Contains(err.Error(), address) {
			t.Errorf("%s: %v", address, err)
		}
	}
	srv := newServer(t, WithAddresses("127.0.0.1:0", "localhost:0"), WithHosts("Host.Docker.Internal"))
	_, err := Start(WithAddresses(strings.TrimPrefix(srv.AutoXChangeURL(), "http://"), "127.0.0.1:0"))
	if opErr, ok := errors.AsType[*net.OpError](err); !ok || opErr.Op != "listen" {
		t.Errorf("a busy port: %v", err)
	}
	c := newClient(t, srv)
	for host, want := range map[string]int{
		"localhost:1": 200, "127.8.8.8": 200, "[::1]:9": 200, "[::1]": 200, "host.docker.internal:8702": 200,
		"evil.example.com": 421, "localhost.evil.example.com:8702": 421, "192.0.2.1": 421, "127.0.0.1.nip.io": 421,
	} {
		r := c.request(operation.AssignmentsList, nil, "", "")
		r.Host = host
		c.do(r).want(want)
	}
}

// TestEventTimes: an answer comes after its question, also on one day.
func TestEventTimes(t *testing.T) {
	srv := newServer(t)
	id := srv.Company().AddAssignment(Ropo, Invoice{})
	srv.Agency().Comment(id, "Who is it?")
	newClient(t, srv).add(id, `{"type":"comment","comment":"The owner."}`)
	srv.Clock().Advance(time.Minute)
	srv.Agency().Comment(id, "Thanks")
	a, _ := srv.Assignment(id)
	if e := a.Events; !e[1].CreatedAt.After(e[0].CreatedAt) || e[2].CreatedAt != srv.Clock().Now() {
		t.Errorf("events %v", e)
	}
}

// TestDateIsReal: the story's day does not show in the Date header.
func TestDateIsReal(t *testing.T) {
	srv := newServer(t, WithToday("2020-01-01"))
	c := newClient(t, srv)
	srv.Inject(Truncate().On("Assignments.List").Nth(2))
	for range 2 {
		r := c.do(c.request(operation.AssignmentsList, nil, "", ""))
		at, err := http.ParseTime(r.header.Get("Date"))
		if err != nil || time.Since(at) > time.Minute || time.Since(at) < -time.Minute {
			t.Errorf("Date %q", r.header.Get("Date"))
		}
	}
}
