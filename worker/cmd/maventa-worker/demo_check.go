package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/worker"
)

// count is how much of something arrived.
type count struct{ once, twice, missing int }

// note counts one thing that arrived n times.
func (c *count) note(n int) {
	switch n {
	case 0:
		c.missing++
	case 1:
		c.once++
	default:
		c.twice++
	}
}

func (c *count) add(other count) {
	c.once, c.twice, c.missing = c.once+other.once, c.twice+other.twice, c.missing+other.missing
}

func (c *count) all() int { return c.once + c.twice + c.missing }

func (c count) String() string {
	return fmt.Sprintf("%d of %d, %d twice, %d missing", c.once, c.all(), c.twice, c.missing)
}

// balance is what the debtors of a company owe, as each side has it.
type balance struct {
	name            string
	books, maventas maventa.Amount
}

// outcome is how a demo ended.
type outcome struct {
	transfers, payments, credits, events count

	balances []balance
	waiting  []worker.WorkItem // for a person
}

func (o *outcome) total() count {
	var all count
	for _, c := range []count{o.transfers, o.payments, o.credits, o.events} {
		all.add(c)
	}
	return all
}

// check compares what was to happen with what is at Maventa and in the inbox.
func (s *story) check(ctx context.Context, c worker.Config) (o *outcome, err error) {
	for _, one := range s.companies {
		c.Companies = append(c.Companies, one.Company)
	}
	w, err := worker.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if err := w.SetCompanies(ctx, c.Companies); err != nil {
		return nil, err
	}
	there, err := s.maventa.assignments(ctx)
	if err != nil {
		return nil, err
	}
	o = &outcome{}
	if o.waiting, err = w.Work(ctx, "", 0); err != nil {
		return nil, err
	}
	seen := map[string]int{} // events of the agency, by id
	for _, one := range s.companies {
		debts := balance{name: one.name}
		if err := s.readInbox(ctx, w, &one, seen, &debts); err != nil {
			return nil, err
		}
		if err := o.compare(&one, there[one.CompanyID], &debts); err != nil {
			return nil, err
		}
		o.balances = append(o.balances, debts)
	}
	for id := range s.booked {
		o.events.note(seen[id])
	}
	return o, nil
}

// readInbox counts the events of the agency in the inbox, and books its payments. An
// event that was read once more with other contents counts as it was read last.
func (s *story) readInbox(ctx context.Context, w *worker.Worker, c *demoCompany, seen map[string]int, debts *balance) error {
	paid := map[string]maventa.Amount{}
	for after := int64(0); ; {
		rows, err := w.Events(ctx, c.CompanyID, after, 0)
		if err != nil {
			return err
		}
		for _, r := range rows {
			after = r.Position
			if !s.booked[r.Event.ID] {
				continue
			}
			if r.Revises == 0 {
				seen[r.Event.ID]++
			}
			paid[r.Event.ID], _ = r.Event.Amount.Get()
		}
		if len(rows) == 0 {
			break
		}
	}
	for _, amount := range paid {
		if err := subtract(&debts.books, amount.String()); err != nil {
			return err
		}
	}
	return nil
}

// compare counts what the company has reported, and adds up what is owed.
func (o *outcome) compare(c *demoCompany, there []demoAssignment, debts *balance) error {
	for _, of := range c.claims {
		var found []demoAssignment
		for _, a := range there {
			if a.ID == of.assignmentID || a.InvoiceID == of.invoiceID {
				found = append(found, a)
			}
		}
		if of.invoiceID != "" {
			o.transfers.note(len(found))
		}
		var problem error
		problem = errors.Join(problem, subtract(&debts.books, "-"+demoTotal))
		problem = errors.Join(problem, subtract(&debts.books, of.payments...), subtract(&debts.books, of.credits...))
		var events []demoEvent
		for _, a := range found {
			problem = errors.Join(problem, subtract(&debts.maventas, "-"+a.Total, a.Paid, a.Credited))
			events = append(events, a.Events...)
		}
		if problem != nil {
			return problem
		}
		countEach(&o.payments, of.payments, events, "paid")
		countEach(&o.credits, of.credits, events, "credit_note")
	}
	return nil
}

// countEach counts how often each amount was reported. One that nobody has reported
// counts as twice.
func countEach(into *count, amounts []string, events []demoEvent, kind string) {
	reported := map[string]int{}
	for _, e := range events {
		if e.Author == "sender" && e.Type == kind {
			reported[e.Amount]++
		}
	}
	for _, amount := range amounts {
		into.note(reported[amount])
	}
	for amount := range reported {
		if !slices.Contains(amounts, amount) {
			into.twice++
		}
	}
}

func subtract(from *maventa.Amount, amounts ...string) error {
	for _, text := range amounts {
		amount, err := maventa.ParseAmount(text)
		if err == nil {
			*from, err = from.Sub(amount)
		}
		if err != nil {
			return fmt.Errorf("a balance: %w", err)
		}
	}
	return nil
}

// errNotOnce is how a demo ends whose figures are not as they must be.
var errNotOnce = errors.New("something arrived twice or is missing, or the balances differ")

// print writes how it ended, and returns errNotOnce if it ended badly.
func (o *outcome) print(out io.Writer) error {
	bad := false
	_, _ = fmt.Fprintln(out, "\nWhat the debtors of each company owe, capital in EUR:")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "\tin the books\tat Maventa\t")
	for _, b := range o.balances {
		differs := ""
		if !b.books.Equal(b.maventas) {
			bad, differs = true, "  differs"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", b.name, b.books, b.maventas, differs)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, item := range o.waiting {
		_, _ = fmt.Fprintf(out, "\nwaits for a person: %s of company %s: %s\n", item.Key, item.CompanyID, item.Text)
	}
	all := o.total()
	bad = bad || all.twice > 0 || all.missing > 0
	_, err := fmt.Fprintf(out, "\ntransfers     %s\npayments      %s\ncredit notes  %s\nagency events %s\n\n%d transfers + %d payments + %d credit notes + %d agency events:\n%s\n",
		o.transfers, o.payments, o.credits, o.events, o.transfers.all(), o.payments.all(), o.credits.all(), o.events.all(), all)
	if bad {
		err = errors.Join(err, errNotOnce)
	}
	return err
}
