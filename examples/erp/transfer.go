package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// The agency of a company, which its job must name.
const (
	agencyRopo  = "ropo"
	agencyAmili = "amili"
)

// firstDay is the first day on which an invoice is transferred: Ropo's for claims
// between companies. For Amili none is documented.
func firstDay(i *invoice) maventa.Date { return maventa.ReceivablesB2B.FirstRopoDay(i.due) }

// queueTransfers queues what is overdue. The contents are read from the books when it
// is sent: they are those of that moment, and names lie in one table only.
func (n *night) queueTransfers(ctx context.Context) error {
	list, err := n.invoices(ctx, "i.company = ? AND i.assignment = '' AND i.due <= ?", n.client.CompanyID(), n.today)
	for _, i := range list {
		if n.today.Before(firstDay(&i)) {
			continue
		}
		open, failed := n.open(ctx, i.id)
		if failed == nil && open > 0 {
			var key string
			if key, failed = n.transferKey(ctx, &i); failed == nil {
				failed = n.outbox.Put(ctx, sqlstore.OutboxEntry{InvoiceID: i.id, Transfer: empty(&i, key)})
			}
		}
		err = errors.Join(err, failed)
	}
	return err
}

// transferKey is the key of an invoice's transfer. One that was settled and is open
// again, since a payment bounced, gets the next one.
func (n *night) transferKey(ctx context.Context, i *invoice) (string, error) {
	for round := 1; ; round++ {
		key := fmt.Sprintf("collect/%s/%d", i.id, round)
		e, found, err := n.outbox.Find(ctx, key)
		if err != nil || !found || e.State != sqlstore.OutboxNotNeeded {
			return key, err
		}
	}
}

func empty(i *invoice, key string) *ledger.TransferEntry {
	if i.agency == agencyAmili {
		return &ledger.TransferEntry{Key: key, Amili: &maventa.AmiliTransfer{}}
	}
	return &ledger.TransferEntry{Key: key, Ropo: &maventa.RopoTransfer{}}
}

// transfer takes a transfer one step further.
func (n *night) transfer(ctx context.Context, i *invoice, key string) error {
	open, err := n.open(ctx, i.id)
	if err != nil {
		return err
	}
	switch begun, err := n.begun(ctx, i, key); {
	case err != nil:
		return err
	case begun: // what became of it must be found out, whatever the books say now
	case open <= 0:
		return n.end(ctx, i, key, sqlstore.OutboxNotNeeded, "nothing is open any more")
	case i.disputed || i.stopped || n.today.Before(firstDay(i)):
		return errors.Join(n.work.Note(ctx, key, nil), n.later(ctx, key)) // what held it before is no question now
	}
	entry, err := n.contents(ctx, i, key, open)
	if err != nil {
		return err
	}
	dropped, err := n.work.ApplyTransfer(ctx, entry)
	switch {
	case err != nil:
		return err
	case dropped:
		return n.end(ctx, i, key, sqlstore.OutboxWithdrawn, "dropped on the work list")
	}
	stands, failed := n.ledger.EnsureTransfer(ctx, i.id, *entry)
	again := stands.After
	if stands.State == maventa.TransferInCollection {
		again, err = 0, n.exec(ctx, "UPDATE invoices SET assignment = ? WHERE id = ?", stands.AssignmentID, i.id)
	}
	return errors.Join(err, n.work.NoteTransfer(ctx, key, stands, failed), n.sent(ctx, i, key, failed, again))
}

// contents are those of a transfer, as the books say now.
func (n *night) contents(ctx context.Context, i *invoice, key string, open int64) (*ledger.TransferEntry, error) {
	debtor, err := n.debtor(ctx, i.id)
	if err != nil {
		return nil, err
	}
	if open <= 0 {
		open = i.total // it was begun before it was settled: the last look sees that it is not sent again
	}
	entry := empty(i, key)
	// The amount contains these: they are never reported as well.
	if entry.Contains, err = n.keysOf(ctx, i.id); err != nil {
		return nil, err
	}
	payers, amounts := []maventa.Payer{debtor}, maventa.TransferAmounts{CapitalAmount: amount(open)}
	if entry.Amili != nil {
		*entry.Amili = maventa.AmiliTransfer{
			CollectionType: maventa.CollectionReminderAndCollection, ReceivablesType: maventa.ReceivablesB2B, Payers: payers, Amounts: amounts,
		}
		return entry, nil
	}
	*entry.Ropo = maventa.RopoTransfer{
		CollectionType: maventa.CollectionReminderAndCollection, ReceivablesType: maventa.ReceivablesB2B, Payers: payers, Amounts: amounts,
		DueDate: i.due, Currency: "EUR", Today: n.today,
	}
	return entry, nil
}
