package ledger

import (
	"context"
	"slices"

	"github.com/maventa-go/maventa"
)

// attempt hands the invoice over, unless it has a transfer already.
func (t *transfer) attempt(ctx context.Context, number int) error {
	shown, err := t.look(ctx)
	if err != nil {
		return t.fail(readFailed(err))
	}
	isThere := shown.isThere() && (shown.state.Known() || !t.isDecided) && !t.isOfBefore(shown)
	if isThere && !shown.state.Known() {
		t.stands.State = maventa.TransferStalled
		return t.fail(unknownState(shown.state))
	}
	if isThere {
		if err := t.again(ctx, shown, transferView.isThere); err != nil {
			return err
		}
		number = 0 // somebody else's
	}
	if !isThere {
		if err := t.guards.before(ctx, t.outgoing(), maventa.DateOf(t.clock())); err != nil {
			return t.fail(err)
		}
	}
	baseline := []string{string(shown.state)}
	if isThere && len(t.before) > 0 {
		baseline[0] = "" // it is of this case, not of the one before
	}
	baseline = append(baseline, t.before...)
	record, claimed, failure := t.begin(ctx, Record{
		JournalKey: t.key, Operation: t.operation, InvoiceID: t.invoiceID, Digest: t.digest, Attempts: number,
		Claim: claimOfCase(t.invoiceID, t.entry.Case), Baseline: baseline, BegunAt: now(),
	})
	switch {
	case failure != nil:
		return t.fail(failure)
	case !claimed && record.JournalKey != t.key:
		return t.fail(takenInvoice(&record))
	case !claimed:
		t.report(&record)
		return t.unsettled(max(t.settle, soon), "another process works on this key")
	}
	t.report(&record)
	if !isThere {
		if err := t.unchanged(ctx, record, shown); err != nil {
			return err
		}
		return t.send(ctx, record)
	}
	if err := t.end(ctx, record, maventa.OutcomeApplied, nil); err != nil {
		return t.fail(err)
	}
	record.EndedAt, record.Outcome = now(), maventa.OutcomeApplied
	return t.goesOn(ctx, &record, shown)
}

// unchanged looks once more now that nobody else can send: before the claim another
// process may have made an attempt that the agency refused, and its error must not
// be taken for the end of ours.
func (t *transfer) unchanged(ctx context.Context, record Record, before transferView) error {
	second, err := t.look(ctx)
	if err == nil && second.isShown == before.isShown && second.state == before.state {
		return nil
	}
	if err := t.notMade(ctx, record); err != nil {
		return err
	}
	if err != nil {
		return t.fail(readFailed(err))
	}
	return t.unsettled(soon, "another attempt was made meanwhile")
}

// notMade ends an attempt that was not made. It does not count.
func (t *transfer) notMade(ctx context.Context, record Record) error {
	record.Attempts = max(record.Attempts-1, 0)
	if err := t.end(ctx, record, maventa.OutcomeNotSent, nil); err != nil {
		return t.fail(err)
	}
	t.stands.Attempts = record.Attempts
	return nil
}

// send makes the one call. Its record is in the journal.
func (t *transfer) send(ctx context.Context, record Record) error {
	sending, cancel, inTime := t.sendBefore(ctx, record.BegunAt)
	defer cancel()
	if !inTime {
		if err := t.notMade(ctx, record); err != nil {
			return err
		}
		return t.unsettled(soon, "the process slept since it claimed the key")
	}
	held := t.guards.last(ctx, t.outgoing())
	if held == nil {
		held = t.contain(ctx)
	}
	if held != nil {
		if err := t.notMade(ctx, record); err != nil {
			return err
		}
		return t.fail(held)
	}
	sent, meta, failed := t.post(sending)
	record.Request = meta.RequestID
	outcome := maventa.OutcomeApplied
	if failed != nil {
		outcome = failed.Outcome
	}
	switch {
	case outcome == maventa.OutcomeUnknown:
		return t.keepOpen(ctx, record, failed)
	case outcome != maventa.OutcomeApplied && failed.Kind != maventa.ErrTransferFailed && !refusesContent(failed.Status):
		record.Attempts = max(record.Attempts-1, 0) // the access or the moment was wrong, or nothing left
	case outcome != maventa.OutcomeApplied:
		t.stands.State, t.stands.Reason = maventa.TransferRefused, failed.Message
	default:
		t.stands.State = maventa.TransferHandedOver
	}
	t.stands.Attempts = record.Attempts
	if err := t.end(ctx, record, outcome, failed); err != nil {
		return t.fail(err)
	}
	if outcome != maventa.OutcomeApplied {
		return failed
	}
	t.stands.Sent = true
	if sent != nil && sent.Status == maventa.TransferPending && sent.ErrorReason != "" {
		return t.stalled(sent.ErrorReason, waitsForPerson)
	}
	return nil
}

// post is the request. The error is nil for what was accepted.
func (t *transfer) post(ctx context.Context) (sent *maventa.Transfer, meta maventa.Response, failed *maventa.Error) {
	opts := append(slices.Clone(t.opts), maventa.WithResponse(&meta))
	var err error
	if t.operation == toRopo {
		sent, err = t.c.Invoices.TransferToRopo(ctx, t.invoiceID, *t.entry.Ropo, opts...)
	} else {
		sent, err = t.c.Invoices.TransferToAmili(ctx, t.invoiceID, *t.entry.Amili, opts...)
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
	return sent, meta, failed
}
