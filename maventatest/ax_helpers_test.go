package maventatest

import (
	"archive/zip"
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

// axClient is a client whose token may do all that a company's can.
func axClient(t testing.TB, srv *Server) *client { return axClientOf(t, srv.Company()) }

func axClientOf(t testing.TB, co *Company) *client {
	t.Helper()
	c := &client{t: t, srv: co.srv, co: co}
	c.token = c.fetchToken(strings.Join(append([]string{"global", "company"}, companyScopes...), " "))
	return c
}

// part is one part of a multipart form; with a filename it is a file.
type part struct{ name, filename, value string }

// form makes a call with a multipart form.
func (c *client) form(id *operation.Op, ids []string, parts ...part) *result {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		var err error
		if p.filename != "" {
			var f interface{ Write([]byte) (int, error) }
			if f, err = w.CreateFormFile(p.name, p.filename); err == nil {
				_, err = f.Write([]byte(p.value))
			}
		} else {
			err = w.WriteField(p.name, p.value)
		}
		if err != nil {
			c.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		c.t.Fatal(err)
	}
	req := c.request(id, ids, b.String(), "")
	req.Header.Set("Content-Type", w.FormDataContentType())
	if id.NoAuth {
		req.Header.Del("Authorization")
	}
	r := c.do(req)
	checkAnswer(c.t, id, r)
	return r
}

// send sends an invoice.
func (c *client) send(xml string, fields ...part) *result {
	c.t.Helper()
	return c.form(operation.InvoicesSend, nil, append([]part{{"file", "invoice.xml", xml}}, fields...)...)
}

func (c *client) mustSend(xml string, fields ...part) string {
	c.t.Helper()
	return text(c.send(xml, fields...).want(http.StatusCreated).object(), "id")
}

// anonymous makes a call without a token.
func (c *client) anonymous(id *operation.Op, body, query string) *result {
	c.t.Helper()
	req := c.request(id, nil, body, query)
	req.Header.Del("Authorization")
	r := c.do(req)
	checkAnswer(c.t, id, r)
	return r
}

func finvoice(number, total string) string {
	return `<?xml version="1.0" encoding="ISO-8859-15"?>
<Finvoice Version="3.0"><MessageTransmissionDetails><MessageReceiverDetails><ToIdentifier>003776543212</ToIdentifier>
<ToIntermediator>003721291126</ToIntermediator></MessageReceiverDetails></MessageTransmissionDetails>
<BuyerPartyDetails><BuyerPartyIdentifier>7654321-2</BuyerPartyIdentifier><BuyerOrganisationName>M` + "\xE4" + `kel` + "\xE4" + ` Oy ` + "\xA4" + `</BuyerOrganisationName>
<BuyerPostalAddressDetails><CountryCode>FI</CountryCode></BuyerPostalAddressDetails></BuyerPartyDetails>
<InvoiceDetails><InvoiceNumber>` + number + `</InvoiceNumber><InvoiceDate Format="CCYYMMDD">20261001</InvoiceDate>
<InvoiceTotalVatExcludedAmount AmountCurrencyIdentifier="EUR">100,00</InvoiceTotalVatExcludedAmount>
<InvoiceTotalVatIncludedAmount AmountCurrencyIdentifier="EUR">` + total + `</InvoiceTotalVatIncludedAmount>
<PaymentTermsDetails><InvoiceDueDate Format="CCYYMMDD">20261015</InvoiceDueDate></PaymentTermsDetails></InvoiceDetails>
<EpiDetails><EpiPaymentInstructionDetails><EpiRemittanceInfoIdentifier>1009</EpiRemittanceInfoIdentifier></EpiPaymentInstructionDetails></EpiDetails>
</Finvoice>`
}

const peppol = `<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>P-1</ID><IssueDate>2026-10-01</IssueDate>
<DueDate>2026-10-31</DueDate><DocumentCurrencyCode>SEK</DocumentCurrencyCode>
<AccountingCustomerParty><Party><EndpointID>0007:5566778899</EndpointID><PostalAddress><Country><IdentificationCode>SE</IdentificationCode></Country></PostalAddress>
<PartyLegalEntity><RegistrationName>Kund AB</RegistrationName><CompanyID>5566778899</CompanyID></PartyLegalEntity></Party></AccountingCustomerParty>
<PaymentMeans><PaymentID>77</PaymentID></PaymentMeans>
<LegalMonetaryTotal><TaxExclusiveAmount currencyID="SEK">80.00</TaxExclusiveAmount><TaxInclusiveAmount currencyID="SEK">100.00</TaxInclusiveAmount></LegalMonetaryTotal></Invoice>`

func zipOf(t testing.TB, parts ...part) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		f, err := w.Create(p.filename)
		if err == nil {
			_, err = f.Write([]byte(p.value))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
