package maventa_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

func TestVersionIsInChangelog(t *testing.T) {
	text, err := os.ReadFile("CHANGELOG.md")
	require.NoError(t, err)
	newest := regexp.MustCompile(`(?m)^## \[(\d[^\]]*)\]`).FindSubmatch(text)
	require.NotNil(t, newest, "no version in CHANGELOG.md")
	assert.Equal(t, maventa.Version, string(newest[1]), "the newest version in CHANGELOG.md")
}

func TestBadCredentials(t *testing.T) {
	m := ct.NewMock(t)
	for _, c := range []struct {
		name  string
		creds maventa.Credentials
		field string
	}{
		{"empty", maventa.Credentials{}, "credentials.company_id"},
		{"no company", maventa.Credentials{UserAPIKey: "canary"}, "credentials.company_id"},
		{"no key", maventa.Credentials{CompanyID: ct.CompanyID, VendorAPIKey: "canary"}, "credentials.user_api_key"},
		{"key with a line break", maventa.Credentials{CompanyID: ct.CompanyID, UserAPIKey: "canary\n"}, "credentials.user_api_key"},
		{"key with a space", maventa.Credentials{CompanyID: ct.CompanyID, UserAPIKey: " canary"}, "credentials.user_api_key"},
		{"key outside ASCII", maventa.Credentials{CompanyID: ct.CompanyID, UserAPIKey: "canary\u00a0"}, "credentials.user_api_key"},
		{"long key", maventa.Credentials{CompanyID: ct.CompanyID, UserAPIKey: maventa.Secret(strings.Repeat("canary", 100))}, "credentials.user_api_key"},
		{"company with a line break", maventa.Credentials{CompanyID: ct.CompanyID + "\r\n", UserAPIKey: "canary"}, "credentials.company_id"},
		{"bad vendor key", maventa.Credentials{CompanyID: ct.CompanyID, UserAPIKey: "canary", VendorAPIKey: "canary\t"}, "credentials.vendor_api_key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, err := maventa.NewClient(maventa.Stage, c.creds)
			assert.Nil(t, client)
			e := ct.Refused(t, err, c.field)
			assert.Equal(t, "NewClient", e.Operation)
			ct.AssertHides(t, err, "canary")

			client, err = m.Client.ForCompany(c.creds)
			assert.Nil(t, client)
			e = ct.Refused(t, err, c.field)
			assert.Equal(t, "ForCompany", e.Operation)
		})
	}
	_, err := maventa.NewClient(maventa.Stage, maventa.Credentials{CompanyID: ct.CompanyID, UserAPIKey: "k"})
	require.NoError(t, err, "a vendor key is optional")
	m.NothingSent()
}

