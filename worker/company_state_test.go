package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
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
