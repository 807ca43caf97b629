package ax

import (
	"context"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// NotificationService subscribes to notifications (webhooks). See package webhook
// for the receiving side. A subscription cannot be changed:
// delete it and create another.
type NotificationService struct{ c *maventa.Client }

// DestinationType says what a subscription covers. The list is open.
type DestinationType string

// Types of destinations. Source: AX Swagger.
const (
	// DestinationWebhook covers the client's company.
	DestinationWebhook DestinationType = "WEBHOOK"
	// DestinationVendorWebhook covers the companies that are linked to the
	// vendor, see [CompanyService.LinkVendor]. Inferred: which companies.
	DestinationVendorWebhook DestinationType = "VENDOR_WEBHOOK"
)

// Known reports whether t is one of the documented types.
func (t DestinationType) Known() bool {
	return t == DestinationWebhook || t == DestinationVendorWebhook
}

// EventName names what a subscription is about, as group.type.event. The list
// is open; the names about receivables are not public.
type EventName string

// Names that Maventa's webhooks page gives as examples.
const (
	NotifyInvoiceDelivered         EventName = "DOCUMENTS.INVOICE.DELIVERED"
	NotifyInvoiceDeliveryConfirmed EventName = "DOCUMENTS.INVOICE.DELIVERY_CONFIRMED"
	NotifyInvoiceFailed            EventName = "DOCUMENTS.INVOICE.FAILED"
)

// Known reports whether n is one of the names above. There are more.
func (n EventName) Known() bool {
	return n == NotifyInvoiceDelivered || n == NotifyInvoiceDeliveryConfirmed || n == NotifyInvoiceFailed
}

// Notification is a subscription. Source: AX Swagger.
type Notification struct {
	ID              string          `json:"id"`
	DestinationType DestinationType `json:"destination_type"`
	// Destination is the URL that is called. With package webhook it holds the
	// secret, so it is one.
	Destination maventa.Secret `json:"destination"`
	VendorKey   maventa.Secret `json:"vendor_key,omitzero"`
	Events      []EventName    `json:"events"`
	Extra       maventa.Extra  `json:"-"`
}

// NewNotification is a subscription to be made.
type NewNotification struct {
	DestinationType DestinationType
	Destination     maventa.Secret // URL; with package webhook it holds the secret
	VendorKey       maventa.Secret // name or key of the registered vendor key
	Events          []EventName
}

// newNotification is a NewNotification as it is sent: a Secret would hide what
// the service must know.
type newNotification struct {
	DestinationType DestinationType `json:"destination_type"`
	Events          []EventName     `json:"events"`
	Destination     string          `json:"destination"`
	VendorKey       string          `json:"vendor_key,omitzero"`
}

func (n *NewNotification) validate(p *call.Problems) {
	p.Enum("destination_type", string(n.DestinationType), n.DestinationType.Known())
	p.Required("destination", string(n.Destination))
	p.HTTPS("destination", string(n.Destination))
	if len(n.Events) == 0 {
		p.Add("events", "is required")
	}
	for _, e := range n.Events {
		p.Required("events", string(e))
	}
}

// List lists the company's subscriptions.
//
// GET /v1/company/notifications. Source: AX Swagger.
func (s NotificationService) List(ctx context.Context, opts ...maventa.CallOption) ([]Notification, error) {
	return many[Notification](ctx, s.c, request(operation.NotificationsList), opts)
}

// Create makes a subscription. After an unknown outcome look with
// [NotificationService.List]: a second one would call twice.
//
// POST /v1/company/notifications. Source: AX Swagger.
func (s NotificationService) Create(ctx context.Context, n NewNotification, opts ...maventa.CallOption) (*Notification, error) {
	return one[Notification](ctx, s.c, n.request(), opts)
}

func (n *NewNotification) request() maventa.Request {
	r := withBody(operation.NotificationsCreate, &newNotification{n.DestinationType, n.Events, string(n.Destination), string(n.VendorKey)})
	r.Check = check(n.validate)
	return r
}

// Get reads one subscription.
//
// GET /v1/company/notifications/{id}. Source: AX Swagger.
func (s NotificationService) Get(ctx context.Context, id string, opts ...maventa.CallOption) (*Notification, error) {
	return one[Notification](ctx, s.c, request(operation.NotificationsGet, id), opts)
}

// Delete ends a subscription.
//
// DELETE /v1/company/notifications/{id}. Source: AX Swagger.
func (s NotificationService) Delete(ctx context.Context, id string, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, request(operation.NotificationsDelete, id), nil, opts...)
}

// ResendUnacknowledged has the service deliver again, a little later, what none
// of the company's webhooks acknowledged.
//
// Experimental: Maventa may change or drop this call without notice. It is the
// only such call here.
//
// POST /v1/company/notifications_resend_unacknowledged. Source: AX Swagger.
func (s NotificationService) ResendUnacknowledged(ctx context.Context, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, request(operation.NotificationsResendUnacknowledged), nil, opts...)
}
