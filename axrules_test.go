package maventa_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

func TestArrayEncodings(t *testing.T) {
	for encoding, want := range map[maventa.ArrayEncoding][2]string{
		maventa.ArrayCommas:   {"status=PENDING,FAILED&ids=a%2Cb", "disabled_routes=print,email"},
		maventa.ArrayRepeated: {"status=PENDING&status=FAILED&ids=a%2Cb", "disabled_routes=print\ndisabled_routes=email"},
		maventa.ArrayBrackets: {"status[]=PENDING&status[]=FAILED&ids[]=a%2Cb", "disabled_routes[]=print\ndisabled_routes[]=email"},
	} {
		m := ct.NewMock(t, maventa.WithArrayEncoding(encoding))
		m.On("GET", ct.AX+"/v1/invoices", ct.Reply{Status: 200, Body: "[]"})
		_, err := m.Client.Invoices.List(t.Context(), maventa.InvoiceFilter{Status: []maventa.InvoiceStatus{"PENDING", "", "FAILED"}, IDs: []string{"a,b"}})
		require.NoError(t, err)
		assert.Equal(t, ct.AX+"/v1/invoices?page=1&per_page=100&"+want[0], m.Sent[0].URL)

		m.On("POST", ct.AX+"/v1/invoices", ct.Reply{Status: 201, Body: `{"id":"in-1"}`})
		_, err = m.Client.Invoices.Send(t.Context(), maventa.InvoiceUpload{
			File: strings.NewReader("<x/>"), LedgerID: "1", DisabledRoutes: []maventa.InvoiceRoute{maventa.RoutePrint, maventa.RouteEmail},
		})
		require.NoError(t, err)
		assert.Contains(t, ct.FormOf(t, m.Sent[1]), want[1])
	}
	_, err := maventa.NewClient(maventa.Stage, ct.Credentials(), maventa.WithArrayEncoding(3))
	require.ErrorIs(t, err, maventa.ErrValidation)
}

// An encoding that the service does not read shows in the page.
func TestIgnoredArrayIsNoticed(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", ct.AX+"/v1/invoices", ct.Reply{Status: 200, Body: `[{"id":"1","status":"FAILED"},{"id":"2","status":"DELIVERED"}]`})
	p, err := m.Client.Invoices.List(t.Context(), maventa.InvoiceFilter{Status: []maventa.InvoiceStatus{maventa.InvoiceFailed}})
	require.NoError(t, err)
	assert.Len(t, p.Items, 1)
	assert.Equal(t, maventa.FilterIgnored, p.Filter)
}

