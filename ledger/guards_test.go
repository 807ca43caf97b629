package ledger_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// pause is a switch that tests set.
type pause struct {
	why string
	err error
}

func (p *pause) Paused(context.Context) (bool, string, error) { return p.why != "", p.why, p.err }

func creditNote(key, amount string) ledger.Entry {
	return ledger.Entry{Key: key, Currency: "EUR", Event: maventa.CreditNote(maventa.MustAmount(amount), payday, "C-"+key)}
}

// guarded is an assignment whose ledger has guards.
func guarded(t *testing.T, g ledger.Guards) *books {
	t.Helper()
	l := newBooks(t)
	l.use(l.c, l.journal, ledger.WithGuards(g))
	return l
}

// requireHeld checks that a guard held something back: nothing was sent, and a
// person finds out why.
func requireHeld(t *testing.T, err error, kind *maventa.Kind) {
	t.Helper()
	require.ErrorIs(t, err, kind)
	require.ErrorIs(t, err, ledger.ErrHeld)
	assert.Equal(t, maventa.OutcomeNotSent, maventa.OutcomeOf(err))
	assert.Equal(t, maventa.ActionAskPerson, maventa.Advise(err).Action)
}

func TestPause(t *testing.T) {
	p := &pause{why: "wrong due dates"}
	l := guarded(t, ledger.Guards{Pause: p})
	_, err := l.ensure(payment("k", "10.00"))
	requireHeld(t, err, ledger.ErrPaused)
	require.ErrorContains(t, err, "wrong due dates")
	assert.Zero(t, l.posts())

	p.why, p.err = "", errors.New("no connection")
	_, err = l.ensure(payment("k", "10.00"))
	require.ErrorContains(t, err, "no connection")
	assert.Equal(t, maventa.ActionFixSetup, maventa.Advise(err).Action, "who cannot ask does not send")
	assert.Zero(t, l.posts())

	p.err = nil
	_, err = l.ensure(payment("k", "10.00"))
	require.NoError(t, err)
	p.why = "again"
	ensured, err := l.ensure(payment("k", "10.00"))
	require.NoError(t, err, "what is done needs no leave")
	assert.False(t, ensured.Sent)
}

// A pause that comes between the claim and the request stops the request.
func TestPauseAfterClaim(t *testing.T) {
	l := newBooks(t)
	p := &pause{}
	j := pauser{l.journal, p}
	l.use(l.c, j, ledger.WithGuards(ledger.Guards{Pause: p}))
	_, err := l.ensure(payment("k", "10.00"))
	requireHeld(t, err, ledger.ErrPaused)
	assert.Zero(t, l.posts())
	r := l.entry("k")
	assert.False(t, r.Open(), "the entry does not stay open")
	p.why = ""
	l.use(l.c, l.journal)
	_, err = l.ensure(payment("k", "10.00"))
	require.NoError(t, err)
}

// pauser sets the switch once the journal has a record.
type pauser struct {
	ledger.Journal

	p *pause
}

func (j pauser) Begin(ctx context.Context, r ledger.Record) (ledger.Record, bool, error) {
	j.p.why = "now"
	return j.Journal.Begin(ctx, r)
}

func TestLimits(t *testing.T) {
	for name, c := range map[string]struct {
		limits ledger.Limits
		held   int // the first credit note that is
	}{
		"count":      {ledger.Limits{CreditNotes: ledger.Limit{Count: 2}}, 3},
		"sum":        {ledger.Limits{CreditNotes: ledger.Limit{Sum: maventa.Some(maventa.MustAmount("29.99"))}}, 3},
		"both":       {ledger.Limits{CreditNotes: ledger.Limit{Count: 1, Sum: maventa.Some(maventa.MustAmount("100"))}}, 2},
		"of another": {ledger.Limits{Cancellations: ledger.Limit{Count: 1}}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			l := guarded(t, ledger.Guards{Limits: c.limits, Reservations: ledger.NewReservations()})
			for range 2 { // the second run counts nothing twice
				for i, key := range []string{"1", "2", "3"} {
					_, err := l.ensure(creditNote(key, "10.00"))
					if i+1 < c.held {
						require.NoError(t, err, key)
						continue
					}
					requireHeld(t, err, ledger.ErrLimit)
				}
			}
			assert.Equal(t, c.held-1, l.posts())
			_, err := l.ensure(payment("p", "10.00"))
			require.NoError(t, err, "a payment has no limit")
		})
	}
}

