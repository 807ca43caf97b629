package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// handOver takes the hand-over of an overdue invoice one step further, and says what
// to do next. Run it again, with the same key, until the invoice is in collection, and
// keep the assignment's id with the invoice: everything later goes by it.
//
// Invoices.TransferToRopo alone is not safe to repeat: whether the service refuses a
// second transfer is not documented. The ledger's journal knows what was sent.
func handOver(ctx context.Context, l *ledger.Ledger, invoiceID string, t maventa.RopoTransfer) string {
	stands, err := l.EnsureTransfer(ctx, invoiceID, ledger.TransferEntry{Key: "collect/" + invoiceID, Ropo: &t})
	advice := maventa.Advise(err)
	switch stands.State {
	case maventa.TransferInCollection:
		return "in collection"
	case maventa.TransferHandedOver:
		return "handed over: look again later"
	case maventa.TransferRefused:
		return fmt.Sprintf("the agency does not take it (%s): correct that", stands.Reason)
	case maventa.TransferStalled:
		return fmt.Sprintf("waits for a person (%s)", stands.Reason)
	case maventa.TransferInDoubt:
		if stands.After > 0 {
			return "in doubt: look again later"
		}
		return "in doubt: a person finds out about the attempt of " + stands.Attempt.String()
	}
	if advice.Action == maventa.ActionFixInput {
		return "not sent, correct it: " + problems(advice.Fields)
	}
	return err.Error() // it says whether anything was changed
}

// problems lists the fields that are wrong, and why.
func problems(fields []maventa.FieldProblem) string {
	var list []string
	for _, f := range fields {
		list = append(list, f.Field+" "+f.Problem)
	}
	return strings.Join(list, "; ")
}
