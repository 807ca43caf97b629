package main

import (
	"context"
	"errors"

	"github.com/maventa-go/maventa"
)

// verdict is what a ledger notes about a payment that was to be reported.
type verdict string

const (
	reported verdict = "reported: never report it again"
	later    verdict = "not sent: report it again later"
	refused  verdict = "refused: fix it first"
	unclear  verdict = "unclear: a person looks at the assignment first"
)

// report tells the agency about one payment to our own account.
//
// It calls once. The service has no protection against a second report, and one
// too many lowers the debtor's balance twice. For the same reason your ledger
// should say unclear before this call: a program that is killed in the middle of
// it must not find the payment unreported.
//
// An agency's payout is not a payment by the debtor: never report it.
//
// EnsureEvent of package ledger goes further: with a journal it finds out by itself,
// in a later run, what became of an unclear one.
func report(ctx context.Context, c *maventa.Client, assignmentID string, amount maventa.Amount, date maventa.Date) (verdict, error) {
	_, err := c.Assignments.AddEvent(ctx, assignmentID, maventa.DirectPayment(amount, date))
	switch maventa.Advise(err).Action {
	case maventa.ActionDone: // also if only the answer was lost
		return reported, nil
	case maventa.ActionRetry, maventa.ActionFixSetup: // nothing is wrong with the payment
		return later, err
	case maventa.ActionFixInput:
		return refused, err
	default:
		return unclear, err
	}
}

// reason is an error of report in a few words. The error's own text has more.
func reason(err error) string {
	failure, ok := errors.AsType[*maventa.Error](err)
	if !ok {
		return err.Error()
	}
	if len(failure.Fields) > 0 {
		return failure.Fields[0].Field + " " + failure.Fields[0].Problem
	}
	return "the outcome is " + failure.Outcome.String()
}
