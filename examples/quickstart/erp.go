package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	"github.com/maventa-go/maventa/ledger"
)

// claim is what the ERP knows of an invoice in collection.
type claim struct {
	invoice    ax.Invoice
	agency     string
	refused    bool               // the agency did not take it
	assignment maventa.Assignment // as last read
	known      map[string]bool    // events that were booked, by key

	paidToUs, paidToAgency, credited maventa.Amount
}

const (
	ropo  = "Ropo"
	amili = "Amili"
)

type erp struct {
	maventa  *maventa.Client
	ledger   *ledger.Ledger // reports and transfers exactly once
	world    *world
	timeline *timeline
	claims   []*claim
}

func newERP(c *maventa.Client, w *world, invoices []ax.Invoice, out io.Writer) *erp {
	// In your program: a journal that lasts (ledger.OpenFile, package sqlstore), and
	// neither of the options. Here nothing is late, and the calendar is the story's.
	l := ledger.New(c, ledger.NewMemory(), ledger.SettleTime(0), ledger.Clock(w.srv.Clock().Now))
	e := &erp{maventa: c, ledger: l, world: w, timeline: &timeline{out: out, today: w.today}}
	for i, invoice := range invoices {
		agency := []string{ropo, amili}[i%2]
		e.claims = append(e.claims, &claim{invoice: invoice, agency: agency, known: map[string]bool{}})
	}
	return e
}

// tellStory is the life of the claims, from the first call to the closed
// assignment.
func (e *erp) tellStory(ctx context.Context) error {
	e.timeline.header()
	for _, chapter := range []func(context.Context) error{
		e.connect, e.activateRopo, e.activateAmili, e.waitForSignatures,
		e.each(e.transfer), e.each(e.reportPartPayment), e.each(e.readReminder),
		e.each(e.reportCreditNote), e.each(e.followToTheEnd),
	} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return e.timeline.summary(e.claims)
}

func (e *erp) connect(ctx context.Context) error {
	me, err := e.maventa.Check(ctx)
	if err != nil {
		return err
	}
	e.timeline.note("", "connected, %d of %d scopes", len(me.Granted), len(me.Needed))
	return nil
}

func (e *erp) activateRopo(ctx context.Context) error {
	_, err := e.maventa.Ropo.Activate(ctx, maventa.RopoActivation{AgreementContactEmail: "ceo@example.com"})
	if err != nil {
		return err
	}
	e.timeline.note(ropo, "ordered: the agency mails the person who must sign")
	return nil
}

func (e *erp) activateAmili(ctx context.Context) error {
	_, err := e.maventa.Amili.Activate(ctx, maventa.AmiliActivation{
		ServiceType:          maventa.ServiceTypeExpress,     // Perintä: we choose the invoices
		AccountableParty:     maventa.AccountablePartyAgency, // debtors pay to the agency's account
		IBAN:                 "FI2112345600000785",
		BIC:                  "NDEAFIHH",
		Bank:                 "Nordea",
		ContactPerson:        "Maija Malli",
		ContactEmail:         "maija@example.com",
		ContactPhoneNumber:   "+358401234567",
		CustomerServiceEmail: "service@example.com",
		AuthorizationEmail:   "ceo@example.com",
		BillingAddress:       maventa.Address{Country: "FI", Streets: []string{"Mallikatu 1"}, City: "Helsinki", ZipCode: "00100"},
	})
	if err != nil {
		return err
	}
	e.timeline.note(amili, "ordered: the agency mails the person who must sign")
	return nil
}

// waitForSignatures looks once a day: a person has to identify and sign.
func (e *erp) waitForSignatures(ctx context.Context) error {
	for range 14 {
		atRopo, err := e.maventa.Ropo.Status(ctx)
		if err != nil {
			return err
		}
		atAmili, err := e.maventa.Amili.Status(ctx)
		if err != nil {
			return err
		}
		e.timeline.note("", "services: Ropo %s, Amili %s", atRopo.Status, atAmili.Status)
		if atRopo.Status == maventa.ServiceActive && atAmili.Status == maventa.ServiceActive {
			return nil
		}
		e.world.pass(1)
	}
	return errors.New("nobody signed within two weeks: ask the person who was mailed")
}

// transfer hands the invoice over, one step with each run of a nightly job, until the
// agency has it.
func (e *erp) transfer(ctx context.Context, cl *claim) error {
	for range 3 { // nights
		stands, err := e.ledger.EnsureTransfer(ctx, cl.invoice.ID, e.handOver(cl))
		switch {
		case stands.State == maventa.TransferInCollection:
			return e.taken(ctx, cl, stands.AssignmentID)
		case stands.State == maventa.TransferRefused, stands.State == maventa.TransferStalled:
			cl.refused = true // a person has to look; the other invoices go on
			e.timeline.note(cl.agency, "invoice %s not taken: %s", cl.invoice.Number, stands.Reason)
			return nil
		case err != nil && maventa.Advise(err).Action != maventa.ActionRetry:
			return err
		}
	}
	return errors.New("handed over, but not in collection yet")
}

// taken is the first look at the assignment. Its id is kept with the invoice:
// everything later goes by it.
func (e *erp) taken(ctx context.Context, cl *claim, assignmentID string) error {
	assignment, err := e.maventa.Assignments.Get(ctx, assignmentID)
	if err != nil {
		return err
	}
	cl.assignment = *assignment
	e.timeline.event(cl, "handed over", maventa.Some(cl.invoice.SumTax))
	return e.follow(ctx, cl)
}

