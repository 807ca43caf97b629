package dbtest_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// TestOutboxMany: what a worker does for many entries at a time is what it would do
// for each.
func TestOutboxMany(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		store := s.open(t)
		out, work := store.Outbox(someCompany), store.WorkList(someCompany)
		for n := range 5 {
			transfer := transferOf("90.00")
			transfer.Transfer.Key = fmt.Sprint("collect/", n)
			require.NoError(t, out.Put(ctx, paymentOf(t, fmt.Sprint("bank/", n), "10.10")))
			require.NoError(t, out.Put(ctx, transfer))
		}

		events, err := out.Take(ctx, 4, sqlstore.OutboxEvents)
		require.NoError(t, err)
		transfers, err := out.Take(ctx, 0, sqlstore.OutboxTransfers)
		require.NoError(t, err)
		require.Len(t, events, 4)
		require.Len(t, transfers, 5)

		// Two questions, which a person answers; the next run applies that.
		results := []sqlstore.OutboxResult{
			{Key: "bank/0"},
			{Key: "bank/1", Again: time.Minute},
			{Key: "bank/2", Err: &maventa.Error{Kind: ledger.ErrPossibleDuplicate, Details: []string{"e1", "e2"}}},
			{Key: "bank/3", Err: &maventa.Error{Kind: ledger.ErrPossibleDuplicate, Details: []string{"e3"}}},
			{Key: "collect/0", Err: &maventa.Error{Kind: ledger.ErrUndecided, Outcome: maventa.OutcomeUnknown}, Stands: &ledger.Handover{Attempt: time.Unix(1, 0)}},
		}
		tx, err := s.connect(t).BeginTx(ctx, nil)
		require.NoError(t, err)
		require.NoError(t, out.In(tx).SentAll(ctx, results))
		require.NoError(t, work.In(tx).NoteAll(ctx, results))
		require.NoError(t, tx.Commit())
		for key, want := range map[string]sqlstore.OutboxState{
			"bank/0": sqlstore.OutboxDone, "bank/1": sqlstore.OutboxQueued, "bank/2": sqlstore.OutboxHeld, "collect/0": sqlstore.OutboxHeld,
		} {
			e, _, err := out.Find(ctx, key)
			require.NoError(t, err)
			assert.Equal(t, want, e.State, key)
		}
		require.ErrorIs(t, out.SentAll(ctx, []sqlstore.OutboxResult{{Key: "nothing"}}), maventa.ErrNotFound)
		open, err := work.Open(ctx, 0)
		require.NoError(t, err)
		require.Len(t, open, 3)
		require.NoError(t, work.Decide(ctx, "bank/2", sqlstore.Decision{Kind: sqlstore.DecideAdopt, EventID: open[0].IDs[0], Who: "Ann", Why: "it is"}))
		require.NoError(t, work.Decide(ctx, "bank/3", sqlstore.Decision{Kind: sqlstore.DecideDrop, Who: "Ann", Why: "no"}))
		require.NoError(t, work.Decide(ctx, "collect/0", sqlstore.Decision{Kind: sqlstore.DecideNeverArrived, Who: "Ann", Why: "no"}))
		run := slices.Concat(events[1:4], transfers)
		dropped, err := work.ApplyAll(ctx, run)
		require.NoError(t, err)
		for i := range run {
			assert.Equal(t, run[i].Key() == "bank/3", dropped[i], run[i].Key())
			if run[i].Key() == "bank/2" {
				assert.Equal(t, "e1", run[i].Event.Adopt)
			}
			if run[i].Key() == "collect/0" {
				assert.Equal(t, time.Unix(1, 0).UTC(), run[i].Transfer.NeverArrived)
			}
		}
		for _, c := range []struct {
			again time.Duration
			want  sqlstore.WorkState
		}{{time.Minute, sqlstore.WorkDecided}, {0, sqlstore.WorkClosed}} {
			require.NoError(t, work.NoteAll(ctx, []sqlstore.OutboxResult{{Key: "bank/2", Again: c.again}, {Key: "bank/0"}}))
			item, _, err := work.Find(ctx, "bank/2")
			require.NoError(t, err)
			assert.Equal(t, c.want, item.State)
		}
		_, found, err := work.Find(ctx, "bank/0")
		require.NoError(t, err)
		assert.False(t, found, "most have none")
	})
}

