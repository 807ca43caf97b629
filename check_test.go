package maventa_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

const (
	currentURL  = ax + "/oauth2/current"
	overviewURL = receivables + "/v1/assignments/overview"
)

// testAuthToken makes any call and asserts the token call before it.
func testAuthToken(t *testing.T, _ *mock) {
	creds := credentials
	creds.LicenseData = &maventa.LicenseData{Key: "license-1", Meta: maventa.LicenseMeta{ERPName: "Testi-ERP", ERPVersion: "3.1"}}
	m := newMock(t)
	c, err := m.client.ForCompany(creds)
	require.NoError(t, err)
	m.onFunc("POST", tokenURL, func(r *http.Request) reply {
		assert.Equal(t, "application/x-www-form-urlencoded", r.Header.Get("Content-Type"))
		assert.Equal(t, "application/json", r.Header.Get("Accept"))
		assert.Contains(t, r.Header.Get("User-Agent"), "maventa-go/")
		assert.Empty(t, r.Header.Get("Authorization"))
		return reply{status: 200, file: "token"}
	})
	m.on("DELETE", amiliURL, reply{status: 204})
	require.NoError(t, c.Amili.Close(t.Context()))
	assert.Equal(t, []string{"POST " + tokenURL, "DELETE " + amiliURL}, m.urls())
	form, err := url.ParseQuery(m.sent[0].body)
	require.NoError(t, err)
	assert.Equal(t, url.Values{
		"grant_type":     {"client_credentials"},
		"client_id":      {companyID},
		"client_secret":  {"canary-user-key"},
		"vendor_api_key": {"canary-vendor-key"},
		"scope":          {"company:read company:write invoice:send receivables:assignments"},
		"license_data":   {`{"key":"license-1","meta":{"erp_name":"Testi-ERP","erp_version":"3.1"}}`},
	}, form)
	assert.Equal(t, "Bearer "+accessToken, m.sent[1].header.Get("Authorization"))
}

func testAuthCurrent(t *testing.T, m *mock) {
	m.on("GET", overviewURL, reply{status: 200, file: "overview"})
	m.on("GET", currentURL, reply{status: 200, file: "current"})
	me, err := m.client.Check(t.Context())
	require.NoError(t, err)
	takeExtra(t, &me.User.Extra, map[string]string{"language": `"FI"`})
	takeExtra(t, &me.Company.Extra, map[string]string{"auto_type": `"x"`})
	needed := []string{"company:read", "company:write", "invoice:send", "receivables:assignments"}
	assert.Equal(t, &maventa.Identity{
		Environment: "stage",
		User:        maventa.User{ID: "u-1", FirstName: "Kaisa", LastName: "Kuvitteellinen", Email: "kaisa@sahkolahde.example"},
		Company:     maventa.Company{ID: companyID, BusinessID: "0000002-7", Name: "Sähkölähde Oy", Country: "FI", VAT: "FI00000027", WizardDone: true},
		Granted:     append(needed, "lookup"),
		Needed:      needed,
	}, me)
	assert.Equal(t, []string{"GET " + currentURL, "GET " + overviewURL}, m.urls())
	m.sent = m.sent[:1]
	m.lastSent("GET", currentURL, "")
}

