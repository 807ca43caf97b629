package maventa

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// What stands behind RegisterProtocol sends without asking the transport for a
// connection: that none was obtained proves nothing.
func TestRegisteredProtocol(t *testing.T) {
	var sent atomic.Int32
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetHTTP1(true) // of HTTP/2 net/http says that https is taken
	transport.RegisterProtocol("https", roundTripper(func(*http.Request) (*http.Response, error) {
		sent.Add(1)
		return nil, errors.New("the answer is lost")
	}))
	env := Environment{Name: "h3", AutoXChangeURL: "https://ax.example", ReceivablesURL: "https://rec.example"}
	c, err := NewClient(env, Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000001", UserAPIKey: "k"}, WithHTTPClient(&http.Client{Transport: transport}))
	require.NoError(t, err)
	c.token.fetch = func(context.Context, Secret) (Token, *Error) {
		return Token{Value: "t", Expiry: time.Now().Add(time.Hour)}, nil
	}
	_, err = c.Assignments.AddEvent(t.Context(), "a", Comment("x"))
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	assert.EqualValues(t, 1, sent.Load(), "sent once")
}

// countingConn counts what is written to a connection.
type countingConn struct {
	net.Conn

	writes *atomic.Int32
}

func (c countingConn) Write(b []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(b)
}

// A payment leaves in one write: headers and body in one packet.
func TestOneWrite(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(`{"id":"e","type":"paid"}`))
	}))
	defer server.Close()
	var writes atomic.Int32
	transport := NewTransport()
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return countingConn{conn, &writes}, err
	}
	c, err := NewClient(Environment{Name: "loop", AutoXChangeURL: server.URL, ReceivablesURL: server.URL},
		Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000001", UserAPIKey: "k"}, WithHTTPClient(&http.Client{Transport: transport}))
	require.NoError(t, err)
	defer c.CloseIdleConnections()
	c.token.fetch = func(context.Context, Secret) (Token, *Error) {
		return Token{Value: "t", Expiry: time.Now().Add(time.Hour)}, nil
	}
	for range 3 {
		_, err = c.Assignments.AddEvent(t.Context(), "a", DirectPayment(MustAmount("10.00"), MustDate("2026-11-20")))
		require.NoError(t, err)
	}
	assert.EqualValues(t, 3, writes.Load())
}
