package maventatest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

const aPayment = `{"type":"paid","amount":30}`

// faultCases says for each fault what a client gets to see, and how often the
// payment was booked.
var faultCases = []struct {
	fault   Fault
	booked  int
	status  int                    // zero: none
	problem func(r *result) string // empty when all is as it should be
}{
	{Status(500), 0, 500, wantCode("internal_server_error")},
	{Status(503, "try later"), 0, 503, wantBody("try later")},
	{Status(200, foreignRefusal), 0, 200, wantBody("blocked by policy")},
	{Status(499, ""), 0, 499, wantEmpty},
	{RetryAfter(429, 1500*time.Millisecond), 0, 429, wantHeader("Retry-After", "2")},
	{HTML(200), 0, 200, wantBody("<!DOCTYPE html>")},
	{HTML(502), 0, 502, wantHeader("Content-Type", "text/html; charset=utf-8")},
	{ForeignJSON(), 0, 200, wantBody("portal")},
	{Redirect(307, "http://elsewhere.example.com/x"), 0, 307, wantHeader("Location", "http://elsewhere.example.com/x")},
	{DropBeforeCommit(), 0, 0, wantErr(io.EOF)},
	{ResetBeforeCommit(), 0, 0, wantErr(syscall.ECONNRESET)},
	{Hang(), 0, 0, wantErr(context.DeadlineExceeded)},
	{ExpireToken(), 0, 401, wantCode("auth_unauthorized")},
	{Slow(20 * time.Millisecond), 1, 201, nil},
	{CommitLate(20 * time.Millisecond), 1, 504, wantCode("gateway_timeout")},
	{DeliverTwice(), 2, 201, nil},
	{StatusAfterCommit(502), 1, 502, wantCode("bad_gateway")},
	{StatusAfterCommit(200, "503"), 1, 200, wantBody("503")},
	{StatusAfterCommit(200, "OK"), 1, 200, wantHeader("Content-Type", "text/plain; charset=utf-8")},
	{StatusAfterCommit(499, ForeignBodies()[1]), 1, 499, wantHeader("Content-Type", "application/problem+json")},
	{StatusAfterCommit(403, foreignPage), 1, 403, wantHeader("Content-Type", "text/html; charset=utf-8")},
	{StatusAfterCommit(404, ""), 1, 404, wantEmpty},
	{RedirectAfterCommit(302, ""), 1, 302, nil},
	{DropAfterCommit(), 1, 0, wantErr(io.EOF)},
	{Reset(), 1, 0, wantErr(syscall.ECONNRESET)},
	{HangAfterCommit(), 1, 0, wantErr(context.DeadlineExceeded)},
	{SlowAnswer(20 * time.Millisecond), 1, 201, nil},
	{HalfStatusLine(), 1, 0, wantBrokenLine},
	{Truncate(), 1, 201, wantErr(io.ErrUnexpectedEOF)},
	{WrongLength(), 1, 201, wantErr(io.ErrUnexpectedEOF)},
	{StallBody(), 1, 201, wantErr(context.DeadlineExceeded)},
	{BrokenJSON(), 1, 201, wantBrokenJSON},
	{EmptyBody(201), 1, 201, wantEmpty},
	{UnknownEnum(), 1, 201, wantBody(`"type":"something_new"`)},
}

func wantCode(code string) func(*result) string { return wantBody(`"code":"` + code + `"`) }

func wantBody(part string) func(*result) string {
	return func(r *result) string {
		if strings.Contains(string(r.body), part) {
			return ""
		}
		return "body " + string(r.body)
	}
}

func wantHeader(name, value string) func(*result) string {
	return func(r *result) string {
		if r.header.Get(name) == value {
			return ""
		}
		return name + " is " + r.header.Get(name)
	}
}

func wantErr(target error) func(*result) string {
	return func(r *result) string {
		if errors.Is(r.err, target) {
			return ""
		}
		return "error is not " + target.Error()
	}
}

