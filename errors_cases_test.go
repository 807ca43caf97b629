package maventa_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/webhook"
)

// callErrors are the failures of calls, constructors and parsers.
func callErrors(t *testing.T) []errorCase {
	t.Helper()
	return append(buildErrors(t), answerErrors(t)...)
}

// buildErrors are failures before anything was sent, for a token neither.
func buildErrors(t *testing.T) []errorCase {
	t.Helper()
	ctx := t.Context()
	idle := newMock(t).client
	payment := maventa.DirectPayment(amount("500.00"), date("2026-11-20"))
	unknown := amiliTransfer()
	unknown.ReceivablesType = "b2g"
	mixed := maventa.Stage
	mixed.ReceivablesURL = maventa.Production.ReceivablesURL
	active := newMock(t)
	active.on("GET", ropoURL, reply{status: 200, body: `{"status":"PENDING"}`}, reply{status: 503})
	changed := newMock(t)
	changed.on("GET", amiliURL, reply{status: 200, body: `{"service_type":"full"}`})
	ended, cancel := context.WithCancel(ctx)
	cancel()
	warm := newMock(t)
	warm.on("GET", assignmentsURL+"/as-1", reply{status: 200, body: `{"id":"as-1"}`})
	require.NoError(t, onlyErr(warm.client.Assignments.Get(ctx, "as-1")))
	var none *maventa.Client
	return []errorCase{
		{"bad environment", onlyErr(maventa.NewClient(maventa.Environment{Name: "mine", AutoXChangeURL: "http://ax.example"}, credentials))},
		{"mixed environment", onlyErr(maventa.NewClient(mixed, credentials))},
		{"no credentials", onlyErr(maventa.NewClient(maventa.Stage, maventa.Credentials{CompanyID: companyID}))},
		{"nil client option", onlyErr(maventa.NewClient(maventa.Stage, credentials, nil))},
		{"bad client option", onlyErr(maventa.NewClient(maventa.Stage, credentials, maventa.WithTimeout(-1)))},
		{"no environment variable", onlyErr(maventa.NewClientFromEnv())},
		{"company of no client", onlyErr(none.ForCompany(credentials))},
		{"bad amount", onlyErr(maventa.ParseAmount("1 234,50"))},
		{"bad date", onlyErr(maventa.ParseDate("20.11.2026"))},
		{"bad id", onlyErr(idle.Assignments.Get(ctx, "../x"))},
		{"bad page", onlyErr(idle.Events.List(ctx, maventa.EventFilter{ListOptions: maventa.ListOptions{Page: -1}}))},
		{"bad body", onlyErr(idle.Assignments.AddEvent(ctx, "as-1", maventa.DirectPayment(amount("-5.00"), maventa.Date{})))},
		{"unknown value", onlyErr(idle.Invoices.TransferToAmili(ctx, "in-1", unknown))},
		{"bad request", idle.Do(ctx, maventa.Request{Method: "GET", Path: "things"}, nil)},
		{"body that is no JSON", idle.Do(ctx, maventa.Request{Method: "POST", Path: "/things", Body: func() {}}, nil)},
		{"nil call option", onlyErr(idle.Assignments.Get(ctx, "as-1", nil))},
		{"bad call option", onlyErr(idle.Assignments.Get(ctx, "as-1", maventa.WithTimeout(-1)))},
		{"client not made", onlyErr(none.Check(ctx))},
		{"inferred write", onlyErr(newMockFor(t, maventa.Production).client.Assignments.AddEvent(ctx, "as-1", payment))},
		{"already activated", onlyErr(active.client.Ropo.Activate(ctx, ropoActivation()))},
		{"state not readable", onlyErr(active.client.Ropo.Activate(ctx, ropoActivation()))},
		{"state has changed", changed.client.Amili.Update(ctx, maventa.AmiliUpdate{
			ServiceType: maventa.ServiceTypeFull, CurrentServiceType: maventa.ServiceTypeExpress,
		})},
		{"cancelled before sending", onlyErr(warm.client.Assignments.AddEvent(ended, "as-1", payment))},
	}
}

