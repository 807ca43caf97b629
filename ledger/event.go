package ledger

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
)

// event is one EnsureEvent under way.
type event struct {
	*keyed

	assignmentID string
	invoiceID    string
	assignment   *maventa.Assignment // nil: not read
	entry        Entry
	digest       string

	asked  bool   // the journal, before the assignment was known
	stored Record // what it said then
	found  bool
}

// newEvent is an event with its ids in their one spelling.
func (l *Ledger) newEvent(assignmentID, invoiceID string, entry Entry) *event {
	entry.Adopt, entry.NotMine = call.CanonicalID(entry.Adopt), slices.Clone(entry.NotMine)
	for i, id := range entry.NotMine {
		entry.NotMine[i] = call.CanonicalID(id)
	}
	return &event{
		keyed:        &keyed{Ledger: l, operation: addEvent},
		assignmentID: call.CanonicalID(assignmentID), invoiceID: call.CanonicalID(invoiceID), entry: entry,
	}
}

// prepare checks what can be checked without a request.
func (e *event) prepare() *maventa.Error {
	if problem := keyProblem(e.entry.Key); problem != nil {
		return problem
	}
	e.key = e.keyOf(e.entry.Key)
	if problem := e.problem(); problem != nil {
		return problem
	}
	if err := e.entry.Event.Validate(e.opts...); err != nil {
		return ownError(err)
	}
	if e.entry.isBankPayment() {
		if err := e.entry.Bank.problem(); err != nil {
			return err
		}
	}
	body, err := json.Marshal(&e.entry.Event)
	if err == nil {
		e.digest, err = e.digestOf(addEvent, body)
	}
	if err != nil {
		return notWritable("event")
	}
	return nil
}

// readJournal asks the journal for the key.
func (e *event) readJournal(ctx context.Context) (err error) {
	if e.stored, e.found, err = e.lookUp(ctx); err != nil || !e.found || e.stored.Operation != contained {
		return err
	}
	if e.found, err = e.stillContained(ctx, &e.stored); err == nil && !e.found {
		e.note(false, false)
	}
	return err
}

// findAssignment asks the journal before it looks for the assignment of the
// invoice: most entries of a repeated run are done.
func (e *event) findAssignment(ctx context.Context) error {
	if err := e.readJournal(ctx); err != nil {
		return e.journalFailed(err, maventa.OutcomeNotSent)
	}
	e.asked = true
	stored, found := e.stored, e.found
	if found && stored.Operation == contained {
		return nil // it needs no assignment
	}
	if found && stored.InvoiceID == e.invoiceID && (stored.Open() || stored.Done()) {
		e.assignmentID = stored.AssignmentID
		return nil
	}
	a, err := e.c.Assignments.ForInvoice(ctx, e.invoiceID)
	switch {
	case err == nil:
		e.assignmentID, e.assignment = call.CanonicalID(a.ID), a
	case found && stored.Done() && stored.InvoiceID == "":
		e.assignmentID = stored.AssignmentID // it was given by its assignment then
	default:
		return err
	}
	return nil
}

// ensure is the whole of EnsureEvent. What is done needs no gate.
func (e *event) ensure(ctx context.Context, byInvoice bool) (*Ensured, error) {
	if problem := e.prepare(); problem != nil {
		return nil, e.fail(problem)
	}
	if byInvoice {
		if err := e.findAssignment(ctx); err != nil {
			return nil, err
		}
	}
	if e.found && (e.stored.Done() || e.stored.Operation == contained) {
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
		if err := e.readJournal(ctx); err != nil {
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
		if stored, err = e.adopt(ctx, stored); err != nil {
			return nil, err
		}
		return e.ensured(stored.EventID, false), nil
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
		e.note(true, own.Open())
		return *own, false, nil
	}
	if e.entry.Adopt != "" {
		if err := e.adoptable(view); err != nil {
			return Record{}, false, err
		}
	} else {
		ids := view.suspects(want{NewEvent: &e.entry.Event}, nil, e.key).ids()
		if e.entry.isBankPayment() {
			ids = append(ids, view.unexplained(&e.entry.Event)...)
		}
		if ids = without(ids, e.entry.NotMine); len(ids) > 0 {
			return Record{}, false, e.duplicate(ids)
		}
		if err := e.plausible(ctx); err != nil {
			return Record{}, false, err
		}
		if err := e.mayBegin(ctx); err != nil {
			return Record{}, false, e.fail(err)
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
// are nil when it ended without effect, so that the event may be sent.
func (e *event) fromRecord(ctx context.Context, stored Record) (*Ensured, error) {
	if stored.Operation == contained {
		return e.isContained(&stored)
	}
	if stored.Open() {
		var err error
		if stored, err = e.settleOwn(ctx, stored); err != nil {
			return nil, err
		}
	}
	same := stored.Digest == e.digest && stored.AssignmentID == e.assignmentID
	switch {
	case stored.Done() && same:
		return e.ensured(stored.EventID, false), nil
	case stored.Done():
		return nil, e.fail(keyReused(&stored, "event or assignment"))
	case same && stored.refusedBefore() != nil:
		return nil, e.fail(stored.refusedBefore())
	}
	return nil, nil //nolint:nilnil // unexported: "no effect, go on"
}

// settleOwn ends the open record of the key, which may be about other contents or
// another assignment.
func (e *event) settleOwn(ctx context.Context, stored Record) (Record, error) {
	on := *e
	on.assignmentID = stored.AssignmentID
	if e.entry.Adopt == "" {
		event := want{NewEvent: &e.entry.Event}
		if stored.Digest != e.digest {
			event = recorded(stored)
		}
		return on.conclude(ctx, stored, event)
	}
	if left := e.left(&stored); left > 0 && slices.Contains(stored.Baseline, e.entry.Adopt) {
		return stored, e.unsettled(left) // that event is not the attempt, which may still arrive
	}
	view, err := on.view(ctx)
	if err != nil {
		return stored, err
	}
	if err := on.adoptable(view); err != nil {
		return stored, err
	}
	return on.adopt(ctx, stored)
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
