package maventatest

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"github.com/maventa-go/maventa/internal/einvoice"
)

// sendInvoice is POST /v1/invoices.
func sendInvoice(c *call) (any, error) {
	if err := c.needVerified(); err != nil {
		return nil, err
	}
	if taken := c.srv.invoiceByID(c.in.Text("uuid")); taken != nil {
		return c.uuidTaken(taken)
	}
	doc, files, err := c.readInvoice()
	if err != nil {
		return nil, err
	}
	inv, err := c.newSentInvoice(doc)
	if err != nil {
		return nil, err
	}
	inv.post.files, inv.post.upload = files, c.upload
	inv.post.comment, inv.post.unrouted = c.in.Text("sender_comment"), c.in.Flag("prevent_routing")
	inv.post.eia, inv.post.operator = c.in.TextOr("recipient_eia", doc.EIA), c.in.TextOr("recipient_operator", doc.Operator)
	c.company.keep(inv)
	c.start(inv, doc)
	return invoiceJSON(c, inv), nil
}

// uuidTaken answers for a uuid that an invoice has: the caller's own, or another
// company's. What Maventa says then is not known.
func (c *call) uuidTaken(taken *invoice) (any, error) {
	c.lean("status error invoice uuid taken")
	status := orElse(c.srv.options.wire.DuplicateUUID, http.StatusUnprocessableEntity)
	if status == http.StatusCreated && taken.company == c.company {
		return invoiceJSON(c, taken), nil
	}
	if status < http.StatusBadRequest {
		status = http.StatusConflict
	}
	return nil, &apiError{status, "invoice_uuid_taken", "Error while creating invoice", []string{"uuid is already in use"}}
}

// readInvoice finds the XML in what was uploaded.
func (c *call) readInvoice() (einvoice.Invoice, []*invoiceFile, error) {
	sent := c.upload.File("file")
	cut, isZIP := !sent.Complete(), einvoice.IsZIP(sent.Content)
	entries := []einvoice.File{{Name: sent.Name, Data: sent.Content}}
	switch {
	case isZIP && cut:
		entries = einvoice.UnzipFirst(sent.Content)
	case isZIP:
		entries = einvoice.Unzip(sent.Content)
	}
	var files []*invoiceFile
	var doc einvoice.Invoice
	found := false
	for _, entry := range entries {
		f := &invoiceFile{id: c.srv.newID("file"), name: entry.Name, data: entry.Data, cut: cut && !isZIP}
		f.kind, f.media = kindOf(entry.Data)
		if f.kind == fileXML && !found {
			doc, found = einvoice.Parse(entry.Data)
		}
		files = append(files, f)
	}
	if isZIP && cut { // of a large archive only its head was kept
		found = true
		files = append(files, &invoiceFile{id: c.srv.newID("file"), name: sent.Name, kind: fileAttachment, media: "application/zip", cut: true})
	}
	if !found {
		return doc, nil, c.badInvoice("ERROR: NO INVOICE FOUND IN THE FILE")
	}
	if doc.Format != "" && doc.Date == "" {
		return doc, nil, c.badInvoice("ERROR: INVOICE DATE NOT FOUND")
	}
	return doc, files, nil
}

// badInvoice is the refusal of a file that is no invoice. Code and message were
// seen by a third party, the status was not.
func (c *call) badInvoice(why string) error {
	c.lean("status error invoice_create_api_error")
	return &apiError{http.StatusBadRequest, "invoice_create_api_error", "Error while creating invoice", []string{why}}
}

func kindOf(data []byte) (kind, media string) {
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case bytes.HasPrefix(data, []byte("<")):
		return fileXML, "application/xml"
	case bytes.HasPrefix(data, []byte("%PDF")):
		return fileImage, "application/pdf"
	}
	return fileAttachment, "application/octet-stream"
}

