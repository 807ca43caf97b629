package ledger

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
)

// TransferEntry is one transfer that is to be made exactly once.
type TransferEntry struct {
	// Key is the business key of the hand-over, for example "collect/" and the
	// invoice's id.
	Key string
	// Exactly one of the two.
	Ropo  *maventa.RopoTransfer
	Amili *maventa.AmiliTransfer

	// NeverArrived is the caller's word that an earlier attempt under this key, of
	// which nothing can be found, never arrived: the FirstSent of the error that
	// asks. It says nothing about any other attempt, so that a batch with it can
	// be run again as it is.
	NeverArrived time.Time
}

// EnsureTransfer hands an invoice to an agency exactly once; see
// [Ledger.EnsureEvent] for what it says while an attempt is in doubt.
//
// Success says that the transfer was accepted under this key, now or in an
// earlier run. An invoice that has a transfer already, pending or sent, is not
// transferred again: Sent is false then. One in a state that package maventa does
// not know is [ErrPossibleDuplicate].
//
// A transfer that the service answers or shows with an error is
// [maventa.ErrTransferFailed], and its key is free again: the next run makes
// another attempt. So that an agency that refuses later is noticed, an accepted
// transfer is looked at once more in each run within 30 days;
// [maventa.InvoiceService.WaitForTransfer] says so earlier.
//
// An attempt of unknown outcome that no status shows after the settle time never
// arrived, if the invoice itself can be read: see
// [maventa.InvoiceService.TransferAbsent]. If it cannot, the attempt stays open
// until the caller sets NeverArrived: the service answers 404 for "no access" too.
func (l *Ledger) EnsureTransfer(ctx context.Context, invoiceID string, entry TransferEntry) (*Ensured, error) {
	t := &transfer{keyed: &keyed{Ledger: l, operation: toRopo}, invoiceID: call.CanonicalID(invoiceID), entry: entry}
	if entry.Amili != nil {
		t.operation = toAmili
	}
	ensured, err := t.ensure(ctx)
	return ensured, t.exit(ctx, err)
}

func (t *transfer) ensure(ctx context.Context) (*Ensured, error) {
	if err := t.prepare(); err != nil {
		return nil, t.fail(err)
	}
	leave, err := t.enter(ctx, "invoice/"+t.invoiceID)
	if err != nil {
		return nil, t.fail(&maventa.Error{
			Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent, Err: err, Hint: "another transfer of this invoice is under way",
		})
	}
	defer leave()
	return t.run(ctx)
}

// transfer is one EnsureTransfer under way.
type transfer struct {
	*keyed

	invoiceID string
	entry     TransferEntry
	digest    string
	isDecided bool // NeverArrived has ended an attempt in this run
}

// prepare checks what can be checked without a request.
func (t *transfer) prepare() *maventa.Error {
	if problem := keyProblem(t.entry.Key); problem != nil {
		return problem
	}
	t.key = t.keyOf(t.entry.Key)
	if problem := t.problem(); problem != nil {
		return problem
	}
	if (t.entry.Ropo == nil) == (t.entry.Amili == nil) {
		return &maventa.Error{
			Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent,
			Fields: []maventa.FieldProblem{{Field: "transfer", Problem: "must be for Ropo or for Amili, and not for both"}},
		}
	}
	var (
		body []byte
		err  error
	)
	if t.operation == toRopo {
		err = t.entry.Ropo.Validate(t.opts...)
	} else {
		err = t.entry.Amili.Validate(t.opts...)
	}
	if err != nil {
		return ownError(err)
	}
	if t.operation == toRopo {
		body, err = json.Marshal(t.entry.Ropo)
	} else {
		body, err = json.Marshal(t.entry.Amili)
	}
	if err == nil {
		t.digest, err = t.digestOf(t.operation, body)
	}
	if err != nil {
		return notWritable("transfer")
	}
	return nil
}

