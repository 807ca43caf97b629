package maventa_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

// embedded starts a Maventa in memory and makes a client for its company. In a
// program, NewClient(maventa.Stage, credentials) stands in its place.
func embedded(opts ...maventa.ClientOption) (*maventatest.Server, *maventa.Client) {
	srv, err := maventatest.Start(maventatest.WithToday("2026-11-22"))
	if err != nil {
		panic(err) // an example has no test to fail
	}
	c, err := srv.NewClient(opts...)
	if err != nil {
		panic(err) // an example has no test to fail
	}
	return srv, c
}

// An overdue invoice goes to Ropo, is paid in part to the company and in part to
// the agency, and is closed.
func Example() {
	ctx := context.Background()
	srv, c := embedded()
	defer srv.Close()
	srv.Company().Activate(maventatest.Ropo)
	invoiceID := srv.AddInvoice(maventatest.Invoice{Number: "1001", Total: "124.00", DueDate: "2026-11-10"})

	_, err := c.Invoices.TransferToRopo(ctx, invoiceID, maventa.RopoTransfer{
		CollectionType:    maventa.CollectionReminderAndCollection,
		ReceivablesType:   maventa.ReceivablesB2B,
		AssignmentSummary: "Consulting in October",
		Payers: []maventa.Payer{{
			Name:       "Debtor Ltd",
			BusinessID: "1234567-1",
			Address:    maventa.Address{Country: "FI", Streets: []string{"Street 1"}, City: "Helsinki", ZipCode: "00100"},
		}},
		Amounts:  maventa.TransferAmounts{CapitalAmount: maventa.MustAmount("124.00")},
		DueDate:  maventa.MustDate("2026-11-10"),
		Currency: "EUR",
		Today:    maventa.MustDate("2026-11-22"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := c.Invoices.WaitForTransfer(ctx, invoiceID)
	if err != nil {
		fmt.Println(err)
		return
	}

	// 100.00 reached the company's own account.
	payment := maventa.DirectPayment(maventa.MustAmount("100.00"), maventa.MustDate("2026-11-20"))
	if _, err := c.Assignments.AddEvent(ctx, a.ID, payment); err != nil {
		fmt.Println(err)
		return
	}
	srv.Agency().Paid(a.ID, "24.00", "") // the rest is paid to the agency

	for e, err := range c.Assignments.Events(ctx, a.ID) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if amount, given := e.Amount.Get(); given {
			fmt.Println(e.Author, e.Type, amount)
		} else {
			fmt.Println(e.Author, e.Type)
		}
	}
	// Output:
	// sender paid 100.00
	// agency paid 24.00
	// agency close
}

func ExampleNewClient() {
	c, err := maventa.NewClient(maventa.Stage, maventa.Credentials{
		CompanyID:    "11111111-1111-4111-8111-111111111111",
		UserAPIKey:   "key-of-a-user",
		VendorAPIKey: "key-of-the-software",
	}, maventa.WithProduct("AcmeERP/3.1"))
	fmt.Println(c, err)
	// Output:
	// maventa.Client(stage, company "11111111-1111-4111-8111-111111111111") <nil>
}

// A mistake is found before anything is sent, and the error names the field. It
// never holds the key.
func ExampleNewClient_badCredentials() {
	_, err := maventa.NewClient(maventa.Stage, maventa.Credentials{
		CompanyID:  "11111111-1111-4111-8111-111111111111",
		UserAPIKey: "key-of-a-user\n",
	})
	if e, ok := errors.AsType[*maventa.Error](err); ok {
		fmt.Println(e.Fields[0].Field, e.Fields[0].Problem)
	}
	// Output:
	// credentials.user_api_key holds a space, a line break or a character outside ASCII: was it copied whole?
}

func ExampleClient_Check() {
	srv, c := embedded()
	defer srv.Close()

	me, err := c.Check(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(me.Environment, me.Granted)
	// Output:
	// maventatest [company:read company:write invoice:send receivables:assignments]
}

func ExampleClient_ForCompany() {
	srv, c := embedded()
	defer srv.Close()
	other := srv.AddCompany("Other Ltd", "FI87654321")

	client, err := c.ForCompany(other.Credentials())
	if err != nil {
		fmt.Println(err)
		return
	}
	overview, err := client.Assignments.Overview(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(overview.Open.Get())
	// Output:
	// 0 true
}

// Keys come from a function, for every company and whenever a token is needed.
func ExampleWithKeys() {
	vault := map[string]maventa.Keys{
		"11111111-1111-4111-8111-111111111111": {UserAPIKey: "key-of-one"},
		"22222222-2222-4222-8222-222222222222": {UserAPIKey: "key-of-two"},
	}
	c, err := maventa.NewClient(maventa.Stage,
		maventa.Credentials{CompanyID: "11111111-1111-4111-8111-111111111111"},
		maventa.WithKeys(func(_ context.Context, companyID string) (maventa.Keys, error) {
			return vault[companyID], nil
		}))
	if err != nil {
		fmt.Println(err)
		return
	}
	two, err := c.ForCompany(maventa.Credentials{CompanyID: "22222222-2222-4222-8222-222222222222"})
	fmt.Println(two, err)
	// Output:
	// maventa.Client(stage, company "22222222-2222-4222-8222-222222222222") <nil>
}

// A wire name that was guessed wrong can be corrected by the caller: a member in
// Extra wins over the typed field of its name, and a new one is added.
func ExampleNewEvent() {
	event := maventa.DirectPayment(maventa.MustAmount("100.00"), maventa.MustDate("2026-11-20"))
	if err := event.Extra.Set("payment_date", event.Date); err != nil {
		fmt.Println(err)
		return
	}
	event.Date = maventa.Date{} // sent under its other name now
	body, err := event.MarshalJSON()
	fmt.Println(string(body), err)
	// Output:
	// {"type":"paid","amount":100.00,"payment_date":"2026-11-20"} <nil>
}

// What to do about a failure is a matter of its outcome, what it was of its kind.
func ExampleError() {
	ctx := context.Background()
	srv, c := embedded()
	defer srv.Close()
	srv.Inject(maventatest.Status(http.StatusForbidden).On("Assignments.AddEvent"))

	_, err := c.Assignments.AddEvent(ctx, "33333333-3333-4333-8333-333333333333", maventa.Comment("Thank you"))
	if e, ok := errors.AsType[*maventa.Error](err); ok {
		fmt.Println(e.Operation, e.Status, e.Outcome, errors.Is(err, maventa.ErrForbidden))
	}
	// Output:
	// Assignments.AddEvent 403 rejected true
}

// A call that has no method.
func ExampleClient_Do() {
	srv, c := embedded()
	defer srv.Close()

	var overview struct {
		Open int `json:"open"`
	}
	err := c.Do(context.Background(), maventa.Request{
		API:    maventa.Receivables,
		Method: http.MethodGet,
		Path:   "/v1/assignments/overview",
	}, &overview)
	fmt.Println(overview.Open, err)
	// Output:
	// 0 <nil>
}

func ExampleWithResponse() {
	srv, c := embedded()
	defer srv.Close()

	var meta maventa.Response
	if _, err := c.Assignments.Overview(context.Background(), maventa.WithResponse(&meta)); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(meta.Status, meta.Attempts)
	// Output:
	// 200 1
}

func ExampleAmount_Sub() {
	total, paid := maventa.MustAmount("124.00"), maventa.MustAmount("100")
	open, err := total.Sub(paid)
	fmt.Println(open, err, open.Equal(maventa.MustAmount("24")))
	// Output:
	// 24.00 <nil> true
}
