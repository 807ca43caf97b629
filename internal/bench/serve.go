package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The stub server runs in a process of its own, so that its work and its memory
// are not the client's. It prints its addresses, answers every line on its
// standard input with its counters, and ends with its input.

// addresses is the first line that the server prints.
type addresses struct {
	HTTP  string
	HTTPS string // HTTP/1.1 alone
	HTTP2 string // the same with HTTP/2
	Cert  string // file with the certificate
}

var one = sync.OnceValue(func() []byte { return []byte(assignment(1)) })

// counters is what happened since the counters were last asked for.
type counters struct{ Conns, TLSConns int64 }

type stub struct{ conns, tlsConns atomic.Int64 }

func serve(ctx context.Context, in io.Reader, out io.Writer) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	certFile := filepath.Join(dir, "cert.pem")
	cert, err := selfSigned(certFile)
	if err != nil {
		return err
	}
	var listen net.ListenConfig
	plain, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	secure, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	withHTTP2, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_ = pages() // not while a client waits
	s := &stub{}
	go func() { _ = s.server(&s.conns).Serve(plain) }()
	for l, protocols := range map[net.Listener][]string{secure: {"http/1.1"}, withHTTP2: {"h2", "http/1.1"}} {
		server := s.server(&s.tlsConns)
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: protocols}
		server.Protocols = new(http.Protocols)
		server.Protocols.SetHTTP1(true)
		server.Protocols.SetHTTP2(l == withHTTP2)
		go func() { _ = server.ServeTLS(l, "", "") }()
	}
	lines := json.NewEncoder(out)
	err = lines.Encode(addresses{"http://" + plain.Addr().String(), "https://" + secure.Addr().String(), "https://" + withHTTP2.Addr().String(), certFile})
	for asked := bufio.NewScanner(in); err == nil && asked.Scan(); {
		err = lines.Encode(counters{s.conns.Swap(0), s.tlsConns.Swap(0)})
	}
	return err
}

func (s *stub) server(conns *atomic.Int64) *http.Server {
	return &http.Server{
		Handler:           s,
		ReadHeaderTimeout: time.Minute,
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				conns.Add(1)
			}
		},
	}
}

// ServeHTTP knows three things that may stand before a path: /pages/50 for the
// length of the list, /slow/5 for the milliseconds that an answer to a call takes,
// and /missing for an error.
func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, length, slow := r.URL.Path, pageCount, 0
	for {
		_, after, _ := strings.Cut(path, "/")
		word, after, _ := strings.Cut(after, "/")
		if word != "pages" && word != "slow" {
			break
		}
		value, rest, _ := strings.Cut(after, "/")
		n, err := strconv.Atoi(value)
		if err != nil {
			http.Error(w, word, http.StatusBadRequest)
			return
		}
		if word == "pages" {
			length = n
		} else {
			slow = n
		}
		path = "/" + rest
	}
	if !strings.HasSuffix(path, "/oauth2/token") {
		if err := pause(r.Context(), time.Duration(slow)*time.Millisecond); err != nil {
			return // the client has left
		}
	}
	s.answer(w, r, path, length)
}

func (*stub) answer(w http.ResponseWriter, r *http.Request, path string, length int) {
	status := http.StatusOK
	var body []byte
	switch {
	case strings.HasSuffix(path, "/oauth2/token"):
		body = token
	case strings.HasPrefix(path, "/missing/"):
		status, body = http.StatusNotFound, notFound
	case r.Method == http.MethodPost && strings.HasSuffix(path, "/events"):
		status, body = http.StatusCreated, newEvent
	case path == "/v1/assignments":
		n, err := strconv.Atoi(r.URL.Query().Get("page"))
		if err != nil || n < 1 {
			http.Error(w, "page", http.StatusBadRequest)
			return
		}
		w.Header().Set("X-Next-Page", nextPage(n, length))
		body = page(n)
	default:
		body = one()
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// selfSigned makes a certificate for 127.0.0.1 and writes it to a file, for
// SSL_CERT_FILE: so the SDK's own transport is measured, unchanged.
func selfSigned(file string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	data := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return tls.Certificate{}, fmt.Errorf("the certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
