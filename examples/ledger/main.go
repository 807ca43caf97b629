// Command ledger reports the payments of a bank statement to the agencies, each
// exactly once, over a network that loses answers, and though it is killed in
// the middle of it. Payouts of an agency it never reports, and what is unclear
// it leaves to a person.
//
//	go run ./examples/ledger    # a week's statement, on a Maventa of its own
//	go run ./examples/ledger -stage -invoices FILE -statement FILE -journal FILE
//	go run ./examples/ledger -stage -invoices FILE -statement FILE -journal FILE -write
//
// With -stage it reads MAVENTA_ENVIRONMENT=stage, MAVENTA_COMPANY_ID,
// MAVENTA_USER_API_KEY and MAVENTA_VENDOR_API_KEY; without -write it only says
// what it would report. The files have the columns of those in testdata.
//
// What an ERP does is in report.go, and which lines it does it for in
// statement.go: copy from there. What goes wrong, and the killing, are in demo.go.
package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"io"
	"io/fs"
	"log"
	"os"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/ledger"
)

//go:embed testdata/invoices.csv testdata/statement.csv
var testdata embed.FS

type config struct {
	stage     bool
	write     bool
	invoices  string // file; empty: that of testdata
	statement string // file; empty: that of testdata
	journal   string // file
	until     maventa.Date
	settle    time.Duration
	later     bool // the demonstration's: the settle time of what was begun is over

	// connect makes the client; maventa.NewClientFromEnv is one that does.
	connect func(...maventa.ClientOption) (*maventa.Client, error)
}

func main() {
	log.SetFlags(0)
	if err := start(context.Background(), os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func start(ctx context.Context, args []string) error {
	if slices.Equal(args, []string{child}) { // a run within the demonstration
		return runChild(ctx, os.Stdin, os.Stdout)
	}
	cfg := config{connect: maventa.NewClientFromEnv}
	flags := flag.NewFlagSet("ledger", flag.ExitOnError)
	flags.BoolVar(&cfg.stage, "stage", false, "use Maventa's stage, "+setup.Variables)
	flags.BoolVar(&cfg.write, "write", false, "report the payments on stage")
	flags.StringVar(&cfg.invoices, "invoices", "", "CSV `file` of our invoices in collection")
	flags.StringVar(&cfg.statement, "statement", "", "CSV `file` of the bank statement")
	flags.StringVar(&cfg.journal, "journal", "", "`file` that remembers what was reported; never delete it")
	flags.TextVar(&cfg.until, "until", maventa.Date{}, "last `day` of the statement to look at, YYYY-MM-DD")
	flags.DurationVar(&cfg.settle, "settle", 15*time.Minute, "how long after a lost answer the service may still act")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if !cfg.stage {
		return demonstrate(ctx, os.Stdout)
	}
	if cfg.invoices == "" || cfg.statement == "" || cfg.journal == "" {
		return errors.New("-stage needs -invoices, -statement and -journal")
	}
	return run(ctx, cfg, os.Stdout)
}

var errBusy = errors.New("another run has the journal open: this one does nothing")

// run is one run of the ledger: what a job does each day, or each hour.
func run(ctx context.Context, cfg config, out io.Writer) (err error) {
	say := log.New(out, "", 0)
	claims, lines, err := read(cfg)
	if err != nil {
		return err
	}
	file, err := ledger.OpenFile(cfg.journal)
	if errors.Is(err, ledger.ErrJournalLocked) {
		return errBusy
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var journal ledger.Journal = file
	if cfg.later {
		journal, cfg.settle = settled{file}, 0
	}
	client, err := cfg.connect()
	if err != nil {
		return err
	}
	if cfg.stage {
		if _, err := setup.OnStage(ctx, client); err != nil {
			return err
		}
	}
	g := &reporter{client, ledger.New(client, journal, ledger.SettleTime(cfg.settle)), journal, claims, say}
	for _, l := range lines {
		if !cfg.write || l.kind == unclear {
			say.Print(&l)
		}
	}
	if !cfg.write {
		_, held := g.weigh(ctx, items(lines))
		for _, result := range held {
			say.Printf("bank/%s  %s", result.Item.Bank.ID, verdict(result))
		}
		_, err := g.done(ctx, items(lines))
		return err
	}
	left, err := g.report(ctx, items(lines))
	if err != nil || left > 0 {
		return err
	}
	list, err := g.balances(ctx, claims, lines)
	if err != nil {
		return err
	}
	printBalances(say, list)
	return nil
}

// read reads our invoices and the statement, up to a day if one is given.
func read(cfg config) (claims []claim, lines []line, err error) {
	err = with(cfg.invoices, "invoices.csv", func(r io.Reader) (err error) {
		claims, err = readClaims(r)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	err = with(cfg.statement, "statement.csv", func(r io.Reader) (err error) {
		lines, err = readStatement(r, claims)
		return err
	})
	lines = slices.DeleteFunc(lines, func(l line) bool { return !cfg.until.IsZero() && l.date.After(cfg.until) })
	return claims, lines, err
}

// with opens a file, or one of testdata, for f.
func with(path, fallback string, f func(io.Reader) error) (err error) {
	var file fs.File
	if path == "" {
		file, err = testdata.Open("testdata/" + fallback)
	} else {
		file, err = os.Open(path)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return f(file)
}

func printBalances(say *log.Logger, list []balance) {
	const row = "%-7s  %-6s  %8v  %10v  %14v  %9v  %13v"
	say.Printf(row, "invoice", "agency", "claim", "paid to us", "paid to agency", "open here", "open there")
	for _, b := range list {
		say.Printf(row, b.claim.reference, b.claim.agency, b.claim.total, b.toUs, b.toAgency, b.here, b.there)
		if !b.here.Equal(b.there) {
			say.Printf("%-7s  the two sides differ: a person looks at the assignment", "")
		}
	}
}
