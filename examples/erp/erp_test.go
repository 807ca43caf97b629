package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
)

// world is a Maventa, an ERP of two companies, and its nights.
type world struct {
	t      *testing.T
	srv    *maventatest.Server
	job    job
	client http.Client
	out    bytes.Buffer
}

// newWorld begins on Tuesday, 2026-11-03, with the bank known until the day before.
func newWorld(t *testing.T) *world {
	t.Helper()
	srv := maventatest.NewServer(t, maventatest.WithToday("2026-11-03"))
	srv.AddCompany("Toinen Oy", "2345678-9")
	w := &world{t: t, srv: srv, client: *srv.HTTPClient(), job: job{
		Environment:  maventa.Environment{Name: "test", AutoXChangeURL: srv.AutoXChangeURL(), ReceivablesURL: srv.ReceivablesURL()},
		Installation: "test", Folder: t.TempDir(), Marker: filepath.Join(t.TempDir(), "marker"), Transfers: 5,
	}}
	for _, co := range srv.Companies() {
		co.Activate(maventatest.Ropo)
		w.job.Companies = append(w.job.Companies, keys{co.ID(), co.UserAPIKey(), co.VendorAPIKey()})
	}
	w.bank("2026-11-02")
	return w
}

// sell adds an invoice over 100.00 to the books and Maventa.
func (w *world) sell(company int, number, due string) (id string) {
	w.t.Helper()
	co := w.srv.Companies()[company]
	id = co.AddInvoice(maventatest.Invoice{Number: number, DueDate: due, Total: "100.00"})
	w.exec("INSERT INTO invoices (id, company, number, debtor, bid, due, total) VALUES (?, ?, ?, 'Keksitty Oy', '1234567-1', ?, 10000)", id, co.ID(), number, due)
	return id
}

func (w *world) books(do func(*erp, *sqlstore.Store)) {
	w.t.Helper()
	j := w.job
	e, store, err := j.open(w.t.Context())
	require.NoError(w.t, err)
	do(e, store)
	require.NoError(w.t, e.db.Close())
}

func (w *world) exec(statement string, args ...any) {
	w.t.Helper()
	w.books(func(e *erp, _ *sqlstore.Store) { require.NoError(w.t, e.exec(w.t.Context(), statement, args...)) })
}

// bank writes the bank's file of a day.
func (w *world) bank(day string, lines ...string) {
	w.t.Helper()
	require.NoError(w.t, os.WriteFile(filepath.Join(w.job.Folder, "bank-"+day+".csv"), []byte(strings.Join(lines, "\n")), 0o600))
}

// night moves the story to a day and runs the night.
func (w *world) night(day string) error {
	w.t.Helper()
	if day > w.srv.Today() {
		w.srv.Clock().AdvanceTo(day)
	}
	w.job.Today = maventa.MustDate(day)
	return nightOf(w.t.Context(), w.job, &w.out, maventa.WithHTTPClient(&w.client))
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

// work lists the kinds of what waits for a person.
func (w *world) work() (kinds []string) {
	w.t.Helper()
	w.books(func(_ *erp, s *sqlstore.Store) {
		items, err := s.WorkList("").Open(w.t.Context(), 0)
		require.NoError(w.t, err)
		for _, i := range items {
			kinds = append(kinds, i.Kind)
		}
	})
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

func TestImportFailsForThreeDays(t *testing.T) {
	w := newWorld(t)
	w.sell(0, "1001", "2026-10-20")
	for _, day := range []string{"2026-11-04", "2026-11-05", "2026-11-06"} {
		w.mustNight(day)
	}
	assert.Zero(t, w.writes())
	assert.Equal(t, []string{"payments_unknown"}, w.work())

	for _, day := range []string{"2026-11-03", "2026-11-04", "2026-11-05", "2026-11-06"} {
		w.bank(day)
	}
	w.mustNight("2026-11-07")
	assert.Equal(t, 1, w.writes(), "the files are in")
}

func TestBankFileIsMissing(t *testing.T) {
	w := newWorld(t)
	w.sell(0, "1001", "2026-10-20")
	w.bank("2026-11-04")
	w.mustNight("2026-11-05")
	assert.Zero(t, w.writes())
	assert.Contains(t, w.out.String(), "the bank file of 2026-11-03 is missing")
}

func TestDueDatesShiftedByAYear(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		w.sell(0, fmt.Sprint(1001+i), "2026-10-20")
	}
	w.exec("UPDATE invoices SET due = '2027-10-20'")
	w.mustNight("2026-11-03")
	require.Zero(t, w.writes())
	w.exec("UPDATE invoices SET due = '2026-10-20'") // somebody has shifted them
	w.mustNight("2026-11-03")
	w.bank("2026-11-03")
	w.mustNight("2026-11-04")
	assert.Equal(t, 5, w.writes(), "no more on the next day: a person looks first")
	assert.Len(t, w.work(), 15)
}

func TestCopyOfProduction(t *testing.T) {
	w := newWorld(t)
	w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	require.Equal(t, 1, w.writes())
	w.sell(0, "1002", "2026-10-20")
	for name, change := range map[string]func(*job){
		"without the marker":   func(j *job) { j.Marker = filepath.Join(t.TempDir(), "marker") },
		"another installation": func(j *job) { j.Installation, j.Marker = "acme-test", filepath.Join(t.TempDir(), "marker") },
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			require.NoError(t, os.CopyFS(folder, os.DirFS(w.job.Folder)))
			twin := w.job
			twin.Folder = folder
			change(&twin)
			err := nightOf(t.Context(), twin, &w.out, maventa.WithHTTPClient(&w.client))
			require.ErrorIs(t, err, sqlstore.ErrReadOnly)
			assert.Equal(t, 1, w.writes())
		})
	}
}

