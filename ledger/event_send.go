package ledger

import (
	"context"
	"slices"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
)

// newRecord is the journal's record of an event that is about to be sent.
func (e *event) newRecord(view *assignmentView) Record {
	event := want{NewEvent: &e.entry.Event}
	record := Record{
		JournalKey: e.key, Operation: addEvent, InvoiceID: e.invoiceID, AssignmentID: e.assignmentID,
		Digest: e.digest, Baseline: view.ids(), BegunAt: view.begun,
	}
	// What Extra overrides is not what is sent.
	if !event.overridden("type") {
		record.EventType = event.Type
	}
	if !event.overridden("amount") {
		record.Amount = event.Amount
	}
	if !event.overridden("date") {
		record.Date = event.Date
	}
	return record
}

// send makes the one call that adds the event. Its record is in the journal.
func (e *event) send(ctx context.Context, record Record) (*Ensured, error) {
	sending, cancel, inTime := e.sendBefore(ctx, record.BegunAt)
	defer cancel()
	if !inTime {
		if err := e.end(ctx, record, maventa.OutcomeNotSent, nil); err != nil {
			return nil, e.fail(err)
		}
		return nil, e.unsettled(soon)
	}
	if held := e.guards.last(ctx, e.outgoing()); held != nil {
		if err := e.end(ctx, record, maventa.OutcomeNotSent, nil); err != nil {
			return nil, e.fail(err)
		}
		return nil, e.fail(held)
	}
	var meta maventa.Response
	added, err := e.c.Assignments.AddEvent(sending, e.assignmentID, e.entry.Event, append(slices.Clone(e.opts), maventa.WithResponse(&meta))...)
	record.Request = meta.RequestID
	if err == nil {
		return e.applied(ctx, record, call.CanonicalID(added.ID))
	}
	failed := ownError(err)
	switch record.Request = failed.RequestID; failed.Outcome {
	case maventa.OutcomeApplied:
		return e.applied(ctx, record, "")
	case maventa.OutcomeUnknown:
		return nil, e.keepOpen(ctx, record, failed)
	case maventa.OutcomeNotSent, maventa.OutcomeRejected:
	}
	if err := e.end(ctx, record, failed.Outcome, failed); err != nil {
		return nil, e.fail(err)
	}
	return nil, failed
}

// applied ends a record that took effect.
func (e *event) applied(ctx context.Context, record Record, eventID string) (*Ensured, error) {
	if record.EventID = eventID; eventID == "" {
		record.EventID = e.locate(ctx, record)
	}
	if err := e.end(ctx, record, maventa.OutcomeApplied, nil); err != nil {
		return nil, e.fail(err)
	}
	return e.ensured(record.EventID, true), nil
}

// locate looks for the event that was just added and whose id the answer did
// not have. It may not be listed yet: then the id stays empty.
func (e *event) locate(ctx context.Context, record Record) string {
	view, err := e.view(ctx)
	if err != nil {
		return ""
	}
	id, _ := view.suspects(want{NewEvent: &e.entry.Event}, record.Baseline, e.key).present()
	return id
}

// adopt ends a record with the event that the caller says is its own.
func (e *event) adopt(ctx context.Context, record Record) (Record, error) {
	record.EventID = e.entry.Adopt
	if err := e.end(ctx, record, maventa.OutcomeApplied, nil); err != nil {
		return record, e.fail(err)
	}
	record.EndedAt, record.Outcome = now(), maventa.OutcomeApplied
	return record, nil
}

// adoptable checks that the event to adopt is there and no other record's.
func (e *event) adoptable(view *assignmentView) error {
	problem := ""
	switch {
	case slices.Contains(e.entry.NotMine, e.entry.Adopt):
		problem = "is among the events of NotMine, too"
	case !slices.Contains(view.ids(), e.entry.Adopt):
		problem = "names no event of the assignment"
	}
	for _, other := range view.records {
		if other.JournalKey != e.key && other.Done() && other.EventID == e.entry.Adopt {
			problem = "is the event of another journal entry, " + quoteCut(other.Key, 64)
		}
	}
	if problem == "" {
		return nil
	}
	return e.fail(&maventa.Error{
		Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent, Fields: []maventa.FieldProblem{{Field: "adopt", Problem: problem}},
	})
}
