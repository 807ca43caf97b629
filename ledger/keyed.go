package ledger

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/maventa-go/maventa"
)

// keyed is a ledger at work on one key, and what it has read in the journal.
type keyed struct {
	*Ledger

	operation string
	key       JournalKey
	says      journalSays
}

// journalSays is what the journal has said of a key in this run.
type journalSays uint8

const (
	unread journalSays = iota
	unreadable
	holdsOpen
	holdsNone // that is open
)

// note takes what the journal says.
func (k *keyed) note(found, isOpen bool) {
	k.says = holdsNone
	if found && isOpen {
		k.says = holdsOpen
	}
}

// lookUp returns the journal's record of the key.
func (k *keyed) lookUp(ctx context.Context) (stored Record, found bool, err error) {
	stored, found, err = k.journal.Find(ctx, k.key)
	if err != nil {
		k.says = unreadable
		return Record{}, false, err
	}
	k.note(found, stored.Open())
	return stored, found, nil
}

// begin claims the key for an attempt.
func (k *keyed) begin(ctx context.Context, record Record) (stored Record, claimed bool, err *maventa.Error) {
	stored, claimed, err = k.Ledger.begin(ctx, record)
	switch {
	case err != nil && err.Outcome == maventa.OutcomeUnknown:
		k.says = unreadable
	case err == nil && stored.JournalKey == k.key:
		k.note(true, stored.Open())
	default:
		k.says = holdsNone
	}
	return stored, claimed, err
}

// end stores what became of a record, also when ctx is over. failure is the call's
// error, nil if there is none.
func (k *keyed) end(ctx context.Context, record Record, outcome maventa.Outcome, failure *maventa.Error) *maventa.Error {
	record.EndedAt, record.Outcome = now(), outcome
	switch {
	case outcome == maventa.OutcomeApplied:
		record.Status = 0
	case failure != nil:
		record.Status = failure.Status
	}
	if err := endRecord(ctx, k.journal, record); err != nil {
		if errors.Is(err, ErrJournalConflict) { // what another process made of it is not known here
			k.says = unreadable
		}
		return k.journalFailure(err, outcome)
	}
	if record.JournalKey == k.key {
		k.says = holdsNone
	}
	return nil
}

// refusesContent reports whether a status says that the contents of a call are
// wrong, so that the same ones would be refused again. 401, 403 and 404 are about
// the access, 408, 425 and 429 about the time.
func refusesContent(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound,
		http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return status >= 400 && status < 500
}

// keepOpen is the error of a call that was sent and whose outcome is not known.
// If it was answered by a refusal that somebody else may have written, the journal
// keeps the status: it counts once the attempt is found absent.
func (k *keyed) keepOpen(ctx context.Context, record Record, failed *maventa.Error) *maventa.Error {
	failed.RetryAfter, failed.Kind = max(k.left(&record), soon), keptOpen
	failed.Hint = "the journal keeps the entry open" // RetryAfter says when to run it again
	if record.Status = failed.Status; !refusesContent(record.Status) {
		return failed
	}
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), journalTime)
	defer cancel()
	if err := k.journal.End(noting, record); err != nil && !errors.Is(err, ErrJournalConflict) {
		failed.Hint += "; the journal did not take the status"
	}
	return failed
}

// endAbsent is what an attempt ends as that never arrived: rejected, if it was
// answered by a refusal of its contents.
func endAbsent(record *Record) maventa.Outcome {
	if refusesContent(record.Status) {
		return maventa.OutcomeRejected
	}
	return maventa.OutcomeNotSent
}

// refusedBefore is the error of contents that the service has refused, nil if they
// may be sent: the same ones are not sent under the same key again.
func (r *Record) refusedBefore() *maventa.Error {
	if r.Open() || r.Outcome != maventa.OutcomeRejected || !refusesContent(r.Status) {
		return nil
	}
	err := &maventa.Error{
		Phase: maventa.PhaseHTTP, Outcome: maventa.OutcomeRejected, Status: r.Status, RequestID: r.Request,
		Hint: "the same contents were refused under key " + quoteCut(r.Key, 64) + " on " + r.EndedAt.UTC().Format(time.RFC3339) +
			", so they were not sent again: correct them, or take a new key if nothing is wrong with them",
	}
	if r.Status != http.StatusBadRequest && r.Status != http.StatusUnprocessableEntity { // which say so by themselves
		err.Kind = contentRefused
	}
	return err
}

