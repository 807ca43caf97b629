// Package memnet has network connections in memory that behave as TCP ones do:
// with buffers, deadlines, resets and the errors of package net.
package memnet

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// bufferSize is how much one side may write before the other reads. It stands
// in for the kernel's socket buffers: net.Pipe has none, so that a server which
// answers before it has read everything would wait for a client that waits.
const bufferSize = 64 << 10

// Conn is one end of a connection in memory. It waits on channels only, so that
// a testing/synctest bubble sees its goroutines as blocked, and its errors are
// those of a TCP connection.
type Conn struct {
	in, out       *stream
	readDeadline  deadline
	writeDeadline deadline
	local, remote net.Addr
}

// pipe returns the two ends of a new connection.
func pipe(clientAddr, serverAddr net.Addr) (client, server *Conn) {
	up, down := newStream(), newStream()
	client = &Conn{in: down, out: up, local: clientAddr, remote: serverAddr}
	server = &Conn{in: up, out: down, local: serverAddr, remote: clientAddr}
	for _, c := range []*Conn{client, server} {
		c.readDeadline.expired = make(chan struct{})
		c.writeDeadline.expired = make(chan struct{})
	}
	return client, server
}

// Read reads what the peer has written, and waits for it.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.in.read(p, &c.readDeadline)
	return n, c.wrap("read", err)
}

// Write writes, and waits while the peer has too much to read.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.out.write(p, &c.writeDeadline)
	return n, c.wrap("write", err)
}

// Close ends both directions. What was written before it can still be read.
func (c *Conn) Close() error {
	c.out.end(io.EOF, net.ErrClosed, true)
	c.in.end(net.ErrClosed, os.NewSyscallError("write", syscall.EPIPE), false)
	return nil
}

// Reset ends both directions at once, and what the peer has not read is lost:
// what a TCP RST does.
func (c *Conn) Reset() {
	c.out.end(os.NewSyscallError("read", syscall.ECONNRESET), net.ErrClosed, false)
	c.in.end(net.ErrClosed, os.NewSyscallError("write", syscall.ECONNRESET), false)
}

// LocalAddr is the address of this end.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr is the address of the other end.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline is for reading and writing; see [net.Conn].
func (c *Conn) SetDeadline(t time.Time) error {
	c.readDeadline.set(t)
	c.writeDeadline.set(t)
	return nil
}

// SetReadDeadline is for reading; see [net.Conn].
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.readDeadline.set(t)
	return nil
}

// SetWriteDeadline is for writing; see [net.Conn].
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.writeDeadline.set(t)
	return nil
}

// wrap makes an error what package net makes of it. io.EOF stays bare.
func (c *Conn) wrap(op string, err error) error {
	if err == nil || err == io.EOF { //nolint:errorlint // our own value, never wrapped
		return err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

// stream is one direction of a connection.
type stream struct {
	mu       sync.Mutex // never held while waiting
	buf      []byte
	readErr  error // what a reader gets once buf is empty
	writeErr error // what a writer gets
	changed  chan struct{}
}

func newStream() *stream {
	return &stream{changed: make(chan struct{})}
}

// wake makes everybody who waits look again. The lock is held.
func (s *stream) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *stream) read(p []byte, d *deadline) (int, error) {
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

func (s *stream) tryRead(p []byte) (int, <-chan struct{}, error) {
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

func (s *stream) write(p []byte, d *deadline) (int, error) {
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

func (s *stream) tryWrite(p []byte) (int, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writeErr != nil {
		return 0, nil, s.writeErr
	}
	n := min(len(p), bufferSize-len(s.buf))
	if n > 0 {
		s.buf = append(s.buf, p[:n]...)
		s.wake()
	}
	return n, s.changed, nil
}

// end finishes the stream. The first error on each side stays.
func (s *stream) end(readErr, writeErr error, keepData bool) {
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

// deadline is a point in time that can be moved and waited for.
type deadline struct {
	mu      sync.Mutex
	at      time.Time // zero: none
	timer   *time.Timer
	expired chan struct{}
}

// wait returns what is closed at the deadline, and whether it has passed. The
// channel alone would not do: its timer may be due and not yet have run.
func (d *deadline) wait() (expired <-chan struct{}, late bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.expired, !d.at.IsZero() && !time.Now().Before(d.at)
}

func (d *deadline) set(t time.Time) {
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
