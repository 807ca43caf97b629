package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
)

// demo is the Maventa that lives in this process. Each night is a process of its own,
// which comes to it over TCP.
type demo struct {
	srv   *maventatest.Server
	job   job
	say   *log.Logger
	lines map[string]int // of a company's bank account that were written to files
}

// demonstrate plays a month: November 2026 of two companies.
func demonstrate(ctx context.Context, out io.Writer) (err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	d, err := newDemo(ctx, log.New(out, "", 0))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.srv.Close(), os.RemoveAll(filepath.Dir(d.job.Marker))) }()
	for d.srv.Today() < "2026-12-01" {
		if err := d.day(ctx); err != nil {
			return err
		}
	}
	return d.balances(ctx)
}

func newDemo(ctx context.Context, say *log.Logger) (*demo, error) {
	srv, err := maventatest.Start(maventatest.OverTCP(), maventatest.WithToday("2026-11-02"))
	if err != nil {
		return nil, err
	}
	srv.AddCompany("Toinen Oy", "2345678-9")
	folder, err := os.MkdirTemp("", "erp")
	if err == nil {
		err = os.Mkdir(filepath.Join(folder, "data"), 0o700)
	}
	d := &demo{srv: srv, say: say, lines: map[string]int{}, job: job{
		Environment:  maventa.Environment{Name: "embedded", AutoXChangeURL: srv.AutoXChangeURL(), ReceivablesURL: srv.ReceivablesURL()},
		Installation: "demo", Folder: filepath.Join(folder, "data"), Marker: filepath.Join(folder, "marker"), Transfers: 2,
	}}
	for _, co := range srv.Companies() {
		co.Activate(maventatest.Ropo)
		d.job.Companies = append(d.job.Companies, keys{co.ID(), co.UserAPIKey(), co.VendorAPIKey()})
	}
	if err == nil {
		err = d.sell(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, srv.Close())
	}
	return d, nil
}

// sell writes the invoices of both companies, which are in the ERP and at Maventa.
func (d *demo) sell(ctx context.Context) error {
	j := d.job
	e, _, err := j.open(ctx)
	if err != nil {
		return err
	}
	for c, co := range d.srv.Companies() {
		for i := range 4 {
			number, due := strconv.Itoa(1000*(c+1)+i), d.srv.Clock().Day(i*2-10)
			id := co.AddInvoice(maventatest.Invoice{Number: number, DueDate: due, Total: "100.00", DebtorName: "Keksitty Oy"})
			err = errors.Join(err, e.exec(ctx, "INSERT INTO invoices (id, company, number, debtor, bid, due, total) VALUES (?, ?, ?, 'Keksitty Oy', '1234567-1', ?, 10000)",
				id, co.ID(), number, due))
		}
	}
	return errors.Join(err, e.db.Close())
}

// day lets a day pass. The bank's file of it comes in the night after.
func (d *demo) day(ctx context.Context) error {
	today := d.srv.Today()
	d.happen(today)
	if today == "2026-11-06" {
		if err := d.decide(ctx, today); err != nil {
			return err
		}
	}
	if err := d.bankFile(today); err != nil {
		return err
	}
	d.srv.Clock().AdvanceDays(1)
	night, err := maventa.ParseDate(d.srv.Today())
	if err != nil {
		return err
	}
	d.job.Today = night
	if today == "2026-11-12" {
		d.say.Print(night, " the night is killed while a payment is on its way, and run again")
		d.srv.Inject(maventatest.HangAfterCommit().On("Assignments.AddEvent"))
		if err := d.kill(ctx); err != nil {
			return err
		}
	}
	cmd, out, err := d.start(ctx)
	if err == nil {
		err = cmd.Wait()
	}
	if out != nil {
		for line := range strings.Lines(out.String()) {
			d.say.Print(night, " ", strings.TrimSpace(line))
		}
	}
	return err
}

