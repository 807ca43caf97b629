package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
)

// report takes from a record where the transfer stands.
func (t *transfer) report(stored *Record) {
	t.stands.Attempt, t.stands.Attempts = stored.BegunAt, stored.Attempts
	t.stands.BodyDiffers = stored.Digest != t.digest && (stored.Open() || stored.Done())
}

// fromRecord deals with the journal's record of an earlier attempt, and makes of it
// what became of it. It reports whether another attempt may be made.
func (t *transfer) fromRecord(ctx context.Context, stored *Record) (mayAttempt bool, err error) {
	shown := transferView{}
	if stored.Open() {
		if shown, err = t.settleOwn(ctx, stored); err != nil {
			return false, err
		}
	}
	if stored.Done() && stored.InCollection != "" {
		t.stands.State, t.stands.AssignmentID = maventa.TransferInCollection, stored.InCollection
		return false, nil
	}
	if stored.Done() && !shown.isShown {
		if shown, err = t.lookBack(ctx, stored); err != nil {
			return false, err
		}
	}
	t.report(stored)
	if stored.Done() {
		return false, t.goesOn(ctx, stored, shown)
	}
	return t.mayAttempt(ctx, stored, shown)
}

// goesOn says where an accepted transfer stands that shows this.
func (t *transfer) goesOn(ctx context.Context, stored *Record, shown transferView) error {
	t.stands.State = maventa.TransferHandedOver
	if shown.isNew(stored.Baseline) && shown.state == maventa.TransferPending && shown.reason != "" {
		return t.stalled(shown.reason, waitsForPerson)
	}
	if shown.state == maventa.TransferSent {
		id, err := t.assignment(ctx, stored)
		switch {
		case err != nil:
			return t.unseen(err)
		case id != "":
			return t.collected(ctx, stored, id)
		}
	}
	if time.Since(stored.BegunAt) > patience {
		return t.stalled("", fmt.Sprintf(nothingCame, stored.BegunAt.Format(time.DateOnly)))
	}
	return nil
}

// unseen is the error of a read that was to show how far an accepted transfer is. It
// stays what it was, about a read, and says that the transfer was accepted.
func (t *transfer) unseen(err error) error {
	read := *ownError(err)
	read.Outcome, read.Safety = maventa.OutcomeApplied, maventa.Safe
	if read.Operation == t.operation {
		read.Operation = readStatus
	}
	if read.Kind == ErrUnsettled { // it is about what is shown, not about an attempt in doubt
		read.Kind = maventa.ErrTransferUnderWay
	}
	read.Hint = joined("the transfer was accepted, how far it is could not be read: run it again", read.Hint)
	t.stands.State, t.isAccepted = maventa.TransferHandedOver, true
	return &read
}

// lookBack looks how far an accepted transfer is, and ends it as rejected if it is in
// error now: an agency may refuse it later.
func (t *transfer) lookBack(ctx context.Context, stored *Record) (transferView, error) {
	shown, err := t.look(ctx)
	if err != nil {
		return shown, t.unseen(err)
	}
	mayLag := slices.Contains(stored.Baseline, string(maventa.TransferError)) && t.left(stored) > 0 // the error of before
	if shown.state != maventa.TransferError || mayLag {
		return shown, nil
	}
	if err := t.again(ctx, shown, transferView.isThere); err != nil {
		return shown, t.unseen(err)
	}
	stored.Status, stored.Request = 0, ""
	if err := t.end(ctx, *stored, maventa.OutcomeRejected, nil); err != nil {
		return shown, t.fail(err)
	}
	stored.EndedAt, stored.Outcome = now(), maventa.OutcomeRejected
	return shown, nil
}

// mayAttempt says whether another attempt may be made after one that ended without
// effect.
func (t *transfer) mayAttempt(ctx context.Context, stored *Record, shown transferView) (bool, error) {
	isRefused := stored.Outcome == maventa.OutcomeRejected && (stored.Status == 0 || refusesContent(stored.Status))
	if isRefused {
		stored.Attempts = max(stored.Attempts, 1) // of a journal that did not count
		t.stands.Attempts = stored.Attempts
	}
	isFixed := stored.Digest != t.digest
	switch {
	case t.isAgain(stored), stored.Attempts < MaxAttempts && (isFixed || !isRefused):
		return true, nil
	case !isRefused || isFixed && stored.Attempts >= MaxAttempts:
		return false, t.outOfAttempts(stored)
	case stored.Status != 0:
		t.stands.State = maventa.TransferRefused
		return false, t.fail(t.refusedContents(stored))
	}
	if !shown.isShown { // the journal holds no reasons
		shown, _ = t.look(ctx) // without one the refusal is as good
	}
	if shown.isThere() && !t.isSecond(stored) { // somebody has transferred it since
		return true, nil
	}
	t.stands.State, t.stands.Reason = maventa.TransferRefused, shown.reason
	return false, t.failed(shown.reason)
}

