package main

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// waitDays is how long after its due date an invoice is transferred: what Ropo asks of
// claims between companies.
const waitDays = 7

// night is the work of one night for one company.
type night struct {
	erp    *erp
	store  *sqlstore.Store
	client *maventa.Client
	today  maventa.Date
	ledger *ledger.Ledger
	say    *log.Logger
}

// guards are all four of them. How much may leave is for you to say.
func guards(e *erp, store *sqlstore.Store, transfers int) ledger.Guards {
	return ledger.Guards{
		Pause:        store,
		Reservations: store,
		Limits: ledger.Limits{
			Transfers:     ledger.Limit{Count: transfers},
			CreditNotes:   ledger.Limit{Count: transfers},
			Cancellations: ledger.Limit{Count: 1},
			CreditLosses:  ledger.Limit{Count: 1},
		},
		KnownUntil: e.knownUntil,
		LastLook:   e.standing,
	}
}

// run is the night, after the bank's files are in. What fails for one invoice stops no
// other: it is on the work list, or passes by itself.
func (n *night) run(ctx context.Context) error {
	return errors.Join(
		n.settle(ctx),   // payments first: nobody who has paid is transferred
		n.report(ctx),   // what came to us, to the agency
		n.transfer(ctx), // what is overdue, and what was on its way
		n.report(ctx),   // what came while a transfer was on its way
		n.look(ctx),     // what the agency says
		n.compare(ctx),
	)
}

// settle ends payments of invoices that are paid without collection: nobody has to hear
// of them.
func (n *night) settle(ctx context.Context) error {
	list, err := n.erp.payments(ctx, "p.state = 'new' AND i.assignment = '' AND i.company = ?", n.client.CompanyID())
	for _, p := range list {
		open, failed := n.erp.open(ctx, p.invoice)
		stands, failed2 := n.client.Invoices.TransferAbsent(ctx, p.invoice)
		if err = errors.Join(err, failed, failed2); err == nil && open <= 0 && stands {
			err = n.mark(ctx, &p, "not needed")
		}
	}
	return err
}

func (n *night) mark(ctx context.Context, p *payment, state string) error {
	return n.erp.exec(ctx, "UPDATE payments SET state = ? WHERE line = ? AND invoice = ?", state, p.line.ID, p.invoice)
}

// report reports the payments of what is in collection, each exactly once.
func (n *night) report(ctx context.Context) error {
	list, err := n.erp.payments(ctx, "p.state = 'new' AND i.assignment <> '' AND i.company = ?", n.client.CompanyID())
	if err != nil {
		return err
	}
	work := n.store.WorkList(n.client.CompanyID())
	var items []ledger.Item
	var of []payment
	for _, p := range list {
		entry := ledger.Entry{
			Key: p.key(), Event: maventa.DirectPayment(amount(p.amount), p.day), Currency: "EUR", Bank: &p.line,
		}
		dropped, err := work.Apply(ctx, &entry) // what a person has decided
		if err != nil {
			return err
		}
		if !dropped {
			items, of = append(items, ledger.Item{AssignmentID: p.collected, Entry: entry}), append(of, p)
		}
	}
	for i, r := range n.ledger.EnsureEvents(ctx, items) {
		n.note(r.Item.Key, r.Err)
		err = errors.Join(err, work.Note(ctx, r.Item.Key, r.Err))
		switch {
		case r.Err != nil:
		case r.Ensured.Contained:
			err = errors.Join(err, n.mark(ctx, &of[i], "contained"))
		default:
			err = errors.Join(err, n.mark(ctx, &of[i], "reported"))
		}
	}
	return err
}

// transfer takes each overdue invoice one step further.
func (n *night) transfer(ctx context.Context) error {
	list, err := n.erp.invoices(ctx, "company = ? AND assignment = '' AND due <= ?", n.client.CompanyID(), n.today.AddDays(-waitDays))
	for _, i := range list {
		err = errors.Join(err, n.transferOne(ctx, &i))
	}
	return err
}

