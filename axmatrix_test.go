package maventa_test

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/maventatest"
)

// The calls of AX in the fault matrix and among the canaries. Each is made once,
// with canaries wherever its request can hold one, and used by both.

func init() {
	for name, w := range axWrites {
		unsafeCalls[name] = w.unsafe(name)
		canaryCalls[name] = func(ctx context.Context, c *maventa.Client) (any, error) {
			id := w.canary
			if id == "" {
				id = "in-1"
			}
			return w.call(ctx, c, id)
		}
	}
	maps.Copy(canaryCalls, axCanaryReads)
	for _, part := range []map[string]axCall{axInvoiceCalls, axCompanyCalls, axPartnerCalls, axDocumentCalls, axServiceCalls} {
		for name, a := range part {
			op := operation.Lookup(name)
			if op == nil {
				continue // TestOperations says so
			}
			if canaryCalls[name] == nil && op.Safety != operation.Unsafe { // nothing personal goes into it
				canaryCalls[name] = func(ctx context.Context, c *maventa.Client) (any, error) { return listed(a.call(ctx, c)) }
			}
		}
	}
}

// listed marks a call without an answer, whose success is no nil, nil.
func listed(v any, err error) (any, error) {
	if v == nil && err == nil {
		v = "done"
	}
	return v, err
}

// axScopes are all that the calls of the matrix need.
var axScopes = append(maventa.DefaultScopes(), "global", "invoice:receive", "analysis", "fi_bank_message:send", "fi_bank_message:receive")

// axWrite is an unsafe call of AX.
type axWrite struct {
	// prepare makes what the call acts on and returns its id. Nil: nothing.
	prepare func(srv *maventatest.Server) string
	call    func(ctx context.Context, c *maventa.Client, id string) (any, error)
	// effects counts what the call has done. Nil: the requests that the service
	// acted on, from the fake's log, where its state shows the last one alone.
	effects func(srv *maventatest.Server, id string) int
	canary  string // the id among the canaries; empty: in-1
	once    bool   // a form: it is never sent again, whatever the answer
}

func (w axWrite) unsafe(name string) unsafeCall {
	u := unsafeCall{prepare: w.prepare, effects: w.effects, once: w.once, call: func(ctx context.Context, c *maventa.Client, id string) error {
		v, err := w.call(ctx, c, id)
		return present(&v, err)
	}}
	if u.prepare == nil {
		u.prepare = func(*maventatest.Server) string { return "" }
	}
	if u.effects == nil {
		u.effects = func(srv *maventatest.Server, _ string) (n int) {
			for _, r := range srv.RequestsTo(name) {
				if r.Committed {
					n++
				}
			}
			return n
		}
	}
	return u
}

// noAnswer is a call that has none.
func noAnswer(err error) (any, error) { return "done", err }

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
		c, err := srv.NewClient(maventa.WithScopes(axScopes...))
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

var addedUser = made(func(ctx context.Context, c *maventa.Client) (string, error) {
	u, err := c.Company.AddUser(ctx, maventa.AddedUser{Email: "second@example.com", FirstName: "A"})
	if err != nil {
		return "", err
	}
	return u.ID, nil
})

// unused is a number that nothing on the server has.
func unused(srv *maventatest.Server) string { return fmt.Sprintf("canary-%07d-1", len(srv.Requests())) }

// Finvoice is read by the fake; what a file holds is not hidden in errors, so no
// canary is in it.
const matrixFinvoice = `<Finvoice Version="3.0"><BuyerPartyDetails><BuyerOrganisationName>Ostaja Oy</BuyerOrganisationName></BuyerPartyDetails>
<InvoiceDetails><InvoiceNumber>7</InvoiceNumber><InvoiceDate Format="CCYYMMDD">20261001</InvoiceDate>
<InvoiceTotalVatIncludedAmount AmountCurrencyIdentifier="EUR">125,50</InvoiceTotalVatIncludedAmount></InvoiceDetails></Finvoice>`

