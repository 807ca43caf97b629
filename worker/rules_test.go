package worker_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
	"github.com/maventa-go/maventa/worker"
)

// newTransfers is a world with companies that hand invoices over to Ropo today, whose
// payments are known.
func newTransfers(t testing.TB, database string, companies int) (*world, *worker.Worker) {
	t.Helper()
	w := newWorld(t, database, companies, maventatest.WithToday(today().String()))
	w.config.Follow = time.Second // so often it is looked whether an invoice is in collection
	wk := w.open(t)
	for _, c := range w.companies {
		c.Activate(maventatest.Ropo)
		require.NoError(t, wk.SetKnownUntil(t.Context(), c.ID(), today()))
	}
	return w, wk
}

// overdue is an invoice of 124.00 that may be handed over.
func overdue(c *maventatest.Company) string {
	return c.AddInvoice(maventatest.Invoice{Date: today().AddDays(-50).String(), DueDate: today().AddDays(-30).String()})
}

// hurry makes all that is queued due now.
func (w *world) hurry(t testing.TB) {
	t.Helper()
	w.exec(t, "UPDATE maventa_outbox SET due_at = 1 WHERE state = 'queued' AND taken_at = 0")
}

// ends waits until an entry is in a state.
func (w *world) ends(t testing.TB, wk *worker.Worker, companyID, key string, state sqlstore.OutboxState) *worker.Status {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		s := find(t, wk, companyID, key)
		if s.State == state {
			return s
		}
		require.True(t, time.Now().Before(end), "%s is not %s: %+v", key, state, s)
		if s.State == sqlstore.OutboxQueued && s.Attempts > 0 {
			w.hurry(t)
		}
	}
}

func put(t testing.TB, wk *worker.Worker, companyID, key string, e worker.Entry) {
	t.Helper()
	_, err := wk.Put(t.Context(), companyID, key, e)
	require.NoError(t, err)
}

func paymentOf(invoiceID, amount string) worker.Entry {
	return worker.Entry{Kind: worker.Payment, InvoiceID: invoiceID, Amount: amount, Date: today()}
}

func contains(e worker.Entry, keys ...string) worker.Entry {
	e.Handover.Contains = keys
	return e
}

func decide(t testing.TB, wk *worker.Worker, companyID, key string, kind sqlstore.DecisionKind) {
	t.Helper()
	require.NoError(t, wk.Decide(t.Context(), companyID, key, sqlstore.Decision{Kind: kind, Who: "Maija", Why: "looked"}))
}

// TestPaymentBeforeCollection: a payment waits for the assignment of its invoice, unless
// the transfer contains it, or nobody has to hear of it.
func TestPaymentBeforeCollection(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w, wk := newTransfers(t, database, 1)
		c, id := w.companies[0], w.companies[0].ID()
		waits, contained, settled := overdue(c), overdue(c), overdue(c)
		put(t, wk, id, "bank/waits", paymentOf(waits, "24.00"))
		put(t, wk, id, "bank/contained", paymentOf(contained, "24.00"))
		put(t, wk, id, "bank/settled", paymentOf(settled, "124.00"))
		require.NoError(t, wk.SetStanding(t.Context(), id, settled, worker.Standing{Open: "0.00"}))
		run(t, wk)
		w.ends(t, wk, id, "bank/settled", sqlstore.OutboxNotNeeded)
		soon(t, func() bool {
			return find(t, wk, id, "bank/contained").Attempts > 1 && find(t, wk, id, "bank/waits").Attempts > 1
		})
		assert.Equal(t, sqlstore.OutboxQueued, find(t, wk, id, "bank/waits").State)
		assert.Zero(t, w.srv.Count("Assignments.AddEvent"))

		put(t, wk, id, "collect/waits", transferOf(waits, "124.00"))
		put(t, wk, id, "collect/contained", contains(transferOf(contained, "100.00"), "bank/contained"))
		for _, key := range []string{"collect/waits", "collect/contained", "bank/waits", "bank/contained"} {
			w.ends(t, wk, id, key, sqlstore.OutboxDone)
		}
		w.srv.AssertEvents(t, w.srv.AssignmentOf(waits), "sender paid 24.00")
		w.srv.AssertEvents(t, w.srv.AssignmentOf(contained))
		list, err := wk.Work(t.Context(), id, 0)
		require.NoError(t, err)
		assert.Empty(t, list)
	})
}

