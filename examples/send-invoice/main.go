// Command send-invoice sends an invoice through Maventa, follows it to its
// delivery and to its assignment. The part to copy is in send.go.
//
//	go run ./examples/send-invoice                     # on a Maventa of its own
//	go run ./examples/send-invoice -stage -invoice ID  # shows how far an invoice is on stage
//
// With -stage it reads MAVENTA_ENVIRONMENT=stage, MAVENTA_COMPANY_ID,
// MAVENTA_USER_API_KEY and MAVENTA_VENDOR_API_KEY. It sends nothing there.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"flag"
	"log"
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/invoicezip"
	"github.com/maventa-go/maventa/maventatest"
)

// finvoice is an invoice in the Finvoice 3.0 format.
//
//go:embed testdata/invoice.xml
var finvoice []byte

type options struct {
	invoice string
}

func main() {
	var o options
	flag.StringVar(&o.invoice, "invoice", "", "`id` that AX gave the invoice, not its number")
	setup.Main(demo, o.onStage)
}

// onStage says how far an invoice is.
func (o *options) onStage(ctx context.Context, c *maventa.Client, say *log.Logger) error {
	invoice, err := ax.New(c).Invoices.Get(ctx, o.invoice)
	if err != nil {
		return err
	}
	say.Printf("%s: %s", invoice.Number, invoice.Status)
	return nil
}

// demo sends two invoices on the embedded Maventa, of which one answer is lost.
func demo(ctx context.Context, say *log.Logger) (err error) {
	srv, c, err := setup.Embedded()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	srv.Company().ActivateKassavirta("vfsfi")

	for _, number := range []string{"1001", "1002"} {
		if number == "1002" { // the network fails after the service has acted
			srv.Inject(maventatest.DropAfterCommit().On("Invoices.Send"))
		}
		id, err := send(ctx, c, number, func() invoicezip.Archive { return files(number) })
		if err != nil {
			return err
		}
		invoice, err := delivered(ctx, c, id)
		if err != nil {
			return err
		}
		say.Printf("%s  %s, %s %s", number, invoice.Status, invoice.SumTax, invoice.Currency)

		assignment, err := assigned(ctx, c, id)
		if err != nil {
			return err
		}
		say.Printf("%s  with the agency: %s", number, assignment.Status)

		// A run that is repeated, for example after a crash, sends nothing.
		if again, err := send(ctx, c, number, nil); err != nil || again != id {
			return errors.Join(err, errors.New("sent twice"))
		}
	}
	say.Printf("The service has %d invoices.", len(srv.Company().AX().Invoices()))
	return nil
}

// files is the invoice as an ERP would have it, with another number each time.
func files(number string) invoicezip.Archive {
	return invoicezip.Archive{
		XML:         bytes.NewReader(bytes.ReplaceAll(finvoice, []byte("<InvoiceNumber>1001<"), []byte("<InvoiceNumber>"+number+"<"))),
		PDF:         strings.NewReader("%PDF-1.7 the image of invoice " + number),
		Attachments: []invoicezip.Attachment{{Filename: "hours.csv", Content: strings.NewReader("day;hours\n2026-11-20;2\n")}},
	}
}
