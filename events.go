package maventa

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/decode"
	"github.com/maventa-go/maventa/internal/operation"
)

// EventService reads events across all assignments of a company.
type EventService struct{ c *Client }

// EventType says what an event is about. The list is open.
type EventType string

// Event types. Source: Receivables API page and the service guides.
const (
	// EventComment is a comment or a question, from either side. One from the
	// agency may need an answer.
	EventComment EventType = "comment"
	// EventPaid is a payment, full or partial: from the agency, of the debtor to
	// the agency; from the sender, of the debtor to the sender's own account.
	EventPaid EventType = "paid"
	// EventCreditNote: a credit note belongs to the assignment. On Ropo a full
	// credit note is how an assignment is cancelled.
	EventCreditNote EventType = "credit_note"
	// EventClose: the assignment was closed, by either side.
	EventClose EventType = "close"
	// EventServiceLevelChanged: the customer's level is now premium or vip.
	EventServiceLevelChanged EventType = "service_level_changed"

	// EventDueDateChange asks for a new due date. Inferred: the wire name.
	EventDueDateChange EventType = "due_date_change"
	// EventCollectionStop asks to stop collection for a while. Inferred: the
	// wire name.
	EventCollectionStop EventType = "collection_prohibition"
	// EventCancellation ends the assignment. Inferred: the wire name.
	EventCancellation EventType = "cancellation"
	// EventCreditLoss books the claim as a credit loss. Inferred: the wire name.
	EventCreditLoss EventType = "credit_loss"
	// EventReminder: the agency sent a reminder. Inferred: the wire name.
	EventReminder EventType = "reminder"
	// EventPaymentDemand: the agency sent a demand for payment. Inferred: the
	// wire name.
	EventPaymentDemand EventType = "payment_demand"
)

// Known reports whether t is one of the types above.
func (t EventType) Known() bool {
	switch t {
	case EventComment, EventPaid, EventCreditNote, EventClose, EventServiceLevelChanged,
		EventDueDateChange, EventCollectionStop, EventCancellation, EventCreditLoss,
		EventReminder, EventPaymentDemand:
		return true
	}
	return false
}

// EventAuthor says which side made an event.
//
// Inferred: field and values. How the service tells the sides apart is not
// public, so an empty author means nothing.
type EventAuthor string

// Authors of events.
const (
	AuthorAgency EventAuthor = "agency"
	AuthorSender EventAuthor = "sender"
)

// Event is something that happened on an assignment.
//
// Inferred: all wire names. What the service calls otherwise is in Extra.
type Event struct {
	ID           string    `json:"id" api:"inferred"`
	AssignmentID string    `json:"assignment_id,omitzero" api:"inferred"`
	Type         EventType `json:"type" api:"inferred"`
	// Amount is in the assignment's currency. An event that has none, or whose
	// amount has another name, has it absent.
	Amount        Opt[Amount] `json:"amount,omitzero" api:"inferred"`
	Date          Date        `json:"date,omitzero" api:"inferred"` // of the payment or credit note
	Comment       string      `json:"comment,omitzero" api:"inferred"`
	InvoiceNumber string      `json:"invoice_number,omitzero" api:"inferred"` // of the credit note
	DueDate       Date        `json:"due_date,omitzero" api:"inferred"`       // asked for by a due-date change
	Until         Date        `json:"until,omitzero" api:"inferred"`          // end of a collection stop
	Author        EventAuthor `json:"author,omitzero" api:"inferred"`
	Seen          bool        `json:"seen,omitzero" api:"inferred"`
	CreatedAt     time.Time   `json:"created_at,omitzero" api:"inferred"`
	Extra         Extra       `json:"-"`

	// Repeat counts events without an id that are alike: 0 for the first, 1 for the
	// second. It is not on the wire: package follow sets it, the lists leave it 0.
	Repeat int `json:"-"`
}

// isAnswer reports whether an event is the answer to one that was sent, and whether
// it is about another one. An event that was added is known by its type, or by an id
// and a value of what was sent. What the service may write otherwise is no sign of
// another call: a type of its own, another sign, cents for euros, another day, what
// Extra overrides. But an answer with such a value, or whose author is the agency,
// proves nothing.
func isAnswer(e *Event, sent *NewEvent, assignmentID string) (proven, foreign bool) {
	isHere := call.SameID(e.AssignmentID, assignmentID)
	overrides := func(name string) bool { _, has := sent.Extra.Get(name); return has }
	got, says := e.Amount.Get()
	want, asked := sent.Amount.Get()
	compared := says && asked && !overrides("amount")
	isSum := says && asked && isSame(got, want)
	foreign = e.Type.Known() && e.Type != sent.Type && !overrides("type") ||
		e.AssignmentID != "" && !isHere || compared && !isNear(got, want)
	isOther := compared && !isSum || strings.EqualFold(strings.TrimSpace(string(e.Author)), string(AuthorAgency)) ||
		isOtherDay(e.Date, sent.Date) && !overrides("date") || isOtherDay(e.DueDate, sent.DueDate) && !overrides("due_date") ||
		isOtherDay(e.Until, sent.Until) && !overrides("until")
	proven = !isOther && (e.Type == sent.Type && e.Type != "" || e.ID != "" && (isHere || isSum ||
		repeats(e.Date, sent.Date) || repeats(e.DueDate, sent.DueDate) || repeats(e.Until, sent.Until) ||
		repeats(e.Comment, sent.Comment) || repeats(e.InvoiceNumber, sent.InvoiceNumber)))
	return proven, foreign
}