// TestSettledInDoubt: a payment of all waits while nobody knows whether the transfer has
// arrived: it may yet.
func TestSettledInDoubt(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w, wk := newTransfers(t, database, 1)
		c, id := w.companies[0], w.companies[0].ID()
		invoice := overdue(c)
		w.srv.Inject(maventatest.DropBeforeCommit().On("Invoices.TransferToRopo"))
		put(t, wk, id, "collect/1", transferOf(invoice, "124.00"))
		run(t, wk)
		soon(t, func() bool { return find(t, wk, id, "collect/1").Kind == "outcome_unknown" })
		require.NoError(t, wk.SetStanding(t.Context(), id, invoice, worker.Standing{Open: "0.00"}))
		put(t, wk, id, "bank/1", paymentOf(invoice, "124.00"))
		soon(t, func() bool {
			e := find(t, wk, id, "bank/1")
			return e.Attempts > 1 || e.State != sqlstore.OutboxQueued
		})
		assert.Equal(t, sqlstore.OutboxQueued, find(t, wk, id, "bank/1").State)
	})
}

// TestOvertaken: what ends a claim stops its transfer, whatever the books say.
func TestOvertaken(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w, wk := newTransfers(t, database, 1)
		c, id := w.companies[0], w.companies[0].ID()
		overtaking := map[string]worker.Entry{
			"stop":         {Kind: worker.Stop, Until: today().AddDays(30)},
			"cancellation": {Kind: worker.Cancellation, Text: "wrong customer"},
			"credit note":  {Kind: worker.CreditNote, Amount: "124.00", Date: today(), Number: "H1"},
			"loss":         {Kind: worker.CreditLoss, Date: today()},
		}
		for name, e := range overtaking {
			invoice := overdue(c)
			e.InvoiceID = strings.ToUpper(invoice) // as SQL Server writes it
			put(t, wk, id, "collect/"+name, transferOf(invoice, "124.00"))
			put(t, wk, id, name, e)
		}
		credited := overdue(c)
		put(t, wk, id, "credited", worker.Entry{Kind: worker.CreditNote, InvoiceID: credited, Amount: "24.00", Date: today(), Number: "H2"})
		put(t, wk, id, "collect/credited", contains(transferOf(credited, "100.00"), "credited"))
		paid := overdue(c) // in two parts, and nobody has said so in the books
		put(t, wk, id, "bank/1", paymentOf(paid, "100.00"))
		put(t, wk, id, "collect/paid", transferOf(paid, "124.00"))
		put(t, wk, id, "bank/2", paymentOf(strings.ToUpper(paid), "24.00"))
		overtaking["paid"] = worker.Entry{}
		for name, stands := range map[string]worker.Standing{"disputed": {Disputed: true}, "stopped": {Stopped: true}, "less open": {Open: "100.00"}} {
			invoice := overdue(c)
			require.NoError(t, wk.SetStanding(t.Context(), id, invoice, stands))
			put(t, wk, id, "collect/"+name, transferOf(invoice, "124.00"))
			overtaking[name] = worker.Entry{}
		}
		run(t, wk)
		for name := range overtaking {
			s := w.ends(t, wk, id, "collect/"+name, sqlstore.OutboxHeld)
			assert.Equal(t, ledger.ErrOvertaken.Word(), s.Kind, name)
			assert.NotNil(t, item(t, wk, id, "collect/"+name))
		}
		w.ends(t, wk, id, "collect/credited", sqlstore.OutboxDone)
		assert.Equal(t, 1, w.srv.Count("Invoices.TransferToRopo"), "only what contains its credit note")

		unsent, err := wk.Withdraw(t.Context(), id, "stop", "Maija", "the debtor does not pay after all")
		require.NoError(t, err)
		if !unsent { // it is looked at in this moment
			soon(t, func() bool {
				unsent, err = wk.Withdraw(t.Context(), id, "stop", "Maija", "again")
				return err == nil && unsent
			})
		}
		decide(t, wk, id, "collect/stop", sqlstore.DecideAgain)
		w.ends(t, wk, id, "collect/stop", sqlstore.OutboxDone)
	})
}