// The limit is one of a banking day: on the weekend it is Monday's, on Tuesday a new
// one.
func TestLimitOfADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		l.use(l.c, l.journal, ledger.Clock(time.Now), ledger.WithGuards(ledger.Guards{
			Limits: ledger.Limits{CreditNotes: ledger.Limit{Count: 1}}, Reservations: ledger.NewReservations(),
		}))
		require.Equal(t, time.Saturday, time.Now().UTC().Weekday(), "time of the bubble")
		_, err := l.ensure(creditNote("1", "10.00"))
		require.NoError(t, err)
		time.Sleep(2 * 24 * time.Hour)
		_, err = l.ensure(creditNote("2", "10.00"))
		requireHeld(t, err, ledger.ErrLimit)
		time.Sleep(24 * time.Hour)
		_, err = l.ensure(creditNote("2", "10.00"))
		require.NoError(t, err)
	})
}

// A limit that nobody counts, or of a sum of unknown currency, is a fault of the
// set-up: nothing is sent.
func TestLimitSetup(t *testing.T) {
	sum := ledger.Limits{CreditNotes: ledger.Limit{Sum: maventa.Some(maventa.MustAmount("100"))}}
	for name, c := range map[string]struct {
		guards   ledger.Guards
		currency string
	}{
		"no reservations": {ledger.Guards{Limits: sum}, "EUR"},
		"no currency":     {ledger.Guards{Limits: sum, Reservations: ledger.NewReservations()}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := guarded(t, c.guards)
			entry := creditNote("1", "10.00")
			entry.Currency = c.currency
			_, err := l.ensure(entry)
			require.Error(t, err)
			assert.Equal(t, maventa.ActionFixSetup, maventa.Advise(err).Action)
			assert.Zero(t, l.posts())
		})
	}
}

func TestReservations(t *testing.T) {
	r := ledger.NewReservations()
	limit := ledger.Limit{Sum: maventa.Some(maventa.MustAmount("100"))}
	key := func(company, key string) ledger.JournalKey {
		return ledger.JournalKey{Environment: "e", CompanyID: company, Key: key}
	}
	for _, step := range []struct {
		key    ledger.JournalKey
		across bool
		amount string
		want   bool
	}{
		{key("a", "1"), false, "60", true},
		{key("a", "1"), false, "70", true}, // instead
		{key("a", "2"), false, "40", false},
		{key("a", "2"), false, "30", true},
		{key("a", "1"), false, "71", false},
		{key("b", "1"), false, "100", true}, // another company
		{key("a", "1"), true, "60", true},
		{key("b", "2"), true, "41", false},
		{key("b", "2"), true, "40", true},
	} {
		got, err := r.Reserve(t.Context(), ledger.Reservation{
			Of: "x", Across: step.across, Key: step.key, Amount: maventa.MustAmount(step.amount), Limit: limit,
		})
		require.NoError(t, err)
		assert.Equal(t, step.want, got, "%+v", step)
	}
}

func TestBankLine(t *testing.T) {
	line := ledger.BankLine{ID: "B-1", Amount: maventa.MustAmount("100.00"), Payer: "Lumikello Oy", PayerKind: ledger.PayerDebtor}
	for name, c := range map[string]struct {
		change func(*ledger.BankLine)
		kind   *maventa.Kind
	}{
		"debtor":           {func(*ledger.BankLine) {}, nil},
		"agency":           {func(b *ledger.BankLine) { b.PayerKind = ledger.PayerAgency }, ledger.ErrAgencyPayer},
		"agency's name":    {func(b *ledger.BankLine) { b.Payer = " Visma  Financial Solutions Oy" }, ledger.ErrAgencyPayer},
		"agency, as other": {func(b *ledger.BankLine) { b.Payer, b.PayerKind = "Visma Amili", ledger.PayerOther }, ledger.ErrAgencyPayer},
		"Ropo's name":      {func(b *ledger.BankLine) { b.Payer = "Ropo  Capital Oy" }, ledger.ErrAgencyPayer},
		"nothing but Ropo": {func(b *ledger.BankLine) { b.Payer = "ropo " }, ledger.ErrAgencyPayer},
		"a family's name":  {func(b *ledger.BankLine) { b.Payer = "Roponen Aino" }, nil},
		"no id":            {func(b *ledger.BankLine) { b.ID = "" }, maventa.ErrValidation},
		"a long id":        {func(b *ledger.BankLine) { b.ID = strings.Repeat("B", 201) }, maventa.ErrValidation},
		"no UTF-8":         {func(b *ledger.BankLine) { b.ID = "B\xff" }, maventa.ErrValidation},
		"smaller line":     {func(b *ledger.BankLine) { b.Amount = maventa.MustAmount("9.99") }, ledger.ErrLimit},
	} {
		t.Run(name, func(t *testing.T) {
			l := guarded(t, ledger.Guards{Reservations: ledger.NewReservations()})
			b := line
			c.change(&b)
			assert.Equal(t, c.kind == ledger.ErrAgencyPayer, b.IsPayout())
			entry := payment("bank/B-1/invoice/1", "10.00")
			entry.Bank = &b
			_, err := l.ensure(entry)
			if c.kind == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.kind)
			assert.Zero(t, l.posts())
		})
	}
}

