package ledger

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
)

// settleGap lies between the two equal reads that a conclusion needs, unless the
// settle time is shorter.
const settleGap = 5 * time.Second

// assignmentView is what is known of an assignment: its events, and what this
// journal has done to it.
type assignmentView struct {
	begun   time.Time // of the look: a pause after it counts
	events  []maventa.Event
	records []Record
}

// view reads the assignment's events and the journal's records for it.
func (e *event) view(ctx context.Context) (*assignmentView, error) {
	v := &assignmentView{begun: now()}
	var answer maventa.Response
	for event, err := range e.c.Assignments.Events(ctx, e.assignmentID, maventa.WithResponse(&answer)) {
		if err != nil {
			return nil, e.fail(readFailed(err))
		}
		event.ID = call.CanonicalID(event.ID)
		v.events = append(v.events, event)
	}
	if err := clockError(answer.Header, v.begun, now(), e.settle); err != nil {
		return nil, e.fail(err)
	}
	var err error
	if v.records, err = e.journal.ForAssignment(ctx, e.key.Environment, e.key.CompanyID, e.assignmentID); err != nil {
		return nil, e.journalFailed(err, maventa.OutcomeNotSent)
	}
	return v, nil
}

// own returns the record of a key that is open or took effect. The records are
// read after the events, so that the record of every event that a journal's user
// added is among them.
func (v *assignmentView) own(key JournalKey) *Record {
	for i := range v.records {
		if r := &v.records[i]; r.JournalKey == key && (r.Open() || r.Done()) {
			return r
		}
	}
	return nil
}

