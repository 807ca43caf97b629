package worker_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/worker"
)

// TestSettleOnProduction: nobody takes a settle time for playing to production.
func TestSettleOnProduction(t *testing.T) {
	folder := t.TempDir()
	config := worker.Config{
		Environment: maventa.Production, Installation: "test", Marker: filepath.Join(folder, "marker"),
		Database: "sqlite:" + filepath.Join(folder, "maventa.db"), Settle: 5 * time.Second,
	}
	_, err := worker.Open(t.Context(), config)
	require.ErrorIs(t, err, worker.ErrConfig)
	config.Settle = 0
	w, err := worker.Open(t.Context(), config)
	require.NoError(t, err)
	require.NoError(t, w.Close())
}
