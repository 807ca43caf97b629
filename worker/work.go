package worker

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
)

// Work returns what needs a person, oldest first, at most limit: 0 is 100. Without a
// company it is that of all.
func (w *Worker) Work(ctx context.Context, companyID string, limit int) ([]sqlstore.WorkItem, error) {
	return w.store.WorkList(canonical(companyID)).Open(ctx, limit)
}

// Decide stores what a person has decided on an item of the work list, and lets its
// entry run at once. The error matches maventa.ErrValidation if [Explain] does not offer
// the decision: another one would close the item, and nothing would be done. See
// sqlstore.WorkList.Decide for the other errors.
func (w *Worker) Decide(ctx context.Context, companyID, key string, d sqlstore.Decision) error {
	return w.db.within(ctx, func(tx *sql.Tx) error {
		work := w.store.WorkList(canonical(companyID)).In(tx)
		item, found, err := work.Find(ctx, key)
		if err != nil {
			return err
		}
		if found && item.State != sqlstore.WorkClosed {
			if offered := Explain(&item).Decisions; !slices.Contains(offered, d.Kind) {
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