func TestAXRules(t *testing.T) {
	m := ct.NewMock(t)
	ctx, c := t.Context(), m.Client
	eleven := strings.Fields("1 2 3 4 5 6 7 8 9 10 11")
	ct.Refused(t, onlyErr(c.Partner.LookupCompanies(ctx, "FI", eleven)), "bids")
	ct.Refused(t, onlyErr(c.Partner.LookupCompanies(ctx, "fi", []string{"1"})), "country")
	ct.Refused(t, onlyErr(c.Lookups.Endpoints(ctx, "", nil, nil)), "business_ids")
	ct.Refused(t, onlyErr(ct.Collect(c.Lookups.Receivers(ctx, maventa.ReceiverFilter{}))), "network")
	ct.Refused(t, onlyErr(ct.Collect(c.Partner.SentErrors(ctx, maventa.SentErrorFilter{}))), "happened_after")
	ct.Refused(t, onlyErr(c.Notifications.Create(ctx, maventa.NewNotification{DestinationType: "FAX", Destination: "http://erp.example/x"})), "destination_type", "destination", "events")
	ct.Refused(t, onlyErr(c.Companies.Create(ctx, maventa.NewCompany{})), "name", "bid", "address1", "post_code", "post_office", "city", "country", "email")
	ct.Refused(t, onlyErr(c.Companies.Authorize(ctx, maventa.CompaniesAuthorization{AuthEmail: "a", Locale: "FR"})), "company_ids", "locale")
	ct.Refused(t, onlyErr(c.Company.AddUser(ctx, maventa.AddedUser{Role: "KING"})), "email", "first_name", "user_role")
	ct.Refused(t, onlyErr(c.Company.Settings(ctx, []maventa.SettingsBlock{"x"})), "fields")
	ct.Refused(t, c.OPInvoiceCredit.Withdraw(ctx, amount("0")), "amount")
	ct.Refused(t, onlyErr(c.OPInvoiceCredit.AccountStatement(ctx, maventa.Date{})), "day")
	ct.Refused(t, onlyErr(c.Analysis.Start(ctx, "", []maventa.DetectCheck{"X"})), "resource_id", "checks_to_run")
	ct.Refused(t, c.Documents.Update(ctx, "d-1", maventa.DocumentFailed), "status")
	ct.Refused(t, onlyErr(c.Documents.Create(ctx, maventa.DocumentUpload{})), "file")
	ct.Refused(t, c.Invoices.ReroutePrint(ctx, "in-1", maventa.ReroutePrint{}), "recipient_name", "recipient_address1", "recipient_post_code", "recipient_post_office", "recipient_country")
	ct.Refused(t, c.Invoices.Report(ctx, "in-1", maventa.InvoiceReport{}), "reason", "contact_email")
	ct.Refused(t, onlyErr(c.BankMessages.SentMessages(ctx, "", utc("2026-11-01T00:00:00Z"), utc("2026-11-01T00:00:00Z"))), "message_type")
	m.NothingSent()
}

// The answers that the Swagger file and common sense describe differently.
func TestOtherShapes(t *testing.T) {
	m := ct.NewMock(t)
	ctx, c := t.Context(), m.Client
	m.On("GET", ct.AX+"/v1/jwk", ct.Reply{Status: 200, Body: `{"keys":[{"kid":"1"}]}`})
	keys, err := c.Definitions.Keys(ctx)
	require.NoError(t, err)
	assert.Equal(t, "1", keys[0].Keys[0].KeyID)
	m.On("GET", ct.AX+"/v1/files", ct.Reply{Status: 200, Body: `{"id":"f-1","document_file_links":[]}`})
	files, err := c.Files.List(ctx, "d-1")
	require.NoError(t, err)
	assert.Equal(t, "f-1", files[0].ID)
	m.On("GET", ct.AX+"/v1/services/detect/checks", ct.Reply{Status: 200, Body: `{"on_invoice_receive":"VAT"}`})
	checks, err := c.Detect.Checks(ctx)
	require.NoError(t, err)
	assert.Equal(t, maventa.Texts{"VAT"}, checks.OnInvoiceReceive)
	m.On("GET", ct.AX+"/v1/company/users/u-1", ct.Reply{Status: 200, Body: `{"id":"u-1","notifications_disabled":1,"emails_disabled":0.0}`})
	user, err := c.Company.User(ctx, "u-1")
	require.NoError(t, err)
	assert.True(t, bool(user.NotificationsDisabled))
	assert.False(t, bool(user.EmailsDisabled))
	m.On("GET", ct.AX+"/v1/fi_bank_messages/ri_messages", ct.Reply{Status: 200, Body: `[{"id":"m-1","at":"x"}]`})
	ids, err := c.BankMessages.RIMessages(ctx, utc("2026-11-01T00:00:00Z"), utc("2026-11-02T00:00:00Z"))
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
			created, err := m.Client.Users.Create(t.Context(), maventa.NewUser{Email: "a@b.example"})
			assert.Nil(t, created)
			assert.ErrorContains(t, err, "given only once")
			ct.AssertHides(t, err, "canary", "a@b.example")
		})
	}
	m := ct.NewMock(t)
	m.On("POST", ct.AX+"/v1/users", ct.Reply{Status: 400, Body: `{"message":"a@b.example exists, key canary-vendor-key"}`})
	_, err := m.Client.Users.Create(t.Context(), maventa.NewUser{Email: "a@b.example"})
	assert.NotContains(t, err.Error(), "given only once")
	ct.AssertHides(t, err, "canary", "a@b.example")

	m.On("POST", ct.AX+"/v1/company/users", ct.Reply{Status: 201, Body: `{"id":"u-1","email":"a@b.example","api_key":"canary-new-key"}`})
	added, err := m.Client.Company.AddUser(t.Context(), maventa.AddedUser{Email: "a@b.example", FirstName: "A"})
	require.NoError(t, err)
	assert.Equal(t, "canary-new-key", string(added.APIKey))
	ct.AssertHides(t, added, "canary")
}

