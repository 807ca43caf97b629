// Command erp is the night job of a small invented ERP: it imports the bank's files,
// reports direct payments and credit notes, transfers what is overdue, takes in what
// the agency says and compares the balances of both sides.
//
//	go -C examples/erp run .             # plays a month on a Maventa of its own
//	erp -night < job.json                # one night
//	erp -night -dry-run < job.json       # the same on a copy: nothing is sent
//	erp -work < job.json                 # what waits for a person
//	erp -decide KEY -company ID -as again -who Maija -why "the books are right" < job.json
//	erp -listen 127.0.0.1:8080 < job.json                   # look when Maventa calls
//	erp -export DEBTOR < job.json
//	erp -forget DEBTOR -who Maija -why "closed in 2019" < job.json
//
// It reads no variables of the environment: job.json is like job.example.json, with the
// keys of the companies, and comes from your store of secrets. It exits with 0 if all
// ran, whatever waits for a person, and with 1 if something did not. docs/integration.md
// walks through it. Copy from posting.go, night.go, transfer.go, inbox.go, balances.go,
// upload.go and listen.go: the rest is the invented ERP.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"slices"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout); err != nil {
		log.Fatal(err) //nolint:gocritic // the signals end with the process
	}
}

// run does what the flags say; none is the demonstration.
func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("erp", flag.ContinueOnError)
	var (
		isNight = flags.Bool("night", false, "run one night of the job on the standard input")
		dryRun  = flags.Bool("dry-run", false, "with -night: on a copy of the database, and send nothing")
		isWork  = flags.Bool("work", false, "list what waits for a person")
		key     = flags.String("decide", "", "decide on the item under this key")
		company = flags.String("company", "", "with -decide: the company's id")
		as      = flags.String("as", "", "with -decide: adopt, not_mine, never_arrived, again or drop")
		event   = flags.String("event", "", "with -as adopt: the event's id")
		who     = flags.String("who", "", "with -decide and -forget: who says so")
		why     = flags.String("why", "", "with -decide and -forget: why")
		address = flags.String("listen", "", "look when Maventa calls this address, such as 127.0.0.1:8080")
		export  = flags.String("export", "", "print what is held on a debtor")
		forget  = flags.String("forget", "", "delete what is held on a debtor, but for keys and amounts; decide its work items first")
	)
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	}
	actions := 0
	flags.Visit(func(f *flag.Flag) {
		if slices.Contains([]string{"night", "work", "decide", "listen", "export", "forget"}, f.Name) && f.Value.String() != "" && f.Value.String() != "false" {
			actions++
		}
	})
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("%q is no flag; nothing was done", flags.Arg(0))
	case actions == 0 && flags.NFlag() == 0:
		return demonstrate(ctx, out)
	case actions != 1:
		return errors.New("give one of -night, -work, -decide, -listen, -export and -forget; nothing was done")
	case *dryRun && !*isNight:
		return errors.New("-dry-run is for -night alone; nothing was done")
	}
	j, err := readJob(in)
	if err != nil {
		return err
	}
	if *isNight {
		j.DryRun = j.DryRun || *dryRun
		return nightOf(ctx, j, out)
	}
	return j.with(ctx, func(e *erp) error {
		say := log.New(out, "", 0)
		switch {
		case *isWork:
			return e.printWork(ctx, say, nil, true)
		case *key != "":
			err := e.decide(ctx, *company, *key, sqlstore.Decision{Kind: sqlstore.DecisionKind(*as), EventID: *event, Who: *who, Why: *why})
			switch {
			case err == nil && *as == string(sqlstore.DecideDrop):
				say.Printf("%s: dropped: nothing is sent or booked for it", *key)
			case err == nil:
				say.Printf("%s: %s: the next night does it", *key, *as)
			}
			return err
		case *export != "":
			return e.export(ctx, *export, out)
		case *forget != "":
			err := e.forget(ctx, *forget, j.today(), *who, *why)
			if err == nil {
				say.Printf("debtor %s: forgotten; keys, amounts and days stay, and the bank's files are yours to delete", *forget)
			}
			return err
		}
		var listening net.ListenConfig
		l, err := listening.Listen(ctx, "tcp", *address)
		if err != nil {
			return err
		}
		return listen(ctx, l, maventa.Secret(j.Secret), func(ctx context.Context) error {
			return j.each(e, say, func(n *night) error { return n.look(ctx) })
		}, say)
	})
}
