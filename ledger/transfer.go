package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
)

// TransferEntry is one invoice that is to be handed over exactly once.
type TransferEntry struct {
	// Key is the business key of the hand-over, for example "collect/" and the
	// invoice's id. It is bound to the invoice, not to what is sent: a part payment or
	// a new phone number may change that from run to run.
	Key string
	// Exactly one of the two.
	Ropo  *maventa.RopoTransfer
	Amili *maventa.AmiliTransfer
	// Contains are the keys of the payments and credit notes that the amounts contain
	// already. Once the transfer is sent they are never reported: [Ensured].Contained.
	// What comes later is reported, also between two attempts.
	Contains []string

	// NeverArrived is a person's word that an attempt, of which nothing can be found,
	// never arrived: its time, [Handover].Attempt. It says nothing about any other
	// attempt, so that a batch with it can be run again as it is.
	NeverArrived time.Time
	// Again is a person's word that an attempt that was refused is made once more with
	// the same contents, or that there is one more after [MaxAttempts]: its time,
	// [Handover].Attempt. It says nothing about any other attempt.
	Again time.Time
	// Case is a person's word that the invoice is transferred once more although its
	// case was closed: 2 for the second one, under the same key. 0 and 1 are the
	// first. The case before it must be in collection, and its assignment closed.
	Case int
}

// MaxAttempts is how many attempts of a transfer are made without a person.
const MaxAttempts = 3

// Handover says where the hand-over of an invoice stands. [Ledger.EnsureTransfer]
// returns it with an error too.
type Handover struct {
	InvoiceID string
	// State is one of the five, or empty: no attempt is there, or what there is could
	// not be read. The error says why.
	State maventa.TransferState
	// AssignmentID is the invoice's assignment, once it is in collection.
	AssignmentID string
	// Reason is the agency's or the service's, of [maventa.TransferRefused] and
	// [maventa.TransferStalled]. It may name somebody, and is empty if none is known.
	Reason string
	// After is when a look is of use again, with [maventa.TransferHandedOver] and
	// [maventa.TransferInDoubt]; 0: a person has to act first.
	After time.Duration
	// Attempt is when the latest attempt began (UTC). It names it: see
	// [TransferEntry]. Zero: there was none.
	Attempt time.Time
	// Attempts counts those that may have reached the agency.
	Attempts int
	// BodyDiffers reports whether the attempt that stands was made with other contents
	// than these. They were not sent.
	BodyDiffers bool
	// Sent reports whether this call sent it.
	Sent bool
}

// EnsureTransfer takes the hand-over of an invoice one step further, at most one
// request that sends, and says where it stands. It does not wait: call it again, with
// the same key, until the invoice is in collection. The Handover is never nil; the
// error is nil only for the first two states. [maventa.Advise] says the same.
//
//	State          Error                            Then
//	handed_over    nil                              look again after Handover.After
//	handed_over    of the read, outcome applied     it was accepted; look again
//	in_collection  nil                              done: AssignmentID is stored, and read no more
//	refused        maventa.ErrTransferFailed, or    correct the contents and run again; with the
//	               of the refused contents          same ones only with Again = Handover.Attempt
//	stalled        maventa.ErrTransferStalled, or   a person acts on the reason: the agency waits
//	               ErrPossibleDuplicate             for something, nothing came of it in 30 days, its
//	                                                status is not known, or three attempts were made
//	in_doubt       maventa.ErrOutcomeUnknown,       run again after Handover.After
//	               ErrUnsettled
//	in_doubt       ErrUndecided                     a person finds out, and sets
//	                                                NeverArrived = Handover.Attempt
//	(empty)        any other                        no attempt stands: do what Advise says
//
// The key is bound to the invoice: under it, another invoice is [ErrKeyReused]. If
// the contents have changed since, an open or accepted attempt is reported as it
// stands, with BodyDiffers; a refused one is made again. Three attempts are made
// without a person. An invoice that has a transfer already is not transferred again,
// and one that has one under another key is [ErrPossibleDuplicate].
//
// An attempt of unknown outcome that no status shows after the settle time never
// arrived, if the invoice itself can be read (see
// [maventa.InvoiceService.TransferAbsent]), and is made again. If the invoice cannot
// be read, it is in doubt until the caller sets NeverArrived: the service answers
// 404 for "no access" too.
func (l *Ledger) EnsureTransfer(ctx context.Context, invoiceID string, entry TransferEntry) (*Handover, error) {
	t := &transfer{keyed: &keyed{Ledger: l, operation: toRopo}, invoiceID: call.CanonicalID(invoiceID), entry: entry}
	t.stands.InvoiceID = t.invoiceID
	if entry.Amili != nil {
		t.operation = toAmili
	}
	err := t.ensure(ctx)
	if !t.isAccepted { // else the error says so, and is about a read
		err = t.exit(ctx, err)
	}
	return t.standing(err), err
}

