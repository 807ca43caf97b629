package maventatest

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// pipeBuffer is how much one side may write before the other reads. It stands
// in for the kernel's socket buffers: net.Pipe has none, so that a server which
// answers before it has read everything would wait for a client that waits.
const pipeBuffer = 64 << 10

// pipeConn is one end of a connection in memory. It waits on channels only, so
// that a testing/synctest bubble sees its goroutines as blocked, and its errors
// are those of a TCP connection.
type pipeConn struct {
	in, out       *pipeStream
	readDeadline  pipeDeadline
	writeDeadline pipeDeadline
	local, remote net.Addr
}

// newPipe returns the two ends of a new connection.
func newPipe(clientAddr, serverAddr net.Addr) (client, server *pipeConn) {
	up, down := newPipeStream(), newPipeStream()
	client = &pipeConn{in: down, out: up, local: clientAddr, remote: serverAddr}
	server = &pipeConn{in: up, out: down, local: serverAddr, remote: clientAddr}
	for _, c := range []*pipeConn{client, server} {
		c.readDeadline.expired = make(chan struct{})
		c.writeDeadline.expired = make(chan struct{})
	}
	return client, server
}

func (c *pipeConn) Read(p []byte) (int, error) {
	n, err := c.in.read(p, &c.readDeadline)
	return n, c.wrap("read", err)
}

func (c *pipeConn) Write(p []byte) (int, error) {
	n, err := c.out.write(p, &c.writeDeadline)
	return n, c.wrap("write", err)
}

// Close ends both directions. What was written before it can still be read.
func (c *pipeConn) Close() error {
	c.out.end(io.EOF, net.ErrClosed, true)
	c.in.end(net.ErrClosed, os.NewSyscallError("write", syscall.EPIPE), false)
	return nil
}

// reset ends both directions at once, and what the peer has not read is lost:
// what a TCP RST does.
func (c *pipeConn) reset() {
	c.out.end(os.NewSyscallError("read", syscall.ECONNRESET), net.ErrClosed, false)
	c.in.end(net.ErrClosed, os.NewSyscallError("write", syscall.ECONNRESET), false)
}

func (c *pipeConn) LocalAddr() net.Addr  { return c.local }
func (c *pipeConn) RemoteAddr() net.Addr { return c.remote }

func (c *pipeConn) SetDeadline(t time.Time) error {
	c.readDeadline.set(t)
	c.writeDeadline.set(t)
	return nil
}

func (c *pipeConn) SetReadDeadline(t time.Time) error {
	c.readDeadline.set(t)
	return nil
}

func (c *pipeConn) SetWriteDeadline(t time.Time) error {
	c.writeDeadline.set(t)
	return nil
}

// wrap dresses an error as package net does. io.EOF stays bare.
func (c *pipeConn) wrap(op string, err error) error {
	if err == nil || err == io.EOF { //nolint:errorlint // our own value, never wrapped
		return err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

// pipeStream is one direction of a connection.
type pipeStream struct {
	mu       sync.Mutex // never held while waiting
	buf      []byte
	readErr  error // what a reader gets once buf is empty
	writeErr error // what a writer gets
	changed  chan struct{}
}

func newPipeStream() *pipeStream {
	return &pipeStream{changed: make(chan struct{})}
}

// wake tells everybody who waits that something changed. The lock is held.
func (s *pipeStream) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *pipeStream) read(p []byte, d *pipeDeadline) (int, error) {
	for {
		expired, late := d.wait()
		if late {
			return 0, os.ErrDeadlineExceeded
		}
		n, changed, err := s.tryRead(p)
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
		select {
		case <-changed:
		case <-expired:
		}
	}
}

func (s *pipeStream) tryRead(p []byte) (int, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.buf) == 0 {
		return 0, s.changed, s.readErr
	}
	n := copy(p, s.buf)
	s.buf = s.buf[:copy(s.buf, s.buf[n:])] // moved to the front: a long stream needs one buffer
	s.wake()
	return n, nil, nil
}

func (s *pipeStream) write(p []byte, d *pipeDeadline) (int, error) {
	written := 0
	for {
		expired, late := d.wait()
		if late {
			return written, os.ErrDeadlineExceeded
		}
		n, changed, err := s.tryWrite(p[written:])
		written += n
		if err != nil || written == len(p) {
			return written, err
		}
		select {
		case <-changed:
		case <-expired:
		}
	}
}

func (s *pipeStream) tryWrite(p []byte) (int, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writeErr != nil {
		return 0, nil, s.writeErr
	}
	n := min(len(p), pipeBuffer-len(s.buf))
	if n > 0 {
		s.buf = append(s.buf, p[:n]...)
		s.wake()
	}
	return n, s.changed, nil
}

// end finishes the stream. The first error on each side stays.
func (s *pipeStream) end(readErr, writeErr error, keepData bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !keepData {
		s.buf = nil
	}
	if s.readErr == nil {
		s.readErr = readErr
	}
	if s.writeErr == nil {
		s.writeErr = writeErr
	}
	s.wake()
}

// pipeDeadline is a point in time that can be moved and waited for.
type pipeDeadline struct {
	mu      sync.Mutex
	at      time.Time // zero: none
	timer   *time.Timer
	expired chan struct{}
}

// wait returns what is closed at the deadline, and whether it has passed. The
// channel alone would not do: its timer may be due and not yet have run.
func (d *pipeDeadline) wait() (expired <-chan struct{}, late bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.expired, !d.at.IsZero() && !time.Now().Before(d.at)
}

func (d *pipeDeadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil && !d.timer.Stop() {
		<-d.expired // the timer fired: let it finish with the old channel
	}
	d.timer, d.at = nil, t
	if isClosed(d.expired) {
		d.expired = make(chan struct{})
	}
	if t.IsZero() {
		return
	}
	if left := time.Until(t); left > 0 {
		expired := d.expired
		d.timer = time.AfterFunc(left, func() { close(expired) })
		return
	}
	close(d.expired)
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
