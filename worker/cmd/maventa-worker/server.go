package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/maventa-go/maventa/worker"
)

// server answers over HTTP.
type server struct{ address, cert, key, tokens string }

// listen returns what serves until ctx ends, see worker.Serve.
func (s *server) listen(ctx context.Context, w *worker.Worker, m *metrics, log *slog.Logger) (serve func(ctx context.Context) error, err error) {
	if s.address == "" {
		return func(ctx context.Context) error {
			<-ctx.Done()
			return nil
		}, nil
	}
	own := health(w, log)
	own.Handle("GET /metrics", m.handler(w))
	var api http.Handler = own
	if s.tokens != "" {
		tokens, err := worker.OpenTokens(s.tokens)
		if err != nil {
			return nil, fmt.Errorf("-tokens: %w", err)
		}
		api = w.Handler(tokens)
	}
	l, err := worker.Listen(ctx, s.address, s.cert, s.key)
	if err != nil {
		return nil, fmt.Errorf("-listen: %w", err)
	}
	// Not one mux for both: it would clean the paths of the API, which hold keys.
	h := http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz", "/readyz", "/metrics":
			own.ServeHTTP(out, r)
		default:
			api.ServeHTTP(out, r)
		}
	})
	return func(ctx context.Context) error { return worker.Serve(ctx, l, h, log) }, nil
}

// health says whether the process lives, and whether it can work. Why it cannot is in
// the log: an error of the database may name what not everybody is to know.
func health(w *worker.Worker, log *slog.Logger) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(out http.ResponseWriter, _ *http.Request) { answer(out, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", func(out http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		if err := w.Ready(ctx); err != nil {
			log.WarnContext(ctx, "not ready", "error", err)
			answer(out, http.StatusServiceUnavailable, "not ready: the log says why\n")
			return
		}
		answer(out, http.StatusOK, "ready\n")
	})
	return mux
}

func answer(out http.ResponseWriter, status int, text string) {
	out.Header().Set("Content-Type", "text/plain; charset=utf-8")
	out.WriteHeader(status)
	_, _ = io.WriteString(out, text) // who asked may have gone
}