func (e *erp) handOver(cl *claim) ledger.TransferEntry {
	invoice := cl.invoice
	kind := maventa.ReceivablesB2B
	if invoice.Recipient.BID == "" {
		kind = maventa.ReceivablesB2C
	}
	payers := []maventa.Payer{{
		Name:       invoice.Recipient.Name,
		BusinessID: invoice.Recipient.BID,
		Address:    postalAddress(invoice.Recipient),
	}}
	amounts := maventa.TransferAmounts{CapitalAmount: invoice.SumTax}
	summary := "Invoice " + invoice.Number

	entry := ledger.TransferEntry{Key: "collect/" + invoice.ID}
	if cl.agency == ropo {
		entry.Ropo = &maventa.RopoTransfer{
			CollectionType: maventa.CollectionReminderAndCollection, ReceivablesType: kind,
			Payers: payers, Amounts: amounts, AssignmentSummary: summary,
			DueDate: invoice.DueDate, Currency: invoice.Currency, Today: e.world.today(),
		}
	} else {
		entry.Amili = &maventa.AmiliTransfer{
			CollectionType: maventa.CollectionReminderAndCollection, ReceivablesType: kind,
			Payers: payers, Amounts: amounts, AssignmentSummary: summary,
		}
	}
	return entry
}

// postalAddress stands in for the ERP's customer register: an agency needs the
// address, and the JSON of an invoice has none. Never send an invented one.
func postalAddress(customer ax.InvoiceParty) maventa.Address {
	return maventa.Address{Country: customer.Country, Streets: []string{"Keksitty katu 1"}, City: "Helsinki", ZipCode: "00100"}
}

// reportPartPayment reports money that came to our own account. The agency does
// not see that account, and would go on to demand what has been paid.
func (e *erp) reportPartPayment(ctx context.Context, cl *claim) error {
	line, err := e.world.debtorPaysUsHalf(cl)
	if err != nil {
		return err
	}
	return e.report(ctx, cl, ledger.Entry{
		Key:   line.Key(cl.invoice.ID, 1),
		Event: maventa.DirectPayment(line.Amount, e.world.today()),
		Bank:  line, // an agency's payout is refused
	})
}

// readReminder finds what the agency has done meanwhile.
func (e *erp) readReminder(ctx context.Context, cl *claim) error {
	e.world.agencyReminds(cl)
	return e.follow(ctx, cl)
}

// reportCreditNote credits the rest of the invoice. The agency's fee is not ours
// to credit.
func (e *erp) reportCreditNote(ctx context.Context, cl *claim) error {
	rest, err := cl.invoice.SumTax.Sub(cl.paidToUs)
	if err != nil {
		return err
	}
	number := "C-" + cl.invoice.Number
	return e.report(ctx, cl, ledger.Entry{
		Key:   "credit/" + number,
		Event: maventa.CreditNote(rest, e.world.today(), number),
	})
}

// followToTheEnd sees the assignment closed.
func (e *erp) followToTheEnd(ctx context.Context, cl *claim) error {
	if cl.assignment.Status == maventa.AssignmentClosed {
		return nil
	}
	e.world.debtorPaysAgencyTheRest(cl)
	return e.follow(ctx, cl)
}

// report adds an event exactly once, and reads what it did. What is in doubt after a
// lost answer your next run settles, with the same key; here that is the next moment.
func (e *erp) report(ctx context.Context, cl *claim, entry ledger.Entry) error {
	_, err := e.ledger.EnsureEvent(ctx, cl.assignment.ID, entry)
	if maventa.Advise(err).Action == maventa.ActionRetry {
		_, err = e.ledger.EnsureEvent(ctx, cl.assignment.ID, entry)
	}
	if err != nil {
		return err
	}
	return e.follow(ctx, cl)
}

// follow reads the assignment and books the events that are new.
func (e *erp) follow(ctx context.Context, cl *claim) error {
	assignment, err := e.maventa.Assignments.Get(ctx, cl.assignment.ID)
	if err != nil {
		return err
	}
	cl.assignment = *assignment
	for _, event := range assignment.Events {
		if cl.known[event.Key()] {
			continue
		}
		cl.known[event.Key()] = true
		if err := cl.book(event); err != nil {
			return err
		}
		e.timeline.event(cl, describe(event), event.Amount)
	}
	return nil
}

// book takes an event into the ledger. Only payments and credit notes lower a
// claim: that an assignment is closed proves nothing.
func (cl *claim) book(event maventa.Event) (err error) {
	amount, given := event.Amount.Get()
	if !given {
		return nil
	}
	switch {
	case event.Type == maventa.EventPaid && event.Author == maventa.AuthorSender:
		cl.paidToUs, err = cl.paidToUs.Add(amount)
	case event.Type == maventa.EventPaid:
		cl.paidToAgency, err = cl.paidToAgency.Add(amount)
	case event.Type == maventa.EventCreditNote:
		cl.credited, err = cl.credited.Add(amount)
	}
	return err
}

// each makes a chapter of what is done for every claim that no agency refused.
// Some days pass after it.
func (e *erp) each(step func(context.Context, *claim) error) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, cl := range e.claims {
			if cl.refused {
				continue
			}
			if err := step(ctx, cl); err != nil {
				return fmt.Errorf("invoice %s: %w", cl.invoice.Number, err)
			}
		}
		e.world.pass(5)
		return nil
	}
}
