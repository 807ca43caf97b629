// Package einvoice reads of an electronic invoice what a service must know to
// deliver it.
package einvoice

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"time"
)

// Invoice is what is read of an invoice's XML: Finvoice and UBL (Peppol BIS). Of
// other formats only Root is.
type Invoice struct {
	Root              string // the name of the first element
	Format            string // as Maventa names it; empty: another one
	Number, Reference string
	Date, Due         string // YYYY-MM-DD; empty: none that can be read
	Sum, WithTax      string // with a decimal point
	Currency          string
	Name, BID, EIA    string // of the recipient
	Operator, Email   string
}

// Parse reads an invoice's XML; false means that it is none. What was read before
// the XML broke off is returned in either case.
func Parse(text []byte) (inv Invoice, ok bool) {
	ok = inv.read(text)
	inv.Date, inv.Due = isoDate(inv.Date), isoDate(inv.Due)
	inv.Sum, inv.WithTax = decimal(inv.Sum), decimal(inv.WithTax)
	return inv, ok
}

// read takes the values as they are written.
func (inv *Invoice) read(text []byte) bool {
	dec := xml.NewDecoder(bytes.NewReader(fromUTF16(text)))
	dec.CharsetReader = charset
	var trail []string
	for {
		token, err := dec.Token()
		if err != nil {
			return errors.Is(err, io.EOF) && inv.Root != ""
		}
		switch t := token.(type) {
		case xml.StartElement:
			trail = append(trail, t.Name.Local)
			if len(trail) == 1 {
				inv.Root, inv.Format = t.Name.Local, formatOf(t)
			}
			for _, a := range t.Attr {
				if a.Name.Local == "AmountCurrencyIdentifier" && strings.HasSuffix(t.Name.Local, "VatIncludedAmount") {
					inv.Currency = a.Value
				}
			}
		case xml.EndElement:
			trail = trail[:len(trail)-1]
		case xml.CharData:
			if value := strings.TrimSpace(string(t)); value != "" && len(trail) > 1 {
				inv.take(strings.Join(trail[1:], "/"), value)
			}
		}
	}
}

func formatOf(root xml.StartElement) string {
	switch root.Name.Local {
	case "Finvoice":
		for _, a := range root.Attr {
			if a.Name.Local == "Version" && strings.HasPrefix(a.Value, "2") {
				return "FINVOICE20"
			}
		}
		return "FINVOICE30"
	case "Invoice", "CreditNote":
		return "PEPPOLBIS30"
	}
	return ""
}

// take keeps the value of an element that counts.
func (inv *Invoice) take(at, value string) {
	into := inv.ubl(at)
	if inv.Root == "Finvoice" {
		into = inv.finvoice(at)
	}
	if into != nil && *into == "" {
		*into = value
	}
}

func (inv *Invoice) finvoice(at string) *string {
	switch at {
	case "InvoiceDetails/InvoiceNumber":
		return &inv.Number
	case "InvoiceDetails/InvoiceDate":
		return &inv.Date
	case "InvoiceDetails/PaymentTermsDetails/InvoiceDueDate", "EpiDetails/EpiPaymentInstructionDetails/EpiDateOptionDate":
		return &inv.Due
	case "InvoiceDetails/InvoiceTotalVatExcludedAmount":
		return &inv.Sum
	case "InvoiceDetails/InvoiceTotalVatIncludedAmount":
		return &inv.WithTax
	case "EpiDetails/EpiPaymentInstructionDetails/EpiRemittanceInfoIdentifier":
		return &inv.Reference
	case "BuyerPartyDetails/BuyerOrganisationName":
		return &inv.Name
	case "BuyerPartyDetails/BuyerPartyIdentifier":
		return &inv.BID
	case "MessageTransmissionDetails/MessageReceiverDetails/ToIdentifier":
		return &inv.EIA
	case "MessageTransmissionDetails/MessageReceiverDetails/ToIntermediator":
		return &inv.Operator
	case "BuyerCommunicationDetails/BuyerEmailaddressIdentifier":
		return &inv.Email
	}
	return nil
}

func (inv *Invoice) ubl(at string) *string {
	party, isParty := strings.CutPrefix(at, "AccountingCustomerParty/Party/")
	switch {
	case at == "ID":
		return &inv.Number
	case at == "IssueDate":
		return &inv.Date
	case at == "DueDate":
		return &inv.Due
	case at == "DocumentCurrencyCode":
		return &inv.Currency
	case at == "PaymentMeans/PaymentID":
		return &inv.Reference
	case at == "LegalMonetaryTotal/TaxExclusiveAmount":
		return &inv.Sum
	case at == "LegalMonetaryTotal/TaxInclusiveAmount":
		return &inv.WithTax
	case isParty && party == "EndpointID":
		return &inv.EIA
	case isParty && party == "PartyLegalEntity/RegistrationName":
		return &inv.Name
	case isParty && party == "PartyLegalEntity/CompanyID":
		return &inv.BID
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

// decimal reads an amount with a comma or a point. Signs and zeros stay.
func decimal(text string) string { return strings.ReplaceAll(text, ",", ".") }
