// Command follow-events goes through what the agencies did, across all
// assignments: it books payments, answers a question, and leaves to a person what
// it does not understand. The part to copy is in follow.go.
//
//	go run ./examples/follow-events           # on a Maventa of its own
//	go run ./examples/follow-events -stage    # lists the new events on stage, writes nothing
//
// With -stage it wants MAVENTA_ENVIRONMENT=stage, MAVENTA_COMPANY_ID,
// MAVENTA_USER_API_KEY and MAVENTA_VENDOR_API_KEY.
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/maventatest"
)

type config struct {
	stage *maventa.Client // nil: the embedded Maventa
	since time.Time
}

func main() {
	log.SetFlags(0)
	var cfg config
	stage := flag.Bool("stage", false, "read from Maventa's stage, as the MAVENTA_ variables say")
	days := flag.Int("days", 30, "how far to look back")
	flag.Parse()
	cfg.since = time.Now().AddDate(0, 0, -*days)

	var err error
	if *stage {
		cfg.stage, err = maventa.NewClientFromEnv()
	}
	if err == nil {
		err = run(context.Background(), cfg, os.Stdout)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, cfg config, out io.Writer) error {
	say := log.New(out, "", 0)
	if cfg.stage == nil {
		return demo(ctx, say)
	}
	if _, err := setup.OnStage(ctx, cfg.stage); err != nil {
		return err
	}
	events, err := newEvents(ctx, cfg.stage, cfg.since)
	if err != nil {
		return err
	}
	for _, event := range events {
		say.Printf("%s  %s on %s", event.CreatedAt.Format(time.DateOnly), event.Type, event.AssignmentID)
	}
	return nil
}

// demo follows two claims on the embedded Maventa, twice: what was dealt with
// does not come again.
func demo(ctx context.Context, say *log.Logger) (err error) {
	srv, c, err := setup.Embedded()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	since := srv.Clock().Now()
	first := srv.Company().AddAssignment(maventatest.Amili, maventatest.Invoice{Number: "1001", Total: "124.00"})
	second := srv.Company().AddAssignment(maventatest.Amili, maventatest.Invoice{Number: "1002", Total: "80.00"})
	srv.Agency().Reminder(first, "5.00")
	srv.Advance(time.Hour)
	srv.Agency().Comment(second, "The debtor disputes the delivery. Is there a signed receipt?")
	srv.Advance(time.Hour)
	srv.Agency().Comment(first, "The debtor has moved abroad.")
	srv.Advance(time.Hour)
	srv.Agency().Paid(first, "24.00", "")

	for _, round := range []string{"First look:", "Second look:"} {
		say.Print(round)
		events, err := newEvents(ctx, c, since)
		if err != nil {
			return err
		}
		for _, event := range events {
			done, err := handle(ctx, c, event, answer)
			if err != nil {
				return err
			}
			say.Printf("  %-8s  %s", event.Type, done)
		}
	}
	return nil
}

// answer stands in for the person or program that knows the invoices.
func answer(event maventa.Event) string {
	if strings.Contains(event.Comment, "receipt") {
		return "Yes, signed on delivery. A copy is on its way by mail."
	}
	return ""
}
