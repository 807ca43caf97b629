package einvoice

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
)

// In ISO-8859-15, as Finvoice often is.
const finvoice = `<?xml version="1.0" encoding="ISO-8859-15"?>
<Finvoice Version="3.0"><MessageTransmissionDetails><MessageReceiverDetails><ToIdentifier>003776543212</ToIdentifier>
<ToIntermediator>003721291126</ToIntermediator></MessageReceiverDetails></MessageTransmissionDetails>
<BuyerPartyDetails><BuyerPartyIdentifier>7654321-2</BuyerPartyIdentifier><BuyerOrganisationName>M` + "\xE4kel\xE4 Oy \xA4" + `</BuyerOrganisationName></BuyerPartyDetails>
<BuyerCommunicationDetails><BuyerEmailaddressIdentifier>makela@example.com</BuyerEmailaddressIdentifier></BuyerCommunicationDetails>
<InvoiceDetails><InvoiceNumber>5</InvoiceNumber><InvoiceDate Format="CCYYMMDD">20261001</InvoiceDate>
<InvoiceTotalVatExcludedAmount AmountCurrencyIdentifier="EUR">100,00</InvoiceTotalVatExcludedAmount>
<InvoiceTotalVatIncludedAmount AmountCurrencyIdentifier="EUR">125,50</InvoiceTotalVatIncludedAmount>
<PaymentTermsDetails><InvoiceDueDate Format="CCYYMMDD">20261015</InvoiceDueDate></PaymentTermsDetails></InvoiceDetails>
<EpiDetails><EpiPaymentInstructionDetails><EpiRemittanceInfoIdentifier>1009</EpiRemittanceInfoIdentifier>
<EpiDateOptionDate Format="CCYYMMDD">20261016</EpiDateOptionDate></EpiPaymentInstructionDetails></EpiDetails></Finvoice>`

const ubl = `<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>P-1</ID><IssueDate>2026-10-01</IssueDate>
<DueDate>soon</DueDate><DocumentCurrencyCode>SEK</DocumentCurrencyCode><InvoiceLine><ID>1</ID></InvoiceLine>
<AccountingCustomerParty><Party><EndpointID>0007:5566778899</EndpointID>
<PartyLegalEntity><RegistrationName>Kund AB</RegistrationName><CompanyID>5566778899</CompanyID></PartyLegalEntity></Party></AccountingCustomerParty>
<PaymentMeans><PaymentID>77</PaymentID></PaymentMeans>
<LegalMonetaryTotal><TaxExclusiveAmount>80.00</TaxExclusiveAmount><TaxInclusiveAmount>100.00</TaxInclusiveAmount></LegalMonetaryTotal></Invoice>`

func TestParse(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want Invoice
		ok   bool
	}{
		"Finvoice": {finvoice, Invoice{
			Root: "Finvoice", Format: "FINVOICE30", Number: "5", Reference: "1009", Date: "2026-10-01", Due: "2026-10-15", Sum: "100.00",
			WithTax: "125.50", Currency: "EUR", Name: "Mäkelä Oy €", BID: "7654321-2", EIA: "003776543212", Operator: "003721291126",
			Email: "makela@example.com",
		}, true},
		"UBL": {ubl, Invoice{
			Root: "Invoice", Format: "PEPPOLBIS30", Number: "P-1", Reference: "77", Date: "2026-10-01", Sum: "80.00", WithTax: "100.00",
			Currency: "SEK", Name: "Kund AB", BID: "5566778899", EIA: "0007:5566778899",
		}, true},
		"Finvoice 2": {`<Finvoice Version="2.01"/>`, Invoice{Root: "Finvoice", Format: "FINVOICE20"}, true},
		"credit note": {`<CreditNote><ID>7</ID></CreditNote>`, Invoice{
			Root: "CreditNote", Format: "PEPPOLBIS30", Number: "7",
		}, true},
		"ISO-8859-1": {`<?xml version="1.0" encoding="iso-8859-1"?><Invoice><ID>` + "\xA4" + `</ID></Invoice>`, Invoice{
			Root: "Invoice", Format: "PEPPOLBIS30", Number: "¤",
		}, true},
		"another format": {`<SedInvoice><ID>7</ID></SedInvoice>`, Invoice{Root: "SedInvoice", Number: "7"}, true},
		"broken off":     {`<Invoice><ID>7</ID><IssueDate>20261001</Issue`, Invoice{Root: "Invoice", Format: "PEPPOLBIS30", Number: "7", Date: "2026-10-01"}, false},
		"encoding":       {`<?xml version="1.0" encoding="EBCDIC"?><Invoice/>`, Invoice{}, false},
		"no XML":         {"%PDF-1.4", Invoice{}, false},
		"nothing":        {"", Invoice{}, false},
	} {
		if got, ok := Parse([]byte(test.text)); got != test.want || ok != test.ok {
			t.Errorf("%s: %+v, %t\nwant %+v, %t", name, got, ok, test.want, test.ok)
		}
	}
}

// zipOf packs two files.
func zipOf(t *testing.T, method uint16) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"folder/invoice.xml", "image.pdf"} {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = io.WriteString(f, strings.Repeat(name, 100))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUnzip(t *testing.T) {
	archive := zipOf(t, zip.Deflate)
	files := Unzip(archive)
	if len(files) != 2 || files[0].Name != "invoice.xml" || files[1].Name != "image.pdf" || !strings.HasPrefix(string(files[1].Data), "image.pdf") {
		t.Errorf("%+v", files)
	}
	if !IsZIP(archive) || IsZIP([]byte(finvoice)) || IsZIP(nil) {
		t.Error("IsZIP is wrong")
	}
	if files := Unzip(archive[:len(archive)/2]); files != nil {
		t.Errorf("of half an archive: %+v", files)
	}
}

func TestUnzipFirst(t *testing.T) {
	archive := zipOf(t, zip.Deflate)
	files := UnzipFirst(archive[:len(archive)/2])
	if len(files) != 1 || files[0].Name != "folder/invoice.xml" || !bytes.Equal(files[0].Data, Unzip(archive)[0].Data) {
		t.Errorf("%+v", files)
	}
	// A stored file says its size in front when it is written by a program that
	// knows it; Go's writer puts it behind.
	head := slices.Concat(archive[:8], []byte{0, 0}, archive[10:18], []byte{3, 0, 0, 0}, archive[22:26], []byte{1, 0, 0, 0}, []byte("axyz and more"))
	if files := UnzipFirst(head); len(files) != 1 || files[0].Name != "a" || string(files[0].Data) != "xyz" {
		t.Errorf("%+v", files)
	}
	for name, head := range map[string][]byte{
		"stored, size unknown": zipOf(t, zip.Store), "stored, cut": head[:33], "cut in the header": archive[:20],
		"cut in the name": archive[:35], "cut in the file": archive[:60],
	} {
		if files := UnzipFirst(head); files != nil {
			t.Errorf("%s: %+v", name, files)
		}
	}
}
