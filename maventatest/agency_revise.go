package maventatest

import (
	"fmt"
	"time"
)

// What an agency changes afterwards. No event says so: only who reads the list
// again sees it.

// EditEvent changes an event that is there already, whoever wrote it: the members
// of change that are set replace those of the event (Amount, Date, Comment,
// InvoiceNumber, DueDate, Until). Its id, author and time stay. The amount of a
// payment or credit note counts anew, and an assignment that is no longer paid
// in full opens again; its close event stays in the list.
func (g Agency) EditEvent(eventID string, change Event) {
	g.srv.tb.Helper()
	g.revise("EditEvent", eventID, func(e *event) {
		if problem := e.edit(change); problem != "" {
			g.srv.tb.Fatalf("EditEvent: %s", problem)
			return
		}
		e.editedAt = g.srv.eventTime()
		e.assignment.recount()
	})
}

// WithdrawEvent takes an event out of the assignment, as if it had never been
// there; see [Agency.EditEvent] for what becomes of the claim.
// [Assignment].Withdrawn still has it.
func (g Agency) WithdrawEvent(eventID string) {
	g.srv.tb.Helper()
	g.revise("WithdrawEvent", eventID, func(e *event) {
		a := e.assignment
		for i, other := range a.events {
			if other == e {
				a.events = append(a.events[:i:i], a.events[i+1:]...)
				break
			}
		}
		a.withdrawn = append(a.withdrawn, e)
		a.recount()
	})
}

// revise finds an event and lets f act on it.
func (g Agency) revise(control, eventID string, f func(e *event)) {
	g.srv.tb.Helper()
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	g.srv.settle()
	e := g.srv.eventByID(eventID)
	if e == nil {
		g.srv.tb.Fatalf("%s: no event %q", control, eventID)
		return
	}
	g.srv.lean("rule an agency edits and withdraws events")
	f(e)
}

// eventByID looks through all events: only controls do.
func (s *Server) eventByID(id string) *event {
	for _, co := range s.companies {
		for _, a := range co.assignments {
			for _, e := range a.events {
				if foldedID(e.id) == foldedID(id) {
					return e
				}
			}
		}
	}
	return nil
}

// edit takes over what is set, all of it or nothing, and says what is wrong.
func (e *event) edit(change Event) (problem string) {
	edited := *e
	if change.Amount != "" {
		amount, err := parseCents(change.Amount)
		if err != nil || amount <= 0 {
			return fmt.Sprintf("Amount %q is not a positive amount", change.Amount)
		}
		edited.amount, edited.hasAmount = amount, true
	}
	for _, field := range []struct {
		name, value string
		isDate      bool
		into        *string
	}{
		{"Date", change.Date, true, &edited.date},
		{"DueDate", change.DueDate, true, &edited.dueDate},
		{"Until", change.Until, true, &edited.until},
		{"Comment", change.Comment, false, &edited.comment},
		{"InvoiceNumber", change.InvoiceNumber, false, &edited.invoiceNo},
	} {
		if field.isDate && field.value != "" && !isDate(field.value) {
			return fmt.Sprintf("%s %q is not YYYY-MM-DD", field.name, field.value)
		}
		if field.value != "" {
			*field.into = field.value
		}
	}
	*e = edited
	return ""
}

// recount makes the claim anew of what was transferred and of the events that
// are there. What the agency has paid out too much it keeps back of the next payout.
func (a *assignment) recount() {
	a.capital, a.charges = a.claimed.capital, a.claimed.charges
	var collected cents
	for _, e := range a.events {
		a.charges += e.fee
		if !e.reduces() {
			continue
		}
		a.reduceBy(e)
		if e.author == authorAgency {
			collected += e.amount
		}
	}
	a.unpaidOut = collected - a.paidOut
	if a.status == statusClosed && a.paidUp && a.openAmount() > 0 {
		a.status, a.paidUp, a.closedAt = statusOpen, false, time.Time{}
	}
	if a.status == statusPartiallyClosed {
		a.status = statusOpen
	}
	a.followClaim()
}
