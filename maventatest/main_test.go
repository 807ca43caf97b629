package maventatest

import (
	"fmt"
	"maps"
	"os"
	"sync"
	"testing"

	"github.com/maventa-go/maventa/internal/facts"
)

// leanedOn collects the facts that the tests met.
var leanedOn = struct {
	sync.Mutex
	subjects map[string]bool
}{subjects: map[string]bool{}}

// newServer is NewServer, and notes what the test leaned on.
func newServer(t testing.TB, opts ...Option) *Server {
	t.Helper()
	srv := NewServer(t, opts...)
	t.Cleanup(func() {
		leanedOn.Lock()
		defer leanedOn.Unlock()
		srv.mu.Lock()
		defer srv.mu.Unlock()
		maps.Copy(leanedOn.subjects, srv.leaned)
	})
	return srv
}

// TestMain checks after a full run that the table of facts knows everything the
// server leans on.
func TestMain(m *testing.M) {
	code := m.Run()
	for subject := range leanedOn.subjects {
		if _, ok := facts.Lookup(subject); !ok {
			fmt.Printf("FAIL: internal/facts has no %q\n", subject)
			code = 1
		}
	}
	os.Exit(code)
}
