package ledger_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// TestHandoverThreeAttempts: then a person says so, for one attempt each time.
func TestHandoverThreeAttempts(t *testing.T) {
	bodies := []string{"A1", "A2", "A3", "A4", "A5"}
	entry := func(i int) ledger.TransferEntry {
		e := ropoEntry()
		e.Ropo.AssignmentSummary = bodies[i]
		return e
	}
	t.Run("refused", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t)
			d.answer = ct.Reply{Status: 422, Body: `{"code":"invalid_parameters"}`}
			var h *ledger.Handover
			for i := range ledger.MaxAttempts {
				h, _ = d.stands(t, entry(i), maventa.TransferRefused, i+1)
				time.Sleep(time.Minute)
			}
			_, err := d.stands(t, entry(3), maventa.TransferStalled, 3)
			require.ErrorIs(t, err, maventa.ErrTransferStalled)
			again := entry(3)
			again.Again = h.Attempt.Add(-time.Minute) // the second one
			_, err = d.stands(t, again, maventa.TransferStalled, 3)
			require.ErrorIs(t, err, maventa.ErrTransferStalled)
			again.Again = h.Attempt
			_, err = d.stands(t, again, maventa.TransferRefused, 4)
			require.ErrorIs(t, err, maventa.ErrValidation)
			last := entry(4)
			last.Again = again.Again
			_, err = d.stands(t, last, maventa.TransferStalled, 4)
			require.ErrorIs(t, err, maventa.ErrTransferStalled, "one word, one attempt")
		})
	})
	t.Run("lost", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t)
			d.answer = dropped
			for i := range ledger.MaxAttempts {
				_, err := d.stands(t, ropoEntry(), maventa.TransferInDoubt, i+1)
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				time.Sleep(time.Hour)
			}
			h, err := d.stands(t, ropoEntry(), maventa.TransferStalled, 3)
			require.ErrorIs(t, err, maventa.ErrTransferStalled)
			again := ropoEntry()
			again.Again = h.Attempt.Truncate(time.Second)
			d.answer = accepted
			_, err = d.stands(t, again, maventa.TransferHandedOver, 4)
			require.NoError(t, err)
		})
	})
	t.Run("access and moment do not count", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t)
			d.Ledger = ledger.New(d.Client, d.journal, ledger.With(maventa.WithRetry(maventa.NoRetry)))
			d.answer = ct.Reply{Status: 403, Body: `{"code":"forbidden"}`}
			for i := range 5 {
				h, err := d.stands(t, ropoEntry(), "", i+1)
				require.ErrorIs(t, err, maventa.ErrForbidden)
				assert.Zero(t, h.Attempts)
			}
			d.answer = accepted
			h, err := d.stands(t, ropoEntry(), maventa.TransferHandedOver, 6)
			require.NoError(t, err)
			assert.Equal(t, 1, h.Attempts)
		})
	})
}

// TestHandoverAgain: the same contents, once more.
func TestHandoverAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.answer = ct.Reply{Status: 202, Body: refusedNow.Body}
		first, err := d.stands(t, ropoEntry(), maventa.TransferRefused, 1)
		require.ErrorIs(t, err, maventa.ErrTransferFailed)
		time.Sleep(1500 * time.Millisecond)
		entry := ropoEntry()
		entry.Again = first.Attempt.Add(time.Second)
		_, err = d.stands(t, entry, maventa.TransferRefused, 1)
		require.ErrorIs(t, err, maventa.ErrTransferFailed, "of no attempt")
		entry.Again = first.Attempt
		second, _ := d.stands(t, entry, maventa.TransferRefused, 2)
		_, _ = d.stands(t, entry, maventa.TransferRefused, 2)
		entry.Again = second.Attempt
		d.answer = accepted
		_, err = d.stands(t, entry, maventa.TransferHandedOver, 3)
		require.NoError(t, err)
		d.v2 = pendingNow
		_, err = d.stands(t, entry, maventa.TransferHandedOver, 3)
		require.NoError(t, err)
	})
}

// TestHandoverSecondCase: a closed case may be transferred once more, nothing else.
func TestHandoverSecondCase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t, withWire(t))
		srv.Company().Activate(maventatest.Ropo)
		invoice, body, journal := srv.AddInvoice(overdue(srv)), ropoTransfer(), ledger.NewMemory()
		l := ledger.New(srv.Client(t), journal)
		run := func(number int, key string) (*ledger.Handover, error) {
			h, err := l.EnsureTransfer(t.Context(), invoice, ledger.TransferEntry{Key: key, Ropo: &body, Case: number})
			time.Sleep(time.Minute)
			return h, err
		}
		_, err := run(2, "c")
		require.ErrorIs(t, err, maventa.ErrValidation, "there is no first case")
		for range 2 {
			_, err = run(1, "c")
			require.NoError(t, err)
		}
		first, err := run(0, "c")
		require.NoError(t, err)
		require.Equal(t, maventa.TransferInCollection, first.State)
		_, err = run(2, "c")
		require.ErrorIs(t, err, maventa.ErrValidation, "the first case is open")
		require.ErrorContains(t, err, "is not closed")
		require.Equal(t, 1, srv.Count("Invoices.TransferToRopo"))

		srv.Agency().Close(first.AssignmentID)
		for _, number := range []int{-1, 3} {
			_, err = run(number, "c")
			require.ErrorIs(t, err, maventa.ErrValidation, "case %d", number)
		}
		_, err = run(2, "another key")
		require.ErrorIs(t, err, maventa.ErrValidation)
		again, err := run(1, "c")
		require.NoError(t, err)
		assert.Equal(t, first.AssignmentID, again.AssignmentID)
		require.Equal(t, 1, srv.Count("Invoices.TransferToRopo"))
		_, _ = run(2, "c")
		assert.Equal(t, 2, srv.Count("Invoices.TransferToRopo"))
	})
}

