package ledger

import (
	"context"
	"errors"

	"github.com/maventa-go/maventa"
)

// Recover settles the open records of the client's company in the journal, as a
// run after a crash should begin with, and returns those that stay open: run it
// again after the settle time, or let a person look. Transfers stay open until
// [Ledger.EnsureTransfer] is called for them again.
func (l *Ledger) Recover(ctx context.Context) ([]Record, error) {
	if err := l.problem(); err != nil { // what stands open is not known
		k := &keyed{Ledger: l, operation: addEvent, key: l.keyOf("-"), says: unreadable}
		return nil, k.exit(ctx, l.fail("Recover", "", err))
	}
	company := l.keyOf("")
	pending, err := l.journal.Pending(ctx, company.Environment, company.CompanyID)
	if err != nil {
		return nil, (&keyed{}).exit(ctx, l.fail(addEvent, "", l.journalFailure(err, maventa.OutcomeUnknown)))
	}
	var open []Record
	for _, record := range pending {
		if record.AssignmentID == "" {
			open = append(open, record)
			continue
		}
		switch err := l.settleRecord(ctx, record); {
		case err == nil:
		case ctx.Err() != nil: // it says nothing about the record
			return nil, err
		case errors.Is(err, ErrUnsettled), errors.Is(err, ErrUndecided), errors.Is(err, ErrPossibleDuplicate):
			open = append(open, record)
		default:
			return nil, err
		}
	}
	return open, nil
}

// settleRecord finds out about one open record.
func (l *Ledger) settleRecord(ctx context.Context, record Record) error {
	e := &event{
		keyed:        &keyed{Ledger: l, operation: addEvent, key: record.JournalKey, says: holdsOpen},
		assignmentID: record.AssignmentID, invoiceID: record.InvoiceID,
	}
	leave, err := l.enter(ctx, record.AssignmentID)
	if err != nil {
		return e.exit(ctx, e.fail(&maventa.Error{Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent, Err: err}))
	}
	defer leave()
	_, err = e.conclude(ctx, record, recorded(record))
	return e.exit(ctx, err)
}
