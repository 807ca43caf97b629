package worker_test

import (
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/worker"
)

// With -kill.payments=100 -kill.transfers=10 it takes a moment.
var (
	killPayments  = flag.Int("kill.payments", 1000, "how many payments TestKill reports")
	killTransfers = flag.Int("kill.transfers", 100, "how many invoices TestKill transfers")
	killWithin    = flag.Duration("kill.within", 8*time.Minute, "how long TestKill may take; 2m on a machine of its own")
)

// TestKill kills workers with SIGKILL, six times, and starts others, while one call in
// four goes wrong. Some of the payments are of invoices that are transferred first. In
// the end each payment and each transfer is on the service once.
func TestKill(t *testing.T) {
	for i, processes := range []int{1, 2} {
		t.Run(fmt.Sprintf("%s, %d processes", kinds[i].name, processes), func(t *testing.T) {
			t.Parallel() // they mostly wait
			killWorkers(t, kinds[i].make(t), processes)
		})
	}
}

func killWorkers(t *testing.T, database string, processes int) {
	const companies, kills = 5, 6
	w := newWorld(t, database, companies)
	w.config.Follow = 5 * time.Second // a payment waits so long for its assignment
	w.config.Limits = ledger.Limits{Transfers: ledger.Limit{Count: 1000}}
	wk := w.open(t)
	for _, c := range w.companies {
		c.Activate(maventatest.Ropo)
		require.NoError(t, wk.SetKnownUntil(t.Context(), c.ID(), today()))
	}
	all := w.begin(t, wk)
	for _, c := range w.companies {
		all.payments(t, c, *killPayments/companies-*killTransfers/companies)
		all.transfers(t, c, *killTransfers/companies) // each with a payment
	}
	require.NoError(t, all.tx.Commit())
	require.NoError(t, wk.Close())
	w.srv.Chaos(rand.Uint64(), killFaults()...)

	began := time.Now()
	workers := make([]*child, processes)
	for i := range workers {
		workers[i] = w.child(t)
	}
	for i := range kills {
		time.Sleep(time.Second + time.Duration(rand.IntN(1500))*time.Millisecond)
		workers[i%processes].kill(t)
		workers[i%processes] = w.child(t)
	}
	killed := time.Since(began)
	db := look(t, database)
	for number(t, db, unfinished) > 0 && held(t, db) == 0 && time.Since(began) < *killWithin {
		time.Sleep(100 * time.Millisecond)
	}
	took := time.Since(began)
	assert.Empty(t, left(t, db), "entries that are not done")
	w.srv.ClearFaults()
	for _, c := range workers {
		c.stop(t)
	}
	booked, twice, missing := all.count()
	t.Logf("%d payments and %d transfers, the last of %d kills after %v, done after %v: %d once, %d twice, %d missing; %d requests",
		len(all.list)-all.handovers, all.handovers, kills, killed.Round(time.Second), took.Round(time.Second), booked, twice, missing, len(w.srv.Requests()))
	assert.Zero(t, twice, "sent twice")
	assert.Zero(t, missing, "missing")
}

// killFaults are what goes wrong. A transfer has three attempts, then a person is asked:
// so few of them are lost before they arrive.
func killFaults() []maventatest.Fault {
	faults := []maventatest.Fault{
		maventatest.DropBeforeCommit(), maventatest.DropAfterCommit(), maventatest.Reset(),
		maventatest.Truncate().On("Assignments.AddEvent"), maventatest.Truncate().On("Invoices.TransferToRopo"),
		maventatest.StatusAfterCommit(http.StatusBadGateway), maventatest.SlowAnswer(time.Second),
		maventatest.EmptyBody(http.StatusCreated).On("Assignments.AddEvent"),
		maventatest.EmptyBody(http.StatusCreated).On("Invoices.TransferToRopo"),
	}
	faults = append(faults, maventatest.EmptyBody(http.StatusOK).On("Auth.Token"))
	for _, f := range []maventatest.Fault{maventatest.ResetBeforeCommit(), maventatest.Status(http.StatusInternalServerError)} {
		faults = append(faults, f.On("Assignments.AddEvent"), f.On("Assignments.Events"), f.On("Auth.Token"))
	}
	return faults
}

