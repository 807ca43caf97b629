package maventatest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
)

// listInvoices is GET /v1/invoices.
func listInvoices(c *call) (any, error) {
	received, err := c.timeRange("received_at")
	if err != nil {
		return nil, err
	}
	created, err := c.timeRange("created_at")
	if err != nil {
		return nil, err
	}
	if err := knownValues("sort", c.in.List("sort"), "received_at", "-received_at"); err != nil {
		return nil, err
	}
	all := c.company.received
	if c.in.Text("direction") == directionSent {
		all = c.company.invoices
	}
	c.lean("rule lists are newest first")
	all = newestFirst(all)
	if slices.Equal(c.in.List("sort"), []string{"received_at"}) {
		slices.Reverse(all)
	}
	return page(c, all, func(inv *invoice) *object { return invoiceJSON(c, inv) }, func(inv *invoice) bool {
		return c.matches(inv) && received.has(inv.post.received) && created.has(inv.post.created)
	})
}

// matches applies the filters of the list that are no times.
func (c *call) matches(inv *invoice) bool {
	states, ids := c.in.List("status"), c.in.List("ids")
	number, reference := c.in.Text("number"), c.in.Text("reference")
	return (states == nil || slices.Contains(states, inv.post.status)) &&
		(ids == nil || slices.ContainsFunc(ids, func(id string) bool { return strings.EqualFold(id, inv.ID) })) &&
		(number == "" || inv.Number == number) && (reference == "" || inv.Reference == reference)
}

// getInvoice is GET /v1/invoices/{id}: its data, its XML or its image.
func getInvoice(c *call) (any, error) {
	inv, err := c.invoice()
	if err != nil {
		return nil, err
	}
	switch format := c.in.Text("return_format"); format {
	case "", extendedDetails:
		return invoiceJSON(c, inv), nil
	case originalImage, generatedImage, anyImage:
		return inv.imageAs(format)
	default:
		return content{media: "application/xml", data: inv.xmlAs(format)}, nil
	}
}

// imageAs is the sender's own image, or one that Maventa makes.
func (inv *invoice) imageAs(format string) (any, error) {
	i := slices.IndexFunc(inv.post.files, func(f *invoiceFile) bool { return f.kind == fileImage })
	switch {
	case format != generatedImage && i >= 0:
		return inv.post.files[i].content()
	case format == originalImage:
		return nil, notFound()
	}
	image := content{media: "application/pdf", data: inv.image()}
	image.filler = max(0, inv.company.srv.options.imageSize-int64(len(image.data)))
	return image, nil
}

func (f *invoiceFile) content() (any, error) {
	if f.cut {
		e := notFound()
		e.details = []string{"this server keeps the first megabyte of a file only"}
		return nil, e
	}
	return content{media: f.media, data: f.data}, nil
}

// image is a PDF of sorts.
func (inv *invoice) image() []byte {
	return fmt.Appendf(nil, "%%PDF-1.4\n%% invoice %s of %s\n%%%%EOF\n", inv.Number, inv.company.name)
}

// xmlAs is the invoice in a format: as it was sent, where that is the format.
func (inv *invoice) xmlAs(format string) []byte {
	for _, f := range inv.post.files {
		if f.kind == fileXML && format == inv.Format && !f.cut {
			return f.data
		}
	}
	return inv.xml(format)
}

