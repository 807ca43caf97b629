package ledger_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/internal/ledgermodel"
	"github.com/maventa-go/maventa/ledger"
)

// TestModel explores at random what may happen to two and three servers over one
// journal; see package ledgermodel. go test -run TestModel . -model.seeds=30000
// runs long, -model.seeds=1 -model.from=7 one seed again.
func TestModel(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		ledgermodel.Run(t, func(*testing.T) ledgermodel.Store {
			j := ledger.NewMemory()
			return ledgermodel.Store{Journal: func(int) ledger.Journal { return j }}
		})
	})
	t.Run("file", func(t *testing.T) {
		ledgermodel.Run(t, func(t *testing.T) ledgermodel.Store {
			path := filepath.Join(t.TempDir(), "journal.jsonl")
			j, err := ledger.OpenFile(path)
			require.NoError(t, err)
			t.Cleanup(func() { _ = j.Close() })
			return ledgermodel.Store{
				Journal: func(int) ledger.Journal { return j },
				Restart: func() {
					require.NoError(t, j.Close())
					j, err = ledger.OpenFile(path)
					require.NoError(t, err)
				},
			}
		})
	})
}

// Caution is bounded, too: a payment of the agency that is clearly another one does
// not make a lost report a matter for a person.
func TestCaution(t *testing.T) {
	const reports = 200
	settled, wrong := ledgermodel.Caution(t, reports)
	t.Logf("caution: of %d lost reports, %d settled without a person (%d %%), %d wrongly", reports, settled, 100*settled/reports, wrong)
	require.Zero(t, wrong)
	require.GreaterOrEqual(t, settled, reports*95/100)
}
