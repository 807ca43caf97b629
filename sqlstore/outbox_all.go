package sqlstore

import (
	"context"
	"slices"
	"time"

	"github.com/maventa-go/maventa/ledger"
)

// OutboxResult is what became of an entry that was taken.
type OutboxResult struct {
	Key    string
	Stands *ledger.Handover // of a transfer
	Err    error            // the ledger's
	Again  time.Duration    // when to look again at what is not settled without an error; 0: it is
}

// SentAll is [Outbox.Sent] for many entries in one transaction.
func (o *Outbox) SentAll(ctx context.Context, results []OutboxResult) error {
	return o.store.failed("Outbox.SentAll", o.store.within(ctx, o.tx, func(q session, _ *state) error {
		for i := range results {
			if err := o.sent(ctx, q, &results[i]); err != nil {
				return err
			}
		}
		return nil
	}))
}

// NoteAll is [WorkList.Note] for many entries in one transaction, and
// [WorkList.NoteTransfer] for those with Stands. One with Again and no error is not
// settled: it changes nothing.
func (w *WorkList) NoteAll(ctx context.Context, results []OutboxResult) error {
	err := w.store.within(ctx, w.tx, func(q session, now *state) error {
		in := *w
		in.tx = &checkedTx{q, now}
		var settled []string
		for i := range results {
			r := &results[i]
			var err error
			switch {
			case r.Err == nil && r.Again == 0:
				settled = append(settled, r.Key)
			case r.Err != nil && r.Stands != nil:
				err = in.note(ctx, r.Key, r.Err, r.Stands.Attempt)
			case r.Err != nil:
				err = in.note(ctx, r.Key, r.Err, time.Time{})
			}
			if err != nil {
				return err
			}
		}
		items, err := in.among(ctx, "state <> 'closed'", settled)
		for i := range items {
			if err == nil {
				err = in.closeItem(ctx, items[i].Key)
			}
		}
		return err
	})
	return w.store.failed("WorkList.NoteAll", err)
}

// ApplyAll is [WorkList.Apply] and [WorkList.ApplyTransfer] for entries that were taken
// from the outbox. It reports for each whether it was dropped.
func (w *WorkList) ApplyAll(ctx context.Context, taken []OutboxEntry) (dropped []bool, err error) {
	dropped = make([]bool, len(taken))
	at := map[string]int{}
	var keys []string
	for i := range taken {
		at[taken[i].Key()] = i
		keys = append(keys, taken[i].Key())
	}
	items, err := w.among(ctx, "decision <> ''", keys)
	if err == nil && len(items) > 0 {
		err = w.store.within(ctx, w.tx, func(q session, _ *state) error {
			for i := range items {
				if err := w.store.exec(ctx, q, workUsed, w.names(items[i].Key)...); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return nil, w.store.failed("WorkList.ApplyAll", err)
	}
	for n := range items {
		switch i := at[items[n].Key]; {
		case taken[i].Event != nil:
			dropped[i] = items[n].apply(taken[i].Event)
		case taken[i].Transfer != nil:
			dropped[i] = items[n].applyTransfer(taken[i].Transfer)
		}
	}
	return dropped, nil
}

// among returns the items of some keys that fit a condition.
func (w *WorkList) among(ctx context.Context, condition string, keys []string) (items []WorkItem, err error) {
	for some := range slices.Chunk(keys, mostKeys) {
		isOne, args := in("item_key", some)
		list, err := w.read(ctx, workRows+" AND company_id = ? AND "+condition+isOne,
			append([]any{w.store.own.Environment.Name, w.company}, args...)...)
		if err != nil {
			return nil, err
		}
		items = append(items, list...)
	}
	return items, nil
}
