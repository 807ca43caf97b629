// Command report-payment reports payments that came to our own account to the
// agency, each exactly once. The part to copy is in report.go.
//
//	go run ./examples/report-payment                                  # on a Maventa of its own
//	go run ./examples/report-payment -stage -invoice ID               # reads its events on stage
//	go run ./examples/report-payment -stage -invoice ID -write -journal FILE -key B-01 -amount 40.50 -date 2026-11-02
//
// With -stage it reads MAVENTA_ENVIRONMENT=stage, MAVENTA_COMPANY_ID,
// MAVENTA_USER_API_KEY and MAVENTA_VENDOR_API_KEY. Run it again with the same journal
// and key after a lost answer: the payment is not reported twice.
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
	write   bool
	journal string
	payment
}

func main() {
	var o options
	flag.BoolVar(&o.write, "write", false, "report the payment on stage")
	flag.StringVar(&o.invoiceID, "invoice", "", "Maventa's `id` of the invoice, not its number")
	flag.StringVar(&o.journal, "journal", "", "`file` that remembers what was reported; never delete it")
	flag.StringVar(&o.archiveID, "key", "", "the bank's archive `id` of the payment")
	flag.TextVar(&o.amount, "amount", maventa.Amount{}, "`amount` of the payment, such as 40.50")
	flag.TextVar(&o.date, "date", maventa.Date{}, "`day` of the bank entry, YYYY-MM-DD")
	setup.Main(demo, o.onStage)
}

// onStage lists the events of an assignment, after it has reported a payment if
// that was asked for.
func (o *options) onStage(ctx context.Context, c *maventa.Client, say *log.Logger) error {
	assignment, err := c.Assignments.ForInvoice(ctx, o.invoiceID)
	if err != nil {
		return err
	}
	if o.write {
		if o.journal == "" || o.archiveID == "" {
			return errors.New("-write needs -journal and -key")
		}
		journal, err := ledger.OpenFile(o.journal)
		if err != nil {
			return err
		}
		verdict, err := report(ctx, ledger.New(c, journal), assignment.ID, o.payment)
		if err := errors.Join(err, journal.Close()); err != nil {
			return err
		}
		say.Print(verdict)
	}
	return list(ctx, c, assignment.ID, say)
}

// demo reports four payments on the embedded Maventa. Two answers get lost, and the
// payment that is in doubt then is run again.
func demo(ctx context.Context, say *log.Logger) (err error) {
	srv, c, err := setup.Embedded()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	invoice := maventatest.Invoice{ID: "0f3b5a52-6a0e-4c0b-9a38-5b7d5f2c1001", Total: "124.00"}
	assignment := srv.Company().AddAssignment(maventatest.Ropo, invoice)
	today := maventa.DateOf(srv.Clock().Now())
	// In a program: ledger.OpenFile, or a database. Here nothing is late, so a look
	// settles at once what is in doubt; never set the time to 0 for a real service.
	l := ledger.New(c, ledger.NewMemory(), ledger.SettleTime(0))

	for _, line := range []struct {
		id, amount string
		goes       []maventatest.Fault
	}{
		{"B-01", "40.50", nil},
		{"B-02", "10.00", []maventatest.Fault{maventatest.Truncate().On("Assignments.AddEvent")}},        // 201, and half a body
		{"B-03", "20.00", []maventatest.Fault{maventatest.DropAfterCommit().On("Assignments.AddEvent")}}, // no answer at all
		{"B-03", "20.00", nil}, // the same line in the next run
		{"B-04", "-1.00", nil},
	} {
		srv.Inject(line.goes...)
		p := payment{line.id, invoice.ID, maventa.MustAmount(line.amount), today}
		verdict, err := report(ctx, l, assignment, p)
		say.Printf("%s %6s  %s", p.archiveID, p.amount, verdict)
		if err != nil {
			say.Printf("             because %s", reason(err))
		}
	}
	say.Print("On the assignment:")
	return list(ctx, c, assignment, say)
}

// list prints the events of an assignment.
func list(ctx context.Context, c *maventa.Client, assignment string, say *log.Logger) error {
	for event, err := range c.Assignments.Events(ctx, assignment) {
		if err != nil {
			return err
		}
		amount := ""
		if a, ok := event.Amount.Get(); ok {
			amount = a.String()
		}
		say.Printf("%s  %s by %s %s", event.CreatedAt.Format(time.DateOnly), event.Type, event.Author, amount)
	}
	return nil
}
