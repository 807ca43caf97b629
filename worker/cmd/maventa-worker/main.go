// Command maventa-worker runs an ERP's receivables beside the ERP: it transfers
// invoices, reports what the books say of them, follows what the agencies say, and keeps
// what needs a person on a list. See ../../README.md.
//
//	maventa-worker run -env stage -installation acme-stage -marker /var/lib/acme/marker -companies keys.json
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// command is a subcommand.
type command struct {
	name, what string
	run        func(ctx context.Context, args []string, out, log io.Writer) error
}

func commands() []command {
	return []command{
		{"run", "works until it is stopped", run},
		{"migrate", "creates the tables, or brings them to what this program needs", migrate},
		{"status", "shows where everything stands, and what needs a person", status},
		{"decide", "answers an item of the work list", decide},
		{"revive", "tries the keys of a company again that was set aside", revive},
		{"pause", "stops all sending", pause},
		{"resume", "ends a pause", resume},
		{"offboard", "ends the work for a company, and exports what is held of it", offboard},
		{"takeover", "lets a database be written that was restored from a backup, or copied", takeover},
		{"demo", "shows it: a Maventa in memory where one call of four goes wrong, a kill, and the count at the end", demo},
	}
}

func main() { os.Exit(start()) }

// start runs until the first SIGTERM or SIGINT ends what it does. A second one ends the
// process at once.
func start() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the next signal has its usual effect
	err := dispatch(ctx, os.Args[1:], os.Stdout, os.Stderr)
	code := codeOf(err)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "maventa-worker: %v\n", err)
		if advice := advise(code, err); advice != "" {
			fmt.Fprintf(os.Stderr, "maventa-worker: exit code %d: %s\n", code, advice)
		}
	}
	return code
}

func dispatch(ctx context.Context, args []string, out, log io.Writer) error {
	if len(args) > 0 {
		for _, c := range commands() {
			if c.name == args[0] {
				return c.run(ctx, args[1:], out, log)
			}
		}
	}
	help := len(args) > 0 && (args[0] == "help" || args[0] == "-h" || args[0] == "-help" || args[0] == "--help")
	to := log
	if help {
		to = out
	}
	_, _ = fmt.Fprintln(to, "maventa-worker runs an ERP's receivables. Subcommands, each with -h:")
	for _, c := range commands() {
		_, _ = fmt.Fprintf(to, "  %-9s %s\n", c.name, c.what)
	}
	switch {
	case help:
		return nil
	case len(args) == 0:
		return usage("a subcommand is missing")
	}
	return usage("there is no subcommand " + args[0])
}
