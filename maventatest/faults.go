package maventatest

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/maventa-go/maventa/internal/memnet"
	"github.com/maventa-go/maventa/internal/operation"
)

// Always is for [Fault.Times]: the fault does not wear off.
const Always = -1

// Fault is one thing that goes wrong on the way between a client and Maventa, or
// in Maventa itself. The constructors say what goes wrong, the methods when:
//
//	srv.Inject(maventatest.DropAfterCommit().On("Assignments.AddEvent").Nth(2))
//
// A fault hits the first matching call after Inject, once, unless [Fault.Times]
// says otherwise. Without On it fits every call except the token call, which must
// be named: On("Auth.Token").
//
// What matters for a client is on which side of the commit a fault lies. The
// documentation of each constructor says so, and [Request.Committed] shows it
// for each call.
type Fault struct {
	name  string
	on    string // an operation's name; empty: all but the token call
	nth   int    // counted from 1
	times int

	// before runs before Maventa sees the request. It reports whether Maventa
	// will; if not, it has set x.answer or finished the exchange.
	before func(x *exchange) bool
	// after runs after the commit. It may change x.answer or finish the
	// exchange.
	after func(x *exchange)
}

// On limits a fault to one call, named as in the SDK's errors: "Ropo.Activate".
func (f Fault) On(operation string) Fault {
	f.on = operation
	return f
}

// Nth lets n-1 matching calls pass first.
func (f Fault) Nth(n int) Fault {
	f.nth = n
	return f
}

// Times makes a fault hit n calls in a row; see [Always].
func (f Fault) Times(n int) Fault {
	f.times = n
	return f
}

// String names the fault.
func (f Fault) String() string { return f.name }

// injected is a fault that waits for its calls.
type injected struct {
	Fault
	seen int
	hit  int
}

// Inject sets faults up. Where two fit a call, the one injected first has it,
// and the other does not count it.
func (s *Server) Inject(faults ...Fault) {
	s.tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		if problem := f.problem(); problem != "" {
			s.tb.Fatalf("Inject: %s", problem)
			return
		}
		f.nth = max(f.nth, 1)
		if f.times == 0 {
			f.times = 1
		}
		s.faults = append(s.faults, &injected{Fault: f})
	}
}

// problem says why a fault cannot be used.
func (f Fault) problem() string {
	switch {
	case f.before == nil && f.after == nil:
		return "an empty fault"
	case f.on != "" && !isOperation(f.on):
		return "there is no call named " + strconv.Quote(f.on)
	}
	return ""
}

// ClearFaults takes back all faults and ends [Server.Chaos].
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.chaos = nil, nil
}

// PendingFaults counts the faults that have not hit as often as they should. A
// test that expects zero at its end knows that its faults were met.
func (s *Server) PendingFaults() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.faults)
}

// nextFault picks the fault for a call. The lock is held.
func (s *Server) nextFault(id *operation.Op) *Fault {
	for i, f := range s.faults {
		if !f.fits(id) {
			continue
		}
		f.seen++
		if f.seen < f.nth {
			continue
		}
		f.hit++
		if f.times != Always && f.hit >= f.times {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		return &f.Fault
	}
	return s.chaos.fault(id)
}

func (f *injected) fits(id *operation.Op) bool {
	if f.on == "" {
		return id != operation.AuthToken
	}
	return f.on == id.String()
}

func isOperation(name string) bool {
	for _, id := range operation.All() {
		if id.String() == name {
			return true
		}
	}
	return false
}

// What a fault can do to the delivery of an answer. Each ends the exchange.

// cut closes the connection without a word.
func (x *exchange) cut() {
	if conn := x.takeOver(); conn != nil {
		x.release(conn)
	}
}

// reset breaks the connection: the client gets "connection reset by peer".
func (x *exchange) reset() {
	conn := x.takeOver()
	switch c := conn.(type) {
	case nil:
		return
	case *memnet.Conn:
		c.Reset()
	case *net.TCPConn:
		_ = c.SetLinger(0) // close sends RST
	}
	x.release(conn)
}

// raw writes bytes as they are and closes the connection.
func (x *exchange) raw(status int, text []byte) {
	conn := x.takeOver()
	if conn == nil {
		return
	}
	x.sent(status)
	_, _ = conn.Write(text)
	x.release(conn)
}

// stall writes bytes as they are, then nothing more until the client gives up or
// the server closes.
func (x *exchange) stall(status int, text []byte) {
	conn := x.takeOver()
	if conn == nil {
		return
	}
	if status != 0 {
		x.sent(status)
	}
	if _, err := conn.Write(text); err == nil {
		_, _ = io.Copy(io.Discard, conn)
	}
	x.release(conn)
}

// takeOver takes the connection from net/http. Nil means that it is gone.
func (x *exchange) takeOver() net.Conn {
	x.finished = true
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		return nil
	}
	x.srv.mu.Lock()
	defer x.srv.mu.Unlock()
	if x.srv.closed {
		_ = conn.Close()
		return nil
	}
	x.srv.hijacked[conn] = true
	return conn
}

func (x *exchange) release(conn net.Conn) {
	_ = conn.Close()
	x.srv.mu.Lock()
	defer x.srv.mu.Unlock()
	delete(x.srv.hijacked, conn)
}

// wait lets time pass; false means that the server was closed meanwhile. That
// the client leaves changes nothing: Maventa does not notice.
func (s *Server) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.done:
		return false
	}
}

// head is the start of a raw answer, its headers included, that announces a body
// of the given length.
func (a answer) head(announced int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	header := a.header.Clone()
	header.Set("Content-Length", strconv.Itoa(announced))
	header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	_ = header.Write(&b)
	b.WriteString("\r\n")
	return b.Bytes()
}

// withBody gives an answer without a body one that can be broken.
func (a answer) withBody() answer {
	if len(a.body) > 0 {
		return a
	}
	b := jsonAnswer(http.StatusOK, map[string]any{"id": "00000000-0000-4000-8000-000000000000", "type": "comment"})
	b.status = a.status
	if b.status == http.StatusNoContent {
		b.status = http.StatusOK
	}
	return b
}
