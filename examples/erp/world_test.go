package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
)

// world is a Maventa, an ERP of two companies, and its nights.
type world struct {
	t      *testing.T
	srv    *maventatest.Server
	job    job
	client http.Client // of the nights
	out    bytes.Buffer
}

// newWorld begins on Tuesday, 2026-11-03, with the bank known until the day before. The
// first company's agency is the given one, the second one's Ropo.
func newWorld(t *testing.T, agency string) *world {
	t.Helper()
	srv := maventatest.NewServer(t, maventatest.WithToday("2026-11-03"))
	w := &world{t: t, srv: srv, client: *srv.HTTPClient(), job: job{
		Environment:  environment{maventa.Environment{Name: "test", AutoXChangeURL: srv.AutoXChangeURL(), ReceivablesURL: srv.ReceivablesURL()}},
		Installation: "test", Folder: t.TempDir(), Marker: filepath.Join(t.TempDir(), "marker"), Transfers: 5,
	}}
	srv.AddCompany("Toinen Oy", "2345678-9").Activate(maventatest.Ropo)
	if agency == agencyAmili {
		srv.Company().ActivatePerinta("vfsfi")
	} else {
		srv.Company().Activate(maventatest.Ropo)
	}
	for c, co := range srv.Companies() {
		w.job.Companies = append(w.job.Companies, companyJob{co.ID(), co.UserAPIKey(), co.VendorAPIKey(), []string{agency, agencyRopo}[c]})
	}
	w.books(func(e *erp) error {
		return e.exec(t.Context(), "INSERT INTO debtors VALUES ('17', 'Keksitty Oy', '1234567-1', 'Keksitty katu 1', '00100', 'Helsinki')")
	})
	w.bank("2026-11-02")
	return w
}

// sell adds an invoice over 100.00 to the books and Maventa.
func (w *world) sell(company int, number, due string) (id string) {
	w.t.Helper()
	co := w.srv.Companies()[company]
	id = co.AddInvoice(maventatest.Invoice{Number: number, DueDate: due, Total: "100.00"})
	w.books(func(e *erp) error {
		return e.sell(w.t.Context(), &invoice{id: id, company: co.ID(), number: number, due: maventa.MustDate(due), total: 10000}, "17", maventa.MustDate("2026-10-01"))
	})
	return id
}

// books does something within one transaction of the books.
func (w *world) books(do func(e *erp) error) {
	w.t.Helper()
	j := w.job
	require.NoError(w.t, j.with(w.t.Context(), func(e *erp) error { return e.in(w.t.Context(), do) }))
}

// of does something with an invoice in the books.
func (w *world) of(id string, do func(e *erp, i *invoice) error) {
	w.t.Helper()
	w.books(func(e *erp) error {
		i, err := e.invoice(w.t.Context(), id)
		if err != nil {
			return err
		}
		return do(e, i)
	})
}

func (w *world) exec(statement string, args ...any) {
	w.t.Helper()
	w.books(func(e *erp) error { return e.exec(w.t.Context(), statement, args...) })
}

// bank writes the bank's file of a day; all came to the account of the first company.
func (w *world) bank(day string, lines ...string) {
	w.t.Helper()
	text := ""
	for _, l := range lines {
		text += l + "," + w.srv.CompanyID() + "\n"
	}
	require.NoError(w.t, os.WriteFile(filepath.Join(w.job.Folder, "bank-"+day+".csv"), []byte(text), 0o600))
}

// pay posts a payment of 30.00 by hand.
func (w *world) pay(id string) {
	w.of(id, func(e *erp, i *invoice) error {
		return e.importLine(w.t.Context(), w.line(i), maventa.MustDate("2026-11-03"))
	})
}

func (w *world) line(i *invoice) *bankLine {
	return &bankLine{id: "L1", payer: "Keksitty Oy", pays: i.number, company: i.company, cents: 3000, kind: ledger.PayerDebtor}
}

// night moves the story to a day and runs the night.
func (w *world) night(day string) error {
	w.t.Helper()
	if day > w.srv.Today() {
		w.srv.Clock().AdvanceTo(day)
	}
	w.books(func(e *erp) error { return e.passDay(w.t.Context()) })
	d := maventa.MustDate(day)
	w.job.Now = time.Date(d.Year(), d.Month(), d.Day(), 3, 0, 0, 0, time.UTC)
	w.job.opts = []maventa.ClientOption{maventa.WithHTTPClient(&w.client)}
	return nightOf(w.t.Context(), &w.job, &w.out)
}

