package maventatest

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
	"time"
)

// invoiceXML is what is read of an invoice's XML: Finvoice and UBL (Peppol BIS).
// Of other formats nothing is, and what is missing gets values that will do.
type invoiceXML struct {
	format            string
	number, reference string
	date, due         string // YYYY-MM-DD
	sum, withTax      string
	currency          string
	name, bid, eia    string // of the recipient
	operator, email   string
	country           string
}

// latin9 are the characters in which ISO-8859-15 differs from ISO-8859-1.
var latin9 = map[byte]rune{0xA4: '€', 0xA6: 'Š', 0xA8: 'š', 0xB4: 'Ž', 0xB8: 'ž', 0xBC: 'Œ', 0xBD: 'œ', 0xBE: 'Ÿ'}

func charset(label string, input io.Reader) (io.Reader, error) {
	is15 := strings.EqualFold(label, "ISO-8859-15")
	if !is15 && !strings.EqualFold(label, "ISO-8859-1") {
		return nil, errors.New("encoding " + label)
	}
	raw, err := io.ReadAll(input)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, c := range raw {
		r, differs := latin9[c]
		if !differs || !is15 {
			r = rune(c)
		}
		b.WriteRune(r)
	}
	return strings.NewReader(b.String()), nil
}

// parseInvoice reads an invoice's XML; false means that it is none.
func parseInvoice(text []byte) (doc invoiceXML, ok bool) {
	dec := xml.NewDecoder(bytes.NewReader(text))
	dec.CharsetReader = charset
	var trail []string
	root := ""
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return doc, root != ""
		}
		if err != nil {
			return doc, false
		}
		switch t := token.(type) {
		case xml.StartElement:
			trail = append(trail, t.Name.Local)
			if len(trail) == 1 {
				root = t.Name.Local
				doc.format = formatOf(root, t.Attr)
			}
			for _, a := range t.Attr {
				if a.Name.Local == "AmountCurrencyIdentifier" && strings.HasSuffix(t.Name.Local, "VatIncludedAmount") {
					doc.currency = a.Value
				}
			}
		case xml.EndElement:
			trail = trail[:len(trail)-1]
		case xml.CharData:
			if value := strings.TrimSpace(string(t)); value != "" && len(trail) > 1 {
				doc.take(root, strings.Join(trail[1:], "/"), value)
			}
		}
	}
}

// rootOf is the name of a document's first element.
func rootOf(text []byte) string {
	dec := xml.NewDecoder(bytes.NewReader(text))
	dec.CharsetReader = charset
	for {
		token, err := dec.Token()
		if err != nil {
			return ""
		}
		if start, ok := token.(xml.StartElement); ok {
			return start.Name.Local
		}
	}
}

func formatOf(root string, attrs []xml.Attr) string {
	if root == "Finvoice" {
		for _, a := range attrs {
			if a.Name.Local == "Version" && strings.HasPrefix(a.Value, "2") {
				return "FINVOICE20"
			}
		}
		return "FINVOICE30"
	}
	if root == "Invoice" || root == "CreditNote" {
		return "PEPPOLBIS30"
	}
	return ""
}

// take keeps the value of an element that counts.
func (doc *invoiceXML) take(root, at, value string) {
	var into *string
	if root == "Finvoice" {
		into = doc.finvoice(at)
	} else {
		into = doc.ubl(at)
	}
	if into != nil && *into == "" {
		*into = value
	}
}

