package main

import (
	"context"
	"errors"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
)

// balance is one claim as both sides have it.
type balance struct {
	number      string
	here, there int64
	comparable  bool
}

// balances compares the capital of what is in collection.
func (n *night) balances(ctx context.Context) (list []balance, err error) {
	invoices, err := n.invoices(ctx, "i.company = ? AND i.assignment <> '' AND NOT i.lost", n.client.CompanyID())
	if err != nil {
		return nil, err
	}
	for _, i := range invoices {
		a, err := n.client.Assignments.Get(ctx, i.assignment)
		if err != nil {
			return nil, err
		}
		b := balance{number: i.number}
		if b.here, err = n.open(ctx, i.id); err != nil {
			return nil, err
		}
		if b.there, b.comparable, err = capital(a); err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, nil
}

// capital is what is left of an assignment's capital. Once the agency has charges of
// its own and money has come to it, nobody but the agency knows how much of the money
// went on the capital: that is no alarm.
func capital(a *maventa.Assignment) (cents int64, known bool, err error) {
	total, hasTotal := a.TotalAmount.Get()
	open, hasOpen := a.OpenAmount.Get()
	if !hasTotal || !hasOpen {
		return 0, false, nil
	}
	toAgency := false
	for _, e := range a.Events {
		if e.Type == maventa.EventCancellation {
			return 0, true, nil
		}
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

// compare puts claims whose sides differ on the work list.
func (n *night) compare(ctx context.Context) error {
	list, err := n.balances(ctx)
	for _, b := range list {
		key, here, there := "balance/"+b.number, amount(b.here).String(), amount(b.there).String()
		switch {
		case b.comparable && b.here != b.there:
			err = errors.Join(err, n.ask(ctx, n.client.CompanyID(), sqlstore.WorkItem{
				Key: key, Kind: "balances_differ", Text: "invoice " + b.number + ": " + here + " here, " + there + " there",
			}))
		case b.here == b.there:
			err = errors.Join(err, n.work.Note(ctx, key, nil)) // they agree again
		}
	}
	return err
}
