package worker

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
)

// WorkItem is something that needs a person.
type WorkItem struct {
	CompanyID string `json:"company_id"`
	Key       string `json:"key"`            // of the entry; or "correction/" and that; or what the kind says
	Entry     string `json:"entry,omitzero"` // what the entry is: its kind, amount and day
	Kind      string `json:"kind"`           // a stable word, such as "possible_duplicate"
	// Happened and ToDo are plain words; docs/oncall.md has more.
	Happened  string                  `json:"happened"`
	ToDo      string                  `json:"to_do"`
	Decisions []sqlstore.DecisionKind `json:"decisions"` // those that answer it, the usual one first
	Advice    maventa.Action          `json:"advice"`
	Outcome   string                  `json:"outcome,omitzero"` // of the attempt, such as "unknown"
	About     string                  `json:"about,omitzero"`   // the assignment or invoice
	IDs       []string                `json:"ids,omitempty"`    // what is in question: events, or what the kind says
	Text      string                  `json:"text"`             // the error; it may quote the service
	Attempt   time.Time               `json:"attempt,omitzero"` // when the attempt in question began
	Since     time.Time               `json:"since"`
	Owner     string                  `json:"owner,omitzero"`
}

// Work returns what needs a person, oldest first, at most limit: 0 is 100. Without a
// company it is that of all.
func (w *Worker) Work(ctx context.Context, companyID string, limit int) ([]WorkItem, error) {
	open, err := w.store.WorkList(canonical(companyID)).Open(ctx, limit)
	if err != nil {
		return nil, err
	}
	items := make([]WorkItem, len(open))
	for n := range open {
		i := &open[n]
		e := explain(i)
		items[n] = WorkItem{
			CompanyID: i.CompanyID, Key: i.Key, Kind: i.Kind, Happened: e.happened, ToDo: e.toDo, Decisions: e.decisions, Advice: i.Action,
			Outcome: i.Outcome, About: i.About, IDs: i.IDs, Text: plain.Replace(i.Text), Attempt: i.Attempt, Since: i.Since, Owner: i.Owner,
		}
		entry, found, err := w.store.Outbox(i.CompanyID).Find(ctx, strings.TrimPrefix(i.Key, correctionKey))
		if err != nil {
			return nil, err
		}
		if found {
			items[n].Entry = inWords(&entry)
		}
	}
	return items, nil
}

// inWords says what an entry is, without names and texts.
func inWords(e *sqlstore.OutboxEntry) string {
	said := []string{strings.ReplaceAll(string(kindOf(e)), "_", " ")}
	switch t := e.Transfer; {
	case t != nil && t.Ropo != nil:
		said = append(said, "to Ropo over", capitalOf(t).String(), t.Ropo.Currency)
	case t != nil && t.Amili != nil:
		said = append(said, "to Amili over", capitalOf(t).String())
	case e.Event != nil:
		event := &e.Event.Event
		if amount, has := event.Amount.Get(); has {
			said = append(said, "of", amount.String(), e.Event.Currency)
		}
		for _, day := range []struct {
			word string
			day  maventa.Date
		}{{"on", event.Date}, {"to", event.DueDate}, {"until", event.Until}} {
			if !day.day.IsZero() {
				said = append(said, day.word, day.day.String())
			}
		}
	}
	return strings.Join(slices.DeleteFunc(said, func(s string) bool { return s == "" }), " ")
}

// Decide stores what a person has decided on an item of the work list, and lets its
// entry run at once. The error matches maventa.ErrValidation if [WorkItem].Decisions does
// not name it: another one would close the item, and nothing would be done. See
// sqlstore.WorkList.Decide for the other errors.
func (w *Worker) Decide(ctx context.Context, companyID, key string, d sqlstore.Decision) error {
	return w.db.within(ctx, func(tx *sql.Tx) error {
		work := w.store.WorkList(canonical(companyID)).In(tx)
		item, found, err := work.Find(ctx, key)
		if err != nil {
			return err
		}
		if found && item.State != sqlstore.WorkClosed {
			if offered := explain(&item).decisions; !slices.Contains(offered, d.Kind) {
				return invalid(maventa.FieldProblem{Field: "decision", Problem: "must be another one: this item takes: " + words(offered)})
			}
		}
		if err := work.Decide(ctx, key, d); err != nil {
			return err
		}
		if err := w.decideCompany(ctx, tx, canonical(companyID), key, d); err != nil {
			return err
		}
		err = w.store.Outbox(canonical(companyID)).In(tx).Release(ctx, key, d.Who, d.Why)
		if errors.Is(err, maventa.ErrNotFound) || errors.Is(err, sqlstore.ErrSettled) {
			return nil // an item of its own, or an entry that is tried again anyway
		}
		return err
	})
}

func words(of []sqlstore.DecisionKind) string {
	list := make([]string, len(of))
	for i, d := range of {
		list[i] = string(d)
	}
	return strings.Join(list, ", ")
}

// Assign says who works on an item of the work list; nobody, if owner is empty.
func (w *Worker) Assign(ctx context.Context, companyID, key, owner string) error {
	return w.store.WorkList(canonical(companyID)).Assign(ctx, key, owner)
}

// Pause stops all sending of all processes that share the database, until [Worker.Resume].
func (w *Worker) Pause(ctx context.Context, who, why string) error {
	return w.store.Pause(ctx, who, why)
}

// Resume ends a pause.
func (w *Worker) Resume(ctx context.Context, who, why string) error {
	return w.store.Resume(ctx, who, why)
}

// Events returns what the agencies say of a company, behind a position, in their order,
// at most limit: 0 is 100. None is stored later with a lower position.
func (w *Worker) Events(ctx context.Context, companyID string, after int64, limit int, states ...sqlstore.AckState) ([]sqlstore.InboxItem, error) {
	c := w.company(companyID)
	if c == nil {
		return nil, unknownCompany(companyID)
	}
	return w.store.Inbox(c.client).After(ctx, after, limit, states...)
}

// Acknowledge notes what became of an event in the books. See sqlstore.Inbox.Acknowledge.
func (w *Worker) Acknowledge(ctx context.Context, companyID string, position int64, ack sqlstore.Ack) error {
	c := w.company(companyID)
	if c == nil {
		return unknownCompany(companyID)
	}
	return w.store.Inbox(c.client).Acknowledge(ctx, position, ack)
}
