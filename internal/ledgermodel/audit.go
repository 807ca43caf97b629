package ledgermodel

import (
	"errors"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// What must hold, however the story goes:
//
//   - at most one event is on the service for a key, and one accepted transfer for
//     an invoice, unless the agency refused the first;
//   - done means that the entry's own event is there;
//   - an error that says not sent or refused is right about the entry: about its own
//     attempt, and about those that were made before the run began;
//   - every error says what to do;
//   - after the storm everything is decided, by the ledger or by a person.
//
// Where the service does not show who wrote an event, an equal one of the agency
// passes for one's own: there only the first, the third and the fourth hold.

// claim is what a caller was answered.
type claim struct {
	at      time.Time
	since   time.Time // when the run began
	worker  string
	key     string
	ensured *ledger.Ensured
	err     error
}

// begin notes what a worker works on from now on.
func (k *worker) begin(key string) (since time.Time) {
	k.pause(time.Millisecond)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.doing = key
	return time.Now()
}

// answered notes what the caller was answered; e is nil for Recover. A process
// that was killed hears nothing.
func (w *world) answered(k *worker, e *entry, since time.Time, ensured *ledger.Ensured, err error) {
	if k.isDead() {
		return
	}
	key := "recover"
	if e != nil {
		key = e.key
	}
	switch {
	case err != nil:
		_, text, _ := strings.Cut(err.Error(), " on maventatest: ")
		w.note(key, "%s: %s", k.name, text)
		w.checkError(key, err)
	case e != nil && ensured == nil:
		w.violate(key, "neither a result nor an error")
	case e != nil:
		w.note(key, "%s: done, sent %v, event %q", k.name, ensured.Sent, ensured.EventID)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.claims = append(w.claims, claim{time.Now(), since, k.name, key, ensured, err})
	if e != nil {
		e.last = err
	}
}

// stands notes where a transfer stands, and checks what can be checked of it.
func (w *world) stands(k *worker, e *entry, h *ledger.Handover, err error) {
	if k.isDead() {
		return
	}
	ofInvoice := w.srv.Company().Assignments()
	w.mu.Lock()
	e.handover = *h
	asked := !e.again.IsZero()
	w.mu.Unlock()
	hasAssignment := false
	for _, a := range ofInvoice {
		hasAssignment = hasAssignment || sameID(a.ID, h.AssignmentID) && sameID(a.InvoiceID, e.invoice)
	}
	switch {
	case h.State == maventa.TransferInCollection && !hasAssignment:
		w.violate(e.key, "in collection as %q, which is not its assignment", h.AssignmentID)
	case err == nil && h.State != maventa.TransferInCollection && h.State != maventa.TransferHandedOver:
		w.violate(e.key, "no error, and it is %q", h.State)
	case errors.Is(err, maventa.ErrOutcomeUnknown) != (h.State == maventa.TransferInDoubt):
		w.violate(e.key, "%q, and the error is %v", h.State, err)
	case h.Attempts > ledger.MaxAttempts && !asked:
		w.violate(e.key, "%d attempts without a person", h.Attempts)
	}
}

// checkError: an error is ours, and says what to do.
func (w *world) checkError(key string, err error) {
	failed, ok := errors.AsType[*maventa.Error](err)
	if !ok {
		w.violate(key, "not an *Error: %v", err)
		return
	}
	switch action := maventa.Advise(err).Action; action {
	case maventa.ActionRetry, maventa.ActionFixInput, maventa.ActionFixSetup, maventa.ActionAskPerson:
	case maventa.ActionDone:
		if failed.Outcome != maventa.OutcomeApplied {
			w.violate(key, "advice %q for %v", action, err)
		}
	default:
		w.violate(key, "advice %q for %v", action, err)
	}
	switch {
	case failed.Hint == "" && len(failed.Fields) == 0:
		w.violate(key, "no hint what to do: %v", err)
	case errors.Is(err, ledger.ErrKeyReused), errors.Is(err, ledger.ErrClock):
		w.violate(key, "%v", err)
	}
}

// audit compares what was answered with what was done.
func (w *world) audit() {
	for _, e := range w.entries {
		written := w.written(e.key)
		if e.invoice != "" {
			w.auditTransfer(e)
		} else if len(written) > 1 {
			w.violate(e.key, "%d events are on the service", len(written))
		}
		if len(written) == 0 && !w.anonymous && e.last == nil {
			w.violate(e.key, "done, and there is nothing on the service")
		}
		for _, c := range w.claims {
			if c.key == e.key {
				w.auditClaim(c, written, e.refusals)
			}
		}
	}
}

// auditClaim checks one answer; of the first transfers that were accepted, so many
// were refused later.
func (w *world) auditClaim(c claim, written []maventatest.Request, refusals int) {
	there, known := 0, 0
	for _, r := range written {
		sent := stampOf(&r)
		if !r.Time.After(c.at) {
			there++
		}
		if sent.sent < c.since.Sub(w.start) || sent.worker == c.worker && sent.sent <= c.at.Sub(w.start) {
			known++ // though it may have arrived later
		}
	}
	outcome := maventa.OutcomeApplied
	if failed, ok := errors.AsType[*maventa.Error](c.err); ok {
		outcome = failed.Outcome
	}
	at := c.at.Sub(w.start)
	switch {
	case outcome == maventa.OutcomeApplied && there == 0 && !w.anonymous:
		w.violate(c.key, "at %s it was said to be done, and was not: %v", at, c.err)
	case (outcome == maventa.OutcomeNotSent || outcome == maventa.OutcomeRejected) && known > refusals:
		w.violate(c.key, "at %s it was said to be %s, and it was there: %v", at, outcome, c.err)
	case c.err == nil && c.ensured.EventID != "" && !w.anonymous:
		for _, r := range written {
			if sameID(r.EventID, c.ensured.EventID) {
				return
			}
		}
		w.violate(c.key, "at %s its event was said to be %s, which is not its own", at, c.ensured.EventID)
	}
}

// auditTransfer: after the first transfer of an invoice that the service accepted,
// none may be asked for again, unless the agency refused it.
func (w *world) auditTransfer(e *entry) {
	accepted, extra := 0, 0
	for _, r := range w.srv.RequestsTo(toRopo) {
		if !strings.Contains(r.Path, e.invoice) && !strings.Contains(r.Path, strings.ToUpper(e.invoice)) {
			continue
		}
		if accepted > e.refusals {
			extra++
		}
		if r.Committed {
			accepted++
		}
	}
	if extra > 0 {
		w.violate(e.key, "%d transfers were accepted (%d refused later), and %d asked for after that", accepted, e.refusals, extra)
	}
}

// written are the requests for an entry that the service acted on.
func (w *world) written(key string) (list []maventatest.Request) {
	for _, op := range []string{addEvent, toRopo} {
		for _, r := range w.srv.RequestsTo(op) {
			if r.Committed && stampOf(&r).key == key {
				list = append(list, r)
			}
		}
	}
	return list
}

func sameID(a, b string) bool { return strings.EqualFold(a, b) }
