package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
)

// transferView is what the service shows of an invoice's transfer.
type transferView struct {
	state   maventa.TransferStatus
	reason  string
	url     string // of the assignment, if it is shown
	isShown bool
}

// isThere reports whether there is a transfer that did not fail.
func (v transferView) isThere() bool { return v.isShown && v.state != maventa.TransferError }

// wholeBaseline is the length of the baseline of a second case: the status that was
// shown before the attempt, and the id of the assignment of the case before it. That
// of a first case is the status alone.
const wholeBaseline = 2

// isNew reports whether what is shown is of the attempt with this baseline: a known
// status, and not what was shown before. A first case is not begun while one is there.
func (v transferView) isNew(baseline []string) bool {
	switch {
	case !v.isShown || !v.state.Known():
		return false
	case v.isThere() && len(baseline) < wholeBaseline:
		return true
	case v.state == maventa.TransferSent && idIn(v.url) != "":
		return idIn(v.url) != baseline[1]
	}
	return !slices.Contains(baseline, string(v.state))
}

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
	return transferView{status.Status, status.ErrorReason, status.URL, true}, nil
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
func (t *transfer) again(ctx context.Context, first transferView, what func(transferView) bool) error {
	if err := sleep(ctx, min(settleGap, t.settle)); err != nil {
		return t.fail(cutOff(err))
	}
	second, err := t.look(ctx)
	if err != nil {
		return t.fail(readFailed(err))
	}
	if second.isShown != first.isShown || second.isThere() != first.isThere() || second.state.Known() != first.state.Known() || what(second) != what(first) {
		return t.unsettled(settleGap, "the status of the transfer differs from one read to the next")
	}
	return nil
}

// idIn is the assignment's id in the address of a status, "" if there is none.
func idIn(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	_, after, _ := strings.Cut(u.Path, "/assignments/")
	id, _, _ := strings.Cut(after, "/")
	return call.CanonicalID(id)
}
