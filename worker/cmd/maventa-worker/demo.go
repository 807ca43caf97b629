package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/maventa-go/maventa/worker"
)

// demoFlags are those of the command demo.
type demoFlags struct {
	db, sandbox                string
	companies, payments, kills int
	longest                    time.Duration
}

func parseDemo(args []string, log io.Writer) (*demoFlags, error) {
	f := &demoFlags{}
	set := flag.NewFlagSet("maventa-worker demo", flag.ContinueOnError)
	set.SetOutput(log)
	set.StringVar(&f.db, "db", "", "database: postgres://…; a `file` of SQLite for the moment unless set")
	set.StringVar(&f.sandbox, "sandbox", "", "`URL` of the page of a maventa-sandbox that runs; a Maventa in memory unless set")
	set.IntVar(&f.companies, "companies", 20, "how many companies")
	set.IntVar(&f.payments, "payments", 420, "how many payments and credit notes")
	set.IntVar(&f.kills, "kills", 2, "how often the worker is killed")
	set.DurationVar(&f.longest, "longest", 3*time.Minute, "how long it may take")
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, usage(err.Error())
	}
	if f.companies < 1 || f.payments < 1 || f.kills < 0 || set.NArg() > 0 {
		return nil, usage("-companies and -payments must be positive, and there are no arguments but flags")
	}
	return f, nil
}

// demo plays an ERP with some companies at a Maventa where one call of four goes wrong,
// kills the worker in the middle, and counts what arrived. The error matches errNotOnce
// if anything arrived twice or not at all.
func demo(ctx context.Context, args []string, out, log io.Writer) (err error) {
	f, err := parseDemo(args, log)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, f.longest)
	defer cancel()
	d := &demoRun{demoFlags: *f, progress: newProgress(out)}
	if d.dir, err = os.MkdirTemp("", "maventa-demo-"); err != nil {
		return err
	}
	defer func() {
		if _, unread := os.Stat(d.log()); err != nil && unread == nil {
			_, _ = fmt.Fprintf(out, "\nwhat the worker wrote is in %s\n", d.log())
			return
		}
		err = errors.Join(err, os.RemoveAll(d.dir))
	}()
	if f.sandbox == "" {
		d.maventa, err = newInMemory()
	} else {
		d.maventa, err = newSandbox(ctx, f.sandbox)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.maventa.close()) }()
	drop, err := d.database(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	return d.run(ctx, out)
}

// demoRun is a demo that runs.
type demoRun struct {
	demoFlags

	dir      string // of its files
	address  string // of the database
	db       *sql.DB
	maventa  demoMaventa
	story    *story
	progress *progress
}

// log is the file that the worker writes into.
func (d *demoRun) log() string { return filepath.Join(d.dir, "worker.log") }

// settle is short, so that a demo ends soon; see demoFaults.
const settle = 4 * time.Second

// run plays the story to its end.
func (d *demoRun) run(ctx context.Context, out io.Writer) error {
	began := time.Now()
	d.progress.say("%d companies, %d payments and credit notes, %d transfers; one call of four goes wrong",
		d.companies, d.payments, d.companies*demoInvoices)
	var err error
	if d.story, err = newStory(d.maventa, d.companies, d.payments); err != nil {
		return err
	}
	config := worker.Config{
		Environment: d.maventa.environment(), Installation: "demo", Marker: filepath.Join(d.dir, "marker"), Database: d.address, Settle: settle,
	}
	if err := d.story.prepare(ctx, config); err != nil {
		return err
	}
	if err := d.maventa.chaos(true); err != nil {
		return err
	}
	if err := d.play(ctx); err != nil {
		return errors.Join(err, d.maventa.chaos(false))
	}
	if err := d.maventa.chaos(false); err != nil {
		return err
	}
	end, err := d.story.check(ctx, config)
	if err != nil {
		return err
	}
	d.progress.say("done after %.0f s, with %d kills", time.Since(began).Seconds(), d.kills)
	return end.print(out)
}

