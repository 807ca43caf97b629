package main

import (
	"context"
	"fmt"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/sqlstore"
)

// book writes a voucher: debit one account, credit another.
func book(ctx context.Context, tx sqlstore.Tx, id string, day maventa.Date, invoice, debit string, cents int64, credit string) error {
	const insert = "INSERT INTO vouchers (id, account, day, invoice, amount) VALUES (?, ?, ?, ?, ?)"
	if _, err := tx.ExecContext(ctx, insert, id, debit, day, invoice, cents); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, insert, id, credit, day, invoice, -cents)
	return err
}

// takeIn books an event of the agency, or puts it on the work list.
func (n *night) takeIn(ctx context.Context, tx sqlstore.Tx, item sqlstore.InboxItem, of *invoice) (sqlstore.Ack, error) {
	e := &item.Event
	ignored := sqlstore.Ack{State: sqlstore.AckIgnored, By: "night"}
	ask := func(kind, text string) (sqlstore.Ack, error) {
		err := n.store.WorkList(n.client.CompanyID()).In(tx).Put(ctx, sqlstore.WorkItem{
			Key: fmt.Sprintf("inbox/%d", item.Position), Kind: kind, Action: maventa.ActionAskPerson, About: item.AssignmentID, Text: text,
		})
		return sqlstore.Ack{State: sqlstore.AckIgnored, By: "night", Why: "on the work list: " + kind}, err
	}
	paid, hasAmount := e.Amount.Get()
	switch {
	case of == nil:
		return ask("unknown_assignment", "an event of an assignment that is none of our invoices'")
	case item.Kind != follow.KindNew:
		return ask("revised", "the agency has changed or withdrawn an event after it was taken in: correct the booking")
	case e.Author == maventa.AuthorSender:
		return ignored, nil // our own
	case of.closed:
		return ask("after_close", "an event of type "+string(e.Type)+" on a closed case")
	case e.Type == maventa.EventPaid && !hasAmount:
		return ask("no_amount", "a payment to the agency without an amount that is understood")
	case e.Type == maventa.EventPaid:
		cents, err := paid.Coefficient(2)
		if err != nil {
			return sqlstore.Ack{}, err
		}
		voucher := fmt.Sprintf("inbox/%d", item.Position)
		// How much of it went on the capital no event says: with the payout a person corrects it.
		err = book(ctx, tx, voucher, n.today, of.id, "clearing", cents, "receivables")
		return sqlstore.Ack{State: sqlstore.AckBooked, Voucher: voucher, By: "night"}, err
	case e.Type == maventa.EventComment:
		return ask("comment", "the agency writes, and may wait for an answer")
	case e.Type == maventa.EventClose:
		if _, err := tx.ExecContext(ctx, "UPDATE invoices SET closed = 1 WHERE id = ?", of.id); err != nil {
			return sqlstore.Ack{}, err
		}
		return ignored, nil // closed is not paid: the balances say what is left
	}
	return ignored, nil
}

// balance is one claim as both sides have it.
type balance struct {
	number      string
	here, there int64
	comparable  bool
}

// balances compares the capital of what is in collection. Once the agency has charges
// of its own and money has come to it, nobody but the agency knows how much of the
// money went on the capital: that is no alarm.
func (n *night) balances(ctx context.Context) (list []balance, err error) {
	invoices, err := n.erp.invoices(ctx, "company = ? AND assignment <> ''", n.client.CompanyID())
	if err != nil {
		return nil, err
	}
	for _, i := range invoices {
		a, err := n.client.Assignments.Get(ctx, i.assignment)
		if err != nil {
			return nil, err
		}
		b := balance{number: i.number}
		if b.here, err = n.erp.open(ctx, i.id); err != nil {
			return nil, err
		}
		if b.there, b.comparable, err = capital(a); err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, nil
}

// capital is what is left of an assignment's capital.
func capital(a *maventa.Assignment) (cents int64, known bool, err error) {
	total, hasTotal := a.TotalAmount.Get()
	open, hasOpen := a.OpenAmount.Get()
	if !hasTotal || !hasOpen {
		return 0, false, nil
	}
	toAgency := false
	for _, e := range a.Events {
		paid, ok := e.Amount.Get()
		if !ok || e.Type != maventa.EventPaid && e.Type != maventa.EventCreditNote {
			continue
		}
		toAgency = toAgency || e.Author != maventa.AuthorSender
		if total, err = total.Sub(paid); err != nil {
			return 0, false, err
		}
	}
	if cents, err = total.Coefficient(2); err != nil {
		return 0, false, err
	}
	return cents, open.Equal(total) || !toAgency, nil
}
