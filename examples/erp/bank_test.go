package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A line that is not what it seems is a person's: nothing is booked or reported, and the
// invoice is not transferred meanwhile.
func TestUnclearBankLines(t *testing.T) {
	for name, c := range map[string]struct {
		lines []string
		kind  string // of the item on the work list; empty: all is booked and reported
		here  string // what is open in the books
	}{
		"all of it":                  {[]string{"L1,100.00,keksitty oy ,1001"}, "", "0.00"},
		"one cent too much":          {[]string{"L1,100.01,Keksitty Oy,1001"}, "overpaid", "100.00"},
		"too much in two lines":      {[]string{"L0,40.00,Keksitty Oy,1001", "L1,70.00,Keksitty Oy,1001"}, "overpaid", "60.00"},
		"too much in two parts":      {[]string{"L1,120.00,Keksitty Oy,1001=60.00 1001=60.00"}, "overpaid", "100.00"},
		"somebody else":              {[]string{"L1,30.00,Toinen Asiakas Oy,1001"}, "not_the_debtor", "100.00"},
		"an invoice, and an unknown": {[]string{"L1,30.00,Keksitty Oy,1001=20.00 4711=10.00"}, "no_invoice", "100.00"},
	} {
		for _, isInCollection := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", in collection"}[isInCollection], func(t *testing.T) {
				w := newWorld(t, agencyRopo)
				due := map[bool]string{false: "2026-10-28", true: "2026-10-20"}[isInCollection]
				id := w.sell(0, "1001", due)
				w.mustNight("2026-11-03")
				require.Equal(t, isInCollection, w.writes() == 1)
				w.bank("2026-11-03", c.lines...)
				w.mustNight("2026-11-04")
				assert.Equal(t, c.here, w.open(id))
				if c.kind == "" {
					assert.Empty(t, w.work())
					return
				}
				require.Equal(t, []string{c.kind}, w.work())
				assert.Equal(t, "bank/L1", w.items()[0].Key)
				if isInCollection {
					assert.Equal(t, c.here, w.claim(id).OpenAmount)
					return
				}
				if c.kind == "no_invoice" {
					return
				}
				assert.Zero(t, w.writes(), "it may be paid")
				w.decideBy("bank/L1", "-as", "drop")
				w.bank("2026-11-04")
				w.mustNight("2026-11-05")
				assert.Equal(t, c.here, w.claim(id).TotalAmount)
			})
		}
	}
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

func TestImportFailsForThreeDays(t *testing.T) {
	w := newWorld(t, agencyRopo)
	w.sell(0, "1001", "2026-10-20")
	for _, day := range []string{"2026-11-04", "2026-11-05", "2026-11-06"} {
		w.mustNight(day)
	}
	assert.Zero(t, w.writes())
	assert.Equal(t, []string{"payments_unknown"}, w.work())

	for _, day := range []string{"2026-11-03", "2026-11-04", "2026-11-05", "2026-11-06"} {
		w.bank(day)
	}
	w.mustNight("2026-11-07")
	assert.Equal(t, 1, w.writes(), "the files are in")
}

func TestBankFileIsMissing(t *testing.T) {
	w := newWorld(t, agencyRopo)
	w.sell(0, "1001", "2026-10-20")
	w.bank("2026-11-04")
	require.ErrorContains(t, w.night("2026-11-05"), "the bank file of 2026-11-03 is missing")
	assert.Zero(t, w.writes())
}

func TestPayouts(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.srv.Debtor().PayAgency(w.claim(id).ID, "60.00")
	w.bank("2026-11-03")
	w.mustNight("2026-11-04")
	w.bank("2026-11-04", "L1,60.00,ROPO CAPITAL OY,1001", "L2,60.00,A new name of theirs,1001")
	w.mustNight("2026-11-05")
	assert.Empty(t, w.srv.RequestsTo("Assignments.AddEvent"))
	assert.Equal(t, "40.00", w.claim(id).OpenAmount)
	assert.Contains(t, w.work(), "not_the_debtor", "what may be a payout is a person's")
	assert.Zero(t, w.account("clearing"), "the payout against the agency's payment")
}

func TestLineOfThreeInvoicesOfTwoCompanies(t *testing.T) {
	w := newWorld(t, agencyRopo)
	ids := []string{w.sell(0, "1001", "2026-10-20"), w.sell(0, "1002", "2026-10-20"), w.sell(1, "2001", "2026-10-20")}
	w.mustNight("2026-11-03")
	w.bank("2026-11-03", "L1,60.00,Keksitty Oy,1001=10.00 1002=20.00 2001=30.00")
	w.mustNight("2026-11-04")
	w.mustNight("2026-11-04")
	for i, open := range []string{"90.00", "80.00", "70.00"} {
		assert.Equal(t, open, w.claim(ids[i]).OpenAmount)
		w.srv.AssertExactlyOnce(t, w.claim(ids[i]).ID, "paid", []string{"10.00", "20.00", "30.00"}[i])
	}
	w.bank("2026-11-04", "L2,30.00,Keksitty Oy,1001=20.00 1002=20.00", "L3,1.00,Keksitty Oy,4711")
	w.mustNight("2026-11-05")
	assert.Contains(t, w.work(), "limit_reached", "the parts are more than the line")
	assert.Contains(t, w.work(), "no_invoice")
}