// TestLend: nobody else is given what is lent, until its time is over or the process
// that had it was killed.
func TestLend(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		store := s.open(t)
		take := func(o *sqlstore.Outbox) int {
			taken, err := o.Take(ctx, 0)
			require.NoError(t, err)
			return len(taken)
		}
		for _, company := range []string{"c1", "c2"} {
			require.NoError(t, store.Outbox(company).Put(ctx, paymentOf(t, "bank/1", "1.00")))
		}
		assert.Equal(t, 1, take(store.Outbox("c2").Lend(time.Hour)))
		assert.Equal(t, 1, take(store.Outbox("").Lend(time.Millisecond)))
		time.Sleep(2 * time.Millisecond)
		assert.Equal(t, 1, take(store.Outbox("")), "it was lent for a moment only")

		// The process that had them was killed, and the next one is alone.
		n, err := s.open(t).GiveBack(ctx)
		require.NoError(t, err)
		assert.Equal(t, int64(2), n)
		assert.Equal(t, 2, take(store.Outbox("")))
	})
}

// BenchmarkOutbox puts, takes and ends 50 entries at a time as a worker does, without
// sending them, beside 20,000 that are due. It is a measurement, not a test:
//
//	go test -run '^$' -bench Outbox -benchtime 20x .
func BenchmarkOutbox(b *testing.B) {
	for _, kind := range kinds {
		b.Run(kind.name, func(b *testing.B) {
			ctx, s := b.Context(), kind.make(b)
			store, db := s.open(b), s.connect(b)
			key := 0
			put := func(company string, n int) {
				tx, err := db.BeginTx(ctx, nil)
				require.NoError(b, err)
				in := store.Outbox(company).In(tx)
				for range n {
					key++
					event := maventa.DirectPayment(maventa.MustAmount("1.00"), maventa.MustDate("2026-11-20"))
					require.NoError(b, in.Put(ctx, sqlstore.OutboxEntry{AssignmentID: "a", Event: &ledger.Entry{Key: fmt.Sprint("bank/", key), Event: event}}))
				}
				require.NoError(b, tx.Commit())
			}
			for n := range 20 {
				put(fmt.Sprint("c", n), 1000)
			}
			out, work := store.Outbox(someCompany), store.WorkList(someCompany)
			var spent [4]time.Duration
			timed := func(n int, do func() error) {
				began := time.Now()
				require.NoError(b, do())
				spent[n] += time.Since(began)
			}
			for b.Loop() {
				var taken []sqlstore.OutboxEntry
				var results []sqlstore.OutboxResult
				timed(0, func() error { put(someCompany, 50); return nil })
				timed(1, func() (err error) { taken, err = out.Take(ctx, 50); return err })
				require.Len(b, taken, 50)
				for _, e := range taken {
					results = append(results, sqlstore.OutboxResult{Key: e.Key()})
				}
				timed(2, func() error { _, err := work.ApplyAll(ctx, taken); return err })
				timed(3, func() error {
					tx, err := db.BeginTx(ctx, nil)
					require.NoError(b, err)
					require.NoError(b, out.In(tx).SentAll(ctx, results))
					require.NoError(b, work.In(tx).NoteAll(ctx, results))
					return tx.Commit()
				})
			}
			for n, name := range []string{"put", "take", "apply", "sent"} {
				b.ReportMetric(float64(spent[n].Microseconds())/1000/float64(b.N), "ms/"+name)
			}
		})
	}
}
