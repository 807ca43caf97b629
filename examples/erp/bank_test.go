package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/sqlstore"
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

// An item that is about no entry has one answer: any other would seem to do something.
func TestItemWithoutAnEntry(t *testing.T) {
	w := newWorld(t, agencyRopo)
	w.bank("2026-11-03", "L1,5.00,Keksitty Oy,4711")
	w.mustNight("2026-11-04")
	for _, as := range []string{"again", "not_mine", "adopt", "never_arrived", ""} {
		_, err := w.command("-decide", "bank/L1", "-company", w.srv.CompanyID(), "-who", "Maija", "-why", "we have looked", "-as", as)
		require.ErrorContains(t, err, "the answers are: drop (nothing else happens); nothing was changed", as)
	}
	assert.Equal(t, []string{"no_invoice"}, w.work())
	w.decideBy("bank/L1", "-as", "drop")
	assert.Empty(t, w.work())
}

// What comes on a closed case is held until a person has asked the agency.
func TestPaymentYearsLater(t *testing.T) {
	for _, as := range []sqlstore.DecisionKind{sqlstore.DecideAgain, sqlstore.DecideDrop} {
		t.Run(string(as), func(t *testing.T) {
			w := newWorld(t, agencyRopo)
			id := w.sell(0, "1001", "2026-10-20")
			w.mustNight("2026-11-03")
			w.srv.Agency().Close(w.claim(id).ID)
			w.mustNight("2026-11-04")
			w.bank("2026-11-03", "L1,10.00,Keksitty Oy,1001")
			w.mustNight("2026-11-05")
			w.mustNight("2026-11-05")
			assert.Equal(t, "90.00", w.open(id), "it is booked")
			assert.Empty(t, w.srv.RequestsTo("Assignments.AddEvent"))
			require.Equal(t, []string{"closed_unpaid", "closed_case", "balances_differ"}, w.work())
			assert.Contains(t, w.items()[1].Text, "ask it whether it wants to hear of it")
			_, err := w.command("-decide", "bank/L1/"+id+"/1", "-company", w.srv.CompanyID(), "-who", "Maija", "-why", "we have looked", "-as", "not_mine")
			require.ErrorContains(t, err, "the answers are: again, drop; nothing was changed", "it would be sent")
			w.decideBy("bank/L1/"+id+"/1", "-as", string(as))
			w.bank("2026-11-04")
			w.mustNight("2026-11-06")
			w.mustNight("2026-11-06")
			state := map[sqlstore.DecisionKind]sqlstore.OutboxState{sqlstore.DecideAgain: sqlstore.OutboxDone, sqlstore.DecideDrop: sqlstore.OutboxWithdrawn}
			assert.Equal(t, state[as], w.state("bank/L1/"+id+"/1"))
			assert.Len(t, w.srv.RequestsTo("Assignments.AddEvent"), map[sqlstore.DecisionKind]int{sqlstore.DecideAgain: 1}[as])
		})
	}
}

// The table of docs/integration.md names functions that are there.
func TestTable(t *testing.T) {
	doc, err := os.ReadFile("../../docs/integration.md")
	require.NoError(t, err)
	code, err := os.ReadDir(".")
	require.NoError(t, err)
	var text strings.Builder
	for _, f := range code {
		if strings.HasSuffix(f.Name(), ".go") {
			source, err := os.ReadFile(f.Name())
			require.NoError(t, err)
			text.Write(source)
		}
	}
	_, table, found := strings.Cut(string(doc), "| In `examples/erp` |\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")[1:]
	assert.Len(t, rows, 21)
	for _, row := range rows {
		columns := strings.Split(row, "|")
		require.Len(t, columns, 7, row)
		names := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(columns[5], -1)
		assert.True(t, len(names) > 0 || strings.TrimSpace(columns[5]) == "–", row)
		for _, name := range names {
			assert.Contains(t, text.String(), ") "+name[1]+"(ctx context.Context", row)
		}
	}
}
