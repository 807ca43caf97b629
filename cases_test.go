package maventa_test

import (
	"context"
	"net/http"
	"strings"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/maventatest"
)

// cases are the calls of this package, one for each row of the table's core.
func cases() []ct.Case {
	return []ct.Case{
		{
			Name: "Auth.Current",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				me, err := c.Check(ctx)
				if err != nil {
					return nil, err
				}
				return map[string]any{"user": me.User, "company": me.Company, "scopes": me.Granted}, nil
			},
			Want: ct.Want{Path: "/oauth2/current"},
			Answer: `{"user":{"id":"u-1","first_name":"Kaisa","last_name":"Kuvitteellinen","email":"kaisa@sahkolahde.example"},
				"company":{"id":"` + ct.CompanyID + `","bid":"0000002-7","name":"Sähkölähde Oy","country":"FI","vat":"FI00000027","wizard_done":true},
				"scopes":["company:read","company:write","invoice:send","receivables:assignments"]}`,
		},
		{
			Name: "Ropo.Activate",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(c.Ropo.Activate(ctx, canaryRopoActivation()))
			},
			Want:    ct.Want{Path: "/v2/services/ropo/receivables", Body: "@ropo_activate_canary"},
			Answer:  `{"status":"PENDING","agreement_contact_email":"a@b.example","activation_url":"https://kyc.example/ropo/1"}`,
			Status:  200,
			Effects: func(srv *maventatest.Server, _ string) int { return srv.Company().KYCMails(maventatest.Ropo) },
		},
		{
			Name: "Ropo.Status",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(c.Ropo.Status(ctx))
			},
			Want:   ct.Want{Path: "/v2/services/ropo/receivables"},
			Answer: `{"status":"PENDING","agreement_contact_email":"a@b.example","activation_url":"https://kyc.example/ropo/1"}`,
		},
		{
			Name: "Ropo.Close",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Done(c.Ropo.Close(ctx))
			},
			Want:    ct.Want{Path: "/v2/services/ropo/receivables"},
			Status:  204,
			Prepare: active(maventatest.Ropo),
		},
		{
			Name: "Amili.Activate",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(c.Amili.Activate(ctx, canaryAmiliActivation()))
			},
			Want:    ct.Want{Path: "/v2/services/amili/receivables", Body: "@amili_activate_canary"},
			Answer:  amiliAnswer,
			Effects: func(srv *maventatest.Server, _ string) int { return srv.Company().KYCMails(maventatest.Amili) },
		},
		{
			Name: "Amili.Status",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(c.Amili.Status(ctx))
			},
			Want:   ct.Want{Path: "/v2/services/amili/receivables"},
			Answer: amiliAnswer,
		},
		{
			Name: "Amili.Update",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Done(c.Amili.Update(ctx, maventa.AmiliUpdate{AccountableParty: maventa.AccountablePartyCompany}))
			},
			Want:    ct.Want{Path: "/v2/services/amili/receivables", Body: `{"accountable_party":"company"}`},
			Prepare: active(maventatest.Amili),
		},
		{
			Name: "Amili.Close",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Done(c.Amili.Close(ctx))
			},
			Want:    ct.Want{Path: "/v2/services/amili/receivables"},
			Prepare: active(maventatest.Amili),
		},
		{
			Name: "Invoices.TransferToRopo",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(c.Invoices.TransferToRopo(ctx, ids[0], canaryRopoTransfer()))
			},
			IDs:    []string{"in-1"},
			Want:   ct.Want{Path: "/v2/invoices/in-1/assignment/ropo", Body: "@transfer_ropo_canary"},
			Answer: `{"status":"pending"}`,
			Status: 200,
			Prepare: func(srv *maventatest.Server) string {
				srv.Company().Activate(maventatest.Ropo)
				return srv.AddInvoice(overdue(srv))
			},
			Effects:      transfersOf,
			RefusedTwice: true,
		},
		{
			Name: "Invoices.TransferToAmili",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(c.Invoices.TransferToAmili(ctx, ids[0], canaryAmiliTransfer()))
			},
			IDs:          []string{"in-1"},
			Want:         ct.Want{Path: "/v2/invoices/in-1/assignment/amili", Body: "@transfer_amili_canary"},
			Status:       202,
			Prepare:      prepareAmili,
			Effects:      transfersOf,
			RefusedTwice: true,
		},
		{
			Name: "Invoices.TransferToAmiliV1",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(c.Invoices.TransferToAmiliV1(ctx, ids[0], canaryAmiliTransferV1()))
			},
			IDs:          []string{"in-1"},
			Want:         ct.Want{Path: "/v1/invoices/in-1/assignment", Body: "@transfer_amili_v1_canary"},
			Prepare:      prepareAmili,
			Effects:      transfersOf,
			RefusedTwice: true,
		},
		{
			Name: "Invoices.TransferStatus",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(c.Invoices.TransferStatus(ctx, ids[0]))
			},
			IDs:    []string{"in-1"},
			Want:   ct.Want{Path: "/v2/invoices/in-1/assignment"},
			Answer: `{"status":"sent","url":"` + ct.Receivables + `/v1/assignments/as-1","collectable_amount":1244.50}`,
		},
		{
			Name: "Invoices.TransferStatusV1",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(c.Invoices.TransferStatusV1(ctx, ids[0]))
			},
			IDs:    []string{"in-1"},
			Want:   ct.Want{Path: "/v1/invoices/in-1/assignment"},
			Answer: `{"status":"pending","error_reason":"Osoite puuttuu","collectable_amount":1244.50}`,
		},
		{
			Name: "Assignments.List",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(c.Assignments.List(ctx, ct.AllSet(maventa.AssignmentFilter{
					DebtorName: ct.CanaryName, Status: maventa.AssignmentOpen, InvoiceID: "in-1",
					CreatedFrom: utc("2026-11-01T00:00:00Z"), CreatedTo: utc("2026-11-30T23:59:59Z"),
					ClosedFrom: utc("2026-11-20T00:00:00Z"), ClosedTo: utc("2026-11-21T00:00:00Z"),
				})))
			},
			Want: ct.Want{Path: "/v1/assignments?debtor_name=Maija+%22Canary%22+Meik%C3%A4l%C3%A4inen+%26+Pojat&status=open&invoice_id=in-1" +
				"&created_at_start=2026-11-01T00%3A00%3A00Z&created_at_end=2026-11-30T23%3A59%3A59Z" +
				"&closed_at_start=2026-11-20T00%3A00%3A00Z&closed_at_end=2026-11-21T00%3A00%3A00Z&page=1&per_page=100"},
			Answer: `[{"id":"as-1","invoice_id":"in-1","status":"open","debtor_name":"Maija \"Canary\" Meikäläinen & Pojat",` +
				`"created_at":"2026-11-16T08:30:00Z","closed_at":"2026-11-20T12:00:00Z"}]`,
		},
		{
			Name: "Assignments.Get",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(c.Assignments.Get(ctx, ids[0]))
			},
			IDs:  []string{"as-1"},
			Want: ct.Want{Path: "/v1/assignments/as-1"},
			Answer: `{"id":"as-1","invoice_id":"in-1","reference_ids":["in-1","ref-2"],"invoice_number":"L-2026-11","invoice_date":"2026-10-15","due_date":"2026-11-01",` +
				`"status":"open","collection_status":"reminder_sent","service_level":"vip","debtor_name":"Aino Olematon","currency":"EUR","total_amount":1244.50,` +
				`"open_amount":744.50,"created_at":"2026-11-16T08:30:00Z","closed_at":"2026-11-21T23:59:59Z","events":[` + eventAnswer + `]}`,
		},
		{
			Name: "Assignments.Overview",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(c.Assignments.Overview(ctx))
			},
			Want:   ct.Want{Path: "/v1/assignments/overview"},
			Answer: `{"open":12,"soon_due":0,"overdue":3}`,
		},
		{
			Name: "Assignments.Events",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ct.Collect(c.Assignments.Events(ctx, ids[0])))
			},
			IDs:    []string{"as-1"},
			Want:   ct.Want{Path: "/v1/assignments/as-1/events?page=1&per_page=100"},
			Answer: `[` + eventAnswer + `]`,
		},
		{
			Name: "Assignments.AddEvent",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(c.Assignments.AddEvent(ctx, ids[0], canaryEvent()))
			},
			IDs:    []string{"as-1"},
			Want:   ct.Want{Path: "/v1/assignments/as-1/events", Body: "@event_canary"},
			Answer: eventAnswer,
			Status: 201,
			Prepare: func(srv *maventatest.Server) string {
				return srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
			},
			Effects: sentPayments,
		},
		{
			Name: "Events.List",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(c.Events.List(ctx, ct.AllSet(maventa.EventFilter{
					Type: maventa.EventPaid, AssignmentID: "as-1", CreatedFrom: utc("2026-11-01T00:00:00Z"), CreatedTo: utc("2026-12-01T00:00:00Z"),
				})))
			},
			Want: ct.Want{Path: "/v1/events?type=paid&assignment_id=as-1&created_at_start=2026-11-01T00%3A00%3A00Z" +
				"&created_at_end=2026-12-01T00%3A00%3A00Z&page=1&per_page=100"},
			Answer: `[` + eventAnswer + `]`,
		},
		{
			Name: "Events.MarkSeen",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(c.Events.MarkSeen(ctx, ids[0], ids[1]))
			},
			IDs:    []string{"as-1", "ev-1"},
			Want:   ct.Want{Path: "/v1/assignments/as-1/events/ev-1/seen"},
			Status: 204,
			Prepare: func(srv *maventatest.Server) string {
				id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
				return id + "/" + srv.Agency().Comment(id, "x")
			},
		},
		{
			Name: "ServiceLevels.List",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(c.ServiceLevels.List(ctx, maventa.ListOptions{}))
			},
			Want:   ct.Want{Path: "/v1/service_levels?page=1&per_page=100"},
			Answer: `[{"customer_bid":"0000001-9","service_level":"premium"},{"customer_bid":"0000003-5","service_level":"gold"}]`,
		},
		{
			Name: "ServiceLevels.Set",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(c.ServiceLevels.Set(ctx, ids[0], maventa.ServiceLevelVIP))
			},
			IDs:    []string{ct.CanaryBID},
			Want:   ct.Want{Path: "/v1/service_levels/canary-1234567-1", Body: `{"service_level":"vip"}`},
			Status: 204,
			Prepare: func(srv *maventatest.Server) string {
				srv.Company().ActivateKassavirta("vfsfi")
				return "1234567-1"
			},
		},
	}
}

