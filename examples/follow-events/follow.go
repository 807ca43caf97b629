package main

import (
	"context"
	"errors"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/follow"
)

// ledger is what a program keeps: how far it has followed, and which events it
// has dealt with. In your own it is a database, and both are written in one
// transaction with the booking (docs/following.md has the SQL).
type ledger struct {
	checkpoint follow.Checkpoint
	done       map[string]bool // by assignment and key
}

// followEvents deals with what the agencies do, from where the ledger stands, until ctx
// ends. Nothing is lost; the event that a crash hits comes again.
func followEvents(ctx context.Context, c *maventa.Client, l *ledger, deal func(context.Context, maventa.Event) error) error {
	f := follow.New(c, l.checkpoint)
	for item, err := range f.All(ctx) {
		if err != nil {
			l.checkpoint = f.Checkpoint() // up to the last event
			if errors.Is(err, ctx.Err()) {
				return nil // stopped
			}
			return err
		}
		event := item.Event
		key := item.AssignmentID + "/" + item.Key
		if event.Author != maventa.AuthorSender && !l.done[key] { // Author is an inferred name
			if err := deal(ctx, event); err != nil {
				return err // not accepted: it comes again
			}
			l.done[key] = true
		}
		l.checkpoint = f.Checkpoint() // up to the event before this one
	}
	return nil
}

// handle deals with one event and says what it did.
func handle(ctx context.Context, c *maventa.Client, event maventa.Event, answer func(maventa.Event) string) (string, error) {
	switch event.Type {
	case maventa.EventPaid:
		amount, ok := event.Amount.Get()
		if !ok {
			return "for a person: a payment without an amount", nil
		}
		return "booked " + amount.String(), nil // here: into your ledger, under event.Key()
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