// TestLimits: what is over a limit is held, all of it, and does not leave by itself.
func TestLimits(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1, maventatest.WithToday(today().String()))
		w.config.Limits = ledger.Limits{Transfers: ledger.Limit{Count: 2}}
		c, id := w.companies[0], w.companies[0].ID()
		c.Activate(maventatest.Ropo)
		wk := w.open(t)
		require.NoError(t, wk.SetKnownUntil(t.Context(), id, today()))
		for i := range 6 {
			put(t, wk, id, fmt.Sprintf("collect/%d", i), transferOf(overdue(c), "124.00"))
		}
		run(t, wk)
		count := func() (held, done int) {
			w.hurry(t)
			for i := range 6 {
				switch s := find(t, wk, id, fmt.Sprintf("collect/%d", i)); s.State {
				case sqlstore.OutboxHeld:
					assert.Equal(t, ledger.ErrLimit.Word(), s.Kind)
					held++
				case sqlstore.OutboxDone:
					done++
				}
			}
			return held, done
		}
		soon(t, func() bool { held, done := count(); return held == 4 && done == 2 })
		w.exec(t, "UPDATE maventa_reservations SET limit_name = 'transfers/of yesterday'") // the next day
		w.exec(t, "UPDATE maventa_outbox SET due_at = 1")
		time.Sleep(2 * time.Second)
		held, done := count()
		assert.Equal(t, []int{4, 2}, []int{held, done})
		list, err := wk.Work(t.Context(), id, 0)
		require.NoError(t, err)
		require.Len(t, list, 4)
		decide(t, wk, id, list[0].Key, sqlstore.DecideAgain)
		w.ends(t, wk, id, list[0].Key, sqlstore.OutboxDone)
	})
}

// TestKnownUntil: without the payments of the last days nothing is transferred, and
// payments are reported all the same.
func TestKnownUntil(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w, wk := newTransfers(t, database, 2)
		w.exec(t, "UPDATE maventa_company SET known_until = ''")
		require.NoError(t, wk.SetKnownUntil(t.Context(), w.companies[1].ID(), today().AddDays(-7)))
		for _, c := range w.companies {
			put(t, wk, c.ID(), "collect", transferOf(overdue(c), "124.00"))
		}
		for _, c := range w.companies {
			w.payments(t, wk, c, 1)
		}
		run(t, wk)
		for _, c := range w.companies {
			w.ends(t, wk, c.ID(), "bank/0", sqlstore.OutboxDone)
			s := w.ends(t, wk, c.ID(), "collect", sqlstore.OutboxHeld)
			assert.Equal(t, ledger.ErrPaymentsUnknown.Word(), s.Kind)
			require.NoError(t, wk.SetKnownUntil(t.Context(), c.ID(), today()))
			decide(t, wk, c.ID(), "collect", sqlstore.DecideAgain)
			w.ends(t, wk, c.ID(), "collect", sqlstore.OutboxDone)
		}
	})
}

// TestPauseStopsAll: a pause stops everything, also what is under way, and after it everything
// goes on without a decision on each.
func TestPauseStopsAll(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 2)
		wk := w.open(t)
		for _, c := range w.companies {
			w.payments(t, wk, c, 60)
		}
		w.srv.Inject(maventatest.Slow(50 * time.Millisecond).On("Assignments.AddEvent").Times(maventatest.Always))
		run(t, wk)
		soon(t, func() bool { return w.srv.Count("Assignments.AddEvent") > 5 })
		require.NoError(t, wk.Pause(t.Context(), "Maija", "wrong file"))
		time.Sleep(time.Second)
		sent := w.srv.Count("Assignments.AddEvent")
		require.Less(t, sent, 120)
		time.Sleep(2 * time.Second)
		assert.Equal(t, sent, w.srv.Count("Assignments.AddEvent"))
		list, err := wk.Work(t.Context(), "", 0)
		require.NoError(t, err)
		assert.Empty(t, list)
		w.srv.ClearFaults()
		require.NoError(t, wk.Resume(t.Context(), "Maija", "it was the right one"))
		for _, c := range w.companies {
			w.ends(t, wk, c.ID(), "bank/59", sqlstore.OutboxDone)
			soon(t, func() bool { w.hurry(t); return stateOf(t, wk, c.ID()).Queued == 0 })
		}
		assert.Equal(t, 120, w.srv.Count("Assignments.AddEvent"))
	})
}

