// Command activate orders the two agencies' services and looks, once a day,
// whether a person has signed. The part to copy is in activate.go.
//
//	go run ./examples/activate                                    # on a Maventa of its own
//	go run ./examples/activate -stage                             # reads the states on stage
//	go run ./examples/activate -stage -write -email ceo@acme.fi   # orders Ropo on stage: this person is mailed
//
// With -stage it reads MAVENTA_ENVIRONMENT=stage, MAVENTA_COMPANY_ID,
// MAVENTA_USER_API_KEY and MAVENTA_VENDOR_API_KEY.
package main

import (
	"context"
	"errors"
	"flag"
	"log"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/maventatest"
)

type options struct {
	write bool
	email string
}

func main() {
	var o options
	flag.BoolVar(&o.write, "write", false, "order Ropo on stage")
	flag.StringVar(&o.email, "email", "", "`address` of a person who may act for the company")
	setup.Main(demo, o.onStage)
}

// onStage reads the states, and orders Ropo if that was asked for.
func (o *options) onStage(ctx context.Context, c *maventa.Client, say *log.Logger) error {
	if o.write {
		if _, err := orderRopo(ctx, c, o.email); err != nil {
			return err
		}
	}
	ropo, amili, err := states(ctx, c)
	if err != nil {
		return err
	}
	say.Printf("Ropo %s, Amili %s", ropo, amili)
	return nil
}

// demo orders both services on the embedded Maventa, where the person signs on
// the second day.
func demo(ctx context.Context, say *log.Logger) (err error) {
	srv, c, err := setup.Embedded(maventatest.WithKYCDays(2))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()

	for _, what := range []string{"ordered Ropo", "and once more"} { // which finds the first order
		state, err := orderRopo(ctx, c, "ceo@example.com")
		if err != nil {
			return err
		}
		say.Printf("%s  %s: %s, mails sent so far: %d", srv.Today(), what, state, srv.Company().KYCMails(maventatest.Ropo))
	}
	link, err := orderAmili(ctx, c)
	if err != nil {
		return err
	}
	say.Printf("%s  ordered Amili: sign at %s", srv.Today(), link)

	for range 3 {
		ropo, amili, err := states(ctx, c)
		if err != nil {
			return err
		}
		say.Printf("%s  Ropo %s, Amili %s", srv.Today(), ropo, amili)
		srv.Clock().AdvanceDays(1)
	}
	return nil
}