func wantBrokenLine(r *result) string {
	if r.err != nil && strings.Contains(r.err.Error(), "malformed HTTP status") {
		return ""
	}
	return "no broken line"
}

func wantBrokenJSON(r *result) string {
	if len(r.body) > 0 && !json.Valid(r.body) && r.err == nil {
		return ""
	}
	return "body " + string(r.body)
}

func wantEmpty(r *result) string {
	if len(r.body) == 0 && r.err == nil {
		return ""
	}
	return "body " + string(r.body)
}

// TestFaults tries each fault in a bubble and over TCP, on a connection that has
// been used before.
func TestFaults(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		for _, test := range faultCases {
			t.Run(test.fault.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { tryFault(t, test.fault, test.booked, test.status, test.problem) })
			})
		}
	})
	t.Run("tcp", func(t *testing.T) {
		for _, test := range faultCases {
			t.Run(test.fault.String(), func(t *testing.T) {
				t.Parallel()
				tryFault(t, test.fault, test.booked, test.status, test.problem, OverTCP())
			})
		}
	})
}

func tryFault(t *testing.T, fault Fault, booked, status int, problem func(*result) string, opts ...Option) {
	srv := newServer(t, opts...)
	c := newClient(t, srv)
	srv.HTTPClient().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	id := srv.Company().AddAssignment(Amili, Invoice{Total: "100.00"})
	c.call(operation.AssignmentsOverview, nil, "", "").want(http.StatusOK)
	srv.Inject(fault.On("Assignments.AddEvent"))

	timeout := 10 * time.Second // a machine may be busy
	switch fault.String() {
	case "Hang", "HangAfterCommit", "StallBody":
		timeout = 200 * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	req := c.request(operation.AssignmentsAddEvent, []string{id}, aPayment, "").WithContext(ctx)
	req.GetBody = nil // so that net/http does not send it again
	r := c.do(req)
	if r.status != status {
		t.Errorf("status %d (%v), want %d", r.status, r.err, status)
	}
	if problem != nil {
		if p := problem(r); p != "" {
			t.Errorf("%s; %d, %v", p, r.status, r.err)
		}
	} else if r.err != nil {
		t.Error(r.err)
	}
	if strings.HasPrefix(fault.String(), "CommitLate") {
		if shot, _ := srv.Assignment(id); len(shot.Events) != 0 && len(opts) == 0 { // in real time it may be there by now
			t.Error("booked at once")
		}
		for range 100 { // it takes real time, and on a busy machine more of it
			if shot, _ := srv.Assignment(id); len(shot.Events) >= booked && srv.PendingFaults() == 0 {
				break
			}
			time.Sleep(40 * time.Millisecond)
		}
	}
	shot, _ := srv.Assignment(id)
	if len(shot.Events) != booked {
		t.Errorf("booked %d times, want %d", len(shot.Events), booked)
	}
	committed := 0
	for _, entry := range srv.RequestsTo("Assignments.AddEvent") {
		if entry.Committed {
			committed++
		}
		if entry.Fault != fault.String() {
			t.Errorf("the log has fault %q", entry.Fault)
		}
	}
	if committed != booked || srv.PendingFaults() != 0 {
		t.Errorf("%d committed in the log, %d faults left", committed, srv.PendingFaults())
	}
	c.token = c.fetchToken(everyScope)
	c.pay(id, "1") // all is well afterwards
}

func TestFaultsAreScoped(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	id := srv.Company().AddAssignment(Amili, Invoice{})
	call := func(op *operation.Op, ids ...string) int { return c.call(op, ids, "", "").status }

	srv.Inject(Status(500).On("Assignments.Get").Nth(2).Times(2), Status(502).On("Assignments.Overview").Times(Always), Status(503))
	got := []int{
		call(operation.AssignmentsGet, id),     // the 503, which has no name
		call(operation.AssignmentsGet, id),     // 500: the second Get
		call(operation.AssignmentsGet, id),     // 500
		call(operation.AssignmentsGet, id),     // well
		call(operation.AssignmentsOverview),    // 502
		call(operation.AssignmentsOverview),    // 502
		call(operation.AssignmentsEvents, "x"), // 404 as it should be
	}
	want := []int{503, 500, 500, 200, 502, 502, 404}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("statuses %v, want %v", got, want)
		}
	}
	if srv.PendingFaults() != 1 {
		t.Errorf("%d faults left, want the one that stays", srv.PendingFaults())
	}
	srv.ClearFaults()
	if s := call(operation.AssignmentsOverview); s != 200 {
		t.Errorf("status %d after ClearFaults", s)
	}

	srv.Inject(Status(500)) // not for the token call
	c.fetchToken(everyScope)
	srv.ClearFaults()
	srv.Inject(Status(503).On("Auth.Token"), HTML(200).On("Auth.Token"))
	c.postForm(c.tokenForm("")).want(503)
	if r := c.postForm(c.tokenForm("")).want(200); !strings.HasPrefix(string(r.body), "<!DOCTYPE") {
		t.Errorf("body %s", r.body)
	}
}

