// Command follow-events follows what the agencies do, across all assignments: it
// books payments, answers a question, and leaves to a person what it does not
// understand. The part to copy is in follow.go.
//
//	go run ./examples/follow-events           # on a Maventa of its own
//	go run ./examples/follow-events -stage    # shows the events of stage as they come, writes nothing
//
// With -stage it reads MAVENTA_ENVIRONMENT=stage, MAVENTA_COMPANY_ID,
// MAVENTA_USER_API_KEY and MAVENTA_VENDOR_API_KEY, and runs until it is
// interrupted.
package main

import (
	"context"
	"errors"
	"log"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/maventatest"
)

func main() { setup.Main(demo, onStage) }

// onStage shows the events as they come.
func onStage(ctx context.Context, c *maventa.Client, say *log.Logger) error {
	for item, err := range follow.New(c, follow.Checkpoint{}).All(ctx) {
		if err != nil {
			if errors.Is(err, ctx.Err()) {
				return nil // stopped
			}
			return err
		}
		say.Printf("%s  %s on %s", item.Event.CreatedAt.Format(time.DateOnly), item.Event.Type, item.AssignmentID)
	}
	return nil
}

// demo follows two claims on the embedded Maventa, stops, and goes on where it
// was.
func demo(ctx context.Context, say *log.Logger) (err error) {
	srv, c, err := setup.Embedded()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	first := srv.Company().AddAssignment(maventatest.Amili, maventatest.Invoice{Number: "1001", Total: "124.00"})
	second := srv.Company().AddAssignment(maventatest.Amili, maventatest.Invoice{Number: "1002", Total: "80.00"})
	srv.Agency().Reminder(first, "5.00")
	srv.Advance(time.Hour)
	srv.Agency().Comment(second, "The debtor disputes the delivery. Is there a signed receipt?")
	srv.Advance(time.Hour)
	srv.Agency().Comment(first, "The debtor has moved abroad.")
	srv.Advance(time.Hour)
	srv.Agency().Paid(first, "24.00", "")

	l := &ledger{done: map[string]follow.Ref{}}
	say.Print("From the beginning:")
	if err := lookOnce(ctx, c, l, say); err != nil {
		return err
	}
	srv.Advance(time.Hour)
	srv.Agency().Paid(second, "80.00", "")
	say.Print("Later, from the checkpoint:")
	return lookOnce(ctx, c, l, say) // the payment, and the end of the claim
}

func lookOnce(ctx context.Context, c *maventa.Client, l *ledger, say *log.Logger) error {
	return followEvents(ctx, c, l, func(ctx context.Context, item follow.Item) error {
		done, err := handle(ctx, c, item, answer)
		if err != nil {
			return err
		}
		say.Printf("  %-8s  %s", item.Event.Type, done)
		return nil
	})
}

// answer stands in for the person or program that knows the invoices.
func answer(event maventa.Event) string {
	if strings.Contains(event.Comment, "receipt") {
		return "Yes, signed on delivery. A copy is on its way by mail."
	}
	return ""
}
