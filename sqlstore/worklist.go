package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// WorkList keeps what needs a person, until he has decided. Make it with
// [Store.WorkList].
type WorkList struct {
	store   *Store
	company string
	tx      Tx
}

// WorkList returns the work list of a company. Without a company it is that of all, to
// be read only.
func (s *Store) WorkList(companyID string) *WorkList { return &WorkList{store: s, company: companyID} }

// In returns the work list within a transaction of the caller's.
func (w *WorkList) In(tx Tx) *WorkList {
	other := *w
	other.tx = inTx(tx)
	return &other
}

// DecisionKind is what a person decides.
type DecisionKind string

// The decisions.
const (
	// DecideAdopt: EventID is the entry's event; nothing is sent.
	DecideAdopt DecisionKind = "adopt"
	// DecideNotMine: the events in question are not the entry's.
	DecideNotMine DecisionKind = "not_mine"
	// DecideNeverArrived: the attempt in question never arrived.
	DecideNeverArrived DecisionKind = "never_arrived"
	// DecideAgain: what was refused, held or stalled is tried again.
	DecideAgain DecisionKind = "again"
	// DecideDrop: the entry is not sent.
	DecideDrop DecisionKind = "drop"
)

// Decision is a person's word on an item.
type Decision struct {
	Kind    DecisionKind
	EventID string    // of DecideAdopt: one of the item's IDs
	Who     string    // up to 200 bytes
	Why     string    // up to 2,000 bytes
	At      time.Time // when it was stored (UTC); the caller leaves it zero
}

// WorkItem is something that needs a person.
type WorkItem struct {
	CompanyID string
	Key       string         // of the entry, or of something of your own
	Kind      string         // the word of the error's kind, such as "possible_duplicate"
	Outcome   string         // what is known of the attempt, such as "unknown"
	Action    maventa.Action // what [maventa.Advise] said
	About     string         // the assignment or invoice
	IDs       []string       // of the events in question
	Text      string         // what happened; it may quote the service
	Attempt   time.Time      // the attempt in question (UTC); zero: none
	Since     time.Time      // when it was put here first (UTC)
	Owner     string         // who works on it; empty: nobody
	State     WorkState
	Decision  Decision // the last one
	NotMine   []string // all events that were decided not to be the entry's
}

// WorkState is where an item stands.
type WorkState string

// The states of an item.
const (
	WorkOpen    WorkState = "open"    // nobody has decided
	WorkDecided WorkState = "decided" // the next run does what was decided
	WorkClosed  WorkState = "closed"  // the entry is settled, or dropped
)

// Note takes in what became of a run of an entry: err is that of its EnsureEvent or
// EnsureTransfer, nil of a success. What needs a person is put here, once per key;
// success closes the item. Other errors, which pass by themselves, change nothing.
//
// The same question again leaves a decision as it is until a run has used it. Another
// one, or the same after that, opens the item again.
func (w *WorkList) Note(ctx context.Context, key string, err error) error {
	return w.note(ctx, key, err, time.Time{})
}

// NoteTransfer is [WorkList.Note] for a transfer, with what EnsureTransfer returned.
func (w *WorkList) NoteTransfer(ctx context.Context, key string, stands *ledger.Handover, err error) error {
	return w.note(ctx, key, err, stands.Attempt)
}

func (w *WorkList) note(ctx context.Context, key string, err error, attempt time.Time) error {
	advice := maventa.Advise(err)
	switch advice.Action {
	case maventa.ActionDone:
		return w.store.failed("WorkList.Note", w.closeItem(ctx, key))
	case maventa.ActionRetry, maventa.ActionFixSetup:
		return nil
	case maventa.ActionFixInput, maventa.ActionAskPerson:
	}
	item := WorkItem{Key: key, Kind: advice.Kind.Word(), Action: advice.Action, IDs: advice.IDs, Text: err.Error(), Attempt: attempt}
	if e, ok := errors.AsType[*maventa.Error](err); ok {
		item.Outcome, item.About = e.Outcome.String(), cut(e.Target, mostAbout)
		if !e.FirstSent.IsZero() {
			item.Attempt = e.FirstSent
		}
		if e.Target != "" {
			item.IDs = item.IDs[1:] // Advise puts it first
		}
	}
	return w.store.failed("WorkList.Note", w.put(ctx, item))
}

