package ledgermodel

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// world is one service, one set of books, and the servers that report them.
type world struct {
	t       *testing.T
	seed    uint64
	store   Store
	random  *rand.Rand // of the main goroutine
	srv     *maventatest.Server
	servers []*server
	entries []*entry
	quarter time.Duration // of the shortest settle time: the bound of clocks and network
	start   time.Time
	// anonymous: the service does not show who wrote an event, so that an equal
	// one of the agency may pass for one's own.
	anonymous bool
	// together: all servers begin their lives at about the same time, with the same
	// entries, as jobs do that are started by the clock.
	together bool
	// sleepy: machines are often put to sleep between a claim and its request.
	sleepy bool

	mu         sync.Mutex
	calm       bool // nothing fails any more
	lines      []line
	claims     []claim
	violations []violation

	sent, refused, asked, deaths int
}

// server is one machine of the caller's.
type server struct {
	number   int
	settle   time.Duration
	skew     time.Duration // how far its clock is ahead
	capitals bool          // it has its ids from a database that writes them so
}

// entry is one line of the books: an event, or a transfer.
type entry struct {
	key        string
	assignment string
	invoice    string // of a transfer
	refusals   int    // of the first transfers that the agency refuses after all

	// What the caller says, with the person's decisions. Guarded by the world's lock.
	event        ledger.Entry
	transfer     ledger.TransferEntry
	neverArrived time.Time // by a right clock
	again        time.Time // likewise
	last         error     // of the latest run that was not cut short
	handover     ledger.Handover
}

const day = "2000-01-01" // on which a bubble begins

func newWorld(t *testing.T, seed uint64, store Store) *world {
	w := &world{
		t: t, seed: seed, store: store, random: rand.New(rand.NewPCG(seed, 0)),
		start: time.Now(),
	}
	w.together, w.sleepy = w.oneIn(2), w.oneIn(4)
	w.addServers()
	w.startService()
	w.addEntries()
	return w
}

// oneIn draws whether something with that chance happens.
func (w *world) oneIn(n int) bool { return w.random.IntN(n) == 0 }

// upTo draws a time.
func upTo(random *rand.Rand, d time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(d) + 1))
}

func (w *world) addServers() {
	times := []time.Duration{4 * time.Minute, 6 * time.Minute, 15 * time.Minute}
	common := times[w.random.IntN(len(times))]
	w.quarter = common / 4
	for i := range 2 + w.random.IntN(2) {
		s := &server{number: i, settle: common, capitals: w.oneIn(4)}
		if w.oneIn(2) {
			s.settle = times[w.random.IntN(len(times))]
		}
		w.quarter = min(w.quarter, s.settle/4)
		w.servers = append(w.servers, s)
	}
	for _, s := range w.servers { // two clocks differ by less than a quarter
		if w.oneIn(2) {
			s.skew = (upTo(w.random, w.quarter/4) - w.quarter/8).Truncate(time.Second)
		}
	}
}

// startService draws how the service speaks and how slow its lists are.
func (w *world) startService() {
	wires := maventatest.Wires()
	wire := wires[w.random.IntN(len(wires))]
	wire.PageSize = []int{0, 3, 3}[w.random.IntN(3)]
	wire.NoAuthors = w.oneIn(6)
	w.anonymous = wire.NoAuthors
	wire.CapitalUUIDs = w.oneIn(3)
	wire.NumericIDs = w.oneIn(4)
	wire.FloatAmounts = w.oneIn(8)
	if w.oneIn(8) {
		wire.ShiftDates = []int{-1, 1, 8}[w.random.IntN(3)]
	}
	wire.Errors = []maventatest.ErrorShape{"", maventatest.ErrorText, maventatest.ErrorProblem, maventatest.ErrorEmpty}[w.random.IntN(4)]
	lags := maventatest.Lags{}
	if w.oneIn(2) {
		lags.Event = upTo(w.random, w.quarter/4)
	}
	if w.oneIn(2) {
		lags.Transfer = upTo(w.random, w.quarter/4)
	}
	w.srv = maventatest.NewServer(w.t, maventatest.WithWire(wire), maventatest.WithLags(lags), maventatest.WithTokenLife(24*time.Hour))
	w.srv.Chaos(w.seed, w.weather()...)
	lost := w.lostAnswers()
	for range w.random.IntN(6) { // in a row, or nearly
		w.srv.Inject(lost[w.random.IntN(len(lost))].On(addEvent).Nth(1 + w.random.IntN(2)))
	}
	for range w.random.IntN(3) { // a cache that is old for a while
		lists := w.listFaults()
		w.srv.Inject(lists[w.random.IntN(len(lists))].On(readEvents).Nth(3 + w.random.IntN(20)).Times(2 + w.random.IntN(4)))
	}
	w.note("", "wire %s, pages of %d, without authors %v, ids in capitals %v, as numbers %v, floats %v, dates %+d days, errors %q, lists lag %s",
		wire.Name, wire.PageSize, wire.NoAuthors, wire.CapitalUUIDs, wire.NumericIDs, wire.FloatAmounts, wire.ShiftDates, wire.Errors, lags.Event)
	for _, s := range w.servers {
		w.note("", "server s%d settles in %s, its clock is %+v, ids in capitals %v", s.number, s.settle, s.skew, s.capitals)
	}
}

