package main

import (
	"context"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// The ERP calls what is in this file within the transaction of its own posting: the
// posting and what is to be reported of it are stored together, or not at all.

// report puts an entry into the outbox.
func (e *erp) report(ctx context.Context, i *invoice, key string, event maventa.NewEvent, line *ledger.BankLine) error {
	return e.store.Outbox(i.company).In(e.tx).Put(ctx, sqlstore.OutboxEntry{
		InvoiceID: i.id, Event: &ledger.Entry{Key: key, Event: event, Currency: "EUR", Bank: line},
	})
}

// ask puts something on the work list.
func (e *erp) ask(ctx context.Context, company string, item sqlstore.WorkItem) error {
	item.Action = maventa.ActionAskPerson
	return e.store.WorkList(company).In(e.tx).Put(ctx, item)
}

// paid reports a payment to us. The payer's name is read when it is sent: it lies in
// one table only.
func (e *erp) paid(ctx context.Context, i *invoice, p *payment) error {
	line := p.line
	line.Payer = ""
	return e.report(ctx, i, p.key(), maventa.DirectPayment(amount(p.amount), p.day), &line)
}

func creditKey(number string) string { return "credit/" + number }

// credited reports a credit note.
func (e *erp) credited(ctx context.Context, i *invoice, number string, cents int64, day maventa.Date) error {
	return e.report(ctx, i, creditKey(number), maventa.CreditNote(amount(cents), day, number), nil)
}

// cancelled ends the claim: Ropo takes a full credit note for that, Amili has an event
// of its own.
func (e *erp) cancelled(ctx context.Context, i *invoice, number string, cents int64, day maventa.Date, why string) error {
	if i.agency == agencyRopo {
		return e.credited(ctx, i, number, cents, day)
	}
	return e.report(ctx, i, creditKey(number), maventa.Cancellation(why), nil)
}

// takeBack withdraws what is not sent yet. What may have been sent no call takes back:
// it comes on the work list, as correction/ and its key.
func (e *erp) takeBack(ctx context.Context, i *invoice, key, who, why string) error {
	unsent, err := e.store.Outbox(i.company).In(e.tx).Withdraw(ctx, key, sqlstore.OutboxWithdrawn, who, why)
	if err != nil || !unsent {
		return err
	}
	return e.store.WorkList(i.company).In(e.tx).Note(ctx, key, nil) // nobody has to decide any more
}

// stoppedFor needs nobody before the transfer, which waits for the books. That a stop
// can be sent is not documented for either agency.
func (e *erp) stoppedFor(ctx context.Context, i *invoice, why string) error {
	if i.assignment == "" {
		return nil
	}
	return e.ask(ctx, i.company, sqlstore.WorkItem{Key: "stop/" + i.id, Kind: "stop", About: i.assignment, Text: "ask the agency to stop: " + why})
}

// writtenOff is a person's in collection: that a credit loss can be sent is not
// documented for either agency, and it ends the claim.
func (e *erp) writtenOff(ctx context.Context, i *invoice, day maventa.Date) error {
	if i.assignment == "" {
		return nil
	}
	return e.ask(ctx, i.company, sqlstore.WorkItem{
		Key: "loss/" + i.id, Kind: "credit_loss", About: i.assignment, Text: "written off on " + day.String() + ": does the agency go on?",
	})
}
