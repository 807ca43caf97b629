package maventa_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

const (
	currentURL  = ct.AX + "/oauth2/current"
	overviewURL = ct.Receivables + "/v1/assignments/overview"
)

// TestAuthToken makes any call and asserts the token call before it.
func TestAuthToken(t *testing.T) {
	creds := ct.Credentials()
	creds.LicenseData = &maventa.LicenseData{Key: "license-1", Meta: maventa.LicenseMeta{ERPName: "Testi-ERP", ERPVersion: "3.1"}}
	m := ct.NewMock(t)
	c, err := m.Client.ForCompany(creds)
	require.NoError(t, err)
	m.OnFunc("POST", ct.TokenURL, func(r *http.Request) ct.Reply {
		assert.Equal(t, "application/x-www-form-urlencoded", r.Header.Get("Content-Type"))
		assert.Equal(t, "application/json", r.Header.Get("Accept"))
		assert.Contains(t, r.Header.Get("User-Agent"), "maventa-go/")
		assert.Empty(t, r.Header.Get("Authorization"))
		return ct.Reply{Status: 200, File: "token"}
	})
	m.On("DELETE", amiliURL, ct.Reply{Status: 204})
	require.NoError(t, c.Amili.Close(t.Context()))
	assert.Equal(t, []string{"POST " + ct.TokenURL, "DELETE " + amiliURL}, m.URLs())
	form, err := url.ParseQuery(m.Sent[0].Body)
	require.NoError(t, err)
	assert.Equal(t, url.Values{
		"grant_type":     {"client_credentials"},
		"client_id":      {ct.CompanyID},
		"client_secret":  {"canary-user-key"},
		"vendor_api_key": {"canary-vendor-key"},
		"scope":          {"company:read company:write invoice:send receivables:assignments"},
		"license_data":   {`{"key":"license-1","meta":{"erp_name":"Testi-ERP","erp_version":"3.1"}}`},
	}, form)
	assert.Equal(t, "Bearer "+ct.AccessToken, m.Sent[1].Header.Get("Authorization"))
}

func TestAuthCurrent(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", overviewURL, ct.Reply{Status: 200, File: "overview"})
	m.On("GET", currentURL, ct.Reply{Status: 200, File: "current"})
	me, err := m.Client.Check(t.Context())
	require.NoError(t, err)
	takeExtra(t, &me.User.Extra, map[string]string{"language": `"FI"`})
	takeExtra(t, &me.Company.Extra, map[string]string{"auto_type": `"x"`})
	needed := []string{"company:read", "company:write", "invoice:send", "receivables:assignments"}
	assert.Equal(t, &maventa.Identity{
		Environment: "stage",
		User:        maventa.User{ID: "u-1", FirstName: "Kaisa", LastName: "Kuvitteellinen", Email: "kaisa@sahkolahde.example"},
		Company:     maventa.Company{ID: ct.CompanyID, BusinessID: "0000002-7", Name: "Sähkölähde Oy", Country: "FI", VAT: "FI00000027", WizardDone: true},
		Granted:     append(needed, "lookup"),
		Needed:      needed,
		Refused: []maventa.InferredWrite{
			maventa.EventPaid, maventa.EventCreditNote, maventa.EventComment, maventa.EventClose, maventa.EventDueDateChange,
			maventa.EventCollectionStop, maventa.EventCancellation, maventa.EventCreditLoss,
			maventa.WriteTransferToRopo, maventa.WriteTransferToAmili, maventa.WriteServiceLevel,
		},
	}, me)
	assert.Equal(t, `stage: company "Sähkölähde Oy" `+ct.CompanyID+`, 5 scopes granted, 4 needed, writes that production refuses: `+
		`paid credit_note comment close due_date_change collection_prohibition cancellation credit_loss `+
		`Invoices.TransferToRopo Invoices.TransferToAmili ServiceLevels.Set`, me.String())
	assert.Equal(t, []string{"GET " + currentURL, "GET " + overviewURL}, m.URLs())
	m.Sent = m.Sent[:1]
	m.LastSent("GET", currentURL, "")
}

