package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// What is forgotten leaves its keys: it is not reported a second time.
func TestForget(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	forget := []string{"-forget", "17", "-who", "Maija", "-why", "he asks for it"}
	_, err := w.command(forget...)
	require.ErrorContains(t, err, "is open, or in collection; nothing was changed")
	w.bank("2026-11-03", "L1,100.00,Keksitty Oy,1001")
	w.srv.Agency().Comment(w.claim(id).ID, "Keksitty Oy has called")
	w.mustNight("2026-11-04")
	out := w.mustCommand("-export", "17")
	for _, has := range []string{"Keksitty Oy, 1234567-1, Keksitty katu 1", "Keksitty Oy has called", "bank/L1/" + id} {
		assert.Contains(t, out, has)
	}
	w.bank("2026-11-04")
	w.mustNight("2026-11-05")
	_, err = w.command(forget...)
	require.ErrorIs(t, err, sqlstore.ErrUnfinished, "the comment waits for an answer")
	w.decideBy(w.items()[0].Key, "-as", "drop")
	w.mustCommand(forget...)
	out = w.mustCommand("-export", "17")
	assert.NotContains(t, out, "Keksitty")
	assert.Contains(t, out, "bank/L1/"+id)

	// The bank line comes once more, after somebody has emptied our own tables.
	w.exec("DELETE FROM payments")
	w.exec("DELETE FROM vouchers WHERE id LIKE 'bank/%'")
	w.exec("DELETE FROM bank_lines")
	w.exec("DELETE FROM maventa_outbox")
	w.bank("2026-11-05", "L1,100.00,Keksitty Oy,1001")
	w.mustNight("2026-11-06")
	require.Contains(t, w.work(), "not_the_debtor", "his name is forgotten")
	w.of(id, func(e *erp, i *invoice) error { // and a person posts it by hand
		l := w.line(i)
		p := payment{line: ledger.BankLine{ID: l.id, Amount: amount(10000), PayerKind: l.kind}, day: maventa.MustDate("2026-11-05"), invoice: id, amount: 10000}
		return e.pay(t.Context(), &p)
	})
	w.mustNight("2026-11-07")
	w.srv.AssertExactlyOnce(t, w.claim(id).ID, "paid", "100.00")
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

// Names are read from the books when an entry is sent: the outbox has none.
func TestOutboxHoldsNoNames(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.bank("2026-11-03", "L1,30.00,Keksitty Oy,1001")
	w.mustNight("2026-11-04")
	assert.Equal(t, "70.00", w.claim(id).OpenAmount)
	assert.Contains(t, w.srv.RequestsTo("Invoices.TransferToRopo")[0].Body, "Keksitty Oy")
	var held int
	w.books(func(e *erp) error {
		const named = "SELECT COUNT(*) FROM maventa_outbox WHERE entry LIKE '%Keksitty%' OR why LIKE '%Keksitty%'"
		return e.tx.QueryRowContext(t.Context(), named).Scan(&held)
	})
	assert.Zero(t, held)
}
