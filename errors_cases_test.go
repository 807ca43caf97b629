package maventa_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	"github.com/maventa-go/maventa/fleet"
	"github.com/maventa-go/maventa/follow"
	ct "github.com/maventa-go/maventa/internal/calltest"
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
	idle := ct.NewMock(t).Client
	payment := maventa.DirectPayment(amount("500.00"), date("2026-11-20"))
	unknown := amiliTransfer()
	unknown.ReceivablesType = "b2g"
	mixed := maventa.Stage
	mixed.ReceivablesURL = maventa.Production.ReceivablesURL
	active := ct.NewMock(t)
	active.On("GET", ropoURL, ct.Reply{Status: 200, Body: `{"status":"PENDING"}`}, ct.Reply{Status: 503})
	changed := ct.NewMock(t)
	changed.On("GET", amiliURL, ct.Reply{Status: 200, Body: `{"service_type":"full"}`})
	ended, cancel := context.WithCancel(ctx)
	cancel()
	warm := ct.NewMock(t)
	warm.On("GET", assignmentsURL+"/as-1", ct.Reply{Status: 200, Body: `{"id":"as-1"}`})
	require.NoError(t, onlyErr(warm.Client.Assignments.Get(ctx, "as-1")))
	var none *maventa.Client
	root, err := maventa.NewClient(maventa.Stage, maventa.Credentials{})
	require.NoError(t, err)
	return []errorCase{
		{"bad environment", onlyErr(maventa.NewClient(maventa.Environment{Name: "mine", AutoXChangeURL: "http://ax.example"}, ct.Credentials()))},
		{"mixed environment", onlyErr(maventa.NewClient(mixed, ct.Credentials()))},
		{"no credentials", onlyErr(maventa.NewClient(maventa.Stage, maventa.Credentials{CompanyID: ct.CompanyID}))},
		{"nil client option", onlyErr(maventa.NewClient(maventa.Stage, ct.Credentials(), nil))},
		{"bad client option", onlyErr(maventa.NewClient(maventa.Stage, ct.Credentials(), maventa.WithTimeout(-1)))},
		{"no environment variable", onlyErr(maventa.NewClientFromEnv())},
		{"company of no client", onlyErr(none.ForCompany(ct.Credentials()))},
		{"bad amount", onlyErr(maventa.ParseAmount("1 234,50"))},
		{"a text of Windows-1252", onlyErr(idle.Assignments.AddEvent(ctx, "as-1", maventa.Comment("p\xe4iv\xe4\xe4")))},
		{"bad amount in JSON", new(maventa.Amount).UnmarshalJSON([]byte(`"x"`))},
		{"bad date", onlyErr(maventa.ParseDate("20.11.2026"))},
		{"bad id", onlyErr(idle.Assignments.Get(ctx, "../x"))},
		{"bad page", onlyErr(idle.Events.List(ctx, maventa.EventFilter{ListOptions: maventa.ListOptions{Page: -1}}))},
		{"bad body", onlyErr(idle.Assignments.AddEvent(ctx, "as-1", maventa.DirectPayment(amount("-5.00"), maventa.Date{})))},
		{"body that is not UTF-8", onlyErr(idle.Assignments.AddEvent(ctx, "as-1", maventa.Comment("L\xe4mp\xf6")))},
		{"token source that panics", onlyErr(ct.NewMock(t, maventa.WithTokenSource(panicking{})).Client.Assignments.Get(ctx, "as-1"))},
		{"unknown value", onlyErr(idle.Invoices.TransferToAmili(ctx, "in-1", unknown))},
		{"bad request", idle.Do(ctx, maventa.Request{Method: "GET", Path: "things"}, nil)},
		{"body that is no JSON", idle.Do(ctx, maventa.Request{Method: "POST", Path: "/things", Body: func() {}}, nil)},
		{"nil call option", onlyErr(idle.Assignments.Get(ctx, "as-1", nil))},
		{"bad call option", onlyErr(idle.Assignments.Get(ctx, "as-1", maventa.WithTimeout(-1)))},
		{"client not made", onlyErr(none.Check(ctx))},
		{"inferred write", onlyErr(ct.NewMockFor(t, maventa.Production).Client.Assignments.AddEvent(ctx, "as-1", payment))},
		{"read only", onlyErr(ct.NewMock(t, maventa.ReadOnly()).Client.Assignments.AddEvent(ctx, "as-1", payment))},
		{"no company", onlyErr(root.Assignments.Get(ctx, "as-1"))},
		{"already activated", onlyErr(active.Client.Ropo.Activate(ctx, ropoActivation()))},
		{"state not readable", onlyErr(active.Client.Ropo.Activate(ctx, ropoActivation()))},
		{"state has changed", changed.Client.Amili.Update(ctx, maventa.AmiliUpdate{
			ServiceType: maventa.ServiceTypeFull, CurrentServiceType: maventa.ServiceTypeExpress,
		})},
		{"cancelled before sending", onlyErr(warm.Client.Assignments.AddEvent(ended, "as-1", payment))},
	}
}

