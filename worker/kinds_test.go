package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
	"github.com/maventa-go/maventa/worker"
)

// TestKinds: each kind of entry reaches each agency as the client's own builder writes
// it.
func TestKinds(t *testing.T) {
	t.Parallel() // it mostly waits
	later := today().AddDays(20)
	kinds := []struct {
		entry worker.Entry
		want  maventa.NewEvent
	}{
		{worker.Entry{Kind: worker.Payment, Amount: "10.00", Date: today()}, maventa.DirectPayment(maventa.MustAmount("10.00"), today())},
		{worker.Entry{Kind: worker.CreditNote, Amount: "20.00", Date: today(), Number: "H1"}, maventa.CreditNote(maventa.MustAmount("20.00"), today(), "H1")},
		{worker.Entry{Kind: worker.Comment, Text: "called"}, maventa.Comment("called")},
		{worker.Entry{Kind: worker.DueDateChange, DueDate: later}, maventa.DueDateChange(later)},
		{worker.Entry{Kind: worker.Stop, Until: later}, maventa.CollectionStop(later)},
		{worker.Entry{Kind: worker.CreditLoss, Date: today()}, maventa.CreditLoss(today())},
		{worker.Entry{Kind: worker.Cancellation, Text: "a slip"}, maventa.Cancellation("a slip")},
	}
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1, maventatest.WithToday(today().String()))
		wk := w.open(t)
		c, id := w.companies[0], w.companies[0].ID()
		agencies := []maventatest.Service{maventatest.Ropo, maventatest.Amili}
		stop := run(t, wk)
		for _, k := range kinds {
			for _, agency := range agencies {
				e, key := k.entry, string(agency)+"/"+string(k.entry.Kind)
				e.AssignmentID = c.AddAssignment(agency, maventatest.Invoice{
					Total: "100.00", Date: today().AddDays(-50).String(), DueDate: today().AddDays(-30).String(),
				})
				put(t, wk, id, key, e)
				if agency == maventatest.Ropo && e.Kind == worker.Cancellation { // a full credit note cancels there
					assert.Equal(t, "invalid_request", w.ends(t, wk, id, key, sqlstore.OutboxHeld).Kind)
					continue
				}
				s := w.ends(t, wk, id, key, sqlstore.OutboxDone)
				assert.NotEmpty(t, s.EventID, key)
				sent := w.srv.RequestsTo("Assignments.AddEvent")
				want, err := k.want.MarshalJSON()
				require.NoError(t, err)
				assert.JSONEq(t, string(want), sent[len(sent)-1].Body, key)
			}
		}
		stop()
		assert.Equal(t, len(kinds)*len(agencies), w.srv.Count("Assignments.AddEvent"))
	})
}

// TestTransferToAmili: a transfer of the other agency's kind.
func TestTransferToAmili(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1, maventatest.WithToday(today().String()))
		wk := w.open(t)
		c, id := w.companies[0], w.companies[0].ID()
		c.ActivatePerinta("company")
		require.NoError(t, wk.SetKnownUntil(t.Context(), id, today()))
		e := transferOf(overdue(c), "124.00")
		e.DueDate, e.Currency, e.Handover.Agency, e.Handover.ReminderDate = maventa.Date{}, "", "amili", today().AddDays(-10)
		put(t, wk, id, "collect", e)
		run(t, wk)
		s := w.ends(t, wk, id, "collect", sqlstore.OutboxDone)
		assert.Equal(t, w.srv.AssignmentOf(e.InvoiceID), s.AssignmentID)
	})
}

// TestSecondCase: an invoice whose case was closed is handed over once more when a
// person says so. The service of the tests refuses it, as Maventa may: then he reads why.
func TestSecondCase(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w, wk := newTransfers(t, database, 1)
		c, id := w.companies[0], w.companies[0].ID()
		invoice := overdue(c)
		put(t, wk, id, "collect", transferOf(invoice, "124.00"))
		run(t, wk)
		w.ends(t, wk, id, "collect", sqlstore.OutboxDone)
		w.srv.Agency().Close(w.srv.AssignmentOf(invoice))

		put(t, wk, id, "collect", transferOf(invoice, "100.00"))
		assert.Equal(t, sqlstore.OutboxDone, find(t, wk, id, "collect").State, "other contents alone are no second case")
		second := transferOf(invoice, "124.00")
		second.Handover.Case = 2
		put(t, wk, id, "collect", second)
		s := w.ends(t, wk, id, "collect", sqlstore.OutboxHeld)
		assert.Equal(t, maventa.ErrConflict.Word(), s.Kind)
		assert.Equal(t, 2, w.srv.Count("Invoices.TransferToRopo"))
	})
}

// TestDropped: what a person drops before it is sent is withdrawn, and gives no
// correction.
func TestDropped(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w, wk := newTransfers(t, database, 1)
		c, id := w.companies[0], w.companies[0].ID()
		invoice := overdue(c)
		require.NoError(t, wk.SetStanding(t.Context(), id, invoice, worker.Standing{Disputed: true}))
		put(t, wk, id, "collect", transferOf(invoice, "124.00"))
		run(t, wk)
		w.ends(t, wk, id, "collect", sqlstore.OutboxHeld)
		decide(t, wk, id, "collect", sqlstore.DecideDrop)
		w.ends(t, wk, id, "collect", sqlstore.OutboxWithdrawn)
		time.Sleep(time.Second)
		list, err := wk.Work(t.Context(), id, 0)
		require.NoError(t, err)
		assert.Empty(t, list)
		assert.Zero(t, w.srv.Count("Invoices.TransferToRopo"))
	})
}
