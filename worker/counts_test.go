package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
	"github.com/maventa-go/maventa/worker"
)

// TestCompanies counts what there is of each company.
func TestCompanies(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 2)
		wk := w.open(t)
		busy, idle := w.companies[0], w.companies[1]
		w.payments(t, wk, busy, 3)
		require.NoError(t, wk.SetKnownUntil(t.Context(), busy.ID(), maventa.MustDate("2026-11-20")))

		list, err := wk.Companies(t.Context())
		require.NoError(t, err)
		require.Len(t, list, 2)
		of := map[string]worker.CompanyState{list[0].CompanyID: list[0], list[1].CompanyID: list[1]}
		assert.WithinDuration(t, time.Now(), of[busy.ID()].Since, time.Minute)
		got := of[busy.ID()]
		got.Since = time.Time{}
		assert.Equal(t, worker.CompanyState{
			CompanyID: busy.ID(), BusinessID: "", State: "active", KnownUntil: maventa.MustDate("2026-11-20"), Queued: 3,
		}, got)
		assert.Zero(t, of[idle.ID()].Queued)
	})
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
