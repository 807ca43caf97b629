package maventatest

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/maventa-go/maventa/internal/memnet"
	"github.com/maventa-go/maventa/internal/operation"
)

// The two hosts in memory. They are loopback addresses because a careful client
// takes plain HTTP from there only. Nothing listens on them outside the server's
// own HTTPClient.
const (
	memoryAutoXChange = "localhost:1"
	memoryReceivables = "localhost:2"
)

// listen opens the two listeners and sets the base URLs.
func (s *Server) listen() error {
	if !s.options.overTCP {
		for api, host := range map[operation.API]string{
			operation.AutoXChange: memoryAutoXChange,
			operation.Receivables: memoryReceivables,
		} {
			_, port, _ := net.SplitHostPort(host)
			number, _ := strconv.Atoi(port)
			s.listeners[api] = memnet.Listen(number)
			s.hosts[api] = host
		}
		return nil
	}
	for _, api := range []operation.API{operation.AutoXChange, operation.Receivables} {
		l, err := listenLoopback(cmp.Or(s.options.addresses[api], "127.0.0.1:0"))
		if err != nil {
			s.closeListeners()
			return err
		}
		s.listeners[api] = l
		s.hosts[api] = l.Addr().String()
	}
	return nil
}

func listenLoopback(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("address %q: want host and port, such as 127.0.0.1:8701: %w", address, err)
	}
	if !isLoopbackName(host) {
		return nil, fmt.Errorf("address %q is no loopback address, such as 127.0.0.1:8701 or [::1]:8701", address)
	}
	return (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
}

func isLoopbackName(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// servesHost reports whether a Host header is one of ours.
func (s *Server) servesHost(header string) bool {
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		host = strings.Trim(header, "[]")
	}
	return isLoopbackName(host) || slices.Contains(s.options.hosts, strings.ToLower(host))
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
		if l, ok := s.listeners[api].(*memnet.Listener); ok {
			return l.Dial(ctx)
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
		return memnet.Refused(nil)
	}
	if s.refuse > 0 {
		s.refuse--
		return memnet.Refused(nil)
	}
	if s.chaos.refuses() {
		return memnet.Refused(nil)
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

// Connections counts how many connections HTTPClient has tried to open.
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
