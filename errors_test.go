package maventa_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

var sentinels = ct.Sentinels

// kinds lists the sentinels that err matches.
func kinds(err error) string { return ct.Kinds(sentinels, err) }

// pay makes an unsafe call, read a safe one and close an idempotent one that
// are answered so.
func pay(t *testing.T, answer ct.Reply) error {
	m := ct.NewMock(t)
	m.On("POST", assignmentsURL+"/as-1/events", answer)
	_, err := m.Client.Assignments.AddEvent(t.Context(), "as-1", maventa.DirectPayment(amount("500.00"), date("2026-11-20")))
	return err
}

func read(t *testing.T, answer ct.Reply) error {
	m := ct.NewMock(t)
	m.On("GET", assignmentsURL+"/as-1", answer)
	_, err := m.Client.Assignments.Get(t.Context(), "as-1")
	return err
}

func closeService(t *testing.T, answer ct.Reply) error {
	m := ct.NewMock(t)
	m.On("DELETE", amiliURL, answer)
	return m.Client.Amili.Close(t.Context())
}

func TestSentinels(t *testing.T) {
	for _, c := range []struct {
		answer            ct.Reply
		unsafe            string // what a payment that is answered so matches
		outcome           maventa.Outcome
		safe              string // and a read
		idempotentOutcome maventa.Outcome
	}{
		{ct.Reply{Status: 400, Body: `{"code":"c","message":"m"}`}, "ErrValidation", maventa.OutcomeRejected, "ErrValidation", maventa.OutcomeRejected},
		{ct.Reply{Status: 422, Body: `{"code":"c","message":"m"}`}, "ErrValidation", maventa.OutcomeRejected, "ErrValidation", maventa.OutcomeRejected},
		{ct.Reply{Status: 401}, "ErrUnauthorized", maventa.OutcomeRejected, "ErrUnauthorized", maventa.OutcomeRejected},
		{ct.Reply{Status: 403, Body: `{"code":"c","message":"m"}`}, "ErrForbidden", maventa.OutcomeRejected, "ErrForbidden", maventa.OutcomeRejected},
		{ct.Reply{Status: 404, Body: `{"code":"c","message":"m"}`}, "ErrNotFound", maventa.OutcomeRejected, "ErrNotFound", maventa.OutcomeRejected},
		{ct.Reply{Status: 409, Body: `{"code":"c","message":"m"}`}, "ErrConflict", maventa.OutcomeRejected, "ErrConflict", maventa.OutcomeRejected},
		{ct.Reply{Status: 429}, "ErrRateLimited", maventa.OutcomeRejected, "ErrRateLimited", maventa.OutcomeRejected},
		{ct.Reply{Status: 400}, "ErrOutcomeUnknown", maventa.OutcomeUnknown, "", maventa.OutcomeUnknown},
		{ct.Reply{Status: 403, Body: "<html>"}, "ErrForbidden ErrOutcomeUnknown", maventa.OutcomeUnknown, "ErrForbidden", maventa.OutcomeUnknown},
		{ct.Reply{Status: 418}, "ErrOutcomeUnknown", maventa.OutcomeUnknown, "", maventa.OutcomeUnknown},
		{ct.Reply{Status: 408}, "ErrOutcomeUnknown", maventa.OutcomeUnknown, "", maventa.OutcomeUnknown},
		{ct.Reply{Status: 307}, "ErrOutcomeUnknown", maventa.OutcomeUnknown, "", maventa.OutcomeUnknown},
		{ct.Reply{Status: 206}, "ErrOutcomeUnknown", maventa.OutcomeUnknown, "", maventa.OutcomeUnknown},
		{ct.Reply{Status: 500}, "ErrOutcomeUnknown", maventa.OutcomeUnknown, "", maventa.OutcomeUnknown},
		{ct.Reply{Status: 502}, "ErrOutcomeUnknown ErrUnavailable", maventa.OutcomeUnknown, "ErrUnavailable", maventa.OutcomeUnknown},
		{ct.Reply{Status: 503}, "ErrOutcomeUnknown ErrUnavailable", maventa.OutcomeUnknown, "ErrUnavailable", maventa.OutcomeUnknown},
		{ct.Reply{Status: 504}, "ErrOutcomeUnknown ErrUnavailable", maventa.OutcomeUnknown, "ErrUnavailable", maventa.OutcomeUnknown},
		{ct.Reply{Err: errors.New("reset")}, "ErrOutcomeUnknown ErrUnavailable", maventa.OutcomeUnknown, "ErrUnavailable", maventa.OutcomeUnknown},
		{ct.Reply{Status: 200, Body: "<html>"}, "ErrOutcomeUnknown ErrUnavailable", maventa.OutcomeUnknown, "ErrUnavailable", maventa.OutcomeUnknown},
		{ct.Reply{Status: 404, Body: "no such backend"}, "ErrOutcomeUnknown ErrUnavailable", maventa.OutcomeUnknown, "ErrUnavailable", maventa.OutcomeUnknown},
	} {
		t.Run(fmt.Sprint(c.answer.Status), func(t *testing.T) {
			err := pay(t, c.answer)
			assert.Equal(t, c.unsafe, kinds(err))
			assert.Equal(t, c.outcome, ct.Failure(t, err).Outcome)
			err = read(t, c.answer)
			assert.Equal(t, c.safe, kinds(err))
			err = closeService(t, c.answer)
			assert.Equal(t, c.idempotentOutcome, ct.Failure(t, err).Outcome)
			assert.Equal(t, c.idempotentOutcome == maventa.OutcomeUnknown, errors.Is(err, maventa.ErrOutcomeUnknown))
		})
	}
	assert.NotErrorIs(t, read(t, ct.Reply{Status: 500}), context.Canceled)
}

