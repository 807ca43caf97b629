package maventa

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// AssignmentService reads the invoices in collection and writes events on them.
type AssignmentService struct{ c *Client }

// AssignmentStatus is the state of an assignment. The list is open; the three
// states are described for Amili, for Ropo only collection_status is.
type AssignmentStatus string

// States of an assignment.
const (
	AssignmentOpen AssignmentStatus = "open" // monitored
	// AssignmentPartiallyClosed: the invoice is paid, charges remain.
	// Inferred: the spelling on the wire.
	AssignmentPartiallyClosed AssignmentStatus = "partially_closed"
	// AssignmentClosed: finished. It may have been paid, but also cancelled,
	// credited or closed by hand: closed is never proof of payment. Only its
	// paid and credit_note events say what reduced the claim.
	AssignmentClosed AssignmentStatus = "closed"
)

// Known reports whether s is one of the states above.
func (s AssignmentStatus) Known() bool {
	return s == AssignmentOpen || s == AssignmentPartiallyClosed || s == AssignmentClosed
}

// Assignment is an invoice in collection.
//
// Documented are invoice_id, reference_ids, collection_status and
// service_level. Inferred: all other wire names; what the service calls
// otherwise is in Extra, and the typed field is then empty. For that reason an
// amount that is not there is not 0 but absent. Amounts are in Currency.
type Assignment struct {
	ID            string   `json:"id" api:"inferred"`
	InvoiceID     string   `json:"invoice_id,omitzero"`
	ReferenceIDs  []string `json:"reference_ids,omitzero"` // holds the invoice's UUID
	InvoiceNumber string   `json:"invoice_number,omitzero" api:"inferred"`
	InvoiceDate   Date     `json:"invoice_date,omitzero" api:"inferred"`
	DueDate       Date     `json:"due_date,omitzero" api:"inferred"`

	Status AssignmentStatus `json:"status,omitzero" api:"inferred"`
	// CollectionStatus is the stage in the agency's process. Its values are not
	// public.
	CollectionStatus string `json:"collection_status,omitzero"`
	// ServiceLevel is filled some hours after the invoice was sent (Kassavirta).
	ServiceLevel ServiceLevel `json:"service_level,omitzero"`

	DebtorName  string      `json:"debtor_name,omitzero" api:"inferred"`
	Currency    string      `json:"currency,omitzero" api:"inferred"` // ISO 4217
	TotalAmount Opt[Amount] `json:"total_amount,omitzero" api:"inferred"`
	OpenAmount  Opt[Amount] `json:"open_amount,omitzero" api:"inferred"` // still to be paid

	CreatedAt time.Time `json:"created_at,omitzero" api:"inferred"`
	ClosedAt  time.Time `json:"closed_at,omitzero" api:"inferred"`

	// Events are filled by [AssignmentService.Get].
	Events []Event `json:"events,omitzero" api:"inferred"`
	Extra  Extra   `json:"-"`
}

// belongsTo reports whether a is about an invoice: by ids, never by number,
// which can come back on another assignment.
func (a *Assignment) belongsTo(invoiceID string) bool {
	return strings.EqualFold(a.InvoiceID, invoiceID) ||
		slices.ContainsFunc(a.ReferenceIDs, func(id string) bool { return strings.EqualFold(id, invoiceID) })
}

// Overview counts a company's assignments. A number that the service did not
// give is absent. Inferred: the wire names.
type Overview struct {
	Open    Opt[int] `json:"open,omitzero" api:"inferred"`
	SoonDue Opt[int] `json:"soon_due,omitzero" api:"inferred"`
	Overdue Opt[int] `json:"overdue,omitzero" api:"inferred"`
	Extra   Extra    `json:"-"`
}

// AssignmentFilter chooses assignments. Empty fields do not filter.
//
// Documented is that debtor name, creation and closing date can be filtered by.
// Inferred: the names of the parameters. So every filter is applied again on
// our side; see [FilterCheck]. Whether closed assignments are in the list
// without a filter for them is not documented.
type AssignmentFilter struct {
	DebtorName  string // part of the name, in either case, on our side
	Status      AssignmentStatus
	InvoiceID   string
	CreatedFrom time.Time // inclusive on our side
	CreatedTo   time.Time
	ClosedFrom  time.Time
	ClosedTo    time.Time
	ListOptions
}

