package dbtest_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

const someCompany = "9d5c4c3e-0000-4000-8000-000000000000"

// TestReservations: a limit is one for all processes, its keys count once, and
// companies are apart unless it is across.
func TestReservations(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		stores := []ledger.Reservations{s.open(t), s.open(t)}
		five, most := maventa.MustAmount("5.00"), maventa.MustAmount("20.00")
		of := func(key string) ledger.Reservation {
			return ledger.Reservation{
				Of: "transfers/2026-11-30/EUR", Key: ledger.JournalKey{Environment: s.Environment.Name, CompanyID: someCompany, Key: key},
				Amount: five, Limit: ledger.Limit{Count: 10, Sum: maventa.Some(most)},
			}
		}
		var (
			wg      sync.WaitGroup
			allowed atomic.Int64
		)
		for n := range 12 {
			wg.Go(func() {
				ok, err := stores[n%2].Reserve(ctx, of(fmt.Sprint("key ", n)))
				assert.NoError(t, err)
				if ok {
					allowed.Add(1)
				}
			})
		}
		wg.Wait()
		assert.Equal(t, int64(4), allowed.Load())

		reserve := func(r ledger.Reservation) bool {
			ok, err := stores[0].Reserve(ctx, r)
			require.NoError(t, err)
			return ok
		}
		other := of("key 0")
		other.Key.CompanyID = "9d5c4c3e-0000-4000-8000-000000000001"
		assert.True(t, reserve(other), "another company")
		across := of("a")
		across.Of, across.Across, across.Limit = "bank line/1", true, ledger.Limit{Sum: maventa.Some(maventa.MustAmount("7.50"))}
		assert.True(t, reserve(across))
		assert.True(t, reserve(across), "the same key")
		across.Key.CompanyID = other.Key.CompanyID
		assert.False(t, reserve(across), "of all companies")
		across.Amount = maventa.MustAmount("2.50")
		assert.True(t, reserve(across))
		across.Amount = maventa.MustAmount("2.51")
		assert.False(t, reserve(across), "the key's new amount")
		across.Key.Environment = "production"
		_, err := stores[0].Reserve(ctx, across)
		require.ErrorIs(t, err, sqlstore.ErrOtherEnvironment)
	})
}

// TestPause: one switch for all processes; of a copy it is only read.
func TestPause(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		store, other := s.open(t), s.open(t)
		paused := func() string {
			on, why, err := other.Paused(t.Context())
			require.NoError(t, err)
			if !on {
				return ""
			}
			return why
		}
		assert.Empty(t, paused())
		require.ErrorIs(t, store.Pause(t.Context(), "", "why"), maventa.ErrValidation)
		require.NoError(t, store.Pause(t.Context(), "Ann", "the bank's file is wrong"))
		assert.Contains(t, paused(), "the bank's file is wrong, by Ann on ")
		s.Own, s.Marker = "test system", s.Marker+".copy"
		require.ErrorIs(t, s.over(t, s.connect(t)).Resume(t.Context(), "Bob", "testing"), sqlstore.ErrMaybeCopy)
		require.NoError(t, store.Resume(t.Context(), "Ann", "it is right"))
		assert.Empty(t, paused())
	})
}

// TestCopyIsRead: of a copy the work list and the outbox are read, and nothing is
// written.
func TestCopyIsRead(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		store := s.open(t)
		e := paymentOf(t, "bank/1", "1.00")
		require.NoError(t, store.Outbox(someCompany).Put(ctx, e))
		require.NoError(t, store.WorkList(someCompany).Put(ctx, sqlstore.WorkItem{Key: "bank/1", Kind: "mine", Text: "look"}))
		s.Own, s.Marker = "test system", s.Marker+".copy"
		db := s.connect(t)
		store = s.over(t, db)
		out, work := store.Outbox(someCompany), store.WorkList(someCompany)
		_, found, err := out.Find(ctx, "bank/1")
		require.NoError(t, err)
		assert.True(t, found)
		open, err := work.Open(ctx, 0)
		require.NoError(t, err)
		assert.Len(t, open, 1)

		tx, err := db.BeginTx(ctx, nil)
		require.NoError(t, err)
		defer func() { _ = tx.Rollback() }() // does nothing after Commit
		_, taken := out.Take(ctx, 1)
		_, withdrawn := out.Withdraw(ctx, "bank/1", sqlstore.OutboxWithdrawn, "Ann", "why")
		_, reserved := store.Reserve(ctx, ledger.Reservation{Of: "x", Key: ledger.JournalKey{
			Environment: s.Environment.Name, CompanyID: someCompany, Key: "bank/1",
		}})
		for name, err := range map[string]error{
			"put in": out.In(tx).Put(ctx, e), "take": taken, "withdraw": withdrawn, "reserve": reserved,
			"sent": out.Sent(ctx, "bank/1", nil, 0), "release": out.Release(ctx, "bank/1", "Ann", "why"),
			"note":   work.Note(ctx, "bank/1", &maventa.Error{Kind: ledger.ErrUndecided, Outcome: maventa.OutcomeUnknown}),
			"close":  work.Note(ctx, "bank/1", nil),
			"assign": work.Assign(ctx, "bank/1", "Ann"), "pause": store.Pause(ctx, "Ann", "why"),
			"decide": work.Decide(ctx, "bank/1", sqlstore.Decision{Kind: sqlstore.DecideDrop, Who: "Ann", Why: "why"}),
		} {
			require.ErrorIs(t, err, sqlstore.ErrMaybeCopy, name)
		}
	})
}
