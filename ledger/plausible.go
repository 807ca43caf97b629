package ledger

import (
	"context"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
)

// PaymentDayProblem says what is wrong with the date of a payment that is reported at
// some time, "" if nothing: it is not after tomorrow, in UTC. [Ledger.EnsureEvent] refuses
// it with this text; who stores entries to report them later asks before.
func PaymentDayProblem(day maventa.Date, at time.Time) string {
	tomorrow := maventa.DateOf(at.UTC()).AddDays(1)
	if !day.After(tomorrow) {
		return ""
	}
	return day.String() + " is after tomorrow, " + tomorrow.String() + " in UTC: no payment is known that far ahead"
}

// plausible refuses what the agency would book as it stands, but nobody can mean: a
// payment of the future, an amount in another currency. What was sent before is not
// asked again.
func (e *event) plausible(ctx context.Context) error {
	if problem := PaymentDayProblem(e.entry.Event.Date, e.clock()); e.entry.Event.Type == maventa.EventPaid && problem != "" {
		return e.fail(refused("date", problem))
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
