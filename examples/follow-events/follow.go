package main

import (
	"context"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/follow"
)

// ledger is what a program keeps: how far it has followed, and the events that it
// dealt with. In your own it is a database, and a page of events is written together
// with its checkpoint in one transaction (docs/following.md has the SQL; package
// sqlstore is that database).
type ledger struct {
	checkpoint follow.Checkpoint
	done       map[string]follow.Ref // by assignment and key
}

// followEvents looks once, from where the ledger stands, and deals with what the
// agencies did. Call it again every few minutes. Nothing is lost; the page that a crash
// hits comes again.
func followEvents(ctx context.Context, c *maventa.Client, l *ledger, deal func(context.Context, follow.Item) error) error {
	f := follow.New(c, l.checkpoint)
	for page, err := range f.Look(ctx) {
		if err != nil {
			return err // the look was cut off; the next one goes on
		}
		for _, item := range page.Items {
			key := item.AssignmentID + "/" + item.Key
			before, known := l.done[key]
			if known && before.Content == item.Content {
				continue // it comes again after a crash
			}
			if item.Event.Author != maventa.AuthorSender { // an inferred name
				if err := deal(ctx, item); err != nil {
					return err // the page was not accepted: what is left of it comes again
				}
			}
			l.done[key] = item.Ref
		}
		l.checkpoint = page.Checkpoint
	}
	return nil
}

// handle deals with one event and says what it did.
func handle(ctx context.Context, c *maventa.Client, item follow.Item, answer func(maventa.Event) string) (string, error) {
	event := item.Event
	switch item.Kind {
	case follow.KindNew:
	case follow.KindChanged: // what was booked is not what the agency says now
		return "for a person: changed after it was booked", nil
	default:
		return "for a person: withdrawn after it was booked, " + item.Key, nil
	}
	switch event.Type {
	case maventa.EventPaid:
		amount, ok := event.Amount.Get()
		if !ok {
			return "for a person: a payment without an amount", nil
		}
		return "booked " + amount.String(), nil // here: into your ledger, under item.Key
	case maventa.EventComment:
		text := answer(event)
		if text == "" {
			return "for a person: " + event.Comment, nil
		}
		// A failure of unknown outcome ends here as well, and the question comes
		// again: an answer that is there twice does no harm.
		if _, err := c.Assignments.AddEvent(ctx, event.AssignmentID, maventa.Comment(text)); err != nil {
			return "", err
		}
		return "answered: " + text, nil
	case maventa.EventReminder, maventa.EventPaymentDemand:
		return "noted", nil
	case maventa.EventClose:
		return "noted; no proof of payment", nil
	default: // the list of types is open
		return "for a person: an event of a kind that this program does not know", nil
	}
}
