package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/user"
	"slices"
	"strings"

	"github.com/maventa-go/maventa/sqlstore"
	"github.com/maventa-go/maventa/worker"
)

// beside opens the database though another process may work on it, does something with
// it, and says so.
func (f *flags) beside(ctx context.Context, out io.Writer, do func(w *worker.Worker) (done string, err error)) error {
	w, err := worker.OpenBeside(ctx, f.config)
	if err != nil {
		return err
	}
	done, err := "", w.Check(ctx)
	if err == nil || errors.Is(err, sqlstore.ErrMaybeCopy) || errors.Is(err, sqlstore.ErrTakenOver) {
		done, err = do(w)
	}
	if err == nil && done != "" {
		_, err = fmt.Fprintln(out, done)
	}
	return errors.Join(err, w.Close())
}

// person adds the flags of who says something, and why.
func (f *flags) person() (who, why *string) {
	name := ""
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return f.String("who", name, "`who` says so; it is kept"), f.String("why", "", "`why`; it is kept, so no names of debtors")
}

// needs is the error of flags that must be given.
func needs(pairs ...string) error {
	for pair := range slices.Chunk(pairs, 2) {
		if strings.TrimSpace(pair[1]) == "" {
			return usage("-" + pair[0] + " is required")
		}
	}
	return nil
}

// decide answers an item of the work list.
func decide(ctx context.Context, args []string, out, log io.Writer) error {
	f := newFlags("decide", "answers an item of the work list, with one of: adopt, not_mine, never_arrived, again, drop", log)
	company, key := f.String("company", "", "`id` of the company"), f.String("key", "", "`key` of the item")
	event := f.String("event", "", "of adopt: `id` of the event that is the entry's")
	who, why := f.person()
	answer := f.word()
	if err := f.parse(args); err != nil {
		return err
	}
	if err := needs("company", *company, "key", *key, "who", *who, "why", *why); err != nil {
		return err
	}
	if *answer == "" {
		return usage("the decision is missing: adopt, not_mine, never_arrived, again or drop")
	}
	switch kind := sqlstore.DecisionKind(*answer); kind {
	case sqlstore.DecideAdopt:
		if err := needs("event", *event); err != nil {
			return err
		}
	case sqlstore.DecideNotMine, sqlstore.DecideNeverArrived, sqlstore.DecideAgain, sqlstore.DecideDrop:
	default:
		return usage("the decision must be adopt, not_mine, never_arrived, again or drop")
	}
	return f.beside(ctx, out, func(w *worker.Worker) (string, error) {
		d := sqlstore.Decision{Kind: sqlstore.DecisionKind(*answer), EventID: *event, Who: *who, Why: *why}
		return "Stored. A running worker does it within a second.", w.Decide(ctx, *company, *key, d)
	})
}

// revive lets a company be worked for again whose keys were dead.
func revive(ctx context.Context, args []string, out, log io.Writer) error {
	f := newFlags("revive", "tries the keys of a company again that was set aside", log)
	company := f.String("company", "", "`id` of the company")
	if err := f.parse(args); err != nil {
		return err
	}
	if err := needs("company", *company); err != nil {
		return err
	}
	return f.beside(ctx, out, func(w *worker.Worker) (string, error) {
		return "It is worked for again. With dead keys it is set aside once more.", w.Revive(ctx, *company)
	})
}

// pause stops all sending.
func pause(ctx context.Context, args []string, out, log io.Writer) error {
	f := newFlags("pause", "stops all sending of all processes that share the database; events are still followed", log)
	return f.sayso(ctx, args, out, "Nothing is sent any more. What is under way ends.", (*worker.Worker).Pause)
}

// resume ends a pause.
func resume(ctx context.Context, args []string, out, log io.Writer) error {
	return newFlags("resume", "ends a pause", log).sayso(ctx, args, out, "Sending goes on.", (*worker.Worker).Resume)
}

// takeover says that a restored database is to be used.
func takeover(ctx context.Context, args []string, out, log io.Writer) error {
	f := newFlags("takeover", "lets a database be written that was restored from a backup, or copied, "+
		"after you have made sure that no other program writes for the same companies", log)
	f.settle()
	return f.sayso(ctx, args, out, "The database is this installation's. Nothing is begun for the settle time.", (*worker.Worker).Takeover)
}

// sayso is a subcommand that needs to know who says so, and why.
func (f *flags) sayso(ctx context.Context, args []string, out io.Writer, done string, do func(w *worker.Worker, ctx context.Context, who, why string) error) error {
	who, why := f.person()
	if err := f.parse(args); err != nil {
		return err
	}
	if err := needs("who", *who, "why", *why); err != nil {
		return err
	}
	return f.beside(ctx, out, func(w *worker.Worker) (string, error) { return done, do(w, ctx, *who, *why) })
}
