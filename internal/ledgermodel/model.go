// Package ledgermodel explores package ledger at random: two or three servers
// over one journal report the same books to one service, through a network and a
// journal that fail at any step, in lives that end at any step. What must hold
// however that goes stands in audit.go.
//
// It is for tests of this module: those of ledger run it over the journals in
// memory and in a file, those of a journal in a database over that one. A seed
// that fails prints how it came to it, and the command that runs it again.
package ledgermodel

import (
	"flag"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/maventa-go/maventa/ledger"
)

// A long run: go test -run TestModel ./ledger -model.seeds=30000. One seed again:
// -model.from=7 -model.seeds=1.
var (
	seedsFlag = flag.Int("model.seeds", 0, "how many seeds the model runs over each journal; 0: a few hundred in all")
	fromFlag  = flag.Uint64("model.from", 1, "the first seed of the model")
)

// fewSeeds is what every go test can afford.
const fewSeeds = 120

// Store is a journal as the servers of one world share it.
type Store struct {
	// Journal returns the journal as a server sees it, counted from 0.
	Journal func(server int) ledger.Journal
	// Restart is called while no server runs, and opens the journal anew: what is
	// not durable is gone. It may be nil.
	Restart func()
}

// Run explores over the stores that open makes, one for each seed, and logs how
// many seeds and violations there were. A seed with violations fails the test, and
// ends its half of the run.
func Run(t *testing.T, open func(t *testing.T) Store) {
	t.Helper()
	seeds := *seedsFlag
	if seeds == 0 {
		seeds = fewSeeds
	}
	total := &tally{}
	t.Run("seeds", func(t *testing.T) {
		for part := range halves {
			t.Run(fmt.Sprint("half", part), func(t *testing.T) {
				t.Parallel()
				for i := part; i < seeds; i += halves {
					seed := *fromFlag + uint64(i)
					synctest.Test(t, func(t *testing.T) { total.add(explore(t, seed, open(t))) })
				}
			})
		}
	})
	t.Log(total)
}

// halves bounds how many worlds there are at a time.
const halves = 2

// tally adds up what the worlds came to.
type tally struct {
	mu sync.Mutex

	seeds, failed       int
	keys, sent, refused int // entries; requests that wrote; entries that ended refused
	asked, deaths       int // decisions of the person; lives that were cut short
}

func (s *tally) add(w *world) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seeds++
	s.keys += len(w.entries)
	s.sent += w.sent
	s.refused += w.refused
	s.asked += w.asked
	s.deaths += w.deaths
	if len(w.violations) > 0 {
		s.failed++
	}
}

func (s *tally) String() string {
	return fmt.Sprintf("model: %d seeds, %d with violations; %d entries, %d requests that wrote, %d lives cut short, %d decisions of a person, %d entries refused",
		s.seeds, s.failed, s.keys, s.sent, s.deaths, s.asked, s.refused)
}

// explore runs the world of one seed.
func explore(t *testing.T, seed uint64, store Store) *world {
	w := newWorld(t, seed, store)
	w.storm()
	w.calmDown()
	w.audit()
	w.report()
	return w
}
