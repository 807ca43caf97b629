package dbtest_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

func paymentOf(t *testing.T, key, amount string) sqlstore.OutboxEntry {
	t.Helper()
	event := maventa.DirectPayment(maventa.MustAmount(amount), maventa.MustDate("2026-11-20"))
	require.NoError(t, event.Extra.Set("bank_reference", map[string]any{"line": 7}))
	return sqlstore.OutboxEntry{AssignmentID: "a1", Event: &ledger.Entry{
		Key: key, Event: event, Currency: "EUR", NotMine: []string{"e1"},
		Bank: &ledger.BankLine{ID: "line", Amount: maventa.MustAmount("30.10"), PayerKind: ledger.PayerDebtor},
	}}
}

func transferOf(capital string) sqlstore.OutboxEntry {
	return sqlstore.OutboxEntry{InvoiceID: "i1", Transfer: &ledger.TransferEntry{
		Key: "collect/i1", Ropo: &maventa.RopoTransfer{
			Amounts: maventa.TransferAmounts{CapitalAmount: maventa.MustAmount(capital), ReminderAmount: maventa.MustAmount("0.00")},
			Payers:  []maventa.Payer{{Name: "Ann"}}, DueDate: maventa.MustDate("2026-10-01"), Currency: "EUR",
		},
	}}
}

// TestOutbox: an entry comes out as it was put there, once per time it is due.
func TestOutbox(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		out := s.open(t).Outbox(someCompany)
		take := func() (keys []string) {
			taken, err := out.Take(ctx, 0)
			require.NoError(t, err)
			for _, e := range taken {
				keys = append(keys, e.Key())
			}
			return keys
		}
		state := func(key string) sqlstore.OutboxState {
			e, found, err := out.Find(ctx, key)
			require.NoError(t, err)
			require.True(t, found)
			return e.State
		}

		// In the program's own transaction, or not at all.
		db := s.connect(t)
		for _, commit := range []bool{false, true} {
			tx, err := db.BeginTx(ctx, nil)
			require.NoError(t, err)
			require.NoError(t, out.In(tx).Put(ctx, paymentOf(t, "bank/1", "10.10")))
			if commit {
				require.NoError(t, tx.Commit())
			} else {
				require.NoError(t, tx.Rollback())
				assert.Empty(t, take())
			}
		}
		require.NoError(t, out.Put(ctx, paymentOf(t, "bank/1", "10.10")), "once more")
		require.ErrorIs(t, out.Put(ctx, paymentOf(t, "bank/1", "10.11")), ledger.ErrKeyReused)
		later := paymentOf(t, "bank/2", "5.00")
		later.Due = time.Now().Add(time.Hour)
		require.NoError(t, out.Put(ctx, later))
		require.NoError(t, out.Put(ctx, transferOf("100.00")))
		require.NoError(t, out.Put(ctx, transferOf("90.00")), "a part payment")
		secret := transferOf("1.00")
		secret.Transfer.Ropo.Payers[0].SSN = "010101-123N"
		for _, bad := range []sqlstore.OutboxEntry{{}, {AssignmentID: "a1"}, {Event: later.Event}, secret} {
			require.ErrorIs(t, out.Put(ctx, bad), maventa.ErrValidation)
		}

		got, _, err := out.Find(ctx, "bank/1")
		require.NoError(t, err)
		assert.Equal(t, paymentOf(t, "bank/1", "10.10").Event, got.Event)
		got, _, err = out.Find(ctx, "collect/i1")
		require.NoError(t, err)
		assert.Equal(t, transferOf("90.00").Transfer, got.Transfer)

		assert.ElementsMatch(t, []string{"bank/1", "collect/i1"}, take())
		assert.Empty(t, take(), "others have them")
		require.NoError(t, out.Sent(ctx, "bank/1", nil, 0))
		require.NoError(t, out.Put(ctx, paymentOf(t, "bank/1", "10.10")), "a file that is imported again")
		assert.Equal(t, sqlstore.OutboxDone, state("bank/1"))
		require.NoError(t, out.Sent(ctx, "collect/i1", &maventa.Error{Kind: ledger.ErrLimit}, 0))
		got, _, err = out.Find(ctx, "collect/i1")
		require.NoError(t, err)
		assert.Equal(t, sqlstore.OutboxHeld, got.State)
		assert.Equal(t, "limit_reached", got.LastError)
		assert.Equal(t, 1, got.Attempts)
		assert.Empty(t, take())
		require.NoError(t, out.Release(ctx, "collect/i1", "Ann", "the limit is higher now"))
		assert.Equal(t, []string{"collect/i1"}, take())
		require.NoError(t, out.Sent(ctx, "collect/i1", &maventa.Error{
			Kind: ledger.ErrUnsettled, Outcome: maventa.OutcomeUnknown, RetryAfter: time.Hour,
		}, 0))
		got, _, err = out.Find(ctx, "collect/i1")
		require.NoError(t, err)
		assert.Equal(t, sqlstore.OutboxQueued, got.State)
		assert.WithinDuration(t, time.Now().Add(time.Hour), got.Due, time.Minute)
		require.ErrorIs(t, out.Release(ctx, "collect/i1", "Ann", "again"), sqlstore.ErrSettled)
		require.ErrorIs(t, out.Sent(ctx, "nothing", nil, 0), maventa.ErrNotFound)
	})
}