// sent is what was put into outboxes, and must reach the service once.
type sent struct {
	srv       *maventatest.Server
	worker    *worker.Worker
	tx        *sql.Tx // of another program's
	list      []wanted
	handovers int
}

// wanted is a payment of an assignment or an invoice, or, without an amount, a transfer.
type wanted struct{ assignment, invoice, amount string }

// begin begins a transaction in which entries are put, as an ERP does.
func (w *world) begin(t testing.TB, wk *worker.Worker) *sent {
	t.Helper()
	tx, err := look(t, w.config.Database).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback() })
	return &sent{srv: w.srv, worker: wk, tx: tx}
}

// payments puts payments on assignments, ten on each, of different amounts.
func (s *sent) payments(t testing.TB, c *maventatest.Company, n int) {
	t.Helper()
	id := ""
	for i := range n {
		if i%10 == 0 {
			id = c.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "10000.00"})
		}
		p := wanted{assignment: id, amount: fmt.Sprintf("%d.50", 10*(i%10+1))}
		s.put(t, c, fmt.Sprintf("bank/%d", i), payment(p), p)
	}
}

// transfers puts transfers, and before each a payment of its invoice.
func (s *sent) transfers(t testing.TB, c *maventatest.Company, n int) {
	t.Helper()
	for i := range n {
		id := c.AddInvoice(maventatest.Invoice{Total: "500.00", Date: "2026-09-01", DueDate: "2026-09-15"})
		p := wanted{invoice: id, amount: "100.50"}
		s.put(t, c, fmt.Sprintf("late/%d", i), payment(p), p)
		s.put(t, c, "collect/"+id, handover(id, "500.00"), wanted{invoice: id})
		s.handovers++
	}
}

func (s *sent) put(t testing.TB, c *maventatest.Company, key string, e worker.Entry, as wanted) {
	t.Helper()
	_, err := s.worker.PutIn(t.Context(), s.tx, c.ID(), key, e)
	require.NoError(t, err)
	s.list = append(s.list, as)
}

// count says how many of the entries are on the service.
func (s *sent) count() (once, twice, missing int) {
	transferred := map[string]int{}
	for _, r := range s.srv.RequestsTo("Invoices.TransferToRopo") {
		if r.Committed {
			transferred[r.Path]++
		}
	}
	for _, e := range s.list {
		n := transferred["/v2/invoices/"+e.invoice+"/assignment/ropo"]
		if e.amount != "" {
			n = e.events(s.srv)
		}
		switch n {
		case 0:
			missing++
		case 1:
			once++
		default:
			twice++
		}
	}
	return once, twice, missing
}

func (e *wanted) events(srv *maventatest.Server) (n int) {
	id := e.assignment
	if id == "" {
		id = srv.AssignmentOf(e.invoice)
	}
	a, _ := srv.Assignment(id)
	for _, is := range a.Events {
		if is.Author == "sender" && is.Type == "paid" && is.Amount == e.amount {
			n++
		}
	}
	return n
}

func payment(p wanted) worker.Entry {
	return worker.Entry{
		Kind: worker.Payment, AssignmentID: p.assignment, InvoiceID: p.invoice, Amount: p.amount, Date: maventa.MustDate("2026-11-20"),
	}
}

// handover is a transfer of an invoice to Ropo.
func handover(invoiceID, amount string) worker.Entry {
	return worker.Entry{
		Kind: worker.Transfer, InvoiceID: invoiceID, Currency: "EUR", DueDate: maventa.MustDate("2026-09-15"),
		Handover: &worker.Handover{
			Agency: "ropo", CollectionType: maventa.CollectionOnly, ReceivablesType: maventa.ReceivablesB2B,
			Payers: []maventa.Payer{{
				Name:    "Velallinen Oy",
				Address: maventa.Address{Country: "FI", Streets: []string{"Katu 1"}, City: "Helsinki", ZipCode: "00100"},
			}},
			Amounts: maventa.TransferAmounts{CapitalAmount: maventa.MustAmount(amount)},
		},
	}
}
