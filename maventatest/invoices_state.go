package maventatest

import (
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

// States, directions and channels of an invoice, as on the wire.
const (
	invoicePending   = "PENDING"
	invoiceDelivered = "DELIVERED"
	invoiceFailed    = "FAILED"

	directionSent     = "SENT"
	directionReceived = "RECEIVED"

	channelEInvoice = "EINVOICE"
	channelEmail    = "EMAIL"
	channelPrint    = "PRINT"

	stateCreated = "CREATED"
	stateHandled = "HANDLED"
)

var actionTypes = []string{actionReceived, actionCreated, actionSent, actionDelivered, actionInfo, actionError}

// Types of an action.
const (
	actionReceived  = "RECEIVED"
	actionCreated   = "CREATED"
	actionSent      = "SENT"
	actionDelivered = "DELIVERED"
	actionInfo      = "INFO"
	actionError     = "ERROR"
)

// Webhook events of invoices.
const (
	eventDelivered = "DOCUMENTS.INVOICE.DELIVERED"
	eventConfirmed = "DOCUMENTS.INVOICE.DELIVERY_CONFIRMED"
	eventFailed    = "DOCUMENTS.INVOICE.FAILED"
)

// post is an invoice's way through Maventa.
type post struct {
	direction, status string
	channel           string
	comment           string
	net               cents // without tax
	eia, operator     string
	created           time.Time // by the story clock
	received          time.Time
	failed            time.Time
	due               time.Time // of the delivery, by time.Now
	held              bool      // until the test decides
	unrouted          bool      // prevent_routing
	confirmed         bool
	files             []*invoiceFile
	actions           []action
	state             string // of a received one: CREATED or HANDLED
	findings          []string
	reports           []*report
	answered          string // the last business response
	upload            *swagger.Upload
}

type invoiceFile struct {
	id, name, kind, media string
	data                  []byte
	cut                   bool // the server has not kept all of it
}

type action struct {
	kind, channel, key, message string
	at                          time.Time
}

// Kinds of an invoice's files. No source names the values.
const (
	fileXML        = "XML"
	fileImage      = "IMAGE"
	fileAttachment = "ATTACHMENT"
)

// arrive starts an invoice's way.
func (inv *invoice) arrive(direction string) {
	s := inv.company.srv
	inv.post = post{direction: direction, status: invoicePending, net: inv.total, created: s.now(), channel: channelEInvoice}
	if direction == directionReceived {
		inv.post.status, inv.post.received, inv.post.state = invoiceDelivered, s.now(), stateCreated
		inv.act(actionReceived, "action_incoming_receive", "")
		return
	}
	inv.act(actionCreated, "action_created", "")
}

func (inv *invoice) act(kind, key, message string) {
	channel := inv.post.channel
	if kind == actionCreated {
		channel = ""
	}
	inv.post.actions = append(inv.post.actions, action{kind, channel, key, message, inv.company.srv.now()})
}

// send sets an invoice on its way, or on another way.
func (s *Server) send(inv *invoice) {
	inv.post.status, inv.post.held = invoicePending, s.options.manualDelivery
	inv.post.due = time.Now().Add(s.options.lags.Delivery)
	s.sending.add(inv.post.due, inv)
	s.wakeAt(s.options.lags.Delivery)
	s.settleInvoices(time.Now())
}

// settleInvoices delivers what is due.
func (s *Server) settleInvoices(now time.Time) {
	for inv, ok := s.sending.next(now); ok; inv, ok = s.sending.next(now) {
		if inv.post.status == invoicePending && !inv.post.held && !now.Before(inv.post.due) { // it may have been sent anew
			inv.deliver()
		}
	}
}

var sentKeys = map[string]string{channelEInvoice: "action_internal_sent", channelEmail: "action_sent_email", channelPrint: "action_sent_print"}

// deliver ends an invoice's way well. Where Kassavirta is active the agency gets
// its copy.
func (inv *invoice) deliver() {
	inv.arrived()
	inv.company.raise(eventDelivered, inv.ID)
	if inv.transfer == nil {
		inv.company.route(inv)
	}
}

// arrived notes the delivery, without a webhook.
func (inv *invoice) arrived() {
	inv.act(actionSent, sentKeys[inv.post.channel], "")
	inv.act(actionDelivered, "action_delivered", "")
	inv.post.status = invoiceDelivered
}

func (inv *invoice) fail(key, reason string) {
	inv.act(actionError, key, reason)
	inv.post.status, inv.post.failed = invoiceFailed, inv.company.srv.now()
	inv.company.raise(eventFailed, inv.ID)
}

// anyInvoice finds an invoice the company sent or received.
func (co *Company) anyInvoice(id string) *invoice {
	if inv := co.srv.invoiceByID(id); inv != nil && inv.company == co {
		return inv
	}
	return nil
}

// invoice finds the invoice of the path.
func (c *call) invoice() (*invoice, error) {
	if inv := c.company.anyInvoice(c.ids["id"]); inv != nil {
		return inv, nil
	}
	return nil, notFound()
}

// incoming finds the invoice of the path among the received ones.
func (c *call) incoming() (*invoice, error) {
	inv, err := c.invoice()
	if err == nil && inv.post.direction != directionReceived {
		return nil, notFound()
	}
	return inv, err
}

// allFiles are an invoice's files; one that a test has set up gets the two that
// every invoice has.
func (inv *invoice) allFiles() []*invoiceFile {
	s := inv.company.srv
	if inv.post.files == nil {
		inv.post.files = []*invoiceFile{
			{id: s.newID("file"), name: "invoice.xml", kind: fileXML, media: "application/xml", data: inv.xml(inv.Format)},
			{id: s.newID("file"), name: "invoice.pdf", kind: fileImage, media: "application/pdf", data: inv.image()},
		}
	}
	return inv.post.files
}

// href is the absolute URL of a file, which takes a token.
func (inv *invoice) href(f *invoiceFile) string {
	s := inv.company.srv
	path := strings.ReplaceAll(pathOf(operation.InvoicesDownloadFile, "file_id", f.id), "{id}", inv.ID)
	return s.AutoXChangeURL() + path
}
