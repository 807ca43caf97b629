package main

import (
	"context"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
)

// newEvents lists the agencies' events of all assignments that nobody has dealt
// with, oldest first. Seen and Author are inferred names: an ERP should keep the
// ids of the events it has booked as well, and skip those.
//
// The list is read to its end before anything is written: an answer is an event
// too, and would move the pages under the iterator.
func newEvents(ctx context.Context, c *maventa.Client, since time.Time) ([]maventa.Event, error) {
	var list []maventa.Event
	for event, err := range c.Events.All(ctx, maventa.EventFilter{CreatedFrom: since}) {
		if err != nil {
			return nil, err
		}
		if !event.Seen && event.Author != maventa.AuthorSender {
			list = append(list, event)
		}
	}
	slices.SortStableFunc(list, func(a, b maventa.Event) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return list, nil
}

// handle deals with one event and says what it did. It marks the event as seen
// only after that: people who work in Maventa's own pages rely on the mark.
func handle(ctx context.Context, c *maventa.Client, event maventa.Event, answer func(maventa.Event) string) (string, error) {
	var done string
	switch event.Type {
	case maventa.EventPaid:
		amount, ok := event.Amount.Get()
		if !ok {
			return "for a person: a payment without an amount", nil
		}
		done = "booked " + amount.String() // here: into your ledger, under event.ID
	case maventa.EventComment:
		text := answer(event)
		if text == "" {
			return "for a person: " + event.Comment, nil
		}
		// A failure with an unknown outcome ends here as well: the event stays
		// unseen, and a comment that is there twice does no harm.
		if _, err := c.Assignments.AddEvent(ctx, event.AssignmentID, maventa.Comment(text)); err != nil {
			return "", err
		}
		done = "answered: " + text
	case maventa.EventReminder, maventa.EventPaymentDemand:
		done = "noted"
	case maventa.EventClose:
		done = "noted; no proof of payment"
	default: // the list of types is open
		return "for a person: an event of a kind that this program does not know", nil
	}
	return done, c.Events.MarkSeen(ctx, event.AssignmentID, event.ID)
}
