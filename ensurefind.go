package maventa

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

// settleGap lies between the two equal reads that a conclusion needs, unless the
// settle time is shorter.
const settleGap = 5 * time.Second

// assignmentView is what is known of an assignment: its events, and what this
// journal has done to it.
type assignmentView struct {
	begun   time.Time // of the look: a pause after it counts
	events  []Event
	entries []JournalEntry
}

// view reads the assignment's events and the journal's entries for it.
func (e *ensuring) view(ctx context.Context) (*assignmentView, error) {
	v := &assignmentView{begun: journalTime()}
	for event, err := range e.s.Events(ctx, e.assignmentID) {
		if err != nil {
			return nil, e.s.c.readFirst(operation.AssignmentsAddEvent, err)
		}
		v.events = append(v.events, event)
	}
	var err error
	if v.entries, err = e.journal.ForAssignment(ctx, e.key.Environment, e.key.CompanyID, e.assignmentID); err != nil {
		return nil, e.journalFailed(err, OutcomeNotSent)
	}
	return v, nil
}

// own returns the entry of a key that is open or took effect. The entries are
// read after the events, so that the entry of every event that a journal's user
// added is among them.
func (v *assignmentView) own(key JournalKey) *JournalEntry {
	for i := range v.entries {
		if e := &v.entries[i]; e.JournalKey == key && (e.Open() || e.Done()) {
			return e
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

// unexplained finds the events that are equal to event (sure) or may be (maybe),
// that were not there in the baseline, that the agency did not write, and that
// no other entry of the journal stands for. An entry that took effect without
// telling its event's id stands for one equal event that came after its baseline.
func (v *assignmentView) unexplained(event *NewEvent, baseline []string, own JournalKey) (sure, maybe []string) {
	explained := map[string]bool{}
	var nameless []JournalEntry
	for _, entry := range v.entries {
		switch {
		case entry.JournalKey == own || !entry.Done():
		case entry.EventID != "":
			explained[entry.EventID] = true
		case entryEvent(entry).compare(&Event{Type: event.Type, Amount: event.Amount, Date: event.Date}) != differs:
			nameless = append(nameless, entry)
		}
	}
	var theirs []string // those that may be a nameless entry's
	for i := range v.events {
		found := &v.events[i]
		hasID := found.ID != ""
		if found.Author == AuthorAgency || hasID && (explained[found.ID] || slices.Contains(baseline, found.ID)) {
			continue
		}
		m := event.compare(found)
		if baseline == nil && isOtherKind(event, found) {
			m = differs
		}
		if !hasID && baseline != nil {
			m = m.and(cannotTell) // it may have been there before
		}
		if m == differs && baseline != nil && event.resembles(found) {
			m = cannotTell // it may be ours, in another spelling
		}
		isTheirs := func(entry JournalEntry) bool {
			return !slices.Contains(entry.Baseline, found.ID) && entryEvent(entry).compare(found) == matches
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
		if len(theirs) > len(nameless) { // one of these is nobody's, and nothing tells which
			sure = append(sure, theirs...)
		}
		return sure, maybe
	}
	if len(nameless) > 0 { // one of these may be theirs
		sure, maybe = nil, append(append(sure, theirs...), maybe...)
	}
	return sure, maybe
}

// missing are the ids that the list had before and has no more: then it is not
// whole, and its silence proves nothing.
func (v *assignmentView) missing(baseline []string) []string {
	return without(baseline, v.ids())
}

// isOtherKind reports whether found, of a type that this package does not know
// and without an amount, can be set aside when looking for an event with one, as
// long as nothing was sent: the agencies write reminders and the like under names
// that are not public.
func isOtherKind(event *NewEvent, found *Event) bool {
	_, wanted := event.Amount.Get()
	_, given := found.Amount.Get()
	return wanted && !given && found.Type != "" && !found.Type.Known()
}

// entryEvent is what the journal knows of an entry's event. Of all but payments
// it holds too little to be sure of one: not the number of a credit note.
func entryEvent(entry JournalEntry) *NewEvent {
	return &NewEvent{
		Type: entry.EventType, Amount: entry.Amount, Date: entry.Date,
		partial: entry.EventType != EventPaid || entry.Amount.IsZero() || entry.Date.IsZero(),
	}
}

// mended reports whether Extra gives a field another value than the typed one.
func (n *NewEvent) mended(name string) bool {
	_, ok := n.Extra.Get(name)
	return ok
}

// compare says whether an event of the service is the one that n adds. A field
// that the service's event lacks cannot be compared: its wire name is inferred.
func (n *NewEvent) compare(e *Event) match {
	m := matchText(string(n.Type), string(e.Type))
	if m == differs && (!e.Type.Known() || n.mended("type")) {
		m = cannotTell // the service may read a type out under another name than it takes
	}
	if n.partial || n.Extra.Len() > 0 {
		m = m.and(cannotTell)
	}
	if want, ok := n.Amount.Get(); ok && !n.mended("amount") {
		got, there := e.Amount.Get()
		switch {
		case !there:
			m = m.and(cannotTell)
		case !want.Equal(got):
			m = differs
		}
	}
	for _, f := range []struct {
		name      string
		want, got Date
	}{{"date", n.Date, e.Date}, {"due_date", n.DueDate, e.DueDate}, {"until", n.Until, e.Until}} {
		if !n.mended(f.name) {
			m = m.and(matchDate(f.want, f.got))
		}
	}
	if n.InvoiceNumber != "" && !n.mended("invoice_number") && e.InvoiceNumber != "" && n.InvoiceNumber != e.InvoiceNumber {
		m = differs
	}
	if n.Type == EventComment && !n.mended("comment") {
		m = m.and(matchText(n.Comment, e.Comment))
	}
	return m
}

// resembles reports whether e may be the event that n adds, in another spelling:
// a date in another time zone or on the next booking day, an amount with a sign
// or in cents. It is asked only of what came after a sending.
func (n *NewEvent) resembles(e *Event) bool {
	if n.Type != e.Type && e.Type.Known() && !n.mended("type") {
		return false
	}
	want, wanted := n.Amount.Get()
	got, given := e.Amount.Get()
	switch {
	case n.mended("amount"), !wanted && n.partial && n.Type == EventPaid: // what was sent is not known
	case !wanted, given && want.digits() != got.digits():
		return false
	}
	if n.mended("date") {
		return true
	}
	const days = 4 // a payment before Easter is booked after it
	near := func(a, b Date) bool { return !a.Before(b.AddDays(-days)) && !a.After(b.AddDays(days)) }
	return n.Date.IsZero() || e.Date.IsZero() || near(n.Date, e.Date)
}

func matchDate(want, got Date) match {
	switch {
	case want.IsZero() || want == got:
		return matches
	case got.IsZero():
		return cannotTell
	}
	return differs
}

// find settles an open entry by reading, once its settle time is over: it ends
// the entry and returns it, or an error that says why it stays open.
func (e *ensuring) find(ctx context.Context, stored JournalEntry, event *NewEvent) (JournalEntry, error) {
	if left := e.settle - time.Since(stored.BegunAt); left > 0 {
		return stored, e.fail(begunError(left, e.settle))
	}
	sure, maybe, err := e.twice(ctx, stored, event)
	if err != nil {
		if own := asError(err); own != nil {
			own.Outcome = OutcomeUnknown // of the attempt that the entry stands for
		}
		return stored, err
	}
	stored.EndedAt = journalTime()
	switch {
	case len(sure)+len(maybe) == 0:
		stored.Outcome = OutcomeNotSent // or never acted on, which is the same to the caller
	case len(sure) == 1 && len(maybe) == 0:
		stored.Outcome, stored.EventID = OutcomeApplied, sure[0]
	default:
		err := e.duplicate(append(sure, maybe...))
		own := asError(err)
		own.Outcome = OutcomeUnknown // of the attempt that the entry stands for
		own.Hint = "several events may be the one that was sent; " + decide
		return stored, err
	}
	if err := endEntry(ctx, e.journal, stored); err != nil {
		return stored, e.journalFailed(err, OutcomeUnknown)
	}
	return stored, nil
}

// twice reads until two reads agree.
func (e *ensuring) twice(ctx context.Context, stored JournalEntry, event *NewEvent) (sure, maybe []string, err error) {
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
			gone = without(gone, e.entry.Post)
		}
		if len(gone) > 0 {
			incomplete++
		}
		if read > 0 && incomplete > 0 {
			err := unsettledError(settleGap, "the list of events was not whole")
			if incomplete > 1 {
				err = unsettledError(undecided, "events that were there before are missing from the list; if they are gone for good, name them in the LedgerEntry.Post of key "+quoteCut(stored.Key, 64))
				err.Details = gone
			}
			return nil, nil, e.fail(err)
		}
		s, m := view.unexplained(event, baseline, stored.JournalKey)
		if stored.JournalKey == e.key { // an event without an id may be ours, whatever Post says
			known := without(e.entry.Post, []string{""})
			s, m = without(s, known), without(m, known)
		}
		if read > 0 && (!slices.Equal(s, sure) || !slices.Equal(m, maybe)) {
			return nil, nil, e.unsettled(settleGap)
		}
		sure, maybe = s, m
	}
	return sure, maybe, nil
}

// without returns the ids that are not among others.
func without(ids, others []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(others, id) })
}

