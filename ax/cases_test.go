package ax_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/maventatest"
)

// axCases are the calls of AX beyond the receivables.
func axCases() []ct.Case {
	var all []ct.Case
	for _, part := range [][]ct.Case{axInvoiceCases(), axCompanyCases(), axPartnerCases(), axDocumentCases(), axServiceCases()} {
		all = append(all, part...)
	}
	return all
}

func received(srv *maventatest.Server) string {
	return srv.Company().AX().ReceiveInvoice(maventatest.Invoice{})
}

// undelivered is an invoice that may go another way.
func undelivered(srv *maventatest.Server) string {
	id := srv.AddInvoice(maventatest.Invoice{})
	srv.Company().AX().FailInvoice(id, "no such address")
	return id
}

func withCredit(srv *maventatest.Server) string {
	srv.Company().AX().ActivateCredit()
	return srv.AddInvoice(maventatest.Invoice{})
}

// made prepares what an id is needed of by a call that goes well.
func made(call func(ctx context.Context, c *maventa.Client) (id string, err error)) func(srv *maventatest.Server) string {
	return func(srv *maventatest.Server) string {
		c, err := ct.NewClient(srv)
		if err != nil {
			return err.Error()
		}
		id, err := call(context.Background(), c)
		if err != nil {
			return err.Error() // the call under test fails with it
		}
		return id
	}
}

var addedProfile = made(func(ctx context.Context, c *maventa.Client) (string, error) {
	p, err := ax.New(c).Company.CreateProfile(ctx, ax.NewProfile{Profiles: []string{"INVOICE"}})
	if err != nil {
		return "", err
	}
	return p.ID, nil
})

// reported is an invoice with a report, and the report.
func reported(srv *maventatest.Server) string {
	invoice := received(srv)
	return invoice + "/" + made(func(ctx context.Context, c *maventa.Client) (string, error) {
		if err := ax.New(c).Invoices.Report(ctx, invoice, ax.InvoiceReport{Reasons: []ax.ReportReason{"UNKNOWN_COMPANY"}, ContactEmail: "a@b.example"}); err != nil {
			return "", err
		}
		reports, err := ax.New(c).Invoices.Reports(ctx, invoice)
		if err != nil {
			return "", err
		}
		return reports[0].ID, nil
	})(srv)
}

var addedUser = made(func(ctx context.Context, c *maventa.Client) (string, error) {
	u, err := ax.New(c).Company.AddUser(ctx, ax.AddedUser{Email: "second@example.com", FirstName: "A"})
	if err != nil {
		return "", err
	}
	return u.ID, nil
})

// unused is a number that nothing on the server has.
func unused(srv *maventatest.Server) string {
	return fmt.Sprintf("canary-%07d-1", len(srv.Requests()))
}

func atgTerms() ax.ATGTerms {
	return ax.ATGTerms{
		AccountNumber: ct.CanaryIBAN, KIDLength: 10, ReferencePosition: "1-5", PaymentTypePosition: "6", SignerEmail: ct.CanaryEmail,
		NotificationByPrint: maventa.Some(true), NotificationByEmail: maventa.Some(false),
	}
}

// smallFinvoice is read by the fake; what a file holds is not hidden in errors,
// so no canary is in it.
const smallFinvoice = `<Finvoice Version="3.0"><BuyerPartyDetails><BuyerOrganisationName>Ostaja Oy</BuyerOrganisationName></BuyerPartyDetails><InvoiceDetails><InvoiceNumber>7</InvoiceNumber><InvoiceDate Format="CCYYMMDD">20261001</InvoiceDate><InvoiceTotalVatIncludedAmount AmountCurrencyIdentifier="EUR">125,50</InvoiceTotalVatIncludedAmount></InvoiceDetails></Finvoice>`

// fullUpload has every field.
func fullUpload(uuid string) ax.InvoiceUpload {
	return ax.InvoiceUpload{
		File: strings.NewReader(smallFinvoice), Filename: "sales.xml", UUID: uuid,
		XMLFormat: "FINVOICE30", RecipientType: ax.RecipientConsumer, RecipientEIA: ct.CanaryBID, RecipientEmail: ct.CanaryEmail, RecipientOperator: "o",
		PreventRouting: true, DisabledRoutes: []ax.InvoiceRoute{ax.RoutePrint, ax.RouteEmail},
		RouteOrder: []ax.InvoiceRoute{ax.RouteVipps, ax.RouteEmail}, SenderComment: ct.CanaryComment, Language: "FI",
		RecipientPhoneNumber: ct.CanaryPhone, RecipientDateOfBirth: date("1990-01-02"), RecipientSSN: ct.CanarySSN, RecipientEFakturaID: "canary-efaktura",
		B2CNODocumentType: "INVOICE", PaymentInstructionIdentifier: ct.CanaryIBAN,
		Print: ax.PrintSettings{
			Color: maventa.Some(false), LetterClass: "ECONOMY", PreventDigitalPost: maventa.Some(true), OwnImage: maventa.Some(true), AllowKivraFI: maventa.Some(false),
		},
		EmailXMLFormat: "FINVOICE20",
	}
}

// documentUpload has every field.
func documentUpload(transmissionID string) ax.DocumentUpload {
	return ax.DocumentUpload{
		File: strings.NewReader("<Order/>"), Filename: "order.xml",
		Files:      []ax.DocumentUploadFile{{File: strings.NewReader("pdf"), Filename: "a.pdf", Type: ax.AttachmentFile}},
		References: []ax.DocumentReference{{ID: "d-0", IDType: "document_id", Checksum: "c", Type: ax.OtherFile}},
		Type:       "ORDER", TransmissionID: transmissionID, TransmissionAt: utc("2026-11-01T10:00:00Z"), ExternalID: "x",
		RecipientName: ct.CanaryName, RecipientCountry: "FI", RecipientEIA: ct.CanaryBID, RecipientOperator: "o",
		SenderName: ct.CanaryName, SenderCountry: "SE", SenderEIA: ct.CanaryBID, Fields: []string{"id", "status"},
	}
}
