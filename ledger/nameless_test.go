package ledger_test

import (
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

// A nameless credit note explains another credit note, by its number.
func TestNamelessCreditNote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		// CN2 was reported by hand before.
		l.add(map[string]any{"type": "credit_note", "amount": json.Number("40.00"), "date": payday.String(), "invoice_number": "CN2"})
		l.answer = func(string) ct.Reply { return ct.Reply{Status: 204} }
		listed := false
		l.shown = func(e map[string]any) map[string]any { // a new event is listed a little later
			if e["id"] == "e2" && !listed {
				return nil
			}
			return e
		}
		cn := func(key, number string) ledger.Entry {
			return ledger.Entry{Key: key, Event: maventa.CreditNote(maventa.MustAmount("40.00"), payday, number)}
		}
		_, err := l.ensure(cn("cn-1", "CN1"))
		require.NoError(t, err)
		listed = true
		time.Sleep(time.Hour)
		_, err = l.ensure(cn("cn-2", "CN2"))
		assert.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "CN2 is booked twice: %v", l.events)
	})
}

// A nameless payment explains an event that was there before it was sent.
func TestNamelessBaseline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		byHand := l.paid("40.00") // bank-2, reported by hand
		l.answer = func(string) ct.Reply { return ct.Reply{Status: 204} }
		listed := false
		l.shown = func(e map[string]any) map[string]any {
			if e["id"] == "e2" && !listed {
				return nil
			}
			return e
		}
		one := payment("bank-1", "40.00")
		_, err := l.ensure(one)
		require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		one.NotMine = []string{byHand} // right: e1 is bank-2's
		_, err = l.ensure(one)
		require.NoError(t, err)
		listed = true
		time.Sleep(24 * time.Hour)
		two := payment("bank-2", "40.00")
		_, err = l.ensure(two)
		require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		failed, _ := errors.AsType[*maventa.Error](err)
		assert.Contains(t, failed.Details, byHand, "the event in question is not shown")
		two.Adopt = byHand
		_, err = l.ensure(two)
		require.NoError(t, err)
		assert.Equal(t, 1, l.posts, "bank-2 is booked twice: %v", l.events)
	})
}

// The same, with the next payment of the same batch: no question at all.
func TestNamelessBaselineSameBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		byHand := l.paid("40.00")
		l.answer = func(string) ct.Reply { return ct.Reply{Status: 204} }
		l.shown = func(e map[string]any) map[string]any {
			if e["id"] == "e2" {
				return nil // listed in a minute
			}
			return e
		}
		one := payment("bank-1", "40.00")
		one.NotMine = []string{byHand}
		_, err := l.ensure(one)
		require.NoError(t, err)
		_, err = l.ensure(payment("bank-2", "40.00"))
		assert.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "bank-2 is booked twice: %v", l.events)
	})
}

// Nameless CN1, then CN2 by hand, then CN2 by the program.
func TestNamelessCreditNoteAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.answer = func(string) ct.Reply { return ct.Reply{Status: 204} }
		listed := false
		l.shown = func(e map[string]any) map[string]any {
			if e["id"] == "e1" && !listed {
				return nil
			}
			return e
		}
		cn := func(key, number string) ledger.Entry {
			return ledger.Entry{Key: key, Event: maventa.CreditNote(maventa.MustAmount("40.00"), payday, number)}
		}
		_, err := l.ensure(cn("cn-1", "CN1"))
		require.NoError(t, err)
		listed = true
		time.Sleep(time.Hour)
		l.add(map[string]any{"type": "credit_note", "amount": json.Number("40.00"), "date": payday.String(), "invoice_number": "CN2"})
		time.Sleep(time.Hour)
		_, err = l.ensure(cn("cn-2", "CN2"))
		assert.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "CN2 is booked twice: %v", l.events)
	})
}

// Nameless with an overridden amount excuses an event of another amount.
func TestNamelessOverridden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.answer = func(string) ct.Reply { return ct.Reply{Status: 204} }
		one := payment("bank-1", "100.00")
		one.Event.Extra = extraOf(t, "amount", 100)
		_, err := l.ensure(one)
		require.NoError(t, err)
		l.paid("40.00") // bank-2, by hand
		time.Sleep(time.Hour)
		_, err = l.ensure(payment("bank-2", "40.00"))
		assert.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "bank-2 is booked twice: %v", l.events)
	})
}

// The same where events show no ids.
func TestNamelessOverriddenWithoutIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.shown = func(e map[string]any) map[string]any { return minus(e, "id") }
		l.answer = func(string) ct.Reply { return ct.Reply{Status: 204} }
		one := payment("bank-1", "100.00")
		one.Event.Extra = extraOf(t, "amount", 100)
		_, err := l.ensure(one)
		require.NoError(t, err)
		l.paid("40.00") // bank-2, by hand
		time.Sleep(time.Hour)
		_, err = l.ensure(payment("bank-2", "40.00"))
		assert.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "bank-2 is booked twice: %v", l.events)
	})
}