// play runs the worker, and kills it, until everything has arrived or waits for a
// person.
func (d *demoRun) play(ctx context.Context) error {
	child, err := d.start(ctx)
	if err != nil {
		return err
	}
	defer func() { child.kill() }()
	const step = 250 * time.Millisecond
	ticker := time.NewTicker(step)
	defer ticker.Stop()
	all := d.payments + d.companies*demoInvoices
	perStep := max(1, d.payments/40) // the ERP books for about ten seconds
	more, kills := true, 0
	var last demoState
	changed := time.Now()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("demo: it has not come to its end: %w", ctx.Err())
		case err := <-child.ended:
			return fmt.Errorf("demo: the worker has ended by itself: %w", err)
		case <-ticker.C:
		}
		if more {
			if more, err = d.story.book(ctx, d.db, perStep); err != nil {
				return err
			}
		}
		now, err := d.look(ctx)
		if err != nil {
			return err
		}
		if now != last {
			last, changed = now, time.Now()
		}
		reason := ""
		if now.queued > 0 && time.Since(changed) > time.Second {
			reason = fmt.Sprintf(": it waits for a lost answer to settle (%v)", settle)
		}
		d.progress.update("%d of %d at Maventa, %d not settled, %d wait for a person, %d of %d events%s",
			now.done, all, now.queued, now.held, now.events, d.story.agencyEvents(), reason)
		if kills < d.kills && now.done >= all*(kills+1)/(d.kills+2) {
			kills++
			d.progress.say("the worker is killed (%d of %d), in the middle of what it does", kills, d.kills)
			child.kill()
			if child, err = d.start(ctx); err != nil {
				return err
			}
		}
		if !more && now.done+now.held >= all && now.events >= d.story.agencyEvents() {
			return child.stop()
		}
	}
}

// demoState is where the entries and the events stand.
type demoState struct{ done, queued, held, events int }

// look reads how far the worker is.
func (d *demoRun) look(ctx context.Context) (s demoState, err error) {
	err = d.db.QueryRowContext(ctx, `SELECT COUNT(CASE WHEN state = 'done' THEN 1 END), COUNT(CASE WHEN state = 'queued' THEN 1 END),
		COUNT(CASE WHEN state = 'held' THEN 1 END) FROM maventa_outbox`).Scan(&s.done, &s.queued, &s.held)
	if err == nil {
		err = d.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM maventa_inbox WHERE revises = 0 AND amount LIKE $1", "%"+agencyCents).Scan(&s.events)
	}
	return s, err
}

// database makes the database of a demo and opens it as an ERP does that shares it.
// drop closes it, and on PostgreSQL drops its schema.
func (d *demoRun) database(ctx context.Context) (drop func() error, err error) {
	if d.demoFlags.db == "" {
		path := filepath.Join(d.dir, "maventa.db")
		d.address = "sqlite:" + path
		// The ERP waits for the worker's transactions, as the worker does for its.
		q := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(10000)"}}
		d.db, err = sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()+"?"+q.Encode())
		if err != nil {
			return nil, err
		}
		return d.db.Close, nil
	}
	address, err := url.Parse(d.demoFlags.db)
	if err != nil || !strings.HasPrefix(address.Scheme, "postgres") {
		return nil, errors.New("demo: -db must begin with postgres://") // the address may hold a password
	}
	schema := fmt.Sprintf("maventa_demo_%d", time.Now().UnixMilli())
	q := address.Query()
	q.Set("search_path", schema)
	address.RawQuery = q.Encode()
	d.address = address.String()
	if d.db, err = sql.Open("pgx", d.address); err != nil {
		return nil, err
	}
	if _, err := d.db.ExecContext(ctx, "CREATE SCHEMA "+schema); err != nil {
		return nil, errors.Join(err, d.db.Close())
	}
	return func() error {
		_, err := d.db.ExecContext(context.WithoutCancel(ctx), "DROP SCHEMA "+schema+" CASCADE")
		return errors.Join(err, d.db.Close())
	}, nil
}

// progress writes how far it is: one line that is updated on a terminal, some lines
// elsewhere.
type progress struct {
	out        io.Writer
	isTerminal bool
	last       time.Time
}

func newProgress(out io.Writer) *progress {
	p := &progress{out: out}
	if file, isFile := out.(*os.File); isFile {
		info, err := file.Stat()
		p.isTerminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

const clearLine = "\r\x1b[K"

// say writes a line that stays.
func (p *progress) say(format string, args ...any) {
	if p.isTerminal {
		format = clearLine + format
	}
	_, _ = fmt.Fprintf(p.out, format+"\n", args...)
}

func (p *progress) update(format string, args ...any) {
	const pause = 3 * time.Second // between lines that stay
	if p.isTerminal {
		_, _ = fmt.Fprintf(p.out, clearLine+format, args...)
	} else if time.Since(p.last) > pause {
		p.last = time.Now()
		p.say(format, args...)
	}
}