func TestCheck(t *testing.T) {
	const grantedAll = `"scopes":["company:read","company:write","invoice:send","receivables:assignments"]`
	overview := reply{status: 200, file: "overview"}
	for _, c := range []struct {
		name     string
		opts     []maventa.ClientOption
		token    reply // zero: the usual one
		current  reply
		overview reply
		granted  []string
		kind     error
		details  []string
		requests int // token calls left out
	}{
		{name: "no scope for the question itself", current: reply{status: 403}, overview: overview, granted: maventa.DefaultScopes(), requests: 2},
		{name: "401 for the question itself", current: reply{status: 401}, overview: overview, granted: maventa.DefaultScopes(), requests: 2},
		{
			name: "scopes told by nobody", token: reply{status: 200, body: `{"access_token":"t","token_type":"bearer"}`},
			current: reply{status: 200, body: `{}`}, overview: overview, requests: 2,
		},
		{name: "eui stands for all", current: reply{status: 200, body: `{"scopes":["eui"]}`}, overview: overview, granted: []string{"eui"}, requests: 2},
		{
			name: "company stands for both", current: reply{status: 200, body: `{"scopes":["company","invoice:send","receivables:assignments"]}`},
			overview: overview, granted: []string{"company", "invoice:send", "receivables:assignments"}, requests: 2,
		},
		{
			name: "both stand for company", opts: []maventa.ClientOption{maventa.WithScopes("company")}, requests: 1,
			current: reply{status: 200, body: `{"scopes":["company:write","company:read"]}`}, granted: []string{"company:write", "company:read"},
		},
		{
			name: "half of company", opts: []maventa.ClientOption{maventa.WithScopes("company")}, requests: 1,
			current: reply{status: 200, body: `{"scopes":["company:write"]}`}, kind: maventa.ErrMissingScope, details: []string{"company"},
		},
		{
			name: "missing scopes", current: reply{status: 200, body: `{"scopes":["global","company:write"]}`}, requests: 1,
			kind: maventa.ErrMissingScope, details: []string{"invoice:send", "receivables:assignments"},
		},
		{
			name: "missing scopes by the token's own words", token: reply{status: 200, body: `{"access_token":"t","scope":"company:read company:write invoice:send"}`},
			current: reply{status: 401}, requests: 1, kind: maventa.ErrMissingScope, details: []string{"receivables:assignments"},
		},
		{
			name: "no receivables asked for, none looked at", opts: []maventa.ClientOption{maventa.WithScopes("company:read")}, requests: 1,
			current: reply{status: 200, body: `{"scopes":["company:read"]}`}, granted: []string{"company:read"},
		},
		{
			name: "company in capitals", current: reply{status: 200, body: `{"company":{"id":"6F1F7C5E-0000-4000-8000-000000000001"},` + grantedAll + `}`},
			overview: overview, granted: maventa.DefaultScopes(), requests: 2,
		},
		{
			name: "another company's token", current: reply{status: 200, body: `{"company":{"id":"6f1f7c5e-0000-4000-8000-000000000002"},` + grantedAll + `}`},
			kind: maventa.ErrInvalidCredentials, requests: 1,
		},
		{name: "wrong credentials", token: reply{status: 401, body: `{"code":"invalid_credentials","message":"canary-user-key"}`}, kind: maventa.ErrInvalidCredentials},
		{name: "wrong credentials, 400", token: reply{status: 400, body: `{"error":"invalid_client"}`}, kind: maventa.ErrInvalidCredentials},
		{name: "scopes refused", token: reply{status: 400, body: `{"error":"invalid_scope"}`}, kind: maventa.ErrMissingScope},
		{name: "not a token endpoint", token: reply{status: 404, body: `<html>canary`}, kind: maventa.ErrWrongEnvironment},
		{name: "a web page for a token", token: reply{status: 200, body: `<html>canary</html>`}, kind: maventa.ErrWrongEnvironment},
		{name: "no such call", current: reply{status: 404}, kind: maventa.ErrWrongEnvironment, requests: 1},
		{name: "another Receivables API: 401", current: reply{status: 200, body: `{` + grantedAll + `}`}, overview: reply{status: 401}, kind: maventa.ErrWrongEnvironment, requests: 2},
		{name: "another Receivables API: 404", current: reply{status: 200, body: `{` + grantedAll + `}`}, overview: reply{status: 404}, kind: maventa.ErrWrongEnvironment, requests: 2},
		{name: "no right to receivables", current: reply{status: 200, body: `{` + grantedAll + `}`}, overview: reply{status: 403}, kind: maventa.ErrForbidden, requests: 2},
		{name: "down", current: reply{status: 503}, kind: maventa.ErrUnavailable, requests: 1},
		{name: "unreadable", current: reply{status: 200, body: `{"user":7}`}, requests: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			// Retries are on: none of these is repeated, except where noted.
			opts := append([]maventa.ClientOption{maventa.WithRetry(maventa.RetryPolicy{TransientDelay: 1, MaxAttempts: 1})}, c.opts...)
			if c.kind != nil && c.kind != maventa.ErrUnavailable {
				opts[0] = maventa.WithRetry(maventa.RetryPolicy{TransientDelay: 1})
			}
			m := newMock(t, opts...)
			tokens := 0
			m.transport.RegisterResponder("POST", tokenURL, func(r *http.Request) (*http.Response, error) {
				if tokens++; c.token.status == 0 {
					return reply{status: 200, file: "token"}.response(t, r), nil
				}
				return c.token.response(t, r), nil
			})
			m.on("GET", currentURL, c.current)
			m.on("GET", overviewURL, c.overview)
			me, err := m.client.Check(t.Context())
			assert.Len(t, m.sent, c.requests)
			assert.Equal(t, 1, tokens, "never retried")
			if c.kind == nil && c.name != "unreadable" {
				require.NoError(t, err)
				assert.Equal(t, c.granted, me.Granted)
				return
			}
			require.Nil(t, me)
			e := failure(t, err)
			assert.Equal(t, c.details, e.Details)
			assert.NotContains(t, err.Error(), "canary")
			if c.kind != nil {
				require.ErrorIs(t, err, c.kind)
			}
		})
	}
}
