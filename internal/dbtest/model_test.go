package dbtest_test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/internal/ledgermodel"
	"github.com/maventa-go/maventa/ledger"
)

// TestModel explores at random what may happen to two and three servers over one
// database, each with connections of its own; see package ledgermodel.
// go test -run TestModel . -model.seeds=3000 runs long.
func TestModel(t *testing.T) {
	for _, kind := range kinds[:2] {
		t.Run(kind.name, func(t *testing.T) {
			kind.make(t) // which starts the server, outside of the model's time
			ledgermodel.Run(t, func(t *testing.T) ledgermodel.Store {
				s := kind.make(t)
				s.Environment.Name = "maventatest" // the fake's
				var (
					pools    []*sql.DB
					journals map[int]ledger.Journal
				)
				restart := func() {
					for _, db := range pools {
						require.NoError(t, db.Close())
					}
					pools, journals = nil, map[int]ledger.Journal{}
				}
				restart()
				t.Cleanup(restart)
				return ledgermodel.Store{
					Journal: func(server int) ledger.Journal {
						if journals[server] == nil {
							db := s.connect(t)
							pools = append(pools, db)
							store := s.over(t, db)
							require.NoError(t, store.Migrate(t.Context()))
							journals[server] = store.Journal()
						}
						return journals[server]
					},
					Restart: restart,
				}
			})
		})
	}
}