func TestBadEnvironments(t *testing.T) {
	ok := "https://api.example"
	for _, c := range []struct {
		name  string
		env   maventa.Environment
		field string
	}{
		{"zero", maventa.Environment{}, "environment.name"},
		{"no name", maventa.Environment{Name: " ", AutoXChangeURL: ok, ReceivablesURL: ok}, "environment.name"},
		{"no AX", maventa.Environment{Name: "x", ReceivablesURL: ok}, "environment.autoxchange_url"},
		{"no receivables", maventa.Environment{Name: "x", AutoXChangeURL: ok}, "environment.receivables_url"},
		{"plain HTTP", maventa.Environment{Name: "x", AutoXChangeURL: "http://api.example", ReceivablesURL: ok}, "environment.autoxchange_url"},
		{"plain HTTP, almost loopback", maventa.Environment{Name: "x", AutoXChangeURL: "http://localhost.example", ReceivablesURL: ok}, "environment.autoxchange_url"},
		{"plain HTTP, private network", maventa.Environment{Name: "x", AutoXChangeURL: "http://10.0.0.1", ReceivablesURL: ok}, "environment.autoxchange_url"},
		{"another scheme", maventa.Environment{Name: "x", AutoXChangeURL: "ftp://127.0.0.1", ReceivablesURL: ok}, "environment.autoxchange_url"},
		{"no scheme", maventa.Environment{Name: "x", AutoXChangeURL: "api.example", ReceivablesURL: ok}, "environment.autoxchange_url"},
		{"no host", maventa.Environment{Name: "x", AutoXChangeURL: "https:///v1", ReceivablesURL: ok}, "environment.autoxchange_url"},
		{"unreadable", maventa.Environment{Name: "x", AutoXChangeURL: "https://[canary", ReceivablesURL: ok}, "environment.autoxchange_url"},
		{"user and password", maventa.Environment{Name: "x", AutoXChangeURL: "https://me:canary@api.example", ReceivablesURL: ok}, "environment.autoxchange_url"},
		{"query", maventa.Environment{Name: "x", AutoXChangeURL: ok, ReceivablesURL: ok + "?key=canary"}, "environment.receivables_url"},
		{"empty query", maventa.Environment{Name: "x", AutoXChangeURL: ok, ReceivablesURL: ok + "?"}, "environment.receivables_url"},
		{"fragment", maventa.Environment{Name: "x", AutoXChangeURL: ok, ReceivablesURL: ok + "#canary"}, "environment.receivables_url"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := maventa.NewClient(c.env, ct.Credentials())
			ct.Refused(t, err, c.field)
			ct.AssertHides(t, err, "canary")
		})
	}
	for _, mixed := range []maventa.Environment{
		{Name: "x", AutoXChangeURL: maventa.Stage.AutoXChangeURL, ReceivablesURL: maventa.Production.ReceivablesURL},
		{Name: "x", AutoXChangeURL: "https://AX.maventa.com:443/", ReceivablesURL: maventa.Stage.ReceivablesURL},
	} {
		_, err := maventa.NewClient(mixed, ct.Credentials())
		require.ErrorIs(t, err, maventa.ErrWrongEnvironment)
		assert.Equal(t, maventa.OutcomeNotSent, ct.Failure(t, err).Outcome)
	}
	for _, loopback := range []string{"http://127.0.0.1:8080", "http://127.9.9.9", "http://[::1]:1", "http://localhost:2"} {
		_, err := maventa.NewClient(maventa.Environment{Name: "x", AutoXChangeURL: loopback, ReceivablesURL: ok}, ct.Credentials())
		require.NoError(t, err, loopback)
	}
	for _, env := range []maventa.Environment{maventa.Stage, maventa.Production} {
		_, err := maventa.NewClient(env, ct.Credentials())
		require.NoError(t, err)
	}
}

func TestBadClientOptions(t *testing.T) {
	for name, c := range map[string]struct {
		option           maventa.ClientOption
		operation, field string
	}{
		"nil":                 {nil, "NewClient", "options"},
		"nil HTTP client":     {maventa.WithHTTPClient(nil), "WithHTTPClient", "client"},
		"empty scope":         {maventa.WithScopes("a", ""), "WithScopes", "scopes"},
		"two scopes in one":   {maventa.WithScopes("company:read company:write"), "WithScopes", "scopes"},
		"nil token source":    {maventa.WithTokenSource(nil), "WithTokenSource", "source"},
		"nil key function":    {maventa.WithKeys(nil), "WithKeys", "keys"},
		"product, two lines":  {maventa.WithProduct("ERP\r\nX-Evil: 1"), "WithProduct", "product"},
		"product, no ASCII":   {maventa.WithProduct("Ääkkönen/1"), "WithProduct", "product"},
		"nil observer":        {maventa.WithObserver(nil), "WithObserver", "observer"},
		"array encoding":      {maventa.WithArrayEncoding(9), "WithArrayEncoding", "encoding"},
		"nil logger":          {maventa.WithLogger(nil), "WithLogger", "logger"},
		"no timeout":          {maventa.WithTimeout(0), "WithTimeout", "timeout"},
		"negative timeout":    {maventa.WithTimeout(-1), "WithTimeout", "timeout"},
		"negative attempts":   {maventa.WithRetry(maventa.RetryPolicy{MaxAttempts: -1}), "WithRetry", "retry"},
		"negative delay":      {maventa.WithRetry(maventa.RetryPolicy{TransientDelay: -1}), "WithRetry", "retry"},
		"negative throttling": {maventa.WithRetry(maventa.RetryPolicy{ThrottleDelay: -1}), "WithRetry", "retry"},
		"negative cap":        {maventa.WithRetry(maventa.RetryPolicy{MaxDelay: -1}), "WithRetry", "retry"},
		"negative patience":   {maventa.WithRetry(maventa.RetryPolicy{MaxRetryAfter: -1}), "WithRetry", "retry"},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := maventa.NewClient(maventa.Stage, ct.Credentials(), c.option)
			assert.Nil(t, client)
			assert.Equal(t, c.operation, ct.Refused(t, err, c.field).Operation)
			assert.NotContains(t, err.Error(), "Evil")
		})
	}
}

