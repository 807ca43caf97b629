// Command activate orders the two agencies' services and looks, once a day,
// whether a person has signed. The part to copy is in activate.go.
//
//	go run ./examples/activate                                    # on a Maventa of its own
//	go run ./examples/activate -stage                             # reads the states on stage
//	go run ./examples/activate -stage -write -email ceo@acme.fi   # orders Ropo on stage: this person is mailed
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

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/maventatest"
)

type config struct {
	stage *maventa.Client // nil: the embedded Maventa
	write bool
	email string
}

func main() {
	log.SetFlags(0)
	var cfg config
	stage := flag.Bool("stage", false, "read from Maventa's stage, as the MAVENTA_ variables say")
	flag.BoolVar(&cfg.write, "write", false, "order Ropo on stage")
	flag.StringVar(&cfg.email, "email", "", "`address` of a person who may act for the company")
	flag.Parse()

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
	if cfg.write {
		if _, err := orderRopo(ctx, cfg.stage, cfg.email); err != nil {
			return err
		}
	}
	ropo, amili, err := states(ctx, cfg.stage)
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
