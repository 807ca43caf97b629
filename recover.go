package maventa

import (
	"context"
	"errors"

	"github.com/maventa-go/maventa/internal/operation"
)

// Recover settles the open entries of the client's company in the journal, as a
// run after a crash should begin with, and returns those that stay open: run it
// again after the settle time, or let a person look. Transfers stay open until
// [InvoiceService.EnsureTransfer] is called for them again.
func (c *Client) Recover(ctx context.Context, opts ...CallOption) ([]JournalEntry, error) {
	if err := c.journalProblem("-"); err != nil {
		err.Operation = "Recover"
		return nil, err
	}
	cfg, err := c.root.callConfig(opts)
	if err != nil {
		err.Operation = "Recover"
		return nil, err
	}
	pending, jErr := c.root.journal.Pending(ctx, c.root.environment.Name, c.company)
	if jErr != nil {
		return nil, c.fail(&request{op: operation.AssignmentsAddEvent}, journalFailure(c, jErr, OutcomeNotSent))
	}
	var open []JournalEntry
	for _, entry := range pending {
		e := &ensuring{
			s: c.Assignments, op: operation.AssignmentsAddEvent.Op(), journal: c.root.journal, settle: cfg.settle,
			key: entry.JournalKey, assignmentID: entry.AssignmentID, invoiceID: entry.InvoiceID,
		}
		if entry.AssignmentID == "" {
			open = append(open, entry)
			continue
		}
		leave, err := c.root.gates.enter(ctx, c.company+"/"+entry.AssignmentID)
		if err != nil {
			return nil, e.fail(&Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Err: err})
		}
		_, err = e.find(ctx, entry, entryEvent(entry))
		leave()
		switch {
		case err == nil:
		case errors.Is(err, ErrUnsettled), errors.Is(err, ErrPossibleDuplicate):
			open = append(open, entry)
		default:
			return nil, err
		}
	}
	return open, nil
}
