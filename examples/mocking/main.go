// Command mocking shows how to test code that uses the SDK. The code is
// ReportBankPayments, in payments.go; its tests are the example:
//
//   - maventatest_test.go runs it against a whole Maventa in memory, which
//     remembers what was done to it. Take this one for what matters: what became
//     of the money when an answer was lost.
//   - httpmock_test.go gives the client canned answers. Take it where one odd
//     answer is what you are after, or where httpmock is what your tests use.
//   - stub_test.go replaces the SDK behind an interface of one method. Take it
//     for logic of your own that no answer of Maventa changes.
//
// Run the tests, or the function itself on a Maventa of its own:
//
//	go test -v ./examples/mocking
//	go run ./examples/mocking
package main

import (
	"context"
	"errors"
	"log"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/maventatest"
)

func main() { setup.Main(demo, nil) }

// demo reports a day's bank statement: a debtor's payment, and a payout of the
// agency that must not be reported.
func demo(ctx context.Context, say *log.Logger) (err error) {
	srv, c, err := setup.Embedded()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	id := srv.Company().AddAssignment(maventatest.Amili, maventatest.Invoice{Total: "124.00"})
	srv.Debtor().PayCompany(id, "40.50")
	srv.Debtor().PayAgency(id, "60.00")
	srv.Agency().Settle()

	payments, err := statement(srv.Company().BankLines(), id)
	if err != nil {
		return err
	}
	if err := ReportBankPayments(ctx, c.Assignments, payments); err != nil {
		return err
	}
	for _, p := range payments {
		say.Printf("%s  %6s from %-14s %s", p.Date, p.Amount, p.Payer, p.State)
	}
	assignment, err := c.Assignments.Get(ctx, id)
	if err != nil {
		return err
	}
	open, _ := assignment.OpenAmount.Get()
	say.Printf("still open: %s", open)
	return nil
}

// statement reads the lines of a bank statement, all about one assignment.
func statement(lines []maventatest.BankLine, assignmentID string) ([]BankPayment, error) {
	var payments []BankPayment
	for _, line := range lines {
		amount, err := maventa.ParseAmount(line.Amount)
		if err != nil {
			return nil, err
		}
		date, err := maventa.ParseDate(line.Date)
		if err != nil {
			return nil, err
		}
		payments = append(payments, BankPayment{assignmentID, line.Payer, amount, date, New})
	}
	return payments, nil
}
