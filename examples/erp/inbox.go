package main

import (
	"context"
	"fmt"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/sqlstore"
)

// look takes in what the agency says.
func (n *night) look(ctx context.Context) error {
	inbox := n.store.Inbox(n.client)
	if _, err := inbox.Look(ctx); err != nil {
		return err
	}
	for {
		items, err := inbox.After(ctx, 0, 0, sqlstore.AckOpen)
		if err != nil || len(items) == 0 {
			return err
		}
		for _, item := range items {
			// The voucher and its acknowledgement are stored together, or not at all.
			if err := n.in(ctx, func(e *erp) error {
				ack, err := e.takeIn(ctx, n.client.CompanyID(), item, n.today)
				if err != nil {
					return err
				}
				return inbox.In(e.tx).Acknowledge(ctx, item.Position, ack)
			}); err != nil {
				return fmt.Errorf("inbox, position %d: %w", item.Position, err)
			}
		}
	}
}

// takeIn books an event of the agency, or puts it on the work list.
func (e *erp) takeIn(ctx context.Context, company string, item sqlstore.InboxItem, today maventa.Date) (sqlstore.Ack, error) {
	event, id := &item.Event, fmt.Sprintf("inbox/%d", item.Position)
	of, err := e.invoices(ctx, "i.assignment = ?", item.AssignmentID)
	if err != nil {
		return sqlstore.Ack{}, err
	}
	ignored := sqlstore.Ack{State: sqlstore.AckIgnored, By: "night"}
	ask := func(kind, text string) (sqlstore.Ack, error) {
		err := e.ask(ctx, company, sqlstore.WorkItem{Key: id, Kind: kind, About: item.AssignmentID, Text: text})
		return sqlstore.Ack{State: sqlstore.AckIgnored, By: "night", Why: "on the work list: " + kind}, err
	}
	paid, hasAmount := event.Amount.Get()
	cents, notCents := paid.Coefficient(2)
	switch {
	case len(of) == 0:
		return ask("unknown_assignment", "an event of an assignment that is none of our invoices'")
	case item.Kind != follow.KindNew:
		return ask("revised", "the agency has changed or withdrawn an event after it was taken in: correct the booking")
	case event.Author == maventa.AuthorSender:
		return ignored, nil // our own
	case of[0].closed:
		return ask("after_close", "an event of type "+string(event.Type)+" on a closed case")
	case event.Type == maventa.EventPaid && (!hasAmount || notCents != nil):
		return ask("no_amount", "a payment to the agency without an amount that is understood")
	case event.Type == maventa.EventPaid:
		day := event.Date
		if day.IsZero() {
			day = today
		}
		if of[0].lost {
			_, err = ask("after_credit_loss", "the agency has got money for a claim that was written off: it is booked as recovered")
		}
		if err == nil {
			err = e.book(ctx, voucher{id, &of[0], day, "clearing", of[0].against(), cents})
		}
		return sqlstore.Ack{State: sqlstore.AckBooked, Voucher: id, By: "night"}, err
	case event.Type == maventa.EventComment:
		return ask("comment", "the agency writes, and may wait for an answer: "+event.Comment)
	case event.Type == maventa.EventClose:
		if err := e.exec(ctx, "UPDATE invoices SET closed = 1 WHERE id = ?", of[0].id); err != nil {
			return sqlstore.Ack{}, err
		}
		if open, err := e.open(ctx, of[0].id); err != nil || open <= 0 {
			return ignored, err
		}
		return ask("closed_unpaid", "the agency has closed its case, and the claim is not paid: a credit loss, or a second case?")
	}
	return ignored, nil
}