const (
	addEvent   = "Assignments.AddEvent"
	toRopo     = "Invoices.TransferToRopo"
	readEvents = "Assignments.Events"
)

// lostAnswers are faults that leave a write unknown. A request may be acted upon
// later, within two thirds of the quarter: what is left of it is the lists' lag.
func (w *world) lostAnswers() []maventatest.Fault {
	bodies := maventatest.ForeignBodies()
	faults := []maventatest.Fault{
		maventatest.DropBeforeCommit(), maventatest.ResetBeforeCommit(), maventatest.Hang(), maventatest.HTML(http.StatusBadGateway),
		maventatest.DropAfterCommit(), maventatest.DropAfterCommit(), maventatest.Reset(), maventatest.HangAfterCommit(),
		maventatest.HalfStatusLine(), maventatest.Truncate(), maventatest.BrokenJSON(),
		maventatest.StatusAfterCommit(http.StatusBadGateway), maventatest.StatusAfterCommit(http.StatusGatewayTimeout),
		maventatest.StatusAfterCommit(499, ""), maventatest.StatusAfterCommit(http.StatusForbidden, bodies[2]),
		maventatest.StatusAfterCommit(http.StatusRequestTimeout), maventatest.Status(http.StatusInternalServerError),
	}
	for _, body := range bodies {
		faults = append(faults, maventatest.Status(http.StatusOK, body), maventatest.StatusAfterCommit(http.StatusOK, body))
	}
	for _, late := range []time.Duration{time.Second, w.quarter / 8, w.quarter * 2 / 3} {
		faults = append(faults, maventatest.CommitLate(late), maventatest.Slow(late), maventatest.CommitLate(late))
	}
	return faults
}

// weather is what the storm draws from: faults of all calls, or of the writes alone,
// so that more is read and written.
func (w *world) weather() []maventatest.Fault {
	if w.oneIn(2) {
		return w.faults()
	}
	var faults []maventatest.Fault
	for _, f := range w.lostAnswers() {
		faults = append(faults, f.On(addEvent), f.On(addEvent), f.On(toRopo))
	}
	return append(faults, maventatest.PartialList().On(readEvents), maventatest.OldList(w.quarter).On(readEvents))
}

// faults are those of any call.
func (w *world) faults() []maventatest.Fault {
	faults := w.lostAnswers()
	for _, f := range w.listFaults() {
		faults = append(faults, f.On(readEvents))
	}
	return append(
		faults,
		maventatest.Status(http.StatusServiceUnavailable), maventatest.RetryAfter(http.StatusTooManyRequests, time.Second),
		maventatest.ExpireToken(), maventatest.Redirect(http.StatusFound, ""), maventatest.UnknownEnum(),
		maventatest.SlowAnswer(time.Second), maventatest.SlowAnswer(time.Minute), maventatest.SlowBody(time.Second),
		maventatest.HTML(http.StatusOK),
		maventatest.Status(http.StatusOK, `{"status":"error","message":"upstream request timeout"}`).On("Invoices.TransferStatus"),
	)
}

// listFaults are those of what is read.
func (w *world) listFaults() []maventatest.Fault {
	faults := []maventatest.Fault{
		maventatest.OldList(w.quarter), maventatest.OldList(4 * w.quarter), maventatest.PartialList(), maventatest.PartialList(),
		maventatest.MemberTwice("data"), maventatest.MemberTwice("amount"), maventatest.RepeatPage(), maventatest.ReorderPages(),
	}
	for _, body := range []string{
		`{"errors":[]}`, `{"code":"unauthorized","message":"no access","details":[]}`, `{"events":null,"messages":[]}`, `{"events":[],"partial":true}`,
	} {
		faults = append(faults, maventatest.Status(http.StatusOK, body))
	}
	return faults
}

