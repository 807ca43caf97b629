package dbtest_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/ledger/ledgertest"
)

func TestJournal(t *testing.T) {
	for _, kind := range append(kinds, kind{"SQLite, rollback journal", onRollback}) {
		t.Run(kind.name, func(t *testing.T) {
			type opened struct {
				storage

				db *sql.DB
			}
			where := map[ledger.Journal]opened{}
			journal := func(t testing.TB, s storage) ledger.Journal {
				db := s.connect(t)
				store := s.over(t, db)
				require.NoError(t, store.Migrate(t.Context()))
				require.NoError(t, store.Check(t.Context()))
				j := store.Journal()
				where[j] = opened{s, db}
				return j
			}
			open := func(t testing.TB) ledger.Journal {
				return journal(t, kind.make(t))
			}
			again := func(t testing.TB, j ledger.Journal) ledger.Journal {
				return journal(t, where[j].storage)
			}
			failures := 0
			fail := func(t testing.TB, j ledger.Journal) func() ledger.Journal {
				if failures++; failures%2 == 1 { // the disk with the marker
					marker := where[j].Marker
					require.NoError(t, os.Rename(marker, marker+".away"))
					require.NoError(t, os.Mkdir(marker, 0o700))
					return func() ledger.Journal {
						require.NoError(t, os.Remove(marker))
						require.NoError(t, os.Rename(marker+".away", marker))
						return j
					}
				}
				require.NoError(t, where[j].db.Close()) // the database
				return func() ledger.Journal { return again(t, j) }
			}
			ledgertest.TestJournal(t, open, ledgertest.Second(again), ledgertest.Reopen(again), ledgertest.Fail(fail))
		})
	}
}
