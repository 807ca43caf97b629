package ledger

import (
	"context"
	"time"

	"github.com/maventa-go/maventa"
)

// Guards are what the ledger asks before it sends, so that one bad night of the
// books does not reach the debtors. A guard that is nil is not asked. What a guard
// holds back is not sent, and its error matches [ErrHeld]: a person finds out why,
// and runs it again.
type Guards struct {
	// Pause is asked before anything is sent.
	Pause Pause
	// Limits bound, per company, banking day and currency, what cannot be taken
	// back. They need Reservations, and an entry's or a transfer's Currency where
	// sums are bounded. A credit loss or cancellation without an amount counts with
	// what its assignment shows as open.
	Limits       Limits
	Reservations Reservations
	// KnownUntil is the last day whose payments are all in the books of a company.
	// An invoice is transferred if that is the last banking day before today, or
	// later: the bank's file of a day is imported on the next one.
	KnownUntil func(ctx context.Context, companyID string) (maventa.Date, error)
	// LastLook reads what the books say of an invoice, in the moment before it is
	// transferred.
	LastLook func(ctx context.Context, companyID, invoiceID string) (Standing, error)
}

// WithGuards sets the guards of a ledger.
func WithGuards(g Guards) Option { return func(l *Ledger) { l.guards = g } }

// Pause is one switch that all processes obey. Package sqlstore has one.
type Pause interface {
	// Paused reports whether a person has stopped all sending, and why.
	Paused(ctx context.Context) (paused bool, why string, err error)
}

// Limits bound what cannot be taken back. Which event types can is not documented:
// these cost money, or end a claim.
type Limits struct {
	Transfers     Limit // the sum is that of the capital amounts
	CreditNotes   Limit // on Ropo a full one cancels the assignment
	Cancellations Limit
	CreditLosses  Limit
}

// Limit bounds what leaves in one banking day. A zero Limit bounds nothing.
type Limit struct {
	Count int                         // how many
	Sum   maventa.Opt[maventa.Amount] // of their amounts, in one currency
}

func (l Limit) isNone() bool { _, bounded := l.Sum.Get(); return l.Count == 0 && !bounded }

// Allows reports whether so many entries of this sum are within the limit.
func (l Limit) Allows(count int, sum maventa.Amount) bool {
	most, bounded := l.Sum.Get()
	return (l.Count == 0 || count <= l.Count) && (!bounded || sum.Cmp(most) <= 0)
}

// Reservations counts what is used of a limit, for all processes together. Package
// sqlstore keeps them in a database, [MemoryReservations] for one process.
type Reservations interface {
	// Reserve notes durably, in one atomic step, that a key uses an amount of a
	// limit, and reports whether the limit allows that. If it does not, nothing is
	// noted. A key that is there already is allowed, and its amount is replaced if
	// the limit allows the new one.
	Reserve(ctx context.Context, r Reservation) (allowed bool, err error)
}

// Reservation is what one key uses of one limit.
type Reservation struct {
	Of     string     // the limit, such as "transfers/2026-11-30/EUR"
	Across bool       // the limit is one for all companies of the environment, as a bank line is
	Key    JournalKey // who uses it
	Amount maventa.Amount
	Limit  Limit
}

// Standing is what the books say of an invoice now.
type Standing struct {
	// Open is what is unpaid of the invoice. A transfer with another capital amount
	// is held: it was built before something changed. Leave it unset if the books
	// do not say.
	Open     maventa.Opt[maventa.Amount]
	Disputed bool // the debtor disputes it
	Stopped  bool // it must not be collected: a stop, a cancellation or a credit overtook the transfer
}

// What a guard holds back. Nothing was sent; each of them matches [ErrHeld] too.
var (
	// ErrHeld: a guard held back what was to be sent; see [Guards].
	ErrHeld = maventa.NewKind("held", maventa.ActionAskPerson, nil)
	// ErrPaused: a person has stopped all sending.
	ErrPaused = maventa.NewKind("paused", maventa.ActionAskPerson, ErrHeld)
	// ErrLimit: the limit of the banking day is used up.
	ErrLimit = maventa.NewKind("limit_reached", maventa.ActionAskPerson, ErrHeld)
	// ErrPaymentsUnknown: the payments of the last banking days are not in the books.
	ErrPaymentsUnknown = maventa.NewKind("payments_unknown", maventa.ActionAskPerson, ErrHeld)
	// ErrOvertaken: the books say something else of the invoice than the transfer.
	ErrOvertaken = maventa.NewKind("overtaken", maventa.ActionAskPerson, ErrHeld)
	// ErrAgencyPayer: an agency is the payer of what was to be reported as a direct
	// payment; see [BankLine].
	ErrAgencyPayer = maventa.NewKind("agency_payer", maventa.ActionAskPerson, ErrHeld)

	guardFailed = maventa.NewKind("guard_failed", maventa.ActionFixSetup, nil)
)