func (n *night) transferOne(ctx context.Context, i *invoice) error {
	open, err := n.erp.open(ctx, i.id)
	if err != nil || open <= 0 {
		return err
	}
	entry := ledger.TransferEntry{Key: "collect/" + i.id, Ropo: &maventa.RopoTransfer{
		CollectionType: maventa.CollectionReminderAndCollection, ReceivablesType: maventa.ReceivablesB2B,
		// The address comes from your customers' register; an identity number is read there now, and stored nowhere.
		Payers: []maventa.Payer{{Name: i.debtor, BusinessID: i.bid, Address: maventa.Address{
			Country: "FI", Streets: []string{"Keksitty katu 1"}, City: "Helsinki", ZipCode: "00100",
		}}},
		Amounts: maventa.TransferAmounts{CapitalAmount: amount(open)},
		DueDate: i.due, Currency: "EUR", Today: n.today,
	}}
	paid, err := n.erp.payments(ctx, "p.state = 'new' AND p.invoice = ?", i.id)
	if err != nil {
		return err
	}
	for _, p := range paid { // the amount contains them: they are never reported as well
		entry.Contains = append(entry.Contains, p.key())
	}
	work := n.store.WorkList(i.company)
	item, found, err := work.Find(ctx, entry.Key)
	if err != nil || found && item.State == sqlstore.WorkOpen && item.Kind == ledger.ErrLimit.Word() {
		return err // a person finds out why there are so many, before the next ones leave
	}
	dropped, err := work.ApplyTransfer(ctx, &entry)
	if err != nil || dropped {
		return err
	}
	stands, failed := n.ledger.EnsureTransfer(ctx, i.id, entry)
	n.note(entry.Key, failed)
	err = work.NoteTransfer(ctx, entry.Key, stands, failed)
	if stands.State == maventa.TransferInCollection {
		err = errors.Join(err, n.erp.exec(ctx, "UPDATE invoices SET assignment = ? WHERE id = ?", stands.AssignmentID, i.id))
	}
	return err
}

// look takes in what the agency says: the voucher and its acknowledgement are stored
// together, or not at all.
func (n *night) look(ctx context.Context) error {
	inbox := n.store.Inbox(n.client)
	if _, err := inbox.Look(ctx); err != nil {
		return err
	}
	for {
		items, err := inbox.After(ctx, 0, 0, sqlstore.AckOpen)
		if err != nil || len(items) == 0 {
			return err
		}
		for _, item := range items {
			if err := n.takeInOne(ctx, inbox, item); err != nil {
				return fmt.Errorf("inbox, position %d: %w", item.Position, err)
			}
		}
	}
}

func (n *night) takeInOne(ctx context.Context, inbox *sqlstore.Inbox, item sqlstore.InboxItem) error {
	of, err := n.erp.invoices(ctx, "assignment = ?", item.AssignmentID)
	if err != nil {
		return err
	}
	var one *invoice
	if len(of) > 0 {
		one = &of[0]
	}
	tx, err := n.erp.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	ack, err := n.takeIn(ctx, tx, item, one)
	if err == nil {
		err = inbox.In(tx).Acknowledge(ctx, item.Position, ack)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// compare puts claims whose sides differ on the work list.
func (n *night) compare(ctx context.Context) error {
	list, err := n.balances(ctx)
	for _, b := range list {
		if b.comparable && b.here != b.there {
			err = errors.Join(err, n.store.WorkList(n.client.CompanyID()).Put(ctx, sqlstore.WorkItem{
				Key: "balance/" + b.number, Kind: "balances_differ", Action: maventa.ActionAskPerson,
				Text: fmt.Sprintf("invoice %s: %v here, %v there", b.number, amount(b.here), amount(b.there)),
			}))
		}
	}
	return err
}

// note logs what did not succeed. A key names a bank line: it is in our own log alone.
func (n *night) note(key string, err error) {
	if err != nil {
		advice := maventa.Advise(err)
		n.say.Printf("%s: %s (%s)", key, advice.Kind.Word(), advice.Action)
	}
}
