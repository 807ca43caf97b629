package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// night is the work of one night for one company.
type night struct {
	*erp
	client *maventa.Client
	today  maventa.Date
	ledger *ledger.Ledger
	outbox *sqlstore.Outbox
	work   *sqlstore.WorkList
	say    *log.Logger
	clock  func() time.Time
	setUp  error // why something cannot leave until the set-up is right
}

func newNight(e *erp, c *maventa.Client, j *job, say *log.Logger) *night {
	return &night{
		erp: e, client: c, today: j.today(), clock: j.clock, say: say, outbox: e.store.Outbox(c.CompanyID()), work: e.store.WorkList(c.CompanyID()),
		ledger: ledger.New(c, e.store.Journal(), ledger.WithGuards(guards(e, j.Transfers)), ledger.Clock(j.clock)),
	}
}

// guards are all of them: pause, limits with their reservations, known until, last look. How much may leave is for you to say.
func guards(e *erp, transfers int) ledger.Guards {
	return ledger.Guards{
		Pause:        e.store,
		Reservations: e.store,
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
// other: it is on the work list, or passes by itself. What nothing but the set-up can
// change is an error, so that somebody hears of it.
func (n *night) run(ctx context.Context) error {
	err := errors.Join(
		n.queueTransfers(ctx),
		n.send(ctx, sqlstore.OutboxTransfers), // first: payments may wait for them
		n.send(ctx, sqlstore.OutboxEvents),
		n.look(ctx),
		n.compare(ctx),
		n.uncleared(ctx, n.client.CompanyID(), n.today),
	)
	return errors.Join(err, n.setUp)
}

// send runs all that is due in the outbox, of a kind.
func (n *night) send(ctx context.Context, kind sqlstore.OutboxKind) error {
	for {
		taken, err := n.outbox.Take(ctx, 1, kind) // it is lent for 15 minutes: the service may be slow
		if err != nil || len(taken) == 0 {
			return err
		}
		for _, entry := range taken {
			if err := n.sendOne(ctx, &entry); err != nil {
				return err // of the database: the rest is lent to us for a while, and comes again
			}
		}
	}
}

func (n *night) sendOne(ctx context.Context, entry *sqlstore.OutboxEntry) error {
	i, err := n.invoice(ctx, entry.InvoiceID)
	switch {
	case err != nil:
		return err
	case entry.Transfer != nil:
		return n.transfer(ctx, i, entry.Key())
	}
	return n.event(ctx, i, *entry.Event)
}

// event reports a payment or credit note exactly once. Nobody has to hear of what
// settled an invoice without collection.
func (n *night) event(ctx context.Context, i *invoice, entry ledger.Entry) error {
	if i.assignment == "" {
		open, err := n.open(ctx, i.id)
		if err != nil || open > 0 {
			return errors.Join(err, n.later(ctx, entry.Key))
		}
		absent, err := n.isNotCollected(ctx, i)
		switch {
		case err != nil:
			n.say.Printf("invoice %s: whether it has a transfer: %v", i.number, err)
		case absent:
			return n.end(ctx, i, entry.Key, sqlstore.OutboxNotNeeded, "settled without collection")
		}
		return n.later(ctx, entry.Key)
	}
	isLate, err := n.isLate(ctx, i, entry.Key)
	switch {
	case err != nil:
		return err
	case isLate:
		failed := &maventa.Error{
			Operation: "report", Target: i.assignment, Outcome: maventa.OutcomeNotSent, Kind: errClosedCase,
			Hint: "the agency has closed this case: ask it whether it wants to hear of it, then decide again to report it, or drop",
		}
		return errors.Join(n.work.Note(ctx, entry.Key, failed), n.sent(ctx, i, entry.Key, failed, 0))
	}
	if err := n.namePayer(ctx, entry.Bank); err != nil {
		return err
	}
	dropped, err := n.work.Apply(ctx, &entry) // what a person has decided
	switch {
	case err != nil:
		return err
	case dropped:
		return n.end(ctx, i, entry.Key, sqlstore.OutboxWithdrawn, "dropped on the work list")
	}
	failed := n.fits(ctx, i, &entry)
	if failed == nil {
		_, failed = n.ledger.EnsureEvent(ctx, i.assignment, entry)
	}
	return errors.Join(n.work.Note(ctx, entry.Key, failed), n.sent(ctx, i, entry.Key, failed, 0))
}

// errClosedCase holds what comes after the agency has closed its case.
var errClosedCase = maventa.NewKind("closed_case", maventa.ActionAskPerson, nil)

// isLate reports whether an entry is of a closed case, was never begun, and no person has
// decided on it.
func (n *night) isLate(ctx context.Context, i *invoice, key string) (bool, error) {
	if !i.closed {
		return false, nil
	}
	begun, err := n.begun(ctx, i, key)
	if err != nil || begun {
		return false, err // what became of it must be found out
	}
	item, _, err := n.work.Find(ctx, key)
	return item.Decision.Kind == "", err
}

// begun reports whether an entry may have been sent, or was.
func (n *night) begun(ctx context.Context, i *invoice, key string) (bool, error) {
	record, found, err := n.store.Journal().Find(ctx, ledger.JournalKey{
		Environment: n.client.Environment().Name, CompanyID: i.company, Key: key,
	})
	return found && (record.Open() || record.Done()), err
}

// isNotCollected reports whether no transfer of an invoice was sent, or may still arrive.
func (n *night) isNotCollected(ctx context.Context, i *invoice) (bool, error) {
	entries, err := n.outbox.ForInvoice(ctx, i.id)
	for _, e := range entries {
		if e.Transfer == nil || err != nil {
			continue
		}
		var begun bool
		if begun, err = n.begun(ctx, i, e.Key()); begun {
			return false, nil
		}
	}
	if err != nil {
		return false, err
	}
	return n.client.Invoices.TransferAbsent(ctx, i.id)
}

// errMore holds a credit note of more than the claim.
var errMore = maventa.NewKind("more_than_claim", maventa.ActionAskPerson, nil)

// fits refuses a credit note of more than the agency's whole claim, with its charges,
// until a person has said "again".
func (n *night) fits(ctx context.Context, i *invoice, entry *ledger.Entry) error {
	if entry.Event.Type != maventa.EventCreditNote {
		return nil
	}
	item, _, err := n.work.Find(ctx, entry.Key)
	if err != nil || item.Kind == errMore.Word() && item.Decision.Kind == sqlstore.DecideAgain {
		return err
	}
	if begun, err := n.begun(ctx, i, entry.Key); err != nil || begun {
		return err // the claim may be lower by it already
	}
	a, err := n.client.Assignments.Get(ctx, i.assignment)
	if err != nil {
		return err
	}
	amount, _ := entry.Event.Amount.Get()
	if open, says := a.OpenAmount.Get(); says && amount.Cmp(open) > 0 {
		return &maventa.Error{
			Operation: "report", Target: i.assignment, Outcome: maventa.OutcomeNotSent, Kind: errMore,
			Hint: "of the claim " + open.String() + " is open: decide again to report it as it is, or drop",
		}
	}
	return nil
}

// untilNextNight is when to look again at what is not to be sent yet.
const untilNextNight = 20 * time.Hour

// sent notes what became of an entry. What a guard holds back until the books or a
// pause change goes on by itself. All else that needs a person is held until he has
// decided; a limit, too, so that what it held does not leave on the next day.
func (n *night) sent(ctx context.Context, i *invoice, key string, failed error, again time.Duration) error {
	if failed == nil {
		if again == 0 {
			n.say.Printf("invoice %s: %s is done", i.number, what(key))
		} else {
			n.say.Printf("invoice %s: %s is handed over, look again at %s", i.number, what(key), n.clock().Add(again).Format("2006-01-02 15:04 UTC"))
		}
		return n.outbox.Sent(ctx, key, nil, again)
	}
	if errors.Is(failed, maventa.ErrReadOnly) {
		n.say.Printf("invoice %s: %s would be sent", i.number, what(key))
		return n.outbox.Sent(ctx, key, failed, untilNextNight)
	}
	advice := maventa.Advise(failed)
	if advice.Action == maventa.ActionFixSetup && n.setUp == nil {
		n.setUp = fmt.Errorf("invoice %s: %s cannot leave until the set-up is right: %w", i.number, what(key), failed)
	}
	n.say.Printf("invoice %s: %s: %s (%s)", i.number, what(key), advice.Kind.Word(), advice.Action)
	for _, passes := range []error{ledger.ErrPaused, ledger.ErrPaymentsUnknown, ledger.ErrOvertaken} {
		if errors.Is(failed, passes) {
			return n.later(ctx, key)
		}
	}
	return n.outbox.Sent(ctx, key, failed, untilNextNight)
}

// later gives an entry back that was taken.
func (n *night) later(ctx context.Context, key string) error {
	return n.outbox.Sent(ctx, key, nil, untilNextNight)
}

// end ends an entry that was taken and is never sent.
func (n *night) end(ctx context.Context, i *invoice, key string, as sqlstore.OutboxState, why string) error {
	if err := n.later(ctx, key); err != nil { // what is lent may be on its way
		return err
	}
	n.say.Printf("invoice %s: %s is not sent: %s", i.number, what(key), why)
	_, err := n.outbox.Withdraw(ctx, key, as, "night", why)
	return errors.Join(err, n.work.Note(ctx, key, nil)) // nobody has to decide any more
}

// what is a key in words, for the log.
func what(key string) string {
	kind, _, _ := strings.Cut(key, "/")
	return map[string]string{"bank": "payment", "credit": "credit note", "collect": "transfer"}[kind]
}
