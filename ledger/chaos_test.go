package ledger_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// A long run: go test -run Chaos -chaos.for=10m. One seed again:
// go test -run Chaos -chaos.seed=7.
var (
	chaosFor  = flag.Duration("chaos.for", 0, "how long TestChaos runs with random seeds; 0: a few fixed ones")
	chaosSeed = flag.Uint64("chaos.seed", 0, "the only seed of TestChaos")
)

// TestChaos tells the story of a ledger that is reported over a network that
// fails at random, by processes that crash at random: in the end every entry is
// on the service exactly once, and all books agree.
func TestChaos(t *testing.T) {
	switch {
	case *chaosSeed != 0:
		chaosStory(t, *chaosSeed)
	case *chaosFor > 0:
		start, stories := time.Now(), 0
		for ; time.Since(start) < *chaosFor && !t.Failed(); stories++ {
			chaosStory(t, rand.Uint64())
		}
		t.Logf("%d stories in %s", stories, time.Since(start).Round(time.Second))
	default:
		for seed := range uint64(8) {
			chaosStory(t, seed+1)
		}
	}
}

func chaosStory(t *testing.T, seed uint64) {
	t.Helper()
	t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newStory(t, seed)
			s.srv.Chaos(seed)
			for range 3 + s.random.IntN(4) {
				s.lives()
				time.Sleep(time.Duration(s.random.IntN(25)) * time.Minute)
				s.agencyBooks()
			}
			s.srv.ClearFaults()
			for round := 0; !s.done(); round++ {
				if round == 8 {
					t.Fatalf("not done: %v", s.open)
				}
				time.Sleep(s.settle + time.Minute)
				s.calm, s.alone = true, true
				s.life(s.journal(), 0, s.random)
			}
			s.audit()
			if t.Failed() {
				t.Logf("seed %d (again: -chaos.seed=%d; goroutines may take another order)%s", seed, seed, s.log())
			}
		})
	})
}

// story is one ledger, its service, and what the caller was answered.
type story struct {
	t         *testing.T
	random    *rand.Rand    // of the main goroutine
	settle    time.Duration // the network delivers within half of it
	srv       *maventatest.Server
	items     []ledger.Item
	transfers map[string]*ledger.TransferEntry // by invoice
	agency    map[string]int                   // payments that the agency booked, by assignment
	path      string                           // of the journal; empty: in memory
	memory    *ledger.MemoryJournal
	file      *ledger.FileJournal
	alone     bool // one process at a time
	calm      bool // nothing fails any more, and nothing is under way: a person can decide

	mu   sync.Mutex
	said map[string]*ledger.Ensured // by key: what a success said
	open map[string]error           // by key: what the last run said, if not success
}

func newStory(t *testing.T, seed uint64) *story {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	wires := maventatest.Wires()
	s := &story{
		t: t, random: random, memory: ledger.NewMemory(), settle: []time.Duration{3 * time.Minute, 15 * time.Minute}[random.IntN(2)],
		srv: maventatest.NewServer(t, maventatest.WithWire(wires[random.IntN(len(wires))]), maventatest.WithLags(maventatest.Lags{
			Transfer: seconds(random, 120), Listing: seconds(random, 60), Event: seconds(random, 30),
		})),
		transfers: map[string]*ledger.TransferEntry{}, agency: map[string]int{}, said: map[string]*ledger.Ensured{}, open: map[string]error{},
	}
	if random.IntN(2) == 0 {
		s.path = filepath.Join(t.TempDir(), "journal.jsonl")
	}
	s.srv.Company().Activate(maventatest.Ropo)
	add := func(item ledger.Item) {
		item.Key = fmt.Sprintf("bank-%d", len(s.items))
		item.Event = randomEvent(random)
		s.items = append(s.items, item)
	}
	for range 3 {
		id := s.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "10000.00"})
		for range 1 + random.IntN(4) {
			add(ledger.Item{AssignmentID: id})
		}
	}
	for i := range 2 {
		invoice := overdue(s.srv)
		invoice.Total = "10000.00"
		id := s.srv.AddInvoice(invoice)
		transfer := canaryTransfer()
		transfer.Amounts.CapitalAmount = amount("10000.00")
		s.transfers[id] = &ledger.TransferEntry{Key: fmt.Sprintf("collect-%d", i), Ropo: &transfer}
		add(ledger.Item{InvoiceID: id})
	}
	for _, item := range s.items {
		s.open[item.Key] = errors.New("not begun")
	}
	for _, entry := range s.transfers {
		s.open[entry.Key] = errors.New("not begun")
	}
	return s
}

func seconds(random *rand.Rand, n int) time.Duration {
	if random.IntN(2) == 0 {
		return 0
	}
	return time.Duration(random.IntN(n)) * time.Second
}

// randomEvent draws from few, so that equal ones are common.
func randomEvent(random *rand.Rand) maventa.NewEvent {
	value := amount([]string{"10.00", "10", "25.50"}[random.IntN(3)])
	day := payday.AddDays(-random.IntN(2))
	switch random.IntN(6) {
	case 0:
		return maventa.CreditNote(value, day, "CN-1")
	case 1:
		return maventa.Comment(fmt.Sprint("a promise to pay, ", random.IntN(2)))
	}
	return maventa.DirectPayment(value, day)
}

