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
	claims  []claim
	say     *log.Logger
}

// items are the direct payments as the SDK wants them. The key is what makes a
// payment the same one in every run: the bank's archive id, the invoice, and which part
// of the line pays it. Amount and date are not enough, since two equal payments on one
// day are two payments.
func items(lines []line) []ledger.Item {
	var list []ledger.Item
	for _, l := range lines {
		if l.kind != direct {
			continue
		}
		list = append(list, ledger.Item{
			InvoiceID: l.claim.invoiceID,
			Entry: ledger.Entry{
				Key:   l.key(),
				Event: maventa.DirectPayment(l.amount, l.date),
				Bank:  l.bank(),
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
	due, held := g.weigh(ctx, payments)
	for _, result := range append(held, g.ledger.EnsureEvents(ctx, due)...) {
		if result.Err != nil {
			left++
		} else if done[result.Item.Key] {
			continue
		}
		amount, _ := result.Item.Event.Amount.Get()
		g.say.Printf("bank/%s  %7s  %s", result.Item.Bank.ID, amount, verdict(result))
	}
	return left, nil
}

var errTooMuch = errors.New("with the payments before it, it is more than the invoice")

// weigh takes out the payments that must not be sent: with those before it, of other
// statements too, one is more than the invoice. It may be one of another invoice, or
// one that came twice. Nor is one sent of which that cannot be read.
func (g *reporter) weigh(ctx context.Context, payments []ledger.Item) (due []ledger.Item, held []ledger.Result) {
	invoices := map[string]*paid{}
	for _, p := range payments {
		i := invoices[p.InvoiceID]
		if i == nil {
			assignment, err := g.client.Assignments.ForInvoice(ctx, p.InvoiceID)
			if i = (&paid{err: err}); err == nil {
				i = g.before(ctx, assignment.ID)
			}
			invoices[p.InvoiceID] = i
		}
		if i.err == nil && !i.known[p.Key] { // else the journal has counted it
			i.sum, i.err = i.sum.Add(p.Event.Amount.Or(zero))
		}
		if i.err == nil && i.sum.Cmp(g.total(p.InvoiceID)) > 0 {
			i.err = errTooMuch // and so are those after it
		}
		if i.err != nil && !i.known[p.Key] {
			held = append(held, ledger.Result{Item: p, Err: i.err})
			continue
		}
		due = append(due, p)
	}
	return due, held
}

func (g *reporter) total(invoiceID string) maventa.Amount {
	i := slices.IndexFunc(g.claims, func(c claim) bool { return c.invoiceID == invoiceID })
	return g.claims[i].total // items are made of claims
}

// paid is what was paid for an invoice.
type paid struct {
	sum   maventa.Amount
	known map[string]bool // keys in the journal
	err   error           // no more may be reported
}

// before is what the journal knows of payments on an assignment, also of those in doubt.
func (g *reporter) before(ctx context.Context, assignmentID string) *paid {
	p := &paid{sum: zero, known: map[string]bool{}}
	inJournal := strings.ToLower(assignmentID) // as the ledger writes every UUID
	var records []ledger.Record
	records, p.err = g.journal.ForAssignment(ctx, g.client.Environment().Name, g.client.CompanyID(), inJournal)
	for _, r := range records {
		if p.err == nil && r.EventType == maventa.EventPaid && (r.Open() || r.Done()) {
			p.sum, p.err = p.sum.Add(r.Amount.Or(zero))
			p.known[r.Key] = true
		}
	}
	return p
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
	advice := maventa.Advise(r.Err)
	switch {
	case advice.Action == maventa.ActionDone && r.Ensured.Sent:
		return "reported"
	case advice.Action == maventa.ActionDone:
		return "is there: an earlier run's report had arrived"
	case advice.Action == maventa.ActionRetry && errors.Is(r.Err, maventa.ErrOutcomeUnknown):
		return "in doubt: for a later run"
	case advice.Action == maventa.ActionRetry, advice.Action == maventa.ActionFixSetup: // nothing is wrong with the payment
		return "not sent: for the next run"
	case advice.Kind == ledger.ErrPossibleDuplicate: // the first id is the assignment's
		return fmt.Sprintf("for a person: is it one of the events %q? Then Adopt it, else add them to NotMine", advice.IDs[1:])
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
		assignment, err := g.client.Assignments.ForInvoice(ctx, c.invoiceID)
		if err != nil {
			return nil, err
		}
		ours := g.before(ctx, assignment.ID) // all statements'
		b := balance{claim: c, toUs: ours.sum}
		if ours.err != nil {
			return nil, ours.err
		}
		if b.toAgency, err = g.paidToAgency(ctx, assignment.ID); err != nil {
			return nil, err
		}
		for _, l := range lines {
			if l.kind != direct || l.claim.invoiceID != c.invoiceID || ours.known[l.key()] {
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