const (
	amiliAnswer = `{"status":"ACTIVE","service_type":"express","accountable_party":"vfsfi","activation_url":"https://kyc.example/amili/1","iban":"FI0099990000000001",` +
		`"bic":"TESTFIHH","bank":"Kokeilupankki","contact_person":"Kaisa Kuvitteellinen","contact_email":"kaisa@sahkolahde.example","contact_phone_number":"+358000000001",` +
		`"customer_service_email":"asiakaspalvelu@sahkolahde.example","customer_service_phone_number":"+358000000002","authorization_email":"toimitusjohtaja@sahkolahde.example",` +
		`"billing_address":{"country":"FI","streets":["Keksitty katu 1","B 2"],"city":"Mallila","zip_code":"00001"},"vfsfi":{"iban":"FI0099990000000099","bic":"TESTFIHH",` +
		`"account_number":"999900-99","notes":[{"phrase":"Lasku on siirretty.","code":"AAX"}]}}`
	eventAnswer = `{"id":"ev-9","assignment_id":"as-1","type":"paid","amount":40.00,"date":"2026-11-20","comment":"Kiitos","invoice_number":"H-77",` +
		`"due_date":"2026-12-15","until":"2027-01-31","author":"sender","seen":true,"created_at":"2026-11-22T10:15:30Z"}`
)

