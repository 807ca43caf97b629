package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// What lies on the clearing account for too long is a person's.
func TestClearing(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		text string
	}{
		"nothing came":                         {"", "more than 30 days: the agency has got 60.00 more than it has paid out or charged"},
		"a part came":                          {"L1,50.00,ROPO,", "got 10.00 more"},
		"all came":                             {"L1,60.00,ROPO,", ""},
		"all but the commission":               {"L1,58.00,ROPO,commission=2.00", ""},
		"more came":                            {"L1,75.00,ROPO,", "paid out 15.00 more than it says it got"},
		"all came, and interest of the debtor": {"L1,60.00,ROPO,1001 interest=3.00", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, agencyRopo)
			id := w.sell(0, "1001", "2026-10-20")
			w.mustNight("2026-11-03")
			w.srv.Debtor().PayAgency(w.claim(id).ID, "60.00")
			w.bank("2026-11-03")
			w.mustNight("2026-11-04")
			w.bank("2026-11-04")
			if c.line != "" {
				w.bank("2026-11-04", c.line)
			}
			w.mustNight("2026-11-05")
			for _, item := range w.items() {
				assert.NotEqual(t, "clearing", item.Key, "it is too early")
			}
			w.mustNight("2026-12-10")
			text := ""
			for _, item := range w.items() {
				if item.Key == "clearing" {
					text = item.Text
				}
			}
			if c.text == "" {
				assert.Empty(t, text)
			}
			assert.Contains(t, text, c.text)
		})
	}
}

// An event of a closed period is booked into the open one, and keeps its day.
func TestClosedPeriod(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.srv.Agency().Paid(w.claim(id).ID, "60.00", "2026-11-03")
	w.exec("INSERT INTO closed_periods VALUES ('2026-11-30')")
	w.mustNight("2026-12-02")
	var day, happened maventa.Date
	w.books(func(e *erp) error {
		return e.tx.QueryRowContext(t.Context(), "SELECT day, happened FROM vouchers WHERE account = 'clearing'").Scan(&day, &happened)
	})
	assert.Equal(t, "2026-12-01 of 2026-11-03", day.String()+" of "+happened.String())
}

// Money after a credit loss is marked, whoever got it.
func TestAfterCreditLoss(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.bank("2026-11-03")
	w.mustNight("2026-11-04")
	w.of(id, func(e *erp, i *invoice) error { return e.writeOff(t.Context(), i, maventa.MustDate("2026-11-04")) })
	require.Equal(t, []string{"credit_loss"}, w.work(), "the agency's case is a person's")
	w.srv.Debtor().PayAgency(w.claim(id).ID, "60.00")
	w.bank("2026-11-04", "L1,40.00,Keksitty Oy,1001")
	w.mustNight("2026-11-05")
	assert.Equal(t, int64(-10000), w.account("recovered"))
	assert.Zero(t, w.account("receivables"))
	assert.Equal(t, int64(10000), w.account("credit_losses"))
	assert.ElementsMatch(t, []string{"credit_loss", "after_credit_loss"}, w.work())
	w.srv.AssertExactlyOnce(t, w.claim(id).ID, "paid", "40.00")
}

// Capital alone is compared. Where nobody can know the split, there is no alarm.
func TestBalances(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.bank("2026-11-03")
	w.srv.Agency().Reminder(w.claim(id).ID, "5.00")
	w.mustNight("2026-11-04")
	assert.Empty(t, w.work(), "the agency's reminder is no capital")
	w.srv.Debtor().PayAgency(w.claim(id).ID, "20.00")
	w.bank("2026-11-04")
	w.mustNight("2026-11-05")
	assert.Empty(t, w.work(), "not comparable")
	w.bank("2026-11-05", "L1,15.00,ROPO,1001 fee=5.00")
	w.mustNight("2026-11-06")
	assert.Equal(t, int64(8500), w.account("receivables"), "by the agency's statement 5.00 were its fee")
	assert.Zero(t, w.account("clearing"))
	assert.Empty(t, w.work())

	other := w.sell(0, "1002", "2026-10-20")
	w.bank("2026-11-06")
	w.mustNight("2026-11-07")
	w.srv.AssertEvents(t, w.claim(other).ID)
	w.exec("UPDATE vouchers SET amount = 9000 WHERE account = 'receivables' AND invoice = ?", other)
	w.mustNight("2026-11-08")
	w.mustNight("2026-11-08")
	assert.Equal(t, []string{"balances_differ"}, w.work())
	w.exec("UPDATE vouchers SET amount = 10000 WHERE account = 'receivables' AND invoice = ?", other)
	w.mustNight("2026-11-08")
	assert.Empty(t, w.work(), "they agree again")
}