// isSame reports whether an amount is the one that was sent, but for the noise of
// binary fractions.
func isSame(got, sent Amount) bool {
	difference, err := got.Sub(sent)
	return err == nil && difference.abs().Cmp(Amount{1, 2}) < 0
}

// isOtherDay reports whether both days are given and differ.
func isOtherDay(got, sent Date) bool { return !got.IsZero() && !sent.IsZero() && got != sent }

// repeats reports whether got is what was sent, and anything at all.
func repeats[T comparable](got, sent T) bool {
	var none T
	return got == sent && got != none
}

// NewEvent is the body of [AssignmentService.AddEvent]. Make it with one of the
// builders below.
//
// Inferred: all wire names. Documented are most of the types and what an event
// is about, not its fields. A member in Extra wins over the typed field of the
// same name, so that a caller can correct a wrong guess.
type NewEvent struct {
	Type          EventType   `json:"type" api:"inferred"`
	Amount        Opt[Amount] `json:"amount,omitzero" api:"inferred"`
	Date          Date        `json:"date,omitzero" api:"inferred"`
	Comment       string      `json:"comment,omitzero" api:"inferred"`
	InvoiceNumber string      `json:"invoice_number,omitzero" api:"inferred"`
	DueDate       Date        `json:"due_date,omitzero" api:"inferred"`
	Until         Date        `json:"until,omitzero" api:"inferred"`
	Extra         Extra       `json:"-"`
}

// MarshalJSON writes the typed fields and Extra.
func (e NewEvent) MarshalJSON() ([]byte, error) { return decode.Marshal(&e) }

// DirectPayment reports that the debtor paid to the sender's own account, in
// full or in part, in the assignment's currency, on the day of the bank entry.
//
// Never report an agency's payout with it: the agency knows that money already,
// and the claim would be lowered twice. Agencies: Amili and Ropo documented.
func DirectPayment(amount Amount, date Date) NewEvent {
	return NewEvent{Type: EventPaid, Amount: Some(amount), Date: date}
}

// CreditNote reports that a credit note belongs to the assignment: its amount
// in the assignment's currency, as a positive number, its date and its number.
// On Ropo a full credit note cancels the assignment, which may cost money. Do
// not report the same note as a [DirectPayment] too. Agencies: Amili and Ropo
// documented.
func CreditNote(amount Amount, date Date, number string) NewEvent {
	return NewEvent{Type: EventCreditNote, Amount: Some(amount), Date: date, InvoiceNumber: number}
}

// Comment writes a comment or answers a question of the agency. Agencies: Amili
// documented, Ropo Inferred.
func Comment(text string) NewEvent {
	return NewEvent{Type: EventComment, Comment: text}
}

// DueDateChange asks for a new due date; the agency decides. Agencies: Amili
// documented, Ropo Inferred. Inferred: the type's and the field's wire name.
func DueDateChange(dueDate Date) NewEvent {
	return NewEvent{Type: EventDueDateChange, DueDate: dueDate}
}

// CollectionStop asks to stop collection until a day. Inferred: the type's and
// the field's wire name, and that the API takes it: it is described for Amili's
// user interface only.
func CollectionStop(until Date) NewEvent {
	return NewEvent{Type: EventCollectionStop, Until: until}
}

// Cancellation ends the assignment, which may cost money; reason may be empty.
// Agencies: Amili documented; on Ropo use a full [CreditNote]. Inferred: the
// type's wire name.
func Cancellation(reason string) NewEvent {
	return NewEvent{Type: EventCancellation, Comment: reason}
}

// CreditLoss books the claim as a credit loss on a day. Inferred: the type's
// wire name, and that the API takes it: it is described for Amili's user
// interface only.
func CreditLoss(date Date) NewEvent {
	return NewEvent{Type: EventCreditLoss, Date: date}
}

// CustomEvent is an event of a type that this package does not know. Its fields
// go into Extra. Send it with [Unchecked].
func CustomEvent(t EventType) NewEvent { return NewEvent{Type: t} }

