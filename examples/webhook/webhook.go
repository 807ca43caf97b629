package main

import (
	"context"
	"errors"
	"log"
	"net/http"

	"github.com/maventa-go/maventa"
)

// doorbell turns webhook calls into looks at the API. A call proves nothing and
// may come twice or not at all, so all it does is wake the worker, which then
// reads what is new.
type doorbell struct {
	c    *maventa.Client
	say  *log.Logger
	wake chan struct{} // holds at most one: many rings are one look
	seen map[string]maventa.InvoiceStatus
}

func newDoorbell(c *maventa.Client, say *log.Logger) *doorbell {
	return &doorbell{c: c, say: say, wake: make(chan struct{}, 1), seen: map[string]maventa.InvoiceStatus{}}
}

// handler answers the webhook calls. The secret is the last part of the address.
func (d *doorbell) handler(secret maventa.Secret) (http.Handler, error) {
	return maventa.WebhookHandler(secret, func(context.Context, *maventa.WebhookCall) error {
		select {
		case d.wake <- struct{}{}:
		default: // it is awake
		}
		return nil
	})
}

// subscribe makes the subscription, unless there is one.
func (d *doorbell) subscribe(ctx context.Context, address maventa.Secret) error {
	subscriptions, err := d.c.Notifications.List(ctx)
	if err != nil {
		return err
	}
	for _, s := range subscriptions {
		if s.Destination == address {
			return nil
		}
	}
	_, err = d.c.Notifications.Create(ctx, maventa.NewNotification{
		DestinationType: maventa.DestinationWebhook,
		Destination:     address,
		Events:          []maventa.EventName{maventa.NotifyInvoiceDelivered, maventa.NotifyInvoiceFailed},
	})
	if errors.Is(err, maventa.ErrOutcomeUnknown) {
		return errors.Join(err, errors.New("look at the subscriptions before you make another: two would ring twice"))
	}
	return err
}

// look reads the sent invoices and tells which ones have changed. Your ledger
// would remember them instead of a map; run it from time to time without a ring,
// too, for the calls that got lost.
func (d *doorbell) look(ctx context.Context) error {
	for invoice, err := range d.c.Invoices.All(ctx, maventa.InvoiceFilter{Direction: maventa.InvoicesSent}) {
		if err != nil {
			return err
		}
		if d.seen[invoice.ID] != invoice.Status {
			d.seen[invoice.ID] = invoice.Status
			d.say.Printf("%s is %s", invoice.Number, invoice.Status)
		}
	}
	return nil
}
