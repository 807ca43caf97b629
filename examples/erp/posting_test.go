package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
)

// A payment of an invoice that is settled without collection does not wait for ever.
func TestSettledWithoutCollection(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-11-10")
	w.bank("2026-11-03", "L1,30.00,Keksitty Oy,1001", "L2,70.00,Keksitty Oy,1001")
	w.mustNight("2026-11-04")
	for _, line := range []string{"L1", "L2"} {
		assert.Equal(t, sqlstore.OutboxNotNeeded, w.state("bank/"+line+"/"+id+"/1"))
	}
	assert.Zero(t, w.writes())
	assert.Empty(t, w.work())
}

// An invoice is settled, and open again since a payment bounced.
func TestBouncedAfterSettled(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.job.Transfers = 1
	w.sell(0, "1000", "2026-10-20") // takes the limit
	w.mustNight("2026-11-03")
	require.Len(t, w.items(), 1)
	w.decideBy(w.items()[0].Key, "-as", "again")
	w.bank("2026-11-03", "L1,100.00,Keksitty Oy,1001")
	w.mustNight("2026-11-04")
	assert.Equal(t, sqlstore.OutboxNotNeeded, w.state("bank/L1/"+id+"/1"))
	assert.Equal(t, sqlstore.OutboxNotNeeded, w.state("collect/"+id+"/1"))
	w.bank("2026-11-04", "L2,-100.00,Keksitty Oy,L1")
	w.mustNight("2026-11-05")
	assert.Equal(t, "100.00", w.claim(id).OpenAmount)
	assert.Equal(t, sqlstore.OutboxNotNeeded, w.state("bank/L1/"+id+"/1"))
	assert.Empty(t, w.srv.RequestsTo("Assignments.AddEvent"))
}

func TestCreditNotes(t *testing.T) {
	credit := func(w *world, id, number string, cents int64) {
		w.of(id, func(e *erp, i *invoice) error {
			return e.credit(t.Context(), i, number, cents, maventa.MustDate("2026-11-03"))
		})
	}
	t.Run("before the transfer", func(t *testing.T) {
		w := newWorld(t, agencyRopo)
		part, full := w.sell(0, "1001", "2026-10-20"), w.sell(0, "1002", "2026-10-20")
		credit(w, part, "9001", 2500)
		credit(w, full, "9002", 10000)
		w.mustNight("2026-11-03")
		w.bank("2026-11-03")
		w.mustNight("2026-11-04")
		assert.Equal(t, "75.00", w.claim(part).TotalAmount)
		assert.Equal(t, 1, w.writes(), "the amount contains the one, and nobody hears of the other")
		assert.Equal(t, sqlstore.OutboxDone, w.state("credit/9001"))
		assert.Equal(t, sqlstore.OutboxNotNeeded, w.state("credit/9002"))
	})
	t.Run("in collection", func(t *testing.T) {
		w := newWorld(t, agencyRopo)
		part, full := w.sell(0, "1001", "2026-10-20"), w.sell(0, "1002", "2026-10-20")
		w.mustNight("2026-11-03")
		credit(w, part, "9001", 2500)
		credit(w, full, "9002", 10000)
		w.bank("2026-11-03")
		w.mustNight("2026-11-04")
		w.mustNight("2026-11-04")
		w.srv.AssertExactlyOnce(t, w.claim(part).ID, "credit_note", "25.00")
		w.srv.AssertExactlyOnce(t, w.claim(full).ID, "credit_note", "100.00")
		assert.Equal(t, 4, w.writes())
		assert.Empty(t, w.work())
	})
}