// othersSettled refuses to add an event while another one on the same
// assignment is open: its arrival could not be told from this one's.
func (e *ensuring) othersSettled(ctx context.Context, view *assignmentView) (*assignmentView, error) {
	settled := false
	for _, other := range view.entries {
		if !other.Open() || other.JournalKey == e.key {
			continue
		}
		if _, err := e.find(ctx, other, entryEvent(other)); err != nil {
			hint := "the journal's entry " + quoteCut(other.Key, 64) + " on this assignment is still open"
			if errors.Is(err, ErrPossibleDuplicate) { // the decision is due for that entry, not for this one
				if other.EventType != EventPaid { // its own run knows more than the journal
					return nil, e.fail(unsettledError(settleGap, hint+": run that one first"))
				}
				return nil, e.fail(unsettledError(undecided, hint+" and needs a decision"))
			}
			if own := asError(err); own != nil {
				own.Hint = hint + "; " + own.Hint
			}
			return nil, err
		}
		settled = true
	}
	if !settled {
		return view, nil
	}
	return e.view(ctx)
}

// match is the answer of a filter about one item.
type match uint8

const (
	matches match = iota
	differs
	cannotTell
)

// and combines the answers of several filters.
func (m match) and(other match) match {
	if m == differs || other == differs {
		return differs
	}
	return max(m, other)
}

// matchText compares a field that the answer may lack.
func matchText(want, got string) match {
	switch {
	case want == "":
		return matches
	case got == "":
		return cannotTell
	case want == got:
		return matches
	}
	return differs
}
