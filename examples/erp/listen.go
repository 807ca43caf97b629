package main

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/webhook"
)

// listen looks as soon as Maventa calls. A call proves nothing and may be lost, so all
// it does is start a look; the night looks in any case.
func listen(ctx context.Context, l net.Listener, secret maventa.Secret, look func(context.Context) error, say *log.Logger) error {
	wake := make(chan struct{}, 1) // many calls are one look
	handler, err := webhook.Handler(secret, func(context.Context, *webhook.Call) error {
		select {
		case wake <- struct{}{}:
		default:
		}
		return nil
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	const patience = 10 * time.Second
	srv := &http.Server{Handler: handler, ReadTimeout: patience, WriteTimeout: patience}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	for {
		select {
		case <-ctx.Done():
			return errors.Join(srv.Close(), ignoreClosed(<-ended))
		case err := <-ended:
			return err
		case <-wake:
			if err := look(ctx); err != nil {
				say.Print("look: ", err) // the next call, or the night, looks again
			}
		}
	}
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
