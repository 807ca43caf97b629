package maventa

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

// TransferEntry is one transfer that is to be made exactly once.
type TransferEntry struct {
	// Key is the business key of the hand-over, for example "collect/" and the
	// invoice's id. After a transfer that ended in error, a new attempt needs a
	// new key.
	Key string `log:"show"`
	// Exactly one of the two.
	Ropo  *RopoTransfer
	Amili *AmiliTransfer

	// Post is the caller's word that an earlier attempt under this key, of which
	// nothing can be found, never arrived.
	Post bool
}

// Format implements [fmt.Formatter] without personal data.
func (e TransferEntry) Format(f fmt.State, _ rune) { printModel(f, e) }

// LogValue implements [slog.LogValuer].
func (e TransferEntry) LogValue() slog.Value { return logModel(e) }

// EnsureTransfer hands an invoice to an agency exactly once; see
// [AssignmentService.EnsureEvent] for how, and when it gives up for now. It
// needs [WithJournal].
//
// Success says that the transfer was accepted under this key, now or in an
// earlier run. It is not looked at again then, so one that ends in error later is
// not told here: ask [InvoiceService.WaitForTransfer], which returns
// [ErrTransferFailed], and transfer again under a new key.
//
// Before anything is sent the status is read, for Amili that of v1 too where v2
// knows none. An invoice that has a transfer already, pending or sent, is not
// transferred again: Sent is false then. After an
// attempt of unknown outcome the entry ends when a status shows the transfer.
// If none does, that proves nothing, since the service answers 404 for "no
// access" too: the entry stays open until the caller sets Post.
func (s InvoiceService) EnsureTransfer(ctx context.Context, invoiceID string, entry TransferEntry, opts ...CallOption) (*Ensured, error) {
	e := &ensuringTransfer{s: s, invoiceID: invoiceID, entry: entry, opts: opts, op: operation.InvoicesTransferToRopo, body: entry.Ropo}
	if entry.Amili != nil {
		e.op, e.body = operation.InvoicesTransferToAmili, entry.Amili
	}
	if err := e.check(); err != nil {
		return nil, e.fail(err)
	}
	leave, err := s.c.root.gates.enter(ctx, s.c.company+"/invoice/"+invoiceID)
	if err != nil {
		return nil, e.fail(&Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, cause: err, hint: "another transfer of this invoice is under way"})
	}
	defer leave()
	return e.run(ctx)
}

// ensuringTransfer is one EnsureTransfer under way.
type ensuringTransfer struct {
	s         InvoiceService
	journal   Journal
	op        operation.ID
	body      any
	invoiceID string
	entry     TransferEntry
	opts      []CallOption
	meta      *Response // of the call that transfers
	settle    time.Duration
	digest    string
}

// check does what can be done without a request.
func (e *ensuringTransfer) check() *Error {
	if (e.entry.Ropo == nil) == (e.entry.Amili == nil) {
		return &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Fields: []FieldProblem{{"transfer", "must be for Ropo or for Amili, and not for both"}}}
	}
	c := e.s.c
	if problem := c.journalProblem(e.entry.Key); problem != nil {
		return problem
	}
	e.journal = c.root.journal
	cfg, err := c.root.callConfig(e.opts)
	if err != nil {
		return err
	}
	e.settle, e.meta = cfg.settle, cmp.Or(cfg.response, new(Response))
	b, err := c.build(&request{op: e.op, ids: []string{e.invoiceID}, body: e.body}, cfg)
	if err != nil {
		return err
	}
	e.digest = c.digest(b.op.Name, nil, b.body)
	return nil
}

