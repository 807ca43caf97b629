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
	more  []string       // lines of the bank's next file
	kept  string         // by the agency, of its next payout
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
	d.cast()
	for d.srv.Today() < "2026-12-01" {
		if err := d.day(ctx); err != nil {
			return err
		}
	}
	return d.end(ctx)
}

func newDemo(ctx context.Context, say *log.Logger) (*demo, error) {
	srv, err := maventatest.Start(maventatest.OverTCP(), maventatest.WithToday("2026-11-02"))
	if err != nil {
		return nil, err
	}
	srv.Company().Activate(maventatest.Ropo)
	srv.AddCompany("Toinen Oy", "2345678-9").ActivatePerinta("vfsfi")
	folder, err := os.MkdirTemp("", "erp")
	if err == nil {
		err = os.Mkdir(filepath.Join(folder, "data"), 0o700)
	}
	d := &demo{srv: srv, say: say, lines: map[string]int{}, job: job{
		Environment:  environment{maventa.Environment{Name: "embedded", AutoXChangeURL: srv.AutoXChangeURL(), ReceivablesURL: srv.ReceivablesURL()}},
		Installation: "demo", Folder: filepath.Join(folder, "data"), Marker: filepath.Join(folder, "marker"), Transfers: 2,
	}}
	for c, co := range srv.Companies() {
		agency := []string{agencyRopo, agencyAmili}[c]
		d.job.Companies = append(d.job.Companies, companyJob{co.ID(), co.UserAPIKey(), co.VendorAPIKey(), agency})
	}
	if err == nil {
		err = d.job.with(ctx, func(e *erp) error { return e.in(ctx, func(e *erp) error { return d.sell(ctx, e) }) })
	}
	if err != nil {
		return nil, errors.Join(err, srv.Close())
	}
	return d, nil
}

const sold = 4 // invoices of each company

// sell writes the invoices of both companies, which are in the ERP and at Maventa.
func (d *demo) sell(ctx context.Context, e *erp) error {
	err := e.exec(ctx, "INSERT INTO debtors VALUES ('17', 'Keksitty Oy', '1234567-1', 'Keksitty katu 1', '00100', 'Helsinki')")
	for c, co := range d.srv.Companies() {
		for n := range sold {
			due, failed := maventa.ParseDate(d.srv.Clock().Day(n*2 - 10))
			i := invoice{company: co.ID(), number: strconv.Itoa(1000*(c+1) + n), due: due, total: 10000}
			i.id = co.AddInvoice(maventatest.Invoice{Number: i.number, DueDate: due.String(), Total: "100.00", DebtorName: "Keksitty Oy"})
			err = errors.Join(err, failed, e.sell(ctx, &i, "17", due.AddDays(-14)))
		}
	}
	return err
}

// day lets a day pass. The bank's file of it comes in the night after.
func (d *demo) day(ctx context.Context) error {
	today, err := maventa.ParseDate(d.srv.Today())
	if err != nil {
		return err
	}
	if err := d.happen(ctx, today); err != nil {
		return err
	}
	if err := d.bankFile(today); err != nil {
		return err
	}
	d.srv.Clock().AdvanceDays(1)
	const three = 3 * time.Hour
	d.job.Now = time.Date(today.Year(), today.Month(), today.Day()+1, 0, 0, 0, 0, time.UTC).Add(three)
	if err := d.job.with(ctx, func(e *erp) error { return e.passDay(ctx) }); err != nil {
		return err
	}
	if today.String() == "2026-11-12" {
		d.say.Print(d.srv.Today(), " the night is killed while a payment is on its way, and run again")
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
			d.say.Print(d.srv.Today(), " night: ", strings.TrimSpace(line))
		}
	}
	return err
}

// passDay makes due what is due in a day: the outbox goes by real time, and in a story
// a day passes in a moment.
func (e *erp) passDay(ctx context.Context) error {
	const day = int64(24 * time.Hour / time.Microsecond)
	return e.exec(ctx, "UPDATE maventa_outbox SET due_at = due_at - ?1, taken_at = MAX(taken_at - ?1, 0)", day)
}