var axWrites = map[string]axWrite{
	"Invoices.Send": {
		once: true,
		prepare: func(srv *maventatest.Server) string {
			return maventa.InvoiceUUID(srv.CompanyID(), unused(srv))
		},
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return valueOf(c.Invoices.Send(ctx, maventa.InvoiceUpload{
				File: strings.NewReader(matrixFinvoice), UUID: id, RecipientEIA: canaryBID, RecipientEmail: canaryEmail, SenderComment: canaryComment,
				RecipientPhoneNumber: canaryPhone, RecipientSSN: canarySSN, RecipientEFakturaID: "canary-efaktura", PaymentInstructionIdentifier: canaryIBAN,
			}))
		},
		effects: func(srv *maventatest.Server, id string) (n int) {
			for _, inv := range srv.Company().AX().Invoices() {
				if inv.ID == id {
					n++
				}
			}
			return n
		},
	},
	"Invoices.MarkHandled": {
		prepare: received,
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return noAnswer(c.Invoices.MarkHandled(ctx, id, maventa.InvoiceEventHandled))
		},
	},
	"Invoices.RerouteEInvoice": {
		prepare: undelivered,
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return noAnswer(c.Invoices.RerouteEInvoice(ctx, id, maventa.RerouteEInvoice{RecipientEIA: canaryBID, RecipientOperator: "003721291126"}))
		},
	},
	"Invoices.RerouteEmail": {
		prepare: undelivered,
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return noAnswer(c.Invoices.RerouteEmail(ctx, id, maventa.RerouteEmail{RecipientEmail: canaryEmail}))
		},
	},
	"Invoices.ReroutePrint": {
		prepare: undelivered,
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return noAnswer(c.Invoices.ReroutePrint(ctx, id, maventa.ReroutePrint{
				RecipientName: canaryName, RecipientAddress1: canaryStreet, RecipientPostCode: "00100", RecipientPostOffice: canaryCity, RecipientCountry: "FI",
			}))
		},
	},
	"Invoices.Report": {
		prepare: received,
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return noAnswer(c.Invoices.Report(ctx, id, maventa.InvoiceReport{
				Reasons: []maventa.ReportReason{"UNKNOWN_COMPANY"}, ContactEmail: canaryEmail, Description: canaryComment,
			}))
		},
	},
	"Invoices.RespondNemhandel": {
		prepare: received,
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return valueOf(c.Invoices.RespondNemhandel(ctx, id, maventa.NemhandelRejected, canaryComment))
		},
	},
	"Company.UpdateSettings": {
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return noAnswer(c.Company.UpdateSettings(ctx, maventa.CompanySettings{Details: maventa.CompanyDetails{Email: maventa.Some(canaryEmail)}}))
		},
	},
	"Company.CreateProfile": {
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return valueOf(c.Company.CreateProfile(ctx, maventa.NewProfile{
				Profiles: []string{"INVOICE"}, EndpointID: canaryBID, Scheme: "0216", NetworkSettings: []byte(`{"x":"` + canaryExtra + `"}`),
			}))
		},
	},
	"Company.UpdateProfile": {
		prepare: made(func(ctx context.Context, c *maventa.Client) (string, error) {
			p, err := c.Company.CreateProfile(ctx, maventa.NewProfile{Profiles: []string{"INVOICE"}})
			if err != nil {
				return "", err
			}
			return p.ID, nil
		}),
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return noAnswer(c.Company.UpdateProfile(ctx, id, []byte(`{"x":"`+canaryExtra+`"}`)))
		},
	},
	"Company.Authorize": {
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return valueOf(c.Company.Authorize(ctx, maventa.AuthorizationRequest{AuthEmail: canaryEmail, Locale: "FI", Options: `{"ssn":"` + canarySSN + `"}`}))
		},
	},
	"Company.LinkVendor": {
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return valueOf(c.Company.LinkVendor(ctx))
		},
	},
	"Company.AddUser": {
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return valueOf(c.Company.AddUser(ctx, maventa.AddedUser{Email: canaryEmail, FirstName: "Maija", LastName: canaryName, Phone: canaryPhone}))
		},
	},
	"Company.UpdateUser": {
		prepare: addedUser, canary: canaryBID,
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return noAnswer(c.Company.UpdateUser(ctx, id, maventa.UserUpdate{LastName: maventa.Some(canaryName), Phone: maventa.Some(canaryPhone)}))
		},
	},
	"Company.SetUserRole": {
		prepare: addedUser, canary: canaryBID,
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return noAnswer(c.Company.SetUserRole(ctx, id, maventa.RoleAdmin))
		},
	},
	"Company.KeepActive": {
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return noAnswer(c.Company.KeepActive(ctx))
		},
		effects: func(srv *maventatest.Server, _ string) int { return srv.Company().AX().KeptActive() },
	},
	"Companies.Create": { // with the keys of the client
		once:    true,
		prepare: unused, canary: canaryBID,
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return valueOf(c.Companies.Create(ctx, maventa.NewCompany{
				Name: canaryName, BID: id, Address1: canaryStreet, PostCode: "00100", PostOffice: canaryCity, City: canaryCity, Country: "FI", Email: canaryEmail,
			}))
		},
	},
	"Companies.Authorize": {
		prepare: func(srv *maventatest.Server) string { return srv.CompanyID() },
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return valueOf(c.Companies.Authorize(ctx, maventa.CompaniesAuthorization{AuthEmail: canaryEmail, CompanyIDs: []string{id}, Locale: "FI"}))
		},
	},
	"Users.Create": { // with the vendor's key of the client
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return valueOf(c.Users.Create(ctx, maventa.NewUser{Email: canaryEmail, FirstName: "Maija", LastName: canaryName}))
		},
	},
	"Notifications.Create": {
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return valueOf(c.Notifications.Create(ctx, maventa.NewNotification{
				DestinationType: maventa.DestinationWebhook, Destination: "https://erp.example/" + canaryExtra, VendorKey: canaryVendorKey,
				Events: []maventa.EventName{maventa.NotifyInvoiceDelivered},
			}))
		},
	},
	"Notifications.ResendUnacknowledged": {
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return noAnswer(c.Notifications.ResendUnacknowledged(ctx))
		},
	},
	"Documents.Create": {
		once:    true,
		prepare: func(srv *maventatest.Server) string { return fmt.Sprint("t-", len(srv.Requests())) },
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return valueOf(c.Documents.Create(ctx, maventa.DocumentUpload{
				File: strings.NewReader("<Order/>"), Filename: "order.xml", TransmissionID: id, RecipientName: canaryName, RecipientEIA: canaryBID,
				SenderName: canaryName, SenderEIA: canaryBID,
			}))
		},
	},
	"Documents.Update": {
		prepare: made(func(ctx context.Context, c *maventa.Client) (string, error) {
			d, err := c.Documents.Create(ctx, maventa.DocumentUpload{File: strings.NewReader("<Order/>"), Filename: "order.xml"})
			if err != nil {
				return "", err
			}
			return d.ID, nil
		}),
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return noAnswer(c.Documents.Update(ctx, id, maventa.DocumentConfirmedDelivery))
		},
	},
	"Analysis.Start": {
		prepare: received,
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return value(c.Analysis.Start(ctx, id, []maventa.DetectCheck{maventa.CheckVAT}))
		},
	},
	"OPInvoiceCredit.Activate": {
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return valueOf(c.OPInvoiceCredit.Activate(ctx, maventa.OPActivation{ContactEmail: canaryEmail, IBAN: canaryIBAN, BIC: "OKOYFIHH", Bank: "OP"}))
		},
	},
	"OPInvoiceCredit.UpdateSettings": {
		prepare: withCredit,
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return noAnswer(c.OPInvoiceCredit.UpdateSettings(ctx, maventa.OPCreditTerms{PaymentPercent: 70, InterestRate: 5, CreditLimit: amount("900.00")}))
		},
	},
	"OPInvoiceCredit.Withdraw": {
		prepare: withCredit,
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return noAnswer(c.OPInvoiceCredit.Withdraw(ctx, amount("1.00")))
		},
		effects: func(srv *maventatest.Server, _ string) (n int) { // one euro each
			_, _ = fmt.Sscanf(srv.Company().AX().CreditWithdrawn(), "%d.00", &n)
			return n
		},
	},
	"OPInvoiceCredit.DirectPayment": {
		prepare: withCredit,
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return noAnswer(c.OPInvoiceCredit.DirectPayment(ctx, id))
		},
	},
	"ATG.Create": {
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return valueOf(c.ATG.Create(ctx, canaryATG()))
		},
	},
	"ATG.Update": {
		canary: canaryIBAN,
		prepare: made(func(ctx context.Context, c *maventa.Client) (string, error) {
			_, err := c.ATG.Create(ctx, canaryATG())
			return canaryIBAN, err
		}),
		call: func(ctx context.Context, c *maventa.Client, id string) (any, error) {
			return noAnswer(c.ATG.Update(ctx, id, canaryATG()))
		},
	},
	"Detect.UpdateChecks": {
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return noAnswer(c.Detect.UpdateChecks(ctx, []maventa.DetectCheck{maventa.CheckVAT}))
		},
	},
	"BankMessages.Send": {
		once: true,
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return noAnswer(c.BankMessages.Send(ctx, strings.NewReader("<FinvoiceSenderInfo/>"), "si.xml"))
		},
	},
	"ODP.UpdateCompany": {
		once: true,
		call: func(ctx context.Context, c *maventa.Client, _ string) (any, error) {
			return noAnswer(c.ODP.UpdateCompany(ctx, 7, true))
		},
	},
}

