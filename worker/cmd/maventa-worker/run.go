package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/otelmaventa"
	"github.com/maventa-go/maventa/worker"
)

// run works until ctx ends.
func run(ctx context.Context, args []string, _, log io.Writer) error {
	f, keys := newRunFlags("run", "works until SIGTERM or SIGINT, finishes what is under way and ends within 10 seconds; a second signal ends it at once", log)
	var s server
	f.StringVar(&s.address, "listen", "127.0.0.1:8710", "the `address` of the HTTP API, of /metrics, /healthz and /readyz: on this machine, unix:PATH, or any with a certificate; empty: none")
	f.StringVar(&s.cert, "tls-cert", "", "`file` of PEM with the certificate")
	f.StringVar(&s.key, "tls-key", "", "`file` of PEM with its key")
	f.variable(&s.tokens, "tokens", "MAVENTA_TOKENS", "", "`file` of JSON with the tokens of the HTTP API, that others cannot read; without it there is no API")
	traces := f.Bool("otel", false, "give a span of each call to Maventa to an agent of OpenTelemetry that is attached to the process; numbers are at /metrics")
	if err := f.parse(args); err != nil {
		return err
	}
	m := newMetrics(&f.config)
	if *traces {
		f.config.Options = append(f.config.Options, maventa.WithObserver(otelmaventa.New()))
	}
	w, err := worker.Open(ctx, f.config)
	if err != nil {
		return err
	}
	return errors.Join(work(ctx, w, f.config, keys, &s, m), w.Close())
}

// work runs the worker and its server, until ctx ends or one of them fails.
func work(ctx context.Context, w *worker.Worker, config worker.Config, keys *companiesFile, s *server, m *metrics) error {
	if strings.HasPrefix(config.Database, "sqlite:") {
		if err := w.Migrate(ctx); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	serve, err := s.listen(ctx, w, m, config.Log)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	var served error
	wg.Go(func() {
		served = serve(ctx)
		cancel()
	})
	wg.Go(func() { keys.watch(ctx, w, config) })
	err = w.Run(ctx)
	cancel()
	wg.Wait()
	if err == nil && served == nil {
		config.Log.InfoContext(ctx, "the worker has ended")
	}
	return errors.Join(err, served)
}