// xml is a document that names the invoice's data. It is no valid one of the
// format: this server converts nothing.
func (inv *invoice) xml(format string) []byte {
	type sum struct {
		Currency string `xml:"AmountCurrencyIdentifier,attr"`
		Value    string `xml:",chardata"`
	}
	doc := struct {
		XMLName xml.Name
		Format  string `xml:"Format,attr"`
		Number  string `xml:"InvoiceDetails>InvoiceNumber"`
		Date    string `xml:"InvoiceDetails>InvoiceDate"`
		Total   sum    `xml:"InvoiceDetails>InvoiceTotalVatIncludedAmount"`
		Due     string `xml:"InvoiceDetails>PaymentTermsDetails>InvoiceDueDate"`
	}{
		XMLName: xml.Name{Local: "Invoice"}, Format: format, Number: inv.Number, Date: inv.Date,
		Total: sum{inv.Currency, inv.total.String()}, Due: inv.DueDate,
	}
	if strings.HasPrefix(format, "FINVOICE") {
		doc.XMLName.Local = "Finvoice"
		compact := func(date string) string { return strings.ReplaceAll(date, "-", "") }
		doc.Date, doc.Due, doc.Total.Value = compact(doc.Date), compact(doc.Due), strings.ReplaceAll(doc.Total.Value, ".", ",")
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	_ = xml.NewEncoder(&b).Encode(doc) //nolint:musttag // strings only: cannot fail; names are the fields'
	return b.Bytes()
}

// invoiceActions is GET /v1/invoices/{id}/actions. The type INFO must be asked for.
func invoiceActions(c *call) (any, error) {
	inv, err := c.invoice()
	if err != nil {
		return nil, err
	}
	wanted := c.in.List("type")
	if wanted == nil {
		wanted = []string{actionCreated, actionSent, actionDelivered, actionError, actionReceived}
	}
	return actionsJSON(inv, wanted), nil
}

func actionsJSON(inv *invoice, wanted []string) []any {
	all := []any{}
	for _, a := range inv.post.actions {
		if !slices.Contains(wanted, a.kind) {
			continue
		}
		all = append(all, inv.company.srv.object("InvoiceAction").
			put("type", a.kind).put("channel", a.channel).put("key", a.key).put("message", a.message).put("happened_at", instant(a.at)))
	}
	return all
}

// downloadInvoiceFile is GET /v1/invoices/{id}/files/{file_id}.
func downloadInvoiceFile(c *call) (any, error) {
	inv, err := c.invoice()
	if err != nil {
		return nil, err
	}
	f, err := found(inv.allFiles(), func(f *invoiceFile) bool { return f.id == c.ids["file_id"] })
	if err != nil {
		return nil, err
	}
	return f.content()
}

func invoiceJSON(c *call, inv *invoice) *object {
	s, own := c.srv, map[string]any{"bid": inv.company.bid, "name": inv.company.name, "country": inv.company.country}
	other := s.object("Party").put("bid", inv.CustomerBID).put("name", inv.DebtorName).put("eia", inv.post.eia)
	o := s.object("Invoice").
		put("id", inv.ID).put("status", inv.post.status).put("number", inv.Number).put("reference", inv.Reference).
		put("created_at", instant(inv.post.created)).put("date", inv.Date).put("date_due", inv.DueDate).
		put("source_format", inv.Format).put("sum", json.Number(inv.post.net.String())).put("sum_tax", json.Number(inv.total.String())).
		put("currency", inv.Currency).put("comment", inv.post.comment).put("actions", actionsJSON(inv, actionTypes))
	if inv.post.direction == directionSent {
		o.put("sender", own).put("recipient", other.put("operator", inv.post.operator)).put("destination", inv.post.channel)
	} else {
		o.put("sender", other).put("recipient", own).put("received_at", instant(inv.post.received)).put("origin", "EXTERNAL")
	}
	files := []any{}
	for _, f := range inv.allFiles() {
		files = append(files, s.object("InvoiceFile").
			put("id", f.id).put("filename", f.name).put("type", f.kind).put("mimetype", f.media).put("href", inv.href(f)).
			lean("rule the values of a file type"))
	}
	return o.put("files", files)
}

// ReceiveInvoice adds an invoice that the company receives, and returns its id.
// DebtorName and CustomerBID are the sender's.
func (ax *AXAccount) ReceiveInvoice(inv Invoice) string {
	co := ax.co
	co.srv.tb.Helper()
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	co.srv.settle()
	added := co.newInvoice("ReceiveInvoice", inv)
	if added == nil {
		return ""
	}
	co.invoices = co.invoices[:len(co.invoices)-1] // it is the last one
	added.arrive(directionReceived)
	co.received = append(co.received, added)
	return added.ID
}