// What comes after a transfer was queued overtakes it: at night, and in the moment
// between its building and the POST.
func TestQueuedTransferIsOvertaken(t *testing.T) {
	day := maventa.MustDate("2026-11-03")
	for name, c := range map[string]struct {
		change func(e *erp, i *invoice) error
		total  string // that is transferred after all
	}{
		"stop": {func(e *erp, i *invoice) error { return e.stop(t.Context(), i, "he is ill") }, ""},
		"dispute": {func(e *erp, i *invoice) error {
			return e.exec(t.Context(), "UPDATE invoices SET disputed = 1 WHERE id = ?", i.id)
		}, ""},
		"cancellation": {func(e *erp, i *invoice) error { return e.cancel(t.Context(), i, "9001", day, "wrong goods") }, ""},
		"credit":       {func(e *erp, i *invoice) error { return e.credit(t.Context(), i, "9001", 10000, day) }, ""},
		"part credit":  {func(e *erp, i *invoice) error { return e.credit(t.Context(), i, "9001", 2500, day) }, "75.00"},
		"credit loss":  {func(e *erp, i *invoice) error { return e.writeOff(t.Context(), i, day) }, ""},
	} {
		check := func(t *testing.T, w *world, id string) {
			t.Helper()
			w.bank("2026-11-03")
			w.mustNight("2026-11-04")
			w.bank("2026-11-04")
			w.mustNight("2026-11-05")
			assert.Empty(t, w.srv.RequestsTo("Assignments.AddEvent"))
			if c.total == "" {
				assert.Zero(t, w.writes())
				assert.Empty(t, w.work(), "nobody has to decide any more")
				return
			}
			assert.Equal(t, 1, w.writes())
			assert.Equal(t, c.total, w.claim(id).TotalAmount)
		}
		t.Run(name+" while it waits", func(t *testing.T) {
			w := newWorld(t, agencyRopo)
			id := w.sell(0, "1001", "2026-10-20")
			w.pause()
			w.mustNight("2026-11-03")
			require.Equal(t, sqlstore.OutboxQueued, w.state("collect/"+id+"/1"))
			w.of(id, c.change)
			w.resume()
			check(t, w, id)
		})
		t.Run(name+" before the POST", func(t *testing.T) {
			w := newWorld(t, agencyRopo)
			id := w.sell(0, "1001", "2026-10-20")
			isBuilt := false
			w.client.Transport = transport{next: w.client.Transport, before: func(r *http.Request) {
				if !isBuilt && strings.HasSuffix(r.URL.Path, "/assignment") {
					isBuilt = true
					w.of(id, c.change)
				}
			}}
			w.mustNight("2026-11-03")
			require.True(t, isBuilt)
			require.Zero(t, w.writes())
			check(t, w, id)
		})
	}
}

// A payment that bounced or belongs elsewhere is withdrawn while it is unsent, and is a
// person's afterwards.
func TestCorrections(t *testing.T) {
	day := maventa.MustDate("2026-11-04")
	move := func(w *world, from, to string) {
		w.books(func(e *erp) error {
			paid, err := e.payments(t.Context(), "p.invoice = ?", from)
			require.Len(t, paid, 1)
			require.NoError(t, err)
			return e.reallocate(t.Context(), &paid[0], to, day, "Maija", "the wrong invoice")
		})
	}
	for name, c := range map[string]struct {
		correct func(w *world, a, b string)
		here    []string // open amounts in the books then
		there   []string // of the claims, if it was unsent
	}{
		"bounced":     {func(w *world, _, _ string) { w.bank("2026-11-04", "L2,-30.00,Keksitty Oy,L1") }, []string{"100.00", "100.00"}, []string{"100.00", "100.00"}},
		"reallocated": {move, []string{"100.00", "70.00"}, []string{"100.00", "70.00"}},
		"and back": {func(w *world, a, b string) {
			move(w, a, b)
			move(w, b, a)
		}, []string{"70.00", "100.00"}, []string{"70.00", "100.00"}},
	} {
		for _, isSent := range []bool{false, true} {
			t.Run(name+map[bool]string{false: " unsent", true: " sent"}[isSent], func(t *testing.T) {
				w := newWorld(t, agencyRopo)
				a, b := w.sell(0, "1001", "2026-10-20"), w.sell(0, "1002", "2026-10-20")
				w.mustNight("2026-11-03")
				w.bank("2026-11-03", "L1,30.00,Keksitty Oy,1001")
				if !isSent {
					w.pause()
				}
				w.mustNight("2026-11-04")
				w.bank("2026-11-04")
				c.correct(w, a, b)
				if !isSent {
					w.resume()
				}
				w.mustNight("2026-11-05")
				for n, id := range []string{a, b} {
					assert.Equal(t, c.here[n], w.open(id))
				}
				if isSent {
					assert.Contains(t, w.work(), "correction")
					w.srv.AssertExactlyOnce(t, w.claim(a).ID, "paid", "30.00")
					return
				}
				assert.Empty(t, w.work())
				assert.Equal(t, c.there, []string{w.claim(a).OpenAmount, w.claim(b).OpenAmount}, w.out.String())
			})
		}
	}
}