func (t *transfer) ensure(ctx context.Context) error {
	if err := t.prepare(); err != nil {
		return t.fail(err)
	}
	leave, err := t.enter(ctx, "invoice/"+t.invoiceID)
	if err != nil {
		return t.fail(&maventa.Error{
			Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent, Err: err, Hint: "another transfer of this invoice is under way",
		})
	}
	defer leave()
	return t.run(ctx)
}

// transfer is one EnsureTransfer under way.
type transfer struct {
	*keyed

	invoiceID  string
	entry      TransferEntry
	digest     string
	before     []string // the id of the assignment of the case before this one, if there is one
	isDecided  bool     // NeverArrived has ended an attempt in this run
	isAccepted bool     // the error is about a read after which nothing was to be sent
	stands     Handover
}

// prepare checks what can be checked without a request.
func (t *transfer) prepare() *maventa.Error {
	if problem := keyProblem(t.entry.Key); problem != nil {
		return problem
	}
	t.key = t.keyOf(caseKey(t.entry.Key, t.entry.Case))
	if problem := t.problem(); problem != nil {
		return problem
	}
	switch {
	case (t.entry.Ropo == nil) == (t.entry.Amili == nil):
		return refused("transfer", "must be for Ropo or for Amili, and not for both")
	case t.entry.Case < 0 || t.entry.Case > 99:
		return refused("case", "must be a number from 1 to 99")
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
func (t *transfer) run(ctx context.Context) error {
	stored, found, err := t.lookUp(ctx)
	switch {
	case err != nil:
		return t.journalFailed(err, maventa.OutcomeNotSent)
	case found && !t.isOurs(&stored):
		return t.fail(otherInvoice(&stored))
	case found:
		t.report(&stored)
		mayAttempt, err := t.fromRecord(ctx, &stored)
		if err != nil || !mayAttempt {
			return err
		}
	}
	if err := t.previousCase(ctx); err != nil {
		return err
	}
	return t.attempt(ctx, stored.Attempts+1)
}

// named is how a text names an attempt.
func named(attempt time.Time) string { return attempt.Format(time.RFC3339Nano) }

// caseKey is the journal's key of a case.
func caseKey(key string, number int) string {
	if number < 2 {
		return key
	}
	return key + " (case " + strconv.Itoa(number) + ")"
}

// claimOfCase is the claim of a case of an invoice: one transfer at a time.
func claimOfCase(invoiceID string, number int) string {
	claim := claimOf(&Record{InvoiceID: invoiceID})
	if number < 2 {
		return claim
	}
	return claim + "/" + strconv.Itoa(number)
}

// standing completes what is known by the error.
func (t *transfer) standing(err error) *Handover {
	s := &t.stands
	switch failed := asError(err); {
	case s.State == "" && errors.Is(err, maventa.ErrOutcomeUnknown):
		s.State, s.After = maventa.TransferInDoubt, failed.RetryAfter
	case s.State == maventa.TransferHandedOver:
		s.After = lookAfter(time.Since(s.Attempt))
	}
	return s
}

// lookAfter is when to look again at what was handed over so long ago. The agencies'
// own pace is not documented.
func lookAfter(age time.Duration) time.Duration { return min(max(age, time.Minute), time.Hour) }
