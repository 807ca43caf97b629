// Command webhook subscribes to invoice events, receives the calls and reads the
// truth from the API. The part to copy is in webhook.go.
//
//	go run ./examples/webhook           # on a Maventa of its own
//	go run ./examples/webhook -stage    # lists the subscriptions on stage, writes nothing
//
// With -stage it reads MAVENTA_ENVIRONMENT=stage, MAVENTA_COMPANY_ID,
// MAVENTA_USER_API_KEY and MAVENTA_VENDOR_API_KEY.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log"
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/maventatest"
)

func main() { setup.Main(demo, onStage) }

// onStage lists the subscriptions.
func onStage(ctx context.Context, c *maventa.Client, say *log.Logger) error {
	subscriptions, err := ax.New(c).Notifications.List(ctx)
	if err != nil {
		return err
	}
	for _, s := range subscriptions {
		say.Printf("%s  %s %v", s.ID, s.DestinationType, s.Events)
	}
	return nil
}

// demo runs the watcher on the embedded Maventa, which calls twice each time.
func demo(ctx context.Context, say *log.Logger) (err error) {
	srv, c, err := setup.Embedded(maventatest.WithManualDelivery())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()

	w := newWatcher(c, say)
	secret := maventa.Secret(rand.Text()) // in your program: made once and kept
	handler, err := w.handler(secret)
	if err != nil {
		return err
	}
	if err := w.subscribe(ctx, "https://erp.example/maventa/"+secret); err != nil {
		return err
	}
	srv.DeliverWebhooksTo(handler) // in your program: http.Handle("/maventa/", handler)
	srv.RepeatWebhooks(2)

	good, err := sendInvoice(ctx, c, "1001")
	if err != nil {
		return err
	}
	bad, err := sendInvoice(ctx, c, "1002")
	if err != nil {
		return err
	}
	for _, happens := range []func(){
		func() { srv.Company().AX().DeliverInvoice(good) },
		func() { srv.Company().AX().FailInvoice(bad, "no such address") },
	} {
		happens()
		srv.WaitWebhooks()
		select {
		case <-w.wake:
		case <-ctx.Done():
			return ctx.Err()
		}
		say.Print("A call came.")
		if err := w.look(ctx); err != nil {
			return err
		}
	}
	return nil
}

// sendInvoice sends the least that passes for an invoice here. For a whole one see
// examples/send-invoice.
func sendInvoice(ctx context.Context, c *maventa.Client, number string) (id string, err error) {
	xml := `<Finvoice Version="3.0"><InvoiceDetails><InvoiceNumber>` + number + `</InvoiceNumber>` +
		`<InvoiceDate Format="CCYYMMDD">20261123</InvoiceDate></InvoiceDetails></Finvoice>`
	invoice, err := ax.New(c).Invoices.Send(ctx, ax.InvoiceUpload{File: strings.NewReader(xml), LedgerID: number})
	if err != nil {
		return "", err
	}
	return invoice.ID, nil
}
