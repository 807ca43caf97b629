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
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// child is the argument that makes this program one run of the ledger within the
// demonstration. What to do it reads from its standard input.
const child = "one-run-of-the-demonstration"

// job is what a child gets. No secret is put on a command line.
type job struct {
	Environment  maventa.Environment
	CompanyID    string
	UserAPIKey   string
	VendorAPIKey string
	Journal      string
	Until        maventa.Date
	Later        bool
}

// runChild is the child's main.
func runChild(ctx context.Context, in io.Reader, out io.Writer) error {
	var j job
	if err := json.NewDecoder(in).Decode(&j); err != nil {
		return err
	}
	connect := func(opts ...maventa.ClientOption) (*maventa.Client, error) {
		creds := maventa.Credentials{
			CompanyID: j.CompanyID, UserAPIKey: maventa.Secret(j.UserAPIKey), VendorAPIKey: maventa.Secret(j.VendorAPIKey),
		}
		hurry := maventa.WithRetry(maventa.RetryPolicy{ThrottleDelay: 10 * time.Millisecond})
		return maventa.NewClient(j.Environment, creds, append(opts, hurry)...)
	}
	return run(ctx, config{write: true, journal: j.Journal, until: j.Until, settle: usual, later: j.Later, connect: connect}, out)
}

// demo is the Maventa that lives in this process. Each run of the ledger is a
// process of its own, which comes to it over TCP.
type demo struct {
	srv        *maventatest.Server
	say        *log.Logger
	job        job
	references map[string]string // of the invoices, by assignment

	payments      int // to report
	posts, booked int // reports that came to the service, and those it booked
}

const addEvent = "Assignments.AddEvent"

// The settle time is how long after a lost answer the service may still book the
// payment, or not list it yet. Never set it short for a real service.
const usual = 15 * time.Minute

// settled is a journal whose entries are settled, as if the last runs had waited.
// Nothing is late here, so they need not.
type settled struct{ ledger.Journal }

func (s settled) Find(ctx context.Context, key ledger.JournalKey) (ledger.Record, bool, error) {
	record, found, err := s.Journal.Find(ctx, key)
	record.SettleBy = record.BegunAt
	return record, found, err
}

func (s settled) ForAssignment(ctx context.Context, environment, companyID, assignmentID string) ([]ledger.Record, error) {
	records, err := s.Journal.ForAssignment(ctx, environment, companyID, assignmentID)
	for i := range records {
		records[i].SettleBy = records[i].BegunAt
	}
	return records, err
}

// demonstrate runs the ledger six times within a moment, over more and more of
// the week's statement. The faults hit reports of payments by their number. So
// that they hit the same ones each time, no run has new payments for two
// invoices: those would be reported side by side.
func demonstrate(ctx context.Context, out io.Writer) (err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	d, err := newDemo(log.New(out, "", 0))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.end()) }()

	d.say.Print("Run 1, Tuesday's lines. At first the service is busy. Then it books a payment, and the answer is lost.")
	d.breaks(maventatest.Status(429), maventatest.DropAfterCommit().Nth(2))
	if err := d.run(ctx, "2026-11-03", false); err != nil {
		return err
	}
	d.say.Print("Run 2, and Wednesday's: two equal payments. It is killed while the second is on its way.")
	d.breaks(maventatest.HangAfterCommit().Nth(2))
	if err := d.killHalfWay(ctx, "2026-11-04"); err != nil {
		return err
	}
	d.say.Print("Run 3, and Thursday's. The payment is lost before it is booked.")
	d.breaks(maventatest.DropBeforeCommit())
	if err := d.run(ctx, "2026-11-05", false); err != nil {
		return err
	}
	d.say.Print("Run 4, and Friday's. The service books the payment and answers 502.")
	d.breaks(maventatest.StatusAfterCommit(502))
	if err := d.run(ctx, "2026-11-06", false); err != nil {
		return err
	}
	d.say.Print("Run 5, after the settle time. What is there is not sent again, and what is not there is.")
	if err := d.run(ctx, "2026-11-06", true); err != nil {
		return err
	}
	d.say.Print("Run 6. There is nothing to do.")
	if err := d.run(ctx, "2026-11-06", true); err != nil {
		return err
	}
	d.say.Printf("%d payments took %d requests to report them. %d were booked.", d.payments, d.posts, d.booked)
	return nil
}

// newDemo starts the Maventa, with our invoices in collection. Debtors have paid
// to the agencies too, which is where the payouts of the statement come from.
func newDemo(say *log.Logger) (*demo, error) {
	claims, lines, err := read(config{})
	if err != nil {
		return nil, err
	}
	srv, err := maventatest.Start(maventatest.OverTCP(), maventatest.WithToday("2026-11-02"))
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "ledger")
	if err != nil {
		return nil, errors.Join(err, srv.Close())
	}
	d := &demo{srv: srv, say: say, references: play(srv, claims), payments: len(items(lines)), job: job{
		Environment: srv.Environment(), CompanyID: srv.CompanyID(), UserAPIKey: srv.UserAPIKey(), VendorAPIKey: srv.VendorAPIKey(),
		Journal: filepath.Join(dir, "journal.jsonl"),
	}}
	say.Print("The week's bank statement:")
	for _, l := range lines {
		say.Print("    ", &l)
	}
	return d, nil
}

