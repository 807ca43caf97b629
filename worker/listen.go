package worker

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"
)

// Listen listens for HTTP. The address is one of the three:
//
//   - "127.0.0.1:8710", "[::1]:8710" or "localhost:8710": this machine alone;
//   - "unix:" and a path: a socket that its owner alone may use;
//   - any other address with port: with the certificate and the key of two PEM files
//     alone. They are read with each connection, so that a new certificate counts at
//     once.
//
// Errors match [ErrConfig].
func Listen(ctx context.Context, address, certFile, keyFile string) (net.Listener, error) {
	isTLS := certFile != "" || keyFile != ""
	if path, isSocket := strings.CutPrefix(address, "unix:"); isSocket {
		if isTLS {
			return nil, fmt.Errorf("%w: a socket takes no certificate", ErrConfig)
		}
		return listenSocket(ctx, path)
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf(`%w: the address %q must be a host and a port, or "unix:" and a path: %w`, ErrConfig, address, err)
	}
	ip := net.ParseIP(host)
	if !isTLS && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("%w: %s can be reached from other machines: give a certificate and its key, or listen on 127.0.0.1 or on a socket", ErrConfig, address)
	}
	var config *tls.Config
	if isTLS {
		load := func() (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(certFile, keyFile)
			if err != nil {
				return nil, fmt.Errorf("%w: the certificate %q with the key %q: %w", ErrConfig, certFile, keyFile, err)
			}
			return &pair, nil
		}
		if _, err := load(); err != nil {
			return nil, err
		}
		config = &tls.Config{
			MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
			GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return load() },
		}
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	return l, nil
}

// listenSocket makes a socket. One that a killed process has left is removed; one that
// somebody answers on is not.
func listenSocket(ctx context.Context, path string) (net.Listener, error) {
	info, err := os.Lstat(path)
	switch {
	case err == nil && info.Mode()&os.ModeSocket == 0:
		return nil, fmt.Errorf("%w: %s is there and is no socket: it stays", ErrConfig, path)
	case err == nil:
		const enough = time.Second
		if c, err := (&net.Dialer{Timeout: enough}).DialContext(ctx, "unix", path); err == nil {
			_ = c.Close()
			return nil, fmt.Errorf("%w: another process listens on %s: %w", ErrConfig, path, syscall.EADDRINUSE)
		}
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("%w: the socket of a process that is gone: %w", ErrConfig, err)
		}
	case !errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrConfig, err), l.Close())
	}
	return l, nil
}

// Serve answers on a listener until ctx ends, and then finishes what is under way, for 5
// seconds at most: who put something and has no answer puts it again. It closes the
// listener. What is wrong with a connection, such as its TLS, and panics are in the log.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("worker: HTTP: %w", err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) { // somebody holds a request open
		err = server.Close()
	}
	return err
}