func TestErrorBody(t *testing.T) {
	long := strings.Repeat("ä", 300)
	for _, c := range []struct {
		name, body string
		want       maventa.Error // code, message and details
	}{
		{"whole", `{"code":"invalid_parameters","message":"Bad","details":["amount is odd","date is old"]}`, maventa.Error{Code: "invalid_parameters", Message: "Bad", Details: []string{"amount is odd", "date is old"}}},
		{"details of one text", `{"code":"c1","message":"m","details":"only one"}`, maventa.Error{Code: "c1", Message: "m", Details: []string{"only one"}}},
		{"empty details", `{"code":"c1","details":[]}`, maventa.Error{Code: "c1"}},
		{"empty text", `{"code":"c1","details":""}`, maventa.Error{Code: "c1"}},
		{"details of objects", `{"code":"c1","details":[{"field":"amount"}]}`, maventa.Error{Code: "c1"}},
		{"message alone", `{"message":"m"}`, maventa.Error{Message: "m"}},
		{"no body", ``, maventa.Error{}},
		{"no JSON", `oops`, maventa.Error{}},
		{"a list", `["oops"]`, maventa.Error{}},
		{"another shape", `{"error":{"code":7}}`, maventa.Error{}},
		{"HTML", `<html><body>canary</body></html>`, maventa.Error{}},
		{"cut", `{"code":"` + long + `","message":"` + long + `","details":["` + long + `"]}`, maventa.Error{Code: long[:64], Message: long[:256], Details: []string{long[:256]}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, err := range []error{pay(t, ct.Reply{Status: 422, Body: c.body}), read(t, ct.Reply{Status: 500, Body: c.body})} {
				e := ct.Failure(t, err)
				assert.Equal(t, c.want.Code, e.Code)
				assert.Equal(t, c.want.Message, e.Message)
				assert.Equal(t, c.want.Details, e.Details)
				assert.Less(t, len(err.Error()), 1600)
				assert.NotContains(t, err.Error(), "canary")
			}
		})
	}
	many := `{"details":[` + strings.TrimSuffix(strings.Repeat(`"d",`, 50), ",") + `]}`
	err := read(t, ct.Reply{Status: 400, Body: many})
	assert.Len(t, ct.Failure(t, err).Details, 20)
	assert.ErrorContains(t, err, "(and 15 more details)")
}

