package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// reporter reports the direct payments of bank statements, each exactly once. It
// may be killed at any point and run again, over the same lines or more.
type reporter struct {
	client  *maventa.Client
	ledger  *ledger.Ledger
	journal ledger.Journal // the ledger's own
	say     *log.Logger
}

// items are the direct payments as the SDK wants them. The key is what makes a
// payment the same one in every run: the bank's archive id. Amount and date are
// not enough, since two equal payments on one day are two payments.
func items(lines []line) []ledger.Item {
	var list []ledger.Item
	for _, l := range lines {
		if l.kind != direct {
			continue
		}
		list = append(list, ledger.Item{
			InvoiceID: l.claim.invoiceID,
			Entry: ledger.Entry{
				Key:   "bank/" + l.archiveID,
				Event: maventa.DirectPayment(l.amount, l.date),
			},
		})
	}
	return list
}

// report does one run and tells how many payments are not reported yet. Run it
// again until there are none.
func (g *reporter) report(ctx context.Context, payments []ledger.Item) (left int, err error) {
	done, err := g.done(ctx, payments)
	if err != nil {
		return 0, err
	}
	// Those that are done go in as well: nothing is sent for them, and a key that
	// comes back with another amount is noticed.
	for _, result := range g.ledger.EnsureEvents(ctx, payments) {
		if result.Err != nil {
			left++
		} else if done[result.Item.Key] {
			continue
		}
		amount, _ := result.Item.Event.Amount.Get()
		g.say.Printf("%s  %7s  %s", result.Item.Key, amount, verdict(result))
	}
	return left, nil
}

// done says what the journal knows of payments, and returns the keys of those
// that earlier runs have reported.
func (g *reporter) done(ctx context.Context, payments []ledger.Item) (map[string]bool, error) {
	done, open := map[string]bool{}, 0
	for _, p := range payments {
		entry, known, err := g.journal.Find(ctx, ledger.JournalKey{
			Environment: g.client.Environment().Name, CompanyID: g.client.CompanyID(), Key: p.Key,
		})
		switch {
		case err != nil:
			return nil, err
		case known && entry.Done():
			done[p.Key] = true
		case known && entry.Open():
			open++
		}
	}
	g.say.Printf("the journal: %d reported, %d begun and not known, %d new", len(done), open, len(payments)-len(done)-open)
	return done, nil
}

// verdict is what a ledger notes about a payment, and what is to be done.
func verdict(r ledger.Result) string {
	switch {
	case r.Err == nil && r.Ensured.Sent:
		return "reported"
	case r.Err == nil:
		return "is there: an earlier run's report had arrived"
	case errors.Is(r.Err, ledger.ErrUndecided):
		return "for a person: " + r.Err.Error()
	case errors.Is(r.Err, ledger.ErrUnsettled):
		return "still open: too early to tell, nothing was sent"
	case errors.Is(r.Err, ledger.ErrPossibleDuplicate):
		failure, _ := errors.AsType[*maventa.Error](r.Err)
		return fmt.Sprintf("for a person: is it one of the events %q? Then Adopt it, else add them to NotMine", failure.Details)
	case errors.Is(r.Err, maventa.ErrOutcomeUnknown):
		return "sent, but no clear answer: stays open for a later run"
	case errors.Is(r.Err, maventa.ErrNotFound):
		return "no assignment found: for the next run"
	case maventa.OutcomeOf(r.Err) != maventa.OutcomeNotSent:
		return "for a person: " + r.Err.Error()
	}
	switch maventa.Advise(r.Err).Action {
	case maventa.ActionRetry, maventa.ActionFixSetup: // nothing is wrong with the payment
		return "not sent: for the next run"
	default:
		return "for a person: " + r.Err.Error()
	}
}

// balance is one claim as both sides see it.
type balance struct {
	claim          claim
	toUs, toAgency maventa.Amount // paid
	here, there    maventa.Amount // still open, by our books and by the service
}

var zero = maventa.MustAmount("0.00")

// balances compares our books with the assignments, once report leaves nothing.
func (g *reporter) balances(ctx context.Context, claims []claim, lines []line) ([]balance, error) {
	var list []balance
	for _, c := range claims {
		b := balance{claim: c, toUs: zero}
		assignment, err := g.client.Assignments.ForInvoice(ctx, c.invoiceID)
		if err != nil {
			return nil, err
		}
		if b.toAgency, err = g.paidToAgency(ctx, assignment.ID); err != nil {
			return nil, err
		}
		for _, l := range lines {
			if l.kind != direct || l.claim.invoiceID != c.invoiceID {
				continue
			}
			if b.toUs, err = b.toUs.Add(l.amount); err != nil {
				return nil, err
			}
		}
		if b.here, err = subtract(c.total, b.toUs, b.toAgency); err != nil {
			return nil, err
		}
		b.there = assignment.OpenAmount.Or(c.total)
		list = append(list, b)
	}
	return list, nil
}

// paidToAgency is what the debtor paid to the agency: all payments but ours.
func (g *reporter) paidToAgency(ctx context.Context, assignmentID string) (maventa.Amount, error) {
	sum := zero
	inJournal := strings.ToLower(assignmentID) // as the ledger writes every UUID
	ours, err := g.journal.ForAssignment(ctx, g.client.Environment().Name, g.client.CompanyID(), inJournal)
	if err != nil {
		return sum, err
	}
	for event, err := range g.client.Assignments.Events(ctx, assignmentID) {
		if err != nil {
			return sum, err
		}
		if i := slices.IndexFunc(ours, madeBy(event)); i >= 0 {
			ours = slices.Delete(ours, i, i+1)
			continue
		}
		if event.Type != maventa.EventPaid {
			continue
		}
		if sum, err = sum.Add(event.Amount.Or(zero)); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// madeBy tells which entry of the journal stands for an event: the one with its
// id, or, where the service gave no id, one of the same day and amount.
func madeBy(event maventa.Event) func(ledger.Record) bool {
	return func(entry ledger.Record) bool {
		if !entry.Done() || entry.EventID != "" {
			return entry.Done() && strings.EqualFold(entry.EventID, event.ID) // a UUID has two spellings
		}
		return entry.EventType == event.Type && entry.Date == event.Date && entry.Amount.Or(zero).Equal(event.Amount.Or(zero))
	}
}

func subtract(from maventa.Amount, amounts ...maventa.Amount) (left maventa.Amount, err error) {
	left = from
	for _, a := range amounts {
		if left, err = left.Sub(a); err != nil {
			return left, err
		}
	}
	return left, nil
}
