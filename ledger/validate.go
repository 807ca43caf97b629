package ledger

import (
	"context"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
)

// Validate returns what [Ledger.EnsureEvent] would refuse in the entry itself, if it was
// reported at a time: an error that matches [maventa.ErrValidation] and names the
// fields. Who stores entries to report them later asks before. It needs no client.
func (e *Entry) Validate(at time.Time, opts ...maventa.CallOption) error {
	problems := []*maventa.Error{keyProblem(e.Key), asError(e.Event.Validate(opts...)), e.dayProblem(at)}
	if e.isBankPayment() {
		problems = append(problems, e.Bank.idProblem())
	}
	var all *maventa.Error
	for _, problem := range problems {
		switch {
		case problem == nil:
		case all == nil:
			all = problem
		default:
			all.Fields = append(all.Fields, problem.Fields...)
		}
	}
	if all == nil {
		return nil
	}
	all.Operation = "Entry.Validate"
	return all
}

// isBankPayment reports whether the entry is a payment that stands on a bank line.
func (e *Entry) isBankPayment() bool { return e.Bank != nil && e.Event.Type == maventa.EventPaid }

// dayProblem refuses a payment of the future: somewhere it is tomorrow already.
func (e *Entry) dayProblem(at time.Time) *maventa.Error {
	tomorrow := maventa.DateOf(at.UTC()).AddDays(1)
	if e.Event.Type != maventa.EventPaid || !e.Event.Date.After(tomorrow) {
		return nil
	}
	return refused("date", e.Event.Date.String()+" is after tomorrow, "+tomorrow.String()+" in UTC: no payment is known that far ahead")
}

// plausible refuses what the agency would book as it stands, but nobody can mean: a
// payment of the future, an amount in another currency. What was sent before is not
// asked again.
func (e *event) plausible(ctx context.Context) error {
	if problem := e.entry.dayProblem(e.clock()); problem != nil {
		return e.fail(problem)
	}
	if e.entry.Currency == "" {
		return nil
	}
	if e.assignment == nil {
		a, err := e.c.Assignments.Get(ctx, e.assignmentID)
		if err != nil {
			return e.fail(readFailed(err))
		}
		e.assignment = a
	}
	if is := e.assignment.Currency; is != "" && !strings.EqualFold(is, strings.TrimSpace(e.entry.Currency)) {
		return e.fail(refused("currency", "is "+quoteCut(e.entry.Currency, 8)+", the assignment's "+quoteCut(is, 8)))
	}
	return nil
}
