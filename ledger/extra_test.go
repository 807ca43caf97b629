package ledger_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

// A field overridden by Extra, as NewEvent's doc says; a lost answer; sent again.
func TestExtraOverridesAmount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		entry := payment("bank-1", "100.00")
		entry.Event.Extra = extraOf(t, "amount", 10000) // the service wants cents
		l.answer = dropAfter
		_, err := l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		require.Len(t, l.events, 1)
		time.Sleep(20 * time.Minute)
		_, err = l.ensure(entry)
		require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "booked twice: %v", l.events)
	})
}

// Without a typed amount, another payment of another amount is taken for it.
func TestExtraRecover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		e := maventa.NewEvent{Type: maventa.EventPaid, Date: payday, Extra: extraOf(t, "amount", 100)}
		entry := ledger.Entry{Key: "bank-1", Event: e}
		l.lost = true
		_, err := l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		l.paid("37.50") // somebody else's, another amount
		time.Sleep(20 * time.Minute)
		_, err = l.Recover(t.Context())
		require.NoError(t, err)
		stored, _, _ := l.journal.Find(t.Context(), ledger.JournalKey{Environment: "stage", CompanyID: ct.CompanyID, Key: "bank-1"})
		assert.False(t, stored.Done(), "100 is taken for reported by event %s of 37.50", stored.EventID)
	})
}

// Amount through Extra only, date as UTC timestamp.
func TestExtraAmountInOtherSpelling(t *testing.T) {
	for name, run := range map[string]bool{"recover": true, "again": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newRaw(t)
				l.shown = func(e map[string]any) map[string]any {
					c := minus(e)
					c["date"] = "2026-11-19T22:00:00Z"
					return c
				}
				l.answer = dropAfter
				entry := payment("bank-1", "100.00")
				if !run {
					entry.Event = maventa.NewEvent{Type: maventa.EventPaid, Date: payday}
				}
				entry.Event.Extra = extraOf(t, "amount", 10000)
				_, err := l.ensure(entry)
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				time.Sleep(20 * time.Minute)
				if run {
					open, err := l.Recover(t.Context())
					require.NoError(t, err)
					assert.Len(t, open, 1)
				}
				_, err = l.ensure(entry)
				require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
				assert.Equal(t, 1, l.posts, "booked twice")
			})
		})
	}
}

// The type, overridden by a known one.
func TestExtraOverridesType(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.answer = dropAfter
		entry := payment("bank-1", "100.00")
		entry.Event.Extra = extraOf(t, "type", "credit_note")
		_, err := l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		time.Sleep(20 * time.Minute)
		open, err := l.Recover(t.Context())
		require.NoError(t, err)
		assert.Len(t, open, 1)
		_, err = l.ensure(entry)
		require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "booked twice")
	})
}
