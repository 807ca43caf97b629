package ledgermodel

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa/maventatest"
)

// mortal is a connection of a life. A write is a step: the life can end before it,
// when nothing leaves, or after it, when the answer does not come. The network
// may also deliver a request later than its sender waits.
type mortal struct {
	net.Conn
	k     *worker
	again func() (net.Conn, error) // another connection, of the network itself
}

// mark is a header that says who sent a request, for which entry, and when.
const mark = "X-Model"

// Write sends what is one request, as the client writes it.
func (c *mortal) Write(p []byte) (int, error) {
	k := c.k
	k.pause(200 * time.Millisecond)
	if !k.step("before it sends") {
		return 0, errKilled
	}
	request := k.marked(p)
	if late := k.lateness(request); late > 0 {
		go c.deliver(request, late)
		_ = c.Close()
		k.step("after it sent")
		return len(p), nil
	}
	if _, err := c.Conn.Write(request); err != nil {
		return 0, err
	}
	k.step("after it sent")
	return len(p), nil
}

// Read reads an answer, which a dead process does not get.
func (c *mortal) Read(p []byte) (int, error) {
	if c.k.isDead() {
		return 0, errKilled
	}
	return c.Conn.Read(p)
}

// marked is a request with the mark behind its first line.
func (k *worker) marked(p []byte) []byte {
	first, rest, ok := bytes.Cut(p, []byte("\r\n"))
	if !ok || !bytes.HasSuffix(first, []byte(" HTTP/1.1")) {
		return p
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	line := fmt.Sprintf("\r\n%s: %s %s %d\r\n", mark, k.name, k.doing, time.Since(k.world.start))
	return append(append(bytes.Clone(first), line...), rest...)
}

// lateness draws how much later a write arrives: one in twelve, by up to two thirds
// of a quarter of its sender's settle time.
func (k *worker) lateness(request []byte) time.Duration {
	head, body, whole := strings.Cut(string(request), "\r\n\r\n")
	isWrite := strings.HasPrefix(head, "POST ") && (strings.Contains(head, "/events HTTP") || strings.Contains(head, "/assignment/"))
	if !isWrite || !whole || !strings.Contains(head, "Content-Length: "+strconv.Itoa(len(body))) || k.world.calm || k.draw(12) > 0 {
		return 0
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return upTo(k.random, k.server.settle/6)
}

// deliver lets a request arrive that nobody waits for any more.
func (c *mortal) deliver(request []byte, late time.Duration) {
	time.Sleep(late)
	conn, err := c.again()
	if err != nil {
		return
	}
	defer conn.Close()
	if _, err := conn.Write(request); err == nil {
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		_, _ = io.ReadFull(conn, make([]byte, 1))
	}
}

// stamp is what a request's mark says.
type stamp struct {
	worker, key string
	sent        time.Duration // since the start of the world
}

func stampOf(r *maventatest.Request) (s stamp) {
	var nanos int64
	if _, err := fmt.Sscan(r.Header.Get(mark), &s.worker, &s.key, &nanos); err != nil {
		return stamp{}
	}
	s.sent = time.Duration(nanos)
	return s
}

// plainTransport is the way to the service.
func (w *world) plainTransport() *http.Transport {
	plain, ok := w.srv.HTTPClient().Transport.(*http.Transport)
	if !ok {
		w.t.Fatal("the fake's client has another transport")
	}
	return plain
}
