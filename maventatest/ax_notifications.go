package maventatest

import (
	"slices"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

// Kinds of a subscription's destination.
const (
	destinationWebhook = "WEBHOOK"
	destinationVendor  = "VENDOR_WEBHOOK"
)

// subscription is what Maventa calls a notification: who wants to know of what.
type subscription struct {
	id, kind, destination, vendorKey string
	events                           []string
	company                          *Company
}

var notificationCalls = axCalls{
	operation.NotificationsList: {swagger.Nothing(), listNotifications},
	operation.NotificationsCreate: {swagger.JSON(
		swagger.Text("destination_type", "destination").Must(), swagger.List("events").Must(), swagger.Text("vendor_key"),
	), createNotification},
	operation.NotificationsGet:                  {swagger.Nothing(), getNotification},
	operation.NotificationsDelete:               {swagger.Nothing(), deleteNotification},
	operation.NotificationsResendUnacknowledged: {swagger.Nothing(), resendUnacknowledged},
}

func listNotifications(c *call) (any, error) {
	all := []any{}
	for _, sub := range c.company.subscriptions {
		all = append(all, notificationJSON(c, sub))
	}
	return all, nil
}

// createNotification is POST /v1/company/notifications. The names of events are
// an open set: what is not known is kept and never called.
func createNotification(c *call) (any, error) {
	if err := knownValues("destination_type", []string{c.in.Text("destination_type")}, destinationWebhook, destinationVendor); err != nil {
		return nil, err
	}
	sub := &subscription{
		c.srv.newID("notification"), c.in.Text("destination_type"), c.in.Text("destination"), c.in.Text("vendor_key"),
		c.in.List("events"), c.company,
	}
	c.company.subscriptions = append(c.company.subscriptions, sub)
	return notificationJSON(c, sub), nil
}

func getNotification(c *call) (any, error) {
	sub, err := c.subscription()
	if err != nil {
		return nil, err
	}
	return notificationJSON(c, sub), nil
}

func deleteNotification(c *call) (any, error) {
	sub, err := c.subscription()
	if err != nil {
		return nil, err
	}
	c.company.subscriptions = slices.DeleteFunc(c.company.subscriptions, func(other *subscription) bool { return other == sub })
	return nil, nil //nolint:nilnil // the answer has no body
}

func (c *call) subscription() (*subscription, error) {
	return found(c.company.subscriptions, func(sub *subscription) bool { return sub.id == c.ids["id"] })
}

func notificationJSON(c *call, sub *subscription) *object {
	return c.srv.object("Notification").put("id", sub.id).put("destination_type", sub.kind).put("destination", sub.destination).
		put("vendor_key", sub.vendorKey).put("events", sub.events)
}

// resendUnacknowledged sends again what was never acknowledged, for all
// subscriptions of the company.
func resendUnacknowledged(c *call) (any, error) {
	for _, w := range c.srv.webhooks.all {
		if w.sub.company == c.company && !w.Acknowledged && !slices.Contains(c.srv.webhooks.queue, w) {
			c.srv.enqueue(w)
		}
	}
	return nil, nil //nolint:nilnil // the answer has no body
}

// listens reports whether a subscription is about an event of a company: its own,
// or those of all companies that are linked to the vendor.
func (sub *subscription) listens(co *Company, event string) bool {
	if !slices.Contains(sub.events, event) {
		return false
	}
	if sub.company == co {
		return true
	}
	return sub.kind == destinationVendor && co.linked
}
