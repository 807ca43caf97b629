package maventatest

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/maventa-go/maventa/internal/memnet"
)

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