// answerErrors are failures on the way and answers that are not what they should
// be, those of the token call first.
func answerErrors(t *testing.T) []errorCase {
	t.Helper()
	ctx := t.Context()
	token := func(r ct.Reply, opts ...maventa.ClientOption) error {
		m := ct.NewMock(t, opts...)
		m.Transport.RegisterResponder("POST", ct.TokenURL, func(req *http.Request) (*http.Response, error) {
			if r.Err != nil {
				return nil, r.Err
			}
			return r.Response(t, req), nil
		})
		return onlyErr(m.Client.Assignments.Get(ctx, "as-1"))
	}
	call := func(method, url string, call func(*maventa.Client) error, replies ...ct.Reply) error {
		m := ct.NewMock(t)
		m.On(method, url, replies...)
		return call(m.Client)
	}
	retried := ct.NewMock(t, maventa.WithRetry(maventa.RetryPolicy{TransientDelay: time.Nanosecond}))
	retried.On("GET", assignmentsURL+"/as-1", ct.Reply{Status: 503}, ct.Reply{Status: 503}, ct.Reply{Status: 503})
	all := func(c *maventa.Client) error { return onlyErr(ct.Collect(c.Events.All(ctx, maventa.EventFilter{}))) }
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
		{"wrong credentials", token(ct.Reply{Status: 401, Body: `{"code":"invalid_credentials","message":"canary-user-key"}`})},
		{"wrong credentials, 400", token(ct.Reply{Status: 400, Body: `{"error":"invalid_client"}`})},
		{"scope refused", token(ct.Reply{Status: 400, Body: `{"error":"invalid_scope"}`})},
		{"no token endpoint", token(ct.Reply{Status: 404, Body: "<html>"})},
		{"no token in the answer", token(ct.Reply{Status: 200, Body: `{"token":"t"}`})},
		{"a token with spaces", token(ct.Reply{Status: 200, Body: `{"access_token":"t t"}`})},
		{"success and error for a token", token(ct.Reply{Status: 200, Body: `{"access_token":"t","error":"server_error"}`})},
		{"a page for a token", token(ct.Reply{Status: 200, Body: "<html>"})},
		{"token endpoint is down", token(ct.Reply{Status: 503})},
		{"token endpoint throttles", token(ct.Reply{Status: 429, Header: map[string]string{"Retry-After": "7"}})},
		{"token endpoint not reached", token(ct.Reply{Err: &net.OpError{Op: "dial", Err: errors.New("connection refused")}})},
		{"key function fails", token(ct.Reply{}, maventa.WithKeys(func(context.Context, string) (maventa.Keys, error) {
			return maventa.Keys{}, errors.New("the vault is sealed")
		}))},
		{"token source fails", token(ct.Reply{}, maventa.WithTokenSource(tokenSource(func() (maventa.Token, error) {
			return maventa.Token{}, errors.New("the vault is sealed")
		})))},
		{"token source panics", token(ct.Reply{}, maventa.WithTokenSource(tokenSource(func() (maventa.Token, error) {
			panic(errors.New("the vault has no door"))
		})))},
		{"token source's token", token(ct.Reply{}, maventa.WithTokenSource(tokenSource(func() (maventa.Token, error) {
			return maventa.Token{Value: "canary\n"}, nil
		})))},
		{"missing scope", call("GET", currentURL, check, ct.Reply{Status: 200, Body: `{"scopes":["global"]}`})},
		{"another company's token", call("GET", currentURL, check, ct.Reply{
			Status: 200, Body: `{"company":{"id":"6f1f7c5e-0000-4000-8000-000000000002"}}`,
		})},
		{"wrong environment", call("GET", currentURL, check, ct.Reply{Status: 404})},
		{"no access", read(t, ct.Reply{Status: 401, Body: `{"code":"unauthorized","message":"No access"}`})},
		{"forbidden", read(t, ct.Reply{Status: 403, Body: `{"code":"forbidden"}`})},
		{"not found", read(t, ct.Reply{Status: 404, Body: `{"code":"not_found","message":"Not found"}`, Header: map[string]string{"X-Request-Id": "r-77"}})},
		{"customer level", call("PATCH", levelsURL+"/0000001-9", level, ct.Reply{Status: 404, Body: `{"code":"not_found","message":"Not found"}`})},
		{"refused event", pay(t, ct.Reply{Status: 422, Body: `{"code":"invalid_parameters","message":"Invalid","details":["amount is larger than the open amount"]}`})},
		{"bad filter", call("GET", eventsURL, all, ct.Reply{Status: 400, Body: `{"code":"invalid_parameters"}`})},
		{"conflict", pay(t, ct.Reply{Status: 409, Body: `{"code":"conflict"}`})},
		{"another refusal", pay(t, ct.Reply{Status: 418, Body: `{"code":"teapot"}`})},
		{"throttled", call("POST", invoiceURL+"/amili", transfer, ct.Reply{Status: 429, Header: map[string]string{"Retry-After": "30"}})},
		{"v1 shut down", call("POST", invoiceURLV1, v1, ct.Reply{Status: 410, Body: `{"code":"gone"}`})},
		{"read is down", read(t, ct.Reply{Status: 503})},
		{"read is down, tried again", onlyErr(retried.Client.Assignments.Get(ctx, "as-1"))},
		{"read is lost", read(t, ct.Reply{Err: io.ErrUnexpectedEOF})},
		{"read gets a page", read(t, ct.Reply{Status: 200, Body: "<html>", Header: html})},
		{"read gets a gateway's 404", read(t, ct.Reply{Status: 404, Body: "default backend"})},
		{"read gets nothing", read(t, ct.Reply{Status: 200})},
		{"read gets another shape", read(t, ct.Reply{Status: 200, Body: `["as-1"]`})},
		{"no list", call("GET", eventsURL, all, ct.Reply{Status: 200, Body: `{"id":"a"}`})},
		{"several lists", call("GET", eventsURL, all, ct.Reply{Status: 200, Body: `{"a":[],"b":[]}`})},
		{"endless list", call("GET", eventsURL, all, page(listOf("a"), "X-Next-Page", "2"), page(listOf("a"), "X-Next-Page", "3"))},
		{"next page without a number", call("GET", eventsURL, all, page(listOf("a"), "Link", `<https://x/?after=a>; rel="next"`))},
		{"next page is an earlier one", call("GET", eventsURL, all, page(listOf("a"), "X-Next-Page", "1"))},
		{"document is a page", call("GET", ct.AX+"/v1/invoices/in-1", func(c *maventa.Client) error {
			return onlyErr(ax.New(c).Invoices.GetAs(ctx, "in-1", "FINVOICE30"))
		}, ct.Reply{Status: 200, Body: "<html>", Header: html})},
		{"file not readable", fileError(t)},
		{"not connected", notConnected(t)},
		{"payment is lost", pay(t, ct.Reply{Err: errors.New("dial tcp canary: connection reset")})},
		{"payment gateway", pay(t, ct.Reply{Status: 502, Body: "<html>Bad gateway</html>"})},
		{"payment crashed", pay(t, ct.Reply{Status: 500})},
		{"payment redirect", pay(t, ct.Reply{Status: 307, Header: map[string]string{"Location": "https://evil.example"}})},
		{"payment applied", pay(t, ct.Reply{Status: 201, Body: `{"id":"ev-1","amo`})},
		{"payment gets a page", pay(t, ct.Reply{Status: 200, Body: "<html>", Header: html})},
		{"payment gets another's answer", pay(t, ct.Reply{Status: 200, Body: `{"ok":true}`})},
		{"close is lost", closeService(t, ct.Reply{Err: io.EOF})},
	}
}

