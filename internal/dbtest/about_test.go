package dbtest_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/decode"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// TestForget: no name is left, and nothing comes or leaves a second time.
func TestForget(t *testing.T) {
	withAgency(t, func(t *testing.T, s storage, a *agency) {
		ctx := t.Context()
		store := s.open(t)
		inbox, work, out := store.Inbox(a.client(t)), store.WorkList(a.CompanyID()), store.Outbox(a.CompanyID())
		about := store.About(a.CompanyID(), "i1", a.assignment)
		a.Agency().Comment(a.assignment, "Ann was here")
		_, err := inbox.Look(ctx)
		require.NoError(t, err)
		require.NoError(t, inbox.Acknowledge(ctx, 1, sqlstore.Ack{State: sqlstore.AckIgnored, By: "job", Why: "Ann"}))
		require.NoError(t, work.Put(ctx, sqlstore.WorkItem{Key: "k", Kind: "comment", About: a.assignment, Text: "Ann asks"}))
		payment := paymentOf(t, "bank/1", "10.10")
		payment.AssignmentID, payment.Event.Bank.Payer = a.assignment, "Ann"
		require.NoError(t, out.Put(ctx, payment))
		require.NoError(t, out.Put(ctx, transferOf("100.00")))
		text := func() string {
			held, err := about.Export(ctx)
			require.NoError(t, err)
			all, err := json.Marshal(held)
			require.NoError(t, err)
			return string(all)
		}
		held, err := about.Export(ctx)
		require.NoError(t, err)
		event := held.Inbox[0].Event
		require.NoError(t, event.Extra.Set("phone", "040 of Ann"))
		stored, err := decode.Marshal(&event)
		require.NoError(t, err)
		_, err = s.connect(t).ExecContext(ctx, fmt.Sprintf("UPDATE maventa_inbox SET event = '%s'", stored))
		require.NoError(t, err)
		held, err = about.Export(ctx)
		require.NoError(t, err)
		require.Equal(t, event.Extra, held.Inbox[0].Event.Extra)
		before := text()
		for _, has := range []string{"Ann was here", `"Why":"Ann"`, "Ann asks", `"Payer":"Ann"`, `"name":"Ann"`, "bank_reference"} {
			assert.Contains(t, before, has)
		}
		require.ErrorIs(t, about.Forget(ctx), sqlstore.ErrUnfinished, "an entry is to be sent")
		for _, key := range []string{"bank/1", "collect/i1"} {
			_, err := out.Withdraw(ctx, key, sqlstore.OutboxNotNeeded, "Bo", "Ann has paid")
			require.NoError(t, err)
		}
		require.ErrorIs(t, about.Forget(ctx), sqlstore.ErrUnfinished, "an item waits")
		require.NoError(t, work.Decide(ctx, "k", sqlstore.Decision{Kind: sqlstore.DecideDrop, Who: "Bo", Why: "Ann has paid"}))
		assert.Contains(t, text(), "Ann was here", "nothing was changed so far")
		require.NoError(t, about.Forget(ctx))
		after := text()
		held, err = about.Export(ctx)
		require.NoError(t, err)
		assert.Empty(t, held.Inbox[0].Event.Extra)
		for _, gone := range []string{"Ann", "bank_reference"} {
			assert.NotContains(t, after, gone)
		}
		for _, left := range []string{"bank/1", "10.1", "collect/i1", "2026-11-20", `"k"`, `"comment"`, "Bo"} {
			assert.Contains(t, after, left)
		}
		report, err := inbox.Look(ctx)
		require.NoError(t, err)
		assert.Equal(t, sqlstore.LookReport{Last: 1}, report, "no revision")
		require.NoError(t, out.Put(ctx, transferOf("100.00")))
		taken, err := out.Take(ctx, 0)
		require.NoError(t, err)
		assert.Empty(t, taken)
		require.NoError(t, about.Forget(ctx), "once more")

		held, err = store.About("another company", "i1", a.assignment).Export(ctx)
		require.NoError(t, err)
		assert.Equal(t, &sqlstore.Held{}, held)
		assert.Equal(t, maventa.ActionAskPerson, maventa.Advise(sqlstore.ErrUnfinished).Action)
	})
}

// TestPutAfterForget: the same payment once more, after its debtor was forgotten, changes nothing.
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
