package dbtest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

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

// TestWithdrawOfLent: an entry is not withdrawn while it is lent, nor within 15 minutes
// after it was taken.
func TestWithdrawOfLent(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		out := s.open(t).Outbox(someCompany)
		for n, c := range []struct {
			lent, ago time.Duration
			unsent    bool
		}{
			{2 * time.Hour, 20 * time.Minute, false},
			{time.Minute, 14 * time.Minute, false},
			{time.Minute, 16 * time.Minute, true},
		} {
			key := fmt.Sprint("bank/", n)
			require.NoError(t, out.Put(ctx, paymentOf(t, key, "10.10")))
			taken, err := out.Lend(c.lent).Take(ctx, 0)
			require.NoError(t, err)
			require.Len(t, taken, 1)
			_, err = s.connect(t).ExecContext(ctx, fmt.Sprintf("UPDATE maventa_outbox SET due_at = due_at - %[1]d, taken_at = taken_at - %[1]d WHERE entry_key = '%[2]s'",
				c.ago.Microseconds(), key))
			require.NoError(t, err)
			unsent, err := out.Withdraw(ctx, key, sqlstore.OutboxWithdrawn, "Ann", "it bounced")
			require.NoError(t, err)
			assert.Equal(t, c.unsent, unsent, "lent for %s, taken %s ago", c.lent, c.ago)
			require.NoError(t, out.Sent(ctx, key, nil, 0)) // not to be taken again
		}
	})
}

// TestSentAfterWithdrawal: what is withdrawn while somebody stands still with it, and is sent then, is a person's.
func TestSentAfterWithdrawal(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		store := s.open(t)
		out, work := store.Outbox(someCompany), store.WorkList(someCompany)
		payment := paymentOf(t, "bank/1", "10.10")
		payment.InvoiceID = "i1"
		require.NoError(t, out.Put(ctx, payment))
		for range 2 { // whose process was killed, and one that stands still
			_, err := store.GiveBack(ctx)
			require.NoError(t, err)
			taken, err := out.Take(ctx, 0)
			require.NoError(t, err)
			require.Len(t, taken, 1)
		}
		_, err := store.GiveBack(ctx)
		require.NoError(t, err)
		unsent, err := out.Withdraw(ctx, "bank/1", sqlstore.OutboxWithdrawn, "Ann", "it bounced")
		require.NoError(t, err)
		require.True(t, unsent)
		require.NoError(t, out.Sent(ctx, "bank/1", nil, 0))
		open, err := work.Open(ctx, 0)
		require.NoError(t, err)
		assert.Empty(t, open, "nothing was sent")

		record := ledger.Record{
			JournalKey: ledger.JournalKey{Environment: s.Environment.Name, CompanyID: someCompany, Key: "bank/1"},
			Operation:  "Assignments.AddEvent", AssignmentID: "a1", BegunAt: time.Now().UTC().Truncate(time.Microsecond),
		}
		_, claimed, err := store.Journal().Begin(ctx, record)
		require.NoError(t, err)
		require.True(t, claimed)
		require.NoError(t, out.Sent(ctx, "bank/1", nil, 0))
		open, err = work.Open(ctx, 0)
		require.NoError(t, err)
		require.Len(t, open, 1)
		assert.Equal(t, "correction/bank/1", open[0].Key)
		require.ErrorIs(t, store.About(someCompany, "i1", "a1").Forget(ctx), sqlstore.ErrUnfinished, "it is about the assignment")
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