// A text from outside can neither forge log lines nor move a terminal.
func TestErrorTextIsQuoted(t *testing.T) {
	err := read(t, ct.Reply{
		Status: 500,
		Body:   `{"code":"a\nb","message":"line\nline \u001b[31m \u202e","details":["x\r\ny"]}`,
		Header: map[string]string{"X-Request-Id": "r\x1b1"},
	})
	for _, r := range err.Error() {
		assert.True(t, r >= ' ' && r != 0x7f && r != 0x202e, "%q", r)
	}
	e := ct.Failure(t, err)
	e.Target = "as\n1"
	assert.NotContains(t, err.Error(), "\n")
	assert.Equal(t, fmt.Sprintf("%q", err.Error()), fmt.Sprintf("%q", err))
}

// What the caller sent is not shown when the service repeats it.
func TestEchoIsHidden(t *testing.T) {
	m := ct.NewMock(t)
	m.OnFunc("POST", invoiceURL+"/ropo", func(*http.Request) ct.Reply {
		return ct.Reply{Status: 422, Body: `{
			"code":"invalid_parameters",
			"message":"Aino Olematon, Satukuja 4, 00003 Mallila: aino@olematon.example",
			"details":["A-1001","+358000000010","Kuviteltu Kiinteistö Oy","Sähkö, lokakuu 2026"]}`}
	})
	err := onlyErr(m.Client.Invoices.TransferToRopo(t.Context(), "in-1", ropoTransfer()))
	ct.AssertHides(t, err, "Aino", "Olematon", "Satukuja", "00003", "Mallila", "olematon", "A-1001", "+358", "Kiinteistö", "lokakuu")
	assert.ErrorContains(t, err, "[redacted]")
	assert.Equal(t, "invalid_parameters", ct.Failure(t, err).Code)

	// A text that begins with another one is hidden whole, whichever comes first.
	r := ropoTransfer()
	r.Payers[0].Name, r.Payers[0].Email = "Aino", "Aino.canary@olematon.example"
	m = ct.NewMock(t)
	m.OnFunc("POST", invoiceURL+"/ropo", func(*http.Request) ct.Reply {
		return ct.Reply{Status: 422, Body: `{"message":"Aino.canary@olematon.example"}`}
	})
	for range 30 {
		err = onlyErr(m.Client.Invoices.TransferToRopo(t.Context(), "in-1", r))
		require.Equal(t, "[redacted]", ct.Failure(t, err).Message)
	}
	// A filter is sent in the query.
	m = ct.NewMock(t)
	m.On("GET", assignmentsURL, ct.Reply{Status: 400, Body: `{"code":"invalid_parameters","message":"debtor_name Aino Olematon is not allowed"}`})
	err = onlyErr(m.Client.Assignments.List(t.Context(), maventa.AssignmentFilter{DebtorName: "Aino Olematon"}))
	ct.AssertHides(t, err, "Aino Olematon")
}

// The API's own words stay readable, or the refusal could not be understood.
func TestEchoLeavesWords(t *testing.T) {
	const message = "collection_type is not allowed with receivables_type b2c: collection of 2026-11-02"
	m := ct.NewMock(t)
	m.On("POST", invoiceURL+"/ropo", ct.Reply{Status: 422, Body: `{"message":"` + message + `"}`})
	r := ropoTransfer()
	r.CollectionType = maventa.CollectionOnly
	err := onlyErr(m.Client.Invoices.TransferToRopo(t.Context(), "in-1", r))
	assert.Equal(t, message, ct.Failure(t, err).Message)

	err = pay(t, ct.Reply{Status: 422, Body: `{"message":"the invoice is already paid"}`})
	assert.Equal(t, "the invoice is already paid", ct.Failure(t, err).Message)
}