// TestBankLines: an agency's payout is no payment, and the parts of one line come to no
// more than the line, over all companies.
func TestBankLines(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 2)
		wk := w.open(t)
		a, b := w.companies[0], w.companies[1]
		part := func(c *maventatest.Company, key, amount, payer string, kind ledger.PayerKind) {
			put(t, wk, c.ID(), key, worker.Entry{
				Kind: worker.Payment, AssignmentID: c.AddAssignment(maventatest.Ropo, maventatest.Invoice{}), Amount: amount, Date: today(),
				BankLine: &worker.BankLine{ID: "line " + payer, Amount: "100.00", Payer: payer, PayerKind: kind},
			})
		}
		part(a, "bank/1", "40.00", "Velallinen Oy", "")
		part(a, "bank/2", "40.00", "Velallinen Oy", ledger.PayerDebtor)
		part(b, "bank/3", "20.00", "Velallinen Oy", ledger.PayerDebtor)
		part(a, "payout", "100.00", "VISMA FINANCIAL SOLUTIONS OY", "")
		part(a, "payout 2", "100.00", "Somebody", ledger.PayerAgency)
		run(t, wk)
		w.ends(t, wk, a.ID(), "bank/1", sqlstore.OutboxDone)
		w.ends(t, wk, a.ID(), "bank/2", sqlstore.OutboxDone)
		w.ends(t, wk, b.ID(), "bank/3", sqlstore.OutboxDone)
		part(b, "bank/4", "0.01", "Velallinen Oy", ledger.PayerDebtor)
		assert.Equal(t, ledger.ErrLimit.Word(), w.ends(t, wk, b.ID(), "bank/4", sqlstore.OutboxHeld).Kind)
		for _, key := range []string{"payout", "payout 2"} {
			assert.Equal(t, ledger.ErrAgencyPayer.Word(), w.ends(t, wk, a.ID(), key, sqlstore.OutboxHeld).Kind)
		}
		assert.Equal(t, 3, w.srv.Count("Assignments.AddEvent"))
	})
}

// TestCorrection: what was sent is not taken back by a program.
func TestCorrection(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1)
		wk := w.open(t)
		c, id := w.companies[0], w.companies[0].ID()
		w.payments(t, wk, c, 2)
		unsent, err := wk.Withdraw(t.Context(), id, "bank/1", "Maija", "typed twice")
		require.NoError(t, err)
		assert.True(t, unsent)
		run(t, wk)
		w.ends(t, wk, id, "bank/0", sqlstore.OutboxDone)
		unsent, err = wk.Withdraw(t.Context(), id, "bank/0", "Maija", "typed twice")
		require.NoError(t, err)
		assert.False(t, unsent)
		correction := item(t, wk, id, "correction/bank/0")
		require.NotNil(t, correction)
		assert.Contains(t, correction.Text, "typed twice")
		assert.Equal(t, 1, w.srv.Count("Assignments.AddEvent"))
		_, err = wk.Put(t.Context(), id, "correction/bank/0", paymentOf("i", "1.00"))
		require.ErrorIs(t, err, maventa.ErrValidation, "the key is of the item")
	})
}

// TestErrors: what becomes of an entry after each kind of error.
func TestErrors(t *testing.T) {
	t.Parallel() // it mostly waits
	wrong := maventatest.Status(422, `{"code":"validation_error","message":"wrong","details":{"date":["is in the future"]}}`)
	for _, c := range []struct {
		name  string
		fault maventatest.Fault
		state sqlstore.OutboxState
		kind  string
	}{
		{"unavailable", maventatest.Status(503), sqlstore.OutboxDone, ""},
		{"the answer is lost", maventatest.DropAfterCommit(), sqlstore.OutboxDone, ""},
		{"refused", wrong, sqlstore.OutboxHeld, "invalid_request"},
		{"a conflict", maventatest.Status(409), sqlstore.OutboxHeld, "conflict"},
		{"not there", maventatest.Status(404), sqlstore.OutboxHeld, "not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEach(t, func(t *testing.T, database string) {
				w := newWorld(t, database, 1)
				wk := w.open(t)
				id := w.companies[0].ID()
				w.payments(t, wk, w.companies[0], 1)
				w.srv.Inject(c.fault.On("Assignments.AddEvent"))
				run(t, wk)
				s := w.ends(t, wk, id, "bank/0", c.state)
				if c.state == sqlstore.OutboxDone {
					assert.Nil(t, item(t, wk, id, "bank/0"))
					w.srv.AssertExactlyOnce(t, w.companies[0].Assignments()[0].ID, "paid", "10.50")
					return
				}
				assert.Equal(t, c.kind, s.Kind)
				require.NotNil(t, item(t, wk, id, "bank/0"))
				if c.kind == "invalid_request" {
					assert.Contains(t, s.Why, "validation_error", "the service's words")
				}
			})
		})
	}
}

// TestRefusedFields: what is found to be wrong before it is sent is kept by its fields.
func TestRefusedFields(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1)
		wk := w.open(t)
		c, id := w.companies[0], w.companies[0].ID()
		crowns := paymentOf("", "10.00")
		crowns.AssignmentID, crowns.Currency = c.AddAssignment(maventatest.Ropo, maventatest.Invoice{}), "SEK"
		put(t, wk, id, "crowns", crowns)
		run(t, wk)
		s := w.ends(t, wk, id, "crowns", sqlstore.OutboxHeld)
		require.Len(t, s.Fields, 1, "%+v", s)
		assert.Equal(t, "currency", s.Fields[0].Field)
		assert.Zero(t, w.srv.Count("Assignments.AddEvent"))
	})
}
