package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/maventatest"
)

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

func TestPauseAndDryRun(t *testing.T) {
	w := newWorld(t, agencyRopo)
	w.sell(0, "1001", "2026-10-20")
	w.job.DryRun = true
	require.NoError(t, w.night("2026-11-03"))
	assert.Contains(t, w.out.String(), "invoice 1001: transfer would be sent")
	assert.Zero(t, w.writes())
	assert.Empty(t, w.work(), "the copy is gone")
	w.job.DryRun = false
	w.pause()
	w.mustNight("2026-11-03")
	assert.Zero(t, w.writes())
	assert.Equal(t, []string{"paused"}, w.work())
	w.resume()
	w.mustNight("2026-11-03")
	assert.Equal(t, 1, w.writes())
}

// A second night at the same time would give back what the first one works on.
func TestTwoNights(t *testing.T) {
	w := newWorld(t, agencyRopo)
	w.sell(0, "1001", "2026-10-20")
	var second error
	w.client.Transport = transport{next: w.client.Transport, before: func(*http.Request) {
		if second == nil {
			second = nightOf(t.Context(), &w.job, &w.out)
		}
	}}
	w.mustNight("2026-11-03")
	require.ErrorContains(t, second, "another night may be under way")
	assert.Equal(t, 1, w.writes())
	w.mustNight("2026-11-03")
}
