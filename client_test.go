package maventa_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

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
		{"no company", maventa.Credentials{UserAPIKey: "canary"}, "credentials.company_id"},
		{"a name for a company", maventa.Credentials{CompanyID: "abc", UserAPIKey: "canary"}, "credentials.company_id"},
		{"a key for a company", maventa.Credentials{CompanyID: "canary-user-key", UserAPIKey: "k"}, "credentials.company_id"},
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
			e := ct.Misconfigured(t, err, c.field)
			assert.Equal(t, "NewClient", e.Operation)
			ct.AssertHides(t, err, "canary")

			client, err = m.Client.ForCompany(c.creds)
			assert.Nil(t, client)
			e = ct.Misconfigured(t, err, c.field)
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
		{"other letters", maventa.Environment{Name: "x", AutoXChangeURL: "https://ａｘ.maventa.com", ReceivablesURL: ok}, "environment.autoxchange_url"},
		{"other dots", maventa.Environment{Name: "x", AutoXChangeURL: ok, ReceivablesURL: "https://receivables。maventa.com"}, "environment.receivables_url"},
		{"escaped dots", maventa.Environment{Name: "x", AutoXChangeURL: "https://ax%2Emaventa.com", ReceivablesURL: ok}, "environment.autoxchange_url"},
		{"unreadable", maventa.Environment{Name: "x", AutoXChangeURL: "https://[canary", ReceivablesURL: ok}, "environment.autoxchange_url"},
		{"user and password", maventa.Environment{Name: "x", AutoXChangeURL: "https://me:canary@api.example", ReceivablesURL: ok}, "environment.autoxchange_url"},
		{"query", maventa.Environment{Name: "x", AutoXChangeURL: ok, ReceivablesURL: ok + "?key=canary"}, "environment.receivables_url"},
		{"empty query", maventa.Environment{Name: "x", AutoXChangeURL: ok, ReceivablesURL: ok + "?"}, "environment.receivables_url"},
		{"fragment", maventa.Environment{Name: "x", AutoXChangeURL: ok, ReceivablesURL: ok + "#canary"}, "environment.receivables_url"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := maventa.NewClient(c.env, ct.Credentials())
			ct.Misconfigured(t, err, c.field)
			ct.AssertHides(t, err, "canary")
		})
	}
	for _, mixed := range []maventa.Environment{
		{Name: "x", AutoXChangeURL: maventa.Stage.AutoXChangeURL, ReceivablesURL: maventa.Production.ReceivablesURL},
		{Name: "x", AutoXChangeURL: "https://AX.maventa.com:443/", ReceivablesURL: maventa.Stage.ReceivablesURL},
		{Name: "x", AutoXChangeURL: "https://ax-stage.maventa.com.", ReceivablesURL: "https://Receivables.maventa.com"},
	} {
		_, err := maventa.NewClient(mixed, ct.Credentials())
		require.ErrorIs(t, err, maventa.ErrWrongEnvironment)
		assert.Equal(t, maventa.OutcomeNotSent, ct.Failure(t, err).Outcome)
	}
	for _, loopback := range []string{"http://127.0.0.1:8080", "http://127.9.9.9", "http://[::1]:1", "http://localhost:2", "http://LocalHost.:80"} {
		_, err := maventa.NewClient(maventa.Environment{Name: "x", AutoXChangeURL: loopback, ReceivablesURL: ok}, ct.Credentials())
		require.NoError(t, err, loopback)
	}
	for _, env := range []maventa.Environment{maventa.Stage, maventa.Production} {
		_, err := maventa.NewClient(env, ct.Credentials())
		require.NoError(t, err)
	}
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
		{"stage", "", "canary-user-key", "", "MAVENTA_COMPANY_ID"},
		{"stage", "", "", "", "MAVENTA_COMPANY_ID"},
		{"stage", "abc", "canary-user-key", "", "MAVENTA_COMPANY_ID"},
		{"stage", ct.CompanyID, "", "", "MAVENTA_USER_API_KEY"},
		{"stage", ct.CompanyID, "canary-user-key", "canary vendor", "MAVENTA_VENDOR_API_KEY"},
		{"local", ct.CompanyID, "canary-user-key", "", "MAVENTA_AX_URL"},
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
				ct.Misconfigured(t, err, c.field)
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
	other, err := m.Client.ForCompany(maventa.Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000002", UserAPIKey: "k2"})
	require.NoError(t, err)
	assert.Equal(t, "6f1f7c5e-0000-4000-8000-000000000002", other.CompanyID())
	assert.Equal(t, ct.CompanyID, m.Client.CompanyID())
	again, err := other.ForCompany(ct.Credentials())
	require.NoError(t, err)
	rotated, err := m.Client.ForCompany(maventa.Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000002", UserAPIKey: "k3"})
	require.NoError(t, err)
	for range 2 {
		for _, c := range []*maventa.Client{m.Client, other, again, rotated} {
			require.NoError(t, c.Amili.Close(t.Context()))
			last := m.Sent[len(m.Sent)-1].Header
			assert.Equal(t, "Bearer token-of-"+c.CompanyID(), last.Get("Authorization"))
			assert.True(t, strings.HasPrefix(last.Get("User-Agent"), "AcmeERP/3.1 maventa-go/"))
		}
	}
	assert.Equal(t, []string{ct.CompanyID, "6f1f7c5e-0000-4000-8000-000000000002", "6f1f7c5e-0000-4000-8000-000000000002"}, tokens, "one token for each set of credentials")
}

func TestWithKeys(t *testing.T) {
	m := ct.NewMock(t, maventa.WithKeys(func(_ context.Context, company string) (maventa.Keys, error) {
		if company == "6f1f7c5e-0000-4000-8000-000000000003" {
			return maventa.Keys{}, errors.New("no such company at vault://app:canary@keys/x")
		}
		return maventa.Keys{UserAPIKey: maventa.Secret("key-of-" + company)}, nil
	}))
	m.OnFunc("POST", ct.TokenURL, func(*http.Request) ct.Reply { return ct.Reply{Status: 200, File: "token"} })
	m.OnFunc("DELETE", amiliURL, func(*http.Request) ct.Reply { return ct.Reply{Status: 204} })
	c, err := m.Client.ForCompany(maventa.Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000002"})
	require.NoError(t, err, "only the company is needed")
	require.NoError(t, c.Amili.Close(t.Context()))
	assert.Contains(t, m.Sent[0].Body, "client_secret=key-of-6f1f7c5e-0000-4000-8000-000000000002")

	c, err = m.Client.ForCompany(maventa.Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000003"})
	require.NoError(t, err)
	err = c.Amili.Close(t.Context())
	require.ErrorIs(t, err, maventa.ErrAuth)
	require.ErrorContains(t, err, "no such company at vault://[redacted]@keys/x")
	ct.AssertHides(t, err, "canary")
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
	for name, c := range map[string]*maventa.Client{"nil": nil, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			for call, f := range map[string]func() error{
				"Check":      func() error { return onlyErr(c.Check(ctx)) },
				"Do":         func() error { return c.Do(ctx, maventa.Request{Method: "GET", Path: "/v1/x"}, nil) },
				"ForCompany": func() error { return onlyErr(c.ForCompany(ct.Credentials())) },
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
		"Assignments.ForInvoice":   func(c *maventa.Client, id string) error { return onlyErr(c.Assignments.ForInvoice(ctx, id)) },
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