// answerErrors are failures on the way and answers that are not what they should
// be, those of the token call first.
func answerErrors(t *testing.T) []errorCase {
	t.Helper()
	ctx := t.Context()
	token := func(r reply, opts ...maventa.ClientOption) error {
		m := newMock(t, opts...)
		m.transport.RegisterResponder("POST", tokenURL, func(req *http.Request) (*http.Response, error) {
			if r.err != nil {
				return nil, r.err
			}
			return r.response(t, req), nil
		})
		return onlyErr(m.client.Assignments.Get(ctx, "as-1"))
	}
	call := func(method, url string, call func(*maventa.Client) error, replies ...reply) error {
		m := newMock(t)
		m.on(method, url, replies...)
		return call(m.client)
	}
	retried := newMock(t, maventa.WithRetry(maventa.RetryPolicy{TransientDelay: time.Nanosecond}))
	retried.on("GET", assignmentsURL+"/as-1", reply{status: 503}, reply{status: 503}, reply{status: 503})
	all := func(c *maventa.Client) error { return onlyErr(collect(c.Events.All(ctx, maventa.EventFilter{}))) }
	transfer := func(c *maventa.Client) error {
		return onlyErr(c.Invoices.TransferToAmili(ctx, "in-1", amiliTransfer()))
	}
	v1 := func(c *maventa.Client) error {
		return onlyErr(c.Invoices.TransferToAmiliV1(ctx, "in-1", amiliTransferV1()))
	}
	level := func(c *maventa.Client) error { return c.ServiceLevels.Set(ctx, "0000001-9", maventa.ServiceLevelVIP) }
	check := func(c *maventa.Client) error { return onlyErr(c.Check(ctx)) }
	html := map[string]string{"Content-Type": "text/html"}
	return []errorCase{
		{"wrong credentials", token(reply{status: 401, body: `{"code":"invalid_credentials","message":"canary-user-key"}`})},
		{"wrong credentials, 400", token(reply{status: 400, body: `{"error":"invalid_client"}`})},
		{"scope refused", token(reply{status: 400, body: `{"error":"invalid_scope"}`})},
		{"no token endpoint", token(reply{status: 404, body: "<html>"})},
		{"a page for a token", token(reply{status: 200, body: "<html>"})},
		{"token endpoint is down", token(reply{status: 503})},
		{"token endpoint throttles", token(reply{status: 429, header: map[string]string{"Retry-After": "7"}})},
		{"token endpoint not reached", token(reply{err: &net.OpError{Op: "dial", Err: errors.New("connection refused")}})},
		{"key function fails", token(reply{}, maventa.WithKeys(func(context.Context, string) (maventa.Keys, error) {
			return maventa.Keys{}, errors.New("the vault is sealed")
		}))},
		{"token source fails", token(reply{}, maventa.WithTokenSource(tokenSource(func() (maventa.Token, error) {
			return maventa.Token{}, errors.New("the vault is sealed")
		})))},
		{"token source's token", token(reply{}, maventa.WithTokenSource(tokenSource(func() (maventa.Token, error) {
			return maventa.Token{Value: "canary\n"}, nil
		})))},
		{"missing scope", call("GET", currentURL, check, reply{status: 200, body: `{"scopes":["global"]}`})},
		{"another company's token", call("GET", currentURL, check, reply{
			status: 200, body: `{"company":{"id":"6f1f7c5e-0000-4000-8000-000000000002"}}`,
		})},
		{"wrong environment", call("GET", currentURL, check, reply{status: 404})},
		{"no access", read(t, reply{status: 401, body: `{"code":"unauthorized","message":"No access"}`})},
		{"forbidden", read(t, reply{status: 403, body: `{"code":"forbidden"}`})},
		{"not found", read(t, reply{status: 404, body: `{"code":"not_found","message":"Not found"}`, header: map[string]string{"X-Request-Id": "r-77"}})},
		{"customer level", call("PATCH", levelsURL+"/0000001-9", level, reply{status: 404, body: `{"code":"not_found","message":"Not found"}`})},
		{"refused event", pay(t, reply{status: 422, body: `{"code":"invalid_parameters","message":"Invalid","details":["amount is larger than the open amount"]}`})},
		{"bad filter", call("GET", eventsURL, all, reply{status: 400, body: `{"code":"invalid_parameters"}`})},
		{"conflict", pay(t, reply{status: 409, body: `{"code":"conflict"}`})},
		{"another refusal", pay(t, reply{status: 418, body: `{"code":"teapot"}`})},
		{"throttled", call("POST", invoiceURL+"/amili", transfer, reply{status: 429, header: map[string]string{"Retry-After": "30"}})},
		{"v1 shut down", call("POST", invoiceURLV1, v1, reply{status: 410})},
		{"read is down", read(t, reply{status: 503})},
		{"read is down, tried again", onlyErr(retried.client.Assignments.Get(ctx, "as-1"))},
		{"read is lost", read(t, reply{err: io.ErrUnexpectedEOF})},
		{"read gets a page", read(t, reply{status: 200, body: "<html>", header: html})},
		{"read gets nothing", read(t, reply{status: 200})},
		{"read gets another shape", read(t, reply{status: 200, body: `["as-1"]`})},
		{"no list", call("GET", eventsURL, all, reply{status: 200, body: `{"id":"a"}`})},
		{"several lists", call("GET", eventsURL, all, reply{status: 200, body: `{"a":[],"b":[]}`})},
		{"endless list", call("GET", eventsURL, all, page(listOf("a"), "X-Next-Page", "2"), page(listOf("a"), "X-Next-Page", "3"))},
		{"next page without a number", call("GET", eventsURL, all, page(listOf("a"), "Link", `<https://x/?after=a>; rel="next"`))},
		{"next page is an earlier one", call("GET", eventsURL, all, page(listOf("a"), "X-Next-Page", "1"))},
		{"document is a page", call("GET", ax+"/v1/invoices/in-1", func(c *maventa.Client) error {
			return onlyErr(c.Invoices.GetAs(ctx, "in-1", "FINVOICE30"))
		}, reply{status: 200, body: "<html>", header: html})},
		{"file not readable", fileError(t)},
		{"not connected", notConnected(t)},
		{"payment is lost", pay(t, reply{err: errors.New("dial tcp canary: connection reset")})},
		{"payment gateway", pay(t, reply{status: 502, body: "<html>Bad gateway</html>"})},
		{"payment crashed", pay(t, reply{status: 500})},
		{"payment redirect", pay(t, reply{status: 307, header: map[string]string{"Location": "https://evil.example"}})},
		{"payment applied", pay(t, reply{status: 201, body: `{"id":"ev-1","amo`})},
		{"payment gets a page", pay(t, reply{status: 200, body: "<html>", header: html})},
		{"payment gets another's answer", pay(t, reply{status: 200, body: `{"ok":true}`})},
		{"close is lost", closeService(t, reply{err: io.EOF})},
	}
}

