package main

import (
	"io"
	"net/http"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// Second way: httpmock, canned answers.
//
// Give its transport to the client. httpmock.Activate does not do it: it replaces
// http.DefaultTransport, and the SDK brings a transport of its own.
// ActivateNonDefault does not do it either once the client is made: it changes
// the *http.Client it is given, of which the SDK took the transport before.
func newMockedClient(t *testing.T) (*maventa.Client, *httpmock.MockTransport) {
	t.Helper()
	transport := httpmock.NewMockTransport()
	// Every call begins with a token.
	transport.RegisterResponder("POST", maventa.Stage.AutoXChangeURL+"/oauth2/token",
		httpmock.NewStringResponder(200, `{"access_token":"test-token","token_type":"Bearer","expires_in":3600}`).
			HeaderSet(http.Header{"Content-Type": {"application/json"}}))
	c, err := maventa.NewClient(
		maventa.Stage,
		maventa.Credentials{CompanyID: "c0ffee00-0000-4000-8000-000000000000", UserAPIKey: "user-key", VendorAPIKey: "vendor-key"},
		maventa.WithHTTPClient(&http.Client{Transport: transport}),
	)
	require.NoError(t, err)
	return c, transport
}

const events = "/v1/assignments/a-1/events"

func TestWithHTTPMock(t *testing.T) {
	c, transport := newMockedClient(t)
	var body string
	transport.RegisterResponder("POST", maventa.Stage.ReceivablesURL+events,
		func(r *http.Request) (*http.Response, error) {
			sent, err := io.ReadAll(r.Body)
			body = string(sent)
			return httpmock.NewStringResponse(201, `{"id":"e-1","type":"paid"}`), err
		})
	payments := []BankPayment{payment("a-1", "40.50")}

	require.NoError(t, ReportBankPayments(t.Context(), c.Assignments, payments))

	assert.Equal(t, []PaymentState{Reported}, states(payments))
	assert.JSONEq(t, `{"type":"paid","amount":40.50,"date":"2026-11-02"}`, body)
}

func TestOddAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer httpmock.Responder
		want   PaymentState
	}{
		"refused":           {httpmock.NewStringResponder(422, `{"code":"invalid_parameters","message":"no"}`), Refused},
		"a page of a proxy": {httpmock.NewStringResponder(200, `<html>Please log in</html>`), Unclear},
		"half an answer":    {httpmock.NewStringResponder(201, `{"id":"e-1","ty`), Reported},
		"a crash":           {httpmock.NewStringResponder(500, ``), Unclear},
		// A transport that is not an *http.Transport cannot tell the SDK that it
		// never got a connection. So this is Unclear here; over a real one a
		// refused connection leaves the payment New: see TestNoConnection.
		"a broken network": {httpmock.ConnectionFailure, Unclear},
	} {
		t.Run(name, func(t *testing.T) {
			client, transport := newMockedClient(t)
			transport.RegisterResponder("POST", maventa.Stage.ReceivablesURL+events, c.answer)
			payments := []BankPayment{payment("a-1", "40.50")}

			require.NoError(t, ReportBankPayments(t.Context(), client.Assignments, payments))

			assert.Equal(t, []PaymentState{c.want}, states(payments))
			assert.Equal(t, 1, transport.GetCallCountInfo()["POST "+maventa.Stage.ReceivablesURL+events], "sent once")
		})
	}
}
