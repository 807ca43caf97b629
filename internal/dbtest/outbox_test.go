package dbtest_test

import (
	"context"
	"strings"
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

// TestPutDue: given once more, Due counts for what was never taken.
func TestPutDue(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		out := s.open(t).Outbox(someCompany)
		e := paymentOf(t, "bank/1", "10.10")
		for _, c := range []struct{ given, is time.Duration }{
			{time.Hour, time.Hour},
			{2 * time.Hour, 2 * time.Hour},
			{0, 2 * time.Hour}, // it says nothing
			{-time.Hour, -time.Hour},
		} {
			e.Due = time.Time{}
			if c.given != 0 {
				e.Due = time.Now().Add(c.given)
			}
			require.NoError(t, out.Put(ctx, e))
			got, _, err := out.Find(ctx, "bank/1")
			require.NoError(t, err)
			assert.WithinDuration(t, time.Now().Add(c.is), got.Due, time.Minute)
		}
		taken, err := out.Take(ctx, 0)
		require.NoError(t, err)
		require.Len(t, taken, 1)
		require.NoError(t, out.Sent(ctx, "bank/1", nil, time.Minute))
		e.Due = time.Now().Add(time.Hour)
		require.NoError(t, out.Put(ctx, e))
		got, _, err := out.Find(ctx, "bank/1")
		require.NoError(t, err)
		assert.WithinDuration(t, time.Now().Add(time.Minute), got.Due, 10*time.Second, "it is under way")
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

// TestOddTexts: what one database takes and another does not is refused by all of them; a text of the service is noted without it.
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

// TestFailuresWait: what fails waits longer each time that it is the same; one of another
// kind is the first again. What says itself when to try again is believed.
func TestFailuresWait(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		out := s.open(t).Outbox(someCompany)
		require.NoError(t, out.Put(ctx, paymentOf(t, "bank/1", "10.10")))
		refused, forbidden := &maventa.Error{Kind: maventa.ErrUnauthorized}, &maventa.Error{Kind: maventa.ErrForbidden}
		down := &maventa.Error{Outcome: maventa.OutcomeNotSent, Kind: maventa.ErrUnavailable}
		for n, c := range []struct {
			err  error
			wait time.Duration
		}{
			{refused, 5 * time.Second},
			{refused, 20 * time.Second},
			{refused, 80 * time.Second},
			{forbidden, 5 * time.Second},
			{forbidden, 20 * time.Second},
			{forbidden, 80 * time.Second},
			{forbidden, 320 * time.Second},
			{forbidden, 15 * time.Minute},
			{forbidden, 15 * time.Minute},
			{down, time.Second},
			{down, time.Second},
			{&maventa.Error{Outcome: maventa.OutcomeNotSent, Kind: maventa.ErrUnavailable, RetryAfter: 30 * time.Second}, 30 * time.Second},
			{down, time.Second},
			{down, time.Second},
			{down, time.Second},
			{down, time.Second},
			{down, time.Second},
			{down, 2 * time.Second},
			{down, 4 * time.Second},
			{down, 8 * time.Second},
			{down, 16 * time.Second},
			{down, 32 * time.Second},
			{down, time.Minute},
			{&maventa.Error{Kind: ledger.ErrJournal, Err: context.Canceled}, time.Second},
		} {
			_, err := s.connect(t).ExecContext(ctx, "UPDATE maventa_outbox SET due_at = 1")
			require.NoError(t, err)
			taken, err := out.Take(ctx, 0)
			require.NoError(t, err)
			require.Len(t, taken, 1)
			require.NoError(t, out.Sent(ctx, "bank/1", c.err, 0))
			e, _, err := out.Find(ctx, "bank/1")
			require.NoError(t, err)
			assert.Equal(t, sqlstore.OutboxQueued, e.State)
			assert.InDelta(t, c.wait.Seconds(), time.Until(e.Due).Seconds(), 0.9, "%d", n)
		}
	})
}
