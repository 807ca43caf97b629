package ax_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

func TestArrayEncodings(t *testing.T) {
	for encoding, want := range map[maventa.ArrayEncoding][2]string{
		maventa.ArrayCommas:   {"ids=a%2Cb&status=PENDING,FAILED", "disabled_routes=print,email"},
		maventa.ArrayRepeated: {"ids=a%2Cb&status=PENDING&status=FAILED", "disabled_routes=print\ndisabled_routes=email"},
		maventa.ArrayBrackets: {"ids[]=a%2Cb&status[]=PENDING&status[]=FAILED", "disabled_routes[]=print\ndisabled_routes[]=email"},
	} {
		m := ct.NewMock(t, maventa.WithArrayEncoding(encoding))
		m.On("GET", ct.AX+"/v1/invoices", ct.Reply{Status: 200, Body: "[]"})
		_, err := ax.New(m.Client).Invoices.List(t.Context(), ax.InvoiceFilter{Status: []ax.InvoiceStatus{"PENDING", "", "FAILED"}, IDs: []string{"a,b"}})
		require.NoError(t, err)
		assert.Equal(t, ct.AX+"/v1/invoices?page=1&per_page=100&"+want[0], m.Sent[0].URL)

		m.On("POST", ct.AX+"/v1/invoices", ct.Reply{Status: 201, Body: `{"id":"in-1"}`})
		_, err = ax.New(m.Client).Invoices.Send(t.Context(), ax.InvoiceUpload{
			File: strings.NewReader("<x/>"), LedgerID: "1", DisabledRoutes: []ax.InvoiceRoute{ax.RoutePrint, ax.RouteEmail},
		})
		require.NoError(t, err)
		assert.Contains(t, ct.FormOf(t, m.Sent[1]), want[1])
	}
	_, err := maventa.NewClient(maventa.Stage, ct.Credentials(), maventa.WithArrayEncoding(3))
	ct.Misconfigured(t, err, "encoding")
}

// An encoding that the service does not read shows in the page.
func TestIgnoredArrayIsNoticed(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", ct.AX+"/v1/invoices", ct.Reply{Status: 200, Body: `[{"id":"1","status":"FAILED"},{"id":"2","status":"DELIVERED"}]`})
	p, err := ax.New(m.Client).Invoices.List(t.Context(), ax.InvoiceFilter{Status: []ax.InvoiceStatus{ax.InvoiceFailed}})
	require.NoError(t, err)
	assert.Len(t, p.Items, 1)
	assert.Equal(t, maventa.FilterIgnored, p.Filter)
}

func TestAXRules(t *testing.T) {
	m := ct.NewMock(t)
	ctx, c := t.Context(), m.Client
	eleven := strings.Fields("1 2 3 4 5 6 7 8 9 10 11")
	ct.Refused(t, onlyErr(ax.New(c).Partner.LookupCompanies(ctx, "FI", eleven)), "bids")
	ct.Refused(t, onlyErr(ax.New(c).Partner.LookupCompanies(ctx, "fi", []string{"1"})), "country")
	ct.Refused(t, onlyErr(ax.New(c).Lookups.Endpoints(ctx, "", nil, nil)), "business_ids")
	ct.Refused(t, onlyErr(ct.Collect(ax.New(c).Lookups.Receivers(ctx, ax.ReceiverFilter{}))), "network")
	ct.Refused(t, onlyErr(ct.Collect(ax.New(c).Partner.SentErrors(ctx, ax.SentErrorFilter{}))), "happened_after")
	ct.Refused(t, onlyErr(ax.New(c).Notifications.Create(ctx, ax.NewNotification{DestinationType: "FAX", Destination: "http://erp.example/x"})), "destination_type", "destination", "events")
	ct.Refused(t, onlyErr(ax.New(c).Companies.Create(ctx, ax.NewCompany{})), "vendor_api_key", "user_api_key", "name", "bid", "address1", "post_code", "post_office", "city", "country", "email")
	ct.Refused(t, onlyErr(ax.New(c).Companies.Authorize(ctx, ax.CompaniesAuthorization{AuthEmail: "a", Locale: "FR"})), "company_ids", "locale")
	ct.Refused(t, onlyErr(ax.New(c).Company.AddUser(ctx, ax.AddedUser{Role: "KING"})), "email", "first_name", "user_role")
	ct.Refused(t, onlyErr(ax.New(c).Company.Settings(ctx, []ax.SettingsBlock{"x"})), "fields")
	ct.Refused(t, ax.New(c).OPInvoiceCredit.Withdraw(ctx, amount("0")), "amount")
	ct.Refused(t, onlyErr(ax.New(c).OPInvoiceCredit.AccountStatement(ctx, maventa.Date{})), "day")
	ct.Refused(t, onlyErr(ax.New(c).Analysis.Start(ctx, "", []ax.DetectCheck{"X"})), "resource_id", "checks_to_run")
	ct.Refused(t, ax.New(c).Documents.Update(ctx, "d-1", ax.DocumentFailed), "status")
	ct.Refused(t, onlyErr(ax.New(c).Documents.Create(ctx, ax.DocumentUpload{})), "file")
	ct.Refused(t, ax.New(c).Invoices.ReroutePrint(ctx, "in-1", ax.ReroutePrint{}), "recipient_name", "recipient_address1", "recipient_post_code", "recipient_post_office", "recipient_country")
	ct.Refused(t, ax.New(c).Invoices.Report(ctx, "in-1", ax.InvoiceReport{}), "reason", "contact_email")
	ct.Refused(t, onlyErr(ax.New(c).BankMessages.SentMessages(ctx, "", utc("2026-11-01T00:00:00Z"), utc("2026-11-01T00:00:00Z"))), "message_type")
	m.NothingSent()
}