// TestOutboxWithdraw: what was not sent is withdrawn and stays so; what was, or may
// be on its way, is a person's item.
func TestOutboxWithdraw(t *testing.T) {
	withAgency(t, func(t *testing.T, s storage, a *agency) {
		ctx := t.Context()
		store, c := s.open(t), a.client(t)
		out, work := store.Outbox(c.CompanyID()), store.WorkList(c.CompanyID())
		withdraw := func(key string) bool {
			unsent, err := out.Withdraw(ctx, key, sqlstore.OutboxWithdrawn, "Ann", "it bounced")
			require.NoError(t, err)
			return unsent
		}
		items := func() (keys []string) {
			open, err := work.Open(ctx, 0)
			require.NoError(t, err)
			for _, i := range open {
				keys = append(keys, i.Key)
			}
			return keys
		}
		put := func(key string) {
			e := paymentOf(t, key, "10.10")
			e.AssignmentID = a.assignment
			e.Event.NotMine, e.Event.Bank, e.Event.Currency = nil, nil, ""
			require.NoError(t, out.Put(ctx, e))
		}
		put("bank/1")
		assert.True(t, withdraw("bank/1"))
		assert.True(t, withdraw("bank/1"), "once more")
		put("bank/1")
		taken, err := out.Take(ctx, 0)
		require.NoError(t, err)
		assert.Empty(t, taken, "it stays withdrawn")
		assert.Empty(t, items())

		put("bank/2")
		taken, err = out.Take(ctx, 0)
		require.NoError(t, err)
		require.Len(t, taken, 1)
		assert.False(t, withdraw("bank/2"), "it is on its way")
		_, err = ledger.New(c, store.Journal()).EnsureEvent(ctx, taken[0].AssignmentID, *taken[0].Event)
		require.NoError(t, err)
		assert.False(t, withdraw("bank/2"), "it was sent")
		require.NoError(t, out.Sent(ctx, "bank/2", nil, 0))
		assert.False(t, withdraw("bank/2"))
		assert.Equal(t, []string{"correction/bank/2"}, items())

		put("bank/3")
		_, err = out.Take(ctx, 0)
		require.NoError(t, err)
		require.NoError(t, out.Sent(ctx, "bank/3", &maventa.Error{Kind: ledger.ErrPaused}, 0))
		unsent, err := out.Withdraw(ctx, "bank/3", sqlstore.OutboxNotNeeded, "night", "paid without collection")
		require.NoError(t, err)
		assert.True(t, unsent, "a guard held it")
		_, err = out.Withdraw(ctx, "bank/3", sqlstore.OutboxDone, "x", "y")
		require.ErrorIs(t, err, maventa.ErrValidation)
	})
}

// TestOutboxTogether: two processes take each entry once.
func TestOutboxTogether(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		stores := []*sqlstore.Store{s.open(t), s.open(t)}
		const entries = 40
		for n := range entries {
			require.NoError(t, stores[0].Outbox(someCompany).Put(ctx, paymentOf(t, "bank/"+string(rune('A'+n)), "1.00")))
		}
		var (
			wg    sync.WaitGroup
			mu    sync.Mutex
			taken = map[string]int{}
		)
		for n := range 4 {
			wg.Go(func() {
				for {
					list, err := stores[n%2].Outbox("").Take(ctx, 3)
					if !assert.NoError(t, err) || len(list) == 0 {
						return
					}
					mu.Lock()
					for _, e := range list {
						taken[e.Key()]++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		assert.Len(t, taken, entries)
		for key, times := range taken {
			assert.Equal(t, 1, times, key)
		}
	})
}

// TestWithdrawFreesLine: what is allocated otherwise before it was sent fits into its
// bank line again.
func TestWithdrawFreesLine(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		store := s.open(t)
		out := store.Outbox(someCompany)
		reserve := func(key string) bool {
			allowed, err := store.Reserve(ctx, ledger.Reservation{
				Of: "bank line/7", Across: true, Key: ledger.JournalKey{Environment: s.Environment.Name, CompanyID: someCompany, Key: key},
				Amount: maventa.MustAmount("20.00"), Limit: ledger.Limit{Sum: maventa.Some(maventa.MustAmount("30.10"))},
			})
			require.NoError(t, err)
			return allowed
		}
		require.NoError(t, out.Put(ctx, paymentOf(t, "bank/7/a/1", "20.00")))
		require.True(t, reserve("bank/7/a/1"))
		require.False(t, reserve("bank/7/b/1"))
		unsent, err := out.Withdraw(ctx, "bank/7/a/1", sqlstore.OutboxWithdrawn, "Ann", "of another invoice")
		require.NoError(t, err)
		require.True(t, unsent)
		assert.True(t, reserve("bank/7/b/1"))
		assert.False(t, reserve("bank/7/c/1"))
	})
}
