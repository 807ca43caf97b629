package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
)

// event is one EnsureEvent under way.
type event struct {
	*Ledger

	key          JournalKey
	assignmentID string
	invoiceID    string
	entry        Entry
	digest       string

	asked  bool   // the journal, before the assignment was known
	stored Record // what it said then
	found  bool
}

// prepare checks what can be checked without a request.
func (l *Ledger) prepare(assignmentID, invoiceID string, entry Entry) (*event, error) {
	entry.Adopt, entry.NotMine = call.CanonicalID(entry.Adopt), slices.Clone(entry.NotMine)
	for i, id := range entry.NotMine {
		entry.NotMine[i] = call.CanonicalID(id)
	}
	e := &event{Ledger: l, assignmentID: call.CanonicalID(assignmentID), invoiceID: call.CanonicalID(invoiceID), entry: entry}
	if problem := l.problem(entry.Key); problem != nil {
		return nil, e.fail(problem)
	}
	if err := entry.Event.Validate(l.opts...); err != nil {
		return nil, e.fail(ownError(err))
	}
	e.key = l.keyOf(entry.Key)
	body, err := json.Marshal(&entry.Event)
	if err == nil {
		e.digest, err = l.digestOf(addEvent, body)
	}
	if err != nil {
		return nil, e.fail(notWritable("event"))
	}
	return e, nil
}

// findAssignment asks the journal before it looks for the assignment of the
// invoice: most entries of a repeated run are done.
func (e *event) findAssignment(ctx context.Context) error {
	stored, found, err := e.journal.Find(ctx, e.key)
	if err != nil {
		return e.journalFailed(err, maventa.OutcomeNotSent)
	}
	e.asked, e.stored, e.found = true, stored, found
	if found && stored.InvoiceID == e.invoiceID && (stored.Open() || stored.Done()) {
		e.assignmentID = stored.AssignmentID
		return nil
	}
	a, err := e.c.Assignments.ForInvoice(ctx, e.invoiceID)
	switch {
	case err == nil:
		e.assignmentID = call.CanonicalID(a.ID)
	case errors.Is(err, maventa.ErrNotFound) && found && stored.Done() && stored.InvoiceID == "":
		e.assignmentID = stored.AssignmentID // it was given by its assignment then
	default:
		return err
	}
	return nil
}

// ensure is the whole of EnsureEvent. What is done needs no gate.
func (e *event) ensure(ctx context.Context) (*Ensured, error) {
	if e.found && e.stored.Done() {
		return e.fromRecord(ctx, e.stored)
	}
	leave, err := e.enter(ctx, e.assignmentID)
	if err != nil {
		return nil, e.fail(&maventa.Error{
			Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent, Err: err, Hint: "another event for this assignment is under way",
		})
	}
	defer leave()
	return e.run(ctx)
}

// run is ensure within the assignment's gate.
func (e *event) run(ctx context.Context) (*Ensured, error) {
	if !e.asked || e.found && e.stored.Open() { // who held the gate may have settled it
		var err error
		if e.stored, e.found, err = e.journal.Find(ctx, e.key); err != nil {
			return nil, e.journalFailed(err, maventa.OutcomeNotSent)
		}
	}
	if e.found {
		if done, err := e.fromRecord(ctx, e.stored); done != nil || err != nil {
			return done, err
		}
	}
	stored, claimed, err := e.claim(ctx)
	if err == nil && !claimed && stored.JournalKey != e.key {
		// Another key's event holds the assignment: a second look settles it.
		if stored, claimed, err = e.claim(ctx); err == nil && !claimed && stored.JournalKey != e.key {
			err = e.blocked(stored, e.unsettled(soon))
		}
	}
	switch {
	case err != nil:
		return nil, err
	case !claimed: // another process was faster; it sends, or has sent
		return e.elsewhere(ctx, stored)
	case e.entry.Adopt != "":
		return e.adopt(ctx, stored)
	}
	return e.send(ctx, stored)
}

// claim looks at the assignment and claims it together with the key, unless an
// event is there that may be this one. If it is not claimed, stored is the record
// that has the key or the assignment.
func (e *event) claim(ctx context.Context) (stored Record, claimed bool, err error) {
	view, err := e.view(ctx)
	if err != nil {
		return Record{}, false, err
	}
	if view, err = e.settleOthers(ctx, view); err != nil {
		return Record{}, false, err
	}
	if own := view.own(e.key); own != nil {
		return *own, false, nil
	}
	if e.entry.Adopt != "" {
		if err := e.adoptable(view); err != nil {
			return Record{}, false, err
		}
	} else {
		sure, maybe := view.unexplained(want{NewEvent: &e.entry.Event}, nil, e.key)
		if ids := without(append(sure, maybe...), e.entry.NotMine); len(ids) > 0 {
			return Record{}, false, e.duplicate(ids)
		}
	}
	stored, claimed, failure := e.begin(ctx, e.newRecord(view))
	if failure != nil {
		return Record{}, false, e.fail(failure)
	}
	return stored, claimed, nil
}