type tokenSource func() (maventa.Token, error)

func (s tokenSource) Token(context.Context, maventa.TokenRequest) (maventa.Token, error) { return s() }

func fileError(t *testing.T) error {
	t.Helper()
	c := ct.Loopback(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	return onlyErr(ax.New(c).Invoices.Send(t.Context(), ax.InvoiceUpload{File: io.MultiReader(strings.NewReader("<x/>"), iotest.ErrReader(errors.New("the disk is gone"))), LedgerID: "1"}))
}

// notConnected is a payment that never left: nobody listens there.
func notConnected(t *testing.T) error {
	t.Helper()
	here := maventa.Environment{Name: "here", AutoXChangeURL: "http://127.0.0.1:1", ReceivablesURL: "http://127.0.0.1:1"}
	source := maventa.WithTokenSource(tokenSource(func() (maventa.Token, error) { return maventa.Token{Value: "t"}, nil }))
	c, err := maventa.NewClient(here, ct.Credentials(), source, maventa.WithRetry(maventa.NoRetry))
	require.NoError(t, err)
	return onlyErr(c.Assignments.AddEvent(t.Context(), "as-1", maventa.Comment("x")))
}

// waitErrors are those of what is made of several calls.
func waitErrors(t *testing.T) (cases []errorCase) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		wait := func(transfer ct.Reply) error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			m := ct.NewMock(t)
			m.OnFunc("GET", invoiceURL, func(*http.Request) ct.Reply { return transfer })
			return onlyErr(m.Client.Invoices.WaitForTransfer(ctx, "in-1"))
		}
		of := func(list string) error {
			m := ct.NewMock(t)
			m.On("GET", invoiceURL, ct.Reply{Status: 404})
			m.OnFunc("GET", assignmentsURL, func(r *http.Request) ct.Reply {
				if p := r.URL.Query().Get("page"); p != "1" {
					return ct.Reply{Status: 200, Body: "[]"}
				}
				return ct.Reply{Status: 200, Body: list}
			})
			return onlyErr(m.Client.Assignments.ForInvoice(t.Context(), "in-1"))
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		held := ct.NewMock(t)
		release := make(chan struct{})
		held.Transport.RegisterResponder("POST", ct.TokenURL, func(r *http.Request) (*http.Response, error) {
			<-release
			return ct.Reply{Status: 200, File: "token"}.Response(t, r), nil
		})
		noToken := onlyErr(held.Client.Assignments.Get(ended, "as-1"))
		close(release)
		synctest.Wait()
		cases = []errorCase{
			{"waiting for a token", noToken},
			{"transfer fails", wait(ct.Reply{Status: 200, Body: `{"status":"error","error_reason":"Maksajaa ei tunneta"}`})},
			{"transfer is stalled", wait(ct.Reply{Status: 200, Body: `{"status":"pending","error_reason":"Osoite puuttuu"}`})},
			{"transfer is not there", wait(ct.Reply{Status: 404})},
			{"waiting for a transfer", wait(ct.Reply{Status: 200, Body: `{"status":"pending"}`})},
			{"transfer leads elsewhere", wait(ct.Reply{Status: 200, Body: `{"status":"sent","url":"https://evil.example/v1/assignments/as-1"}`})},
			{"transfer leads nowhere", wait(ct.Reply{Status: 200, Body: `{"status":"sent","url":"` + ct.Receivables + `/v1/x"}`})},
			{"no assignment", of(`[]`)},
			{"two assignments", of(`[{"id":"as-1","invoice_id":"in-1"},{"id":"as-2","invoice_id":"in-1"}]`)},
		}
	})
	followed := ct.NewMock(t).Client
	bad := follow.Checkpoint{}
	keyless := ct.NewMock(t)
	keyless.On("POST", ct.AX+"/v1/users", ct.Reply{Status: 201, Body: `{"id":"u-1"}`})
	cases = append(
		cases,
		errorCase{"checkpoint", bad.UnmarshalJSON([]byte(`{"version":99}`))},
		errorCase{"following ends", func() error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return onlyErr(ct.Collect(follow.New(followed, follow.Checkpoint{}).All(ctx)))
		}()},
		errorCase{"fleet without a client", onlyErr((&fleet.Fleet{}).Run(t.Context(), nil, nil))},
		errorCase{"fleet cut off", func() error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			report, err := (&fleet.Fleet{Client: followed}).Run(ctx, []maventa.Credentials{ct.Credentials()}, func(context.Context, *maventa.Client) error { return nil })
			if report != nil && len(report.Results) == 1 {
				return report.Results[0].Err
			}
			return err
		}()},
		errorCase{"user without a key", onlyErr(ax.New(keyless.Client).Users.Create(t.Context(), ax.NewUser{Email: "e", FirstName: "f", LastName: "l", VendorAPIKey: "v"}))},
		errorCase{"uncovered since never", func() error {
			for _, err := range ax.Uncovered(t.Context(), followed, ax.UncoveredQuery{}) {
				return err
			}
			return nil
		}()},
		errorCase{"float in a database", new(maventa.Amount).Scan(1.5)},
		errorCase{"instant in a database", new(maventa.Date).Scan(time.Unix(1, 0))},
		errorCase{"short webhook secret", onlyErr(webhook.Handler("x", nil))},
	)
	return cases
}

// panicking is a token source with a fault.
type panicking struct{}

func (panicking) Token(context.Context, maventa.TokenRequest) (maventa.Token, error) {
	panic("a fault")
}