func TestBadCallOptions(t *testing.T) {
	m := ct.NewMock(t)
	for name, o := range map[string]maventa.CallOption{
		"nil":              nil,
		"nil response":     maventa.WithResponse(nil),
		"nil body":         maventa.WithRawBody(nil),
		"no timeout":       maventa.WithTimeout(0),
		"negative retries": maventa.WithRetry(maventa.RetryPolicy{MaxAttempts: -3}),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := m.Client.Assignments.Get(t.Context(), "as-1", o)
			e := ct.Failure(t, err)
			require.ErrorIs(t, err, maventa.ErrValidation)
			assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
			assert.Equal(t, "Assignments.Get", e.Operation)
			err = m.Client.Amili.Close(t.Context(), maventa.Unchecked(), o)
			require.ErrorIs(t, err, maventa.ErrValidation)
		})
	}
	m.NothingSent()
}

func TestNewClientFromEnv(t *testing.T) {
	for _, c := range []struct {
		environment, company, user, vendor string
		field                              string
	}{
		{"stage", ct.CompanyID, "canary-user-key", "canary-vendor-key", ""},
		{"production", ct.CompanyID, "canary-user-key", "", ""},
		{"", ct.CompanyID, "canary-user-key", "", "MAVENTA_ENVIRONMENT"},
		{"Stage", ct.CompanyID, "canary-user-key", "", "MAVENTA_ENVIRONMENT"},
		{"https://ax.maventa.com", ct.CompanyID, "canary-user-key", "", "MAVENTA_ENVIRONMENT"},
		{"stage", "", "canary-user-key", "", "credentials.company_id"},
		{"stage", ct.CompanyID, "", "", "credentials.user_api_key"},
		{"stage", ct.CompanyID, "canary-user-key", "canary vendor", "credentials.vendor_api_key"},
	} {
		t.Run(c.environment+" "+c.field, func(t *testing.T) {
			t.Setenv("MAVENTA_ENVIRONMENT", c.environment)
			t.Setenv("MAVENTA_COMPANY_ID", c.company)
			t.Setenv("MAVENTA_USER_API_KEY", c.user)
			t.Setenv("MAVENTA_VENDOR_API_KEY", c.vendor)
			m := ct.NewMock(t) // for its transport
			client, err := maventa.NewClientFromEnv(maventa.WithHTTPClient(&http.Client{Transport: m.Transport}), maventa.WithRetry(maventa.NoRetry))
			if c.field != "" {
				assert.Nil(t, client)
				ct.Refused(t, err, c.field)
				ct.AssertHides(t, err, "canary")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.company, client.CompanyID())
			base := map[string]string{"stage": "https://ax-stage.maventa.com", "production": "https://ax.maventa.com"}[c.environment]
			m.OnFunc("POST", base+"/oauth2/token", func(*http.Request) ct.Reply { return ct.Reply{Status: 200, File: "token"} })
			m.On("DELETE", base+"/v2/services/ropo/receivables", ct.Reply{Status: 204})
			require.NoError(t, client.Ropo.Close(t.Context()))
			form, err := url.ParseQuery(m.Sent[0].Body)
			require.NoError(t, err)
			assert.Equal(t, c.company, form.Get("client_id"))
			assert.Equal(t, c.user, form.Get("client_secret"))
			assert.Equal(t, c.vendor, form.Get("vendor_api_key"))
			assert.Equal(t, c.vendor != "", form.Has("vendor_api_key"))
		})
	}
}

// countingTransport counts CloseIdleConnections.
type countingTransport struct {
	http.RoundTripper
	closed int
}

func (c *countingTransport) CloseIdleConnections() { c.closed++ }

