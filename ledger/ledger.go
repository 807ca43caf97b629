// Package ledger reports payments, credit notes and transfers of the caller's
// books exactly once: however often and from wherever it is asked, after a crash
// at any point, in a second run of the same batch, on a second server.
//
// It is built on the calls of package maventa. A [Ledger] writes what it is about
// to do into a [Journal], and reads what became of an earlier attempt before it
// sends again. docs/ledger.md says what a journal must promise, docs/oncall.md
// what a conclusion rests on and what no client can tell apart.
package ledger

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/maventa-go/maventa"
)

// Ledger reports entries of the caller's books exactly once. Make it with [New].
// It serves any number of goroutines.
type Ledger struct {
	c       *maventa.Client
	journal Journal
	gates   *gates
	settle  time.Duration
	opts    []maventa.CallOption
	guards  Guards
	clock   func() time.Time
}

// Option changes a [Ledger]. See [New].
type Option func(*Ledger)

// defaultSettle is longer than a service is likely to take. How long Maventa and
// the agencies really take is not documented.
const defaultSettle = 15 * time.Minute

// defaultClock is another one in tests, whose time begins in 2000.
var defaultClock = time.Now

// New returns a ledger for the client's company that remembers in journal. What
// is wrong with its arguments is the error of every call.
//
// Two ledgers over one journal are as safe as two servers are.
func New(c *maventa.Client, journal Journal, opts ...Option) *Ledger {
	l := &Ledger{c: c, journal: journal, gates: &gates{}, settle: defaultSettle, clock: defaultClock}
	for _, o := range opts {
		if o != nil {
			o(l)
		}
	}
	return l
}

// SettleTime sets how long after an attempt of unknown outcome the service may
// still act on it: before that, nothing is concluded from what is not there. The
// default is 15 minutes. What is sent leaves within the first half of it, so the
// service has the other half. A conclusion takes two reads, 5 seconds apart: a
// context that ends before them ends the call with its error.
func SettleTime(d time.Duration) Option { return func(l *Ledger) { l.settle = d } }

// Clock sets what says which day it is, instead of [time.Now]: a payment that is dated
// after tomorrow is refused, and the banking day of the guards is that of its time
// zone. Tests set it to dates of their own. What became of an
// attempt is concluded from real time all the same, which is also what the Date header
// of every answer is compared with, of a fake's too: let a story that plays weeks begin
// in the past.
func Clock(now func() time.Time) Option { return func(l *Ledger) { l.clock = now } }

// With adds options to the calls that send, such as [maventa.WithTimeout],
// [maventa.Unchecked] or [maventa.WithoutPreflight].
func With(opts ...maventa.CallOption) Option {
	return func(l *Ledger) { l.opts = append(l.opts, opts...) }
}

// For returns the ledger of another client, such as one of
// [maventa.Client.ForCompany], with the same journal and options. It is cheap.
func (l *Ledger) For(c *maventa.Client) *Ledger {
	if l == nil {
		return nil
	}
	other := *l
	other.c = c
	return &other
}

// keyProblem says why nothing can stand under a key.
func keyProblem(key string) *maventa.Error {
	if key == "" || len(key) > 512 || !utf8.ValidString(key) || strings.ContainsFunc(key, unicode.IsControl) {
		return refused("key", "must have 1 to 512 bytes of UTF-8 without control characters")
	}
	return nil
}

func refused(field, problem string) *maventa.Error {
	return &maventa.Error{
		Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent, Fields: []maventa.FieldProblem{{Field: field, Problem: problem}},
	}
}

// problem says why nothing can be done with the ledger.
func (l *Ledger) problem() *maventa.Error {
	switch {
	case l == nil || l.gates == nil:
		return notBegun("the ledger was not made by ledger.New")
	case l.c.CompanyID() == "":
		return notBegun("the ledger's client has no company, or was not made by NewClient")
	case l.journal == nil:
		return &maventa.Error{Phase: PhaseJournal, Outcome: maventa.OutcomeNotSent, Kind: ErrJournal, Hint: "there is none: give ledger.New one"}
	case l.clock == nil:
		return refused("clock", "is nil")
	case l.settle < 0:
		return refused("settle time", "must not be negative")
	}
	return nil
}

func notBegun(hint string) *maventa.Error {
	return &maventa.Error{Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent, Hint: hint}
}

// keyOf is the journal's name of a key.
func (l *Ledger) keyOf(key string) JournalKey {
	if l == nil {
		return JournalKey{Key: key}
	}
	return JournalKey{Environment: l.c.Environment().Name, CompanyID: l.c.CompanyID(), Key: key}
}

// enter waits until nobody else of this process works on an assignment or
// invoice. The caller must call leave.
func (l *Ledger) enter(ctx context.Context, what string) (leave func(), err error) {
	return l.gates.enter(ctx, l.c.Environment().Name+"/"+l.c.CompanyID()+"/"+what)
}

// sendBefore is when what was begun must have left, and whether there is time
// for it. If the process slept since, another one may soon conclude that nothing
// was sent.
func (l *Ledger) sendBefore(ctx context.Context, begun time.Time) (sending context.Context, cancel func(), inTime bool) {
	switch {
	case l.settle == 0:
		return ctx, func() {}, true
	case time.Since(begun) > l.settle/2:
		return ctx, func() {}, false
	}
	sending, cancel = context.WithDeadline(ctx, begun.Add(l.settle/2))
	return sending, cancel, true
}
