package maventa_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

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
			assert.Equal(t, c.operation, ct.Misconfigured(t, err, c.field).Operation)
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
			require.NotErrorIs(t, err, maventa.ErrValidation)
			assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
			assert.Equal(t, "Assignments.Get", e.Operation)
			err = m.Client.Amili.Close(t.Context(), maventa.Unchecked(), o)
			require.NotErrorIs(t, err, maventa.ErrValidation)
		})
	}
	m.NothingSent()
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