func (e *ensuringTransfer) run(ctx context.Context) (*Ensured, error) {
	key := e.s.c.journalKey(e.entry.Key)
	stored, found, err := e.journal.Find(ctx, key)
	if err != nil {
		return nil, e.journalFailed(err, OutcomeNotSent)
	}
	if found && (stored.Digest != e.digest || stored.InvoiceID != e.invoiceID) {
		return nil, e.fail(&Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, kind: ErrKeyReused, hint: "the journal knows key " + quoteCut(e.entry.Key, 64) + " with another transfer or invoice; find out which is right, and do not just take a new key"})
	}
	if found && stored.Done() {
		return e.ensured(false), nil
	}
	state, err := e.state(ctx)
	if err != nil {
		return nil, e.s.c.readFirst(e.op, err)
	}
	there := state == TransferPending || state == TransferSent
	if found && stored.Open() {
		switch left := e.settle - time.Since(stored.BegunAt); {
		case there:
			return e.end(ctx, stored, OutcomeApplied, "", nil)
		case left > 0:
			return nil, e.unsettled(left, "an earlier attempt may still arrive")
		case state == TransferError && !slices.Contains(stored.Baseline, string(TransferError)):
			_, err := e.end(ctx, stored, OutcomeApplied, "", nil)
			return nil, errors.Join(err, e.s.transferEnd(&Transfer{InvoiceID: e.invoiceID}, ErrTransferFailed))
		case !e.entry.Post:
			return nil, e.unsettled(undecided, "no status shows the transfer, which proves nothing; set TransferEntry.Post if it never arrived")
		}
		if _, err := e.end(ctx, stored, OutcomeNotSent, "", nil); err != nil {
			return nil, err
		}
	}
	entry := JournalEntry{
		JournalKey: key, Operation: e.op.String(), InvoiceID: e.invoiceID, Digest: e.digest,
		Baseline: []string{string(state)}, BegunAt: journalTime(),
	}
	if _, claimed, err := e.journal.Begin(ctx, entry); err != nil {
		return nil, e.journalFailed(err, OutcomeNotSent)
	} else if !claimed {
		return nil, e.unsettled(e.settle, "another process works on this key")
	}
	if there {
		return e.end(ctx, entry, OutcomeApplied, "", nil)
	}
	return e.send(ctx, entry)
}

// send makes the one call. Its entry is in the journal.
func (e *ensuringTransfer) send(ctx context.Context, entry JournalEntry) (*Ensured, error) {
	if e.settle > 0 && time.Since(entry.BegunAt) > e.settle/2 { // see ensuring.send
		return e.end(ctx, entry, OutcomeNotSent, "", e.unsettled(0, "the process slept since it claimed the key"))
	}
	if e.settle > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, entry.BegunAt.Add(e.settle/2))
		defer cancel()
	}
	_, err := e.s.transfer(ctx, e.op, e.invoiceID, e.body, append(slices.Clone(e.opts), WithResponse(e.meta)))
	failed := asError(err)
	switch {
	case err == nil, failed != nil && failed.Outcome == OutcomeApplied:
		if _, err := e.end(ctx, entry, OutcomeApplied, e.meta.RequestID, nil); err != nil {
			return nil, err
		}
		return e.ensured(true), nil
	case failed == nil:
		return nil, err
	case failed.Outcome == OutcomeUnknown:
		failed.RetryAfter = e.settle
		failed.hint = "the journal keeps the entry open; run it again after the settle time"
		return nil, failed
	}
	return e.end(ctx, entry, failed.Outcome, failed.RequestID, failed)
}

// state reads both status calls, since a v1 transfer may not show in v2. Empty:
// neither knows a transfer.
func (e *ensuringTransfer) state(ctx context.Context) (TransferState, error) {
	t, err := e.s.TransferStatus(ctx, e.invoiceID)
	if err != nil && isAbsent(err) && e.op == operation.InvoicesTransferToAmili {
		t, err = e.s.status(ctx, operation.InvoicesTransferStatusV1, e.invoiceID, nil)
	}
	switch {
	case err == nil:
		return t.Status, nil
	case isAbsent(err), asError(err) != nil && asError(err).Status == 410:
		return "", nil
	}
	return "", err
}

// end writes the outcome into the journal, also when ctx is over.
func (e *ensuringTransfer) end(ctx context.Context, entry JournalEntry, outcome Outcome, requestID string, failure error) (*Ensured, error) {
	entry.EndedAt, entry.Outcome, entry.Request = journalTime(), outcome, requestID
	if err := e.journal.End(context.WithoutCancel(ctx), entry); err != nil {
		return nil, e.journalFailed(err, outcome)
	}
	if failure != nil {
		return nil, failure
	}
	return e.ensured(false), nil
}

func (e *ensuringTransfer) ensured(sent bool) *Ensured {
	return &Ensured{InvoiceID: e.invoiceID, Sent: sent}
}

func (e *ensuringTransfer) fail(err *Error) error {
	return e.s.c.fail(&request{op: e.op, ids: []string{e.invoiceID}}, err)
}

func (e *ensuringTransfer) journalFailed(err error, outcome Outcome) error {
	return e.fail(journalFailure(err, outcome))
}

func (e *ensuringTransfer) unsettled(after time.Duration, hint string) error {
	return e.fail(unsettledError(after, hint))
}
