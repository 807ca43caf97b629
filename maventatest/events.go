package maventatest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/swagger"

	"github.com/maventa-go/maventa/internal/operation"
)

var eventCalls = map[*operation.Op]handler{
	operation.AssignmentsEvents:   assignmentEvents,
	operation.AssignmentsAddEvent: addEvent,

	operation.EventsList:     listEvents,
	operation.EventsMarkSeen: markSeen,
}

// Types of events, as on the wire.
const (
	eventComment             = "comment"
	eventPaid                = "paid"
	eventCreditNote          = "credit_note"
	eventClose               = "close"
	eventServiceLevelChanged = "service_level_changed"
	eventDueDateChange       = "due_date_change"        // a guess
	eventProhibition         = "collection_prohibition" // a guess
	eventCancellation        = "cancellation"           // a guess
	eventCreditLoss          = "credit_loss"            // a guess
	eventReminder            = "reminder"               // a guess
	eventDemand              = "payment_demand"         // a guess
)

// senderEvents are the types a company may add.
var senderEvents = []string{
	eventComment, eventPaid, eventCreditNote, eventClose,
	eventDueDateChange, eventProhibition, eventCancellation, eventCreditLoss,
}

const (
	authorAgency = "agency"
	authorSender = "sender"
)

// event is one thing that happened to an assignment.
type event struct {
	id         string
	number     int // of all events, in order
	assignment *assignment
	kind       string
	author     string
	hasAmount  bool
	amount     cents
	fee        cents // that a reminder or demand adds to the claim
	date       string
	comment    string
	invoiceNo  string
	dueDate    string
	until      string
	seen       bool
	createdAt  time.Time // by the story clock
	visibleAt  time.Time // by time.Now
	editedAt   time.Time // by the story clock; zero: never
}

func (e *event) visible(now time.Time) bool {
	return !now.Before(e.visibleAt) && e.assignment.visible(now)
}

// reduces reports whether an event lowers the claim.
func (e *event) reduces() bool { return e.kind == eventPaid || e.kind == eventCreditNote }

// add puts an event on the assignment, and nothing more.
func (a *assignment) add(e *event) {
	s := a.company.srv
	e.id, e.assignment = s.newID("event"), a
	e.number = s.sequence
	if s.options.wire.NumericIDs {
		e.id = strconv.Itoa(4710 + e.number)
	}
	e.createdAt, e.visibleAt = s.eventTime(), time.Now().Add(s.options.lags.Event)
	e.seen = e.author == authorSender
	a.events = append(a.events, e)
}

// eventTime is the story's time, and later than that of every event before.
func (s *Server) eventTime() time.Time {
	now := s.clock.Now()
	if !now.After(s.lastEvent) {
		now = s.lastEvent.Add(time.Second)
	}
	s.lastEvent = now
	return now
}

// book adds an event with what follows from it. Nothing is de-duplicated, and a
// closed assignment takes events too: a payment that is reported twice counts
// twice.
func (a *assignment) book(e *event) *event {
	s := a.company.srv
	if a.status == statusClosed {
		s.lean("rule a closed assignment takes events")
	}
	a.add(e)
	switch e.kind {
	case eventPaid, eventCreditNote:
		s.lean("rule an event counts as often as it is added")
		a.reduceBy(e)
		a.followClaim()
	case eventCancellation, eventCreditLoss:
		s.lean("rule " + e.kind + " closes the assignment")
		a.close(authorAgency)
	case eventClose:
		if a.status != statusClosed {
			a.status, a.closedAt = statusClosed, s.clock.Now()
		}
	}
	return e
}