func canaryAddress() maventa.Address {
	return maventa.Address{Country: "FI", Streets: []string{ct.CanaryStreet}, City: ct.CanaryCity, ZipCode: "00100"}
}

func canaryEvent() maventa.NewEvent {
	e := maventa.DirectPayment(amount("40.00"), date("2026-11-20"))
	e.Comment, e.Extra = ct.CanaryComment, ct.CanaryFields()
	return e
}

func canaryRopoActivation() maventa.RopoActivation {
	return maventa.RopoActivation{AgreementContactEmail: ct.CanaryEmail, Extra: ct.CanaryFields(), Again: true}
}

func canaryAmiliActivation() maventa.AmiliActivation {
	return maventa.AmiliActivation{
		IBAN: ct.CanaryIBAN, BIC: "NDEAFIHH", Bank: "Nordea", ContactPerson: ct.CanaryName, ContactEmail: ct.CanaryEmail,
		ContactPhoneNumber: ct.CanaryPhone, CustomerServiceEmail: ct.CanaryEmail, CustomerServicePhoneNumber: ct.CanaryPhone, AuthorizationEmail: ct.CanaryEmail,
		AccountableParty: maventa.AccountablePartyAgency, ServiceType: maventa.ServiceTypeExpress,
		BillingAddress: canaryAddress(), PostalAddress: new(canaryAddress()), Again: true,
	}
}

