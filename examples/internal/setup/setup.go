// Package setup is the frame of the examples: their flag -stage, and the Maventa
// that they run on without it. Your own program has no need of it: its client
// comes from maventa.NewClientFromEnv or maventa.NewClient.
package setup

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

// Variables are the variables of the environment that an example reads with -stage, as
// the text of its flag says.
const Variables = "with MAVENTA_ENVIRONMENT=stage, MAVENTA_COMPANY_ID,\n" +
	"MAVENTA_USER_API_KEY and MAVENTA_VENDOR_API_KEY; or with MAVENTA_ENVIRONMENT=local,\n" +
	"the same keys, MAVENTA_AX_URL and MAVENTA_RECEIVABLES_URL: a sandbox on this machine"

// Main is the main function of an example. It parses the flags and runs demo, or
// with -stage the function onStage with a client for stage, until it ends or is
// interrupted. An example whose onStage is nil has no such flag.
func Main(demo func(context.Context, *log.Logger) error, onStage func(context.Context, *maventa.Client, *log.Logger) error) {
	log.SetFlags(0)
	stage := new(bool)
	if onStage != nil {
		flag.BoolVar(stage, "stage", false, "use Maventa's stage, "+Variables)
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var client *maventa.Client
	var err error
	if *stage {
		client, err = maventa.NewClientFromEnv()
	}
	if err == nil {
		err = Run(ctx, client, os.Stdout, demo, onStage)
	}
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

// Run is Main without flags and environment: demo if stage is nil, else onStage.
// It refuses production, which MAVENTA_ENVIRONMENT may name as well.
func Run(ctx context.Context, stage *maventa.Client, out io.Writer, demo func(context.Context, *log.Logger) error, onStage func(context.Context, *maventa.Client, *log.Logger) error) error {
	say := log.New(out, "", 0)
	if stage == nil {
		return demo(ctx, say)
	}
	if _, err := OnStage(ctx, stage); err != nil {
		return err
	}
	return onStage(ctx, stage, say)
}

// Embedded starts a Maventa in memory and makes a client for its first company.
// The caller closes the server.
func Embedded(opts ...maventatest.Option) (*maventatest.Server, *maventa.Client, error) {
	srv, err := maventatest.Start(opts...)
	if err != nil {
		return nil, nil, fmt.Errorf("start the embedded Maventa: %w", err)
	}
	client, err := Client(srv, "embedded")
	if err != nil {
		return nil, nil, errors.Join(err, srv.Close())
	}
	return srv, client, nil
}

// Client makes a client for the first company of a server, under a name for the
// environment.
func Client(srv *maventatest.Server, environment string) (*maventa.Client, error) {
	return maventa.NewClient(
		maventa.Environment{
			Name:           environment,
			AutoXChangeURL: srv.AutoXChangeURL(),
			ReceivablesURL: srv.ReceivablesURL(),
		},
		maventa.Credentials{
			CompanyID:    srv.CompanyID(),
			UserAPIKey:   maventa.Secret(srv.UserAPIKey()),
			VendorAPIKey: maventa.Secret(srv.VendorAPIKey()),
		},
		maventa.WithHTTPClient(srv.HTTPClient()), // the only way in: nothing leaves the process
	)
}

// OnStage checks the client of an example that was started with -stage: on stage, or
// with MAVENTA_ENVIRONMENT=local on a sandbox of this machine. It refuses
// production, which MAVENTA_ENVIRONMENT may name as well.
func OnStage(ctx context.Context, c *maventa.Client) (*maventa.Identity, error) {
	me, err := c.Check(ctx)
	if err != nil {
		return nil, err
	}
	if me.Environment != maventa.Stage.Name && me.Environment != "local" {
		return nil, fmt.Errorf("-stage was given, but MAVENTA_ENVIRONMENT is %s: an example never runs there", me.Environment)
	}
	return me, nil
}
