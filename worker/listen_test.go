package worker_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/worker"
)

// answers serves on a listener and asks once by a client of it.
func answers(t *testing.T, l net.Listener, url string, client *http.Transport) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- worker.Serve(ctx, l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") }), slog.New(slog.DiscardHandler))
	}()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	resp, err := client.RoundTrip(r)
	require.NoError(t, err)
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, "here", string(text))
	client.CloseIdleConnections()
	cancel()
	require.NoError(t, <-done)
}

// TestServeLog: what the server itself has to say is in the log, not on standard error.
func TestServeLog(t *testing.T) {
	l, err := worker.Listen(t.Context(), "127.0.0.1:0", "", "")
	require.NoError(t, err)
	var log strings.Builder
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- worker.Serve(ctx, l, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("of a test") }), slog.New(slog.NewJSONHandler(&log, nil)))
	}()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String(), http.NoBody)
	require.NoError(t, err)
	_, err = http.DefaultTransport.RoundTrip(r)
	require.Error(t, err)
	cancel()
	require.NoError(t, <-done)
	assert.Contains(t, log.String(), `"level":"WARN","msg":"http: panic serving`)
}

func TestListenLoopback(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "localhost:0", "127.0.0.2:0"} {
		l, err := worker.Listen(t.Context(), address, "", "")
		if err != nil && address == "127.0.0.2:0" && runtime.GOOS == "darwin" {
			continue // it has one such address alone
		}
		require.NoError(t, err)
		answers(t, l, "http://"+l.Addr().String(), &http.Transport{})
	}
	for _, address := range []string{":8710", "0.0.0.0:8710", "192.0.2.1:8710", "example.com:8710", "[::]:8710", "localhost.example.com:8710"} {
		_, err := worker.Listen(t.Context(), address, "", "")
		require.ErrorIs(t, err, worker.ErrConfig, address)
		require.ErrorContains(t, err, "give a certificate")
	}
	for _, address := range []string{"", "8710", "127.0.0.1"} {
		_, err := worker.Listen(t.Context(), address, "", "")
		require.ErrorIs(t, err, worker.ErrConfig, address)
	}
}

func TestListenSocket(t *testing.T) {
	dir, err := os.MkdirTemp("", "mv") //nolint:usetesting // a path of a socket is short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	left, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
	require.NoError(t, err)
	_, err = worker.Listen(t.Context(), "unix:"+path, "", "")
	require.ErrorContains(t, err, "another process listens")
	left.(*net.UnixListener).SetUnlinkOnClose(false)
	require.NoError(t, left.Close())

	l, err := worker.Listen(t.Context(), "unix:"+path, "", "")
	require.NoError(t, err, "what a killed process has left is removed")
	if info, err := os.Stat(path); assert.NoError(t, err) && runtime.GOOS != "windows" {
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	answers(t, l, "http://worker/", &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}})
	assert.NoFileExists(t, path)

	require.NoError(t, os.WriteFile(path, []byte("mine"), 0o600))
	_, err = worker.Listen(t.Context(), "unix:"+path, "", "")
	require.ErrorContains(t, err, "is no socket")
	assert.FileExists(t, path)
	_, err = worker.Listen(t.Context(), "unix:"+path, "c.pem", "k.pem")
	require.ErrorContains(t, err, "takes no certificate")
}

func TestListenTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	_, err := worker.Listen(t.Context(), "127.0.0.1:0", cert, key)
	require.ErrorIs(t, err, worker.ErrConfig)
	require.ErrorContains(t, err, cert)

	certificate(t, cert, key)
	_, err = worker.Listen(t.Context(), "0.0.0.0:0", cert, "")
	require.ErrorIs(t, err, worker.ErrConfig)
	l, err := worker.Listen(t.Context(), "127.0.0.1:0", cert, key)
	require.NoError(t, err)
	url := "https://" + l.Addr().String()
	pool := certificate(t, cert, key) // renewed: it counts at once
	answers(t, l, url, &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}})
}

// certificate writes one for 127.0.0.1 and returns who trusts it.
func certificate(t *testing.T, certFile, keyFile string) *x509.CertPool {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	require.NoError(t, os.WriteFile(certFile, text, 0o600))
	require.NoError(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), 0o600))
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(text))
	return pool
}