// addEntries writes the books: few amounts, so that equal payments are common.
func (w *world) addEntries() {
	co := w.srv.Company()
	co.Activate(maventatest.Ropo)
	amounts := []string{"64.10", "64.1", "25.50"}
	for range 1 + w.random.IntN(2) {
		id := co.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "10000.00"})
		for range 1 + w.random.IntN(4) {
			amount := maventa.MustAmount(amounts[w.random.IntN(len(amounts))])
			event := maventa.DirectPayment(amount, maventa.MustDate(day).AddDays(-w.random.IntN(2)))
			switch w.random.IntN(8) {
			case 0:
				event = maventa.CreditNote(amount, event.Date, "CN-1")
			case 1:
				event = maventa.Comment("a promise to pay")
			}
			e := &entry{key: fmt.Sprint("bank-", len(w.entries)), assignment: id}
			e.event = ledger.Entry{Key: e.key, Event: event}
			w.entries = append(w.entries, e)
			w.note(e.key, "%s on %s", payment(&event), id)
		}
	}
	if w.oneIn(2) {
		invoice := w.srv.AddInvoice(maventatest.Invoice{Total: "100.00", Date: w.srv.Clock().Day(-60), DueDate: w.srv.Clock().Day(-30)})
		transfer := ropoTransfer(w.srv)
		e := &entry{key: "collect-1", invoice: invoice, transfer: ledger.TransferEntry{Key: "collect-1", Ropo: &transfer}}
		if w.oneIn(4) {
			w.srv.FailTransfer(invoice, "the debtor is not known")
			e.refusals = 1
		} else if w.oneIn(6) {
			w.srv.PendTransfer(invoice, "the address is incomplete")
		}
		w.entries = append(w.entries, e)
		w.note(e.key, "invoice %s, which the agency refuses %d times", invoice, e.refusals)
	}
}

func payment(e *maventa.NewEvent) string {
	amount, _ := e.Amount.Get()
	return strings.TrimSpace(fmt.Sprint(e.Type, " ", amount, " ", e.Date))
}

func ropoTransfer(srv *maventatest.Server) maventa.RopoTransfer {
	return maventa.RopoTransfer{
		CollectionType: maventa.CollectionOnly, ReceivablesType: maventa.ReceivablesB2B, Currency: "EUR",
		DueDate: maventa.MustDate(srv.Clock().Day(-30)), Today: maventa.MustDate(srv.Clock().Today()),
		Payers: []maventa.Payer{{
			Name: "Oy Ab", Address: maventa.Address{Country: "FI", Streets: []string{"K 1"}, City: "H", ZipCode: "00100"},
		}},
		Amounts: maventa.TransferAmounts{CapitalAmount: maventa.MustAmount("100.00")},
	}
}

// storm lets the servers work and the agency book for about three settle times.
func (w *world) storm() {
	length := 12 * w.quarter
	var all sync.WaitGroup
	for _, s := range w.servers {
		random := rand.New(rand.NewPCG(w.seed, 1+uint64(s.number)))
		journal := w.store.Journal(s.number)
		all.Go(func() {
			for n := range 2 + random.IntN(4) {
				start := upTo(random, length/5)
				if w.together {
					start = time.Until(w.start.Add(time.Duration(n)*length/5)) + upTo(random, 200*time.Millisecond)
				}
				time.Sleep(start)
				w.live(s, journal, n, random)
			}
		})
	}
	for range w.random.IntN(5) {
		at, e, other := upTo(w.random, length), w.entries[w.random.IntN(len(w.entries))], w.oneIn(2)
		all.Go(func() {
			time.Sleep(at)
			w.agencyBooks(e, other)
		})
	}
	for _, e := range w.entries {
		if at := upTo(w.random, length); e.invoice != "" && w.oneIn(2) {
			all.Go(func() {
				time.Sleep(at)
				w.mu.Lock()
				defer w.mu.Unlock()
				e.correct()
				w.decided(e.key, "other contents, as after a part payment")
			})
		}
	}
	all.Wait()
}

// agencyBooks: the debtor has paid the agency the same, or something else.
func (w *world) agencyBooks(e *entry, other bool) {
	amount, given := e.event.Event.Amount.Get()
	if e.assignment == "" || !given {
		return
	}
	value := amount.String()
	if other {
		value = "7.77"
	}
	id := w.srv.Agency().Paid(e.assignment, value, e.event.Event.Date.String())
	w.note(e.key, "the agency books paid %s: event %s", value, id)
}
