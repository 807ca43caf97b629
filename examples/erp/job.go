package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
)

// job says what the program works on.
type job struct {
	Environment  environment
	Installation string // such as "acme-production"; a copy needs another one
	Companies    []companyJob
	Folder       string    // of the database and the bank's files
	Marker       string    // a file outside of the folder and its backups
	Transfers    int       // how many may leave per company and banking day
	Allow        []string  // on production: what was tried on stage, such as "Invoices.TransferToRopo" and "paid"
	Now          time.Time // when it is; zero: now
	DryRun       bool
	Secret       string // the last part of the address that Maventa calls

	opts []maventa.ClientOption // of tests
}

// companyJob is a company: its keys, and its agency, "ropo" or "amili".
type companyJob struct{ CompanyID, UserAPIKey, VendorAPIKey, Agency string }

// environment is given as "stage" or "production", or with a name and addresses.
type environment struct{ maventa.Environment }

// UnmarshalJSON implements [json.Unmarshaler].
func (e *environment) UnmarshalJSON(text []byte) error {
	name := ""
	if err := json.Unmarshal(text, &name); err != nil {
		fields := json.NewDecoder(bytes.NewReader(text))
		fields.DisallowUnknownFields()
		return fields.Decode(&e.Environment)
	}
	for _, known := range []maventa.Environment{maventa.Stage, maventa.Production} {
		if name == known.Name {
			e.Environment = known
			return nil
		}
	}
	return fmt.Errorf("the environment %q is not known: it is stage or production, or has a name and addresses", name)
}

// readJob reads a job. A field that is misspelt is refused: a limit that is not read
// would be none.
func readJob(in io.Reader) (*job, error) {
	var j job
	fields := json.NewDecoder(in)
	fields.DisallowUnknownFields()
	if err := fields.Decode(&j); err != nil {
		return nil, fmt.Errorf("job: %w; nothing was done", err)
	}
	return &j, j.check()
}

// check refuses a job before anything is made of it.
func (j *job) check() error {
	problem := ""
	switch {
	case j.Environment.Name == "":
		problem = "Environment is empty: it is stage or production, or has a name and addresses"
	case j.Installation == "":
		problem = "Installation is empty: name it, such as acme-stage"
	case j.Folder == "":
		problem = "Folder is empty: it is that of the database and the bank's files"
	case j.Marker == "":
		problem = "Marker is empty: it is a file outside of the folder and its backups"
	case j.Transfers <= 0:
		problem = "Transfers is missing or not positive: say how many may leave per company and banking day"
	case len(j.Companies) == 0:
		problem = "Companies is empty"
	}
	for _, c := range j.Companies {
		if problem == "" && c.Agency != agencyRopo && c.Agency != agencyAmili {
			problem = fmt.Sprintf("company %s: the agency must be %s or %s", c.CompanyID, agencyRopo, agencyAmili)
		}
	}
	if problem == "" {
		if at, err := os.Stat(j.Folder); err != nil || !at.IsDir() {
			problem = "Folder is not there: make it first"
		}
	}
	if problem != "" {
		return fmt.Errorf("job: %s; nothing was done", problem)
	}
	return nil
}

// clock is what the guards take for the time.
func (j *job) clock() time.Time {
	if j.Now.IsZero() {
		return time.Now().UTC()
	}
	return j.Now
}

func (j *job) today() maventa.Date { return maventa.DateOf(j.clock()) }

func (j *job) database() string { return filepath.Join(j.Folder, "erp.sqlite") }

// nightOf is one night, for all companies. It is nil if all ran, whatever waits for a
// person. An error says what did not, such as a bank file, a company, or a set-up that
// lets nothing leave.
func nightOf(ctx context.Context, j *job, out io.Writer) error {
	if err := j.check(); err != nil {
		return err
	}
	if j.DryRun {
		twin, end, err := j.copy(ctx)
		if err != nil {
			return err
		}
		defer end()
		j = twin
	}
	end, err := j.alone(ctx)
	if err != nil {
		return err
	}
	defer end()
	return j.with(ctx, func(e *erp) error {
		say := log.New(out, "", 0)
		if _, err := e.store.GiveBack(ctx); err != nil { // of a night that was killed
			return err
		}
		known, err := e.waiting(ctx)
		if err != nil {
			return err
		}
		bank := e.importBank(ctx, j.Folder)
		if bank != nil { // payments that are known are reported; "known until" stops the transfers
			bank = fmt.Errorf("bank: %w", bank)
		}
		return errors.Join(bank, j.each(e, say, func(n *night) error { return n.run(ctx) }), e.printWork(ctx, say, known, false))
	})
}