// run is EnsureTransfer within the invoice's gate.
func (t *transfer) run(ctx context.Context) (*Ensured, error) {
	stored, found, err := t.lookUp(ctx)
	if err != nil {
		return nil, t.journalFailed(err, maventa.OutcomeNotSent)
	}
	if found {
		if done, err := t.fromRecord(ctx, stored); done != nil || err != nil {
			return done, err
		}
	}
	shown, err := t.look(ctx)
	if err != nil {
		return nil, t.fail(readFailed(err))
	}
	isThere := shown.isThere() && (shown.state.Known() || !t.isDecided)
	if isThere && !shown.state.Known() {
		return nil, t.fail(unknownState(shown.state))
	}
	if isThere {
		if err := t.again(ctx, shown); err != nil {
			return nil, err
		}
	}
	record, claimed, failure := t.begin(ctx, Record{
		JournalKey: t.key, Operation: t.operation, InvoiceID: t.invoiceID, Digest: t.digest,
		Baseline: []string{string(shown.state)}, BegunAt: now(),
	})
	switch {
	case failure != nil:
		return nil, t.fail(failure)
	case !claimed && record.JournalKey != t.key:
		return nil, t.fail(takenInvoice(&record))
	case !claimed:
		return nil, t.unsettled(max(t.settle, soon), "another process works on this key")
	case !isThere:
		if err := t.unchanged(ctx, record, shown); err != nil {
			return nil, err
		}
		return t.send(ctx, record)
	}
	if err := t.end(ctx, record, maventa.OutcomeApplied, nil); err != nil {
		return nil, t.fail(err)
	}
	return t.ensured(false), nil
}

// unchanged looks once more now that nobody else can send: before the claim another
// process may have made an attempt that the agency refused, and its error must not
// be taken for the end of ours.
func (t *transfer) unchanged(ctx context.Context, record Record, before transferView) error {
	second, err := t.look(ctx)
	if err == nil && second.isShown == before.isShown && second.state == before.state {
		return nil
	}
	if err := t.end(ctx, record, maventa.OutcomeNotSent, nil); err != nil {
		return t.fail(err)
	}
	if err != nil {
		return t.fail(readFailed(err))
	}
	return t.unsettled(soon, "another attempt was made meanwhile")
}

// send makes the one call. Its record is in the journal.
func (t *transfer) send(ctx context.Context, record Record) (*Ensured, error) {
	sending, cancel, inTime := t.sendBefore(ctx, record.BegunAt)
	defer cancel()
	if !inTime {
		if err := t.end(ctx, record, maventa.OutcomeNotSent, nil); err != nil {
			return nil, t.fail(err)
		}
		return nil, t.unsettled(soon, "the process slept since it claimed the key")
	}
	var meta maventa.Response
	opts := append(slices.Clone(t.opts), maventa.WithResponse(&meta))
	var (
		sent   *maventa.Transfer
		err    error
		failed *maventa.Error
	)
	if t.operation == toRopo {
		sent, err = t.c.Invoices.TransferToRopo(sending, t.invoiceID, *t.entry.Ropo, opts...)
	} else {
		sent, err = t.c.Invoices.TransferToAmili(sending, t.invoiceID, *t.entry.Amili, opts...)
	}
	switch {
	case err != nil:
		failed = ownError(err)
	case t.isForeign(sent):
		failed = asError(t.fail(&maventa.Error{
			Phase: maventa.PhaseDecode, Outcome: maventa.OutcomeUnknown, Status: meta.Status, RequestID: meta.RequestID,
		}))
	case sent.Status == maventa.TransferError:
		failed = t.failed(sent.ErrorReason)
	}
	if record.Request = meta.RequestID; failed != nil && failed.Outcome == maventa.OutcomeUnknown {
		return nil, t.keepOpen(ctx, record, failed)
	}
	outcome := maventa.OutcomeApplied
	if failed != nil {
		outcome = failed.Outcome
	}
	if err := t.end(ctx, record, outcome, failed); err != nil {
		return nil, t.fail(err)
	}
	if outcome != maventa.OutcomeApplied {
		return nil, failed
	}
	return t.ensured(true), nil
}

func (t *transfer) ensured(sent bool) *Ensured {
	return &Ensured{InvoiceID: t.invoiceID, Sent: sent}
}

func (t *transfer) fail(err *maventa.Error) error {
	return t.Ledger.fail(t.operation, t.invoiceID, err)
}

// failed is the error of a transfer that the service shows as failed.
func (t *transfer) failed(reason string) *maventa.Error {
	err := &maventa.Error{
		Phase: maventa.PhaseHTTP, Outcome: maventa.OutcomeRejected, Kind: maventa.ErrTransferFailed, Message: cut(reason, 256),
		Hint: "the agency did not take the invoice: correct the reason, then transfer it again",
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

func (t *transfer) journalFailed(err error, outcome maventa.Outcome) error {
	return t.fail(t.journalFailure(err, outcome))
}

func (t *transfer) unsettled(after time.Duration, hint string) error {
	return t.fail(unsettledError(after, hint))
}
