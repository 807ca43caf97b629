package maventatest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

// everyScope is what the tests ask for unless they are about scopes.
const everyScope = "global company invoice:send receivables:assignments"

// client is a plain net/http client of one company.
type client struct {
	t     testing.TB
	srv   *Server
	co    *Company
	token string
}

func newClient(t testing.TB, srv *Server) *client { return clientOf(t, srv.Company()) }

func clientOf(t testing.TB, co *Company) *client {
	t.Helper()
	c := &client{t: t, srv: co.srv, co: co}
	c.token = c.fetchToken(everyScope)
	return c
}

func (c *client) tokenForm(scope string) url.Values {
	return url.Values{
		"grant_type": {"client_credentials"}, "client_id": {c.co.ID()}, "client_secret": {c.co.UserAPIKey()},
		"vendor_api_key": {c.co.VendorAPIKey()}, "scope": {scope},
	}
}

func (c *client) fetchToken(scope string) string {
	c.t.Helper()
	r := c.postForm(c.tokenForm(scope))
	r.want(http.StatusOK)
	return r.object()["access_token"].(string)
}

func (c *client) postForm(form url.Values) *result {
	c.t.Helper()
	op := operation.AuthToken
	req, err := http.NewRequest(op.Method, c.srv.AutoXChangeURL()+op.Path, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.do(req)
}

// call makes a call of the table. ids fill the path in order; body is a JSON
// text, or empty; query is appended.
func (c *client) call(id *operation.Op, ids []string, body, query string) *result {
	c.t.Helper()
	r := c.do(c.request(id, ids, body, query))
	if !c.srv.options.wire.LikelyShapes && c.srv.options.wire.DuplicateUUID == 0 {
		checkAnswer(c.t, id, r)
	}
	return r
}

func (c *client) request(op *operation.Op, ids []string, body, query string) *http.Request {
	c.t.Helper()
	segments := strings.Split(op.Path, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			segments[i], ids = url.PathEscape(ids[0]), ids[1:]
		}
	}
	target := c.srv.baseURL(op.API) + strings.Join(segments, "/")
	if query != "" {
		target += "?" + query
	}
	req, err := http.NewRequest(op.Method, target, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

func (c *client) do(req *http.Request) *result {
	c.t.Helper()
	resp, err := c.srv.HTTPClient().Do(req)
	if err != nil {
		return &result{t: c.t, err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return &result{t: c.t, status: resp.StatusCode, header: resp.Header, body: body, err: err}
}

// result is an answer, or the error instead of one.
type result struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
	err    error
}

func (r *result) want(status int) *result {
	r.t.Helper()
	if r.err != nil {
		r.t.Fatalf("error %v, want status %d", r.err, status)
	}
	if r.status != status {
		r.t.Fatalf("status %d, want %d; body %s", r.status, status, r.body)
	}
	return r
}

// wantError checks status, code and that the details name every text given.
func (r *result) wantError(status int, code string, details ...string) {
	r.t.Helper()
	r.want(status)
	o := r.object()
	if o["code"] != code {
		r.t.Errorf("code %v, want %q; body %s", o["code"], code, r.body)
	}
	if _, ok := o["details"].([]any); !ok || o["message"] == "" {
		r.t.Errorf("not Maventa's error shape: %s", r.body)
	}
	for _, d := range details {
		if !bytes.Contains(r.body, []byte(d)) {
			r.t.Errorf("body %s does not name %q", r.body, d)
		}
	}
}

func (r *result) object() map[string]any {
	r.t.Helper()
	var o map[string]any
	r.decode(&o)
	return o
}

func (r *result) array() []map[string]any {
	r.t.Helper()
	var a []map[string]any
	r.decode(&a)
	return a
}

func (r *result) decode(into any) {
	r.t.Helper()
	if r.err != nil {
		r.t.Fatal(r.err)
	}
	dec := json.NewDecoder(bytes.NewReader(r.body))
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		r.t.Fatalf("%v in %q", err, r.body)
	}
}

// text reads a member as text, numbers as written.
func text(o map[string]any, name string) string {
	switch v := o[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

const amiliBody = `{"iban":"FI2112345600000785","bic":"NDEAFIHH","bank":"Nordea","contact_person":"Maija","contact_email":"maija@example.com",
"customer_service_email":"asiakas@example.com","contact_phone_number":"+358401234567","authorization_email":"toimitusjohtaja@example.com",
"billing_address":{"country":"FI","streets":["Katu 1"],"city":"Helsinki","zip_code":"00100"}}`

const transferBody = `{"collection_type":"reminder_and_collection","receivables_type":"b2b","assignment_summary":"Goods",
"payers":[{"name":"Velallinen Oy","bid":"7654321-2","address":{"streets":["Tie 2"],"zip_code":"00200","city":"Helsinki","country":"FI"}}]}`
