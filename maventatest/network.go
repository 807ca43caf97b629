package maventatest

import (
	"context"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"syscall"

	"github.com/maventa-go/maventa/internal/operation"
)

// The two hosts in memory. They are loopback addresses because a careful client
// takes plain HTTP from there only. Nothing listens on them outside the server's
// own HTTPClient.
const (
	memoryAutoXChange = "localhost:1"
	memoryReceivables = "localhost:2"
)

// pipeListener accepts connections in memory.
type pipeListener struct {
	addr  *net.TCPAddr
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipeListener(port int) *pipeListener {
	return &pipeListener{
		addr:  &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port},
		conns: make(chan net.Conn),
		done:  make(chan struct{}),
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return l.addr }

func (l *pipeListener) dial(ctx context.Context) (net.Conn, error) {
	client, server := newPipe(&net.TCPAddr{IP: l.addr.IP, Port: 0}, l.addr)
	select {
	case l.conns <- server:
		return client, nil
	case <-l.done:
		return nil, refused(l.addr)
	case <-ctx.Done():
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: l.addr, Err: ctx.Err()}
	}
}

// refused is the error of a port where nobody listens.
func refused(addr net.Addr) error {
	return &net.OpError{Op: "dial", Net: "tcp", Addr: addr, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
}

// listen opens the two listeners and sets the base URLs.
func (s *Server) listen() error {
	if !s.options.overTCP {
		for api, host := range map[operation.API]string{
			operation.AutoXChange: memoryAutoXChange,
			operation.Receivables: memoryReceivables,
		} {
			_, port, _ := net.SplitHostPort(host)
			number, _ := strconv.Atoi(port)
			s.listeners[api] = newPipeListener(number)
			s.hosts[api] = host
		}
		return nil
	}
	for _, api := range []operation.API{operation.AutoXChange, operation.Receivables} {
		l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			s.closeListeners()
			return err
		}
		s.listeners[api] = l
		s.hosts[api] = l.Addr().String()
	}
	return nil
}

func (s *Server) closeListeners() {
	for _, l := range s.listeners {
		if l != nil {
			_ = l.Close()
		}
	}
}

// newTransport makes the transport of HTTPClient.
func (s *Server) newTransport() *http.Transport {
	return &http.Transport{DialContext: s.dial, MaxIdleConnsPerHost: 64}
}

// dial connects to the server and to nothing else: an address that is not the
// server's is refused and remembered, so that a test sees a client that follows
// a redirect.
func (s *Server) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if err := s.admit(address); err != nil {
		return nil, err
	}
	for api, host := range s.hosts {
		if host != address {
			continue
		}
		if l, ok := s.listeners[api].(*pipeListener); ok {
			return l.dial(ctx)
		}
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

// admit decides whether a connection is made at all.
func (s *Server) admit(address string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dials++
	known := false
	for _, host := range s.hosts {
		known = known || host == address
	}
	if !known {
		s.strays = append(s.strays, address)
		return refused(nil)
	}
	if s.refuse > 0 {
		s.refuse--
		return refused(nil)
	}
	if s.chaos.refuses() {
		return refused(nil)
	}
	return nil
}

// RefuseConnections makes the next n connections of HTTPClient fail before
// anything is sent, as if nothing listened there. Connections that are open
// already stay in use: call HTTPClient().CloseIdleConnections first if need be.
func (s *Server) RefuseConnections(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = n
}

// Connections tells how many connections HTTPClient has tried to open.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dials
}

// StrayAddresses lists the foreign addresses, host and port, that HTTPClient
// was asked to connect to, for example by a followed redirect. All were refused.
func (s *Server) StrayAddresses() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.strays...)
}