// isSecond reports whether a record is of a case after the first.
func (t *transfer) isSecond(stored *Record) bool { return len(stored.Baseline) == wholeBaseline }

// refusedContents is the error of contents that the service has refused.
func (t *transfer) refusedContents(stored *Record) *maventa.Error {
	err := stored.refusedBefore()
	err.Hint = "the same contents were refused under key " + quoteCut(stored.Key, 64) + " on " + stored.EndedAt.UTC().Format(time.RFC3339) +
		", so they were not sent again: correct them, or set TransferEntry.Again to " + named(stored.BegunAt) + " if nothing is wrong with them"
	return err
}

// outOfAttempts asks a person after so many attempts.
func (t *transfer) outOfAttempts(stored *Record) error {
	t.stands.State = maventa.TransferStalled
	return t.fail(&maventa.Error{
		Phase: PhaseJournal, Outcome: stored.Outcome, Kind: maventa.ErrTransferStalled,
		Hint: fmt.Sprintf("%d attempts were made and nothing came of them: find out why; for one more set TransferEntry.Again to %s",
			stored.Attempts, named(stored.BegunAt)),
	})
}

// settleOwn ends the open record of the key by reading. What is shown ends it at
// once, its absence only after the settle time.
func (t *transfer) settleOwn(ctx context.Context, stored *Record) (transferView, error) {
	left := t.left(stored)
	tooEarly := begunError(stored, left)
	shown, err := t.look(ctx)
	isNew := func(v transferView) bool { return v.isNew(stored.Baseline) }
	isThere := err == nil && isNew(shown) && shown.isThere()
	if err == nil && !isThere && t.isSecond(stored) && shown.state == maventa.TransferSent { // without an address its assignment shows
		var id string
		id, err = t.assignment(ctx, stored)
		isThere = id != ""
	}
	var outcome maventa.Outcome
	switch {
	case left > 0 && (err == nil && !isThere && !isNew(shown) || err != nil && !errors.Is(err, ErrClock)):
		return shown, t.fail(tooEarly)
	case err != nil:
		return shown, t.fail(readFailed(err))
	case isThere:
		outcome, err = maventa.OutcomeApplied, t.again(ctx, shown, isNew)
	case isNew(shown):
		outcome, err = maventa.OutcomeRejected, t.again(ctx, shown, isNew)
		stored.Status = 0
	case isNamed(t.entry.NeverArrived, stored, max(t.settle, time.Minute)):
		t.isDecided, outcome = true, endAbsent(stored)
	default:
		outcome, err = endAbsent(stored), t.isAbsent(ctx, stored, shown)
	}
	if err != nil {
		return shown, err
	}
	if err := t.end(ctx, *stored, outcome, nil); err != nil {
		err.Outcome = maventa.OutcomeUnknown // the journal holds it open
		return shown, t.fail(err)
	}
	stored.EndedAt, stored.Outcome = now(), outcome
	return shown, nil
}

// isAbsent is nil if the open attempt, which no known state shows, never arrived.
// Otherwise it says what stands against that.
func (t *transfer) isAbsent(ctx context.Context, stored *Record, shown transferView) error {
	what := "the status is still the error of an earlier transfer"
	switch {
	case shown.isThere() && shown.state.Known():
		what = "the status is still that of the case before this one"
	case shown.isThere():
		what = "the status " + quoteCut(string(shown.state), 32) + " is not known to this package"
	case !shown.isShown:
		if err := sleep(ctx, min(settleGap, t.settle)); err != nil {
			return t.fail(cutOff(err))
		}
		absent, err := t.c.Invoices.TransferAbsent(ctx, t.invoiceID)
		switch {
		case absent:
			return nil
		case err != nil && maventa.Advise(err).Action == maventa.ActionRetry:
			return t.fail(readFailed(err))
		}
		what = "no status shows the transfer"
	}
	err := undecidedError(what + ", which proves nothing; if it never arrived, set TransferEntry.NeverArrived to " + named(stored.BegunAt) + " (FirstSent)")
	err.FirstSent = stored.BegunAt
	return t.fail(err)
}

// isAgain reports whether Again names an attempt.
func (t *transfer) isAgain(stored *Record) bool { return isNamed(t.entry.Again, stored, 0) }

// isNamed reports whether a person's word is about an attempt: its beginning, perhaps
// cut to seconds or milliseconds, or so much later, when its first request left.
func isNamed(word time.Time, stored *Record, later time.Duration) bool {
	precision := time.Microsecond
	switch {
	case word.Nanosecond() == 0:
		precision = time.Second
	case word.Nanosecond()%int(time.Millisecond) == 0:
		precision = time.Millisecond
	}
	return !word.Before(stored.BegunAt.Truncate(precision)) && !word.After(stored.BegunAt.Add(later))
}