// The answers that the Swagger file and common sense describe differently.
func TestOtherShapes(t *testing.T) {
	m := ct.NewMock(t)
	ctx, c := t.Context(), m.Client
	m.On("GET", ct.AX+"/v1/jwk", ct.Reply{Status: 200, Body: `{"keys":[{"kid":"1"}]}`})
	keys, err := ax.New(c).Definitions.Keys(ctx)
	require.NoError(t, err)
	assert.Equal(t, "1", keys[0].Keys[0].KeyID)
	m.On("GET", ct.AX+"/v1/files", ct.Reply{Status: 200, Body: `{"id":"f-1","document_file_links":[]}`})
	files, err := ax.New(c).Files.List(ctx, "d-1")
	require.NoError(t, err)
	assert.Equal(t, "f-1", files[0].ID)
	m.On("GET", ct.AX+"/v1/services/detect/checks", ct.Reply{Status: 200, Body: `{"on_invoice_receive":"VAT"}`})
	checks, err := ax.New(c).Detect.Checks(ctx)
	require.NoError(t, err)
	assert.Equal(t, ax.Texts{"VAT"}, checks.OnInvoiceReceive)
	m.On("GET", ct.AX+"/v1/company/users/u-1", ct.Reply{Status: 200, Body: `{"id":"u-1","notifications_disabled":1,"emails_disabled":0.0}`})
	user, err := ax.New(c).Company.User(ctx, "u-1")
	require.NoError(t, err)
	assert.True(t, bool(user.NotificationsDisabled))
	assert.False(t, bool(user.EmailsDisabled))
	m.On("GET", ct.AX+"/v1/fi_bank_messages/ri_messages", ct.Reply{Status: 200, Body: `[{"id":"m-1","at":"x"}]`})
	ids, err := ax.New(c).BankMessages.RIMessages(ctx, utc("2026-11-01T00:00:00Z"), utc("2026-11-02T00:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, []string{"m-1"}, ids)
}

// A new user's key comes once: its loss is said.
func TestLostKey(t *testing.T) {
	for name, r := range map[string]ct.Reply{
		"no answer": {Err: errors.New("lost")},
		"broken":    {Status: 201, Body: `{"user_api_key":"canary`},
		"no key":    {Status: 201, Body: `{}`},
		"500":       {Status: 500},
	} {
		t.Run(name, func(t *testing.T) {
			m := ct.NewMock(t)
			m.On("POST", ct.AX+"/v1/users", r)
			created, err := ax.New(m.Client).Users.Create(t.Context(), ax.NewUser{VendorAPIKey: "canary-vendor-key", Email: "a@b.example"})
			assert.Nil(t, created)
			assert.ErrorContains(t, err, "given only once")
			assert.Equal(t, maventa.ActionAskPerson, maventa.Advise(err).Action, "the user may be made, or is, and nobody has its key")
			assert.Equal(t, maventa.OutcomeOf(err) == maventa.OutcomeApplied, errors.Is(err, ax.ErrKeyLost))
			ct.AssertHides(t, err, "canary", "a@b.example")
		})
	}
	m := ct.NewMock(t)
	m.On("POST", ct.AX+"/v1/users", ct.Reply{Status: 400, Body: `{"code":"taken","message":"a@b.example exists, key canary-vendor-key"}`})
	_, err := ax.New(m.Client).Users.Create(t.Context(), ax.NewUser{VendorAPIKey: "canary-vendor-key", Email: "a@b.example"})
	assert.NotContains(t, err.Error(), "given only once")
	ct.AssertHides(t, err, "canary", "a@b.example")

	m.On("POST", ct.AX+"/v1/company/users", ct.Reply{Status: 201, Body: `{"id":"u-1","email":"a@b.example","api_key":"canary-new-key"}`})
	added, err := ax.New(m.Client).Company.AddUser(t.Context(), ax.AddedUser{Email: "a@b.example", FirstName: "A"})
	require.NoError(t, err)
	assert.Equal(t, "canary-new-key", string(added.APIKey))
	ct.AssertHides(t, added, "canary")
}

// What was sent in a form or a query does not come back.
func TestFormEchoIsHidden(t *testing.T) {
	m := ct.NewMock(t)
	m.On("POST", ct.AX+"/v1/companies", ct.Reply{Status: 400, Body: `{"message":"New Oy with canary-user-key: Katu 1"}`})
	err := onlyErr(ax.New(m.Client).Companies.Create(t.Context(), ax.NewCompany{
		VendorAPIKey: "canary-vendor-key", UserAPIKey: "canary-user-key", Name: "New Oy", BID: "1", Address1: "Katu 1",
		PostCode: "00100", PostOffice: "Helsinki", City: "Helsinki", Country: "FI", Email: "a@b.example",
	}))
	assert.Equal(t, 400, ct.Failure(t, err).Status)
	ct.AssertHides(t, err, "New Oy", "canary", "Katu 1")
	m.On("GET", ct.AX+"/v1/lookup/consumers", ct.Reply{Status: 400, Body: `{"message":"bad 010190-123N"}`})
	ct.AssertHides(t, onlyErr(ax.New(m.Client).Lookups.Consumers(t.Context(), ax.ConsumerQuery{SSN: "010190-123N"})), "010190")
}