func TestPayouts(t *testing.T) {
	w := newWorld(t)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.srv.Debtor().PayAgency(w.claim(id).ID, "60.00")
	w.bank("2026-11-03")
	w.mustNight("2026-11-04")
	w.bank("2026-11-04", "L1,60.00,ROPO CAPITAL OY,1001", "L2,60.00,A new name of theirs,1001")
	w.mustNight("2026-11-05")
	assert.Empty(t, w.srv.RequestsTo("Assignments.AddEvent"))
	assert.Equal(t, "40.00", w.claim(id).OpenAmount)
	assert.Contains(t, w.work(), "possible_duplicate", "what may be a payout is a person's")
	w.books(func(e *erp, _ *sqlstore.Store) {
		var clearing int64
		require.NoError(t, e.db.QueryRowContext(t.Context(), "SELECT SUM(amount) FROM vouchers WHERE account = 'clearing'").Scan(&clearing))
		assert.Zero(t, clearing, "the payout against the agency's payment")
	})
}

func TestLineOfThreeInvoicesOfTwoCompanies(t *testing.T) {
	w := newWorld(t)
	ids := []string{w.sell(0, "1001", "2026-10-20"), w.sell(0, "1002", "2026-10-20"), w.sell(1, "2001", "2026-10-20")}
	w.mustNight("2026-11-03")
	w.bank("2026-11-03", "L1,60.00,Keksitty Oy,1001=10.00 1002=20.00 2001=30.00")
	w.mustNight("2026-11-04")
	w.mustNight("2026-11-04")
	for i, open := range []string{"90.00", "80.00", "70.00"} {
		assert.Equal(t, open, w.claim(ids[i]).OpenAmount)
		w.srv.AssertExactlyOnce(t, w.claim(ids[i]).ID, "paid", []string{"10.00", "20.00", "30.00"}[i])
	}
	w.bank("2026-11-04", "L2,30.00,Keksitty Oy,1001=20.00 1002=20.00", "L3,1.00,Keksitty Oy,4711")
	w.mustNight("2026-11-05")
	assert.Contains(t, w.work(), "limit_reached", "the parts are more than the line")
	assert.Contains(t, w.out.String(), "bank line L3: no invoice")
}

// TestPaymentAroundTransfer: whenever it comes, a payment of 30.00 lowers the claim once.
func TestPaymentAroundTransfer(t *testing.T) {
	pay := func(w *world) {
		w.exec("INSERT INTO bank_lines VALUES ('L1', '2026-11-03', 3000, 'Keksitty Oy', 'debtor')")
		w.exec("INSERT INTO payments (line, invoice, amount) SELECT 'L1', id, 3000 FROM invoices")
	}
	for name, c := range map[string]struct {
		total string // that was transferred
		play  func(w *world)
	}{
		"before it is built": {"70.00", func(w *world) {
			pay(w)
			w.mustNight("2026-11-03")
		}},
		"between build and POST": {"70.00", func(w *world) {
			asked := false
			w.client.Transport = transport{next: w.client.Transport, before: func(r *http.Request) {
				if !asked && strings.HasSuffix(r.URL.Path, "/assignment") {
					asked = true
					pay(w)
				}
			}}
			w.mustNight("2026-11-03")
			require.True(w.t, asked)
			require.Zero(w.t, w.writes(), "the books say something else now")
		}},
		"during a lost answer": {"100.00", func(w *world) {
			w.srv.Inject(maventatest.DropAfterCommit().On("Invoices.TransferToRopo"))
			w.mustNight("2026-11-03")
			pay(w)
		}},
		"after": {"100.00", func(w *world) {
			w.mustNight("2026-11-03")
			pay(w)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.sell(0, "1001", "2026-10-20")
			c.play(w)
			w.bank("2026-11-03")
			w.mustNight("2026-11-04")
			w.bank("2026-11-04")
			w.mustNight("2026-11-05")
			assert.Equal(t, "70.00", w.claim(id).OpenAmount)
			assert.Len(t, w.srv.RequestsTo("Invoices.TransferToRopo"), 1)
			assert.Equal(t, c.total, w.claim(id).TotalAmount)
			assert.Empty(t, w.work(), w.out.String())
		})
	}
}

