package worker_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
	"github.com/maventa-go/maventa/worker"
)

// TestDecideOffered: an answer that the item does not offer would make it vanish, and
// nobody would do anything.
func TestDecideOffered(t *testing.T) {
	w := newWorld(t, kinds[0].make(t), 1)
	wk, id := w.open(t), w.companies[0].ID()
	for _, i := range []sqlstore.WorkItem{
		{Key: "correction/r1", Kind: "correction", Text: "x"},
		{Key: "k", Kind: "possible_duplicate", Text: "no ids"},
	} {
		require.NoError(t, worker.PutItem(t.Context(), wk, id, i))
		for _, kind := range []sqlstore.DecisionKind{sqlstore.DecideAgain, sqlstore.DecideNotMine, "yes"} {
			err := wk.Decide(t.Context(), id, i.Key, sqlstore.Decision{Kind: kind, Who: "Maija", Why: "x"})
			require.ErrorIs(t, err, maventa.ErrValidation)
			require.ErrorContains(t, err, "this item takes: drop")
		}
		require.NotNil(t, item(t, wk, id, i.Key), "it is still there")
		require.NoError(t, wk.Decide(t.Context(), id, i.Key, sqlstore.Decision{Kind: sqlstore.DecideDrop, Who: "Maija", Why: "x"}))
	}
}

// TestBlockedByAnother: a payment that waits for the decision on another one of its
// assignment is reported after it. To drop it would lose it.
func TestBlockedByAnother(t *testing.T) {
	w := newWorld(t, kinds[0].make(t), 1)
	wk, c := w.open(t), w.companies[0]
	id, assignment := c.ID(), c.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "500.00"})
	payment := func(amount string) worker.Entry {
		return worker.Entry{Kind: worker.Payment, AssignmentID: assignment, Amount: amount, Date: today()}
	}
	w.srv.Inject(maventatest.DropBeforeCommit().On("Assignments.AddEvent"))
	put(t, wk, id, "a", payment("10.00"))
	run(t, wk)
	soon(t, func() bool { return w.srv.Count("Assignments.AddEvent") > 0 })
	client, err := maventa.NewClient(w.config.Environment, credentials(c))
	require.NoError(t, err)
	others := make([]string, 2) // of somebody else, equal to the one that is under way
	for i := range others {
		event, err := client.Assignments.AddEvent(t.Context(), assignment, maventa.DirectPayment(maventa.MustAmount("10.00"), today()))
		require.NoError(t, err)
		others[i] = event.ID
	}
	w.ends(t, wk, id, "a", sqlstore.OutboxHeld)
	put(t, wk, id, "b", payment("20.00"))
	assert.Equal(t, "undecided", w.ends(t, wk, id, "b", sqlstore.OutboxHeld).Kind)
	require.NoError(t, wk.Decide(t.Context(), id, "a", sqlstore.Decision{Kind: sqlstore.DecideAdopt, EventID: others[0], Who: "Maija", Why: "ours"}))
	w.ends(t, wk, id, "a", sqlstore.OutboxDone)
	decide(t, wk, id, "b", sqlstore.DecideAgain)
	w.ends(t, wk, id, "b", sqlstore.OutboxDone)
	w.srv.AssertExactlyOnce(t, assignment, "paid", "20.00")
}

func execute(t *testing.T, wk *worker.Worker, statement string, args ...any) {
	t.Helper()
	_, err := wk.DB().ExecContext(t.Context(), statement, args...)
	require.NoError(t, err)
}
