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
// It reads no variables of the environment: job.json is in the form of type job, with
// the keys of the companies, and comes from your store of secrets. docs/integration.md
// walks through it. Copy from posting.go, night.go, transfer.go, inbox.go, money.go,
// upload.go and listen.go: the rest is the invented ERP.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"io"
	"log"
	"net"
	"os"
	"os/signal"

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

// run does what the flags say; none is the demonstration. No variables are read.
func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("erp", flag.ContinueOnError)
	var (
		isNight = flags.Bool("night", false, "run one night of the job on the standard input; no variables are read")
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
		forget  = flags.String("forget", "", "delete what is held on a debtor, but for keys and amounts")
	)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if !*isNight && !*isWork && cmp.Or(*key, *address, *export, *forget) == "" {
		return demonstrate(ctx, out)
	}
	var j job
	if err := json.NewDecoder(in).Decode(&j); err != nil {
		return err
	}
	if *isNight {
		j.DryRun = j.DryRun || *dryRun
		return nightOf(ctx, &j, out)
	}
	return j.with(ctx, func(e *erp) error {
		say := log.New(out, "", 0)
		switch {
		case *isWork:
			return e.printWork(ctx, say, nil, true)
		case *key != "":
			return e.decide(ctx, *company, *key, sqlstore.Decision{Kind: sqlstore.DecisionKind(*as), EventID: *event, Who: *who, Why: *why})
		case *export != "":
			return e.export(ctx, *export, out)
		case *forget != "":
			return e.forget(ctx, *forget, j.today(), *who, *why)
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
