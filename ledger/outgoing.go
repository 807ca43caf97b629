package ledger

import (
	"context"
	"strings"

	"github.com/maventa-go/maventa"
)

// outgoing is what is about to be sent, as the guards see it.
type outgoing struct {
	key       JournalKey
	invoiceID string // of a transfer
	what      string // the limit's name; empty: can be taken back
	limit     Limit
	amount    maventa.Amount
	unknown   bool // the amount is
	currency  string
}

// outgoing is the event as the guards see it.
func (e *event) outgoing() outgoing {
	out := outgoing{key: e.key, currency: strings.ToUpper(strings.TrimSpace(e.entry.Currency))}
	amount, says := e.amount().Get()
	out.amount, out.unknown = amount, !says
	limits := &e.guards.Limits
	switch e.entry.Event.Type { //nolint:exhaustive // the others can be taken back, or must be sent
	case maventa.EventCreditNote:
		out.what, out.limit = "credit notes", limits.CreditNotes
	case maventa.EventCancellation:
		out.what, out.limit = "cancellations", limits.Cancellations
	case maventa.EventCreditLoss:
		out.what, out.limit = "credit losses", limits.CreditLosses
	}
	return out
}

// amount is how much the event takes from the claim: a credit loss or a cancellation
// without an amount all that is open. It is unset where that is not known.
func (e *event) amount() maventa.Opt[maventa.Amount] {
	amount, given := e.entry.Event.Amount.Get()
	switch {
	case want{NewEvent: &e.entry.Event}.overridden("amount"):
		return maventa.Opt[maventa.Amount]{}
	case given:
		return maventa.Some(amount)
	case e.assignment == nil:
		return maventa.Opt[maventa.Amount]{}
	}
	return e.assignment.OpenAmount
}

// mayBegin asks the guards before the journal takes the event.
func (e *event) mayBegin(ctx context.Context) *maventa.Error {
	if e.entry.isBankPayment() {
		amount, says := e.amount().Get()
		if !says && e.guards.Reservations != nil {
			return refused("amount", "of a payment with a bank line must be in Event.Amount, where it is counted")
		}
		if err := e.entry.Bank.allocate(ctx, &e.guards, e.key, amount); err != nil {
			return err
		}
	}
	return e.guards.before(ctx, e.outgoing(), maventa.DateOf(e.clock()))
}

// outgoing is the transfer as the guards see it. That of Amili names no currency: it
// is the account's.
func (t *transfer) outgoing() outgoing {
	out := outgoing{key: t.key, invoiceID: t.invoiceID, what: "transfers", limit: t.guards.Limits.Transfers, currency: "Amili's account"}
	if t.operation == toAmili {
		out.amount = t.entry.Amili.Amounts.CapitalAmount
		return out
	}
	out.amount, out.currency = t.entry.Ropo.Amounts.CapitalAmount, "Ropo's account"
	if t.entry.Ropo.Currency != "" {
		out.currency = t.entry.Ropo.Currency
	}
	return out
}
