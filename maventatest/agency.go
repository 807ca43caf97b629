package maventatest

import (
	"slices"
)

// Agency is the collection agency's side of the assignments, Ropo's or Amili's.
type Agency struct{ srv *Server }

// Agency acts for the collection agencies.
func (s *Server) Agency() Agency { return Agency{s} }

// Paid books that the debtor paid the agency, in full or in part, and returns
// the event's id. An empty date is today. Once all is paid a close event
// follows. The event may be alike one that the sender has reported.
func (g Agency) Paid(assignmentID, amount, date string) string {
	g.srv.tb.Helper()
	return g.act("Paid", assignmentID, func(a *assignment) *event {
		paid, err := parseCents(amount)
		if err != nil || paid <= 0 {
			g.srv.tb.Fatalf("Paid: %q is not a positive amount", amount)
			return nil
		}
		if date == "" {
			date = g.srv.clock.Today()
		}
		if !isDate(date) {
			g.srv.tb.Fatalf("Paid: %q is not YYYY-MM-DD", date)
			return nil
		}
		a.unpaidOut += paid
		return a.book(&event{kind: eventPaid, author: authorAgency, hasAmount: true, amount: paid, date: date})
	})
}

// Reminder sends the debtor a reminder, for a fee that comes on top of the
// claim; an empty fee is none.
func (g Agency) Reminder(assignmentID, fee string) string {
	g.srv.tb.Helper()
	return g.charge("Reminder", assignmentID, fee, eventReminder, stageReminderSent)
}

// Demand sends the debtor a payment demand, for a fee that comes on top of the
// claim; an empty fee is none.
func (g Agency) Demand(assignmentID, fee string) string {
	g.srv.tb.Helper()
	return g.charge("Demand", assignmentID, fee, eventDemand, stageDemandSent)
}

func (g Agency) charge(control, assignmentID, fee, kind, stage string) string {
	g.srv.tb.Helper()
	return g.act(control, assignmentID, func(a *assignment) *event {
		var charged cents
		if fee != "" {
			var err error
			if charged, err = parseCents(fee); err != nil || charged < 0 {
				g.srv.tb.Fatalf("%s: %q is not a fee", control, fee)
				return nil
			}
		}
		a.charges += charged
		a.stage = stage
		return a.book(&event{kind: kind, author: authorAgency, date: g.srv.clock.Today(), fee: charged})
	})
}

// Comment adds a comment or a question, which may need an answer.
func (g Agency) Comment(assignmentID, text string) string {
	g.srv.tb.Helper()
	return g.act("Comment", assignmentID, func(a *assignment) *event {
		return a.book(&event{kind: eventComment, author: authorAgency, comment: text})
	})
}

// Close closes an assignment by hand. It says nothing about payment.
func (g Agency) Close(assignmentID string) string {
	g.srv.tb.Helper()
	return g.act("Close", assignmentID, func(a *assignment) *event {
		return a.book(&event{kind: eventClose, author: authorAgency})
	})
}

// ChangeServiceLevel says that the customer's level is premium or vip.
func (g Agency) ChangeServiceLevel(assignmentID, level string) string {
	g.srv.tb.Helper()
	return g.act("ChangeServiceLevel", assignmentID, func(a *assignment) *event {
		if !slices.Contains(serviceLevels, level) || a.agency != Amili {
			g.srv.tb.Fatalf("ChangeServiceLevel: there is no level %q at %s", level, a.agency.title())
			return nil
		}
		a.level, a.levelFrom = level, a.createdAt
		return a.book(&event{kind: eventServiceLevelChanged, author: authorAgency})
	})
}

// ChangeDueDate moves the due date, for example after the sender has asked for
// it with an event. There is no event for the answer.
func (g Agency) ChangeDueDate(assignmentID, date string) {
	g.srv.tb.Helper()
	g.act("ChangeDueDate", assignmentID, func(a *assignment) *event {
		if !isDate(date) {
			g.srv.tb.Fatalf("ChangeDueDate: %q is not YYYY-MM-DD", date)
			return nil
		}
		a.dueDate = date
		return nil
	})
}

// act finds the assignment, lets f act on it, and returns the event's id.
func (g Agency) act(control, assignmentID string, f func(a *assignment) *event) string {
	g.srv.tb.Helper()
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	g.srv.settle()
	a := g.srv.assignmentByID(assignmentID)
	if a == nil {
		g.srv.tb.Fatalf("%s: no assignment %q", control, assignmentID)
		return ""
	}
	e := f(a)
	if e == nil {
		return ""
	}
	return e.id
}

func (s *Server) assignmentByID(id string) *assignment {
	return s.assignments[foldedID(id)]
}
