package ledgermodel

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// life is one process of a server, from its start until it is done or killed.
// What it does to the journal and the network are its steps; each takes a time of
// its own, so that a seed runs in the same order again.
type life struct {
	world  *world
	server *server
	name   string
	cancel context.CancelFunc

	mu     sync.Mutex
	dead   bool
	steps  int // until it is killed; negative: it is not
	conns  []net.Conn
	outage time.Time // until when its journal does not answer
}

// worker is one goroutine of a life, with a client of its own.
type worker struct {
	*life
	name    string
	ledger  *ledger.Ledger
	journal *journal
	tr      *http.Transport

	mu     sync.Mutex
	random *rand.Rand
	doing  string // the entry that it works on
}

var errKilled = errors.New("the process was killed")

// live is one life that works through the books.
func (w *world) live(s *server, inner ledger.Journal, n int, random *rand.Rand) {
	ctx, cancel := context.WithCancel(w.t.Context())
	l := &life{world: w, server: s, name: fmt.Sprintf("s%d.%d", s.number, n), cancel: cancel, steps: -1}
	defer l.end("")
	switch end := random.IntN(4); {
	case w.calm:
	case end <= 1:
		l.steps = random.IntN(60)
	case end == 2:
		death := time.AfterFunc(upTo(random, w.quarter), func() { l.end("killed") })
		defer death.Stop()
	}
	count := 1
	if !w.calm {
		count += random.IntN(2)
	}
	var shared *ledger.Ledger
	var all sync.WaitGroup
	for i := range count {
		k := l.newWorker(i, inner, random.Uint64())
		if shared == nil {
			shared = ledger.New(k.client(), k.journal, ledger.SettleTime(s.settle))
		}
		k.ledger = shared.For(k.client())
		all.Go(func() { k.work(ctx) })
	}
	all.Wait()
}

// end ends the life at once; why is empty when it was done.
func (l *life) end(why string) {
	l.mu.Lock()
	was := l.dead
	l.dead = true
	conns := l.conns
	l.conns = nil
	l.mu.Unlock()
	if was {
		return
	}
	if why != "" {
		l.world.note("", "%s is %s", l.name, why)
		l.world.mu.Lock()
		l.world.deaths++
		l.world.mu.Unlock()
	}
	l.cancel()
	for _, c := range conns {
		_ = c.Close()
	}
}

func (l *life) isDead() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dead
}

// step counts one; it reports whether the life goes on.
func (l *life) step(what string) bool {
	l.mu.Lock()
	dead := l.dead
	kill := !dead && l.steps == 0
	l.steps--
	l.mu.Unlock()
	if kill {
		l.end("killed " + what)
	}
	return !dead && !kill
}

func (l *life) newWorker(n int, inner ledger.Journal, seed uint64) *worker {
	k := &worker{life: l, name: fmt.Sprintf("%s.%d", l.name, n), random: rand.New(rand.NewPCG(seed, 0))}
	k.journal = &journal{inner: inner, life: l}
	plain := l.world.plainTransport()
	k.tr = &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if !l.step("before it connects") {
			return nil, errKilled
		}
		conn, err := plain.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		c := &mortal{Conn: conn, k: k, again: func() (net.Conn, error) { return plain.DialContext(context.WithoutCancel(ctx), network, address) }}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.conns = append(l.conns, c)
		return c, nil
	}}
	return k
}

// client is the worker's client. Back-off takes no time: it is random, and would
// make another story of the same seed.
func (k *worker) client() *maventa.Client {
	creds := k.world.srv.Credentials()
	if k.server.capitals {
		creds.CompanyID = strings.ToUpper(creds.CompanyID)
	}
	c, err := maventa.NewClient(k.world.srv.Environment(), creds, maventa.WithHTTPClient(&http.Client{Transport: k.tr}),
		maventa.WithProduct(k.name), maventa.WithRetry(maventa.RetryPolicy{MaxAttempts: 2, TransientDelay: 1, ThrottleDelay: 1}))
	if err != nil {
		k.world.t.Fatal(err)
	}
	return c
}

// draw is the worker's own chance.
func (k *worker) draw(n int) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.random.IntN(n)
}

// pause lets some time up to d pass. No two workers wait equally long.
func (k *worker) pause(d time.Duration) {
	k.mu.Lock()
	wait := 1 + upTo(k.random, d)
	k.mu.Unlock()
	time.Sleep(wait)
}