// before asks the guards whether something may be begun.
func (g *Guards) before(ctx context.Context, out outgoing, today maventa.Date) *maventa.Error {
	if err := g.paused(ctx); err != nil {
		return err
	}
	if out.invoiceID != "" && g.KnownUntil != nil {
		known, err := g.KnownUntil(ctx, out.key.CompanyID)
		if err != nil {
			return guardError("KnownUntil", err)
		}
		if known.After(today) {
			return held(ErrPaymentsUnknown, "payments are known until "+known.String()+", which is to come: look what was imported")
		}
		if needed := bankingDayBefore(today); known.Before(needed) {
			return held(ErrPaymentsUnknown, "payments are known until "+dayText(known)+", and must be until "+needed.String()+
				": import the bank's files, then run again")
		}
	}
	if out.limit.isNone() {
		return nil
	}
	if g.Reservations == nil {
		return held(guardFailed, "a limit needs Guards.Reservations")
	}
	if _, bounded := out.limit.Sum.Get(); bounded && out.currency == "" {
		return held(guardFailed, "a limit of a sum needs the currency: give it with the entry or transfer")
	}
	if _, bounded := out.limit.Sum.Get(); bounded && out.unknown {
		return held(guardFailed, "a limit of a sum needs the amount, and neither the event nor its assignment shows it: bound the count")
	}
	name := out.what + "/" + bankingDay(today).String()
	if out.currency != "" {
		name += "/" + out.currency
	}
	allowed, err := g.Reservations.Reserve(ctx, Reservation{Of: name, Key: out.key, Amount: out.amount, Limit: out.limit})
	switch {
	case err != nil:
		return guardError("Reservations", err)
	case !allowed:
		return held(ErrLimit, "the limit of "+name+" is reached: look why there are so many, then raise it, or run again on the next banking day; "+
			"an outbox holds it until a person decides")
	}
	return nil
}

// last asks the guards in the moment before something leaves.
func (g *Guards) last(ctx context.Context, out outgoing) *maventa.Error {
	if err := g.paused(ctx); err != nil {
		return err
	}
	if out.invoiceID == "" || g.LastLook == nil {
		return nil
	}
	now, err := g.LastLook(ctx, out.key.CompanyID, out.invoiceID)
	if err != nil {
		return guardError("LastLook", err)
	}
	open, says := now.Open.Get()
	switch {
	case now.Disputed:
		return held(ErrOvertaken, "the invoice is disputed")
	case now.Stopped:
		return held(ErrOvertaken, "the invoice must not be collected any more")
	case says && !open.Equal(out.amount):
		return held(ErrOvertaken, "the invoice's open amount is not the transfer's capital amount: build the transfer again")
	}
	return nil
}

func (g *Guards) paused(ctx context.Context) *maventa.Error {
	if g.Pause == nil {
		return nil
	}
	paused, why, err := g.Pause.Paused(ctx)
	switch {
	case err != nil:
		return guardError("Pause", err)
	case paused:
		return held(ErrPaused, "sending is paused: "+quoteCut(why, 64))
	}
	return nil
}

// held is the error of what a guard holds back.
func held(kind *maventa.Kind, hint string) *maventa.Error {
	return &maventa.Error{Phase: PhaseGuard, Outcome: maventa.OutcomeNotSent, Kind: kind, Hint: hint}
}

// guardError is that of a guard that cannot say: nothing is sent then.
func guardError(guard string, err error) *maventa.Error {
	e := held(guardFailed, "the guard "+guard+" failed")
	e.Err = err
	return e
}

// A banking day is Monday to Friday. Public holidays count as banking days: on the
// day after one, payments must be known until it, which is a day without any.
func isBankingDay(d maventa.Date) bool {
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

// bankingDay is the day, or the next banking day.
func bankingDay(d maventa.Date) maventa.Date {
	for !isBankingDay(d) {
		d = d.AddDays(1)
	}
	return d
}

// bankingDayBefore is the last banking day before a day.
func bankingDayBefore(d maventa.Date) maventa.Date {
	for d = d.AddDays(-1); !isBankingDay(d); {
		d = d.AddDays(-1)
	}
	return d
}

func dayText(d maventa.Date) string {
	if d.IsZero() {
		return "no day"
	}
	return d.String()
}