// Validate returns what [AssignmentService.AddEvent] with these options would
// refuse in the event, before anything is sent: an error that matches
// [ErrValidation] and names the fields. It needs no client.
func (e NewEvent) Validate(opts ...CallOption) error {
	return validateBody(&e, operation.AssignmentsAddEvent, opts)
}

func (e *NewEvent) validate(p *call.Problems) {
	p.Enum("type", string(e.Type), e.Type.Known())
	if p.NoPreflight {
		return
	}
	amount, given := e.Amount.Get()
	if given {
		positive(p.Add, "amount", amount)
	}
	switch e.Type {
	case EventPaid, EventCreditNote:
		_, named := e.Extra.Get("amount")
		if !given && !named {
			p.Add("amount", "is required")
		}
		if _, named := e.Extra.Get("date"); e.Date.IsZero() && !named {
			p.Add("date", "is required")
		}
	case EventComment:
		if _, named := e.Extra.Get("comment"); !named {
			p.Required("comment", e.Comment)
		}
	case EventDueDateChange:
		if _, named := e.Extra.Get("due_date"); e.DueDate.IsZero() && !named {
			p.Add("due_date", "is required")
		}
	case EventCollectionStop:
		if _, named := e.Extra.Get("until"); e.Until.IsZero() && !named {
			p.Add("until", "is required")
		}
	case EventServiceLevelChanged, EventReminder, EventPaymentDemand:
		if !p.Unchecked {
			p.Add("type", call.QuoteCut(string(e.Type), 32)+" is written by the agency")
		}
	case EventClose, EventCancellation, EventCreditLoss:
	}
}

// EventFilter chooses events. Empty fields do not filter. Inferred: the names
// of the parameters, so every filter is applied again on our side; see
// [FilterCheck].
type EventFilter struct {
	Type         EventType
	AssignmentID string
	CreatedFrom  time.Time // inclusive on our side
	CreatedTo    time.Time
	ListOptions
}

func (f EventFilter) list() list[Event] {
	l := list[Event]{
		call:    request{op: operation.EventsList},
		options: f.ListOptions,
		key:     wholeID,
	}
	l.call.params.add("type", string(f.Type))
	l.call.params.add("assignment_id", f.AssignmentID)
	l.call.params.addTime("created_at_start", f.CreatedFrom)
	l.call.params.addTime("created_at_end", f.CreatedTo)
	if len(l.call.params.b) > 0 {
		l.match = func(e *Event) call.Match {
			return call.MatchText(string(f.Type), string(e.Type)).
				And(call.MatchText(f.AssignmentID, e.AssignmentID)).
				And(call.MatchTime(f.CreatedFrom, f.CreatedTo, e.CreatedAt))
		}
	}
	return l
}

// wholeID is an event's id together with its assignment's: nothing says that the
// id alone is unique. It is empty for an event without an id.
func wholeID(e *Event) string {
	if e.ID == "" {
		return ""
	}
	return e.AssignmentID + "/" + e.ID
}

// List returns one page of the events of all assignments.
//
// GET /v1/events. Source: Receivables API page. Inferred: paging and the
// filters' names.
func (s EventService) List(ctx context.Context, filter EventFilter, opts ...CallOption) (*Page[Event], error) {
	return filter.list().page(ctx, s.c, opts)
}

// All iterates over the events of all assignments, page by page. Their order is
// not documented.
func (s EventService) All(ctx context.Context, filter EventFilter, opts ...CallOption) iter.Seq2[Event, error] {
	return filter.list().all(ctx, s.c, opts)
}

// Pages iterates over the pages of the events of all assignments, from
// filter.Page on, without the items that the page before had. It is for programs
// that read a long list in steps: after a failure go on at Next of the last page.
func (s EventService) Pages(ctx context.Context, filter EventFilter, opts ...CallOption) iter.Seq2[*Page[Event], error] {
	opts = slices.Clone(opts)
	return func(yield func(*Page[Event], error) bool) {
		for p, err := range filter.list().pages(ctx, s.c, opts) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(&p.Page, nil) {
				return
			}
		}
	}
}

// MarkSeen marks an event as seen. People who work in Maventa's user interface
// may rely on the mark: do not set it for what no person or program has dealt
// with.
//
// POST /v1/assignments/{assignment_id}/events/{event_id}/seen. Source:
// Receivables API page. Inferred: that marking twice is the same as once.
func (s EventService) MarkSeen(ctx context.Context, assignmentID, eventID string, opts ...CallOption) error {
	var seen Event // no schema says what the answer holds
	r := request{op: operation.EventsMarkSeen, ids: []string{assignmentID, eventID}, out: &seen}
	r.proof = func() (proven, foreign bool) {
		return call.Recognized(&seen) || call.SameID(seen.ID, eventID), false
	}
	return s.c.call(ctx, r, opts)
}