// Put puts an item here in the caller's own words: Key, Kind and Text are required. See
// [WorkList.Note] for one that is here already.
func (w *WorkList) Put(ctx context.Context, item WorkItem) error {
	return w.store.failed("WorkList.Put", w.put(ctx, item))
}

func (w *WorkList) put(ctx context.Context, item WorkItem) error {
	const most = 4000 // bytes of a text
	item.Text = cut(item.Text, most)
	err := fit(text{"company id", w.company, 1, 64}, text{"key", item.Key, 1, 512}, text{"kind", item.Kind, 0, 64}, text{"about", item.About, 0, mostAbout}, text{"text", item.Text, 1, most})
	if err != nil {
		return err
	}
	return w.change(ctx, item.Key, func(_ session, old *WorkItem, used bool) (*WorkItem, error) {
		if old == nil {
			item.State, item.Since, item.NotMine, item.Decision = WorkOpen, time.Now(), nil, Decision{}
			return &item, nil
		}
		isSame := old.Kind == item.Kind && slices.Equal(old.IDs, item.IDs) && old.Attempt.UnixMicro() == item.Attempt.UnixMicro()
		item.Since, item.Owner, item.Decision, item.NotMine, item.State = old.Since, old.Owner, old.Decision, old.NotMine, old.State
		isWaiting := old.State == WorkDecided || old.State == WorkClosed && old.Decision.Kind == DecideDrop
		if !isSame || !isWaiting || used {
			item.State = WorkOpen
		}
		if old.State == WorkClosed && item.State == WorkOpen {
			item.Since = time.Now()
		}
		return &item, nil
	})
}

// closeItem closes an item whose entry is settled. Most entries have none.
func (w *WorkList) closeItem(ctx context.Context, key string) error {
	if _, found, err := w.Find(ctx, key); err != nil || !found {
		return err
	}
	return w.change(ctx, key, func(_ session, old *WorkItem, _ bool) (*WorkItem, error) {
		if old != nil {
			old.State = WorkClosed
		}
		return old, nil
	})
}

// Assign says who works on an item; nobody, if owner is empty.
func (w *WorkList) Assign(ctx context.Context, key, owner string) error {
	err := fit(text{"owner", owner, 0, mostWho})
	if err == nil {
		err = w.change(ctx, key, func(_ session, old *WorkItem, _ bool) (*WorkItem, error) {
			if old == nil {
				return nil, noItem()
			}
			old.Owner = owner
			return old, nil
		})
	}
	return w.store.failed("WorkList.Assign", err)
}

// Decide stores a person's decision, for the next run. It is [ErrSettled] if the entry
// is settled already, [maventa.ErrNotFound] without an item, and
// [maventa.ErrValidation] if the decision is no answer to the item: DecideAdopt names one
// of its IDs, and DecideNeverArrived needs an attempt in question.
func (w *WorkList) Decide(ctx context.Context, key string, d Decision) error {
	return w.store.failed("WorkList.Decide", w.decide(ctx, key, d))
}

