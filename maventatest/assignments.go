package maventatest

import (
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

var assignmentCalls = map[*operation.Op]handler{
	operation.AssignmentsList:     listAssignments,
	operation.AssignmentsGet:      getAssignment,
	operation.AssignmentsOverview: assignmentsOverview,
}

// States of an assignment, as on the wire. The spelling of the middle one is a
// guess.
const (
	statusOpen            = "open"
	statusPartiallyClosed = "partially_closed"
	statusClosed          = "closed"
)

// Stages of collection. All are guesses: the real set is not public.
const (
	stageMonitored    = "monitored"
	stageReminderSent = "reminder_sent"
	stageDemandSent   = "demand_sent"
)

// levelHours is how long Kassavirta takes to fill the service level in: "some
// hours" in the documentation.
const levelHours = 4

// assignment is a claim in an agency's hands.
type assignment struct {
	id      string
	company *Company
	invoice *invoice
	agency  Service
	full    bool // Kassavirta
	party   string

	status    string
	stage     string
	level     string
	levelFrom time.Time // from when the level shows, by the story clock
	total     cents
	capital   cents // of the invoice, still open
	charges   cents // fees and interest, still open
	unpaidOut cents // collected by the agency, not yet paid out; negative: paid out too much
	paidOut   cents // collected by the agency and paid out
	claimed   claim // what was transferred
	paidUp    bool  // closed because nothing was left to pay
	dueDate   string
	createdAt time.Time // by the story clock
	closedAt  time.Time
	visibleAt time.Time // by time.Now
	events    []*event  // oldest first
	withdrawn []*event
}

// claim is what an agency is to collect.
type claim struct{ capital, charges cents }

// open makes the assignment of a transfer that the agency took at a time.
func (co *Company) open(t *transfer, at time.Time) *assignment {
	s, v := co.srv, co.services[t.agency]
	a := &assignment{
		id: s.newID("assignment"), company: co, invoice: t.invoice, agency: t.agency,
		full: t.automatic, party: partyAgency,
		status: statusOpen, stage: stageMonitored,
		total: t.capital + t.charges, capital: t.capital, charges: t.charges, claimed: claim{t.capital, t.charges},
		dueDate: t.invoice.DueDate, createdAt: s.clock.Now(), visibleAt: at.Add(s.options.lags.Listing),
	}
	if t.agency == Amili && v.accountableParty != "" {
		a.party = v.accountableParty
	}
	co.assignments = append(co.assignments, a)
	co.byNumber[t.invoice.Number] = append(co.byNumber[t.invoice.Number], a)
	s.assignments[foldedID(a.id)] = a
	if a.full {
		a.fillLevel(co.levels[t.invoice.CustomerBID])
	}
	return a
}

func (a *assignment) fillLevel(level string) {
	a.levelFrom = a.createdAt.Add(levelHours * time.Hour)
	a.level = levelDefault
	if level == levelPremium || level == levelVIP {
		a.level = level
		a.add(&event{kind: eventServiceLevelChanged, author: authorAgency})
	}
}

func (a *assignment) openAmount() cents { return a.capital + a.charges }

// visible reports whether calls can find the assignment yet.
func (a *assignment) visible(now time.Time) bool { return !now.Before(a.visibleAt) }

// reduced reports whether there are payments or credit notes.
func (a *assignment) reduced() bool {
	return slices.ContainsFunc(a.events, (*event).reduces)
}

// reduceBy lowers the claim by a payment or credit note: the capital first, then
// the charges. What is left over goes back to the debtor and is not kept here.
func (a *assignment) reduceBy(e *event) {
	fromCapital := min(e.amount, a.capital)
	a.capital -= fromCapital
	a.charges -= min(e.amount-fromCapital, a.charges)
	if e.kind == eventCreditNote && a.agency == Ropo && a.capital == 0 {
		a.charges = 0 // at Ropo a full credit note cancels the assignment
	}
}

// followClaim sets the status that the claim calls for.
func (a *assignment) followClaim() {
	switch {
	case a.status == statusClosed:
	case a.openAmount() == 0:
		a.paidUp = true
		a.close(authorAgency)
	case a.capital == 0:
		a.status = statusPartiallyClosed
	}
}

// close closes the assignment, which says nothing about payment.
func (a *assignment) close(author string) {
	if a.status == statusClosed {
		return
	}
	a.status, a.closedAt = statusClosed, a.company.srv.clock.Now()
	a.add(&event{kind: eventClose, author: author})
}

// shownLevel is the service level once it is filled in.
func (a *assignment) shownLevel() string {
	if a.company.srv.clock.Now().Before(a.levelFrom) {
		return ""
	}
	return a.level
}

// listAssignments is GET /v1/assignments.
func listAssignments(c *call) (any, error) {
	name := strings.ToLower(c.guessedParam("debtor_name"))
	status := c.guessedParam("status")
	invoiceID := c.guessedParam("invoice_id")
	created, err := c.timeRange("created_at")
	if err != nil {
		return nil, err
	}
	closed, err := c.timeRange("closed_at")
	if err != nil {
		return nil, err
	}
	if status != "" && !slices.Contains([]string{statusOpen, statusPartiallyClosed, statusClosed}, status) {
		return nil, invalidParameters("status does not have a valid value")
	}
	c.lean("rule lists are newest first")
	return page(c, newestFirst(c.company.assignments), assignmentJSON, func(a *assignment) bool {
		switch {
		case !a.visible(c.now), status != "" && a.status != status:
			return false
		case a.status == statusClosed && status == "" && !closed.given:
			c.lean("rule closed assignments leave the default list")
			return false
		case name != "" && !strings.Contains(strings.ToLower(a.invoice.DebtorName), name):
			return false
		case invoiceID != "" && !strings.EqualFold(a.invoice.ID, invoiceID):
			return false
		}
		return created.has(a.createdAt) && closed.has(a.closedAt)
	})
}

// getAssignment is GET /v1/assignments/{assignment_id}.
func getAssignment(c *call) (any, error) {
	a, err := c.assignment()
	if err != nil {
		return nil, err
	}
	events := []any{}
	for _, e := range a.events {
		if e.visible(c.now) {
			events = append(events, eventJSON(e))
		}
	}
	return assignmentJSON(a).guess("events", events), nil
}

// assignmentsOverview is GET /v1/assignments/overview.
func assignmentsOverview(c *call) (any, error) {
	today := c.srv.clock.Today()
	soon := dayAfter(today, 7)
	var open, soonDue, overdue int
	for _, a := range c.company.assignments {
		if !a.visible(c.now) || a.status == statusClosed {
			continue
		}
		open++
		switch {
		case a.dueDate < today:
			overdue++
		case a.dueDate <= soon:
			soonDue++
		}
	}
	c.lean("rule soon due means within 7 days")
	return c.srv.object("Overview").guess("open", open).guess("soon_due", soonDue).guess("overdue", overdue), nil
}

// assignment finds the assignment of the path.
func (c *call) assignment() (*assignment, error) {
	a := c.srv.assignmentByID(c.ids["assignment_id"])
	if a == nil || a.company != c.company || !a.visible(c.now) {
		return nil, notFound()
	}
	return a, nil
}

func assignmentJSON(a *assignment) *object {
	o := a.company.srv.object("Assignment").
		put("invoice_id", a.invoice.ID).
		put("reference_ids", []string{a.invoice.ID}).
		put("collection_status", a.stage).
		put("service_level", a.shownLevel()).
		guess("id", a.id).
		guess("invoice_number", a.invoice.Number).
		guess("invoice_date", a.invoice.Date).
		guess("due_date", a.dueDate).
		guess("status", a.status).
		guess("debtor_name", a.invoice.DebtorName).
		guess("currency", a.invoice.Currency).
		guess("created_at", instant(a.createdAt)).
		guess("closed_at", instant(a.closedAt))
	o.lean("value CollectionStatus " + a.stage).lean("value AssignmentStatus " + a.status)
	return o.guessAmount("total_amount", a.total).guessAmount("open_amount", a.openAmount())
}
