package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/maventa-go/maventa/maventatest"
)

// cast says who plays.
func (d *demo) cast() {
	var who []string
	for c, co := range d.srv.Companies() {
		who = append(who, fmt.Sprintf("company %s with %s", co.BID(), d.job.Companies[c].Agency))
	}
	d.say.Printf("November 2026, on a Maventa of its own: %s; each has sent %d invoices over 100.00 to one debtor, and transfers at most %d a day.",
		strings.Join(who, " and "), sold, d.job.Transfers)
}

// end prints the balances of both sides, our accounts, what waits for a person, and the
// verdict. It is an error if the sides differ, or a payment did not arrive exactly once.
func (d *demo) end(ctx context.Context) error {
	d.say.Print("The month is over. Capital of what is in collection:")
	return d.job.with(ctx, func(e *erp) error {
		var wrong []string
		err := d.job.each(e, d.say, func(n *night) error {
			list, err := n.balances(ctx)
			for _, b := range list {
				there := amount(b.there).String()
				if !b.comparable {
					there = "not comparable"
				}
				if b.comparable && b.here != b.there {
					wrong = append(wrong, "the sides differ on invoice "+b.number)
				}
				n.say.Printf("  invoice %s: %6v here, %6s there", b.number, amount(b.here), there)
			}
			return err
		})
		d.say.Print("Our accounts:")
		const accounts = "SELECT account, SUM(amount) FROM vouchers GROUP BY account ORDER BY account"
		err = errors.Join(err, e.each(ctx, accounts, nil, func(scan func(...any) error) error {
			account, cents := "", int64(0)
			err := scan(&account, &cents)
			d.say.Printf("  %-12s %8v", account, amount(cents))
			return err
		}))
		for _, co := range d.srv.Companies() {
			for _, a := range co.Assignments() {
				isOnce, failed := e.arrivedOnce(ctx, &a)
				if err = errors.Join(err, failed); failed == nil && !isOnce {
					wrong = append(wrong, "a payment did not arrive exactly once, of invoice "+a.InvoiceNumber)
				}
			}
		}
		waiting, failed := e.waiting(ctx)
		err = errors.Join(err, failed, e.printWork(ctx, d.say, nil, true))
		switch {
		case err != nil:
			return err
		case len(wrong) > 0:
			return errors.New(strings.Join(wrong, "; "))
		}
		d.say.Printf("Both sides agree wherever they can be compared; each payment arrived once; items that wait for a person: %d.", len(waiting))
		return nil
	})
}

// arrivedOnce reports whether the service has the payments to us that the books have,
// each once. In this month all of them are of invoices in collection, or settled before.
func (e *erp) arrivedOnce(ctx context.Context, a *maventatest.Assignment) (bool, error) {
	paid, err := e.payments(ctx, "p.invoice = ?", a.InvoiceID)
	var here, there []string
	for _, p := range paid {
		here = append(here, amount(p.amount).String())
	}
	for _, event := range a.Events {
		if event.Author == "sender" && event.Type == "paid" {
			there = append(there, event.Amount)
		}
	}
	slices.Sort(here)
	slices.Sort(there)
	return slices.Equal(here, there), err
}
