package maventa_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

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