// alone refuses a second night at the same time: it would give back what the first one
// has lent. The lock ends with the process.
func (j *job) alone(ctx context.Context) (end func(), err error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(j.Folder, "night.lock"))
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err == nil {
		if _, err = conn.ExecContext(ctx, "BEGIN EXCLUSIVE"); err == nil {
			return func() { _ = errors.Join(conn.Close(), db.Close()) }, nil // nothing was written
		}
		err = errors.Join(err, conn.Close())
	}
	return nil, errors.Join(fmt.Errorf("another night may be under way, so this one did nothing: %w", err), db.Close())
}

// with opens the ERP and the store, which lie in one database.
func (j *job) with(ctx context.Context, do func(e *erp) error) (err error) {
	if err := j.check(); err != nil {
		return err
	}
	e, err := openERP(ctx, j.database())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.db.Close()) }()
	for _, c := range j.Companies {
		if err := e.exec(ctx, "INSERT INTO companies VALUES (?1, ?2) ON CONFLICT DO UPDATE SET agency = ?2", c.CompanyID, c.Agency); err != nil {
			return err
		}
	}
	e.store, err = sqlstore.Open(e.db, sqlstore.SQLite, sqlstore.Installation{
		Environment: j.Environment.Environment, ID: j.Installation, Marker: sqlstore.FileMarker(j.Marker),
	})
	if err == nil {
		err = e.store.Migrate(ctx)
	}
	if err == nil {
		err = e.store.Check(ctx) // refuses a copy, and an old backup
	}
	if err != nil {
		return err
	}
	return do(e)
}

// each does something for each company. What fails for one stops no other.
func (j *job) each(e *erp, say *log.Logger, do func(n *night) error) (err error) {
	opts := slices.Clone(j.opts)
	for _, write := range j.Allow {
		opts = append(opts, maventa.AllowInferredWrites(maventa.InferredOperation(write)))
	}
	if j.DryRun {
		opts = append(opts, maventa.ReadOnly())
	}
	for _, k := range j.Companies {
		client, failed := maventa.NewClient(j.Environment.Environment, maventa.Credentials{
			CompanyID: k.CompanyID, UserAPIKey: maventa.Secret(k.UserAPIKey), VendorAPIKey: maventa.Secret(k.VendorAPIKey),
		}, opts...)
		if failed == nil {
			failed = do(newNight(e, client, j, say))
		}
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("company %s: %w", k.CompanyID, failed))
		}
	}
	return err
}

// copy makes a job that plays on a copy of the database, the bank's files and the marker.
func (j *job) copy(ctx context.Context) (twin *job, end func(), err error) {
	folder, err := os.MkdirTemp("", "erp-dry-run")
	if err != nil {
		return nil, nil, err
	}
	end = func() { _ = os.RemoveAll(folder) } // in the temporary folder
	other := *j
	other.Folder, other.Marker = folder, filepath.Join(folder, "marker")
	files, err := filepath.Glob(filepath.Join(j.Folder, "*.csv"))
	for _, from := range append(files, j.Marker) {
		to := filepath.Join(folder, filepath.Base(from))
		if from == j.Marker {
			to = other.Marker
		}
		text, failed := os.ReadFile(from)
		switch {
		case failed == nil:
			failed = os.WriteFile(to, text, 0o600)
		case from == j.Marker && errors.Is(failed, fs.ErrNotExist):
			failed = nil // before the first night
		}
		err = errors.Join(err, failed)
	}
	_, missing := os.Stat(j.database())
	if err == nil && !errors.Is(missing, fs.ErrNotExist) { // else it is before the first night
		var e *erp
		if e, err = openERP(ctx, j.database()); err == nil {
			err = errors.Join(e.exec(ctx, "VACUUM INTO ?", other.database()), e.db.Close())
		}
	}
	if err != nil {
		end()
		return nil, nil, err
	}
	return &other, end, nil
}
