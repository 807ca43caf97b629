package worker

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// TestExplanations: what is explained by its word is a kind that there is, and what a
// person is asked about is explained.
func TestExplanations(t *testing.T) {
	words := map[string]bool{}
	for _, kind := range []*maventa.Kind{
		maventa.ErrValidation, maventa.ErrNotFound, maventa.ErrConflict, maventa.ErrAmbiguous, maventa.ErrOutcomeUnknown,
		maventa.ErrTransferFailed, maventa.ErrTransferStalled,
		ledger.ErrPossibleDuplicate, ledger.ErrKeyReused, ledger.ErrUndecided, ledger.ErrHeld, ledger.ErrPaused, ledger.ErrLimit,
		ledger.ErrPaymentsUnknown, ledger.ErrOvertaken, ledger.ErrAgencyPayer,
	} {
		words[kind.Word()] = true
		assert.Contains(t, explanations, kind.Word())
	}
	// Words of the worker, of sqlstore, and of ledger for a kind that it does not export.
	for _, own := range []string{"dead_keys", "same_business_id", "activation_pending", "uncovered", "correction", "content_refused"} {
		words[own] = true
	}
	for word := range explanations {
		assert.True(t, words[word], word)
	}
}

// TestExplain: each kind has words, and only decisions that the work list takes.
func TestExplain(t *testing.T) {
	item := sqlstore.WorkItem{Kind: "possible_duplicate", IDs: []string{"e1"}}
	assert.Equal(t, []sqlstore.DecisionKind{sqlstore.DecideAdopt, sqlstore.DecideNotMine, sqlstore.DecideDrop}, explain(&item).decisions)
	item.IDs = nil
	assert.Equal(t, []sqlstore.DecisionKind{sqlstore.DecideDrop}, explain(&item).decisions)
	item.Kind = "one that is not known"
	assert.NotEmpty(t, explain(&item).happened)
	assert.Equal(t, sqlstore.DecideAgain, explain(&item).decisions[0])
}
