package main

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

// First way: maventatest, a Maventa that remembers.

func TestWithMaventatest(t *testing.T) {
	srv := maventatest.NewServer(t)
	id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "124.00"})
	payments := []BankPayment{payment(id, "40.50"), payment(id, "83.50")}

	require.NoError(t, ReportBankPayments(t.Context(), newClient(t, srv).Assignments, payments))

	assert.Equal(t, []PaymentState{Reported, Reported}, states(payments))
	srv.AssertEvents(t, id, "sender paid 40.50", "sender paid 83.50", "agency close")
}

// Maventa books the payment, and the connection breaks before it can say so. The
// one right thing is to leave it to a person: running the function again must not
// send it again.
func TestLostAnswer(t *testing.T) {
	srv := maventatest.NewServer(t)
	srv.Inject(maventatest.DropAfterCommit().On("Assignments.AddEvent"))
	id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "124.00"})
	c := newClient(t, srv)
	payments := []BankPayment{payment(id, "40.50"), payment(id, "10.00")}

	for range 2 {
		require.NoError(t, ReportBankPayments(t.Context(), c.Assignments, payments))
		assert.Equal(t, []PaymentState{Unclear, Reported}, states(payments))
		srv.AssertExactlyOnce(t, id, "paid", "40.50")
		srv.AssertExactlyOnce(t, id, "paid", "10.00")
	}
	assert.Equal(t, 2, srv.Count("Assignments.AddEvent"), "requests for two payments")
	assert.Zero(t, srv.PendingFaults(), "the fault was met")
}

// Whatever goes wrong, no payment may be on the server twice, and what is New or
// Refused afterwards may not be there at all. In a synctest bubble a server that
// hangs for an hour takes no time.
func TestEveryFault(t *testing.T) {
	for _, fault := range maventatest.AllFaults(time.Hour) {
		if fault.String() == maventatest.DeliverTwice().String() {
			continue // something between us and Maventa doubles a request: no client can help it
		}
		t.Run(fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := maventatest.NewServer(t)
				srv.Inject(fault.On("Assignments.AddEvent"))
				id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "124.00"})
				payments := []BankPayment{payment(id, "40.50")}

				err := ReportBankPayments(t.Context(), newClient(t, srv).Assignments, payments)

				there := 0
				assignment, _ := srv.Assignment(id)
				for _, event := range assignment.Events {
					if event.Type == "paid" {
						there++
					}
				}
				switch payments[0].State {
				case Reported:
					assert.Equal(t, 1, there)
				case Unclear:
					assert.LessOrEqual(t, there, 1)
				default:
					assert.Zero(t, there, "%v, yet the payment is there", err)
				}
			})
		})
	}
}

// Nothing reaches Maventa: the payment stays New, and goes out the next time.
func TestNoConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the SDK tries three times, and waits in between
		srv := maventatest.NewServer(t)
		id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "124.00"})
		c := newClient(t, srv)
		payments := []BankPayment{payment(id, "40.50")}

		srv.RefuseConnections(100)
		err := ReportBankPayments(t.Context(), c.Assignments, payments)
		require.ErrorIs(t, err, maventa.ErrUnavailable)
		assert.Equal(t, []PaymentState{New}, states(payments))

		srv.RefuseConnections(0)
		time.Sleep(time.Minute)
		require.NoError(t, ReportBankPayments(t.Context(), c.Assignments, payments))
		assert.Equal(t, []PaymentState{Reported}, states(payments))
		srv.AssertExactlyOnce(t, id, "paid", "40.50")
	})
}

// An agency's payout lies on the same bank account, with the invoice's reference.
func TestPayoutIsNotReported(t *testing.T) {
	srv := maventatest.NewServer(t)
	id := srv.Company().AddAssignment(maventatest.Amili, maventatest.Invoice{Total: "124.00"})
	srv.Debtor().PayAgency(id, "24.00")
	srv.Agency().Settle()
	payments, err := statement(srv.Company().BankLines(), id)
	require.NoError(t, err)

	require.NoError(t, ReportBankPayments(t.Context(), newClient(t, srv).Assignments, payments))

	assert.Equal(t, []PaymentState{Payout}, states(payments))
	srv.AssertEvents(t, id, "agency paid 24.00")
}

// The client is the real one; only the addresses and the way there are the
// server's.
func newClient(t *testing.T, srv *maventatest.Server) *maventa.Client {
	t.Helper()
	c, err := maventa.NewClient(
		maventa.Environment{Name: "test", AutoXChangeURL: srv.AutoXChangeURL(), ReceivablesURL: srv.ReceivablesURL()},
		maventa.Credentials{
			CompanyID:    srv.CompanyID(),
			UserAPIKey:   maventa.Secret(srv.UserAPIKey()),
			VendorAPIKey: maventa.Secret(srv.VendorAPIKey()),
		},
		maventa.WithHTTPClient(srv.HTTPClient()),
	)
	require.NoError(t, err)
	return c
}

func payment(assignmentID, amount string) BankPayment {
	return BankPayment{
		AssignmentID: assignmentID,
		Payer:        "Velallinen Oy",
		Amount:       maventa.MustAmount(amount),
		Date:         maventa.MustDate("2026-11-02"),
		State:        New,
	}
}

func states(payments []BankPayment) []PaymentState {
	var list []PaymentState
	for _, p := range payments {
		list = append(list, p.State)
	}
	return list
}
