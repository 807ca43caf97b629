package sqlstore

import (
	"context"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/decode"
	"github.com/maventa-go/maventa/ledger"
)

// About is what the store holds about some invoices and their assignments, such as all
// of one debtor. Make it with [Store.About].
type About struct {
	store   *Store
	company string
	ids     []string
	tx      Tx
}

// About returns what the store holds about invoices and assignments of a company: give
// the ids of both.
func (s *Store) About(companyID string, ids ...string) *About {
	return &About{store: s, company: companyID, ids: ids}
}

// In returns the same within a transaction of the caller's.
func (a *About) In(tx Tx) *About {
	other := *a
	other.tx = inTx(tx)
	return &other
}

// Held is what the store holds about something, for [About.Export]. encoding/json leaves
// out what is not known of an event, Event.Extra.
type Held struct {
	Inbox   []InboxItem // with their revisions
	Work    []WorkItem
	Outbox  []OutboxEntry
	Journal []ledger.Record // of the assignments
}

// Export returns all of it.
func (a *About) Export(ctx context.Context) (*Held, error) {
	var held *Held
	err := a.store.reading(ctx, a.tx, func(q session) (err error) {
		held, err = a.read(ctx, q)
		return err
	})
	return held, a.store.failed("About.Export", err)
}

// Forget deletes the texts in it, which may name somebody: those of events and what is
// not known of them, those of the work list with the persons' reasons, and of the outbox
// the payers. Keys, ids, types, amounts and days stay, and the whole journal, which holds
// no texts: so nothing is sent a second time, and no event comes once more. An entry that
// is to be sent or an item that waits is [ErrUnfinished], and nothing is changed.
func (a *About) Forget(ctx context.Context) error {
	return a.store.failed("About.Forget", a.store.within(ctx, a.tx, func(q session, _ *state) error {
		names := []any{a.store.own.Environment.Name, a.company}
		held, err := a.read(ctx, q)
		if err != nil {
			return err
		}
		if err := held.finished(); err != nil {
			return err
		}
		for _, row := range held.Inbox {
			row.Event.Comment, row.Event.Extra = "", maventa.Extra{}
			text, err := decode.Marshal(&row.Event)
			if err != nil {
				return err
			}
			if err := a.store.exec(ctx, q, "UPDATE maventa_inbox SET event = ?, ack_why = '' WHERE environment = ? AND company_id = ? AND position = ?",
				append([]any{string(text)}, append(names, row.Position)...)...); err != nil {
				return err
			}
		}
		for _, item := range held.Work {
			if err := a.store.exec(ctx, q, "UPDATE maventa_worklist SET message = 'forgotten', decided_why = '' WHERE environment = ? AND company_id = ? AND item_key = ?",
				append(names, item.Key)...); err != nil {
				return err
			}
		}
		for _, entry := range held.Outbox {
			entry.forget()
			body, err := writeBody(&entry)
			if err == nil {
				err = a.store.exec(ctx, q, "UPDATE maventa_outbox SET entry = ?, why = ''"+outboxKey, append([]any{body}, append(names, entry.Key())...)...)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

// finished reports what is needed yet.
func (h *Held) finished() error {
	for _, e := range h.Outbox {
		if e.State == OutboxQueued || e.State == OutboxHeld {
			return refusal(ErrUnfinished, "the entry "+e.Key()+" of the outbox is to be sent: nothing was changed")
		}
	}
	for _, i := range h.Work {
		if i.State != WorkClosed {
			return refusal(ErrUnfinished, "the item "+i.Key+" of the work list is not closed: nothing was changed")
		}
	}
	return nil
}

// forget leaves of an entry what its key, type, amount and day are.
func (e *OutboxEntry) forget() {
	switch {
	case e.Event != nil:
		e.Event.Event.Comment, e.Event.Event.Extra = "", maventa.Extra{}
		if e.Event.Bank != nil {
			e.Event.Bank.Payer = ""
		}
	case e.Transfer.Ropo != nil:
		*e.Transfer.Ropo = maventa.RopoTransfer{Amounts: e.Transfer.Ropo.Amounts, DueDate: e.Transfer.Ropo.DueDate, Currency: e.Transfer.Ropo.Currency}
	default:
		*e.Transfer.Amili = maventa.AmiliTransfer{Amounts: e.Transfer.Amili.Amounts}
	}
}

// forgotten is the body of an event as [About.Forget] leaves it.
func forgotten(e *OutboxEntry) (string, error) {
	less, event := *e, *e.Event
	if less.Event = &event; event.Bank != nil {
		bank := *event.Bank
		event.Bank = &bank
	}
	less.forget()
	return writeBody(&less)
}

func (a *About) read(ctx context.Context, q session) (*Held, error) {
	var held Held
	outbox, work := &Outbox{store: a.store, company: a.company}, &WorkList{store: a.store, company: a.company}
	for _, id := range a.ids {
		if id == "" {
			continue // not in collection
		}
		names := []any{a.store.own.Environment.Name, a.company, id}
		inbox, err := a.store.inboxItems(ctx, q, inboxRows+" AND assignment_id = ? ORDER BY position", names...)
		if err != nil {
			return nil, err
		}
		held.Inbox = append(held.Inbox, inbox...)
		items, _, err := work.rows(ctx, q, workRows+" AND company_id = ? AND about = ? ORDER BY since, item_key", names...)
		if err != nil {
			return nil, err
		}
		held.Work = append(held.Work, items...)
		rows, err := outbox.rows(ctx, q, outboxRows+" AND company_id = ? AND (assignment_id = ? OR assignment_id = '' AND invoice_id = ?) ORDER BY put_at, entry_key",
			append(names, id)...)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			held.Outbox = append(held.Outbox, row.OutboxEntry)
		}
		records, err := a.store.list(ctx, q, forAssignment, names...)
		if err != nil {
			return nil, err
		}
		held.Journal = append(held.Journal, records...)
	}
	return &held, nil
}