// journal opens the journal as a new process does. A crash may have torn the
// last line of the file.
func (s *story) journal() ledger.Journal {
	if s.path == "" {
		return s.memory
	}
	if s.file != nil {
		require.NoError(s.t, s.file.Close())
		if s.random.IntN(3) == 0 {
			file, err := os.OpenFile(s.path, os.O_APPEND|os.O_WRONLY, 0o600)
			require.NoError(s.t, err)
			_, err = file.WriteString(`{"environment":"maventatest","company`)
			require.NoError(s.t, errors.Join(err, file.Close()))
		}
	}
	j, err := ledger.OpenFile(s.path)
	require.NoError(s.t, err)
	if s.file == nil {
		s.t.Cleanup(func() { _ = s.file.Close() })
	}
	s.file = j
	return j
}

// mortal is a process's hold on the journal, which ends with the process.
type mortal struct {
	ledger.Journal
	dead atomic.Bool
}

var errDead = errors.New("the process has ended")

func (m *mortal) Begin(ctx context.Context, e ledger.Record) (ledger.Record, bool, error) {
	if m.dead.Load() {
		return e, false, errDead
	}
	return m.Journal.Begin(ctx, e)
}

func (m *mortal) End(ctx context.Context, e ledger.Record) error {
	if m.dead.Load() {
		return errDead
	}
	return m.Journal.End(ctx, e)
}

// lives runs one process, or two servers at a time on the same journal, each of
// which may crash.
func (s *story) lives() {
	journal, processes := s.journal(), 1
	if s.path == "" && s.random.IntN(2) == 0 {
		processes = 2
	}
	s.alone = processes == 1
	var wg sync.WaitGroup
	for range processes {
		crash := time.Duration(s.random.Int64N(int64(2 * time.Minute)))
		switch s.random.IntN(3) {
		case 0:
			crash = time.Duration(s.random.Int64N(int64(300 * time.Millisecond))) // in the first calls
		case 1:
			crash = 0
		}
		order := rand.New(rand.NewPCG(s.random.Uint64(), 0))
		wg.Go(func() { s.life(journal, crash, order) })
		time.Sleep(time.Duration(s.random.IntN(2)*s.random.IntN(30)) * time.Second)
	}
	wg.Wait()
}

// life is one process that works through the whole ledger. It crashes after a
// while, if that is not 0.
func (s *story) life(journal ledger.Journal, crash time.Duration, order *rand.Rand) {
	m := &mortal{Journal: journal}
	l := ledger.New(s.srv.Client(s.t), m, ledger.SettleTime(s.settle))
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	if crash > 0 {
		death := time.AfterFunc(crash, func() {
			m.dead.Store(true)
			cancel()
		})
		defer death.Stop()
	}
	_, _ = l.Recover(ctx)
	for invoice, entry := range s.transfers {
		stands, err := l.EnsureTransfer(ctx, invoice, *entry)
		if maventa.OutcomeOf(err) == maventa.OutcomeApplied {
			assert.Contains(s.t, []maventa.TransferState{maventa.TransferHandedOver, maventa.TransferInCollection}, stands.State, "%v", err)
			err = nil // it was accepted, and how far it is could not be read
		}
		s.note(m, entry.Key, &ledger.Ensured{InvoiceID: stands.InvoiceID, Sent: stands.Sent}, err)
		if s.calm && errors.Is(err, ledger.ErrUnsettled) && transfersOf(s.srv, invoice) == 0 {
			entry.NeverArrived = asFailure(err).FirstSent // a person has looked
		}
		if s.calm && err != nil && maventa.Advise(err).Action == maventa.ActionFixInput {
			better := *entry.Ropo
			better.AssignmentSummary += "corrected"
			entry.Ropo = &better
		}
	}
	items := slices.Clone(s.items)
	order.Shuffle(len(items), func(i, k int) { items[i], items[k] = items[k], items[i] })
	for _, r := range l.EnsureEvents(ctx, items) {
		s.note(m, r.Item.Key, r.Ensured, r.Err)
		switch {
		case s.calm && isDuplicate(r.Err):
			s.decide(journal, r)
		case s.calm && r.Err != nil && maventa.Advise(r.Err).Action == maventa.ActionFixInput:
			s.correct(r.Item.Key)
		}
	}
}

// note keeps what a process was answered and holds it against the service.
func (s *story) note(m *mortal, key string, ensured *ledger.Ensured, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.said[key]
	switch {
	case err != nil:
		require.NotNil(s.t, asFailure(err), "not an *Error: %v", err)
		assert.NotErrorIs(s.t, err, ledger.ErrKeyReused)
		assert.Empty(s.t, ct.Leaked(err, s.srv))
		if before != nil && s.alone && !m.dead.Load() {
			s.t.Errorf("%s was done, and now is not: %v", key, err)
		}
		if before == nil {
			s.open[key] = err
		}
	case before != nil:
		assert.Equal(s.t, before.EventID, ensured.EventID, "%s: another event than before", key)
	default:
		s.said[key] = ensured
		delete(s.open, key)
		s.assertSuccess(key, ensured)
	}
}
