package maventa

import (
	"context"
	"errors"
	"time"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// TransferState is where the transfer of an invoice stands. It is made of what the
// service shows and of what became of the call: [TransferStateOf] has it of an error
// of [InvoiceService.WaitForTransfer], EnsureTransfer of package ledger of each run.
type TransferState string

// States of the transfer of an invoice.
const (
	// TransferHandedOver: accepted, and it goes on by itself. Look again later.
	TransferHandedOver TransferState = "handed_over"
	// TransferInCollection: the invoice has an assignment.
	TransferInCollection TransferState = "in_collection"
	// TransferRefused: the service or the agency did not take it. Correct it, then
	// transfer it again.
	TransferRefused TransferState = "refused"
	// TransferStalled: it does not go on before a person acts. Do not transfer it again.
	TransferStalled TransferState = "stalled"
	// TransferInDoubt: nobody knows yet whether there is a transfer. Do not transfer it
	// again before you know.
	TransferInDoubt TransferState = "in_doubt"
)

// ErrTransferUnderWay says that [InvoiceService.WaitForTransfer] ended with its context while
// the transfer goes on by itself. Nothing is wrong: look again later.
var ErrTransferUnderWay = &Kind{word: "transfer_under_way", advice: ActionRetry}

// TransferStateOf returns where the transfer stands by the error of
// [InvoiceService.WaitForTransfer]: [TransferInCollection] of nil, and "" if the
// error does not say, as when the status could not be read.
func TransferStateOf(err error) TransferState {
	switch {
	case err == nil:
		return TransferInCollection
	case errors.Is(err, ErrTransferFailed):
		return TransferRefused
	case errors.Is(err, ErrTransferStalled):
		return TransferStalled
	case errors.Is(err, ErrTransferUnderWay):
		return TransferHandedOver
	case errors.Is(err, ErrNotFound):
		return TransferInDoubt
	}
	return ""
}

// Waiting for a transfer: the first look is soon, later ones are rarer. The
// agencies' own pace is not documented.
const (
	firstTransferWait = 2 * time.Second
	maxTransferWait   = time.Minute
	maxAbsences       = 3 // looks at a transfer that is not there yet
)

// WaitForTransfer looks at a transfer until it is sent and returns its
// assignment, which may be listed a little later than the transfer is sent. It
// waits as long as ctx allows, longer and longer between looks up to a minute.
// EnsureTransfer of package ledger says the same without waiting.
//
//	State (TransferStateOf)  Error                Then
//	in_collection            nil                  keep the assignment's id
//	handed_over              ErrTransferUnderWay  ctx is over: wait again later
//	refused                  ErrTransferFailed    correct the reason, transfer it again
//	stalled                  ErrTransferStalled   a person deals with the reason
//	in_doubt                 ErrNotFound          absent or no access: wait again later
//
// The reason is the error's Message. That no status shows the transfer after a few
// looks does not prove that one of unknown outcome is lost: see
// [InvoiceService.TransferAbsent].
func (s InvoiceService) WaitForTransfer(ctx context.Context, invoiceID string, opts ...CallOption) (*Assignment, error) {
	var shown *Transfer
	absences := 0
	for pause := firstTransferWait; ; pause = min(2*pause, maxTransferWait) {
		if shown == nil || shown.Status != TransferSent {
			t, err := s.TransferStatus(ctx, invoiceID, opts...)
			switch {
			case err == nil:
				shown = t
			case ctx.Err() != nil:
				return nil, s.waited(invoiceID, shown, absences, err)
			case !isAbsent(err) || absences == maxAbsences:
				return nil, err
			default:
				absences++
			}
			if err := s.stopped(t); err != nil {
				return nil, err
			}
		}
		if shown != nil && shown.Status == TransferSent { // its assignment may be listed a little later
			switch a, err := s.c.Assignments.ofTransfer(ctx, shown, opts); {
			case err != nil && ctx.Err() != nil:
				return nil, s.waited(invoiceID, shown, absences, err)
			case err == nil || !isAbsent(err):
				return a, err
			}
		}
		if err := call.Sleep(ctx, pause); err != nil {
			return nil, s.waited(invoiceID, shown, absences, err)
		}
	}
}

// waited is the error of a wait that ended with its context, after the status showed
// this: nil for nothing.
func (s InvoiceService) waited(invoiceID string, shown *Transfer, absences int, err error) error {
	r := request{op: operation.InvoicesTransferStatus, ids: []string{invoiceID}}
	e := &Error{Phase: PhaseSend, Outcome: OutcomeNotSent, Err: err, Hint: "stopped waiting for the transfer", temporary: true}
	if cause := asError(err); cause != nil {
		e.Err = cause.Err
	}
	switch {
	case shown != nil:
		e.Kind = ErrTransferUnderWay
	case absences > 0:
		e.Kind = ErrNotFound
	}
	return s.c.fail(&r, e)
}

// stopped is the error of a transfer that will not come to an assignment unless
// somebody acts, and nil while it goes on by itself, or is not there.
func (s InvoiceService) stopped(t *Transfer) error {
	switch {
	case t == nil, t.Status == TransferSent:
		return nil
	case t.Status == TransferError:
		return s.transferEnd(t, ErrTransferFailed)
	case t.ErrorReason != "":
		return s.transferEnd(t, ErrTransferStalled)
	}
	return nil
}

// transferEnd is the error of a transfer that did not come to an assignment.
func (s InvoiceService) transferEnd(t *Transfer, kind *Kind) error {
	r := request{op: operation.InvoicesTransferStatus, ids: []string{t.InvoiceID}}
	hint := "the agency did not take the invoice: correct the reason, then transfer it again"
	if kind == ErrTransferStalled {
		hint = "do not transfer it again: it may go on once the reason is dealt with"
	}
	return s.c.fail(&r, &Error{Phase: PhaseHTTP, Outcome: OutcomeRejected, Message: t.ErrorReason, Kind: kind, Hint: hint})
}