// newSentInvoice makes the invoice. Where the XML says nothing it gets the values
// of [Invoice].
func (c *call) newSentInvoice(doc einvoice.Invoice) (*invoice, error) {
	id := c.in.Text("uuid")
	if id == "" {
		id = c.srv.newID("invoice")
	}
	data := Invoice{
		ID: id, Number: doc.Number, Date: doc.Date, DueDate: doc.Due, DebtorName: doc.Name, CustomerBID: doc.BID,
		Consumer: doc.Format != "" && doc.BID == "", Total: doc.WithTax, Currency: doc.Currency,
		Format: c.in.TextOr("format", doc.Format), Reference: doc.Reference,
	}
	c.company.fill(&data)
	inv := &invoice{Invoice: data, company: c.company}
	var err error
	if inv.total, err = parseCents(data.Total); err != nil {
		return nil, c.badInvoice("ERROR: INVOICE SUM " + err.Error())
	}
	inv.arrive(directionSent)
	if net, err := parseCents(doc.Sum); err == nil {
		inv.post.net = net
	}
	return inv, nil
}

// start decides the invoice's route and sends it there.
func (c *call) start(inv *invoice, doc einvoice.Invoice) {
	if inv.post.unrouted {
		c.lean("rule an invoice that is not routed is DELIVERED at once")
		inv.post.status = invoiceDelivered
		inv.company.route(inv)
		return
	}
	disabled := c.in.List("disabled_routes")
	email := c.in.TextOr("recipient_email", doc.Email)
	can := func(route string) bool { return !slices.Contains(disabled, route) }
	switch {
	case c.in.Has("email_settings[xml_format]"):
		inv.post.channel = channelEmail
	case can("einvoice") && (inv.post.eia != "" || inv.CustomerBID != ""):
		inv.post.channel = channelEInvoice
	case can("email") && email != "":
		inv.post.channel = channelEmail
	case can("print"):
		inv.post.channel = channelPrint
	default:
		inv.post.channel = ""
		inv.fail("action_route_failed", "no route is left: "+strings.Join(disabled, ", "))
		return
	}
	c.srv.send(inv)
}

// DeliverInvoice delivers an invoice that is still pending; see
// [WithManualDelivery].
func (ax *AXAccount) DeliverInvoice(id string) {
	ax.co.srv.tb.Helper()
	ax.withInvoice("DeliverInvoice", id, func(inv *invoice) bool {
		if inv.post.status != invoicePending {
			return false
		}
		inv.deliver()
		return true
	})
}

// FailInvoice lets an invoice fail: while it is pending, or after it seemed to be
// delivered, as a mail that comes back does.
func (ax *AXAccount) FailInvoice(id, reason string) {
	ax.co.srv.tb.Helper()
	ax.withInvoice("FailInvoice", id, func(inv *invoice) bool {
		if inv.post.status == invoiceFailed {
			return false
		}
		inv.fail("action_delivery_failed", reason)
		return true
	})
}

// ConfirmDelivery is the receiver's side that confirms a delivery.
func (ax *AXAccount) ConfirmDelivery(id string) {
	ax.co.srv.tb.Helper()
	ax.withInvoice("ConfirmDelivery", id, func(inv *invoice) bool {
		if inv.post.status != invoiceDelivered {
			return false
		}
		inv.post.confirmed = true
		inv.act(actionInfo, "action_confirmed", "")
		inv.company.raise(eventConfirmed, inv.ID)
		return true
	})
}

// withInvoice lets f act on an invoice; false means that its state forbids that.
func (ax *AXAccount) withInvoice(control, id string, f func(inv *invoice) bool) {
	s := ax.co.srv
	s.tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	inv := ax.co.anyInvoice(id)
	switch {
	case inv == nil:
		s.tb.Fatalf("%s: no invoice %q", control, id)
	case !f(inv):
		s.tb.Fatalf("%s: the invoice is %s and %s", control, inv.post.direction, inv.post.status)
	}
}