type workerKey struct{}

// work goes through the books in its own order, once.
func (k *worker) work(ctx context.Context) {
	defer k.tr.CloseIdleConnections()
	ctx = context.WithValue(ctx, workerKey{}, k)
	if k.draw(2) == 0 {
		since := k.begin("recover")
		_, err := k.ledger.Recover(ctx)
		k.world.answered(k, nil, since, nil, err)
	}
	order := make([]*entry, len(k.world.entries))
	copy(order, k.world.entries)
	for i := len(order) - 1; i > 0 && (!k.world.together || k.draw(2) != 0); i-- {
		j := k.draw(i + 1)
		order[i], order[j] = order[j], order[i]
	}
	for i, e := range order {
		if k.isDead() {
			return
		}
		k.patiently(ctx, func(ctx context.Context) {
			if e.invoice == "" && k.draw(4) == 0 {
				k.ensureAll(ctx, order[i:])
			} else {
				k.ensure(ctx, e)
			}
		})
	}
}

// patiently makes a call with the deadline of a caller who, one time in six, does
// not wait long.
func (k *worker) patiently(ctx context.Context, call func(ctx context.Context)) {
	if !k.world.calm && k.draw(6) == 0 {
		k.mu.Lock()
		patience := 1 + upTo(k.random, 3*time.Second)
		k.mu.Unlock()
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	call(ctx)
}

// entryNow is what the books say of an entry now.
func (k *worker) entryNow(e *entry) (ledger.Entry, ledger.TransferEntry) {
	k.world.mu.Lock()
	defer k.world.mu.Unlock()
	transfer := e.transfer
	if !e.neverArrived.IsZero() {
		transfer.NeverArrived = e.neverArrived.Add(-k.server.skew)
	}
	if !e.again.IsZero() {
		transfer.Again = e.again.Add(-k.server.skew)
	}
	return e.event, transfer
}

// spelled is an id as the server has it.
func (k *worker) spelled(id string) string {
	if k.server.capitals {
		return strings.ToUpper(id)
	}
	return id
}

func (k *worker) ensure(ctx context.Context, e *entry) {
	event, transfer := k.entryNow(e)
	since := k.begin(e.key)
	var (
		ensured *ledger.Ensured
		err     error
	)
	if e.invoice != "" {
		var stands *ledger.Handover
		stands, err = k.ledger.EnsureTransfer(ctx, k.spelled(e.invoice), transfer)
		ensured = &ledger.Ensured{InvoiceID: stands.InvoiceID, Sent: stands.Sent}
		k.world.stands(k, e, stands, err) //nolint:contextcheck // the fake delivers by itself
	} else {
		ensured, err = k.ledger.EnsureEvent(ctx, k.spelled(e.assignment), event)
	}
	k.heard(e, since, ensured, err) //nolint:contextcheck // as above
}

// ensureAll reports the entries of one assignment as a batch, which names the
// assignment or its invoice. What it sends is known by what it
// begins; see [journal.Begin].
func (k *worker) ensureAll(ctx context.Context, order []*entry) {
	assignment := order[0].assignment
	byInvoice := k.draw(2) == 0
	shot, _ := k.world.srv.Assignment(assignment) //nolint:contextcheck // the fake delivers by itself
	var batch []*entry
	var items []ledger.Item
	for _, e := range order {
		if e.assignment != assignment {
			continue
		}
		event, _ := k.entryNow(e)
		item := ledger.Item{AssignmentID: k.spelled(assignment), Entry: event}
		if byInvoice {
			item.AssignmentID, item.InvoiceID = "", k.spelled(shot.InvoiceID)
		}
		batch, items = append(batch, e), append(items, item)
	}
	since := k.begin("batch")
	for i, r := range k.ledger.EnsureEvents(ctx, items) {
		k.heard(batch[i], since, r.Ensured, r.Err) //nolint:contextcheck // as above
	}
}

// heard deals with an answer.
func (k *worker) heard(e *entry, since time.Time, ensured *ledger.Ensured, err error) {
	k.world.answered(k, e, since, ensured, err)
	if err != nil && (k.world.calm || k.draw(2) == 0) && !k.isDead() {
		k.world.decide(k, e, err)
	}
}