// TestHandoverSecondCaseStates: its answer is lost, and what the service shows is
// still the first case, and then not.
func TestHandoverSecondCaseStates(t *testing.T) {
	at := func(id string) ct.Reply {
		return ct.Reply{Status: 200, Body: `{"status":"sent","url":"` + ct.Receivables + `/v1/assignments/` + id + `"}`}
	}
	list := func(more string) ct.Reply {
		return ct.Reply{Status: 200, Body: `[{"id":"as-1","invoice_id":"I1","status":"closed"}` + more + `]`}
	}
	const second = `,{"id":"as-2","invoice_id":"I1","status":"open"}`
	start := func(t *testing.T, status ct.Reply) (*desk, ledger.TransferEntry) {
		t.Helper()
		d := newDesk(t)
		for _, id := range []string{"as-1", "as-2"} {
			state := map[string]string{"as-1": "closed", "as-2": "open"}[id]
			d.OnFunc("GET", ct.Receivables+"/v1/assignments/"+id, func(*http.Request) ct.Reply {
				return ct.Reply{Status: 200, Body: `{"id":"` + id + `","invoice_id":"I1","status":"` + state + `"}`}
			})
		}
		d.assignments(list(""))
		d.first(t)
		d.v2 = status
		h, err := d.stands(t, ropoEntry(), maventa.TransferInCollection, 1)
		require.NoError(t, err)
		require.Equal(t, "as-1", h.AssignmentID)
		e := ropoEntry()
		e.Case = 2
		return d, e
	}
	for name, status := range map[string]ct.Reply{"with the address": at("as-1"), "without it": sentNow} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, e := start(t, status)
				d.answer = dropped
				_, err := d.stands(t, e, maventa.TransferInDoubt, 2)
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				_, err = d.stands(t, e, maventa.TransferInDoubt, 2)
				require.ErrorIs(t, err, ledger.ErrUnsettled)
				time.Sleep(time.Hour)
				_, err = d.stands(t, e, maventa.TransferInDoubt, 2)
				require.ErrorIs(t, err, ledger.ErrUndecided)
				require.ErrorContains(t, err, "still that of the case before")
				if d.assignments(list(second)); status.Body == at("as-1").Body {
					d.v2 = at("as-2")
				}
				h, err := d.stands(t, e, maventa.TransferInCollection, 2)
				require.NoError(t, err)
				assert.Equal(t, "as-2", h.AssignmentID)
				h, err = d.stands(t, ropoEntry(), maventa.TransferInCollection, 2)
				require.NoError(t, err)
				assert.Equal(t, "as-1", h.AssignmentID)
			})
			synctest.Test(t, func(t *testing.T) { // accepted, pending, refused later
				d, e := start(t, status)
				_, err := d.stands(t, e, maventa.TransferHandedOver, 2)
				require.NoError(t, err)
				_, err = d.stands(t, e, maventa.TransferHandedOver, 2)
				require.NoError(t, err, "the status lags")
				d.v2 = stalledNow
				_, err = d.stands(t, e, maventa.TransferStalled, 2)
				require.ErrorIs(t, err, maventa.ErrTransferStalled)
				d.v2 = refusedNow
				_, err = d.stands(t, e, maventa.TransferRefused, 2)
				require.ErrorIs(t, err, maventa.ErrTransferFailed)
			})
		})
	}
}

// TestHandoverCrash: the process ends between the request and the end of its entry.
// A rival finds out, and sends nothing.
func TestHandoverCrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		journal := d.journal
		d.Ledger = ledger.New(d.Client, &shaky{Journal: journal, fails: "End"})
		h, err := d.stands(t, ropoEntry(), maventa.TransferHandedOver, 1)
		require.ErrorIs(t, err, ledger.ErrJournal)
		assert.Equal(t, maventa.OutcomeApplied, asFailure(err).Outcome)
		rival := ledger.New(d.Client, journal)
		d.Ledger = rival
		later, err := d.stands(t, corrected(), maventa.TransferInDoubt, 1)
		require.ErrorIs(t, err, ledger.ErrUnsettled)
		assert.True(t, later.BodyDiffers)
		assert.Equal(t, h.Attempt, later.Attempt)
		d.v2 = pendingNow
		_, err = d.stands(t, corrected(), maventa.TransferHandedOver, 1)
		require.NoError(t, err)
		other := ropoEntry()
		other.Key = "collect/2"
		_, err = d.stands(t, other, "", 1)
		require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
	})
}