func (w *world) mustNight(day string) {
	w.t.Helper()
	require.NoError(w.t, w.night(day), w.out.String())
}

// writes counts what changed anything at Maventa.
func (w *world) writes() (n int) {
	for _, call := range []string{"Assignments.AddEvent", "Invoices.TransferToRopo", "Invoices.TransferToAmili"} {
		for _, r := range w.srv.RequestsTo(call) {
			if r.Committed {
				n++
			}
		}
	}
	return n
}

func (w *world) items() (items []sqlstore.WorkItem) {
	w.t.Helper()
	w.books(func(e *erp) (err error) {
		items, err = e.store.WorkList("").In(e.tx).Open(w.t.Context(), 0)
		return err
	})
	return items
}

// state is where an entry of the first company's outbox stands.
func (w *world) state(key string) (state sqlstore.OutboxState) {
	w.t.Helper()
	w.books(func(e *erp) error {
		entry, found, err := e.store.Outbox(w.srv.CompanyID()).In(e.tx).Find(w.t.Context(), key)
		require.True(w.t, found, key)
		state = entry.State
		return err
	})
	return state
}

// open is what is unpaid of an invoice in the books.
func (w *world) open(id string) string {
	w.t.Helper()
	var cents int64
	w.books(func(e *erp) (err error) { cents, err = e.open(w.t.Context(), id); return err })
	return amount(cents).String()
}

// account is the sum of an account.
func (w *world) account(name string) (cents int64) {
	w.t.Helper()
	w.books(func(e *erp) error {
		return e.tx.QueryRowContext(w.t.Context(), "SELECT COALESCE(SUM(amount), 0) FROM vouchers WHERE account = ?", name).Scan(&cents)
	})
	return cents
}

// work lists the kinds of what waits for a person.
func (w *world) work() (kinds []string) {
	w.t.Helper()
	for _, i := range w.items() {
		kinds = append(kinds, i.Kind)
	}
	return kinds
}

// claim is what the agency asks for, of an invoice.
func (w *world) claim(invoiceID string) maventatest.Assignment {
	w.t.Helper()
	a, ok := w.srv.Assignment(w.srv.AssignmentOf(invoiceID))
	require.True(w.t, ok)
	return a
}

// transport lets a test act when a request leaves or its answer came.
type transport struct {
	next   http.RoundTripper
	before func(*http.Request)
	after  func(*http.Response)
}

func (tr transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if tr.before != nil {
		tr.before(r)
	}
	resp, err := tr.next.RoundTrip(r)
	if err == nil && tr.after != nil {
		tr.after(resp)
	}
	return resp, err
}

// TestMain lets the demonstration start this binary as its nights.
func TestMain(m *testing.M) {
	if slices.Contains(os.Args[1:], "-night") {
		main()
		return
	}
	os.Exit(m.Run())
}

// command runs the program as from the command line.
func (w *world) command(args ...string) (string, error) {
	w.t.Helper()
	what, err := json.Marshal(w.job)
	require.NoError(w.t, err)
	var out bytes.Buffer
	err = run(w.t.Context(), args, bytes.NewReader(what), &out)
	return out.String(), err
}

func (w *world) mustCommand(args ...string) string {
	w.t.Helper()
	out, err := w.command(args...)
	require.NoError(w.t, err)
	return out
}

// decideBy decides on an item of the first company.
func (w *world) decideBy(key string, args ...string) {
	w.t.Helper()
	w.mustCommand(append([]string{"-decide", key, "-company", w.srv.CompanyID(), "-who", "Maija", "-why", "we have looked"}, args...)...)
}

// pause stops all sending.
func (w *world) pause() {
	w.t.Helper()
	require.NoError(w.t, w.job.with(w.t.Context(), func(e *erp) error { return e.store.Pause(w.t.Context(), "Maija", "a test") }))
}

func (w *world) resume() {
	w.t.Helper()
	require.NoError(w.t, w.job.with(w.t.Context(), func(e *erp) error { return e.store.Resume(w.t.Context(), "Maija", "a test") }))
}