// What was sent in a form or a query is not told back.
func TestFormEchoIsHidden(t *testing.T) {
	m := ct.NewMock(t)
	m.On("POST", ct.AX+"/v1/companies", ct.Reply{Status: 400, Body: `{"message":"New Oy with canary-user-key: Katu 1"}`})
	ct.AssertHides(t, onlyErr(m.Client.Companies.Create(t.Context(), maventa.NewCompany{Name: "New Oy", Address1: "Katu 1"})), "New Oy", "canary", "Katu 1")
	m.On("GET", ct.AX+"/v1/lookup/consumers", ct.Reply{Status: 400, Body: `{"message":"bad 010190-123N"}`})
	ct.AssertHides(t, onlyErr(m.Client.Lookups.Consumers(t.Context(), maventa.ConsumerQuery{SSN: "010190-123N"})), "010190")
}

func TestFleet(t *testing.T) {
	const companies = 2000
	var busy, most, tokens atomic.Int32
	transport := ct.RoundTrip(func(r *http.Request) (*http.Response, error) {
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		if strings.HasSuffix(r.URL.Path, "/token") {
			tokens.Add(1)
			if strings.HasSuffix(r.PostForm.Get("client_id"), "7") {
				return ct.Reply{Status: 401, Body: `{"code":"invalid_credentials"}`}.Response(t, r), nil
			}
			return ct.Reply{Status: 200, File: "token"}.Response(t, r), nil
		}
		return ct.Reply{Status: 200, Body: `{"auth_state":"SIGNED","auth_email":"e","company_state":"VERIFIED"}`}.Response(t, r), nil
	})
	c, err := maventa.NewClient(maventa.Stage, ct.Credentials(), maventa.WithHTTPClient(&http.Client{Transport: transport}))
	require.NoError(t, err)
	list := make([]maventa.Credentials, companies)
	for i := range list {
		list[i] = maventa.Credentials{CompanyID: fmt.Sprintf("company-%d", i), UserAPIKey: "k"}
	}
	list[1].CompanyID = "" // refused before anything is sent
	var progress []maventa.FleetProgress
	fleet := &maventa.Fleet{Client: c, Workers: 16, Progress: func(p maventa.FleetProgress) { progress = append(progress, p) }}
	var mu sync.Mutex
	seen := map[string]int{}
	work := func(ctx context.Context, c *maventa.Client) error {
		if n := busy.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer busy.Add(-1)
		mu.Lock()
		seen[c.CompanyID()]++
		mu.Unlock()
		if c.CompanyID() == "company-3" {
			return errors.New("own failure")
		}
		_, err := c.Company.Authorization(ctx)
		return err
	}
	report, err := fleet.Run(t.Context(), list, work)
	require.NoError(t, err)
	assert.Len(t, seen, companies-1)
	assert.LessOrEqual(t, most.Load(), int32(16))
	assert.Equal(t, 200, report.SetAside)
	assert.Equal(t, 2, report.Failed)
	assert.Equal(t, companies-202, report.Succeeded)
	require.Len(t, progress, companies)
	assert.Equal(t, companies, progress[companies-1].Done)
	require.ErrorIs(t, report.Results[7].Err, maventa.ErrInvalidCredentials)
	assert.True(t, report.Results[7].SetAside)
	assert.Equal(t, "company-7", report.Results[7].CompanyID)
	require.ErrorIs(t, report.Results[1].Err, maventa.ErrValidation)
	ct.AssertHides(t, report, "canary")

	// The dead ones are not asked again, until they are revived.
	before := tokens.Load()
	fleet.Revive(list[17])
	report, err = fleet.Run(t.Context(), list, work)
	require.NoError(t, err)
	assert.Equal(t, 200, report.SetAside)
	assert.Equal(t, 1, seen["company-7"])
	assert.Equal(t, 2, seen["company-17"])
	assert.LessOrEqual(t, tokens.Load()-before, int32(1))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report, err = fleet.Run(ctx, list[:3], work)
	require.NoError(t, err)
	require.ErrorIs(t, report.Results[2].Err, context.Canceled)
	assert.Equal(t, maventa.OutcomeNotSent, ct.Failure(t, report.Results[2].Err).Outcome)

	_, err = (&maventa.Fleet{}).Run(t.Context(), nil, work)
	require.ErrorIs(t, err, maventa.ErrValidation)
	report, err = fleet.Run(t.Context(), nil, work)
	require.NoError(t, err)
	assert.Empty(t, report.Results)
}

