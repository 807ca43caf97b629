package main

import (
	"context"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// EventAdder is all that ReportBankPayments needs of the SDK. An interface of
// one's own, as small as this, is stubbed in a few lines, and the Assignments of
// every *maventa.Client satisfies it.
type EventAdder interface {
	AddEvent(ctx context.Context, assignmentID string, event maventa.NewEvent, opts ...maventa.CallOption) (*maventa.Event, error)
}

var _ EventAdder = maventa.AssignmentService{}

// PaymentState is how far the report of a payment is.
type PaymentState string

// States of a payment. Only New ones are reported.
const (
	New      PaymentState = "new"
	Reported PaymentState = "reported" // the agency knows
	Refused  PaymentState = "refused"  // wrong, and not reported: a person fixes it
	Unclear  PaymentState = "unclear"  // perhaps reported: a person looks at the assignment
	Payout   PaymentState = "payout"   // the agency's own money: never reported
)

// BankPayment is a line of the bank statement that was matched with an
// assignment.
type BankPayment struct {
	AssignmentID string
	Payer        string
	Amount       maventa.Amount
	Date         maventa.Date
	State        PaymentState
}

// ReportBankPayments tells the agencies about payments that reached our own
// account. It reports each at most once and may be run again: what is still New
// then is what certainly was not reported. The error is about the first payment
// that could not be sent at all; what comes after it was not tried.
func ReportBankPayments(ctx context.Context, assignments EventAdder, payments []BankPayment) error {
	for i := range payments {
		p := &payments[i]
		switch {
		case p.State != New:
			continue
		case (&ledger.BankLine{Payer: p.Payer}).IsPayout():
			// Reported as the debtor's it would lower the balance a second time.
			p.State = Payout
			continue
		}
		// Save this state before the call: a program that dies in the middle of
		// it must not find the payment New.
		p.State = Unclear
		_, err := assignments.AddEvent(ctx, p.AssignmentID, maventa.DirectPayment(p.Amount, p.Date))
		p.State = stateAfter(err)
		if p.State == New {
			return err // nothing was sent: no use in trying the others now
		}
	}
	return nil
}

// stateAfter is what the end of a call says about the payment.
func stateAfter(err error) PaymentState {
	switch maventa.Advise(err).Action {
	case maventa.ActionDone: // also if only the answer was lost
		return Reported
	case maventa.ActionRetry, maventa.ActionFixSetup:
		return New // nothing was done, and nothing is wrong with the payment
	case maventa.ActionFixInput:
		return Refused // and would be the next time
	default:
		return Unclear // it may have arrived: no program may send it again
	}
}
