package ledger

import (
	"context"

	"github.com/maventa-go/maventa"
)

// contained is the operation of the record of a payment or credit note that a
// transfer's amounts contain: its key is done, and nothing was sent for it.
const contained = "contained"

// outgoing is the transfer as the guards see it. That of Amili names no currency: it
// is the account's.
func (t *transfer) outgoing() outgoing {
	out := outgoing{key: t.key, invoiceID: t.invoiceID, what: "transfers", limit: t.guards.Limits.Transfers, currency: "Amili's account"}
	if t.operation == toAmili {
		out.amount = t.entry.Amili.Amounts.CapitalAmount
		return out
	}
	out.amount, out.currency = t.entry.Ropo.Amounts.CapitalAmount, "Ropo's account"
	if t.entry.Ropo.Currency != "" {
		out.currency = t.entry.Ropo.Currency
	}
	return out
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
			JournalKey: t.keyOf(key), Operation: contained, InvoiceID: t.invoiceID, Digest: contained + " in " + t.key.Key,
			Claim: contained + "/" + key, BegunAt: now(),
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
