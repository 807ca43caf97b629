package main

import (
	"context"
	"errors"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// payment is one line of the bank statement that the debtor paid to our account.
type payment struct {
	archiveID string // the bank's own, never used again
	invoiceID string // Maventa's id of the invoice that it pays, not its number
	amount    maventa.Amount
	date      maventa.Date
}

// verdict is what a ledger notes about a payment that was to be reported.
type verdict string

const (
	reported verdict = "reported: never report it again"
	later    verdict = "not settled: run again later, with the same key"
	refused  verdict = "refused: fix it first"
	unclear  verdict = "unclear: a person looks at the assignment first"
)

// report tells the agency about one payment to our own account, exactly once: however
// often it is called with the same bank line, also after a lost answer or a crash.
//
// An agency's payout is not a payment by the debtor: never report it.
func report(ctx context.Context, l *ledger.Ledger, assignmentID string, p payment) (verdict, error) {
	line := ledger.BankLine{ID: p.archiveID, Amount: p.amount}
	_, err := l.EnsureEvent(ctx, assignmentID, ledger.Entry{
		Key:   line.Key(p.invoiceID, 1), // 1: the part of the line that pays this invoice
		Event: maventa.DirectPayment(p.amount, p.date),
	})
	switch maventa.Advise(err).Action {
	case maventa.ActionDone:
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