func (doc *invoiceXML) finvoice(at string) *string {
	switch at {
	case "InvoiceDetails/InvoiceNumber":
		return &doc.number
	case "InvoiceDetails/InvoiceDate":
		return &doc.date
	case "InvoiceDetails/PaymentTermsDetails/InvoiceDueDate", "EpiDetails/EpiPaymentInstructionDetails/EpiDateOptionDate":
		return &doc.due
	case "InvoiceDetails/InvoiceTotalVatExcludedAmount":
		return &doc.sum
	case "InvoiceDetails/InvoiceTotalVatIncludedAmount":
		return &doc.withTax
	case "EpiDetails/EpiPaymentInstructionDetails/EpiRemittanceInfoIdentifier":
		return &doc.reference
	case "BuyerPartyDetails/BuyerOrganisationName":
		return &doc.name
	case "BuyerPartyDetails/BuyerPartyIdentifier":
		return &doc.bid
	case "BuyerPartyDetails/BuyerPostalAddressDetails/CountryCode":
		return &doc.country
	case "MessageTransmissionDetails/MessageReceiverDetails/ToIdentifier":
		return &doc.eia
	case "MessageTransmissionDetails/MessageReceiverDetails/ToIntermediator":
		return &doc.operator
	case "BuyerCommunicationDetails/BuyerEmailaddressIdentifier":
		return &doc.email
	}
	return nil
}

func (doc *invoiceXML) ubl(at string) *string {
	party, isParty := strings.CutPrefix(at, "AccountingCustomerParty/Party/")
	switch {
	case at == "ID":
		return &doc.number
	case at == "IssueDate":
		return &doc.date
	case at == "DueDate":
		return &doc.due
	case at == "DocumentCurrencyCode":
		return &doc.currency
	case at == "PaymentMeans/PaymentID":
		return &doc.reference
	case at == "LegalMonetaryTotal/TaxExclusiveAmount":
		return &doc.sum
	case at == "LegalMonetaryTotal/TaxInclusiveAmount":
		return &doc.withTax
	case isParty && party == "EndpointID":
		return &doc.eia
	case isParty && party == "PartyLegalEntity/RegistrationName":
		return &doc.name
	case isParty && party == "PartyLegalEntity/CompanyID":
		return &doc.bid
	case isParty && party == "PostalAddress/Country/IdentificationCode":
		return &doc.country
	}
	return nil
}

// isoDate reads a date with or without hyphens.
func isoDate(text string) string {
	for _, layout := range []string{time.DateOnly, "20060102"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

// decimal reads an amount with a comma or a point, signs and zeros as they come.
func decimal(text string) string { return strings.ReplaceAll(text, ",", ".") }

// zipped is one file of a ZIP.
type zipped struct {
	name string
	data []byte
}

// isZIP reports whether a file begins as a ZIP does.
func isZIP(f *File) bool { return bytes.HasPrefix(f.Content, []byte("PK\x03\x04")) }

// unzip reads the files of a ZIP, or of one too large to be kept the first file:
// an invoice's XML if the sender is kind.
func unzip(f *File) []zipped {
	if !f.complete() {
		return firstOfZIP(f.Content)
	}
	archive, err := zip.NewReader(bytes.NewReader(f.Content), f.Size)
	if err != nil {
		return nil
	}
	var all []zipped
	for _, entry := range archive.File {
		r, err := entry.Open()
		if err != nil {
			return nil
		}
		data, err := io.ReadAll(io.LimitReader(r, 4*keepOfFile))
		_ = r.Close()
		if err != nil {
			return nil
		}
		all = append(all, zipped{path.Base(entry.Name), data})
	}
	return all
}

// firstOfZIP reads the first file from the head of a ZIP.
func firstOfZIP(head []byte) []zipped {
	const fixed = 30
	if len(head) < fixed {
		return nil
	}
	method := binary.LittleEndian.Uint16(head[8:])
	size := int(binary.LittleEndian.Uint32(head[18:]))
	name := int(binary.LittleEndian.Uint16(head[26:]))
	start := fixed + name + int(binary.LittleEndian.Uint16(head[28:]))
	if start > len(head) {
		return nil
	}
	rest := head[start:]
	if method == zip.Store {
		if size == 0 || size > len(rest) {
			return nil
		}
		return []zipped{{string(head[fixed : fixed+name]), rest[:size]}}
	}
	data, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(rest)), 4*keepOfFile))
	if err != nil {
		return nil
	}
	return []zipped{{string(head[fixed : fixed+name]), data}}
}