// addEvent is POST /v1/assignments/{assignment_id}/events.
func addEvent(c *call) (any, error) {
	a, err := c.assignment()
	if err != nil {
		return nil, err
	}
	p, err := c.body()
	if err != nil {
		return nil, err
	}
	e := &event{author: authorSender}
	e.kind = p.Text("type", swagger.Required(), swagger.OneOf(senderEvents...), swagger.InferredIn("NewEvent"))
	if e.kind != "" {
		c.lean("value EventType " + e.kind)
		c.lean("event " + e.kind + " " + a.agency.title())
	}
	if e.kind == eventCancellation && a.agency == Ropo {
		p.Problem("type", "cancellation is none of Ropo's: a full credit note cancels")
	}
	amountRules := []swagger.Rule{swagger.InferredIn("NewEvent")}
	if e.reduces() {
		amountRules = append(amountRules, swagger.Required())
	}
	e.amount, e.hasAmount = readPositive(p, "amount", amountRules...)
	e.date = p.Text("date", swagger.Date(), swagger.InferredIn("NewEvent"))
	e.comment = p.Text("comment", swagger.InferredIn("NewEvent"))
	e.invoiceNo = p.Text("invoice_number", swagger.InferredIn("NewEvent"))
	e.dueDate = p.Text("due_date", swagger.Date(), swagger.InferredIn("NewEvent"))
	e.until = p.Text("until", swagger.Date(), swagger.InferredIn("NewEvent"))
	if err := c.checked(); err != nil {
		return nil, err
	}
	c.added = a.book(e).id
	return eventJSON(e), nil
}

// assignmentEvents is GET /v1/assignments/{assignment_id}/events, oldest first.
func assignmentEvents(c *call) (any, error) {
	a, err := c.assignment()
	if err != nil {
		return nil, err
	}
	return page(c, a.events, eventJSON, func(e *event) bool { return e.visible(c.now) })
}

// listEvents is GET /v1/events, newest first.
func listEvents(c *call) (any, error) {
	kind := c.guessedParam("type")
	assignmentID := c.guessedParam("assignment_id")
	created, err := c.timeRange("created_at")
	if err != nil {
		return nil, err
	}
	c.lean("rule lists are newest first")
	var events []*event
	for _, a := range c.company.assignments {
		events = append(events, a.events...)
	}
	slices.SortFunc(events, func(a, b *event) int { return a.number - b.number })
	return page(c, newestFirst(events), eventJSON, func(e *event) bool {
		switch {
		case !e.visible(c.now), kind != "" && e.kind != kind:
			return false
		case assignmentID != "" && !strings.EqualFold(e.assignment.id, assignmentID):
			return false
		}
		return created.has(e.createdAt)
	})
}

// markSeen is POST /v1/assignments/{assignment_id}/events/{event_id}/seen.
func markSeen(c *call) (any, error) {
	a, err := c.assignment()
	if err != nil {
		return nil, err
	}
	for _, e := range a.events {
		if strings.EqualFold(e.id, c.ids["event_id"]) {
			e.seen = true
			return eventJSON(e), nil
		}
	}
	return nil, notFound()
}

func eventJSON(e *event) *object {
	wire := e.assignment.company.srv.options.wire
	var id any = e.id
	if wire.NumericIDs {
		id = json.Number(e.id)
	}
	date := e.date
	if date != "" && wire.ShiftDates != 0 {
		date = dayAfter(date, wire.ShiftDates)
	}
	o := e.assignment.company.srv.object("Event").
		guess("id", id).
		guess("assignment_id", e.assignment.id).
		guess("type", e.kind).
		guess("date", date).
		guess("comment", e.comment).
		guess("invoice_number", e.invoiceNo).
		guess("due_date", e.dueDate).
		guess("until", e.until).
		guess("seen", e.seen).
		guess("created_at", instant(e.createdAt))
	o.lean("value EventType " + e.kind)
	if !wire.NoAuthors {
		o.guess("author", e.author).lean("value EventAuthor " + e.author)
	}
	o.lean("event " + e.kind + " " + e.assignment.agency.title())
	switch {
	case e.hasAmount && wire.FloatAmounts:
		o.guessNumber("amount", e.amount.asFloat(e.number%2 == 0))
	case e.hasAmount:
		o.guessAmount("amount", e.amount)
	}
	return o
}
