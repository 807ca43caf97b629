package ledger

import (
	"context"
	"errors"
	"slices"
	"strings"
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
	of      string    // the assignment's id
	events  []maventa.Event
	records []Record
}

// view reads the assignment's events and the journal's records for it.
func (e *event) view(ctx context.Context) (*assignmentView, error) {
	v := &assignmentView{begun: now(), of: e.assignmentID}
	var answer maventa.Response
	for event, err := range e.c.Assignments.Events(ctx, e.assignmentID, maventa.Conclusive(), maventa.WithResponse(&answer)) {
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

// suspects are the ids of events of which one may be what was sent.
type suspects struct {
	sure  []string // equal to it
	maybe []string // not to be told from it: they lack what would show it
	alike []string // of its type and not equal, but perhaps it in another spelling
}

func (s suspects) ids() []string { return slices.Concat(s.sure, s.maybe, s.alike) }

// present returns the one event that is what was sent. What is only alike does
// not speak against it.
func (s suspects) present() (id string, ok bool) {
	if len(s.sure) != 1 || len(s.maybe) > 0 {
		return "", false
	}
	return s.sure[0], true
}

func (s suspects) equal(other suspects) bool {
	return slices.Equal(s.sure, other.sure) && slices.Equal(s.maybe, other.maybe) && slices.Equal(s.alike, other.alike)
}

// without drops the ids that a person has decided on.
func (s suspects) without(ids []string) suspects {
	return suspects{without(s.sure, ids), without(s.maybe, ids), without(s.alike, ids)}
}

// suspects finds the events that may be what event adds: that were not there in
// the baseline, that the agency did not write, and that no other record of the
// journal stands for. A record that took effect without an id that the list shows
// stands for one equal event that came after its baseline. Without a baseline
// nothing was sent yet, and only what is equal counts.
func (v *assignmentView) suspects(event want, baseline []string, own JournalKey) (s suspects) {
	explained, nameless := v.explained(event, baseline != nil, own)
	var theirs []string         // those that may be a nameless record's
	var others []*maventa.Event // of clearly different amounts
	for i := range v.events {
		found := &v.events[i]
		hasID := found.ID != ""
		if isBy(found, maventa.AuthorAgency) || hasID && (explained[found.ID] || slices.Contains(baseline, found.ID)) {
			continue
		}
		m := event.compare(found)
		if baseline == nil && event.isOtherKind(found) {
			m = differs
		}
		if !hasID && baseline != nil {
			m = m.and(cannotTell) // it may have been there before
		}
		if found.Author != "" && !isBy(found, maventa.AuthorSender) || found.AssignmentID != "" && call.CanonicalID(found.AssignmentID) != v.of {
			m = m.and(cannotTell) // it may be somebody else's, or be about something else
		}
		isTheirs := func(r Record) bool {
			return !slices.Contains(r.Baseline, found.ID) && recorded(r).compare(found) == matches
		}
		switch {
		case m == matches && slices.ContainsFunc(nameless, isTheirs):
			theirs = append(theirs, found.ID)
		case m == matches:
			s.sure = append(s.sure, found.ID)
		case m == cannotTell:
			s.maybe = append(s.maybe, found.ID)
		case baseline != nil && event.resembles(found):
			s.alike = append(s.alike, found.ID)
		case baseline != nil && event.isOfType(found):
			others = append(others, found)
		}
	}
	if baseline == nil {
		if len(theirs) > len(nameless) { // one of these is nobody's, and nothing shows which
			s.sure = append(s.sure, theirs...)
		}
		return s
	}
	for _, part := range event.parts(others) {
		s.alike = append(s.alike, part.ID)
	}
	if len(nameless) > 0 { // one of these may be theirs
		s.sure, s.maybe = nil, slices.Concat(s.sure, theirs, s.maybe)
	}
	return s
}

// isBy reports whether an event says that it is by an author, in any case.
func isBy(e *maventa.Event, author maventa.EventAuthor) bool {
	return strings.EqualFold(string(e.Author), string(author))
}

// explained are the ids of the events that other records stand for, and the
// records of equal events whose own one the list does not show. A journal that
// claims assignments has no other open record; one that does not may have, and
// then nothing shows whose a new event is. Once ours was sent, events in another
// spelling count too: one may show as ours.
func (v *assignmentView) explained(event want, isSent bool, own JournalKey) (ids map[string]bool, nameless []Record) {
	ids = map[string]bool{}
	shown := v.ids()
	for _, r := range v.records {
		if r.JournalKey == own || !r.Done() && (!isSent || !r.Open()) {
			continue
		}
		ours := &maventa.Event{Type: event.Type, Amount: event.Amount, Date: event.Date}
		isEqual := recorded(r).compare(ours) != differs || isSent && recorded(r).resembles(ours)
		switch {
		case r.EventID != "" && (!isSent || slices.Contains(shown, r.EventID)):
			ids[r.EventID] = true
		case isEqual:
			nameless = append(nameless, r)
		}
	}
	return ids, nameless
}

// conclude settles an open record by reading: it ends the record and returns it, or
// an error that says why it stays open. One event that is what was sent ends it at
// once, its absence only after the settle time.
func (e *event) conclude(ctx context.Context, stored Record, event want) (Record, error) {
	left := e.left(&stored)
	tooEarly := begunError(&stored, left)
	found, err := e.readTwice(ctx, stored, event, left > 0)
	id, isPresent := found.present()
	switch {
	case err != nil && left > 0 && !errors.Is(err, ErrClock):
		return stored, e.fail(tooEarly) // whatever it is, waiting comes first
	case err != nil:
		return stored, err
	case isPresent:
		stored.Outcome, stored.EventID = maventa.OutcomeApplied, id
	case left > 0:
		return stored, e.fail(tooEarly)
	case len(found.ids()) == 0:
		stored.Outcome = endAbsent(&stored) // or never acted on, which is the same to the caller
	default:
		return stored, e.fail(undecidedEvent(found.ids()))
	}
	if err := e.end(ctx, stored, stored.Outcome, nil); err != nil {
		err.Outcome = maventa.OutcomeUnknown // the journal holds it open
		return stored, e.fail(err)
	}
	stored.EndedAt = now()
	return stored, nil
}

// readTwice reads until two reads agree. If only presence can be concluded yet,
// one read without it is enough.
func (e *event) readTwice(ctx context.Context, stored Record, event want, onlyPresence bool) (first suspects, err error) {
	baseline := stored.Baseline
	if baseline == nil {
		baseline = []string{} // it was read, and there was nothing
	}
	incomplete := 0
	for read := range 2 {
		if read > 0 {
			if err := sleep(ctx, min(settleGap, e.settle)); err != nil {
				return suspects{}, e.fail(cutOff(err))
			}
		}
		view, err := e.view(ctx)
		if err != nil {
			return suspects{}, err
		}
		gone := view.missing(baseline)
		if stored.JournalKey == e.key {
			gone = without(gone, e.entry.NotMine)
		}
		if len(gone) > 0 {
			incomplete++
		}
		if read > 0 && incomplete > 0 {
			return suspects{}, e.fail(incompleteError(incomplete, stored.Key, gone))
		}
		found := view.suspects(event, baseline, stored.JournalKey)
		if stored.JournalKey == e.key { // an event without an id may be ours, whatever NotMine says
			found = found.without(without(e.entry.NotMine, []string{""}))
		}
		if _, ok := found.present(); onlyPresence && (!ok || len(gone) > 0) {
			return suspects{}, nil
		}
		if read > 0 && !found.equal(first) {
			return suspects{}, e.unsettled(settleGap)
		}
		first = found
	}
	return first, nil
}

// incompleteError says that a list of events lacked some that it had before: in
// one of two reads, or in both.
func incompleteError(reads int, key string, gone []string) *maventa.Error {
	if reads == 1 {
		return unsettledError(settleGap, "the list of events was not whole")
	}
	err := undecidedError("events that were there before are missing from the list; " +
		"if they are gone for good, name them in the Entry.NotMine of key " + quoteCut(key, 64))
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
		if _, err := e.conclude(ctx, other, recorded(other)); err != nil {
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
		return e.fail(undecidedError(hint + " and needs a decision"))
	}
	if own := asError(err); own != nil {
		own.Hint = hint + "; " + own.Hint
	}
	return err
}

// cutOff says that the caller's context ended between the two reads of a conclusion.
func cutOff(err error) *maventa.Error {
	e := unsettledError(settleGap, "a conclusion needs two reads that are 5 s apart: give the context 15 s at least")
	e.Err = err
	return e
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