func TestBreakingAnAnswerWithoutABody(t *testing.T) {
	for _, fault := range []Fault{Truncate(), BrokenJSON(), WrongLength(), UnknownEnum()} {
		srv := newServer(t, WithWire(Wires()[1]))
		c := newClient(t, srv)
		id := srv.Company().AddAssignment(Amili, Invoice{Total: "100.00"})
		srv.Inject(fault.On("Assignments.AddEvent"))
		r := c.add(id, aPayment)
		if r.err == nil && json.Valid(r.body) {
			t.Errorf("%s: %d %s", fault, r.status, r.body)
		}
		srv.AssertExactlyOnce(t, id, "paid", "30.00")
	}
}

func TestRefusedAndStrayConnections(t *testing.T) {
	for _, opts := range [][]Option{nil, {OverTCP()}} {
		srv := newServer(t, opts...)
		c := newClient(t, srv)
		srv.HTTPClient().CloseIdleConnections()
		srv.RefuseConnections(1)
		if r := c.call(operation.AuthCurrent, nil, "", ""); !errors.Is(r.err, syscall.ECONNREFUSED) {
			t.Errorf("error %v, want a refused connection", r.err)
		}
		c.call(operation.AuthCurrent, nil, "", "").want(http.StatusOK)
		if n := srv.Connections(); n != 3 {
			t.Errorf("%d connections, want 3", n)
		}
		id := srv.Company().AddAssignment(Amili, Invoice{})
		srv.Inject(Redirect(307, "http://elsewhere.example.com/x").On("Assignments.AddEvent"))
		if r := c.add(id, aPayment); !errors.Is(r.err, syscall.ECONNREFUSED) {
			t.Errorf("a followed redirect: %v", r.err)
		}
		if strays := srv.StrayAddresses(); len(strays) != 1 || strays[0] != "elsewhere.example.com:80" {
			t.Errorf("strays %v", strays)
		}
	}
}

// Every fault must leave the server able to close, also while calls hang.
func TestAllFaultsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t)
		c := newClient(t, srv)
		id := srv.Company().AddAssignment(Amili, Invoice{Total: "100.00"})
		for _, fault := range AllFaults(time.Minute) {
			c.token = c.fetchToken(everyScope)
			srv.Inject(fault.On("Assignments.AddEvent"))
			req := c.request(operation.AssignmentsAddEvent, []string{id}, aPayment, "")
			go func() {
				resp, err := srv.HTTPClient().Do(req)
				if err == nil {
					_, _ = io.Copy(io.Discard, resp.Body)
					_ = resp.Body.Close()
				}
			}()
			synctest.Wait()
		}
		if srv.PendingFaults() != 0 {
			t.Errorf("%d faults met no call", srv.PendingFaults())
		}
	})
}
