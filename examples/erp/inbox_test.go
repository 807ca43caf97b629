package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/sqlstore"
)

// An amount of the agency's that are no cents stops no other.
func TestEventOfNoCents(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.exec("UPDATE invoices SET assignment = 'a1' WHERE id = ?", id)
	w.books(func(e *erp) error {
		item := sqlstore.InboxItem{Position: 1, Item: follow.Item{Kind: follow.KindNew, Event: maventa.Event{
			Type: maventa.EventPaid, Author: maventa.AuthorAgency, Amount: maventa.Some(maventa.MustAmount("10.005")),
		}}}
		item.AssignmentID = "a1"
		ack, err := e.takeIn(t.Context(), w.srv.CompanyID(), item, maventa.MustDate("2026-11-04"))
		assert.Equal(t, sqlstore.AckIgnored, ack.State)
		return err
	})
	assert.Equal(t, []string{"no_amount"}, w.work())
}

func TestEventYearsLater(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.srv.Agency().Close(w.claim(id).ID)
	w.mustNight("2026-11-04")
	require.Equal(t, []string{"closed_unpaid"}, w.work())
	w.srv.Clock().AdvanceDays(3 * 365)
	w.srv.Debtor().PayAgency(w.claim(id).ID, "25.00")
	w.mustNight("2029-11-05")
	assert.Contains(t, w.work(), "after_close")
}
