package maventa

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

// TransferEntry is one transfer that is to be made exactly once.
type TransferEntry struct {
	// Key is the business key of the hand-over, for example "collect/" and the
	// invoice's id. After a transfer that was accepted and ended in error later, a new
	// attempt needs a new key.
	Key string
	// Exactly one of the two.
	Ropo  *RopoTransfer
	Amili *AmiliTransfer

	// Post is the caller's word that an earlier attempt under this key, of which
	// nothing can be found, never arrived: the FirstSent of the error that asks.
	// It says nothing about any other attempt, so that a batch with it can be run
	// again as it is.
	Post time.Time
}

// EnsureTransfer hands an invoice to an agency exactly once; see
// [AssignmentService.EnsureEvent] for how, and when it gives up for now. It
// needs [WithJournal].
//
// Success says that the transfer was accepted under this key, now or in an
// earlier run. It is not looked at again then, so one that ends in error later is
// not told here: ask [InvoiceService.WaitForTransfer], which returns
// [ErrTransferFailed], and transfer again under a new key.
//
// Before anything is sent the status is read, and that of v1 where v2 knows none. An invoice that has a transfer already, pending or sent, is not
// transferred again: Sent is false then. After an
// attempt of unknown outcome the entry ends when a status shows the transfer.
// If none does, that proves nothing, since the service answers 404 for "no
// access" too: the entry stays open until the caller sets Post. A transfer that
// the service answers or shows with an error is [ErrTransferFailed], and its key
// is free again. One in a state that this package does not know is
// [ErrPossibleDuplicate].
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
		return nil, e.fail(&Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Err: err, Hint: "another transfer of this invoice is under way"})
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
	e.digest = c.digest(b.op.Name, b.json)
	return nil
}

func (e *ensuringTransfer) run(ctx context.Context) (*Ensured, error) {
	key := e.s.c.journalKey(e.entry.Key)
	stored, found, err := e.journal.Find(ctx, key)
	if err != nil {
		return nil, e.journalFailed(err, OutcomeNotSent)
	}
	if found && (stored.Open() || stored.Done()) && (stored.Digest != e.digest || stored.InvoiceID != e.invoiceID) {
		return nil, e.fail(keyReused(e.entry.Key, "transfer or invoice"))
	}
	if found && stored.Done() {
		return e.ensured(false), nil
	}
	state, shown, err := e.state(ctx)
	if err != nil {
		return nil, e.s.c.readFirst(e.op, err)
	}
	there, decided := shown && state != TransferError, false
	if found && stored.Open() {
		switch left := e.settle - time.Since(stored.BegunAt); {
		case there && state.Known():
			return e.end(ctx, stored, OutcomeApplied, "", nil)
		case left > 0:
			return nil, e.fail(begunError(left, e.settle))
		case state == TransferError && !slices.Contains(stored.Baseline, string(TransferError)):
			return e.end(ctx, stored, OutcomeRejected, "", e.s.transferEnd(&Transfer{InvoiceID: e.invoiceID}, ErrTransferFailed))
		case !e.decided(stored):
			what := "no status shows the transfer"
			switch {
			case there:
				what = "the status " + quoteCut(string(state), 32) + " is not known to this package"
			case shown:
				what = "the status is still the error of an earlier transfer"
			}
			err := unsettledError(undecided, what+", which proves nothing; if it never arrived, set TransferEntry.Post to "+stored.BegunAt.Format(time.RFC3339Nano)+" (FirstSent)")
			err.FirstSent = stored.BegunAt
			return nil, e.fail(err)
		}
		if _, err := e.end(ctx, stored, OutcomeNotSent, "", nil); err != nil {
			return nil, err
		}
		decided = true
	}
	if there && !state.Known() && !decided {
		return nil, e.fail(&Error{
			Phase: PhaseHTTP, Outcome: OutcomeNotSent, Kind: ErrPossibleDuplicate,
			Hint: "the service shows a transfer in the state " + quoteCut(string(state), 32) + ", which this package does not know; ask the agency: if there is none, transfer it without EnsureTransfer",
		})
	}
	entry := JournalEntry{
		JournalKey: key, Operation: e.op.String(), InvoiceID: e.invoiceID, Digest: e.digest,
		Baseline: []string{string(state)}, BegunAt: journalTime(),
	}
	if _, claimed, err := e.journal.Begin(ctx, entry); err != nil {
		return nil, e.journalFailed(err, OutcomeNotSent)
	} else if !claimed {
		return nil, e.unsettled(max(e.settle, soon), "another process works on this key")
	}
	if there && !decided {
		return e.end(ctx, entry, OutcomeApplied, "", nil)
	}
	return e.send(ctx, entry)
}

