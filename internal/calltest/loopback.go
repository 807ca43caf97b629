package calltest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// Loopback is a client of a server that answers everything but tokens with h.
func Loopback(t testing.TB, h http.HandlerFunc) *maventa.Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth2/token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"t","token_type":"bearer","expires_in":3600}`)
	})
	mux.Handle("/", h)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	c, err := maventa.NewClient(maventa.Environment{Name: "loopback", AutoXChangeURL: srv.URL, ReceivablesURL: srv.URL}, Credentials())
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)
	return c
}
