// Command quickstart walks overdue invoices through debt collection and prints
// what happens as a timeline: the first on Ropo, the second on Amili Perintä,
// and so on by turns.
//
//	go run ./examples/quickstart                  # needs nothing: it brings its own Maventa
//	go run ./examples/quickstart -invoices FILE   # other invoices, in the JSON that AX returns
//	go run ./examples/quickstart -stage           # reads from Maventa's stage instead, writes nothing
//
// With -stage it reads MAVENTA_ENVIRONMENT=stage, MAVENTA_COMPANY_ID,
// MAVENTA_USER_API_KEY and MAVENTA_VENDOR_API_KEY.
//
// What an ERP does is in erp.go: copy from there. Debtors, agencies and the
// calendar are in world.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
)

type config struct {
	invoices string          // file
	stage    *maventa.Client // nil: the story on the embedded Maventa
}

func main() {
	invoices := flag.String("invoices", "testdata/invoices/overdue.json", "`file` of overdue invoices, in the JSON that AX returns")
	stage := flag.Bool("stage", false, "read from Maventa's stage, "+setup.Variables)
	flag.Parse()

	err := start(config{invoices: *invoices}, *stage)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		fmt.Fprintln(os.Stderr, "What to do:", advice(err))
		os.Exit(1)
	}
}

func start(cfg config, stage bool) (err error) {
	if stage {
		if cfg.stage, err = maventa.NewClientFromEnv(); err != nil {
			return err
		}
	}
	return run(context.Background(), cfg, os.Stdout)
}

func run(ctx context.Context, cfg config, out io.Writer) error {
	if cfg.stage != nil {
		return readStage(ctx, cfg.stage, out)
	}
	invoices, err := loadInvoices(cfg.invoices)
	if err != nil {
		return err
	}
	world, client, err := newWorld(invoices)
	if err != nil {
		return err
	}
	shop := newERP(client, world, invoices, out)
	return errors.Join(shop.tellStory(ctx), world.end())
}

// advice says what a person can do about err. Whether anything was changed is in
// the error's own text already.
func advice(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "run it in the folder of the module, or name a file with -invoices."
	}
	switch maventa.Advise(err).Action {
	case maventa.ActionRetry:
		return "run it again later."
	case maventa.ActionFixInput:
		return "fix what the error names."
	case maventa.ActionFixSetup:
		return "check company id and keys, their rights, and that they are those of this environment."
	default:
		return "find out what happened before anybody makes the call again."
	}
}
