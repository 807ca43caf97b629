package sqlstore

import (
	"context"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// Put puts an entry into the outbox, once per key: the same once more changes nothing,
// whatever has become of it, but for Due of one that was never taken. The contents of a transfer that was not sent are replaced,
// and one that is done is queued once more if its Case is higher than before;
// a payment or credit note with other contents is [ledger.ErrKeyReused], since a
// correction is a withdrawal and an entry of its own. Identity numbers are not stored:
// set them when the entry was taken.
func (o *Outbox) Put(ctx context.Context, e OutboxEntry) error {
	body, err := bodyOf(&e)
	if err == nil {
		err = o.store.within(ctx, o.tx, func(q session, _ *state) error { return o.put(ctx, q, &e, body) })
	}
	return o.store.failed("Outbox.Put", err)
}

func (o *Outbox) put(ctx context.Context, q session, e *OutboxEntry, body string) error {
	now := time.Now()
	due := e.Due
	if due.IsZero() {
		due = now
	}
	isNew, err := o.store.insertNew(ctx, q, outboxInsert, append(o.names(e.Key()),
		e.AssignmentID, e.InvoiceID, string(e.kind()), body, micros(due), now.UnixMicro())...)
	if err != nil || isNew && o.store.dialect != dialects[MySQL] { // whose driver may count rows that are as they were
		return err
	}
	old, err := o.locked(ctx, q, e.Key())
	if err == nil && old.body != body && e.Event != nil && old.State != OutboxQueued && old.State != OutboxHeld {
		body, err = forgotten(e) // it may have been forgotten since
	}
	isEqual := err == nil && old.body == body && old.AssignmentID == e.AssignmentID && old.InvoiceID == e.InvoiceID
	switch {
	case err != nil, isEqual && e.Due.IsZero():
		return err
	case isEqual:
		return o.store.exec(ctx, q, outboxDue, append([]any{micros(due)}, o.names(e.Key())...)...)
	}
	isSame := old.Transfer != nil && e.Transfer != nil && old.InvoiceID == e.InvoiceID
	switch {
	case isSame && (old.State == OutboxQueued || old.State == OutboxHeld):
		return o.store.exec(ctx, q, outboxBody, append([]any{body}, o.names(e.Key())...)...)
	case isSame && old.State == OutboxDone && e.Transfer.Case > max(old.Transfer.Case, 1):
		err := o.store.exec(ctx, q, outboxBody, append([]any{body}, o.names(e.Key())...)...)
		if err != nil {
			return err
		}
		return o.store.exec(ctx, q, outboxSet, append([]any{string(OutboxQueued), micros(due), 0, "", ""}, o.names(e.Key())...)...)
	case isSame:
		return nil
	}
	return refusal(ledger.ErrKeyReused, "the outbox has other contents under this key, and keeps them: "+reusedAdvice(old))
}

// reusedAdvice says what to do about a key that has other contents.
func reusedAdvice(old *outboxRow) string {
	switch {
	case old.State == OutboxDone && old.Event != nil && old.Event.Event.Type == maventa.EventPaid:
		return "it was reported already. Do not take a new key before you know which is right: that would be a second payment"
	case old.State == OutboxDone:
		return "it took effect already. Do not take a new key before you know which is right: that would be a second one"
	case old.State == OutboxWithdrawn, old.State == OutboxNotNeeded:
		return "that entry is " + string(old.State) + "; put a new one under its own key"
	}
	return "withdraw that entry, and put a new one under its own key"
}
