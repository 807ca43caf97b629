package main

import (
	"bytes"
	"context"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
)

// The program looks as soon as Maventa calls, over loopback.
func TestListen(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.bank("2026-11-03")
	w.mustNight("2026-11-04")
	const secret = "not-a-secret-but-a-test-of-one"
	var listening net.ListenConfig
	l, err := listening.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	looked, ended := make(chan error), make(chan error)
	go func() {
		ended <- w.job.with(ctx, func(e *erp) error {
			say := log.New(&bytes.Buffer{}, "", 0)
			return listen(ctx, l, secret, func(ctx context.Context) error {
				err := w.job.each(e, say, func(n *night) error { return n.look(ctx) })
				looked <- err
				return err
			}, say)
		})
	}()
	co := w.srv.Company()
	c, err := maventa.NewClient(w.job.Environment.Environment, co.Credentials(), maventa.WithHTTPClient(&w.client))
	require.NoError(t, err)
	_, err = ax.New(c).Notifications.Create(t.Context(), ax.NewNotification{
		DestinationType: ax.DestinationWebhook, Destination: maventa.Secret("http://" + l.Addr().String() + "/" + secret),
		Events: []ax.EventName{ax.NotifyInvoiceDelivered},
	})
	require.NoError(t, err)
	w.srv.Debtor().PayAgency(w.claim(id).ID, "60.00")
	w.srv.DeliverWebhooksThrough(&http.Client{Timeout: 10 * time.Second})
	xml, err := os.ReadFile("../send-invoice/testdata/invoice.xml")
	require.NoError(t, err)
	_, err = upload(t.Context(), c, "new/1", bytes.NewReader(xml), sendIt)
	require.NoError(t, err)
	require.NoError(t, <-looked)
	stop()
	require.NoError(t, <-ended)
	assert.Equal(t, int64(6000), w.account("clearing"))

	resp, err := http.Post("http://"+l.Addr().String()+"/"+strings.ToUpper(secret), "application/json", nil)
	if err == nil {
		_ = resp.Body.Close()
	}
	require.Error(t, err, "nobody listens any more")
}