func TestHTTPClientIsNotChanged(t *testing.T) {
	mt := httpmock.NewMockTransport()
	counting := &countingTransport{RoundTripper: mt}
	hc := &http.Client{Transport: counting, Timeout: time.Minute}
	for _, given := range []*http.Client{hc, {}} {
		before := *given
		c, err := maventa.NewClient(maventa.Stage, ct.Credentials(), maventa.WithHTTPClient(given), maventa.WithTimeout(time.Second))
		require.NoError(t, err)
		c.CloseIdleConnections()
		other, err := c.ForCompany(ct.Credentials())
		require.NoError(t, err)
		other.CloseIdleConnections()
		assert.Equal(t, before.Transport, given.Transport)
		assert.Equal(t, before.Timeout, given.Timeout)
		assert.True(t, given.CheckRedirect == nil && given.Jar == nil)
	}
	assert.Equal(t, 2, counting.closed)

	c, err := maventa.NewClient(maventa.Stage, ct.Credentials(), maventa.WithHTTPClient(&http.Client{Transport: mt}))
	require.NoError(t, err)
	c.CloseIdleConnections() // a transport that cannot is left alone
}

// The shorter of the two timeouts holds.
func TestTimeouts(t *testing.T) {
	for _, c := range []struct {
		name           string
		hc, client     time.Duration
		call, deadline time.Duration
		want           time.Duration
	}{
		{name: "default", want: 30 * time.Second},
		{name: "http.Client", hc: 5 * time.Second, want: 5 * time.Second},
		{name: "long http.Client", hc: time.Hour, want: 30 * time.Second},
		{name: "client", client: 10 * time.Second, want: 10 * time.Second},
		{name: "call", client: 10 * time.Second, call: 20 * time.Second, want: 20 * time.Second},
		{name: "context", call: 20 * time.Second, deadline: time.Second, want: time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := ct.NewMock(t)
				m.Transport.RegisterResponder("GET", amiliURL, func(r *http.Request) (*http.Response, error) {
					<-r.Context().Done()
					return nil, r.Context().Err()
				})
				opts := []maventa.ClientOption{maventa.WithHTTPClient(&http.Client{Transport: m.Transport, Timeout: c.hc}), maventa.WithRetry(maventa.NoRetry)}
				if c.client > 0 {
					opts = append(opts, maventa.WithTimeout(c.client))
				}
				client, err := maventa.NewClient(maventa.Stage, ct.Credentials(), opts...)
				require.NoError(t, err)
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if c.deadline > 0 {
					ctx, cancel = context.WithTimeout(ctx, c.deadline)
				}
				defer cancel()
				var call []maventa.CallOption
				if c.call > 0 {
					call = append(call, maventa.WithTimeout(c.call))
				}
				start := time.Now()
				_, err = client.Amili.Status(ctx, call...)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, c.want, time.Since(start))
			})
		})
	}
}

func TestForCompany(t *testing.T) {
	m := ct.NewMock(t, maventa.WithProduct(" AcmeERP/3.1 "))
	var tokens []string
	m.Transport.RegisterResponder("POST", ct.TokenURL, func(r *http.Request) (*http.Response, error) {
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		tokens = append(tokens, r.PostForm.Get("client_id"))
		return ct.Reply{Status: 200, Body: `{"access_token":"token-of-` + r.PostForm.Get("client_id") + `","token_type":"bearer"}`}.Response(t, r), nil
	})
	m.OnFunc("DELETE", amiliURL, func(*http.Request) ct.Reply { return ct.Reply{Status: 204} })
	other, err := m.Client.ForCompany(maventa.Credentials{CompanyID: "company-2", UserAPIKey: "k2"})
	require.NoError(t, err)
	assert.Equal(t, "company-2", other.CompanyID())
	assert.Equal(t, ct.CompanyID, m.Client.CompanyID())
	again, err := other.ForCompany(ct.Credentials())
	require.NoError(t, err)
	rotated, err := m.Client.ForCompany(maventa.Credentials{CompanyID: "company-2", UserAPIKey: "k3"})
	require.NoError(t, err)
	for range 2 {
		for _, c := range []*maventa.Client{m.Client, other, again, rotated} {
			require.NoError(t, c.Amili.Close(t.Context()))
			last := m.Sent[len(m.Sent)-1].Header
			assert.Equal(t, "Bearer token-of-"+c.CompanyID(), last.Get("Authorization"))
			assert.True(t, strings.HasPrefix(last.Get("User-Agent"), "AcmeERP/3.1 maventa-go/"))
		}
	}
	assert.Equal(t, []string{ct.CompanyID, "company-2", "company-2"}, tokens, "one token for each set of credentials")
}

