package ledger

import (
	"strings"

	"github.com/maventa-go/maventa"
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

// resembles reports whether e may be the event that w adds, in another spelling:
// a date in another time zone or on the next booking day, an amount with a sign
// or in cents. It is asked only of what came after a sending.
func (w want) resembles(e *maventa.Event) bool {
	if w.Type != e.Type && e.Type.Known() && !w.overridden("type") {
		return false
	}
	want, wanted := w.Amount.Get()
	got, given := e.Amount.Get()
	switch {
	case w.overridden("amount"), !wanted && w.partial && w.Type == maventa.EventPaid: // what was sent is not known
	case !wanted, given && digits(want) != digits(got):
		return false
	}
	if w.overridden("date") {
		return true
	}
	const days = 4 // a payment before Easter is booked after it
	near := func(a, b maventa.Date) bool { return !a.Before(b.AddDays(-days)) && !a.After(b.AddDays(days)) }
	return w.Date.IsZero() || e.Date.IsZero() || near(w.Date, e.Date)
}

// digits are those of an amount without sign, decimal point, and zeros at both
// ends: equal for 40.00, -40 and 4000 cents.
func digits(a maventa.Amount) string {
	text := strings.Replace(strings.TrimPrefix(a.String(), "-"), ".", "", 1)
	return strings.Trim(text, "0")
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