// A line over three invoices of two companies: each part once, and no part more than
// the line holds.
func TestBankLineSplit(t *testing.T) {
	srv := maventatest.NewServer(t)
	other := srv.AddCompany("Other Oy", "7654321-0")
	guards := ledger.WithGuards(ledger.Guards{Reservations: ledger.NewReservations()})
	j := ledger.NewMemory()
	line := ledger.BankLine{ID: "B-1", Amount: maventa.MustAmount("100.00"), Payer: "Lumikello Oy"}
	report := func(company *maventatest.Company, invoice, amount string) error {
		c, err := srv.Client(t).ForCompany(company.Credentials())
		require.NoError(t, err)
		l := ledger.New(c, j, guards)
		entry := payment(line.Key(invoice, 1), amount)
		entry.Bank = &line
		_, err = l.EnsureEvent(t.Context(), invoice, entry)
		return err
	}
	first := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "50.00"})
	second := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "50.00"})
	third := other.AddAssignment(maventatest.Amili, maventatest.Invoice{Total: "50.00"})
	for range 2 {
		require.NoError(t, report(srv.Company(), first, "50.00"))
		require.NoError(t, report(srv.Company(), second, "30.00"))
		requireHeld(t, report(other, third, "20.01"), ledger.ErrLimit)
	}
	require.NoError(t, report(other, third, "20.00"))
	assert.Equal(t, 3, srv.Count("Assignments.AddEvent"))
}

// A line of just the amount that the agency has booked may be its payout.
func TestBankLinePayout(t *testing.T) {
	l := newBooks(t, maventatest.WithToday("2026-11-18"))
	l.srv.Debtor().PayAgency(l.id, "40.00")
	theirs := l.lastEvent()
	line := &ledger.BankLine{ID: "B-1", Amount: maventa.MustAmount("40.00"), Payer: "Somebody Oy"}

	entry := payment("k", "40.00")
	entry.Bank = line
	_, err := l.ensure(entry)
	require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
	assert.Contains(t, maventa.Advise(err).IDs, theirs)
	assert.Zero(t, l.posts())

	other := payment("other", "39.00")
	other.Bank = line
	_, err = l.ensure(other)
	require.NoError(t, err, "another amount")

	late := ledger.Entry{Key: "late", Event: maventa.DirectPayment(maventa.MustAmount("40.00"), payday.AddDays(60)), Bank: line}
	_, err = l.ensure(late)
	require.NoError(t, err, "weeks later")

	entry.NotMine = []string{theirs}
	_, err = l.ensure(entry)
	require.NoError(t, err, "a person says it is none")
}

// A currency is one, however it is written: plausible takes it in any case and with
// spaces around it, and a limit must not count it apart.
func TestLimitOfACurrencyInAnySpelling(t *testing.T) {
	for name, limit := range map[string]ledger.Limit{
		"count": {Count: 2},
		"sum":   {Sum: maventa.Some(maventa.MustAmount("25.00"))},
	} {
		t.Run(name, func(t *testing.T) {
			l := guarded(t, ledger.Guards{Limits: ledger.Limits{CreditNotes: limit}, Reservations: ledger.NewReservations()})
			for i, currency := range []string{"EUR", "eur", " Eur "} {
				entry := creditNote(currency, "10.00")
				entry.Currency = currency
				_, err := l.ensure(entry)
				if i < 2 {
					require.NoError(t, err)
					continue
				}
				requireHeld(t, err, ledger.ErrLimit)
			}
			assert.Equal(t, 2, l.posts())
		})
	}
}

