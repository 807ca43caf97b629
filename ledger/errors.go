package ledger

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
)

// PhaseJournal is the phase of an error of the journal: no step of a call failed.
const PhaseJournal maventa.Phase = "journal"

// PhaseGuard is the phase of an error of [Guards]: the call was not begun.
const PhaseGuard maventa.Phase = "guard"

// Sentinels for [errors.Is], beside those of package maventa. The details are in
// the *[maventa.Error] that every failure is.
var (
	// ErrPossibleDuplicate: the assignment has events equal to the one to be
	// added that no record of the journal explains; their ids are in Details. The
	// caller decides: see [Entry].
	ErrPossibleDuplicate = maventa.NewKind("possible_duplicate", maventa.ActionAskPerson, nil)
	// ErrKeyReused: a business key came back with another event or transfer.
	ErrKeyReused = maventa.NewKind("key_reused", maventa.ActionAskPerson, nil)
	// ErrUnsettled: what became of an earlier attempt cannot be known yet; run
	// again after RetryAfter. It matches [maventa.ErrOutcomeUnknown] too.
	ErrUnsettled = maventa.NewKind("not_settled", maventa.ActionRetry, maventa.ErrOutcomeUnknown)
	// ErrUndecided: what became of an earlier attempt cannot be known by reading,
	// and waiting does not help: a person decides, on what the error's text says. It
	// matches [maventa.ErrOutcomeUnknown] too.
	ErrUndecided = maventa.NewKind("undecided", maventa.ActionAskPerson, maventa.ErrOutcomeUnknown)
	// ErrJournal: the journal did not do its work; nothing is wrong with the call.
	ErrJournal = maventa.NewKind("journal_failed", maventa.ActionFixSetup, nil)
	// ErrJournalLocked: another process has the journal open.
	ErrJournalLocked = maventa.NewKind("journal_locked", maventa.ActionFixSetup, ErrJournal)
	// ErrJournalConflict: the journal's record is not open (any more).
	ErrJournalConflict = maventa.NewKind("journal_conflict", maventa.ActionRetry, ErrJournal)
	// ErrClock: the clock of this machine differs from the service's by more than the
	// smaller of five minutes and a quarter of the settle time (two seconds at least).
	// What became of a lost attempt is concluded from times, so nothing is sent and
	// nothing is concluded until the clock is set.
	ErrClock = maventa.NewKind("clock_differs", maventa.ActionFixSetup, nil)
)

// The calls that the ledger makes, as the journal and errors name them, and the
// calls that show what became of them.
const (
	addEvent   = "Assignments.AddEvent"
	toRopo     = "Invoices.TransferToRopo"
	toAmili    = "Invoices.TransferToAmili"
	readEvents = "Assignments.Events"
	readStatus = "Invoices.TransferStatus"
)

// fail completes an error with what it is about.
func (l *Ledger) fail(operation, target string, err *maventa.Error) error {
	err.Operation, err.Safety = operation, maventa.Unsafe
	if l != nil {
		err.Environment = l.c.Environment().Name
		err.Message, err.Hint = l.hidden(err.Message), l.hidden(err.Hint)
		if err.Kind == guardFailed && err.Err != nil {
			err.Err = l.c.SafeCause(err.Err)
		}
	}
	if err.Phase != maventa.PhaseBuild {
		err.Target = cut(target, 64)
	}
	return err
}

// hidden is a text without the client's secrets: the service's words may repeat them.
func (l *Ledger) hidden(text string) string {
	if text == "" {
		return ""
	}
	return l.c.SafeCause(errors.New(text)).Error()
}

// readFailed says that the state could not be read, so that nothing was sent.
func readFailed(err error) *maventa.Error {
	read := *ownError(err)
	read.Outcome = maventa.OutcomeNotSent
	if read.Phase != maventa.PhaseBuild && read.Kind != ErrClock { // of the build phase it is the id that is wrong
		read.Hint = joined("reading the state first failed", read.Hint)
	}
	return &read
}

// journalFailure is the error when the journal did not do its work. outcome is
// what is known about the write itself.
func (l *Ledger) journalFailure(err error, outcome maventa.Outcome) *maventa.Error {
	failure := &maventa.Error{Phase: PhaseJournal, Outcome: outcome, Kind: ErrJournal, Err: l.c.SafeCause(err)}
	if own := asError(err); own != nil && own.Kind != nil {
		failure.Kind, failure.RetryAfter = own.Kind, own.RetryAfter
	}
	switch {
	case errors.Is(err, ErrJournalConflict):
		failure.Hint = "another process has settled the entry meanwhile: run again"
	case outcome == maventa.OutcomeApplied:
		failure.Hint = "fix the journal, then run again: nothing is sent then"
	default:
		failure.Hint = "fix the journal, then run again"
	}
	return failure
}

