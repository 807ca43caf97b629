package dbtest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// What one database takes and another does not is refused by all of them; a text of the service is noted without it.
func TestOddTexts(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		store := s.open(t)
		out, work := store.Outbox(someCompany), store.WorkList(someCompany)
		other := paymentOf(t, "bank/2", "10.10")
		other.AssignmentID = "a\x00"
		for _, bad := range []sqlstore.OutboxEntry{paymentOf(t, "bank/\xff", "10.10"), paymentOf(t, "bank/\x00", "10.10"), other} {
			require.ErrorIs(t, out.Put(ctx, bad), maventa.ErrValidation)
		}
		require.NoError(t, out.Put(ctx, paymentOf(t, "bank/1", "10.10")))
		require.ErrorIs(t, store.Pause(ctx, "Ann", "\xe4"), maventa.ErrValidation)

		failed := &maventa.Error{Kind: ledger.ErrLimit, Hint: "a\xff\x00b", Target: strings.Repeat("k", 300)}
		require.NoError(t, out.SentAll(ctx, []sqlstore.OutboxResult{{Key: "bank/1", Err: failed}}))
		require.NoError(t, work.NoteAll(ctx, []sqlstore.OutboxResult{{Key: "bank/1", Err: failed}}))
		item, _, err := work.Find(ctx, "bank/1")
		require.NoError(t, err)
		assert.Contains(t, item.Text, "ab")
		assert.Len(t, item.About, 200)
	})
}

// An entry that is lent for long is not withdrawn meanwhile.
func TestWithdrawOfLent(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		out := s.open(t).Outbox(someCompany)
		require.NoError(t, out.Put(ctx, paymentOf(t, "bank/1", "10.10")))
		taken, err := out.Lend(2*time.Hour).Take(ctx, 0)
		require.NoError(t, err)
		require.Len(t, taken, 1)
		_, err = s.connect(t).ExecContext(ctx, "UPDATE maventa_outbox SET taken_at = taken_at - 1200000000") // 20 minutes
		require.NoError(t, err)
		unsent, err := out.Withdraw(ctx, "bank/1", sqlstore.OutboxWithdrawn, "Ann", "it bounced")
		require.NoError(t, err)
		assert.False(t, unsent)
	})
}

// What is withdrawn while somebody stands still with it, and is sent then, is a person's.
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

// The same payment once more, after its debtor was forgotten, changes nothing.
func TestPutAfterForget(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		store := s.open(t)
		out := store.Outbox(someCompany)
		payment := func(amount string) sqlstore.OutboxEntry {
			p := paymentOf(t, "bank/1", amount)
			p.Event.Bank.Payer, p.Event.Event.Comment = "Ann", "of Ann"
			return p
		}
		require.NoError(t, out.Put(ctx, payment("10.10")))
		require.NoError(t, out.Sent(ctx, "bank/1", nil, 0))
		require.NoError(t, store.About(someCompany, "a1").Forget(ctx))
		again := payment("10.10")
		require.NoError(t, out.Put(ctx, again))
		assert.Equal(t, payment("10.10"), again, "what the caller has stays as it is")
		require.ErrorIs(t, out.Put(ctx, payment("10.11")), ledger.ErrKeyReused)
		taken, err := out.Take(ctx, 0)
		require.NoError(t, err)
		assert.Empty(t, taken)
		e, _, err := out.Find(ctx, "bank/1")
		require.NoError(t, err)
		assert.Empty(t, e.Event.Bank.Payer)
	})
}