func (w *WorkList) decide(ctx context.Context, key string, d Decision) error {
	if err := fit(text{"who", d.Who, 1, mostWho}, text{"why", d.Why, 1, mostWhy}); err != nil {
		return err
	}
	d.At = time.Now()
	return w.change(ctx, key, func(q session, old *WorkItem, _ bool) (*WorkItem, error) {
		switch {
		case old == nil:
			return nil, noItem()
		case old.State == WorkClosed:
			return nil, refusal(ErrSettled, "the item is closed, so the decision was not stored")
		}
		// An accepted transfer that waits for somebody is in the journal as done.
		if old.Outcome != maventa.OutcomeApplied.String() {
			record, found, err := first(w.store.list(ctx, q, findKey, w.names(key)...))
			switch {
			case err != nil:
				return nil, err
			case found && record.Done():
				return nil, refusal(ErrSettled, "the journal says that the entry took effect on "+record.EndedAt.UTC().Format(time.RFC3339)+
					", so the decision was not stored")
			}
		}
		switch d.Kind {
		case DecideAdopt:
			if !slices.Contains(old.IDs, d.EventID) || d.EventID == "" {
				return nil, invalid(maventa.FieldProblem{Field: "event id", Problem: "is none of those in question"})
			}
		case DecideNotMine:
			for _, id := range old.IDs {
				if !slices.Contains(old.NotMine, id) {
					old.NotMine = append(old.NotMine, id)
				}
			}
		case DecideNeverArrived:
			if old.Attempt.IsZero() {
				return nil, invalid(maventa.FieldProblem{Field: "decision", Problem: "no attempt is in question"})
			}
		case DecideAgain, DecideDrop:
		default:
			return nil, invalid(maventa.FieldProblem{Field: "decision", Problem: "must be adopt, not_mine, never_arrived, again or drop"})
		}
		old.Decision, old.State = d, WorkDecided
		if d.Kind == DecideDrop {
			old.State = WorkClosed
		}
		return old, nil
	})
}

// Apply brings what was decided into an entry that is about to run, and reports
// whether it was dropped: then it is not run. An entry nobody has decided on may run:
// the ledger asks again.
func (w *WorkList) Apply(ctx context.Context, entry *ledger.Entry) (dropped bool, err error) {
	item, err := w.use(ctx, entry.Key)
	if err != nil || item == nil {
		return false, w.store.failed("WorkList.Apply", err)
	}
	return item.apply(entry), nil
}

// ApplyTransfer is [WorkList.Apply] for a transfer.
func (w *WorkList) ApplyTransfer(ctx context.Context, entry *ledger.TransferEntry) (dropped bool, err error) {
	item, err := w.use(ctx, entry.Key)
	if err != nil || item == nil {
		return false, w.store.failed("WorkList.ApplyTransfer", err)
	}
	return item.applyTransfer(entry), nil
}

func (i *WorkItem) apply(entry *ledger.Entry) (dropped bool) {
	entry.NotMine = append(slices.Clip(entry.NotMine), i.NotMine...)
	if i.Decision.Kind == DecideAdopt {
		entry.Adopt = i.Decision.EventID
	}
	return i.Decision.Kind == DecideDrop
}

func (i *WorkItem) applyTransfer(entry *ledger.TransferEntry) (dropped bool) {
	switch i.Decision.Kind {
	case DecideNeverArrived:
		entry.NeverArrived = i.Attempt
	case DecideAgain:
		entry.Again = i.Attempt
	case DecideAdopt, DecideNotMine, DecideDrop:
	}
	return i.Decision.Kind == DecideDrop
}

// use returns an item that is decided, and notes that a run uses the decision.
func (w *WorkList) use(ctx context.Context, key string) (*WorkItem, error) {
	item, found, err := w.Find(ctx, key)
	if err != nil || !found || item.Decision.Kind == "" {
		return nil, err
	}
	return &item, w.store.within(ctx, w.tx, func(q session, _ *state) error {
		return w.store.exec(ctx, q, workUsed, w.names(key)...)
	})
}

const mostAbout = 200 // bytes

func noItem() error { return refusal(maventa.ErrNotFound, "there is no item under this key") }

// cut shortens s to at most n bytes without splitting a character. What not every
// database takes goes: the service may have said it, and must be noted all the same.
func cut(s string, n int) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s[:min(n, len(s))], ""), "\x00", "")
}

func listOf(text string) (list []string, err error) {
	err = json.Unmarshal([]byte(text), &list)
	return list, err
}