// happen is what debtors, agency and network do on a day.
func (d *demo) happen(day string) {
	all := d.srv.Company().Assignments()
	switch day {
	case "2026-11-04":
		d.say.Print(day, " a transfer is accepted, and its answer lost")
		d.srv.Inject(maventatest.DropAfterCommit().On("Invoices.TransferToRopo"))
	case "2026-11-12":
		d.say.Print(day, " a debtor pays us 40.00")
		d.srv.Debtor().PayCompany(all[0].ID, "40.00")
	case "2026-11-16":
		d.say.Print(day, " a debtor pays the agency 100.00")
		d.srv.Debtor().PayAgency(all[1].ID, "100.00")
	case "2026-11-18":
		d.say.Print(day, " the agency pays out")
		d.srv.Agency().Settle()
	case "2026-11-23":
		d.say.Print(day, " the agency sends a reminder, and asks a question")
		d.srv.Agency().Reminder(all[0].ID, "5.00")
		d.srv.Agency().Comment(all[0].ID, "Is the delivery complete?")
	case "2026-11-25":
		d.say.Print(day, " a debtor pays the agency 20.00 of the claim and the reminder")
		d.srv.Debtor().PayAgency(all[0].ID, "20.00")
	}
}

// decide is a person who looks at the work list: that many transfers are right.
func (d *demo) decide(ctx context.Context, day string) error {
	e, store, err := d.job.open(ctx)
	if err != nil {
		return err
	}
	items, err := store.WorkList("").Open(ctx, 0)
	for _, i := range items {
		d.say.Printf("%s a person decides that %s leaves", day, i.Key)
		err = errors.Join(err, store.WorkList(i.CompanyID).Decide(ctx, i.Key, sqlstore.Decision{
			Kind: sqlstore.DecideAgain, Who: "Maija", Why: "the books are right",
		}))
	}
	return errors.Join(err, e.db.Close())
}

// bankFile writes the bank's file of a banking day.
func (d *demo) bankFile(day string) error {
	date, err := maventa.ParseDate(day)
	if err != nil || date.Weekday() == time.Saturday || date.Weekday() == time.Sunday {
		return err
	}
	var text strings.Builder
	for _, co := range d.srv.Companies() {
		lines := co.BankLines()
		for i := d.lines[co.ID()]; i < len(lines); i++ {
			fmt.Fprintf(&text, "%s-%d,%s,%s,%s\n", co.ID(), i, lines[i].Amount, lines[i].Payer, lines[i].Reference)
		}
		d.lines[co.ID()] = len(lines)
	}
	return os.WriteFile(filepath.Join(d.job.Folder, "bank-"+day+".csv"), []byte(text.String()), 0o600)
}

// start starts a night, whose output is complete when it has ended.
func (d *demo) start(ctx context.Context) (cmd *exec.Cmd, out *bytes.Buffer, err error) {
	what, err := json.Marshal(d.job)
	if err != nil {
		return nil, nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	out = &bytes.Buffer{}
	cmd = exec.CommandContext(ctx, self, "-night")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(what), out, out // no secret on a command line
	err = cmd.Start()
	return cmd, out, err
}

// kill kills a night once the service has booked a payment that hangs.
func (d *demo) kill(ctx context.Context) error {
	const call = "Assignments.AddEvent"
	before := len(d.srv.RequestsTo(call))
	cmd, _, err := d.start(ctx)
	if err != nil {
		return err
	}
	for {
		if posts := d.srv.RequestsTo(call); len(posts) > before && posts[before].Committed {
			err = cmd.Process.Kill()
			_ = cmd.Wait() // "signal: killed"
			return err
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(ctx.Err(), cmd.Process.Kill())
		}
	}
}

// balances prints both sides.
func (d *demo) balances(ctx context.Context) error {
	j := d.job
	e, store, err := j.open(ctx)
	if err != nil {
		return err
	}
	for _, k := range j.Companies {
		c, failed := maventa.NewClient(j.Environment, maventa.Credentials{
			CompanyID: k.CompanyID, UserAPIKey: maventa.Secret(k.UserAPIKey), VendorAPIKey: maventa.Secret(k.VendorAPIKey),
		})
		if failed == nil {
			n := &night{erp: e, store: store, client: c, today: j.Today, say: d.say}
			failed = n.print(ctx)
		}
		err = errors.Join(err, failed)
	}
	return errors.Join(err, e.db.Close())
}

func (n *night) print(ctx context.Context) error {
	list, err := n.balances(ctx)
	for _, b := range list {
		there := amount(b.there).String()
		if !b.comparable {
			there = "not comparable"
		}
		n.say.Printf("invoice %s: capital here %v, there %s", b.number, amount(b.here), there)
	}
	return err
}
