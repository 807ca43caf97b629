package worker_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
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

func execute(t *testing.T, wk *worker.Worker, statement string, args ...any) {
	t.Helper()
	_, err := wk.DB().ExecContext(t.Context(), statement, args...)
	require.NoError(t, err)
}

// TestExplain: each kind has words, and only decisions that the work list takes.
func TestExplain(t *testing.T) {
	item := sqlstore.WorkItem{Kind: "possible_duplicate", IDs: []string{"e1"}}
	assert.Equal(t, []sqlstore.DecisionKind{sqlstore.DecideAdopt, sqlstore.DecideNotMine, sqlstore.DecideDrop}, worker.Explain(&item).Decisions)
	item.IDs = nil
	assert.Equal(t, []sqlstore.DecisionKind{sqlstore.DecideDrop}, worker.Explain(&item).Decisions)
	item.Kind = "one that is not known"
	assert.NotEmpty(t, worker.Explain(&item).Happened)
	assert.Equal(t, sqlstore.DecideAgain, worker.Explain(&item).Decisions[0])
}