// What names no amount ends the whole claim: it counts with what is open.
func TestLimitOfASumWithoutAnAmount(t *testing.T) {
	inExtra := creditNote("x", "0.01")
	inExtra.Event.Extra = maventa.Extra{}
	require.NoError(t, inExtra.Event.Extra.Set("amount", 90))
	limit := ledger.Limit{Sum: maventa.Some(maventa.MustAmount("1.00"))}
	for name, c := range map[string]struct {
		entry ledger.Entry
		kind  *maventa.Kind
	}{
		"credit loss":  {ledger.Entry{Key: "x", Currency: "EUR", Event: maventa.CreditLoss(payday)}, ledger.ErrLimit},
		"cancellation": {ledger.Entry{Key: "x", Currency: "EUR", Event: maventa.Cancellation("")}, ledger.ErrLimit},
		"in Extra":     {inExtra, nil},
	} {
		t.Run(name, func(t *testing.T) {
			l := guarded(t, ledger.Guards{
				Limits:       ledger.Limits{CreditNotes: limit, CreditLosses: limit, Cancellations: limit},
				Reservations: ledger.NewReservations(),
			})
			_, err := l.ensure(c.entry)
			require.Error(t, err)
			if c.kind != nil {
				requireHeld(t, err, c.kind)
			}
			assert.Zero(t, l.posts())
		})
	}
}

// Two equal lines of one debtor are two payments: neither our own event nor one that
// the sender added by hand on another day may be a payout.
func TestBankLineTwice(t *testing.T) {
	onDay := func(key string, day int) ledger.Entry {
		entry := ledger.Entry{Key: key, Event: maventa.DirectPayment(amount("40.00"), payday.AddDays(day))}
		entry.Bank = &ledger.BankLine{ID: key, Amount: amount("40.00"), Payer: "Somebody Oy"}
		return entry
	}
	t.Run("ours, and no author is shown", func(t *testing.T) {
		l := newRaw(t)
		l.shown = func(e map[string]any) map[string]any { delete(e, "author"); return e }
		for day := range 2 {
			_, err := l.EnsureEvent(t.Context(), rawID, onDay([]string{"B-1", "B-2"}[day], day))
			require.NoError(t, err)
		}
		assert.Equal(t, 2, l.posts)
	})
	t.Run("by hand", func(t *testing.T) {
		l := newBooks(t)
		_, err := l.c.Assignments.AddEvent(t.Context(), l.id, maventa.DirectPayment(amount("40.00"), payday))
		require.NoError(t, err)
		_, err = l.ensure(onDay("B-1", 1))
		require.NoError(t, err)
	})
}

// guardErrors are the failures of what a guard holds back.
func guardErrors(t *testing.T) (cases []ct.ErrorCase) {
	t.Helper()
	add := func(name string, g ledger.Guards, entry ledger.Entry) {
		l := newRaw(t)
		l.OnFunc("GET", ct.Receivables+"/v1/assignments/"+rawID, func(*http.Request) ct.Reply {
			return ct.Reply{Status: 200, Body: `{"id":"A1","status":"open","currency":"EUR"}`}
		})
		l.Ledger = ledger.New(l.Client, l.journal, ledger.WithGuards(g), ledger.Clock(inNovember))
		_, err := l.EnsureEvent(t.Context(), rawID, entry)
		cases = append(cases, ct.ErrorCase{Name: name, Err: err})
	}
	limits := ledger.Limits{CreditNotes: ledger.Limit{Sum: maventa.Some(amount("5.00"))}}
	agency, part := payment("bank-1", "10.00"), payment("bank-1", "10.00")
	agency.Bank = &ledger.BankLine{ID: "1", Amount: amount("10.00"), Payer: "VISMA FINANCIAL"}
	part.Bank = &ledger.BankLine{ID: "1", Amount: amount("9.00")}
	add("sending is paused", ledger.Guards{Pause: &pause{why: "wrong due dates"}}, payment("bank-1", "10.00"))
	add("pause not readable", ledger.Guards{Pause: &pause{err: errSealed}}, payment("bank-1", "10.00"))
	add("limit of the day", ledger.Guards{Limits: limits, Reservations: ledger.NewReservations()}, creditNote("1", "10.00"))
	add("limit that nobody counts", ledger.Guards{Limits: limits}, creditNote("1", "10.00"))
	add("agency as payer", ledger.Guards{}, agency)
	add("bank line too small", ledger.Guards{Reservations: ledger.NewReservations()}, part)

	for _, c := range []struct {
		name string
		g    ledger.Guards
	}{
		{"payments not known", ledger.Guards{KnownUntil: knownUntil("2026-11-25")}},
		{"books say something else", ledger.Guards{LastLook: inBooks("60.00", false, false)}},
	} {
		d := newDesk(t)
		d.Ledger = ledger.New(d.Client, d.journal, ledger.WithGuards(c.g), ledger.Clock(inNovember))
		_, err := d.EnsureTransfer(t.Context(), "I1", ropoEntry())
		cases = append(cases, ct.ErrorCase{Name: c.name, Err: err})
	}
	return cases
}

func inNovember() time.Time { return time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC) }
