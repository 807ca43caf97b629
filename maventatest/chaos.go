package maventatest

import (
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

// One call in chaosShare goes wrong, and one new connection in chaosRefused is
// refused.
const (
	chaosShare   = 4
	chaosRefused = 20
)

// chaos is the state of [Server.Chaos].
type chaos struct {
	random *rand.Rand
	faults []Fault
}

// Chaos lets calls go wrong at random from now on, one in four, token calls
// included, and refuses one new connection in twenty. [Server.ClearFaults] ends
// it. Faults that were injected come first.
//
// What goes wrong is drawn from faults, or from [ChaosFaults] if there are none;
// On limits one of them to its call, Nth and Times do not count. The draw
// depends on the seed and on the order of the calls, so that a test whose calls
// come one at a time sees the same chaos again. A test that fails logs the seed.
//
// Some of the faults hang until the client gives up: chaos is for a
// testing/synctest bubble, or for clients with short timeouts.
func (s *Server) Chaos(seed uint64, faults ...Fault) {
	s.tb.Helper()
	if len(faults) == 0 {
		faults = ChaosFaults(time.Minute)
	}
	for _, f := range faults {
		if problem := f.problem(); problem != "" {
			s.tb.Fatalf("Chaos: %s", problem)
			return
		}
	}
	s.tb.Cleanup(func() {
		if s.tb.Failed() {
			s.tb.Logf("maventatest: chaos with seed %d", seed)
		}
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chaos = &chaos{random: rand.New(rand.NewPCG(seed, 0)), faults: faults} //nolint:gosec // chaos must repeat
}

// fault draws the fault for a call; nil for most. The server's lock is held.
func (c *chaos) fault(id *operation.Op) *Fault {
	if c == nil || c.random.IntN(chaosShare) != 0 {
		return nil
	}
	f := &c.faults[c.random.IntN(len(c.faults))]
	if f.on != "" && f.on != id.String() {
		return nil
	}
	return f
}

// refuses draws whether a new connection is refused. The server's lock is held.
func (c *chaos) refuses() bool {
	return c != nil && c.random.IntN(chaosRefused) == 0
}

// ChaosFaults is what [Server.Chaos] draws from: [AllFaults] without the one
// that no client can prevent, a network that delivers twice. The late and slow
// ones take up to d.
func ChaosFaults(d time.Duration) []Fault {
	return []Fault{
		Status(http.StatusInternalServerError), Status(http.StatusRequestTimeout), Status(http.StatusTooManyRequests),
		RetryAfter(http.StatusServiceUnavailable, 2*time.Second), RetryAfter(http.StatusTooManyRequests, 2*time.Second),
		HTML(http.StatusOK), HTML(http.StatusBadGateway), ForeignJSON(),
		Redirect(http.StatusFound, ""), Redirect(http.StatusTemporaryRedirect, "http://elsewhere.example.com/"),
		DropBeforeCommit(), ResetBeforeCommit(), Hang(), ExpireToken(), RepeatPage(), ReorderPages(),
		Slow(d / 60), Slow(d), CommitLate(d / 60), CommitLate(d), SlowAnswer(d / 60), SlowAnswer(d), SlowBody(d / 60),
		StatusAfterCommit(http.StatusInternalServerError), StatusAfterCommit(http.StatusBadGateway),
		StatusAfterCommit(http.StatusServiceUnavailable), StatusAfterCommit(http.StatusGatewayTimeout),
		RedirectAfterCommit(http.StatusTemporaryRedirect, ""), RedirectAfterCommit(http.StatusFound, ""),
		DropAfterCommit(), DropAfterCommit(), Reset(), HangAfterCommit(), HalfStatusLine(), Truncate(), WrongLength(),
		StallBody(), BrokenJSON(), EmptyBody(http.StatusCreated), UnknownEnum(),
		Status(http.StatusOK, foreignRefusal), StatusAfterCommit(http.StatusOK, foreignRefusal),
		StatusAfterCommit(statusClientClosed, ""), StatusAfterCommit(http.StatusForbidden, foreignPage),
		OldList(d), PartialList(), MemberTwice("data"), MemberTwice("amount"),
	}
}