func (f AssignmentFilter) list() list[Assignment] {
	l := list[Assignment]{
		call:    request{op: operation.AssignmentsList},
		options: f.ListOptions,
		key:     func(a *Assignment) string { return a.ID },
	}
	l.call.params.add("debtor_name", f.DebtorName)
	l.call.params.add("status", string(f.Status))
	l.call.params.add("invoice_id", f.InvoiceID)
	l.call.params.addTime("created_at_start", f.CreatedFrom)
	l.call.params.addTime("created_at_end", f.CreatedTo)
	l.call.params.addTime("closed_at_start", f.ClosedFrom)
	l.call.params.addTime("closed_at_end", f.ClosedTo)
	if len(l.call.params.b) > 0 {
		l.match = f.match
	}
	return l
}

func (f AssignmentFilter) match(a *Assignment) call.Match {
	m := call.MatchText(string(f.Status), string(a.Status)).
		And(call.MatchTime(f.CreatedFrom, f.CreatedTo, a.CreatedAt)).
		And(call.MatchTime(f.ClosedFrom, f.ClosedTo, a.ClosedAt))
	if f.DebtorName != "" {
		// Part of a name, since the service may match so.
		m = m.And(call.MatchPart(f.DebtorName, a.DebtorName))
	}
	switch {
	case f.InvoiceID == "" || a.belongsTo(f.InvoiceID):
	case a.InvoiceID == "" && len(a.ReferenceIDs) == 0:
		m = m.And(call.CannotTell)
	default:
		m = call.Differs
	}
	return m
}

// List returns one page of assignments.
//
// GET /v1/assignments. Source: Receivables API page. Inferred: paging and the
// filters' names.
func (s AssignmentService) List(ctx context.Context, filter AssignmentFilter, opts ...CallOption) (*Page[Assignment], error) {
	return filter.list().page(ctx, s.c, opts)
}

// All iterates over the assignments of all pages, fetching each when it is
// needed. It yields an error once and ends. It may be ranged over again, and
// begins anew then.
func (s AssignmentService) All(ctx context.Context, filter AssignmentFilter, opts ...CallOption) iter.Seq2[Assignment, error] {
	return filter.list().all(ctx, s.c, opts)
}

// Get returns one assignment with its events.
//
// GET /v1/assignments/{assignment_id}. Source: Receivables API page.
func (s AssignmentService) Get(ctx context.Context, assignmentID string, opts ...CallOption) (*Assignment, error) {
	return one[Assignment](ctx, s.c, request{op: operation.AssignmentsGet, ids: []string{assignmentID}}, opts)
}

// ForInvoice returns the assignment of an invoice: the one that the invoice's
// transfer names, or else the one in the list that carries the invoice's id as
// invoice_id or in reference_ids. An invoice number is never enough.
//
// The error matches [ErrNotFound] if there is none (closed ones may be missing
// from the list, and one that was just made may appear a little later: RetryAfter), and
// [ErrAmbiguous] if several are open; their ids are in Details.
func (s AssignmentService) ForInvoice(ctx context.Context, invoiceID string, opts ...CallOption) (*Assignment, error) {
	t, err := InvoiceService{s.c}.TransferStatus(ctx, invoiceID, opts...)
	if err == nil && t.URL != "" {
		return s.ofTransfer(ctx, t, opts)
	}
	if err != nil && !isAbsent(err) {
		return nil, err
	}
	return s.search(ctx, invoiceID, opts)
}

// ofTransfer returns the assignment of a transfer.
func (s AssignmentService) ofTransfer(ctx context.Context, t *Transfer, opts []CallOption) (*Assignment, error) {
	if t.URL == "" {
		return s.search(ctx, t.InvoiceID, opts)
	}
	id, err := s.c.assignmentID(t)
	if err != nil {
		return nil, err
	}
	a, err := s.Get(ctx, id, opts...)
	if err == nil && a.ID == "" {
		a.ID = id // an answer that shows none is of this one still
	}
	return a, err
}

