package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
)

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

func TestOddBankFiles(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.bank("2026-11-03", "\ufeffL1,30.00,Keksitty Oy,1001", "L2,20.00, ROPO  CAPITAL OY,1001")
	w.mustNight("2026-11-04")
	w.bank("2026-11-04", "L1 ,30.00,Keksitty Oy,1001", "L2,25.00,ROPO CAPITAL OY,1001", "L3,5.00,Keksitty Oy,1001", "L4,15.00,Keksitty Oy,1001=5.00 4711=10.00")
	w.mustNight("2026-11-05")
	w.srv.AssertExactlyOnce(t, w.claim(id).ID, "paid", "30.00")
	w.srv.AssertExactlyOnce(t, w.claim(id).ID, "paid", "5.00")
	assert.Equal(t, "65.00", w.claim(id).OpenAmount)
	assert.Equal(t, int64(-2000), w.account("clearing"), "the payout counts once, and is none of the debtor's payments")
	assert.ElementsMatch(t, []string{"line_differs", "no_invoice"}, w.work())

	require.NoError(t, os.WriteFile(filepath.Join(w.job.Folder, "bank-2026-11-05.csv"), []byte("L4,1.00,M\xe4kinen,1001,x\n"), 0o600))
	require.ErrorContains(t, w.night("2026-11-06"), "the file is not UTF-8")
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

// An amount of the agency's that are no cents stops no other.
func TestEventOfNoCents(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.exec("UPDATE invoices SET assignment = 'a1' WHERE id = ?", id)
	w.books(func(e *erp) error {
		item := sqlstore.InboxItem{Position: 1, Item: follow.Item{Kind: follow.KindNew, Event: maventa.Event{
			Type: maventa.EventPaid, Author: maventa.AuthorAgency, Amount: maventa.Some(maventa.MustAmount("10.005")),
		}}}
		item.AssignmentID = "a1"
		ack, err := e.takeIn(t.Context(), w.srv.CompanyID(), item, maventa.MustDate("2026-11-04"))
		assert.Equal(t, sqlstore.AckIgnored, ack.State)
		return err
	})
	assert.Equal(t, []string{"no_amount"}, w.work())
}

// Who sent money back is nobody's to keep.
func TestForgetReturned(t *testing.T) {
	w := newWorld(t, agencyRopo)
	w.sell(0, "1001", "2026-11-20")
	w.bank("2026-11-03", "L1,100.00,Keksitty Oy,1001", "L2,-100.00,Keksitty Oy,L1", "L3,100.00,Keksitty Oy,1001")
	w.mustNight("2026-11-04")
	w.mustCommand("-forget", "17", "-who", "Maija", "-why", "he asks for it")
	var named int
	w.books(func(e *erp) error {
		return e.tx.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM bank_lines WHERE payer <> ''").Scan(&named)
	})
	assert.Zero(t, named)
}

// A second night at the same time would give back what the first one works on.
func TestTwoNights(t *testing.T) {
	w := newWorld(t, agencyRopo)
	w.sell(0, "1001", "2026-10-20")
	var second error
	w.client.Transport = transport{next: w.client.Transport, before: func(*http.Request) {
		if second == nil {
			second = nightOf(t.Context(), &w.job, &w.out)
		}
	}}
	w.mustNight("2026-11-03")
	require.ErrorContains(t, second, "another night may be under way")
	assert.Equal(t, 1, w.writes())
	w.mustNight("2026-11-03")
}