// With Amili everything is the same, but how a claim is cancelled and paid out.
func TestAmili(t *testing.T) {
	w := newWorld(t, agencyAmili)
	a, b := w.sell(0, "1001", "2026-10-20"), w.sell(0, "1002", "2026-10-20")
	w.mustNight("2026-11-03")
	assert.Len(t, w.srv.RequestsTo("Invoices.TransferToAmili"), 2)
	w.srv.Debtor().PayAgency(w.claim(a).ID, "100.00")
	w.srv.Agency().SettleLess("10")
	w.of(b, func(e *erp, i *invoice) error {
		return e.cancel(t.Context(), i, "9001", maventa.MustDate("2026-11-03"), "wrong goods")
	})
	payout := w.srv.Company().BankLines()[0]
	require.Equal(t, maventatest.PayerAmili, payout.Payer)
	w.bank("2026-11-03", "L1,"+payout.Amount+","+payout.Payer+","+payout.Reference+" commission=10.00")
	w.mustNight("2026-11-04")
	w.bank("2026-11-04")
	w.mustNight("2026-11-05")
	w.srv.AssertEvents(t, w.claim(b).ID, "sender cancellation", "agency close")
	assert.Zero(t, w.account("clearing"))
	assert.Equal(t, int64(1000), w.account("commission"))
	assert.Zero(t, w.account("receivables"))
	assert.Equal(t, int64(9000), w.account("bank"))
	assert.Empty(t, w.work(), w.out.String())
}

// A payment of all that is open, while nobody knows whether the transfer arrived. It
// arrives later: the payment has waited.
func TestSettledWhileTheTransferIsInDoubt(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.client.Timeout = 200 * time.Millisecond
	w.srv.Inject(maventatest.HangAfterCommit().On("Invoices.TransferToRopo"))
	hidden := false
	w.client.Transport = transport{next: w.client.Transport, after: func(r *http.Response) {
		if r.Request.URL.Path != "" && r.Request.Method == http.MethodGet && filepath.Base(r.Request.URL.Path) == "assignment" && hidden {
			r.StatusCode = http.StatusNotFound // it is under way yet
		}
	}}
	w.mustNight("2026-11-03")
	hidden, w.client.Timeout = true, 0
	w.bank("2026-11-03", "L1,100.00,Keksitty Oy,1001")
	w.mustNight("2026-11-04")
	assert.Equal(t, sqlstore.OutboxQueued, w.state("bank/L1/"+id+"/1"), w.out.String())
	hidden = false
	w.bank("2026-11-04")
	w.mustNight("2026-11-05")
	w.srv.AssertExactlyOnce(t, w.claim(id).ID, "paid", "100.00")
	assert.Equal(t, sqlstore.OutboxDone, w.state("bank/L1/"+id+"/1"))
	assert.Empty(t, w.work(), w.out.String())
}

// A credit note of more than the claim is a person's, who may send it as it is.
func TestCreditOfMoreThanTheClaim(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.bank("2026-11-03")
	w.mustNight("2026-11-04")
	w.of(id, func(e *erp, i *invoice) error {
		return e.credit(t.Context(), i, "9001", 15000, maventa.MustDate("2026-11-04"))
	})
	w.bank("2026-11-04")
	w.mustNight("2026-11-05")
	assert.Empty(t, w.srv.RequestsTo("Assignments.AddEvent"))
	assert.Contains(t, w.work(), "more_than_claim")
	w.decideBy("credit/9001", "-as", "again")
	w.bank("2026-11-05")
	w.mustNight("2026-11-06")
	w.srv.AssertExactlyOnce(t, w.claim(id).ID, "credit_note", "150.00")
}