func TestCheck(t *testing.T) {
	const grantedAll = `"scopes":["company:read","company:write","invoice:send","receivables:assignments"]`
	overview := ct.Reply{Status: 200, File: "overview"}
	for _, c := range []struct {
		name     string
		opts     []maventa.ClientOption
		token    ct.Reply // zero: the usual one
		current  ct.Reply
		overview ct.Reply
		granted  []string
		kind     error
		details  []string
		requests int // token calls left out
	}{
		{name: "no scope for the question itself", current: ct.Reply{Status: 403}, overview: overview, granted: maventa.DefaultScopes(), requests: 2},
		{name: "401 for the question itself", current: ct.Reply{Status: 401}, overview: overview, granted: maventa.DefaultScopes(), requests: 2},
		{
			name: "scopes named by nobody", token: ct.Reply{Status: 200, Body: `{"access_token":"t","token_type":"bearer"}`},
			current: ct.Reply{Status: 200, Body: `{}`}, overview: overview, requests: 2,
		},
		{name: "eui stands for all", current: ct.Reply{Status: 200, Body: `{"scopes":["eui"]}`}, overview: overview, granted: []string{"eui"}, requests: 2},
		{
			name: "company stands for both", current: ct.Reply{Status: 200, Body: `{"scopes":["company","invoice:send","receivables:assignments"]}`},
			overview: overview, granted: []string{"company", "invoice:send", "receivables:assignments"}, requests: 2,
		},
		{
			name: "both stand for company", opts: []maventa.ClientOption{maventa.WithScopes("company")}, requests: 1,
			current: ct.Reply{Status: 200, Body: `{"scopes":["company:write","company:read"]}`}, granted: []string{"company:write", "company:read"},
		},
		{
			name: "half of company", opts: []maventa.ClientOption{maventa.WithScopes("company")}, requests: 1,
			current: ct.Reply{Status: 200, Body: `{"scopes":["company:write"]}`}, kind: maventa.ErrMissingScope, details: []string{"company"},
		},
		{
			name: "missing scopes", current: ct.Reply{Status: 200, Body: `{"scopes":["global","company:write"]}`}, requests: 1,
			kind: maventa.ErrMissingScope, details: []string{"invoice:send", "receivables:assignments"},
		},
		{
			name: "missing scopes by the token's own words", token: ct.Reply{Status: 200, Body: `{"access_token":"t","scope":"company:read company:write invoice:send"}`},
			current: ct.Reply{Status: 401}, requests: 1, kind: maventa.ErrMissingScope, details: []string{"receivables:assignments"},
		},
		{
			name: "no receivables asked for, none looked at", opts: []maventa.ClientOption{maventa.WithScopes("company:read")}, requests: 1,
			current: ct.Reply{Status: 200, Body: `{"scopes":["company:read"]}`}, granted: []string{"company:read"},
		},
		{
			name: "company in capitals", current: ct.Reply{Status: 200, Body: `{"company":{"id":"6F1F7C5E-0000-4000-8000-000000000001"},` + grantedAll + `}`},
			overview: overview, granted: maventa.DefaultScopes(), requests: 2,
		},
		{
			name: "another company's token", current: ct.Reply{Status: 200, Body: `{"company":{"id":"6f1f7c5e-0000-4000-8000-000000000002"},` + grantedAll + `}`},
			kind: maventa.ErrInvalidCredentials, requests: 1,
		},
		{name: "wrong credentials", token: ct.Reply{Status: 401, Body: `{"code":"invalid_credentials","message":"canary-user-key"}`}, kind: maventa.ErrInvalidCredentials},
		{name: "wrong credentials, 400", token: ct.Reply{Status: 400, Body: `{"error":"invalid_client"}`}, kind: maventa.ErrInvalidCredentials},
		{name: "scopes refused", token: ct.Reply{Status: 400, Body: `{"error":"invalid_scope"}`}, kind: maventa.ErrMissingScope},
		{name: "not a token endpoint", token: ct.Reply{Status: 404, Body: `<html>canary`}, kind: maventa.ErrWrongEnvironment},
		{name: "a web page for a token", token: ct.Reply{Status: 200, Body: `<html>canary</html>`}, kind: maventa.ErrWrongEnvironment},
		{name: "no such call", current: ct.Reply{Status: 404}, kind: maventa.ErrWrongEnvironment, requests: 1},
		{name: "a web page for a call", current: ct.Reply{Status: 404, Body: "<html>"}, kind: maventa.ErrWrongEnvironment, requests: 1},
		{name: "another Receivables API: a page", current: ct.Reply{Status: 200, Body: `{` + grantedAll + `}`}, overview: ct.Reply{Status: 404, Body: "no such page"}, kind: maventa.ErrWrongEnvironment, requests: 2},
		{name: "another Receivables API: 401", current: ct.Reply{Status: 200, Body: `{` + grantedAll + `}`}, overview: ct.Reply{Status: 401}, kind: maventa.ErrWrongEnvironment, requests: 2},
		{name: "another Receivables API: 404", current: ct.Reply{Status: 200, Body: `{` + grantedAll + `}`}, overview: ct.Reply{Status: 404}, kind: maventa.ErrWrongEnvironment, requests: 2},
		{name: "no right to receivables", current: ct.Reply{Status: 200, Body: `{` + grantedAll + `}`}, overview: ct.Reply{Status: 403}, kind: maventa.ErrForbidden, requests: 2},
		{name: "down", current: ct.Reply{Status: 503}, kind: maventa.ErrUnavailable, requests: 1},
		{name: "unreadable", current: ct.Reply{Status: 200, Body: `{"user":7}`}, requests: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			// Retries are on: none of these is repeated, except where noted.
			opts := append([]maventa.ClientOption{maventa.WithRetry(maventa.RetryPolicy{TransientDelay: 1, MaxAttempts: 1})}, c.opts...)
			if c.kind != nil && c.kind != maventa.ErrUnavailable {
				opts[0] = maventa.WithRetry(maventa.RetryPolicy{TransientDelay: 1})
			}
			m := ct.NewMock(t, opts...)
			tokens := 0
			m.Transport.RegisterResponder("POST", ct.TokenURL, func(r *http.Request) (*http.Response, error) {
				if tokens++; c.token.Status == 0 {
					return ct.Reply{Status: 200, File: "token"}.Response(t, r), nil
				}
				return c.token.Response(t, r), nil
			})
			m.On("GET", currentURL, c.current)
			m.On("GET", overviewURL, c.overview)
			me, err := m.Client.Check(t.Context())
			assert.Len(t, m.Sent, c.requests)
			assert.Equal(t, 1, tokens, "never retried")
			if c.kind == nil && c.name != "unreadable" {
				require.NoError(t, err)
				assert.Equal(t, c.granted, me.Granted)
				return
			}
			require.Nil(t, me)
			e := ct.Failure(t, err)
			assert.Equal(t, c.details, e.Details)
			assert.NotContains(t, err.Error(), "canary")
			if c.kind != nil {
				require.ErrorIs(t, err, c.kind)
				assert.Equal(t, c.kind, maventa.Advise(err).Kind)
				assert.Equal(t, maventa.Advise(c.kind).Action, maventa.Advise(err).Action)
			}
		})
	}
}
