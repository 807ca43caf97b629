package ledger

import (
	"time"

	"github.com/maventa-go/maventa"
)

func (t *transfer) fail(err *maventa.Error) error {
	return t.Ledger.fail(t.operation, t.invoiceID, err)
}

// failed is the error of a transfer that the service shows as failed.
func (t *transfer) failed(reason string) *maventa.Error {
	err := &maventa.Error{
		Phase: maventa.PhaseHTTP, Outcome: maventa.OutcomeRejected, Kind: maventa.ErrTransferFailed, Message: cut(reason, 256),
		Hint: "the agency did not take the invoice: correct the reason, then transfer it again",
	}
	if !t.stands.Attempt.IsZero() {
		err.Hint += "; the same contents are sent again only if TransferEntry.Again names the attempt, " + named(t.stands.Attempt)
	}
	return asError(t.Ledger.fail(readStatus, t.invoiceID, err))
}

// unknownState refuses to transfer what may be transferred already.
func unknownState(state maventa.TransferStatus) *maventa.Error {
	return &maventa.Error{
		Phase: maventa.PhaseHTTP, Outcome: maventa.OutcomeNotSent, Kind: ErrPossibleDuplicate,
		Hint: "the service shows a transfer in the state " + quoteCut(string(state), 32) +
			", which this package does not know; ask the agency: if there is none, transfer it without EnsureTransfer",
	}
}

// otherInvoice refuses a key that stands for something else.
func otherInvoice(stored *Record) *maventa.Error {
	if stored.Done() {
		return keyReused(stored, "invoice, case or event")
	}
	err := &maventa.Error{
		Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent, Kind: ErrKeyReused,
		Hint: "the journal knows key " + quoteCut(stored.Key, 64) + " with another invoice, case or event since " +
			named(stored.BegunAt) + ": a key is for one invoice only",
	}
	if stored.Open() {
		err.Outcome = maventa.OutcomeUnknown
	}
	return err
}

func (t *transfer) journalFailed(err error, outcome maventa.Outcome) error {
	return t.fail(t.journalFailure(err, outcome))
}

func (t *transfer) unsettled(after time.Duration, hint string) error {
	return t.fail(unsettledError(after, hint))
}