// decided reports whether the caller's word is about this attempt: Post is its
// beginning, perhaps cut to seconds, or when its first request left.
func (e *ensuringTransfer) decided(stored JournalEntry) bool {
	return !e.entry.Post.Before(stored.BegunAt.Truncate(time.Second)) && !e.entry.Post.After(stored.BegunAt.Add(max(e.settle, time.Minute)))
}

// send makes the one call. Its entry is in the journal.
func (e *ensuringTransfer) send(ctx context.Context, entry JournalEntry) (*Ensured, error) {
	if e.settle > 0 && time.Since(entry.BegunAt) > e.settle/2 { // see ensuring.send
		return e.end(ctx, entry, OutcomeNotSent, "", e.unsettled(soon, "the process slept since it claimed the key"))
	}
	if e.settle > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, entry.BegunAt.Add(e.settle/2))
		defer cancel()
	}
	t, err := e.s.transfer(ctx, e.op, e.invoiceID, e.body, append(slices.Clone(e.opts), WithResponse(e.meta)))
	failed := asError(err)
	switch {
	case err == nil && t.Status == TransferError:
		t.InvoiceID = e.invoiceID
		return e.end(ctx, entry, OutcomeRejected, e.meta.RequestID, e.s.transferEnd(t, ErrTransferFailed))
	case err == nil, failed != nil && failed.Outcome == OutcomeApplied:
		if _, err := e.end(ctx, entry, OutcomeApplied, e.meta.RequestID, nil); err != nil {
			return nil, err
		}
		return e.ensured(true), nil
	case failed == nil:
		return nil, err
	case failed.Outcome == OutcomeUnknown:
		failed.RetryAfter = e.settle
		failed.Kind = keptOpen
		failed.Hint = "the journal keeps the entry open; run it again after the settle time"
		return nil, failed
	}
	return e.end(ctx, entry, failed.Outcome, failed.RequestID, failed)
}

// state reads both status calls, since a v1 transfer may not show in v2, and says
// whether one of them shows a transfer. That v1 does not tell is no obstacle for
// Ropo: it is to be shut down.
func (e *ensuringTransfer) state(ctx context.Context) (state TransferState, shown bool, err error) {
	t, err := e.s.TransferStatus(ctx, e.invoiceID)
	v1 := err != nil && isAbsent(err)
	if v1 {
		t, err = e.s.status(ctx, operation.InvoicesTransferStatusV1, e.invoiceID, nil)
	}
	if err == nil && t.Status == "" && t.URL == "" {
		err = e.fail(&Error{Phase: PhaseDecode, Outcome: OutcomeNotSent, Hint: "the answer to the status call does not look like the service's"})
	}
	switch failed := asError(err); {
	case err == nil:
		return t.Status, true, nil
	case isAbsent(err), failed != nil && failed.Status == http.StatusGone, v1 && e.entry.Ropo != nil && ctx.Err() == nil:
		return "", false, nil
	}
	return "", false, err
}

// end writes the outcome into the journal, also when ctx is over.
func (e *ensuringTransfer) end(ctx context.Context, entry JournalEntry, outcome Outcome, requestID string, failure error) (*Ensured, error) {
	entry.EndedAt, entry.Outcome, entry.Request = journalTime(), outcome, requestID
	if err := endEntry(ctx, e.journal, entry); err != nil {
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
	return e.fail(journalFailure(e.s.c, err, outcome))
}

func (e *ensuringTransfer) unsettled(after time.Duration, hint string) error {
	return e.fail(unsettledError(after, hint))
}
