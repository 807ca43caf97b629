package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/maventa-go/maventa/worker"
)

// run works until ctx ends.
func run(ctx context.Context, args []string, _, log io.Writer) error {
	f, keys := newRunFlags("run", "works until SIGTERM or SIGINT, finishes what is under way and ends within 10 seconds; a second signal ends it at once", log)
	listen := f.String("listen", "127.0.0.1:8710", "the `address` of the HTTP API, of /metrics, /healthz and /readyz; empty: none")
	if err := f.parse(args); err != nil {
		return err
	}
	m := newMetrics(&f.config)
	w, err := worker.Open(ctx, f.config)
	if err != nil {
		return err
	}
	return errors.Join(work(ctx, w, f.config, keys, *listen, m), w.Close())
}

// work runs the worker and its server, until ctx ends or one of them fails.
func work(ctx context.Context, w *worker.Worker, config worker.Config, keys *companiesFile, listen string, m *metrics) error {
	if strings.HasPrefix(config.Database, "sqlite:") {
		if err := w.Migrate(ctx); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var server func() error
	if listen != "" {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
		if err != nil {
			return fmt.Errorf("%w: -listen: %w", worker.ErrConfig, err)
		}
		server = serve(ctx, listener, handler(w, m))
	}
	var wg sync.WaitGroup
	var served error
	if server != nil {
		wg.Go(func() {
			served = server()
			cancel()
		})
	}
	wg.Go(func() { keys.watch(ctx, w, config) })
	config.Log.Info("the worker begins", "companies", len(config.Companies), "environment", config.Environment.Name, "listen", listen)
	err := w.Run(ctx)
	cancel()
	wg.Wait()
	if err == nil && served == nil {
		config.Log.Info("the worker has ended")
	}
	return errors.Join(err, served)
}

// handler serves what is asked of the process.
func handler(w *worker.Worker, m *metrics) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(out http.ResponseWriter, _ *http.Request) { answer(out, nil) })
	mux.HandleFunc("GET /readyz", func(out http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		answer(out, w.Ready(ctx))
	})
	mux.Handle("GET /metrics", m.handler(w))
	return mux
}

func answer(out http.ResponseWriter, err error) {
	out.Header().Set("Content-Type", "text/plain; charset=utf-8")
	text := "ok\n"
	if err != nil {
		out.WriteHeader(http.StatusServiceUnavailable)
		text = err.Error() + "\n"
	}
	_, _ = io.WriteString(out, text) // who asked has gone
}

// serve returns what serves until ctx ends, and then lets requests end for two seconds.
func serve(ctx context.Context, l net.Listener, h http.Handler) func() error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	return func() error {
		ended := make(chan error, 1)
		go func() { ended <- server.Serve(l) }()
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
		}
		wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if server.Shutdown(wait) != nil {
			_ = server.Close() // nothing is lost with it
		}
		return nil
	}
}
