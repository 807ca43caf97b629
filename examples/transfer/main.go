// Command transfer hands overdue invoices to Ropo, each exactly once, and follows them
// until they are in collection. The part to copy is in transfer.go.
//
//	go run ./examples/transfer                       # on a Maventa of its own
//	go run ./examples/transfer -stage -invoice ID    # reads how far that transfer is on stage
//
// With -stage it reads MAVENTA_ENVIRONMENT=stage, MAVENTA_COMPANY_ID,
// MAVENTA_USER_API_KEY and MAVENTA_VENDOR_API_KEY. It writes nothing there.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

type options struct {
	invoice string
}

func main() {
	var o options
	flag.StringVar(&o.invoice, "invoice", "", "`id` that AX gave the invoice, not its number")
	setup.Main(demo, o.onStage)
}

// onStage says how far a transfer is.
func (o *options) onStage(ctx context.Context, c *maventa.Client, say *log.Logger) error {
	transfer, err := c.Invoices.TransferStatus(ctx, o.invoice)
	if err != nil {
		return err
	}
	say.Printf("%s: %s %s", o.invoice, transfer.Status, transfer.ErrorReason)
	return nil
}

// demo hands over five invoices on the embedded Maventa, and not all goes well.
func demo(ctx context.Context, say *log.Logger) (err error) {
	srv, c, err := setup.Embedded()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	srv.Company().Activate(maventatest.Ropo)
	// In your program: a journal that lasts (ledger.OpenFile, package sqlstore), and
	// the settle time as it is. This one is short so that the demo is.
	l := ledger.New(c, ledger.NewMemory(), ledger.SettleTime(time.Second))

	invoices := []struct {
		number string
		due    int // days ago
		goes   func(id string)
		id     string
	}{
		{"1001", 10, func(string) {}, ""},
		{"1002", 3, func(string) {}, ""},
		{"1003", 10, func(string) { srv.Inject(maventatest.DropAfterCommit().On("Invoices.TransferToRopo")) }, ""},
		{"1004", 10, func(id string) { srv.FailTransfer(id, "the debtor is not known at this address") }, ""},
		{"1005", 10, func(id string) { srv.PendTransfer(id, "the contract is not signed") }, ""},
	}
	for run := range 2 { // of a nightly job
		say.Printf("Night %d", run+1)
		for i := range invoices {
			invoice := &invoices[i]
			due := srv.Clock().Day(-invoice.due)
			if run == 0 {
				invoice.id = srv.AddInvoice(maventatest.Invoice{Number: invoice.number, DueDate: due, Total: "124.00"})
				invoice.goes(invoice.id)
			}
			dueDate, err := maventa.ParseDate(due)
			if err != nil {
				return err
			}
			say.Printf("%s  %s", invoice.number, handOver(ctx, l, invoice.id, claim(invoice.number, dueDate, maventa.DateOf(srv.Clock().Now()))))
		}
	}
	say.Printf("The agency has %d claims.", len(srv.Company().Assignments()))
	return nil
}

// claim is what the agency is to collect. Today is for the story's calendar: in your
// program leave it out, which is today.
func claim(number string, due, today maventa.Date) maventa.RopoTransfer {
	return maventa.RopoTransfer{
		CollectionType:    maventa.CollectionReminderAndCollection,
		ReceivablesType:   maventa.ReceivablesB2B,
		AssignmentSummary: "Invoice " + number,
		Payers: []maventa.Payer{{ // the main debtor first, co-debtors after
			Name:       "Velallinen Oy",
			BusinessID: "7654321-2",
			Address:    maventa.Address{Country: "FI", Streets: []string{"Velkakatu 1"}, City: "Turku", ZipCode: "20100"},
		}},
		Amounts:  maventa.TransferAmounts{CapitalAmount: maventa.MustAmount("124.00")},
		DueDate:  due,
		Currency: "EUR",
		Today:    today,
	}
}