func TestWithKeys(t *testing.T) {
	m := ct.NewMock(t, maventa.WithKeys(func(_ context.Context, company string) (maventa.Keys, error) {
		if company == "unknown" {
			return maventa.Keys{}, errors.New("no such company at vault://app:canary@keys/x")
		}
		return maventa.Keys{UserAPIKey: maventa.Secret("key-of-" + company)}, nil
	}))
	m.OnFunc("POST", ct.TokenURL, func(*http.Request) ct.Reply { return ct.Reply{Status: 200, File: "token"} })
	m.OnFunc("DELETE", amiliURL, func(*http.Request) ct.Reply { return ct.Reply{Status: 204} })
	c, err := m.Client.ForCompany(maventa.Credentials{CompanyID: "company-2"})
	require.NoError(t, err, "only the company is needed")
	require.NoError(t, c.Amili.Close(t.Context()))
	assert.Contains(t, m.Sent[0].Body, "client_secret=key-of-company-2")

	c, err = m.Client.ForCompany(maventa.Credentials{CompanyID: "unknown"})
	require.NoError(t, err)
	err = c.Amili.Close(t.Context())
	require.ErrorIs(t, err, maventa.ErrAuth)
	require.ErrorContains(t, err, "no such company at vault://[redacted]@keys/x")
	ct.AssertHides(t, err, "canary")
}

func TestResponseAndRawBody(t *testing.T) {
	for _, c := range []ct.Reply{
		{Status: 200, File: "overview", Header: map[string]string{"X-Request-Id": "r-1", "X-Other": "o"}},
		{Status: 503, Body: `{"code":"down"}`, Header: map[string]string{"X-Request-Id": "r-1", "X-Other": "o"}},
	} {
		m := ct.NewMock(t)
		m.On("GET", overviewURL, c)
		meta := maventa.Response{Status: 1, RequestID: "old"}
		body := json.RawMessage("old")
		_, err := m.Client.Assignments.Overview(t.Context(), maventa.WithResponse(&meta), maventa.WithRawBody(&body))
		assert.Equal(t, c.Status != 200, err != nil)
		assert.Equal(t, c.Status, meta.Status)
		assert.Equal(t, "r-1", meta.RequestID)
		assert.Equal(t, "o", meta.Header.Get("X-Other"))
		assert.Equal(t, 1, meta.Attempts)
		assert.GreaterOrEqual(t, meta.Duration, time.Duration(0))
		if want := c.Body; want != "" {
			assert.Equal(t, want, string(body))
		} else {
			assert.Equal(t, string(ct.Golden(t, "answers/overview")), string(body))
		}
		_, err = m.Client.Assignments.Get(t.Context(), "", maventa.WithResponse(&meta), maventa.WithRawBody(&body))
		require.Error(t, err)
		assert.Equal(t, maventa.Response{Duration: meta.Duration}, meta, "a call that is not sent has no answer")
		assert.Nil(t, body)
	}
}

// One client and one list of options serve any number of goroutines.
func TestConcurrentUse(t *testing.T) {
	m := ct.NewMock(t)
	answers := map[string]ct.Reply{
		"/v1/events":               page(listOf("a"), "X-Next-Page", ""),
		"/v1/assignments/as-1":     {Status: 200, File: "assignment"},
		"/v1/assignments/overview": {Status: 404},
	}
	m.Transport.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodGet {
			return answers[r.URL.Path].Response(t, r), nil
		}
		return ct.Reply{Status: 201}.Response(t, r), nil
	})
	opts := []maventa.CallOption{maventa.WithTimeout(time.Minute), maventa.Unchecked(), maventa.WithRetry(maventa.NoRetry)}
	filter := maventa.EventFilter{Type: maventa.EventComment}
	all := m.Client.Events.All(t.Context(), filter, opts...)
	payment := maventa.DirectPayment(amount("500.00"), date("2026-11-20"))
	payment.Extra = extraOf(t, "note", "x")
	var wg sync.WaitGroup
	start := make(chan struct{}) // all at once, or one could be done before the next begins
	for i := range 64 {
		wg.Go(func() {
			<-start
			c := m.Client
			if i%2 == 1 {
				var err error
				if c, err = m.Client.ForCompany(ct.Credentials()); !assert.NoError(t, err) {
					return
				}
			}
			for range 4 {
				events, err := ct.Collect(all)
				assert.NoError(t, err)
				assert.Len(t, events, 1)
			}
			a, err := c.Assignments.Get(t.Context(), "as-1", opts...)
			assert.NoError(t, err)
			assert.Equal(t, "as-1", a.ID)
			e, err := c.Assignments.AddEvent(t.Context(), "as-1", payment, opts...)
			assert.NoError(t, err)
			assert.Equal(t, maventa.EventPaid, e.Type)
			_, err = c.Assignments.Overview(t.Context(), opts...)
			assert.ErrorIs(t, err, maventa.ErrNotFound)
			assert.NotEmpty(t, fmt.Sprintf("%+v %v", c, err))
		})
	}
	close(start)
	wg.Wait()
	assert.Equal(t, 1, m.Transport.GetCallCountInfo()["POST "+ct.TokenURL], "one token for all")
}