func TestErrorFields(t *testing.T) {
	err := pay(t, ct.Reply{
		Status: 422, Body: `{"code":"c1","message":"m"}`,
		Header: map[string]string{"X-Request-Id": "r-1", "Retry-After": "5"},
	})
	e := ct.Failure(t, err)
	assert.Equal(t, []any{
		"Assignments.AddEvent", "as-1", "stage", maventa.PhaseHTTP, maventa.OutcomeRejected, 422, "c1", "m", "r-1", 1, 5 * time.Second,
	}, []any{e.Operation, e.Target, e.Environment, e.Phase, e.Outcome, e.Status, e.Code, e.Message, e.RequestID, e.Attempts, e.RetryAfter})
	out := ct.Printed(err)
	for _, part := range []string{
		`value.operation=Assignments.AddEvent`, `value.target=as-1`, `value.environment=stage`, `value.phase=http`, `value.outcome=rejected`,
		`value.status=422`, `value.code=c1`, `value.request_id=r-1`, `value.attempts=1`, `"outcome":"rejected"`,
	} {
		assert.Contains(t, out, part)
	}
	for outcome, text := range map[maventa.Outcome]string{
		maventa.OutcomeUnknown: "unknown", maventa.OutcomeNotSent: "not sent", maventa.OutcomeRejected: "rejected", maventa.OutcomeApplied: "applied", 99: "unknown",
	} {
		assert.Equal(t, text, outcome.String())
		b, err := outcome.MarshalText()
		require.NoError(t, err)
		var back maventa.Outcome
		require.NoError(t, back.UnmarshalText(b))
		assert.Equal(t, text, back.String())
	}
	assert.Equal(t, maventa.OutcomeApplied, maventa.OutcomeOf(nil))
	assert.Equal(t, maventa.OutcomeRejected, maventa.OutcomeOf(fmt.Errorf("wrapped: %w", err)))
	assert.Equal(t, maventa.OutcomeUnknown, maventa.OutcomeOf(errors.New("of other code")))
	for _, name := range []string{"X-Request-Id", "X-Correlation-Id", "X-Amzn-Trace-Id"} {
		e := ct.Failure(t, read(t, ct.Reply{Status: 500, Header: map[string]string{name: strings.Repeat("r", 300)}}))
		assert.Len(t, e.RequestID, 128)
	}
}

// A network failure says what it was, and nothing of where it went.
func TestNoAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		text string
	}{
		"DNS":            {&net.OpError{Op: "dial", Err: &net.DNSError{Name: "canary.example", Err: "no such host"}}, "the host name could not be resolved"},
		"refused":        {&net.OpError{Op: "dial", Addr: &net.UnixAddr{Name: "canary"}, Err: errors.New("connection refused")}, "dial: connection refused"},
		"reset":          {&url.Error{Op: "Post", URL: "https://canary", Err: &net.OpError{Op: "read", Err: errors.New("connection reset")}}, "read: connection reset"},
		"authority":      {&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, "signed by an unknown authority"},
		"host name":      {&tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}, Host: "canary"}}, "certificate is for another host"},
		"EOF":            {&url.Error{Op: "Post", URL: "https://canary", Err: io.EOF}, "closed before the answer was complete"},
		"unexpected EOF": {io.ErrUnexpectedEOF, "closed before the answer was complete"},
		"timeout":        {os.ErrDeadlineExceeded, "network timeout"},
		"other":          {errors.New("canary"), "network failure"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, err := range []error{pay(t, ct.Reply{Err: c.err}), read(t, ct.Reply{Err: c.err})} {
				require.ErrorIs(t, err, maventa.ErrUnavailable)
				assert.ErrorContains(t, err, c.text)
				ct.AssertHides(t, err, "canary")
				var urlErr *url.Error
				assert.False(t, errors.As(err, &urlErr), "it prints the address")
			}
		})
	}
}

// The caller's own end of waiting stays recognizable.
func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := ct.NewMock(t)
	m.OnFunc("POST", assignmentsURL+"/as-1/events", func(r *http.Request) ct.Reply {
		cancel()
		return ct.Reply{Err: r.Context().Err()}
	})
	_, err := m.Client.Assignments.AddEvent(ctx, "as-1", maventa.Comment("x"))
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
	assert.NotErrorIs(t, err, maventa.ErrUnavailable)

	_, err = m.Client.Assignments.AddEvent(ctx, "as-1", maventa.Comment("x"))
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, maventa.OutcomeNotSent, ct.Failure(t, err).Outcome)
	assert.Len(t, m.Sent, 1)
}