// play lets debtors and agencies do what made the statement what it is, and
// returns the references of our invoices by their assignments.
func play(srv *maventatest.Server, claims []claim) map[string]string {
	reference, assignment := map[string]string{}, map[string]string{}
	for _, c := range claims {
		id := srv.Company().AddAssignment(maventatest.Service(strings.ToLower(c.agency)), maventatest.Invoice{
			ID: c.invoiceID, Number: c.reference, DebtorName: c.debtor, Total: c.total.String(), Currency: c.currency,
		})
		reference[id], assignment[c.reference] = c.reference, id
	}
	debtor := srv.Debtor()
	debtor.PayCompany(assignment["1001"], "200.00")
	debtor.PayAgency(assignment["1001"], "150.00")
	srv.Clock().AdvanceDays(1)
	srv.Agency().Settle()
	debtor.PayCompany(assignment["1001"], "50.00")
	debtor.PayAgency(assignment["1003"], "400.00")
	srv.Clock().AdvanceDays(1)
	srv.Agency().Settle()
	debtor.PayCompany(assignment["1003"], "250.00")
	debtor.PayCompany(assignment["1003"], "250.00")
	srv.Clock().AdvanceDays(1)
	debtor.PayCompany(assignment["1002"], "100.00")
	debtor.PayAgency(assignment["1002"], "90.00") // paid out under the agency's new name
	srv.Clock().AdvanceDays(1)
	debtor.PayCompany(assignment["1004"], "30.00")
	return reference
}

func (d *demo) end() error {
	return errors.Join(d.srv.Close(), os.RemoveAll(filepath.Dir(d.job.Journal)))
}

// breaks sets up what goes wrong with the reports of the next run.
func (d *demo) breaks(faults ...maventatest.Fault) {
	for _, f := range faults {
		d.srv.Inject(f.On(addEvent))
	}
}

// process is a run of the ledger in a process of its own.
type process struct {
	cmd *exec.Cmd
	out bytes.Buffer
}

func (d *demo) start(ctx context.Context, until string, later bool) (*process, error) {
	date, err := maventa.ParseDate(until)
	if err != nil {
		return nil, err
	}
	j := d.job
	j.Until, j.Later = date, later
	what, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.CommandContext(ctx, self, child)}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = bytes.NewReader(what), &p.out, &p.out
	return p, p.cmd.Start()
}

// run lets a run of the ledger come to its end, and tells what it printed and
// what of it came to the service.
func (d *demo) run(ctx context.Context, until string, later bool) error {
	p, err := d.start(ctx, until, later)
	if err != nil {
		return err
	}
	err = p.cmd.Wait()
	d.tell(p)
	return errors.Join(err, d.wire())
}

// killHalfWay kills a run while its second report is on its way. Before that it
// starts another one, which must refuse to work.
func (d *demo) killHalfWay(ctx context.Context, until string) error {
	p, err := d.start(ctx, until, false)
	if err != nil {
		return err
	}
	err = d.waitForPosts(ctx, d.posts+2)
	if err == nil {
		err = d.mustRefuse(ctx, until)
	}
	err = errors.Join(err, p.cmd.Process.Kill()) // kill -9, where there is one
	_ = p.cmd.Wait()                             // "signal: killed"
	d.tell(p)
	return errors.Join(err, d.wire())
}

// mustRefuse starts a run while another one is at work.
func (d *demo) mustRefuse(ctx context.Context, until string) error {
	p, err := d.start(ctx, until, false)
	if err != nil {
		return err
	}
	err = p.cmd.Wait()
	d.say.Print("  a second run at the same time:")
	d.tell(p)
	d.say.Print("  the first one, until it was killed:")
	if err == nil {
		return errors.New("two runs had the journal open at the same time")
	}
	if _, refused := errors.AsType[*exec.ExitError](err); refused {
		return nil
	}
	return err
}

// waitForPosts waits until the service has received that many reports and has
// booked the last of them.
func (d *demo) waitForPosts(ctx context.Context, n int) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if posts := d.srv.RequestsTo(addEvent); len(posts) >= n && posts[n-1].Committed {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tell prints what a run printed.
func (d *demo) tell(p *process) {
	for text := range strings.Lines(p.out.String()) {
		d.say.Print("    ", strings.TrimSuffix(text, "\n"))
	}
}

// wire prints the reports that came to the service since the last time.
func (d *demo) wire() error {
	for _, post := range d.srv.RequestsTo(addEvent)[d.posts:] {
		d.posts++
		var event struct{ Amount maventa.Amount }
		if err := json.Unmarshal([]byte(post.Body), &event); err != nil {
			return err
		}
		answer, effect := "no answer", "not booked"
		if post.Status != 0 {
			answer = fmt.Sprint("answer ", post.Status)
		}
		if post.Committed {
			effect = "booked"
			d.booked++
		}
		d.say.Printf("  on the wire: %7s for %s: %s, %s", event.Amount, d.reference(post.Path), answer, effect)
	}
	return nil
}

// reference is that of the invoice in /v1/assignments/{assignment_id}/events.
func (d *demo) reference(path string) string {
	for id, reference := range d.references {
		if strings.Contains(path, id) {
			return reference
		}
	}
	return "?"
}
