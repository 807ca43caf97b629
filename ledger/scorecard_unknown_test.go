package ledger_test

import (
	"errors"
	"fmt"
	"strings"
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

// TestUnknownIsSettled lists every fault of the matrix that leaves a report or a
// transfer unknown, and what running it again comes to after the settle time:
// nothing stays unknown, but for a network that delivers twice.
func TestUnknownIsSettled(t *testing.T) {
	var table strings.Builder
	unknown := 0
	for _, fault := range ct.MatrixFaults(2 * time.Second) {
		results := map[string]string{}
		for what, run := range map[string]func(*testing.T, ct.MatrixFault) string{"event": settleEvent, "transfer": settleTransfer} {
			synctest.Test(t, func(t *testing.T) { results[what] = run(t, fault) })
			if results[what] != clearAtOnce {
				unknown++
			}
			if strings.HasPrefix(results[what], "NOT") && !fault.Network {
				t.Errorf("%s (%s), %s: %s", fault.ID, fault.What, what, results[what])
			}
		}
		fmt.Fprintf(&table, "\n%s  %-64s %-34s %s", fault.ID, fault.What, results["event"], results["transfer"])
	}
	t.Logf("%d times unknown at first; event, then transfer:%s", unknown, &table)
	assert.Greater(t, unknown, 60)
}

const clearAtOnce = "clear at once"

// again runs a call under a fault, and again after the settle time. requests and
// effects count what arrived and what was done.
func again(t *testing.T, l *books, op string, fault ct.MatrixFault, call func() error, requests, effects func() int) string {
	t.Helper()
	_, err := l.c.Assignments.Overview(t.Context())
	require.NoError(t, err)
	time.Sleep(time.Minute)
	if fault.Fault.String() == "" {
		l.c.CloseIdleConnections()
		l.srv.RefuseConnections(1)
	} else {
		l.srv.Inject(fault.Fault.On(op))
	}
	if err := call(); !isUnknown(err) {
		return clearAtOnce
	}
	before := requests()
	time.Sleep(20 * time.Minute)
	err = call()
	failed := asFailure(err)
	switch n := effects(); {
	case err == nil && n == 1 && requests() == before:
		return "it was there"
	case err == nil && n == 1:
		return "it was not there: sent again"
	case failed != nil && failed.Outcome == maventa.OutcomeRejected && n == 0:
		return "it was not there: refused"
	case errors.Is(err, ledger.ErrPossibleDuplicate) && n > 1:
		return fmt.Sprintf("NOT: %d are there, a person decides", n)
	default:
		return fmt.Sprintf("NOT: done %d times, %v", n, err)
	}
}

func settleEvent(t *testing.T, fault ct.MatrixFault) string {
	t.Helper()
	l := newBooks(t)
	call := func() error { return onlyErr(l.ensure(payment("bank-1", "40.00"))) }
	return again(t, l, "Assignments.AddEvent", fault, call, l.posts, func() int { return sentPayments(l.srv, l.id) })
}

func settleTransfer(t *testing.T, fault ct.MatrixFault) string {
	t.Helper()
	l := newBooks(t, maventatest.WithLags(maventatest.Lags{Transfer: time.Minute}))
	l.srv.Company().Activate(maventatest.Ropo)
	invoice := l.srv.AddInvoice(overdue(l.srv))
	call := func() error { return onlyErr(l.EnsureTransfer(t.Context(), invoice, ropoEntry())) }
	requests := func() int { return l.srv.Count("Invoices.TransferToRopo") }
	return again(t, l, "Invoices.TransferToRopo", fault, call, requests, func() int { return transfersOf(l.srv, invoice) })
}