type tokenSource func() (maventa.Token, error)

func (s tokenSource) Token(context.Context, maventa.TokenRequest) (maventa.Token, error) { return s() }

func fileError(t *testing.T) error {
	t.Helper()
	c := loopback(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	return onlyErr(c.Invoices.Send(t.Context(), maventa.InvoiceUpload{File: io.MultiReader(strings.NewReader("<x/>"), failing{}), LedgerID: "1"}))
}

// notConnected is a payment that never left: nobody listens there.
func notConnected(t *testing.T) error {
	t.Helper()
	here := maventa.Environment{Name: "here", AutoXChangeURL: "http://127.0.0.1:1", ReceivablesURL: "http://127.0.0.1:1"}
	source := maventa.WithTokenSource(tokenSource(func() (maventa.Token, error) { return maventa.Token{Value: "t"}, nil }))
	c, err := maventa.NewClient(here, credentials, source, maventa.WithRetry(maventa.NoRetry))
	require.NoError(t, err)
	return onlyErr(c.Assignments.AddEvent(t.Context(), "as-1", maventa.Comment("x")))
}

// waitErrors are those of what is made of several calls.
func waitErrors(t *testing.T) (cases []errorCase) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		wait := func(transfer reply) error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			m := newMock(t)
			m.onFunc("GET", invoiceURL, func(*http.Request) reply { return transfer })
			return onlyErr(m.client.Invoices.WaitForTransfer(ctx, "in-1"))
		}
		of := func(list string) error {
			m := newMock(t)
			m.on("GET", invoiceURL, reply{status: 404})
			m.onFunc("GET", assignmentsURL, func(r *http.Request) reply {
				if p := r.URL.Query().Get("page"); p != "1" {
					return reply{status: 200, body: "[]"}
				}
				return reply{status: 200, body: list}
			})
			return onlyErr(m.client.Assignments.ForInvoice(t.Context(), "in-1"))
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		held := newMock(t)
		release := make(chan struct{})
		held.transport.RegisterResponder("POST", tokenURL, func(r *http.Request) (*http.Response, error) {
			<-release
			return reply{status: 200, file: "token"}.response(t, r), nil
		})
		noToken := onlyErr(held.client.Assignments.Get(ended, "as-1"))
		close(release)
		synctest.Wait()
		cases = []errorCase{
			{"waiting for a token", noToken},
			{"transfer fails", wait(reply{status: 200, body: `{"status":"error","error_reason":"Maksajaa ei tunneta"}`})},
			{"transfer is stalled", wait(reply{status: 200, body: `{"status":"pending","error_reason":"Osoite puuttuu"}`})},
			{"transfer is not there", wait(reply{status: 404})},
			{"waiting for a transfer", wait(reply{status: 200, body: `{"status":"pending"}`})},
			{"transfer leads elsewhere", wait(reply{status: 200, body: `{"status":"sent","url":"https://evil.example/v1/assignments/as-1"}`})},
			{"transfer leads nowhere", wait(reply{status: 200, body: `{"status":"sent","url":"` + receivables + `/v1/x"}`})},
			{"no assignment", of(`[]`)},
			{"two assignments", of(`[{"id":"as-1","invoice_id":"in-1"},{"id":"as-2","invoice_id":"in-1"}]`)},
		}
	})
	follow := newMock(t).client
	bad := maventa.Checkpoint{}
	cases = append(
		cases,
		errorCase{"checkpoint", bad.UnmarshalJSON([]byte(`{"version":99}`))},
		errorCase{"following ends", func() error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return onlyErr(collect(follow.Events.Follow(maventa.Checkpoint{}).All(ctx)))
		}()},
		errorCase{"fleet without a client", onlyErr((&maventa.Fleet{}).Run(t.Context(), nil, nil))},
		errorCase{"short webhook secret", onlyErr(webhook.Handler("x", nil))},
	)
	return cases
}
