package ledger_test

import (
	"fmt"
	"net/http"
	"strings"
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

func TestEnsureEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		first, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.True(t, first.Sent)
		assert.NotEmpty(t, first.EventID)
		again, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.False(t, again.Sent)
		assert.Equal(t, first.EventID, again.EventID)
		assert.Equal(t, 1, l.posts())
		l.srv.AssertExactlyOnce(t, l.id, "paid", "40.00")

		e := l.entry("bank-1")
		assert.True(t, e.Done())
		assert.Equal(t, first.EventID, e.EventID)
		assert.Equal(t, "Assignments.AddEvent", e.Operation)
		assert.NotEmpty(t, e.Digest)
	})
}

// TestEnsureEqualPayments: two equal payments on one day are two payments.
func TestEnsureEqualPayments(t *testing.T) {
	for _, wire := range maventatest.Wires() {
		t.Run(wire.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newBooks(t, maventatest.WithWire(wire))
				for _, key := range []string{"bank-1", "bank-2", "bank-1", "bank-2"} {
					_, err := l.ensure(payment(key, "40.00"))
					require.NoError(t, err, key)
				}
				assert.Equal(t, 2, l.posts())
			})
		})
	}
}

func TestEnsureKeyReused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		_, err = l.ensure(payment("bank-1", "41.00"))
		require.ErrorIs(t, err, ledger.ErrKeyReused)
		other := l.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
		_, err = l.EnsureEvent(t.Context(), other, payment("bank-1", "40.00"))
		require.ErrorIs(t, err, ledger.ErrKeyReused)
		assert.Equal(t, 1, l.posts())
	})
}

// TestEnsureRejected: a refusal changes nothing. The same contents are not sent
// again, others are.
func TestEnsureRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		l.srv.Inject(maventatest.Status(422, `{"code":"no","message":"not today"}`).On("Assignments.AddEvent"))
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrValidation)
		assert.Equal(t, maventa.OutcomeRejected, l.entry("bank-1").Outcome)
		assert.Equal(t, 422, l.entry("bank-1").Status)
		_, err = l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrValidation)
		assert.Equal(t, 1, l.posts())
		_, err = l.ensure(payment("bank-1", "41.00"))
		require.NoError(t, err)
		l.srv.AssertExactlyOnce(t, l.id, "paid", "41.00")
	})
}

func TestEnsureBadInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		_, err := l.ensure(payment("", "40.00"))
		require.ErrorIs(t, err, maventa.ErrValidation)
		_, err = l.ensure(payment("k", "-1"))
		require.ErrorIs(t, err, maventa.ErrValidation)
		_, err = l.EnsureEvent(t.Context(), "../x", payment("k", "1"))
		require.ErrorIs(t, err, maventa.ErrValidation)
		_, err = ledger.New(l.srv.Client(t), nil).EnsureEvent(t.Context(), l.id, payment("k", "1"))
		require.ErrorIs(t, err, ledger.ErrJournal)
		require.NotErrorIs(t, err, maventa.ErrValidation, "nothing is wrong with the payment")
		assert.ErrorContains(t, err, "ledger.New")
		assert.Empty(t, l.srv.Requests())
	})
}

// TestEnsureAfterTransfer: an invoice is handed over, its assignment waited for,
// and a payment reported.
func TestEnsureAfterTransfer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t, maventatest.WithLag(3*time.Minute))
		l.srv.Company().ActivatePerinta("company")
		invoice := l.srv.AddInvoice(maventatest.Invoice{Total: "100.00", DueDate: l.srv.Clock().Day(-20)})
		entry := ledger.TransferEntry{Key: "collect/1", Amili: &maventa.AmiliTransfer{
			CollectionType: maventa.CollectionOnly, ReceivablesType: maventa.ReceivablesB2B,
			Payers:  []maventa.Payer{{Name: "Oy Ab", Address: maventa.Address{Country: "FI", Streets: []string{"K 1"}, City: "H", ZipCode: "00100"}}},
			Amounts: maventa.TransferAmounts{CapitalAmount: maventa.MustAmount("100.00")},
		}}
		ensured, err := l.EnsureTransfer(t.Context(), invoice, entry)
		require.NoError(t, err)
		assert.True(t, ensured.Sent)
		ensured, err = l.EnsureTransfer(t.Context(), invoice, entry)
		require.NoError(t, err)
		assert.False(t, ensured.Sent)
		assert.Equal(t, 1, l.srv.Count("Invoices.TransferToAmili"))

		a, err := l.c.Invoices.WaitForTransfer(t.Context(), invoice)
		require.NoError(t, err)
		paid, err := l.EnsureEvent(t.Context(), a.ID, payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.Equal(t, l.srv.AssignmentOf(invoice), paid.AssignmentID)
		l.srv.AssertExactlyOnce(t, paid.AssignmentID, "paid", "40.00")

		failing := l.srv.AddInvoice(maventatest.Invoice{Total: "100.00", DueDate: l.srv.Clock().Day(-20)})
		l.srv.FailTransfer(failing, "the debtor is bankrupt")
		entry.Key = "collect/2"
		_, err = l.EnsureTransfer(t.Context(), failing, entry)
		require.NoError(t, err)
		_, err = l.c.Invoices.WaitForTransfer(t.Context(), failing)
		require.ErrorIs(t, err, maventa.ErrTransferFailed)
		assert.ErrorContains(t, err, "bankrupt")
	})
}

