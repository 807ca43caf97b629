package maventa_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

// tlsEnvironment is a server behind TLS, reached with the SDK's own transport.
func tlsEnvironment(t *testing.T, config *tls.Config) (env maventa.Environment, requests func() int, server *httptest.Server) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		n++
		_, _ = io.WriteString(w, `{"id":"as-1"}`)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = config
	server.StartTLS()
	t.Cleanup(server.Close)
	return maventa.Environment{Name: "tls", AutoXChangeURL: server.URL, ReceivablesURL: server.URL}, func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}, server
}

// heldToken is a token that the caller has already.
type heldToken struct{}

func (heldToken) Token(context.Context, maventa.TokenRequest) (maventa.Token, error) {
	return maventa.Token{Value: ct.CanaryToken}, nil
}

// TestTLS: an old version of TLS and a certificate that nobody vouches for are
// refused before anything is sent, and the error says so.
func TestTLS(t *testing.T) {
	for _, test := range []struct {
		name   string
		config *tls.Config
		host   string
		trust  bool
		says   string
	}{
		{name: "TLS 1.1", config: &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, says: "protocol version"},
		{name: "unknown authority", config: &tls.Config{MinVersion: tls.VersionTLS12}, says: "signed by an unknown authority"},
		{name: "another host", config: &tls.Config{MinVersion: tls.VersionTLS12}, host: "localhost", trust: true, says: "for another host"},
	} {
		t.Run(test.name, func(t *testing.T) {
			env, requests, server := tlsEnvironment(t, test.config)
			var opts []maventa.ClientOption
			if test.trust {
				pool := x509.NewCertPool()
				pool.AddCert(server.Certificate())
				transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
				opts = append(opts, maventa.WithHTTPClient(&http.Client{Transport: transport}))
			}
			if test.host != "" {
				env.AutoXChangeURL = strings.Replace(env.AutoXChangeURL, "127.0.0.1", test.host, 1)
				env.ReceivablesURL = env.AutoXChangeURL
			}
			for name, source := range map[string][]maventa.ClientOption{"call": {maventa.WithTokenSource(heldToken{})}, "token": nil} {
				c, err := maventa.NewClient(env, ct.Credentials(), append(append(source, opts...), maventa.WithRetry(maventa.NoRetry))...)
				require.NoError(t, err)
				_, err = c.Assignments.AddEvent(t.Context(), "as-1", canaryEvent())
				require.ErrorContains(t, err, test.says, name)
				require.ErrorIs(t, err, maventa.ErrUnavailable)
				assert.Equal(t, maventa.OutcomeNotSent, ct.Failure(t, err).Outcome, "%s: no connection came about", name)
				c.CloseIdleConnections()
			}
			assert.Zero(t, requests())
		})
	}
	// The same server, trusted: all is well.
	env, _, server := tlsEnvironment(t, &tls.Config{MinVersion: tls.VersionTLS12})
	c, err := maventa.NewClient(env, ct.Credentials(), maventa.WithTokenSource(heldToken{}), maventa.WithHTTPClient(server.Client()))
	require.NoError(t, err)
	_, err = c.Assignments.Get(t.Context(), "as-1")
	require.NoError(t, err)
}
