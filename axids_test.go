package maventa_test

import (
	"context"

	"github.com/maventa-go/maventa"
)

// axIDCalls is the part of idCalls about AX.
func axIDCalls(ctx context.Context) map[string]func(c *maventa.Client, id string) error {
	return map[string]func(c *maventa.Client, id string) error{
		"Invoices.Get id": func(c *maventa.Client, id string) error {
			return onlyErr(c.Invoices.Get(ctx, id))
		},
		"Invoices.Actions id": func(c *maventa.Client, id string) error {
			return onlyErr(c.Invoices.Actions(ctx, id, []maventa.InvoiceActionType{maventa.ActionSent, maventa.ActionError}))
		},
		"Invoices.MarkHandled id": func(c *maventa.Client, id string) error {
			return c.Invoices.MarkHandled(ctx, id, maventa.InvoiceEventHandled)
		},
		"Invoices.DownloadFile id": func(c *maventa.Client, id string) error {
			return onlyErr(c.Invoices.DownloadFile(ctx, id, "f-1"))
		},
		"Invoices.DownloadFile file_id": func(c *maventa.Client, id string) error {
			return onlyErr(c.Invoices.DownloadFile(ctx, "in-1", id))
		},
		"Invoices.DetectResults id": func(c *maventa.Client, id string) error {
			return onlyErr(c.Invoices.DetectResults(ctx, id, "FI"))
		},
		"Invoices.RerouteEInvoice id": func(c *maventa.Client, id string) error {
			return c.Invoices.RerouteEInvoice(ctx, id, maventa.RerouteEInvoice{RecipientEIA: "003712345678", RecipientOperator: "003721291126"})
		},
		"Invoices.RerouteEmail id": func(c *maventa.Client, id string) error {
			return c.Invoices.RerouteEmail(ctx, id, maventa.RerouteEmail{RecipientEmail: "a@b.example"})
		},
		"Invoices.ReroutePrint id": func(c *maventa.Client, id string) error {
			return c.Invoices.ReroutePrint(ctx, id, maventa.ReroutePrint{RecipientName: "Buyer Oy", RecipientAddress1: "Katu 1", RecipientAddress2: "A 2", RecipientPostCode: "00100", RecipientPostOffice: "Helsinki", RecipientState: "S", RecipientCountry: "FI"})
		},
		"Invoices.Reports id": func(c *maventa.Client, id string) error {
			return onlyErr(c.Invoices.Reports(ctx, id))
		},
		"Invoices.Report id": func(c *maventa.Client, id string) error {
			return c.Invoices.Report(ctx, id, maventa.InvoiceReport{Reasons: []maventa.ReportReason{"UNKNOWN_COMPANY"}, ContactEmail: "a@b.example", Description: "x"})
		},
		"Invoices.DeleteReport id": func(c *maventa.Client, id string) error {
			return c.Invoices.DeleteReport(ctx, id, "r-1")
		},
		"Invoices.DeleteReport report_id": func(c *maventa.Client, id string) error {
			return c.Invoices.DeleteReport(ctx, "in-1", id)
		},
		"Invoices.RespondNemhandel id": func(c *maventa.Client, id string) error {
			return onlyErr(c.Invoices.RespondNemhandel(ctx, id, maventa.NemhandelRejected, "wrong sum"))
		},
		"Analysis.Get id": func(c *maventa.Client, id string) error {
			return onlyErr(c.Analysis.Get(ctx, id))
		},
		"Company.Profile id": func(c *maventa.Client, id string) error {
			return onlyErr(c.Company.Profile(ctx, id))
		},
		"Company.UpdateProfile id": func(c *maventa.Client, id string) error {
			return c.Company.UpdateProfile(ctx, id, []byte(`{"a":1}`))
		},
		"Company.DeleteProfile id": func(c *maventa.Client, id string) error {
			return c.Company.DeleteProfile(ctx, id)
		},
		"Company.User user_id": func(c *maventa.Client, id string) error {
			return onlyErr(c.Company.User(ctx, id))
		},
		"Company.UpdateUser user_id": func(c *maventa.Client, id string) error {
			return c.Company.UpdateUser(ctx, id, maventa.UserUpdate{FirstName: maventa.Some("A"), LastName: maventa.Null[string](), Phone: maventa.Some(""), NotificationsDisabled: maventa.Some(false), EmailsDisabled: maventa.Some(true)})
		},
		"Company.SetUserRole user_id": func(c *maventa.Client, id string) error {
			return c.Company.SetUserRole(ctx, id, maventa.RoleAdmin)
		},
		"Company.RemoveUser user_id": func(c *maventa.Client, id string) error {
			return c.Company.RemoveUser(ctx, id)
		},
		"Companies.Status id": func(c *maventa.Client, id string) error {
			return onlyErr(c.Companies.Status(ctx, id))
		},
		"Notifications.Get id": func(c *maventa.Client, id string) error {
			return onlyErr(c.Notifications.Get(ctx, id))
		},
		"Notifications.Delete id": func(c *maventa.Client, id string) error {
			return c.Notifications.Delete(ctx, id)
		},
		"Documents.Get id": func(c *maventa.Client, id string) error {
			return onlyErr(c.Documents.Get(ctx, id, []string{"id"}))
		},
		"Documents.Update id": func(c *maventa.Client, id string) error {
			return c.Documents.Update(ctx, id, maventa.DocumentConfirmedDelivery)
		},
		"Documents.Events id": func(c *maventa.Client, id string) error {
			return onlyErr(c.Documents.Events(ctx, id, []string{"code"}))
		},
		"Files.Download id": func(c *maventa.Client, id string) error {
			return onlyErr(c.Files.Download(ctx, id))
		},
		"BankMessages.Status id": func(c *maventa.Client, id string) error {
			return onlyErr(c.BankMessages.Status(ctx, id))
		},
		"BankMessages.RIMessage id": func(c *maventa.Client, id string) error {
			return onlyErr(c.BankMessages.RIMessage(ctx, id))
		},
		"BankMessages.DeleteRIMessage id": func(c *maventa.Client, id string) error {
			return c.BankMessages.DeleteRIMessage(ctx, id)
		},
		"BankMessages.SentMessage id": func(c *maventa.Client, id string) error {
			return onlyErr(c.BankMessages.SentMessage(ctx, id))
		},
		"BankMessages.ErrorMessage id": func(c *maventa.Client, id string) error {
			return onlyErr(c.BankMessages.ErrorMessage(ctx, id))
		},
		"ATG.Get account_number": func(c *maventa.Client, id string) error {
			return onlyErr(c.ATG.Get(ctx, id))
		},
		"ATG.Update account_number": func(c *maventa.Client, id string) error {
			return c.ATG.Update(ctx, id, maventa.ATGTerms{AccountNumber: "12345678901", KIDLength: 10, ReferencePosition: "1-5", PaymentTypePosition: "6", SignerEmail: "e", NotificationByPrint: maventa.Some(true), NotificationByEmail: maventa.Some(false)})
		},
	}
}
