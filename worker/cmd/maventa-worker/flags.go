package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/worker"
)

// flags are those of a subcommand.
type flags struct {
	*flag.FlagSet

	config worker.Config
	env    string
	level  string
	log    io.Writer
	set    func() error // of the flags that need more than a variable
	answer *string      // of decide: the word that is no flag
}

// newFlags makes the flags that say which database and which installation.
func newFlags(name, what string, log io.Writer) *flags {
	f := &flags{FlagSet: flag.NewFlagSet("maventa-worker "+name, flag.ContinueOnError), log: log}
	f.SetOutput(log)
	f.Usage = func() {
		_, _ = fmt.Fprintf(log, "maventa-worker %s %s.\n\nFlags, and in brackets the variables that they are taken from:\n", name, what)
		f.PrintDefaults()
	}
	f.variable(&f.env, "env", "MAVENTA_ENVIRONMENT", "", "the `environment`: stage, production, or local for a sandbox on this machine, at MAVENTA_AX_URL and MAVENTA_RECEIVABLES_URL")
	f.variable(&f.config.Database, "db", "MAVENTA_DATABASE", "sqlite:maventa.db", "the `database`: sqlite:FILE or postgres://…; a password belongs into the variable, since others see the flags")
	f.variable(&f.config.Installation, "installation", "MAVENTA_INSTALLATION", "", "a `name` for this installation, such as acme-stage; a copy for tests needs another one")
	f.variable(&f.config.Marker, "marker", "MAVENTA_MARKER", "", "a `file` that remembers how far the database was; not to be backed up or restored with it")
	f.StringVar(&f.level, "log", "info", "the `level` of the log: debug, info, warn or error")
	return f
}

// variable is a flag with a variable of the environment.
func (f *flags) variable(into *string, name, variable, otherwise, what string) {
	value := os.Getenv(variable)
	if value == "" {
		value = otherwise
	}
	*into = value
	f.Func(name, what+" ["+variable+defaultOf(otherwise)+"]", func(s string) error {
		*into = s
		return nil
	})
}

func defaultOf(s string) string {
	if s == "" {
		return ""
	}
	return ", otherwise " + s
}

// word lets one word stand among the flags.
func (f *flags) word() *string {
	f.answer = new(string)
	return f.answer
}

// parse reads the command line.
func (f *flags) parse(args []string) error {
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return err
			}
			return usage(err.Error())
		}
		if f.NArg() == 0 {
			break
		}
		if f.answer == nil || *f.answer != "" {
			return usage("unexpected: " + f.Arg(0))
		}
		*f.answer, args = f.Arg(0), f.Args()[1:]
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.level)); err != nil {
		return usage("-log must be debug, info, warn or error")
	}
	f.config.Log = slog.New(slog.NewJSONHandler(f.log, &slog.HandlerOptions{Level: level}))
	switch f.env {
	case maventa.Stage.Name:
		f.config.Environment = maventa.Stage
	case maventa.Production.Name:
		f.config.Environment = maventa.Production
	case "local":
		f.config.Environment = maventa.Environment{
			Name: f.env, AutoXChangeURL: os.Getenv("MAVENTA_AX_URL"), ReceivablesURL: os.Getenv("MAVENTA_RECEIVABLES_URL"),
		}
	default:
		return fmt.Errorf("%w: -env or MAVENTA_ENVIRONMENT must be stage, production or local", worker.ErrConfig)
	}
	if f.set != nil {
		return f.set()
	}
	return nil
}

