package main

import (
	"context"
	"errors"
	"log"
	"net/http"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	"github.com/maventa-go/maventa/webhook"
)

// watcher turns webhook calls into looks at the API. A call proves nothing and
// may come twice or not at all, so all it does is wake the worker, which then
// reads what is new.
type watcher struct {
	c    *maventa.Client
	say  *log.Logger
	wake chan struct{} // holds at most one: many calls are one look
	seen map[string]ax.InvoiceStatus
}

func newWatcher(c *maventa.Client, say *log.Logger) *watcher {
	return &watcher{c: c, say: say, wake: make(chan struct{}, 1), seen: map[string]ax.InvoiceStatus{}}
}

// handler answers the webhook calls. The secret is the last part of the address.
func (w *watcher) handler(secret maventa.Secret) (http.Handler, error) {
	return webhook.Handler(secret, func(context.Context, *webhook.Call) error {
		select {
		case w.wake <- struct{}{}:
		default: // it is awake
		}
		return nil
	})
}

// subscribe makes the subscription, unless there is one.
func (w *watcher) subscribe(ctx context.Context, address maventa.Secret) error {
	notifications := ax.New(w.c).Notifications
	subscriptions, err := notifications.List(ctx)
	if err != nil {
		return err
	}
	for _, s := range subscriptions {
		if s.Destination == address {
			return nil
		}
	}
	_, err = notifications.Create(ctx, ax.NewNotification{
		DestinationType: ax.DestinationWebhook,
		Destination:     address,
		Events:          []ax.EventName{ax.NotifyInvoiceDelivered, ax.NotifyInvoiceFailed},
	})
	if maventa.Advise(err).Action == maventa.ActionAskPerson {
		return errors.Join(err, errors.New("look at the subscriptions before you make another: two would call twice"))
	}
	return err
}

// look reads the sent invoices and tells which ones have changed. Your ledger
// would remember them instead of a map; run it from time to time without a call,
// too, for those that got lost.
func (w *watcher) look(ctx context.Context) error {
	for invoice, err := range ax.New(w.c).Invoices.All(ctx, ax.InvoiceFilter{Direction: ax.InvoicesSent}) {
		if err != nil {
			return err
		}
		if w.seen[invoice.ID] != invoice.Status {
			w.seen[invoice.ID] = invoice.Status
			w.say.Printf("%s is %s", invoice.Number, invoice.Status)
		}
	}
	return nil
}