const (
	notTransferred = "no assignment in the list carries the invoice's id: is it transferred? (a payment from before: TransferEntry.Contains)"
	transferTime   = 15 * time.Minute // when a look for one that is not there yet is of use again
)

// search looks through the list for the assignment of an invoice. Of several,
// the only one that is not closed counts.
func (s AssignmentService) search(ctx context.Context, invoiceID string, opts []CallOption) (*Assignment, error) {
	var found, open []Assignment
	for a, err := range s.All(ctx, AssignmentFilter{InvoiceID: invoiceID}, opts...) {
		switch {
		case err != nil:
			return nil, err
		case !a.belongsTo(invoiceID):
		default:
			found = append(found, a)
			if a.Status != AssignmentClosed {
				open = append(open, a)
			}
		}
	}
	switch {
	case len(found) == 1:
		return &found[0], nil
	case len(open) == 1:
		return &open[0], nil
	}
	r := request{op: operation.AssignmentsList}
	e := &Error{Phase: PhaseHTTP, Outcome: OutcomeRejected, Kind: ErrNotFound, Hint: notTransferred, RetryAfter: transferTime, temporary: true}
	if len(found) > 0 {
		e.Kind, e.Hint, e.temporary, e.RetryAfter = ErrAmbiguous, "several assignments carry the invoice's id", false, 0
		for _, a := range found {
			e.Details = append(e.Details, a.ID)
		}
	}
	e, _ = errors.AsType[*Error](s.c.fail(&r, e))
	e.Target = call.Cut(invoiceID, 64)
	return nil, e
}

// Overview counts the open, soon due and overdue assignments.
//
// GET /v1/assignments/overview. Source: Receivables API page. Inferred: the
// names of the fields.
func (s AssignmentService) Overview(ctx context.Context, opts ...CallOption) (*Overview, error) {
	return one[Overview](ctx, s.c, request{op: operation.AssignmentsOverview}, opts)
}

// Events iterates over the events of one assignment.
//
// GET /v1/assignments/{assignment_id}/events. Source: Receivables API page.
// Inferred: paging.
func (s AssignmentService) Events(ctx context.Context, assignmentID string, opts ...CallOption) iter.Seq2[Event, error] {
	l := list[Event]{call: request{op: operation.AssignmentsEvents, ids: []string{assignmentID}}, key: func(e *Event) string { return e.ID }}
	return l.all(ctx, s.c, opts)
}

// AddEvent adds an event to an assignment. Build it with [DirectPayment],
// [CreditNote], [Comment] or one of the others.
//
// Every call adds an event: the service documents no protection against a
// second one, and a payment reported twice wrongs the debtor. So a call whose
// outcome is not known is never repeated here; its error matches
// [ErrOutcomeUnknown]. Read the assignment's events before adding it again.
//
// The returned event has no ID if the service's answer has none.
//
// POST /v1/assignments/{assignment_id}/events. Source: Receivables API page.
// Inferred: the success status, the answer, and all fields but the type.
func (s AssignmentService) AddEvent(ctx context.Context, assignmentID string, event NewEvent, opts ...CallOption) (*Event, error) {
	e := new(Event)
	r := request{op: operation.AssignmentsAddEvent, ids: []string{assignmentID}, write: asJSON, body: &event, out: e}
	r.proof = func() (proven, foreign bool) { return isAnswer(e, &event, assignmentID) }
	if err := s.c.call(ctx, r, opts); err != nil {
		return nil, err
	}
	if e.ID == "" && e.Type == "" { // the answer does not say: keep what was sent
		e.Type, e.Amount, e.Date, e.Comment = event.Type, event.Amount, event.Date, event.Comment
		e.InvoiceNumber, e.DueDate, e.Until = event.InvoiceNumber, event.DueDate, event.Until
	}
	if e.AssignmentID == "" {
		e.AssignmentID = assignmentID
	}
	return e, nil
}