func (v *assignmentView) ids() []string {
	ids := make([]string, 0, len(v.events))
	for _, e := range v.events {
		if e.ID != "" {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// missing are the ids that the list had before and has no more: then it is not
// whole, and its silence proves nothing.
func (v *assignmentView) missing(baseline []string) []string {
	return without(baseline, v.ids())
}

// unexplained finds the events that are equal to event (sure) or may be (maybe),
// that were not there in the baseline, that the agency did not write, and that
// no other record of the journal stands for. A record that took effect without
// its event's id stands for one equal event that came after its baseline.
func (v *assignmentView) unexplained(event want, baseline []string, own JournalKey) (sure, maybe []string) {
	explained := map[string]bool{}
	var nameless []Record
	for _, r := range v.records {
		switch {
		case r.JournalKey == own || !r.Done():
		case r.EventID != "":
			explained[r.EventID] = true
		case recorded(r).compare(&maventa.Event{Type: event.Type, Amount: event.Amount, Date: event.Date}) != differs:
			nameless = append(nameless, r)
		}
	}
	var theirs []string // those that may be a nameless record's
	for i := range v.events {
		found := &v.events[i]
		hasID := found.ID != ""
		if found.Author == maventa.AuthorAgency || hasID && (explained[found.ID] || slices.Contains(baseline, found.ID)) {
			continue
		}
		m := event.compare(found)
		if baseline == nil && event.isOtherKind(found) {
			m = differs
		}
		if !hasID && baseline != nil {
			m = m.and(cannotTell) // it may have been there before
		}
		if m == differs && baseline != nil && event.resembles(found) {
			m = cannotTell // it may be ours, in another spelling
		}
		isTheirs := func(r Record) bool {
			return !slices.Contains(r.Baseline, found.ID) && recorded(r).compare(found) == matches
		}
		switch m {
		case matches:
			if slices.ContainsFunc(nameless, isTheirs) {
				theirs = append(theirs, found.ID)
				continue
			}
			sure = append(sure, found.ID)
		case cannotTell:
			maybe = append(maybe, found.ID)
		case differs:
		}
	}
	if baseline == nil {
		if len(theirs) > len(nameless) { // one of these is nobody's, and nothing shows which
			sure = append(sure, theirs...)
		}
		return sure, maybe
	}
	if len(nameless) > 0 { // one of these may be theirs
		sure, maybe = nil, append(append(sure, theirs...), maybe...)
	}
	return sure, maybe
}

// find settles an open record by reading, once its settle time is over: it ends
// the record and returns it, or an error that says why it stays open.
func (e *event) find(ctx context.Context, stored Record, event want) (Record, error) {
	if left := e.left(&stored); left > 0 {
		return stored, e.fail(begunError(&stored, left))
	}
	sure, maybe, err := e.readTwice(ctx, stored, event)
	if err != nil {
		if own := asError(err); own != nil {
			own.Outcome = maventa.OutcomeUnknown // of the attempt that the record stands for
		}
		return stored, err
	}
	stored.EndedAt = now()
	switch {
	case len(sure)+len(maybe) == 0:
		stored.Outcome = maventa.OutcomeNotSent // or never acted on, which is the same to the caller
	case len(sure) == 1 && len(maybe) == 0:
		stored.Outcome, stored.EventID = maventa.OutcomeApplied, sure[0]
	default:
		err := e.duplicate(append(sure, maybe...))
		own := asError(err)
		own.Outcome = maventa.OutcomeUnknown // of the attempt that the record stands for
		own.Hint = "several events may be the one that was sent; " + decide
		return stored, err
	}
	if err := endRecord(ctx, e.journal, stored); err != nil {
		return stored, e.journalFailed(err, maventa.OutcomeUnknown)
	}
	return stored, nil
}

// readTwice reads until two reads agree.
func (e *event) readTwice(ctx context.Context, stored Record, event want) (sure, maybe []string, err error) {
	baseline := stored.Baseline
	if baseline == nil {
		baseline = []string{} // it was read, and there was nothing
	}
	incomplete := 0
	for read := range 2 {
		if read > 0 {
			if err := sleep(ctx, min(settleGap, e.settle)); err != nil {
				return nil, nil, e.unsettled(settleGap)
			}
		}
		view, err := e.view(ctx)
		if err != nil {
			return nil, nil, err
		}
		gone := view.missing(baseline)
		if stored.JournalKey == e.key {
			gone = without(gone, e.entry.NotMine)
		}
		if len(gone) > 0 {
			incomplete++
		}
		if read > 0 && incomplete > 0 {
			return nil, nil, e.fail(incompleteError(incomplete, stored.Key, gone))
		}
		s, m := view.unexplained(event, baseline, stored.JournalKey)
		if stored.JournalKey == e.key { // an event without an id may be ours, whatever NotMine says
			known := without(e.entry.NotMine, []string{""})
			s, m = without(s, known), without(m, known)
		}
		if read > 0 && (!slices.Equal(s, sure) || !slices.Equal(m, maybe)) {
			return nil, nil, e.unsettled(settleGap)
		}
		sure, maybe = s, m
	}
	return sure, maybe, nil
}

// incompleteError says that a list of events lacked some that it had before: in
// one of two reads, or in both.
func incompleteError(reads int, key string, gone []string) *maventa.Error {
	if reads == 1 {
		return unsettledError(settleGap, "the list of events was not whole")
	}
	err := unsettledError(undecided, "events that were there before are missing from the list; "+
		"if they are gone for good, name them in the Entry.NotMine of key "+quoteCut(key, 64))
	err.Details = gone
	return err
}

// without returns the ids that are not among others.
func without(ids, others []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(others, id) })
}

// settleOthers refuses to add an event while another one on the same assignment
// is open: its arrival could not be distinguished from this one's.
func (e *event) settleOthers(ctx context.Context, view *assignmentView) (*assignmentView, error) {
	settled := false
	for _, other := range view.records {
		if !other.Open() || other.JournalKey == e.key {
			continue
		}
		if _, err := e.find(ctx, other, recorded(other)); err != nil {
			return nil, e.blocked(other, err)
		}
		settled = true
	}
	if !settled {
		return view, nil
	}
	return e.view(ctx)
}

// blocked says that another record stays open, which err explains.
func (e *event) blocked(other Record, err error) error {
	hint := "the journal's entry " + quoteCut(other.Key, 64) + " on this assignment is still open"
	if errors.Is(err, ErrPossibleDuplicate) { // the decision is due for that entry, not for this one
		if other.EventType != maventa.EventPaid { // its own run knows more than the journal
			return e.fail(unsettledError(settleGap, hint+": run that one first"))
		}
		return e.fail(unsettledError(undecided, hint+" and needs a decision"))
	}
	if own := asError(err); own != nil {
		own.Hint = hint + "; " + own.Hint
	}
	return err
}

// sleep waits as long as ctx allows.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
