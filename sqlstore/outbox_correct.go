package sqlstore

import (
	"cmp"
	"context"

	"github.com/maventa-go/maventa"
)

// correct asks a person to correct what was to be withdrawn, and was sent.
func (o *Outbox) correct(ctx context.Context, q session, e *outboxRow, why string) error {
	work := &WorkList{store: o.store, company: o.company}
	return work.In(q).put(ctx, WorkItem{
		Key: "correction/" + e.Key(), Kind: "correction", Action: maventa.ActionAskPerson, About: cmp.Or(e.AssignmentID, e.InvoiceID),
		Text: "the entry " + e.Key() + " was to be withdrawn, and was sent, or may be on its way: correct it by hand. " + why,
	})
}

// sentAfterAll looks at an entry that was lent and is not queued any more: who stood
// still with it for longer than that may have sent what was withdrawn meanwhile.
func (o *Outbox) sentAfterAll(ctx context.Context, q session, key string) error {
	old, err := o.locked(ctx, q, key)
	if err != nil || old.State != OutboxWithdrawn && old.State != OutboxNotNeeded {
		return err
	}
	record, found, err := first(o.store.list(ctx, q, findKey, o.names(key)...))
	if err != nil || !found || !record.Open() && !record.Done() {
		return err
	}
	return o.correct(ctx, q, old, old.Why)
}
