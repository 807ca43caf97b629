package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
)

// transferView is what the service shows of an invoice's transfer.
type transferView struct {
	state   maventa.TransferStatus
	reason  string
	isShown bool
}

// isThere reports whether there is a transfer that did not fail.
func (v transferView) isThere() bool { return v.isShown && v.state != maventa.TransferError }

// look reads both status calls, since a v1 transfer may not show in v2: a transfer
// that one of them shows is there, also if the other one shows the error of an
// earlier attempt. Absence is taken from v2 in the service's own words only. That
// v1 does not answer is no obstacle for Ropo: it is to be shut down.
func (t *transfer) look(ctx context.Context) (transferView, error) {
	asked, answer := now(), maventa.Response{}
	status, err := t.c.Invoices.TransferStatus(ctx, t.invoiceID, maventa.Conclusive(), maventa.WithResponse(&answer))
	if wrong := clockError(answer.Header, asked, now(), t.settle); wrong != nil {
		return transferView{}, t.fail(wrong)
	}
	v2, err := t.seen(status, err)
	if failed := asError(err); failed != nil && (!isGone(err) || failed.Code == "") {
		return transferView{}, err
	}
	if v2.isThere() {
		return v2, nil
	}
	status, err = t.c.Invoices.TransferStatusV1(ctx, t.invoiceID, maventa.Conclusive()) //nolint:staticcheck // as long as it is there
	v1, err := t.seen(status, err)
	switch {
	case err == nil && (v1.isThere() || !v2.isShown):
		return v1, nil
	case err == nil, isGone(err), t.operation == toRopo && ctx.Err() == nil:
		return v2, nil
	}
	return transferView{}, err
}

// isGone reports whether an answer says that there is nothing, or no access.
func isGone(err error) bool {
	failed := asError(err)
	return errors.Is(err, maventa.ErrNotFound) || failed != nil && failed.Status == http.StatusGone
}

// seen is what an answer to a status call shows.
func (t *transfer) seen(status *maventa.Transfer, err error) (transferView, error) {
	if err != nil {
		return transferView{}, err
	}
	if status.Status == "" && status.URL == "" || t.isForeign(status) {
		return transferView{}, t.fail(&maventa.Error{
			Phase: maventa.PhaseDecode, Outcome: maventa.OutcomeNotSent, Hint: "the answer to the status call does not look like the service's",
		})
	}
	return transferView{status.Status, status.ErrorReason, true}, nil
}

// isForeign reports whether an answer is about another invoice, or says error and
// nothing that only the service would say: a reason, or the assignment's address. A
// gateway says error, too.
func (t *transfer) isForeign(status *maventa.Transfer) bool {
	if about, named := status.Extra.Get("invoice_id"); named {
		var id string
		if json.Unmarshal(about, &id) != nil || call.CanonicalID(id) != t.invoiceID {
			return true
		}
	}
	if status.Status != maventa.TransferError || strings.TrimSpace(status.ErrorReason) != "" {
		return false
	}
	environment := t.c.Environment()
	return !isAt(status.URL, environment.ReceivablesURL) && !isAt(status.URL, environment.AutoXChangeURL)
}

// isAt reports whether an address is on the host of a base address.
func isAt(address, base string) bool {
	a, err := url.Parse(address)
	b, err2 := url.Parse(base)
	return err == nil && err2 == nil && a.Host != "" && strings.EqualFold(a.Host, b.Host)
}

// again looks a second time: one answer decides nothing. It is an error if that
// shows something else than first.
func (t *transfer) again(ctx context.Context, first transferView) error {
	if err := sleep(ctx, min(settleGap, t.settle)); err != nil {
		return t.fail(cutOff(err))
	}
	second, err := t.look(ctx)
	if err != nil {
		return t.fail(readFailed(err))
	}
	if second.isShown != first.isShown || second.isThere() != first.isThere() || second.state.Known() != first.state.Known() {
		return t.unsettled(settleGap, "the status of the transfer differs from one read to the next")
	}
	return nil
}

// fromRecord deals with the journal's record of an earlier attempt. Both results
// are nil when the invoice may be transferred.
func (t *transfer) fromRecord(ctx context.Context, stored Record) (*Ensured, error) {
	on := *t
	on.invoiceID = stored.InvoiceID
	wasThere := stored.Open() || stored.Done()
	reason := ""
	if stored.Open() {
		var err error
		if stored, reason, err = on.settleOwn(ctx, stored); err != nil {
			return nil, err
		}
	}
	if stored.Done() {
		var err error
		if stored, reason, err = on.lookBack(ctx, stored); err != nil {
			return nil, err
		}
	}
	t.isDecided = on.isDecided
	same := stored.Digest == t.digest && stored.InvoiceID == t.invoiceID
	switch {
	case stored.Done() && same:
		return t.ensured(false), nil
	case stored.Done():
		return nil, t.fail(keyReused(&stored, "transfer or invoice"))
	case same && wasThere && stored.Outcome == maventa.OutcomeRejected && stored.Status == 0:
		return nil, t.failed(reason) // once: the next run transfers it again
	case same && stored.refusedBefore() != nil:
		return nil, t.fail(stored.refusedBefore())
	}
	return nil, nil //nolint:nilnil // unexported: "no effect, go on"
}