// A client that NewClient did not make fails; it does not panic.
func TestZeroClient(t *testing.T) {
	ctx := t.Context()
	entry := maventa.LedgerEntry{Key: "k", Event: maventa.Comment("x")}
	for name, c := range map[string]*maventa.Client{"nil": nil, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			for call, f := range map[string]func() error{
				"Check":      func() error { return onlyErr(c.Check(ctx)) },
				"Do":         func() error { return c.Do(ctx, maventa.Request{Method: "GET", Path: "/v1/x"}, nil) },
				"ForCompany": func() error { return onlyErr(c.ForCompany(ct.Credentials())) },
				"Recover":    func() error { return onlyErr(c.Recover(ctx)) },
			} {
				assert.NotPanics(t, func() { ct.Failure(t, f()) }, call)
			}
			assert.NotPanics(t, func() {
				c.CloseIdleConnections()
				assert.Empty(t, c.CompanyID())
				assert.Empty(t, c.Environment())
				assert.Contains(t, fmt.Sprint(c), "not made by NewClient")
				assert.Contains(t, c.LogValue().String(), "not made by NewClient")
			})
		})
	}
	ct.Unmade(t, cases())
	for name, call := range map[string]func(*maventa.Client, string) error{
		"Assignments.ForInvoice": func(c *maventa.Client, id string) error { return onlyErr(c.Assignments.ForInvoice(ctx, id)) },
		"Assignments.EnsureEvent": func(c *maventa.Client, id string) error {
			return onlyErr(c.Assignments.EnsureEvent(ctx, id, entry))
		},
		"Assignments.EnsureEvents": func(c *maventa.Client, id string) error {
			return c.Assignments.EnsureEvents(ctx, []maventa.LedgerItem{{AssignmentID: id, LedgerEntry: entry}})[0].Err
		},
		"Invoices.EnsureTransfer": func(c *maventa.Client, id string) error {
			transfer := amiliTransfer()
			return onlyErr(c.Invoices.EnsureTransfer(ctx, id, maventa.TransferEntry{Key: "k", Amili: &transfer}))
		},
		"Invoices.WaitForTransfer": func(c *maventa.Client, id string) error { return onlyErr(c.Invoices.WaitForTransfer(ctx, id)) },
		"Events.All": func(c *maventa.Client, _ string) error {
			return onlyErr(ct.Collect(c.Events.All(ctx, maventa.EventFilter{})))
		},
		"ServiceLevels.All": func(c *maventa.Client, _ string) error { return onlyErr(ct.Collect(c.ServiceLevels.All(ctx))) },
	} {
		t.Run(name, func(t *testing.T) {
			assert.NotPanics(t, func() {
				assert.Equal(t, maventa.OutcomeNotSent, ct.Failure(t, call(&maventa.Client{}, "id-1")).Outcome)
			})
		})
	}
}

