package maventatest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
)

// Try runs controls of a server that was made with [Start] and returns how they
// were misused, at once: an unknown id, an amount that is none. What it returns
// [Server.Close] does not report again. Calls of Try wait for each other; controls
// that run beside it, outside of Try, may be reported by it. A server made with
// [NewServer] ends its test instead, and Try returns nil.
//
//	err := srv.Try(func() { srv.Agency().Paid(id, amount, "") })
func (s *Server) Try(controls func()) error {
	s.misuse.trying.Lock()
	defer s.misuse.trying.Unlock()
	before := s.misuse.count()
	controls()
	return s.misuse.takeFrom(before)
}

// misuses are those of a server without a test.
type misuses struct {
	trying sync.Mutex // held by Try

	mu   sync.Mutex
	list []error
}

func (m *misuses) add(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = append(m.list, err)
}

func (m *misuses) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.list)
}

// takeFrom takes out all but the first n.
func (m *misuses) takeFrom(n int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := errors.Join(m.list[n:]...)
	m.list = m.list[:n:n]
	return err
}

func (m *misuses) all() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return errors.Join(m.list...)
}

// noTest stands in for the test of a server made with Start, so that a control
// reports its misuse in one way. Only the methods below are ever called.
type noTest struct {
	testing.TB // nil

	report func(error)
}

func (*noTest) Helper() {}

func (*noTest) Cleanup(func()) {}

func (n *noTest) Fatalf(format string, args ...any) {
	if n.report != nil {
		n.report(errors.New("maventatest: " + fmt.Sprintf(format, args...)))
	}
}
