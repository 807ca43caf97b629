package maventa_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

func TestNewTransport(t *testing.T) {
	transport := maventa.NewTransport()
	assert.Nil(t, transport.Proxy, "no proxy unless asked")
	assert.Equal(t, uint16(tls.VersionTLS12), transport.TLSClientConfig.MinVersion)
	assert.True(t, transport.Protocols.HTTP1())
	assert.False(t, transport.Protocols.HTTP2())
	assert.NotSame(t, transport, maventa.NewTransport(), "each one can be changed")
}

// TestProxy: with a proxy in the transport everything goes through it, tokens
// too.
func TestProxy(t *testing.T) {
	var seen atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "127.0.0.1:9", r.URL.Host, "asked as a proxy")
		seen.Add(1)
		w.Header().Set("Content-Type", "application/json")
		_, err := w.Write([]byte(`{"access_token":"t","token_type":"bearer","expires_in":3600,"open":2}`))
		assert.NoError(t, err)
	}))
	defer proxy.Close()
	address, err := url.Parse(proxy.URL)
	require.NoError(t, err)
	transport := maventa.NewTransport()
	transport.Proxy = http.ProxyURL(address)
	defer transport.CloseIdleConnections()
	env := maventa.Environment{Name: "test", AutoXChangeURL: "http://127.0.0.1:9", ReceivablesURL: "http://127.0.0.1:9"}
	c, err := maventa.NewClient(env, ct.Credentials(), maventa.WithHTTPClient(&http.Client{Transport: transport}))
	require.NoError(t, err)
	overview, err := c.Assignments.Overview(t.Context())
	require.NoError(t, err)
	open, _ := overview.Open.Get()
	assert.Equal(t, 2, open)
	assert.EqualValues(t, 2, seen.Load())
}

// More calls than connections wait for one: a write that does not get one in its
// time was not sent. A token does not wait.
func TestConnectionsAreBounded(t *testing.T) {
	var tokens, calls atomic.Int64
	hold := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/oauth2/token" {
			tokens.Add(1)
			_, _ = w.Write([]byte(`{"access_token":"t","token_type":"bearer","expires_in":3600}`))
			return
		}
		calls.Add(1)
		<-hold
		_, _ = w.Write([]byte(`{"id":"as-1"}`))
	}))
	defer server.Close()
	c, err := maventa.NewClient(maventa.Environment{Name: "loop", AutoXChangeURL: server.URL, ReceivablesURL: server.URL}, ct.Credentials())
	require.NoError(t, err)
	defer c.CloseIdleConnections()
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			_, err := c.Assignments.Get(t.Context(), "as-1")
			assert.NoError(t, err)
		})
	}
	for calls.Load() < 100 {
		time.Sleep(time.Millisecond)
	}
	other := ct.Credentials()
	other.CompanyID = "00000000-0000-0000-0000-000000000002"
	second, err := c.ForCompany(other)
	require.NoError(t, err)
	before := tokens.Load()
	_, err = second.Assignments.AddEvent(t.Context(), "as-1", maventa.Comment("x"), maventa.WithTimeout(100*time.Millisecond))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Equal(t, maventa.OutcomeNotSent, ct.Failure(t, err).Outcome)
	assert.Equal(t, before+1, tokens.Load(), "the token had a connection")
	assert.EqualValues(t, 100, calls.Load())
	close(hold)
	wg.Wait()
}
