// Command erp is the night job of a small invented ERP: it imports the bank's files,
// reports direct payments, transfers what is overdue, takes in what the agency says and
// compares the balances of both sides.
//
//	go -C examples/erp run .                    # plays a month on a Maventa of its own
//	go -C examples/erp run . -night < job.json            # one night, as the job says
//	go -C examples/erp run . -night -dry-run < job.json   # the same on a copy: nothing is sent
//
// It reads no variables of the environment: job.json is in the form of type job, with
// the keys of the companies, and comes from your store of secrets. docs/integration.md
// walks through it. Copy from night.go, books.go and bank.go.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// job says what a night works on.
type job struct {
	Environment  maventa.Environment
	Installation string // such as "acme-production"; a copy needs another one
	Companies    []keys
	Folder       string // of the database and the bank's files
	Marker       string // a file outside of the folder and its backups
	Transfers    int    // how many may leave per company and banking day
	Today        maventa.Date
	DryRun       bool
}

type keys struct{ CompanyID, UserAPIKey, VendorAPIKey string }

func main() {
	log.SetFlags(0)
	isNight := flag.Bool("night", false, "run one night, as the JSON on the standard input says; no variables are read")
	dryRun := flag.Bool("dry-run", false, "with -night: on a copy of the database, and send nothing")
	flag.Parse()
	ctx := context.Background()
	run := demonstrate
	if *isNight {
		run = func(ctx context.Context, out io.Writer) error {
			var j job
			if err := json.NewDecoder(os.Stdin).Decode(&j); err != nil {
				return err
			}
			j.DryRun = j.DryRun || *dryRun
			return nightOf(ctx, j, out)
		}
	}
	if err := run(ctx, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// nightOf is one night, for all companies.
func nightOf(ctx context.Context, j job, out io.Writer, opts ...maventa.ClientOption) (err error) {
	if j.DryRun {
		end, err := j.copy(ctx)
		if err != nil {
			return err
		}
		defer end()
		opts = append(opts, maventa.ReadOnly())
	}
	e, store, err := j.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.db.Close()) }()
	say := log.New(out, "", 0)
	if err := e.importBank(ctx, j.Folder); err != nil {
		say.Print("bank: ", err) // payments that are known are reported; "known until" stops the transfers
	}
	for _, k := range j.Companies { // what fails for one company stops no other
		client, failed := maventa.NewClient(j.Environment, maventa.Credentials{
			CompanyID: k.CompanyID, UserAPIKey: maventa.Secret(k.UserAPIKey), VendorAPIKey: maventa.Secret(k.VendorAPIKey),
		}, opts...)
		if failed == nil {
			n := &night{erp: e, store: store, client: client, today: j.Today, say: say}
			n.ledger = ledger.New(client, store.Journal(), ledger.WithGuards(guards(e, store, j.Transfers)), ledger.Clock(j.clock))
			failed = n.run(ctx)
		}
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("company %s: %w", k.CompanyID, failed))
		}
	}
	return errors.Join(err, printWork(ctx, e, store, say))
}

// clock is the day of the night, for what is decided by days.
func (j *job) clock() time.Time {
	return time.Date(j.Today.Year(), j.Today.Month(), j.Today.Day(), 3, 0, 0, 0, time.UTC)
}

func (j *job) database() string { return filepath.Join(j.Folder, "erp.sqlite") }

// open opens the ERP and the store, which lie in one database.
func (j *job) open(ctx context.Context) (*erp, *sqlstore.Store, error) {
	if j.Today.IsZero() {
		j.Today = maventa.DateOf(time.Now().UTC())
	}
	e, err := openERP(ctx, j.database())
	if err != nil {
		return nil, nil, err
	}
	store, err := sqlstore.Open(e.db, sqlstore.SQLite, sqlstore.Installation{
		Environment: j.Environment, ID: j.Installation, Marker: sqlstore.FileMarker(j.Marker),
	})
	if err == nil {
		err = store.Migrate(ctx)
	}
	if err == nil {
		err = store.Check(ctx) // refuses a copy, and an old backup
	}
	if err != nil {
		return nil, nil, errors.Join(err, e.db.Close())
	}
	return e, store, nil
}

// copy makes a job that plays on a copy of the database and its marker.
func (j *job) copy(ctx context.Context) (end func(), err error) {
	folder, err := os.MkdirTemp("", "erp-dry-run")
	if err != nil {
		return nil, err
	}
	end = func() { _ = os.RemoveAll(folder) } // in the temporary folder
	e, err := openERP(ctx, j.database())
	if err == nil {
		err = errors.Join(e.exec(ctx, "VACUUM INTO ?", filepath.Join(folder, "erp.sqlite")), e.db.Close())
	}
	if err == nil {
		err = os.CopyFS(filepath.Join(folder, "files"), os.DirFS(j.Folder))
	}
	mark, markErr := os.ReadFile(j.Marker)
	if err = errors.Join(err, markErr); err == nil {
		err = os.WriteFile(filepath.Join(folder, "marker"), mark, 0o600)
	}
	if err == nil {
		err = os.Rename(filepath.Join(folder, "erp.sqlite"), filepath.Join(folder, "files", "copy.sqlite"))
	}
	if err != nil {
		end()
		return nil, err
	}
	j.Folder, j.Marker = filepath.Join(folder, "files"), filepath.Join(folder, "marker")
	for _, name := range []string{"erp.sqlite", "erp.sqlite-wal", "erp.sqlite-shm"} {
		_ = os.Remove(filepath.Join(j.Folder, name)) // copied while in use: the one of VACUUM is whole
	}
	return end, os.Rename(filepath.Join(j.Folder, "copy.sqlite"), j.database())
}

func printWork(ctx context.Context, e *erp, store *sqlstore.Store, say *log.Logger) error {
	const unmatched = "SELECT id FROM bank_lines WHERE kind <> 'agency' AND id NOT IN (SELECT line FROM payments) ORDER BY id"
	failed := each(ctx, e.db, unmatched, nil, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		say.Printf("for a person: bank line %s: no invoice", id)
		return err
	})
	items, err := store.WorkList("").Open(ctx, 0)
	err = errors.Join(failed, err)
	for _, i := range items {
		say.Printf("for a person: %s: %s", i.Key, i.Kind)
	}
	return err
}