// lookBackFor is how long an accepted transfer is looked at once more in each run,
// for an agency that refuses it later. How long they take is not documented.
const lookBackFor = 30 * 24 * time.Hour

// lookBack ends a transfer as rejected that was accepted once and is in error now.
// A status that cannot be read changes nothing: the next run looks again.
func (t *transfer) lookBack(ctx context.Context, stored Record) (_ Record, reason string, err error) {
	mayLag := slices.Contains(stored.Baseline, string(maventa.TransferError)) && t.left(&stored) > 0 // the error of before
	if mayLag || time.Since(stored.BegunAt) > lookBackFor {
		return stored, "", nil
	}
	shown, err := t.look(ctx)
	if err != nil || shown.state != maventa.TransferError || t.again(ctx, shown) != nil {
		return stored, "", nil //nolint:nilerr // as said
	}
	stored.Status, stored.Request = 0, ""
	if err := t.end(ctx, stored, maventa.OutcomeRejected, nil); err != nil {
		return stored, "", t.fail(err)
	}
	stored.EndedAt, stored.Outcome = now(), maventa.OutcomeRejected
	return stored, shown.reason, nil
}

// settleOwn ends the open record of the key by reading. What is shown ends it at
// once, its absence only after the settle time.
func (t *transfer) settleOwn(ctx context.Context, stored Record) (_ Record, reason string, err error) {
	left := t.left(&stored)
	tooEarly := begunError(&stored, left)
	shown, err := t.look(ctx)
	isNew := shown.state.Known() && (shown.isThere() || !slices.Contains(stored.Baseline, string(shown.state)))
	switch {
	case left > 0 && (err == nil && !isNew || err != nil && !errors.Is(err, ErrClock)):
		return stored, "", t.fail(tooEarly)
	case err != nil:
		return stored, "", t.fail(readFailed(err))
	case isNew && shown.isThere():
		stored.Outcome, err = maventa.OutcomeApplied, t.again(ctx, shown)
	case isNew:
		stored.Outcome, err = maventa.OutcomeRejected, t.again(ctx, shown)
		stored.Status = 0
	case t.decided(&stored):
		t.isDecided, stored.Outcome = true, endAbsent(&stored)
	default:
		stored.Outcome, err = endAbsent(&stored), t.isAbsent(ctx, &stored, shown)
	}
	if err != nil {
		return stored, "", err
	}
	if err := t.end(ctx, stored, stored.Outcome, nil); err != nil {
		err.Outcome = maventa.OutcomeUnknown // the journal holds it open
		return stored, "", t.fail(err)
	}
	stored.EndedAt = now()
	return stored, shown.reason, nil
}

// isAbsent is nil if the open attempt, which no known state shows, never arrived.
// Otherwise it says what stands against that.
func (t *transfer) isAbsent(ctx context.Context, stored *Record, shown transferView) error {
	what := "the status is still the error of an earlier transfer"
	switch {
	case shown.isThere():
		what = "the status " + quoteCut(string(shown.state), 32) + " is not known to this package"
	case !shown.isShown:
		if err := sleep(ctx, min(settleGap, t.settle)); err != nil {
			return t.fail(cutOff(err))
		}
		absent, err := t.c.Invoices.TransferAbsent(ctx, t.invoiceID)
		failed := asError(err)
		switch {
		case absent:
			return nil
		case failed != nil && failed.Temporary():
			return t.fail(readFailed(err))
		}
		what = "no status shows the transfer"
	}
	err := undecidedError(what + ", which proves nothing; if it never arrived, set TransferEntry.NeverArrived to " +
		stored.BegunAt.Format(time.RFC3339Nano) + " (FirstSent)")
	err.FirstSent = stored.BegunAt
	return t.fail(err)
}

// decided reports whether the caller's word is about this attempt: NeverArrived
// is its beginning, perhaps cut to seconds, or when its first request left.
func (t *transfer) decided(stored *Record) bool {
	word := t.entry.NeverArrived
	return !word.Before(stored.BegunAt.Truncate(time.Second)) && !word.After(stored.BegunAt.Add(max(t.settle, time.Minute)))
}
