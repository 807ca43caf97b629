package maventatest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

func TestToken(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	o := c.postForm(c.tokenForm("company:read receivables:assignments")).want(http.StatusOK).object()
	if text(o, "expires_in") != "3600" || text(o, "token_type") != "bearer" || text(o, "scope") != "company:read receivables:assignments" {
		t.Errorf("token: %v", o)
	}
	form := c.tokenForm("")
	form.Del("scope")
	form.Del("vendor_api_key")
	if o := c.postForm(form).want(http.StatusOK).object(); text(o, "scope") != "global company" {
		t.Errorf("a token without a scope has %v", o)
	}
}

func TestTokenRefusals(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	for name, test := range map[string]struct {
		change func(url.Values)
		status int
		code   string
	}{
		"no grant":      {func(v url.Values) { v.Del("grant_type") }, http.StatusBadRequest, "invalid_parameters"},
		"other grant":   {func(v url.Values) { v.Set("grant_type", "password") }, http.StatusBadRequest, "invalid_parameters"},
		"company":       {func(v url.Values) { v.Set("client_id", "x") }, http.StatusUnauthorized, "invalid_credentials"},
		"no secret":     {func(v url.Values) { v.Del("client_secret") }, http.StatusUnauthorized, "invalid_credentials"},
		"vendor":        {func(v url.Values) { v.Set("vendor_api_key", "x") }, http.StatusUnauthorized, "invalid_credentials"},
		"broken scopes": {func(v url.Values) { v.Set("client_secret", "") }, http.StatusUnauthorized, "invalid_credentials"},
	} {
		t.Run(name, func(t *testing.T) {
			c := *c
			c.t = t
			form := c.tokenForm("global")
			test.change(form)
			c.postForm(form).wantError(test.status, test.code)
		})
	}
	op := operation.AuthToken
	for kind, body := range map[string]string{
		"application/json":                  `{"grant_type":"client_credentials"}`,
		"application/x-www-form-urlencoded": "a=%zz",
	} {
		req, _ := http.NewRequest(op.Method, srv.AutoXChangeURL()+op.Path, strings.NewReader(body))
		req.Header.Set("Content-Type", kind)
		if r := c.do(req); r.status < 400 || r.status > 499 {
			t.Errorf("%s: status %d", kind, r.status)
		}
	}
}

func TestTokenEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t, WithTokenLife(time.Minute))
		c := newClient(t, srv)
		overview := func() *result { return c.call(operation.AssignmentsOverview, nil, "", "") }
		srv.Advance(30 * 24 * time.Hour) // the story's days are not the token's
		overview().want(http.StatusOK)
		time.Sleep(time.Minute - time.Second)
		overview().want(http.StatusOK)
		time.Sleep(time.Second)
		overview().wantError(http.StatusUnauthorized, "auth_unauthorized")

		c.token = c.fetchToken(everyScope)
		overview().want(http.StatusOK)
		srv.RevokeTokens()
		overview().wantError(http.StatusUnauthorized, "auth_unauthorized")

		c.token = c.fetchToken(everyScope)
		srv.Inject(ExpireToken())
		overview().wantError(http.StatusUnauthorized, "auth_unauthorized")

		c.token = c.fetchToken(everyScope)
		srv.Company().DeleteUser()
		overview().wantError(http.StatusUnauthorized, "auth_unauthorized")
		c.postForm(c.tokenForm("")).wantError(http.StatusUnauthorized, "invalid_credentials")
	})
}

func TestScopes(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	granted := func(asked string) string {
		return text(c.postForm(c.tokenForm(asked)).want(http.StatusOK).object(), "scope")
	}
	for asked, want := range map[string]string{
		"company  invoice:send company": "company invoice:send",
		"eui":                           "eui",
		"invoice:send operator:lookup":  "invoice:send",
	} {
		if got := granted(asked); got != want {
			t.Errorf("asked for %q, granted %q, want %q", asked, got, want)
		}
	}
	srv.Company().GrantScopes("company:read", "invoice:send")
	if got := granted("company receivables:assignments invoice:send"); got != "company:read invoice:send" {
		t.Errorf("granted %q", got)
	}
	c.token = c.fetchToken(everyScope)
	c.call(operation.RopoStatus, nil, "", "").want(http.StatusOK)
	c.call(operation.RopoClose, nil, "", "").wantError(http.StatusUnauthorized, "auth_unauthorized")
	c.call(operation.AuthCurrent, nil, "", "").wantError(http.StatusUnauthorized, "auth_unauthorized")
}

func TestCurrent(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	o := c.call(operation.AuthCurrent, nil, "", "").want(http.StatusOK).object()
	company := o["company"].(map[string]any)
	if company["id"] != srv.CompanyID() || company["bid"] != srv.Company().BID() || company["name"] != srv.Company().Name() {
		t.Errorf("company %v", company)
	}
	if scopes := o["scopes"].([]any); !slices.Contains(scopes, any("invoice:send")) {
		t.Errorf("scopes %v", scopes)
	}

	narrow := clientOf(t, newServer(t, WithWire(Wire{AnyScopeSeesCurrent: true})).Company())
	narrow.token = narrow.fetchToken("invoice:send")
	narrow.call(operation.AuthCurrent, nil, "", "").want(http.StatusOK)
}

func TestEveryCallNeedsATokenAndItsScope(t *testing.T) {
	for _, test := range []struct {
		wire   Wire
		status int
	}{{Wire{}, http.StatusUnauthorized}, {Wire{MissingScope: http.StatusForbidden}, http.StatusForbidden}} {
		srv := newServer(t, WithWire(test.wire))
		c := newClient(t, srv)
		for _, id := range operation.All() {
			if id.NoAuth {
				continue
			}
			req := c.request(id, []string{"a", "b"}, "", "")
			req.Header.Set("Authorization", "Bearer nonsense")
			c.do(req).wantError(http.StatusUnauthorized, "auth_unauthorized")
			req = c.request(id, []string{"a", "b"}, "", "")
			req.Header.Del("Authorization")
			c.do(req).wantError(http.StatusUnauthorized, "auth_unauthorized")
			req = c.request(id, []string{"a", "b"}, "", "")
			req.Header.Set("Authorization", "Bearer "+c.fetchToken("billing:reports"))
			c.do(req).want(test.status)
		}
	}
}