// elsewhere deals with the record of another process that works on this key.
func (e *event) elsewhere(ctx context.Context, stored Record) (*Ensured, error) {
	if done, err := e.fromRecord(ctx, stored); done != nil || err != nil {
		return done, err
	}
	return nil, e.unsettled(soon)
}

// fromRecord deals with the journal's record of an earlier attempt. Both results
// are nil when it ended without effect, so that the event may be sent (again).
func (e *event) fromRecord(ctx context.Context, stored Record) (*Ensured, error) {
	inUse := stored.Open() || stored.Done() // otherwise the key is free, and the event may have been corrected
	if inUse && (stored.Digest != e.digest || stored.AssignmentID != e.assignmentID) {
		return nil, e.fail(keyReused(e.entry.Key, "event or assignment"))
	}
	if stored.Open() && e.entry.Adopt != "" {
		if left := e.left(&stored); left > 0 && slices.Contains(stored.Baseline, e.entry.Adopt) {
			return nil, e.unsettled(left) // that event is not the attempt, which may still arrive
		}
		view, err := e.view(ctx)
		if err != nil {
			return nil, err
		}
		if err := e.adoptable(view); err != nil {
			return nil, err
		}
		return e.adopt(ctx, stored)
	}
	if stored.Open() {
		var err error
		if stored, err = e.find(ctx, stored, want{NewEvent: &e.entry.Event}); err != nil {
			return nil, err
		}
	}
	if !stored.Done() {
		return nil, nil //nolint:nilnil // unexported: "no effect, go on"
	}
	return e.ensured(stored.EventID, false), nil
}

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
		return nil, e.end(ctx, record, maventa.OutcomeNotSent, "", "", e.unsettled(soon))
	}
	var meta maventa.Response
	added, err := e.c.Assignments.AddEvent(sending, e.assignmentID, e.entry.Event, append(slices.Clone(e.opts), maventa.WithResponse(&meta))...)
	failed := asError(err)
	switch {
	case err == nil:
		return e.applied(ctx, record, call.CanonicalID(added.ID), meta.RequestID)
	case failed == nil:
		return nil, err
	case failed.Outcome == maventa.OutcomeApplied:
		return e.applied(ctx, record, "", failed.RequestID)
	case failed.Outcome == maventa.OutcomeUnknown:
		return nil, keepOpen(failed, e.settle)
	}
	return nil, e.end(ctx, record, failed.Outcome, "", failed.RequestID, failed)
}

// applied ends a record that took effect.
func (e *event) applied(ctx context.Context, record Record, eventID, requestID string) (*Ensured, error) {
	if eventID == "" {
		eventID = e.locate(ctx, record)
	}
	if err := e.end(ctx, record, maventa.OutcomeApplied, eventID, requestID, nil); err != nil {
		return nil, err
	}
	return e.ensured(eventID, true), nil
}

// locate looks for the event that was just added and whose id the answer did
// not have. It may not be listed yet: then the id stays empty.
func (e *event) locate(ctx context.Context, record Record) string {
	view, err := e.view(ctx)
	if err != nil {
		return ""
	}
	if sure, maybe := view.unexplained(want{NewEvent: &e.entry.Event}, record.Baseline, e.key); len(sure) == 1 && len(maybe) == 0 {
		return sure[0]
	}
	return ""
}

// adopt ends a record with the event that the caller says is its own.
func (e *event) adopt(ctx context.Context, record Record) (*Ensured, error) {
	if err := e.end(ctx, record, maventa.OutcomeApplied, e.entry.Adopt, "", nil); err != nil {
		return nil, err
	}
	return e.ensured(e.entry.Adopt, false), nil
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

// end writes the outcome into the journal, also when ctx is over, and returns
// failure. If the journal fails, its own error says what happened.
func (e *event) end(ctx context.Context, record Record, outcome maventa.Outcome, eventID, requestID string, failure error) error {
	record.EndedAt, record.Outcome, record.EventID, record.Request = now(), outcome, eventID, requestID
	if err := endRecord(ctx, e.journal, record); err != nil {
		return e.journalFailed(err, outcome)
	}
	return failure
}

func (e *event) ensured(eventID string, sent bool) *Ensured {
	return &Ensured{AssignmentID: e.assignmentID, InvoiceID: e.invoiceID, EventID: eventID, Sent: sent}
}

func (e *event) fail(err *maventa.Error) error { return e.Ledger.fail(addEvent, e.assignmentID, err) }

func (e *event) journalFailed(err error, outcome maventa.Outcome) error {
	return e.fail(e.journalFailure(err, outcome))
}

func (e *event) unsettled(after time.Duration) error {
	return e.fail(unsettledError(after, "an earlier attempt may still arrive"))
}