func canaryPayer() maventa.Payer {
	return maventa.Payer{
		Name: ct.CanaryName, BusinessID: ct.CanaryBID, SSN: ct.CanarySSN, CustomerNumber: "canary-77", Email: ct.CanaryEmail, PhoneNumber: ct.CanaryPhone,
		Address: canaryAddress(), Extra: ct.CanaryFields(),
	}
}

func canaryRopoTransfer() maventa.RopoTransfer {
	t := ropoTransfer()
	t.Payers, t.AssignmentSummary, t.Extra = []maventa.Payer{canaryPayer(), canaryPayer()}, ct.CanarySummary, ct.CanaryFields()
	t.Rental = &maventa.RentalDetails{Address: ct.CanaryStreet}
	return t
}

func canaryAmiliTransfer() maventa.AmiliTransfer {
	t := amiliTransfer()
	t.Payers, t.AssignmentSummary, t.Extra = []maventa.Payer{canaryPayer()}, ct.CanarySummary, ct.CanaryFields()
	return t
}

func canaryAmiliTransferV1() maventa.AmiliTransferV1 {
	t := amiliTransferV1()
	t.PayerIdentifiers, t.PayerSSNs, t.AssignmentSummary = []string{"canary-77"}, []maventa.Secret{ct.CanarySSN}, ct.CanarySummary
	return t
}

func active(service maventatest.Service) func(srv *maventatest.Server) string {
	return func(srv *maventatest.Server) string {
		srv.Company().Activate(service)
		return ""
	}
}

func prepareAmili(srv *maventatest.Server) string {
	srv.Company().ActivatePerinta("vfsfi")
	return srv.AddInvoice(overdue(srv))
}

// overdue is an invoice that an agency takes.
func overdue(srv *maventatest.Server) maventatest.Invoice {
	return maventatest.Invoice{Date: srv.Clock().Day(-60), DueDate: srv.Clock().Day(-30)}
}

// sentPayments counts the payments that the sender has reported.
func sentPayments(srv *maventatest.Server, assignmentID string) (n int) {
	a, _ := srv.Assignment(assignmentID)
	for _, e := range a.Events {
		if e.Author == "sender" && e.Type == "paid" {
			n++
		}
	}
	return n
}

// transfersOf counts the transfers of an invoice that were accepted. The fake
// refuses a second one by itself, which Maventa is not known to do; so each
// request for one that arrives after the first counts as well.
func transfersOf(srv *maventatest.Server, invoiceID string) (n int) {
	for _, r := range srv.Requests() {
		isTransfer := r.Method == http.MethodPost && strings.Contains(r.Path, invoiceID)
		if isTransfer && (r.Committed || n > 0) {
			n++
		}
	}
	return n
}