// happen is what debtors, agency, network and we do on a day.
func (d *demo) happen(ctx context.Context, day maventa.Date) error {
	ropo, amili := d.srv.Companies()[0], d.srv.Companies()[1]
	switch day.String() {
	case "2026-11-03":
		d.say.Print(day, " a debtor pays 2003, which is then not transferred at all")
		d.pay(amili, "p1", "100.00", "2003")
	case "2026-11-04":
		d.say.Print(day, " a transfer is accepted, and its answer lost")
		d.srv.Inject(maventatest.DropAfterCommit().On("Invoices.TransferToRopo"))
	case "2026-11-06":
		return d.decide(ctx, day)
	case "2026-11-10":
		d.say.Print(day, " we credit 25.00 of 2001")
		return d.job.with(ctx, func(e *erp) error {
			return e.in(ctx, func(e *erp) error {
				of, err := e.invoices(ctx, "i.number = '2001'")
				if err != nil {
					return err
				}
				return e.credit(ctx, &of[0], "9001", 2500, day)
			})
		})
	case "2026-11-12":
		d.say.Print(day, " a debtor pays us 40.00 of 1000")
		d.srv.Debtor().PayCompany(ropo.Assignments()[0].ID, "40.00")
	case "2026-11-13":
		d.say.Print(day, " a debtor pays us 30.00 of 2000, and the bank takes it back: nobody hears of it")
		d.pay(amili, "p2", "30.00", "2000")
		d.pay(amili, "p3", "-30.00", "p2")
	case "2026-11-16":
		d.say.Print(day, " a debtor pays the agency 1001")
		d.srv.Debtor().PayAgency(ropo.Assignments()[1].ID, "100.00")
	case "2026-11-18":
		d.say.Print(day, " the agency pays out, less its commission")
		d.srv.Agency().SettleLess("2")
		d.kept = "commission=2.00"
	case "2026-11-23":
		d.say.Print(day, " the agency sends a reminder for 1000, and asks a question")
		d.srv.Agency().Reminder(ropo.Assignments()[0].ID, "5.00")
		d.srv.Agency().Comment(ropo.Assignments()[0].ID, "Is the delivery complete?")
	case "2026-11-25":
		d.say.Print(day, " a debtor pays the agency 20.00 of claim and reminder")
		d.srv.Debtor().PayAgency(ropo.Assignments()[0].ID, "20.00")
	}
	return nil
}

// pay puts a line into the bank's next file.
func (d *demo) pay(co *maventatest.Company, id, amount, pays string) {
	d.more = append(d.more, strings.Join([]string{id, amount, "Keksitty Oy", pays, co.ID()}, ","))
}

// decide is a person who looks at the work list: that many transfers are right.
func (d *demo) decide(ctx context.Context, day maventa.Date) error {
	return d.job.with(ctx, func(e *erp) error {
		items, err := e.store.WorkList("").Open(ctx, 0)
		for _, i := range items {
			d.say.Printf("%s a person decides: %s again", day, i.Key)
			err = errors.Join(err, e.decide(ctx, i.CompanyID, i.Key, sqlstore.Decision{Kind: sqlstore.DecideAgain, Who: "Maija", Why: "the books are right"}))
		}
		return err
	})
}

// bankFile writes the bank's file of a banking day.
func (d *demo) bankFile(day maventa.Date) error {
	if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		return nil
	}
	for _, co := range d.srv.Companies() {
		lines := co.BankLines()
		for n := d.lines[co.ID()]; n < len(lines); n++ {
			l := lines[n]
			if l.Payer == maventatest.PayerRopo {
				l.Reference, d.kept = d.kept, ""
			}
			d.more = append(d.more, fmt.Sprintf("%s-%d,%s,%s,%s,%s", co.BID(), n, l.Amount, l.Payer, l.Reference, co.ID()))
		}
		d.lines[co.ID()] = len(lines)
	}
	text := strings.Join(d.more, "\n")
	d.more = nil
	return os.WriteFile(filepath.Join(d.job.Folder, "bank-"+day.String()+".csv"), []byte(text), 0o600)
}

// start starts a night, whose output is complete when it has ended.
func (d *demo) start(ctx context.Context) (cmd *exec.Cmd, out *bytes.Buffer, err error) {
	what, err := json.Marshal(d.job) //nolint:gosec // for the standard input of our own child
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