// newRunFlags adds the flags of what the worker does.
func newRunFlags(name, what string, log io.Writer) (*flags, *companiesFile) {
	f := newFlags(name, what, log)
	keys := &companiesFile{}
	f.variable(&keys.path, "companies", "MAVENTA_COMPANIES", "", "a `file` of JSON with the companies and their keys, that others cannot read; it is read again when it changes; "+
		"without it one company: MAVENTA_COMPANY_ID, MAVENTA_USER_API_KEY, MAVENTA_VENDOR_API_KEY, MAVENTA_BUSINESS_ID")
	c := &f.config
	f.IntVar(&c.Workers, "workers", 16, "companies that are sent for at a time, at most")
	f.Float64Var(&c.Rate, "rate", 0, "`requests` to Maventa per second, at most; 0: no bound")
	f.DurationVar(&c.Follow, "follow", 15*time.Minute, "how often events are looked for, per company")
	f.settle()
	f.BoolVar(&c.ReadOnly, "read-only", false, "let nothing leave: follow, and take entries in")
	c.Limits = worker.DefaultLimits()
	f.IntVar(&c.Limits.Transfers.Count, "limit-transfers", c.Limits.Transfers.Count, "transfers per company and banking day, at most; 0: no limit")
	f.IntVar(&c.Limits.CreditNotes.Count, "limit-credit-notes", c.Limits.CreditNotes.Count, "credit notes per company and banking day, at most; 0: no limit")
	f.IntVar(&c.Limits.Cancellations.Count, "limit-cancellations", c.Limits.Cancellations.Count, "cancellations per company and banking day, at most; 0: no limit")
	f.IntVar(&c.Limits.CreditLosses.Count, "limit-credit-losses", c.Limits.CreditLosses.Count, "credit losses per company and banking day, at most; 0: no limit")
	inferred := f.String("allow-inferred", "", "on production: what was tried on stage, by `names` with commas between, such as paid,Invoices.TransferToRopo")
	f.set = func() error {
		for name := range strings.SplitSeq(*inferred, ",") {
			if name = strings.TrimSpace(name); name != "" {
				if !slices.Contains(inferredNames, name) {
					return usage("-allow-inferred: " + name + " is none of " + strings.Join(inferredNames, ", "))
				}
				c.Options = append(c.Options, maventa.AllowInferredWrites(maventa.InferredOperation(name)))
			}
		}
		for _, l := range []int{c.Workers, c.Limits.Transfers.Count, c.Limits.CreditNotes.Count, c.Limits.Cancellations.Count, c.Limits.CreditLosses.Count} {
			if l < 0 {
				return usage("-workers, -limit-transfers, -limit-credit-notes, -limit-cancellations and -limit-credit-losses must not be negative")
			}
		}
		if c.Rate < 0 || c.Follow < 0 || c.Settle < 0 {
			return usage("-rate, -follow and -settle must not be negative")
		}
		if c.Limits == (ledger.Limits{}) { // which stands for the usual ones
			c.Limits.Transfers.Count = math.MaxInt
		}
		var err error
		c.Companies, err = keys.read()
		return err
	}
	return f, keys
}

// settle adds the flag of the settle time.
func (f *flags) settle() {
	f.DurationVar(&f.config.Settle, "settle", 15*time.Minute, "how long a request may arrive after it was sent: what was lost settles after that; shorter to play alone; refused on production")
}

// inferredNames are those of what the worker sends.
var inferredNames = []string{
	string(maventa.EventPaid), string(maventa.EventCreditNote), string(maventa.EventComment), string(maventa.EventDueDateChange),
	string(maventa.EventCollectionStop), string(maventa.EventCancellation), string(maventa.EventCreditLoss),
	string(maventa.WriteTransferToRopo), string(maventa.WriteTransferToAmili),
}

// migrate creates the tables.
func migrate(ctx context.Context, args []string, out, log io.Writer) error {
	f := newFlags("migrate", "creates the tables, or brings them to what this program needs", log)
	if err := f.parse(args); err != nil {
		return err
	}
	w, err := worker.Open(ctx, f.config)
	if err != nil {
		return err
	}
	if err = w.Migrate(ctx); err == nil {
		_, err = fmt.Fprintln(out, "The tables are there.")
	}
	return errors.Join(err, w.Close())
}