// The clock of this machine is a year ahead of the service's.
func TestClockAYearAhead(t *testing.T) {
	w := newWorld(t)
	w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	require.Equal(t, 1, w.writes())
	w.sell(0, "1002", "2026-10-20")
	w.bank("2026-11-03", "L1,30.00,Keksitty Oy,1001")
	w.client.Transport = transport{next: w.client.Transport, after: func(r *http.Response) {
		r.Header.Set("Date", time.Now().AddDate(-1, 0, 0).UTC().Format(http.TimeFormat))
	}}
	err := w.night("2026-11-04")
	assert.Equal(t, 1, w.writes(), "%v %s", err, w.out.String())
	assert.Contains(t, w.out.String(), "clock_differs")

	w.client = *w.srv.HTTPClient()
	w.mustNight("2026-11-04")
	assert.Equal(t, 3, w.writes())
	w.job.Today = maventa.MustDate("2027-11-04") // and if the day alone is wrong
	w.sell(0, "1003", "2026-10-20")
	require.NoError(t, nightOf(t.Context(), w.job, &w.out, maventa.WithHTTPClient(&w.client)))
	assert.Equal(t, 3, w.writes(), "payments are not known that far")
}

func TestEventYearsLater(t *testing.T) {
	w := newWorld(t)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.srv.Agency().Close(w.claim(id).ID)
	w.mustNight("2026-11-04")
	require.Empty(t, w.work())
	w.srv.Clock().AdvanceDays(3 * 365)
	w.srv.Debtor().PayAgency(w.claim(id).ID, "25.00")
	w.mustNight("2029-11-05")
	assert.Contains(t, w.work(), "after_close")
}

func TestPauseAndDryRun(t *testing.T) {
	w := newWorld(t)
	w.sell(0, "1001", "2026-10-20")
	w.job.DryRun = true
	require.NoError(t, w.night("2026-11-03"))
	assert.Contains(t, w.out.String(), "read_only")
	assert.Zero(t, w.writes())
	assert.Empty(t, w.work(), "the copy is gone")
	w.job.DryRun = false
	w.books(func(_ *erp, s *sqlstore.Store) { require.NoError(t, s.Pause(t.Context(), "Maija", "a bad import")) })
	w.mustNight("2026-11-03")
	assert.Zero(t, w.writes())
	assert.Equal(t, []string{"paused"}, w.work())
	w.books(func(_ *erp, s *sqlstore.Store) { require.NoError(t, s.Resume(t.Context(), "Maija", "it is right now")) })
	w.mustNight("2026-11-03")
	assert.Equal(t, 1, w.writes())
}

// An old invoice is uploaded with PreventRouting, or the customer gets it once more.
func TestUpload(t *testing.T) {
	w := newWorld(t)
	co := w.srv.Company()
	c, err := maventa.NewClient(w.job.Environment, co.Credentials(), maventa.WithHTTPClient(&w.client))
	require.NoError(t, err)
	xml, err := os.ReadFile("../send-invoice/testdata/invoice.xml")
	require.NoError(t, err)
	_, err = upload(t.Context(), c, "old/1", bytes.NewReader(xml), 0)
	require.Error(t, err)
	for range 2 {
		id, err := upload(t.Context(), c, "old/1", bytes.NewReader(xml), customerHasIt)
		require.NoError(t, err)
		state, ok := co.AX().Invoice(id)
		require.True(t, ok)
		assert.True(t, state.Unrouted)
	}
	assert.Len(t, co.AX().Invoices(), 1)
}

// TestMain lets the demonstration start this binary as its nights.
func TestMain(m *testing.M) {
	if slices.Contains(os.Args[1:], "-night") {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestDemonstration: the month ends with equal balances, but where nobody can know.
func TestDemonstration(t *testing.T) {
	if testing.Short() {
		t.Skip("a month of processes")
	}
	var out bytes.Buffer
	require.NoError(t, demonstrate(t.Context(), &out), out.String())
	_, balances, _ := strings.Cut(out.String(), "invoice 1000: capital here 40.00, there not comparable\n")
	assert.Equal(t, 7, strings.Count(balances, "invoice "), out.String())
	assert.NotContains(t, out.String(), "balances_differ")
}
