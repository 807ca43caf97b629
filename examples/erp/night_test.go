package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
)

func TestImportFailsForThreeDays(t *testing.T) {
	w := newWorld(t, agencyRopo)
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
	w := newWorld(t, agencyRopo)
	w.sell(0, "1001", "2026-10-20")
	w.bank("2026-11-04")
	require.ErrorContains(t, w.night("2026-11-05"), "the bank file of 2026-11-03 is missing")
	assert.Zero(t, w.writes())
}

func TestDueDatesShiftedByAYear(t *testing.T) {
	w := newWorld(t, agencyRopo)
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
	w := newWorld(t, agencyRopo)
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
			err := nightOf(t.Context(), &twin, &w.out)
			require.ErrorIs(t, err, sqlstore.ErrMaybeCopy)
			assert.Equal(t, 1, w.writes())
		})
	}
}

func TestPayouts(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.srv.Debtor().PayAgency(w.claim(id).ID, "60.00")
	w.bank("2026-11-03")
	w.mustNight("2026-11-04")
	w.bank("2026-11-04", "L1,60.00,ROPO CAPITAL OY,1001", "L2,60.00,A new name of theirs,1001")
	w.mustNight("2026-11-05")
	assert.Empty(t, w.srv.RequestsTo("Assignments.AddEvent"))
	assert.Equal(t, "40.00", w.claim(id).OpenAmount)
	assert.Contains(t, w.work(), "not_the_debtor", "what may be a payout is a person's")
	assert.Zero(t, w.account("clearing"), "the payout against the agency's payment")
}

func TestLineOfThreeInvoicesOfTwoCompanies(t *testing.T) {
	w := newWorld(t, agencyRopo)
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
	assert.Contains(t, w.work(), "no_invoice")
}

// TestPaymentAroundTransfer: whenever it comes, a payment of 30.00 lowers the claim once.
func TestPaymentAroundTransfer(t *testing.T) {
	for name, c := range map[string]struct {
		total string // that was transferred
		play  func(w *world, id string)
	}{
		"before it is built": {"70.00", func(w *world, id string) {
			w.pay(id)
			w.mustNight("2026-11-03")
		}},
		"between build and POST": {"70.00", func(w *world, id string) {
			asked := false
			w.client.Transport = transport{next: w.client.Transport, before: func(r *http.Request) {
				if !asked && strings.HasSuffix(r.URL.Path, "/assignment") {
					asked = true
					w.pay(id)
				}
			}}
			w.mustNight("2026-11-03")
			require.True(w.t, asked)
			require.Zero(w.t, w.writes(), "the books say something else now")
		}},
		"during a lost answer": {"100.00", func(w *world, id string) {
			w.srv.Inject(maventatest.DropAfterCommit().On("Invoices.TransferToRopo"))
			w.mustNight("2026-11-03")
			w.pay(id)
		}},
		"after": {"100.00", func(w *world, id string) {
			w.mustNight("2026-11-03")
			w.pay(id)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, agencyRopo)
			id := w.sell(0, "1001", "2026-10-20")
			c.play(w, id)
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
	w := newWorld(t, agencyRopo)
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
	w.job.Now = w.job.Now.AddDate(1, 0, 0) // and if the day alone is wrong
	w.sell(0, "1003", "2026-10-20")
	require.NoError(t, nightOf(t.Context(), &w.job, &w.out))
	assert.Equal(t, 3, w.writes(), "payments are not known that far")
}

func TestEventYearsLater(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.srv.Agency().Close(w.claim(id).ID)
	w.mustNight("2026-11-04")
	require.Equal(t, []string{"closed_unpaid"}, w.work())
	w.srv.Clock().AdvanceDays(3 * 365)
	w.srv.Debtor().PayAgency(w.claim(id).ID, "25.00")
	w.mustNight("2029-11-05")
	assert.Contains(t, w.work(), "after_close")
}

func TestPauseAndDryRun(t *testing.T) {
	w := newWorld(t, agencyRopo)
	w.sell(0, "1001", "2026-10-20")
	w.job.DryRun = true
	require.NoError(t, w.night("2026-11-03"))
	assert.Contains(t, w.out.String(), "invoice 1001: transfer would be sent")
	assert.Zero(t, w.writes())
	assert.Empty(t, w.work(), "the copy is gone")
	w.job.DryRun = false
	w.switchTo(func(s *sqlstore.Store) error { return s.Pause(t.Context(), "Maija", "a bad import") })
	w.mustNight("2026-11-03")
	assert.Zero(t, w.writes())
	assert.Equal(t, []string{"paused"}, w.work())
	w.switchTo(func(s *sqlstore.Store) error { return s.Resume(t.Context(), "Maija", "it is right now") })
	w.mustNight("2026-11-03")
	assert.Equal(t, 1, w.writes())
}

func (w *world) switchTo(do func(s *sqlstore.Store) error) {
	w.t.Helper()
	j := w.job
	require.NoError(w.t, j.with(w.t.Context(), func(e *erp) error { return do(e.store) }))
}

// An old invoice is uploaded with PreventRouting, or the customer gets it once more.
func TestUpload(t *testing.T) {
	w := newWorld(t, agencyRopo)
	co := w.srv.Company()
	c, err := maventa.NewClient(w.job.Environment.Environment, co.Credentials(), maventa.WithHTTPClient(&w.client))
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

// The verdict of the demonstration is not always good.
func TestArrivedOnce(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.bank("2026-11-03", "L1,30.00,Keksitty Oy,1001", "L2,30.00,Keksitty Oy,1001")
	w.mustNight("2026-11-04")
	for _, isOnce := range []bool{true, false} {
		a := w.claim(id)
		w.books(func(e *erp) error {
			got, err := e.arrivedOnce(t.Context(), &a)
			assert.Equal(t, isOnce, got)
			return err
		})
		w.exec("DELETE FROM payments WHERE line = 'L2'")
	}
}

// TestDemonstration: the month ends with equal balances, but where nobody can know.
func TestDemonstration(t *testing.T) {
	if testing.Short() {
		t.Skip("a month of processes")
	}
	var out bytes.Buffer
	require.NoError(t, demonstrate(t.Context(), &out), out.String())
	assert.Contains(t, out.String(), "2026-11-13 night: invoice 1000: payment is done", "in the night that was killed and run again")
	assert.Regexp(t, "^November 2026, on a Maventa of its own: company .* with ropo and company .* with amili; each has sent 4 invoices", out.String())
	assert.Contains(t, out.String(), "Both sides agree wherever they can be compared; each payment arrived once; items that wait for a person: 1.\n")
	assert.Contains(t, out.String(), "Is the delivery complete?")
	_, end, _ := strings.Cut(out.String(), "The month is over")
	assert.Contains(t, end, "invoice 1000:  40.00 here, not comparable there")
	equal := regexp.MustCompile(`invoice \d+: +(\S+) here, +(\S+) there`).FindAllStringSubmatch(end, -1)
	assert.Len(t, equal, 6, out.String())
	for _, b := range equal {
		assert.Equal(t, b[1], b[2], b[0])
	}
	assert.NotContains(t, out.String(), "balances_differ")
}
