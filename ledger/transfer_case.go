package ledger

import (
	"context"
	"strconv"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
)

// isOurs reports whether a record is about this invoice and case.
func (t *transfer) isOurs(stored *Record) bool {
	claim := claimOfCase(t.invoiceID, t.entry.Case)
	return stored.isTransfer() && stored.InvoiceID == t.invoiceID && (stored.Claim == claim || stored.Claim == "")
}

// previousCase makes sure that the case before this one is closed, and notes what the
// service shows of it: that says nothing about this one.
func (t *transfer) previousCase(ctx context.Context) error {
	if t.entry.Case < 2 {
		return nil
	}
	number := t.entry.Case - 1
	said := strconv.Itoa(number) + " of this invoice " // after the field's name
	stored, found, err := t.journal.Find(ctx, t.keyOf(caseKey(t.entry.Key, number)))
	previous := *t
	previous.entry.Case = number
	switch {
	case err != nil:
		return t.journalFailed(err, maventa.OutcomeNotSent)
	case !found || !stored.Done():
		return t.fail(refused("case", said+"has no accepted transfer under this key: run that one first"))
	case !previous.isOurs(&stored):
		return t.fail(otherInvoice(&stored))
	case stored.InCollection == "":
		return t.fail(refused("case", said+"is not known to be in collection: run that one first"))
	}
	var answer maventa.Response
	asked := now()
	a, err := t.c.Assignments.Get(ctx, stored.InCollection, maventa.Conclusive(), maventa.WithResponse(&answer))
	switch wrong := clockError(answer.Header, asked, now(), t.settle); {
	case wrong != nil:
		return t.fail(wrong)
	case err != nil:
		return t.fail(readFailed(err))
	case call.CanonicalID(a.ID) != stored.InCollection:
		return t.fail(foreignAssignment())
	case a.Status != maventa.AssignmentClosed:
		return t.fail(refused("case", said+"is not closed: the status of its assignment "+quoteCut(a.ID, 64)+" is "+quoteCut(string(a.Status), 32)))
	}
	t.before = []string{stored.InCollection}
	return nil
}

// isOfBefore reports whether what is shown is still the transfer of the case before
// this one.
func (t *transfer) isOfBefore(shown transferView) bool {
	if len(t.before) == 0 || shown.state != maventa.TransferSent {
		return false
	}
	return shown.url == "" || idIn(shown.url) == t.before[0]
}

// assignment returns the id of the invoice's assignment, and "" if there is none yet.
// One that a record's baseline names is that of the case before.
func (t *transfer) assignment(ctx context.Context, stored *Record) (string, error) {
	a, err := t.c.Assignments.ForInvoice(ctx, t.invoiceID, maventa.Conclusive())
	switch {
	case err != nil && isGone(err):
		return "", nil
	case err != nil:
		return "", err
	}
	id := call.CanonicalID(a.ID)
	about := append([]string{a.InvoiceID}, a.ReferenceIDs...)
	isAbout, says := false, false
	for _, of := range about {
		says = says || of != ""
		isAbout = isAbout || call.CanonicalID(of) == t.invoiceID
	}
	switch {
	case id == "", says && !isAbout:
		return "", t.fail(foreignAssignment())
	case t.isSecond(stored) && stored.Baseline[1] == id:
		return "", nil
	}
	return id, nil
}

func foreignAssignment() *maventa.Error {
	return &maventa.Error{
		Phase: maventa.PhaseDecode, Outcome: maventa.OutcomeNotSent, Hint: "the assignment that was read is not this invoice's",
	}
}

// collected stores the assignment of an accepted transfer, which is read no more.
func (t *transfer) collected(ctx context.Context, stored *Record, assignmentID string) error {
	t.stands.State, t.stands.AssignmentID = maventa.TransferInCollection, assignmentID
	record := *stored
	record.InCollection = assignmentID
	if err := endRecord(ctx, t.journal, record); err != nil {
		return t.journalFailed(err, maventa.OutcomeApplied)
	}
	*stored = record
	return nil
}

// Reasons of our own why an accepted transfer needs a person.
const (
	waitsForPerson = "do not transfer it again: it may go on once the reason is dealt with"
	nothingCame    = "do not transfer it again: it was accepted on %s, and no assignment has come of it: ask the agency"
)

// patience is how long an accepted transfer may be without an assignment before a
// person is asked. How long the agencies take is not documented.
const patience = 30 * 24 * time.Hour

// stalled is the error of a transfer that was accepted and waits for a person.
func (t *transfer) stalled(reason, hint string) error {
	t.stands.State, t.stands.Reason, t.isAccepted = maventa.TransferStalled, reason, true
	err := &maventa.Error{
		Phase: maventa.PhaseHTTP, Outcome: maventa.OutcomeApplied, Kind: maventa.ErrTransferStalled, Message: cut(reason, 256), Hint: hint,
	}
	return t.fail(err)
}
