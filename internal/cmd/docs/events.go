package main

import (
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/facts"
)

// builders are the functions that make the events a sender adds. The types
// come from the events themselves.
var builders = []struct {
	call  string
	event maventa.NewEvent
}{
	{"Comment(text)", maventa.Comment("text")},
	{"DirectPayment(amount, date)", maventa.DirectPayment(maventa.Amount{}, maventa.Date{})},
	{"CreditNote(amount, date, number)", maventa.CreditNote(maventa.Amount{}, maventa.Date{}, "1")},
	{"DueDateChange(date)", maventa.DueDateChange(maventa.Date{})},
	{"CollectionStop(until)", maventa.CollectionStop(maventa.Date{})},
	{"Cancellation(reason)", maventa.Cancellation("reason")},
	{"CreditLoss(date)", maventa.CreditLoss(maventa.Date{})},
}

// eventTypes is the part of the page about events.
func eventTypes(p *page) {
	p.heading(2, "Events")
	p.paragraph(`
Both sides add events to an assignment: the agency and the company that sent the invoice, here called the sender. The table says which types are known, who writes them at which agency, and how sure that is.`)
	var rows [][]string
	for _, f := range facts.All() {
		typ, ok := strings.CutPrefix(f.Subject, "value EventType ")
		if !ok {
			continue
		}
		rows = append(rows, []string{code(typ), f.Mark.String(), f.Value, code(builder(typ)), atAgency(typ, "Amili"), atAgency(typ, "Ropo")})
	}
	p.table([]string{"Type", "Name on the wire", "Meaning", "Builder", "Amili", "Ropo"}, rows)
	p.paragraph(`
` + "`CustomEvent(type)`" + ` makes an event of any other type; its fields go into ` + "`Extra`" + `, and a type that this package does not know is sent with ` + "`maventa.Unchecked()`" + `.

All field names of an event's body are inferred: see the [fidelity page](fidelity.md). Additional information about a payment goes into a comment of its own.

What an event does not say:

- An agency's payout to your bank account is not an event, and must never be reported as a ` + "`DirectPayment`" + `: the agency has counted that money already.
- ` + "`paid`" + ` is written by both sides, and how the service shows the author is not known. An event alike in type, amount and date is not proof that your own call arrived. Event ids are.
- No protection against reporting a payment twice is documented. ` + "`AddEvent`" + ` is therefore never repeated when its outcome is unknown.
- How to take back a wrongly reported payment is not known. Write a comment and talk to the agency.`)
}

func builder(typ string) string {
	for _, b := range builders {
		if string(b.event.Type) == typ {
			return b.call
		}
	}
	return ""
}

// atAgency says who writes a type at an agency, and how sure that is.
func atAgency(typ, agency string) string {
	f, ok := facts.Lookup("event " + typ + " " + agency)
	if !ok {
		return "–"
	}
	if f.Mark == facts.Unknown {
		return "unknown"
	}
	return f.Value + " (" + f.Mark.String() + ")"
}
