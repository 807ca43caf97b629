// Command report-payment reports payments that came to our own account to the
// agency. The part to copy is in report.go.
//
//	go run ./examples/report-payment                                  # on a Maventa of its own
//	go run ./examples/report-payment -stage -assignment ID            # reads its events on stage
//	go run ./examples/report-payment -stage -assignment ID -write -amount 40.50 -date 2026-11-02
//
// With -stage it reads MAVENTA_ENVIRONMENT=stage, MAVENTA_COMPANY_ID,
// MAVENTA_USER_API_KEY and MAVENTA_VENDOR_API_KEY.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/maventatest"
)

type options struct {
	write      bool
	assignment string
	amount     maventa.Amount
	date       maventa.Date
}

func main() {
	var o options
	flag.BoolVar(&o.write, "write", false, "report the payment on stage")
	flag.StringVar(&o.assignment, "assignment", "", "`id` of the assignment")
	flag.TextVar(&o.amount, "amount", maventa.Amount{}, "`amount` of the payment, such as 40.50")
	flag.TextVar(&o.date, "date", maventa.Date{}, "`day` of the bank entry, YYYY-MM-DD")
	setup.Main(demo, o.onStage)
}

// onStage lists the events of an assignment, after it has reported a payment if
// that was asked for.
func (o *options) onStage(ctx context.Context, c *maventa.Client, say *log.Logger) error {
	if o.write {
		verdict, err := report(ctx, c, o.assignment, o.amount, o.date)
		if err != nil {
			return err
		}
		say.Print(verdict)
	}
	return list(ctx, c, o.assignment, say)
}

// demo reports four payments on the embedded Maventa. Two answers get lost.
func demo(ctx context.Context, say *log.Logger) (err error) {
	srv, c, err := setup.Embedded()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	assignment := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "124.00"})
	today := maventa.DateOf(srv.Clock().Now())

	for _, payment := range []struct {
		amount maventa.Amount
		goes   []maventatest.Fault
	}{
		{maventa.MustAmount("40.50"), nil},
		{maventa.MustAmount("10.00"), []maventatest.Fault{maventatest.Truncate()}},        // 201, and half a body
		{maventa.MustAmount("20.00"), []maventatest.Fault{maventatest.DropAfterCommit()}}, // no answer at all
		{maventa.MustAmount("-1.00"), nil},
	} {
		srv.Inject(payment.goes...)
		verdict, err := report(ctx, c, assignment, payment.amount, today)
		say.Printf("%6s  %s", payment.amount, verdict)
		if err != nil {
			say.Printf("        because %s", reason(err))
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