func TestClientHidesSecrets(t *testing.T) {
	creds := ct.Credentials()
	creds.LicenseData = &maventa.LicenseData{Key: "canary-license", Meta: maventa.LicenseMeta{ERPName: "Testi-ERP"}}
	m := ct.NewMock(t, maventa.WithKeys(func(context.Context, string) (maventa.Keys, error) {
		return maventa.Keys{UserAPIKey: "canary-user-key"}, nil
	}))
	m.OnAny()
	require.NoError(t, m.Client.Amili.Close(t.Context())) // now it holds a token
	c, err := m.Client.ForCompany(creds)
	require.NoError(t, err)
	type holder struct {
		Client *maventa.Client
		hidden *maventa.Client
	}
	for _, v := range []any{
		m.Client, c, *c, creds, &creds,
		[]maventa.Credentials{creds},
		creds.UserAPIKey, &creds.UserAPIKey, *creds.LicenseData,
		c.Ropo, c.Amili, c.Invoices, c.Assignments, c.Events, c.ServiceLevels,
		holder{c, c},
		map[string]maventa.Secret{"key": "canary"},
		maventa.Keys{UserAPIKey: "canary", VendorAPIKey: "canary"},
		maventa.Token{Value: "canary"},
		maventa.TokenRequest{Rejected: "canary"},
		maventa.Request{
			Path: "/v1/things/{id}", PathValues: []string{"canary-user-key"}, Query: url.Values{"x": {"canary-user-key"}}, Body: "canary-user-key",
		},
		maventa.CompanyUser{APIKey: "canary-user-key"}, // a model
		&maventa.Page[maventa.CompanyUser]{Items: []maventa.CompanyUser{{APIKey: "canary-user-key"}}},
		maventa.Some(maventa.Secret("canary-user-key")),
		maventa.NewUser{VendorAPIKey: "canary-vendor-key"},
		maventa.NewNotification{Destination: "https://erp.example/canary-user-key", VendorKey: "canary-vendor-key"},
	} {
		ct.AssertHides(t, v, "canary-user-key", "canary-vendor-key", "canary-license", ct.AccessToken)
	}
	assert.Contains(t, fmt.Sprintf("%+v", c), "stage")
	assert.Contains(t, fmt.Sprintf("%+v", c), ct.CompanyID)
	assert.Contains(t, ct.Printed(creds), ct.CompanyID)
	assert.Equal(t, "maventa.Client(stage, company \""+ct.CompanyID+"\")", c.LogValue().String())

	b, err := json.Marshal(creds)
	require.NoError(t, err)
	assert.NotContains(t, string(b), "canary-user-key")
	assert.Equal(t, "[redacted]", maventa.Secret("x").String())
	assert.Empty(t, maventa.Secret("").String())
	assert.Equal(t, slog.StringValue("[redacted]"), maventa.Secret("x").LogValue())
}

func TestKnownValues(t *testing.T) {
	type enum interface{ Known() bool }
	for _, values := range [][]enum{
		{maventa.ServiceDisabled, maventa.ServicePending, maventa.ServiceActive},
		{maventa.ServiceTypeFull, maventa.ServiceTypeExpress},
		{maventa.AccountablePartyAgency, maventa.AccountablePartyCompany},
		{maventa.CollectionReminderAndCollection, maventa.CollectionOnly},
		{maventa.ReceivablesB2B, maventa.ReceivablesB2C, maventa.ReceivablesB2BRental, maventa.ReceivablesB2CRental},
		{maventa.TransferPending, maventa.TransferSent, maventa.TransferError},
		{maventa.AssignmentOpen, maventa.AssignmentPartiallyClosed, maventa.AssignmentClosed},
		{maventa.ServiceLevelDefault, maventa.ServiceLevelPremium, maventa.ServiceLevelVIP, maventa.ServiceLevelBypass},
		{
			maventa.EventComment, maventa.EventPaid, maventa.EventCreditNote, maventa.EventClose, maventa.EventServiceLevelChanged,
			maventa.EventDueDateChange, maventa.EventCollectionStop, maventa.EventCancellation, maventa.EventCreditLoss,
			maventa.EventReminder, maventa.EventPaymentDemand,
		},
	} {
		for _, v := range values {
			assert.True(t, v.Known(), "%T %s", v, v)
			for _, other := range []string{"", "x", strings.ToUpper(fmt.Sprint(v)) + "X"} {
				unknown := reflect.New(reflect.TypeOf(v)).Elem()
				unknown.SetString(other)
				known, ok := reflect.TypeAssert[enum](unknown)
				require.True(t, ok)
				assert.False(t, known.Known(), "%T %q", v, other)
			}
		}
	}
}