// soon is when running again is of use if something else only has to end.
const soon = time.Second

// unsettledError says that what became of an attempt cannot be known before
// `after` has passed.
func unsettledError(after time.Duration, hint string) *maventa.Error {
	return &maventa.Error{Phase: maventa.PhaseHTTP, Outcome: maventa.OutcomeUnknown, Kind: ErrUnsettled, RetryAfter: after, Hint: hint}
}

// undecidedError says that only a person can know what became of an attempt.
func undecidedError(hint string) *maventa.Error {
	return &maventa.Error{Phase: maventa.PhaseHTTP, Outcome: maventa.OutcomeUnknown, Kind: ErrUndecided, Hint: hint}
}

// keptOpen is [maventa.ErrOutcomeUnknown] of an entry that the journal keeps: to
// run it again after RetryAfter is safe.
var keptOpen = maventa.NewKind("outcome_unknown", maventa.ActionRetry, maventa.ErrOutcomeUnknown)

const futureHint = "the journal says that the attempt began in the future: was the clock wrong? " +
	"docs/ledger.md says how to settle an entry by hand"

// begunError is unsettledError for an attempt that began so short a time ago.
func begunError(record *Record, left time.Duration) *maventa.Error {
	if time.Until(record.BegunAt) > time.Minute {
		return undecidedError(futureHint)
	}
	return unsettledError(max(left, soon), "an earlier attempt may still arrive")
}

// keyReused refuses a key under which something else took effect.
func keyReused(stored *Record, other string) *maventa.Error {
	return &maventa.Error{
		Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeApplied, Kind: ErrKeyReused,
		Hint: "the journal knows key " + quoteCut(stored.Key, 64) + " with another " + other + ", which took effect on " +
			stored.EndedAt.UTC().Format(time.RFC3339) + "; what was given now was not sent: find out which is right, and do not just take a new key",
	}
}

// keyTwice refuses a key that stands for different things in one batch.
func keyTwice(key string) *maventa.Error {
	return &maventa.Error{
		Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent, Kind: ErrKeyReused,
		Hint: "key " + quoteCut(key, 64) + " stands twice in this batch, for different assignments or contents; " +
			"none of them was sent: find out which is right, and give every payment its own key",
	}
}

const decide = "decide with Entry.Adopt or Entry.NotMine"

// takenInvoice refuses to transfer an invoice that has a transfer under another key.
func takenInvoice(holder *Record) *maventa.Error {
	state := "was made"
	if holder.Open() {
		state = "is open"
	}
	return &maventa.Error{
		Phase: PhaseJournal, Outcome: maventa.OutcomeNotSent, Kind: ErrPossibleDuplicate,
		Hint: "a transfer of this invoice " + state + " under key " + quoteCut(holder.Key, 64) + "; run that key, or find out which of the two is right",
	}
}

// duplicate refuses to send what may be there already.
func (e *event) duplicate(ids []string) error {
	return e.fail(&maventa.Error{
		Phase: maventa.PhaseHTTP, Outcome: maventa.OutcomeNotSent, Kind: ErrPossibleDuplicate, Details: ids,
		Hint: strconv.Itoa(len(ids)) + " equal events are there already; " + decide,
	})
}

// undecidedEvent leaves it to a person which of several events was sent, if any.
func undecidedEvent(ids []string) *maventa.Error {
	hint := "several events may be the one that was sent"
	if len(ids) == 1 {
		hint = "an event may be the one that was sent, in another spelling"
	}
	return &maventa.Error{
		Phase: maventa.PhaseHTTP, Outcome: maventa.OutcomeUnknown, Kind: ErrPossibleDuplicate, Details: ids, Hint: hint + "; " + decide,
	}
}

// notWritable refuses what has no JSON.
func notWritable(what string) *maventa.Error {
	return &maventa.Error{
		Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent,
		Fields: []maventa.FieldProblem{{Field: what, Problem: "cannot be written as JSON"}},
	}
}

// asError returns err as an error of package maventa, or nil.
func asError(err error) *maventa.Error {
	e, _ := errors.AsType[*maventa.Error](err)
	return e
}

// ownError is asError, of any other error a new one.
func ownError(err error) *maventa.Error {
	if e := asError(err); e != nil {
		return e
	}
	return &maventa.Error{Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent, Err: err}
}

// quoteCut quotes s and cuts it to n bytes: text from outside can neither
// forge log lines nor fill them.
func quoteCut(s string, n int) string {
	if len(s) <= n {
		return strconv.Quote(s)
	}
	return strconv.Quote(cut(s, n)) + "…"
}

// cut shortens s to at most n bytes without splitting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