func canaryATG() maventa.ATGTerms {
	return maventa.ATGTerms{AccountNumber: canaryIBAN, KIDLength: 10, ReferencePosition: "1-5", SignerEmail: canaryEmail}
}

// axCanaryReads are the calls that only read, or that may be repeated, and whose
// path or query can hold something personal.
var axCanaryReads = map[string]func(ctx context.Context, c *maventa.Client) (any, error){
	"Company.User": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.Company.User(ctx, canaryBID))
	},
	"Company.RemoveUser": func(ctx context.Context, c *maventa.Client) (any, error) {
		return noAnswer(c.Company.RemoveUser(ctx, canaryBID))
	},
	"Company.Consumers": func(ctx context.Context, c *maventa.Client) (any, error) {
		consumers, err := collect(c.Company.Consumers(ctx, maventa.ConsumerFilter{Query: canaryName}))
		return &maventa.Page[maventa.Consumer]{Items: consumers}, err
	},
	"Company.Users": func(ctx context.Context, c *maventa.Client) (any, error) { return paged(c.Company.Users(ctx)) },
	"Companies.List": func(ctx context.Context, c *maventa.Client) (any, error) {
		return paged(c.Companies.List(ctx, maventa.CompanyFilter{BID: canaryBID, Country: "FI"}))
	},
	"Partner.LookupCompanies": func(ctx context.Context, c *maventa.Client) (any, error) {
		return paged(c.Partner.LookupCompanies(ctx, "FI", []string{canaryBID}))
	},
	"Lookups.Endpoints": func(ctx context.Context, c *maventa.Client) (any, error) {
		return paged(c.Lookups.Endpoints(ctx, "FI", []string{canaryBID}, nil))
	},
	"Lookups.Consumers": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.Lookups.Consumers(ctx, maventa.ConsumerQuery{
			SSN: canarySSN, PhoneNumber: canaryPhone, Email: canaryEmail, FirstName: "Maija", LastName: canaryName, City: canaryCity,
			ReferenceNumber: canaryIBAN, EFakturaIdentifier: canaryExtra, Routes: []string{"dpi"},
		}))
	},
	"Lookups.Receivers": func(ctx context.Context, c *maventa.Client) (any, error) {
		receivers, err := collect(c.Lookups.Receivers(ctx, maventa.ReceiverFilter{Networks: []string{"PEPPOL"}, EIA: canaryBID, BID: canaryBID, Name: canaryName}))
		return &maventa.Page[maventa.Receiver]{Items: receivers}, err
	},
	"Invoices.Reports": func(ctx context.Context, c *maventa.Client) (any, error) {
		return paged(c.Invoices.Reports(ctx, "in-1"))
	},
	"ATG.Get": func(ctx context.Context, c *maventa.Client) (any, error) { return valueOf(c.ATG.Get(ctx, canaryIBAN)) },
	"ATG.Mandates": func(ctx context.Context, c *maventa.Client) (any, error) {
		mandates, err := collect(c.ATG.Mandates(ctx, maventa.MandateFilter{Query: canaryName}))
		return &maventa.Page[maventa.Mandate]{Items: mandates}, err
	},
	"B2CNO.Consumers": func(ctx context.Context, c *maventa.Client) (any, error) {
		consumers, err := collect(c.B2CNO.Consumers(ctx, maventa.ConsumerFilter{Query: canaryName}))
		return &maventa.Page[maventa.Consumer]{Items: consumers}, err
	},
}

// paged wraps a list: an empty one is not nil.
func paged[T any](items []T, err error) (any, error) {
	return &maventa.Page[T]{Items: items}, err
}
