package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
)

// TransferEntry is one transfer that is to be made exactly once.
type TransferEntry struct {
	// Key is the business key of the hand-over, for example "collect/" and the
	// invoice's id. After a transfer that was accepted and ended in error later,
	// a new attempt needs a new key.
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
// transferred again: Sent is false then. A transfer that ends in error later is
// not seen here: ask [maventa.InvoiceService.WaitForTransfer].
//
// An attempt that no status shows stays open until the caller sets NeverArrived:
// the service answers 404 for "no access" too. A transfer that the service
// answers or shows with an error is [maventa.ErrTransferFailed], and its key is
// free again. One in a state that package maventa does not know is
// [ErrPossibleDuplicate].
func (l *Ledger) EnsureTransfer(ctx context.Context, invoiceID string, entry TransferEntry) (*Ensured, error) {
	t := &transfer{Ledger: l, invoiceID: call.CanonicalID(invoiceID), entry: entry, op: toRopo}
	if entry.Amili != nil {
		t.op = toAmili
	}
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
	*Ledger

	op        string
	key       JournalKey
	invoiceID string
	entry     TransferEntry
	digest    string
}

// prepare checks what can be checked without a request.
func (t *transfer) prepare() *maventa.Error {
	if (t.entry.Ropo == nil) == (t.entry.Amili == nil) {
		return &maventa.Error{
			Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent,
			Fields: []maventa.FieldProblem{{Field: "transfer", Problem: "must be for Ropo or for Amili, and not for both"}},
		}
	}
	if problem := t.problem(t.entry.Key); problem != nil {
		return problem
	}
	var (
		body []byte
		err  error
	)
	if t.op == toRopo {
		err = t.entry.Ropo.Validate(t.opts...)
	} else {
		err = t.entry.Amili.Validate(t.opts...)
	}
	if err != nil {
		return ownError(err)
	}
	if t.op == toRopo {
		body, err = json.Marshal(t.entry.Ropo)
	} else {
		body, err = json.Marshal(t.entry.Amili)
	}
	if err == nil {
		t.digest, err = t.digestOf(t.op, body)
	}
	if err != nil {
		return notWritable("transfer")
	}
	t.key = t.keyOf(t.entry.Key)
	return nil
}

// run is EnsureTransfer within the invoice's gate.
func (t *transfer) run(ctx context.Context) (*Ensured, error) {
	stored, found, err := t.journal.Find(ctx, t.key)
	if err != nil {
		return nil, t.journalFailed(err, maventa.OutcomeNotSent)
	}
	if found && (stored.Open() || stored.Done()) && (stored.Digest != t.digest || stored.InvoiceID != t.invoiceID) {
		return nil, t.fail(keyReused(t.entry.Key, "transfer or invoice"))
	}
	if found && stored.Done() {
		return t.ensured(false), nil
	}
	state, shown, err := t.state(ctx)
	if err != nil {
		return nil, t.fail(readFailed(err))
	}
	there, decided := shown && state != maventa.TransferError, false
	if found && stored.Open() {
		if there && state.Known() {
			return t.end(ctx, stored, maventa.OutcomeApplied, "", nil)
		}
		if over, err := t.isOver(ctx, stored, state, shown); !over {
			return nil, err
		}
		if _, err := t.end(ctx, stored, maventa.OutcomeNotSent, "", nil); err != nil {
			return nil, err
		}
		decided = true
	}
	if there && !state.Known() && !decided {
		return nil, t.fail(unknownState(state))
	}
	record := Record{
		JournalKey: t.key, Operation: t.op, InvoiceID: t.invoiceID, Digest: t.digest,
		Baseline: []string{string(state)}, BegunAt: now(),
	}
	record, claimed, failure := t.begin(ctx, record)
	switch {
	case failure != nil:
		return nil, t.fail(failure)
	case !claimed && record.JournalKey != t.key:
		return nil, t.fail(takenInvoice(&record))
	case !claimed:
		return nil, t.unsettled(max(t.settle, soon), "another process works on this key")
	}
	if there && !decided {
		return t.end(ctx, record, maventa.OutcomeApplied, "", nil)
	}
	return t.send(ctx, record)
}

// isOver reports whether the open attempt, which no known state shows, never
// arrived. If not, the error says why.
func (t *transfer) isOver(ctx context.Context, stored Record, state maventa.TransferState, shown bool) (bool, error) {
	if left := t.left(&stored); left > 0 {
		return false, t.fail(begunError(&stored, left))
	}
	if state == maventa.TransferError && !slices.Contains(stored.Baseline, string(maventa.TransferError)) {
		_, err := t.end(ctx, stored, maventa.OutcomeRejected, "", t.failed(""))
		return false, err
	}
	if t.decided(stored) {
		return true, nil
	}
	what := "no status shows the transfer"
	switch {
	case shown && state != maventa.TransferError:
		what = "the status " + quoteCut(string(state), 32) + " is not known to this package"
	case shown:
		what = "the status is still the error of an earlier transfer"
	}
	err := unsettledError(undecided, what+", which proves nothing; if it never arrived, set TransferEntry.NeverArrived to "+
		stored.BegunAt.Format(time.RFC3339Nano)+" (FirstSent)")
	err.FirstSent = stored.BegunAt
	return false, t.fail(err)
}

// decided reports whether the caller's word is about this attempt: NeverArrived
// is its beginning, perhaps cut to seconds, or when its first request left.
func (t *transfer) decided(stored Record) bool {
	word := t.entry.NeverArrived
	return !word.Before(stored.BegunAt.Truncate(time.Second)) && !word.After(stored.BegunAt.Add(max(t.settle, time.Minute)))
}

// send makes the one call. Its record is in the journal.
func (t *transfer) send(ctx context.Context, record Record) (*Ensured, error) {
	sending, cancel, inTime := t.sendBefore(ctx, record.BegunAt)
	defer cancel()
	if !inTime {
		return t.end(ctx, record, maventa.OutcomeNotSent, "", t.unsettled(soon, "the process slept since it claimed the key"))
	}
	var meta maventa.Response
	opts := append(slices.Clone(t.opts), maventa.WithResponse(&meta))
	var (
		sent *maventa.Transfer
		err  error
	)
	if t.op == toRopo {
		sent, err = t.c.Invoices.TransferToRopo(sending, t.invoiceID, *t.entry.Ropo, opts...)
	} else {
		sent, err = t.c.Invoices.TransferToAmili(sending, t.invoiceID, *t.entry.Amili, opts...)
	}
	failed := asError(err)
	switch {
	case err == nil && sent.Status == maventa.TransferError:
		return t.end(ctx, record, maventa.OutcomeRejected, meta.RequestID, t.failed(sent.ErrorReason))
	case err == nil, failed != nil && failed.Outcome == maventa.OutcomeApplied:
		if _, err := t.end(ctx, record, maventa.OutcomeApplied, meta.RequestID, nil); err != nil {
			return nil, err
		}
		return t.ensured(true), nil
	case failed == nil:
		return nil, err
	case failed.Outcome == maventa.OutcomeUnknown:
		return nil, keepOpen(failed, t.settle)
	}
	return t.end(ctx, record, failed.Outcome, failed.RequestID, failed)
}

// state reads both status calls, since a v1 transfer may not show in v2, and says
// whether one of them shows a transfer. That v1 does not answer is no obstacle for
// Ropo: it is to be shut down.
func (t *transfer) state(ctx context.Context) (state maventa.TransferState, shown bool, err error) {
	asked, answer := now(), maventa.Response{}
	status, err := t.c.Invoices.TransferStatus(ctx, t.invoiceID, maventa.WithResponse(&answer))
	if wrong := clockError(answer.Header, asked, now(), t.settle); wrong != nil {
		return "", false, t.fail(wrong)
	}
	v1 := err != nil && errors.Is(err, maventa.ErrNotFound)
	if v1 {
		status, err = t.c.Invoices.TransferStatusV1(ctx, t.invoiceID) //nolint:staticcheck // as long as it is there
	}
	if err == nil && status.Status == "" && status.URL == "" {
		err = t.fail(&maventa.Error{
			Phase: maventa.PhaseDecode, Outcome: maventa.OutcomeNotSent, Hint: "the answer to the status call does not look like the service's",
		})
	}
	switch failed := asError(err); {
	case err == nil:
		return status.Status, true, nil
	case errors.Is(err, maventa.ErrNotFound), failed != nil && failed.Status == http.StatusGone, v1 && t.entry.Ropo != nil && ctx.Err() == nil:
		return "", false, nil
	}
	return "", false, err
}

// end writes the outcome into the journal, also when ctx is over.
func (t *transfer) end(ctx context.Context, record Record, outcome maventa.Outcome, requestID string, failure error) (*Ensured, error) {
	record.EndedAt, record.Outcome, record.Request = now(), outcome, requestID
	if err := endRecord(ctx, t.journal, record); err != nil {
		return nil, t.journalFailed(err, outcome)
	}
	if failure != nil {
		return nil, failure
	}
	return t.ensured(false), nil
}

func (t *transfer) ensured(sent bool) *Ensured {
	return &Ensured{InvoiceID: t.invoiceID, Sent: sent}
}

func (t *transfer) fail(err *maventa.Error) error { return t.Ledger.fail(t.op, t.invoiceID, err) }

// failed is the error of a transfer that the service shows as failed.
func (t *transfer) failed(reason string) error {
	err := &maventa.Error{
		Phase: maventa.PhaseHTTP, Outcome: maventa.OutcomeRejected, Kind: maventa.ErrTransferFailed, Message: cut(reason, 256),
		Hint: "the agency did not take the invoice: correct the reason, then transfer it again",
	}
	return t.Ledger.fail(readStatus, t.invoiceID, err)
}

// unknownState refuses to transfer what may be transferred already.
func unknownState(state maventa.TransferState) *maventa.Error {
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
