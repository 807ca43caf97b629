package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
)

// Decisions come from the command line, with who and why.
func TestDecisions(t *testing.T) {
	// doubt makes a payment that the agency shows already.
	doubt := func(t *testing.T) (w *world, id, key, event string) {
		t.Helper()
		w = newWorld(t, agencyRopo)
		id = w.sell(0, "1001", "2026-10-20")
		w.mustNight("2026-11-03")
		event = w.srv.Agency().Paid(w.claim(id).ID, "30.00", "2026-11-03")
		w.bank("2026-11-03", "L1,30.00,Keksitty Oy,1001")
		w.mustNight("2026-11-04")
		require.Contains(t, w.work(), "possible_duplicate")
		list := w.mustCommand("-work")
		key = "bank/L1/" + id + "/1"
		assert.Contains(t, list, "for a person: "+key+" (invoice 1001): possible_duplicate")
		assert.Contains(t, list, "answers: adopt -event ID, not_mine, drop")
		assert.Contains(t, list, event)
		w.bank("2026-11-04")
		return w, id, key, event
	}
	for as, c := range map[string]struct {
		open  string // of the claim then
		state sqlstore.OutboxState
	}{
		"adopt":    {"70.00", sqlstore.OutboxDone},
		"not_mine": {"40.00", sqlstore.OutboxDone},
		"drop":     {"70.00", sqlstore.OutboxWithdrawn},
	} {
		t.Run(as, func(t *testing.T) {
			w, id, key, event := doubt(t)
			w.decideBy(key, "-as", as, "-event", event)
			w.mustNight("2026-11-05")
			assert.Equal(t, c.open, w.claim(id).OpenAmount)
			assert.Equal(t, c.state, w.state(key))
		})
	}
	t.Run("again", func(t *testing.T) {
		w := newWorld(t, agencyRopo)
		id := w.sell(0, "1001", "2026-10-20")
		w.exec("UPDATE debtors SET zip = ''")
		w.mustNight("2026-11-03")
		assert.Zero(t, w.writes())
		assert.Equal(t, sqlstore.OutboxHeld, w.state("collect/"+id+"/1"))
		w.exec("UPDATE debtors SET zip = '00100'")
		w.decideBy("collect/"+id+"/1", "-as", "again")
		w.mustNight("2026-11-03")
		assert.Equal(t, 1, w.writes())
	})
	t.Run("refused", func(t *testing.T) {
		w, _, key, _ := doubt(t)
		decide := []string{"-decide", key, "-company", w.srv.CompanyID(), "-as"}
		_, err := w.command(append(decide, "adopt", "-event", "another", "-who", "Maija", "-why", "it is")...)
		require.ErrorIs(t, err, maventa.ErrValidation)
		_, err = w.command(append(decide, "not_mine")...)
		require.ErrorIs(t, err, maventa.ErrValidation, "nobody says so")
		_, err = w.command(append(decide, "again", "-who", "Maija", "-why", "it is")...)
		require.ErrorContains(t, err, "the answers are: adopt -event ID, not_mine, drop; nothing was changed")
		assert.Equal(t, sqlstore.OutboxHeld, w.state(key))
	})
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
