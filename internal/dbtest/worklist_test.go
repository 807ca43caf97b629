package dbtest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// TestWorkList: a payment that may be a duplicate is asked about once, decided, sent
// with that, and closed.
func TestWorkList(t *testing.T) {
	withAgency(t, func(t *testing.T, s storage, a *agency) {
		ctx := t.Context()
		store, c := s.open(t), a.client(t)
		work, l := store.WorkList(c.CompanyID()), ledger.New(c, store.Journal(), ledger.SettleTime(0))
		amount, err := maventa.ParseAmount("10.00")
		require.NoError(t, err)
		payment := maventa.DirectPayment(amount, maventa.DateOf(time.Now().UTC().AddDate(0, 0, -1)))
		_, err = c.Assignments.AddEvent(ctx, a.assignment, payment)
		require.NoError(t, err)

		run := func() error {
			entry := ledger.Entry{Key: "bank/1", Event: payment}
			dropped, err := work.Apply(ctx, &entry)
			require.NoError(t, err)
			require.False(t, dropped)
			_, err = l.EnsureEvent(ctx, a.assignment, entry)
			require.NoError(t, work.Note(ctx, entry.Key, err))
			return err
		}
		for range 2 {
			require.ErrorIs(t, run(), ledger.ErrPossibleDuplicate)
		}
		open, err := work.Open(ctx, 0)
		require.NoError(t, err)
		require.Len(t, open, 1)
		item := open[0]
		assert.Equal(t, "possible_duplicate", item.Kind)
		assert.Equal(t, a.assignment, item.About)
		assert.Len(t, item.IDs, 1)
		assert.WithinDuration(t, time.Now(), item.Since, time.Minute)
		require.NoError(t, work.Assign(ctx, "bank/1", "Ann"))

		word := sqlstore.Decision{Who: "Ann", Why: "two payments on one day"}
		decide := func(key string, kind sqlstore.DecisionKind, id string) error {
			d := word
			d.Kind, d.EventID = kind, id
			return work.Decide(ctx, key, d)
		}
		for _, bad := range []error{
			decide("bank/1", "maybe", ""), decide("bank/1", sqlstore.DecideAdopt, a.assignment), decide("bank/1", sqlstore.DecideNeverArrived, ""),
			work.Decide(ctx, "bank/1", sqlstore.Decision{Kind: sqlstore.DecideDrop}),
		} {
			require.ErrorIs(t, bad, maventa.ErrValidation)
		}
		require.ErrorIs(t, decide("bank/2", sqlstore.DecideDrop, ""), maventa.ErrNotFound)
		require.NoError(t, decide("bank/1", sqlstore.DecideNotMine, ""))
		require.NoError(t, work.Note(ctx, "bank/1", &maventa.Error{
			Target: a.assignment, Kind: ledger.ErrPossibleDuplicate, Details: item.IDs,
		}), "of a run that did not know the decision")
		item, found, err := work.Find(ctx, "bank/1")
		require.NoError(t, err)
		require.True(t, found)
		assert.Equal(t, sqlstore.WorkDecided, item.State)
		assert.Equal(t, "Ann", item.Owner)
		assert.WithinDuration(t, time.Now(), item.Decision.At, time.Minute)

		require.NoError(t, run())
		item, _, err = work.Find(ctx, "bank/1")
		require.NoError(t, err)
		assert.Equal(t, sqlstore.WorkClosed, item.State)
		require.ErrorIs(t, decide("bank/1", sqlstore.DecideDrop, ""), sqlstore.ErrSettled)
		payments := 0
		for _, err := range c.Assignments.Events(ctx, a.assignment) {
			require.NoError(t, err)
			payments++
		}
		assert.Equal(t, 2, payments)

		// The item is open although another process has settled the entry.
		require.NoError(t, work.Put(ctx, sqlstore.WorkItem{Key: "bank/1", Kind: "undecided", Text: "an old question"}))
		require.ErrorIs(t, decide("bank/1", sqlstore.DecideDrop, ""), sqlstore.ErrSettled)
	})
}

// TestWorkListTransfers: the decisions on transfers name the attempt in question.
func TestWorkListTransfers(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		work := s.open(t).WorkList(someCompany)
		at := time.Date(2026, 11, 22, 1, 2, 3, 4000, time.UTC)
		undecided := &maventa.Error{Target: "invoice", Kind: ledger.ErrUndecided, Outcome: maventa.OutcomeUnknown, FirstSent: at}
		refused := &maventa.Error{Target: "invoice", Kind: maventa.ErrTransferFailed, Outcome: maventa.OutcomeRejected}
		drop := sqlstore.Decision{Kind: sqlstore.DecideDrop, Who: "Ann", Why: "paid"}
		apply := func() (ledger.TransferEntry, bool) {
			entry := ledger.TransferEntry{Key: "collect/1"}
			dropped, err := work.ApplyTransfer(ctx, &entry)
			require.NoError(t, err)
			return entry, dropped
		}
		require.NoError(t, work.NoteTransfer(ctx, "collect/1", &ledger.Handover{Attempt: at}, undecided))
		got, dropped := apply()
		assert.Equal(t, ledger.TransferEntry{Key: "collect/1"}, got)
		assert.False(t, dropped)
		d := drop
		d.Kind = sqlstore.DecideNeverArrived
		require.NoError(t, work.Decide(ctx, "collect/1", d))
		got, _ = apply()
		assert.Equal(t, at, got.NeverArrived)

		later := at.Add(time.Hour)
		require.NoError(t, work.NoteTransfer(ctx, "collect/1", &ledger.Handover{Attempt: later}, refused))
		item, _, err := work.Find(ctx, "collect/1")
		require.NoError(t, err)
		assert.Equal(t, sqlstore.WorkOpen, item.State, "another question")
		d.Kind = sqlstore.DecideAgain
		require.NoError(t, work.Decide(ctx, "collect/1", d))
		got, _ = apply()
		assert.Equal(t, later, got.Again)
		require.NoError(t, work.NoteTransfer(ctx, "collect/1", &ledger.Handover{Attempt: later}, refused))
		item, _, err = work.Find(ctx, "collect/1")
		require.NoError(t, err)
		assert.Equal(t, sqlstore.WorkOpen, item.State, "the decision was used, and did not help")

		require.NoError(t, work.Decide(ctx, "collect/1", drop))
		_, dropped = apply()
		assert.True(t, dropped)
		require.NoError(t, work.Note(ctx, "other", nil), "most entries have no item")
		require.NoError(t, work.Note(ctx, "other", &maventa.Error{Kind: ledger.ErrUnsettled, Outcome: maventa.OutcomeUnknown}), "it passes")
		_, found, err := work.Find(ctx, "other")
		require.NoError(t, err)
		assert.False(t, found)
		require.NoError(t, work.Note(ctx, "other", errors.New("something else")))
		all, err := s.open(t).WorkList("").Open(ctx, 10)
		require.NoError(t, err)
		require.Len(t, all, 1)
		assert.Equal(t, "other", all[0].Key)
		require.Error(t, s.open(t).WorkList("").Assign(ctx, "other", "Ann"))
	})
}
