package ledger

import (
	"context"
	"strings"

	"github.com/maventa-go/maventa"
)

// plausible refuses what the agency would book as it stands, but nobody can mean: a
// payment of the future, an amount in another currency. What was sent before is not
// asked again.
func (e *event) plausible(ctx context.Context) error {
	day := e.entry.Event.Date
	if tomorrow := maventa.DateOf(e.clock().UTC()).AddDays(1); e.entry.Event.Type == maventa.EventPaid && day.After(tomorrow) {
		return e.fail(refused("date", day.String()+" is after tomorrow, "+tomorrow.String()+" in UTC: no payment is known that far ahead"))
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
