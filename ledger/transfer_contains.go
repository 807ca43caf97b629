package ledger

import (
	"context"
	"strings"

	"github.com/maventa-go/maventa"
)

// contained is the operation of the record of a payment or credit note that a
// transfer's amounts contain: its key is done, and nothing was sent for it.
const contained = "contained"

// containedIn begins the digest of such a record, which names the transfer's key.
const containedIn = contained + " in "

// freeContained frees a key that another transfer contained which does not stand any more.
func (l *Ledger) freeContained(ctx context.Context, record *Record) error {
	stored, found, err := l.journal.Find(ctx, record.JournalKey)
	if err != nil || !found || stored.Operation != contained || stored.Digest == record.Digest {
		return err
	}
	_, err = l.stillContained(ctx, &stored)
	return err
}

// stillContained reports whether the transfer that contains an entry stands: it is
// open, or was accepted. If it was not made, or the agency refused it later, the key
// is free again: the amounts that contained the entry never reached anybody.
func (l *Ledger) stillContained(ctx context.Context, stored *Record) (bool, error) {
	key, _ := strings.CutPrefix(stored.Digest, containedIn)
	transfer, found, err := l.journal.Find(ctx, l.keyOf(key))
	if err != nil {
		return false, err
	}
	if !found || transfer.Open() || transfer.Done() { // one that was pruned stood
		return true, nil
	}
	outcome := maventa.OutcomeRejected
	if stored.Open() {
		outcome = maventa.OutcomeNotSent
	}
	stored.EndedAt, stored.Outcome, stored.Status = now(), outcome, 0
	return false, endRecord(ctx, l.journal, *stored)
}

// contain ends the keys that the transfer's amounts contain, before it leaves: once
// the agency has the claim, each of them would lower it a second time.
func (t *transfer) contain(ctx context.Context) *maventa.Error {
	for _, key := range t.entry.Contains {
		if problem := keyProblem(key); problem != nil {
			problem.Fields[0].Field = "contains"
			return problem
		}
		record := Record{
			JournalKey: t.keyOf(key), Operation: contained, InvoiceID: t.invoiceID, Digest: containedIn + t.key.Key,
			Claim: contained + "/" + key, BegunAt: now(),
		}
		if err := t.freeContained(ctx, &record); err != nil {
			return t.journalFailure(err, maventa.OutcomeNotSent)
		}
		stored, claimed, failure := t.Ledger.begin(ctx, record)
		switch {
		case failure != nil:
			return failure
		case claimed:
		case stored.JournalKey != record.JournalKey || stored.Operation != contained || stored.InvoiceID != t.invoiceID:
			return held(ErrOvertaken, "the payment or credit note "+quoteCut(key, 64)+
				", which the amounts contain, is reported, or stands for another invoice: find out which, then build the transfer again")
		case stored.Done():
			continue
		}
		stored.EndedAt, stored.Outcome = now(), maventa.OutcomeApplied
		if err := endRecord(ctx, t.journal, stored); err != nil {
			return t.journalFailure(err, maventa.OutcomeNotSent)
		}
	}
	return nil
}

// isContained deals with the record of an entry that a transfer contains. It is none
// of an event.
func (e *event) isContained(stored *Record) (*Ensured, error) {
	switch {
	case stored.Open(): // the transfer was cut off here, and ends it when it is run again
		return nil, e.unsettled(soon)
	case e.invoiceID != "" && e.invoiceID != stored.InvoiceID:
		return nil, e.fail(keyReused(stored, "invoice"))
	}
	ensured := e.ensured("", false)
	ensured.InvoiceID, ensured.Contained = stored.InvoiceID, true
	return ensured, nil
}
