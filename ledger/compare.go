package ledger

import (
	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/decimal"
)

// match says whether an event of the service is the one that is looked for.
type match uint8

const (
	matches match = iota
	differs
	cannotTell // it lacks what would show it
)

// and combines the answers about several fields.
func (m match) and(other match) match {
	if m == differs || other == differs {
		return differs
	}
	return max(m, other)
}

func matchText(want, got string) match {
	switch {
	case want == "" || want == got:
		return matches
	case got == "":
		return cannotTell
	}
	return differs
}

func matchDate(want, got maventa.Date) match {
	switch {
	case want.IsZero() || want == got:
		return matches
	case got.IsZero():
		return cannotTell
	}
	return differs
}

// want is the event that is looked for.
type want struct {
	*maventa.NewEvent
	partial bool // made from a record, which holds no texts
}

// recorded is what the journal knows of a record's event. Of all but payments it
// holds too little to be sure of one: not the number of a credit note.
func recorded(r Record) want {
	return want{
		NewEvent: &maventa.NewEvent{Type: r.EventType, Amount: r.Amount, Date: r.Date},
		partial:  r.EventType != maventa.EventPaid || r.Amount.IsZero() || r.Date.IsZero(),
	}
}

// overridden reports whether Extra gives a field another value than the typed one.
func (w want) overridden(name string) bool {
	_, ok := w.Extra.Get(name)
	return ok
}

// compare says whether an event of the service is the one that w adds. A field
// that the service's event lacks cannot be compared: its wire name is inferred.
func (w want) compare(e *maventa.Event) match {
	m := matchText(string(w.Type), string(e.Type))
	if m == differs && (!e.Type.Known() || w.overridden("type")) {
		m = cannotTell // the service may read a type out under another name than it takes
	}
	if w.partial || w.Extra.Len() > 0 {
		m = m.and(cannotTell)
	}
	if want, ok := w.Amount.Get(); ok && !w.overridden("amount") {
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
		want, got maventa.Date
	}{{"date", w.Date, e.Date}, {"due_date", w.DueDate, e.DueDate}, {"until", w.Until, e.Until}} {
		if !w.overridden(f.name) {
			m = m.and(matchDate(f.want, f.got))
		}
	}
	if w.InvoiceNumber != "" && !w.overridden("invoice_number") && e.InvoiceNumber != "" && w.InvoiceNumber != e.InvoiceNumber {
		m = differs
	}
	if w.Type == maventa.EventComment && !w.overridden("comment") {
		m = m.and(matchText(w.Comment, e.Comment))
	}
	return m
}

// resembles reports whether e, which is not equal to what w adds, may be it in
// another spelling. No date excuses it, and no text: the service may cut and
// shift them. An amount that clearly differs does. It is asked only of what came
// after a sending.
func (w want) resembles(e *maventa.Event) bool {
	want, wanted := w.Amount.Get()
	got, given := e.Amount.Get()
	return w.isOfType(e) && (!wanted || !given || w.overridden("amount") || isNear(got, want))
}

// isOfType reports whether e may have the type of w: its own, or one that nobody
// knows. A record whose type Extra gave holds none.
func (w want) isOfType(e *maventa.Event) bool {
	return w.Type == e.Type || w.Type == "" || !e.Type.Known() || w.overridden("type")
}

// isNear reports whether two amounts may be one; see [decimal.Near].
func isNear(got, ours maventa.Amount) bool {
	a, _ := decimal.Parse(got.String()) // what an amount writes is read
	b, _ := decimal.Parse(ours.String())
	return decimal.Near(a, b)
}

// maxParts bounds the search for parts of an amount: 4,096 sums.
const maxParts = 12

// parts returns those of the events that may be the parts of what w adds: the
// service may book a payment on capital and charges apart. More of them than can
// be tried may all be.
func (w want) parts(events []*maventa.Event) []*maventa.Event {
	ours, wanted := w.Amount.Get()
	if !wanted || len(events) < 2 {
		return nil
	}
	if len(events) > maxParts {
		return events
	}
	for set := range 1 << len(events) {
		var sum maventa.Amount
		var parts []*maventa.Event
		for i, e := range events {
			if set>>i&1 == 0 {
				continue
			}
			var err error
			if sum, err = sum.Add(e.Amount.Or(maventa.Amount{})); err != nil {
				return events
			}
			parts = append(parts, e)
		}
		if len(parts) > 1 && isNear(sum, ours) {
			return parts
		}
	}
	return nil
}

// isOtherKind reports whether found, of a type that package maventa does not know
// and without an amount, can be set aside when looking for an event with one, as
// long as nothing was sent: the agencies write reminders and the like under names
// that are not public.
func (w want) isOtherKind(found *maventa.Event) bool {
	_, wanted := w.Amount.Get()
	_, given := found.Amount.Get()
	return wanted && !given && found.Type != "" && !found.Type.Known()
}