func TestCoverage(t *testing.T) {
	m := ct.NewMock(t)
	m.OnFunc("GET", ct.Receivables+"/v1/assignments", func(r *http.Request) ct.Reply {
		switch {
		case r.URL.Query().Get("page") != "1":
			return ct.Reply{Status: 200, Body: "[]"}
		case r.URL.Query().Get("status") == "closed":
			return ct.Reply{Status: 200, Body: `[{"id":"as-2","status":"closed","invoice_id":"CLOSED"}]`}
		}
		return ct.Reply{Status: 200, Body: `[{"id":"as-1","reference_ids":["open"]}]`}
	})
	invoice := func(id, more string) string {
		o := map[string]any{}
		require.NoError(t, json.Unmarshal([]byte(`{"status":"DELIVERED","currency":"EUR","source_format":"FINVOICE30","recipient":{"bid":"1"},
			"created_at":"2026-10-01T10:00:00Z","date_due":"2026-10-30"}`), &o))
		require.NoError(t, json.Unmarshal([]byte(`{"id":"`+id+`"`+more+`}`), &o))
		b, err := json.Marshal(o)
		require.NoError(t, err)
		return string(b)
	}
	m.On("GET", ct.AX+"/v1/invoices", ct.Reply{Status: 200, Body: "[" + strings.Join([]string{
		invoice("open", ""), invoice("closed", ""), invoice("odd", ""),
		invoice("failed", `,"status":"FAILED"`), invoice("sek", `,"currency":"SEK"`), invoice("ubl", `,"source_format":"OIOUBL21"`),
		invoice("late", `,"date_due":"2026-10-06"`), invoice("pending", `,"status":"PENDING"`),
		invoice("early", `,"created_at":"2026-09-01T10:00:00Z"`), invoice("consumer", `,"created_at":"2026-09-30T10:00:00Z","recipient":{"bid":""}`),
	}, ",") + "]"}, ct.Reply{Status: 200, Body: "[]"})
	got := map[string]maventa.UncoveredReason{}
	for u, err := range m.Client.Invoices.Coverage(t.Context(), maventa.CoverageQuery{From: utc("2026-09-01T00:00:00Z"), ActiveSince: utc("2026-09-28T00:00:00Z")}) {
		require.NoError(t, err)
		got[u.Invoice.ID] = u.Reason
	}
	assert.Equal(t, map[string]maventa.UncoveredReason{
		"odd": maventa.UncoveredUnknown, "failed": maventa.UncoveredFailed, "sek": maventa.UncoveredCurrency, "ubl": maventa.UncoveredFormat,
		"late": maventa.UncoveredDueDate, "pending": maventa.UncoveredPending, "early": maventa.UncoveredBefore, "consumer": maventa.UncoveredGraceDays,
	}, got)
	ct.Refused(t, onlyErr(ct.Collect(m.Client.Invoices.Coverage(t.Context(), maventa.CoverageQuery{}))), "From")
}