var contentRefused = maventa.NewKind("content_refused", maventa.ActionFixInput, nil)

// openKinds are [maventa.ErrOutcomeUnknown] of an entry that may be open, by what
// is to be done about the failure at hand. To run the entry again is safe.
var openKinds = map[maventa.Action]*maventa.Kind{
	maventa.ActionRetry:    keptOpen,
	maventa.ActionFixSetup: maventa.NewKind("outcome_unknown", maventa.ActionFixSetup, maventa.ErrOutcomeUnknown),
}

// thenAgain is the hint of an error of the root's that has none.
var thenAgain = map[maventa.Action]string{
	maventa.ActionDone:      "run the entry again: nothing is sent then",
	maventa.ActionRetry:     "run the entry again",
	maventa.ActionFixInput:  "correct the entry, then run it again",
	maventa.ActionFixSetup:  "fix that, then run the entry again",
	maventa.ActionAskPerson: "find out why, then run the entry again",
}

// exit is the way out of every error of the ledger: it makes the error of a call
// one of the payment. Only who has read in the journal that no attempt is open
// knows that nothing was sent or changed.
func (k *keyed) exit(ctx context.Context, err error) error {
	own := asError(err)
	if own == nil {
		return err
	}
	if own.Safety == maventa.Safe { // a read of the root's own, after which nothing was sent, whatever became of it
		read := *own
		read.Outcome = maventa.OutcomeNotSent
		if read.Hint == "" {
			read.Hint = "looking up the assignment failed"
		}
		err, own = &read, &read
	}
	if own.Hint == "" && len(own.Fields) == 0 {
		hinted := *own
		hinted.Hint = thenAgain[maventa.Advise(own).Action]
		err, own = &hinted, &hinted
	}
	if own.Outcome == maventa.OutcomeNotSent || own.Outcome == maventa.OutcomeRejected {
		if k.key.Key == "" { // the ledger or the key is none: under it nothing can be open
			return err
		}
		if k.says == unread && (k.Ledger == nil || k.journal == nil || k.key.CompanyID == "") {
			k.says = unreadable
		} else if k.says == unread {
			stored, found, failure := readBack(ctx, k.journal, k.key)
			if failure == nil {
				k.note(found, stored.Open())
			}
			if found && stored.Done() {
				done := *own
				done.Outcome, done.Hint = maventa.OutcomeApplied, joined(done.Hint, "the journal says that an earlier run did it")
				return &done
			}
		}
		if k.says == holdsNone {
			return err
		}
		own = k.lift(*own)
	}
	if own.Outcome == maventa.OutcomeUnknown && own.Safety == maventa.Unsafe {
		shows := readStatus
		if own.Operation == addEvent {
			shows = readEvents
		}
		own.Hint = joined(own.Hint, shows+" shows what became of it")
	}
	return own
}

// lift says that an earlier attempt may have taken effect, whatever has become of
// this run.
func (k *keyed) lift(err maventa.Error) *maventa.Error {
	advice := maventa.Advise(&err)
	if err.Safety != maventa.Unsafe { // a read of the root's own
		err.Operation, err.Safety = k.operation, maventa.Unsafe
	}
	err.Outcome = maventa.OutcomeUnknown
	if err.Kind == nil {
		err.Kind = openKinds[advice.Action]
	}
	if advice.Action == maventa.ActionRetry {
		err.RetryAfter = max(advice.After, soon)
	}
	why := "an earlier attempt is open"
	if k.says != holdsOpen {
		why = "the journal could not be read, and an earlier attempt may be open"
	}
	err.Hint = joined(err.Hint, why)
	return &err
}

// joined puts two parts of a hint together.
func joined(hint, more string) string {
	switch {
	case hint == "":
		return more
	case more == "":
		return hint
	}
	return hint + "; " + more
}