// TestEnsureEvents: a whole ledger, run twice, over a network that loses answers.
func TestEnsureEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		var items []ledger.Item
		for i := range 20 {
			id := l.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
			for j := range 2 {
				items = append(items, ledger.Item{AssignmentID: id, Entry: payment(fmt.Sprintf("bank-%d-%d", i, j), "10.00")})
			}
		}
		items = append(items, ledger.Item{InvoiceID: "no-such-invoice", Entry: payment("bank-x", "1.00")})
		l.srv.Inject(maventatest.DropAfterCommit().On("Assignments.AddEvent").Nth(3).Times(4))
		failed := 0
		for i, r := range l.EnsureEvents(t.Context(), items) {
			assert.Equal(t, items[i].Key, r.Item.Key)
			if r.Err != nil {
				failed++
			}
		}
		assert.Greater(t, failed, 4)
		time.Sleep(20 * time.Minute)
		results := l.EnsureEvents(t.Context(), items)
		for _, r := range results[:40] {
			require.NoError(t, r.Err, r.Item.Key)
		}
		require.ErrorIs(t, results[40].Err, maventa.ErrNotFound)
		assert.Equal(t, 40, l.posts())
	})
}

// One key, two invoices, equal events: the second must not pass for done.
func TestKeyOfAnotherInvoice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		other := l.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
		a, _ := l.srv.Assignment(l.id)
		b, _ := l.srv.Assignment(other)
		require.NotEqual(t, a.InvoiceID, b.InvoiceID)
		require.NotEmpty(t, b.InvoiceID)
		r := l.EnsureEvents(t.Context(), []ledger.Item{
			{InvoiceID: a.InvoiceID, Entry: payment("bank-1", "40.00")},
		})
		require.NoError(t, r[0].Err)
		r = l.EnsureEvents(t.Context(), []ledger.Item{
			{InvoiceID: b.InvoiceID, Entry: payment("bank-1", "40.00")},
		})
		assert.ErrorIs(t, r[0].Err, ledger.ErrKeyReused, "ensured: %+v, posts %d", r[0].Ensured, l.posts())
	})
}

// A key that stands twice in a batch for different things: which is sent would be
// chance, so none is. Equal items count once.
func TestKeyTwiceInBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		other := l.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
		noted := payment("bank-2", "40.00")
		noted.Event.Extra = extraOf(t, "note", "x")
		results := l.EnsureEvents(t.Context(), []ledger.Item{
			{AssignmentID: l.id, Entry: payment("bank-1", "40.00")},
			{AssignmentID: l.id, Entry: payment("bank-2", "40.00")},
			{AssignmentID: other, Entry: payment("bank-1", "40.00")},
			{AssignmentID: l.id, Entry: noted},
			{AssignmentID: l.id, Entry: payment("bank-3", "5")},
			{AssignmentID: strings.ToUpper(l.id), Entry: payment("bank-3", "5.00")},
		})
		for _, r := range results[:4] {
			require.ErrorIs(t, r.Err, ledger.ErrKeyReused)
			assert.Equal(t, maventa.OutcomeNotSent, maventa.OutcomeOf(r.Err))
			assert.Equal(t, maventa.ActionAskPerson, maventa.Advise(r.Err).Action)
			assert.ErrorContains(t, r.Err, "stands twice in this batch")
		}
		for _, r := range results[4:] {
			require.NoError(t, r.Err)
		}
		assert.Equal(t, 1, l.posts())
	})
}

// Corrected as docs/oncall.md says: "the right names can be given in Extra".
func TestCorrectedAfterRejection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.answer = func(string) ct.Reply {
			l.events = nil
			return ct.Reply{Status: 422, Body: `{"code":"invalid_parameters","details":["sum is missing"]}`}
		}
		entry := payment("bank-1", "40.00")
		_, err := l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrValidation)
		l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"` + id + `","type":"paid"}`} }
		entry.Event.Extra = extraOf(t, "sum", 40)
		_, err = l.ensure(entry)
		assert.NoError(t, err)
	})
}

// By assignment first, by invoice later: the assignment is gone from the list.
func TestKeyFirstByAssignment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		_, err := l.ensure(payment("bank-1", "1.00"))
		require.NoError(t, err)
		for _, v := range []string{"v1", "v2"} {
			l.OnFunc(http.MethodGet, ct.AX+"/"+v+"/invoices/I1/assignment", func(*http.Request) ct.Reply { return noTransfer })
		}
		l.OnFunc(http.MethodGet, maventa.Stage.ReceivablesURL+"/v1/assignments", func(*http.Request) ct.Reply { return ct.Reply{Status: 200, Body: "[]"} })
		r := l.EnsureEvents(t.Context(), []ledger.Item{{InvoiceID: "I1", Entry: payment("bank-1", "1.00")}})
		assert.NoError(t, r[0].Err)
	})
}
