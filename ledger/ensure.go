package ledger

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
)

// Entry is one payment, credit note or other event of the caller's books that is
// to be reported exactly once.
type Entry struct {
	// Key is the business key: what makes this entry unique within the company
	// for ever: of a payment [BankLine.Key]. Two equal payments on one day are two
	// entries with two keys. Never change the form of your keys: a new form is a new
	// payment.
	Key   string
	Event maventa.NewEvent

	// Currency of the event's amount, such as EUR; empty: the assignment's. Before it
	// is sent the assignment is read, and another currency is refused. Inferred: the
	// assignment's currency; one that shows none is not compared.
	Currency string
	// Bank is the line of the bank statement that a payment stands on, nil if the
	// books do not know it. With it an agency's payout is recognized: by its payer
	// ([ErrAgencyPayer]), or since the agency has booked a payment of that amount
	// within the last six weeks which no entry explains ([ErrPossibleDuplicate]).
	Bank *BankLine

	// Adopt and NotMine are the caller's decision after [ErrPossibleDuplicate],
	// whose Details are the ids of the events in question. Adopt is the id of the
	// one that is this entry's: nothing is sent. NotMine are the ids of those that
	// are not; once none is left in question, the entry is sent. Keep what NotMine
	// names and add to it: it says nothing about any other event, so that a
	// batch with it can be run again as it is.
	Adopt   string
	NotMine []string
}

// Ensured says how an entry stands on the service.
type Ensured struct {
	AssignmentID string
	InvoiceID    string // as given
	// EventID is the event's id, empty if the service's answer had none and it could
	// not be found by reading.
	EventID string
	// Sent reports whether this call sent it; otherwise it was there before.
	Sent bool
	// Contained: it was not reported and never will be, since the amounts of the
	// invoice's transfer contain it; see [TransferEntry].
	Contained bool
}

// Item is one line for [Ledger.EnsureEvents]: an entry and the assignment, or the
// invoice, that it belongs to.
type Item struct {
	AssignmentID string
	InvoiceID    string // used if AssignmentID is empty
	Entry
}

// Result is what became of one [Item].
type Result struct {
	Item    Item
	Ensured *Ensured // nil with Err
	Err     error
}

// workers bounds how many assignments are worked on at a time.
const workers = 8

// EnsureEvent adds an event to an assignment exactly once. docs/oncall.md says
// on what it rests.
//
// While an attempt is in doubt, the error matches [maventa.ErrOutcomeUnknown]:
// [ErrUnsettled] says when to run again, [ErrUndecided] that a person decides. [ErrPossibleDuplicate]:
// equal events are there that the journal cannot explain; the caller decides, see
// [Entry]. [ErrKeyReused]: the key stands for another event or assignment.
func (l *Ledger) EnsureEvent(ctx context.Context, assignmentID string, entry Entry) (*Ensured, error) {
	e := l.newEvent(assignmentID, "", entry)
	ensured, err := e.ensure(ctx, false)
	return ensured, e.exit(ctx, err)
}

// EnsureEvents is [Ledger.EnsureEvent] for many lines, a few assignments at a
// time, the items of one assignment in their order. It does not wait for
// assignments that are not there yet: their items fail with
// [maventa.ErrNotFound] and belong into the next run;
// [maventa.InvoiceService.WaitForTransfer] waits. The results have the order of
// the items. A key that stands twice counts once; if it stands for different
// assignments or contents, nothing is sent under it: [ErrKeyReused].
func (l *Ledger) EnsureEvents(ctx context.Context, items []Item) []Result {
	results := make([]Result, len(items))
	groups := map[string][]int{}
	var order []string
	ambiguous := ambiguousKeys(items)
	for i := range items {
		key := items[i].target()
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], i)
	}
	slots := make(chan struct{}, workers)
	var (
		wg     sync.WaitGroup
		panics call.Panics
	)
	for _, key := range order {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			defer panics.Keep() // of an observer or a journal
			for _, i := range groups[key] {
				ensured, err := l.ensureItem(ctx, items[i], ambiguous[items[i].Key])
				results[i] = Result{Item: items[i], Ensured: ensured, Err: err}
			}
		})
	}
	wg.Wait()
	panics.Raise()
	return results
}

// target is the assignment of the item, or its invoice.
func (i *Item) target() string {
	if i.AssignmentID == "" {
		return "i/" + call.CanonicalID(i.InvoiceID)
	}
	return "a/" + call.CanonicalID(i.AssignmentID)
}

// contents are what is to be sent, by value. Of what has no JSON there are none.
func (i *Item) contents() string {
	body, err := json.Marshal(&i.Event)
	if err != nil {
		return ""
	}
	values, err := canonical(body)
	if err != nil {
		return ""
	}
	return string(values)
}

// ambiguousKeys are the keys that stand for different things: which of them is sent
// would be chance.
func ambiguousKeys(items []Item) map[string]bool {
	ambiguous, first := map[string]bool{}, make(map[string]*Item, len(items))
	for i := range items {
		item := &items[i]
		other := first[item.Key]
		switch {
		case other == nil:
			first[item.Key] = item
		case other.target() != item.target() || other.contents() != item.contents():
			ambiguous[item.Key] = true
		}
	}
	return ambiguous
}

func (l *Ledger) ensureItem(ctx context.Context, item Item, isAmbiguous bool) (*Ensured, error) {
	e := l.newEvent(item.AssignmentID, item.InvoiceID, item.Entry)
	if isAmbiguous && keyProblem(item.Key) == nil {
		e.key = e.keyOf(item.Key)
		return nil, e.exit(ctx, e.fail(keyTwice(item.Key)))
	}
	ensured, err := e.ensure(ctx, item.AssignmentID == "")
	return ensured, e.exit(ctx, err)
}
