package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
)

// handOver transfers an overdue invoice to Ropo and returns its assignment. Keep
// the assignment's id with the invoice: everything later goes by it.
func handOver(ctx context.Context, c *maventa.Client, invoiceID string, t maventa.RopoTransfer) (*maventa.Assignment, error) {
	_, err := c.Invoices.TransferToRopo(ctx, invoiceID, t)
	if outcome := maventa.OutcomeOf(err); outcome == maventa.OutcomeNotSent || outcome == maventa.OutcomeRejected {
		return nil, err
	}
	// Accepted, applied although the answer was lost, or nobody knows: look, and
	// never transfer again.
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	return c.Invoices.WaitForTransfer(ctx, invoiceID)
}

// whatNow says what to do about an error of handOver.
func whatNow(err error) string {
	failure, ok := errors.AsType[*maventa.Error](err)
	if !ok {
		return err.Error()
	}
	switch {
	case errors.Is(err, maventa.ErrTransferFailed):
		return fmt.Sprintf("the agency does not take it (%s): fix that, then transfer it again", failure.Message)
	case errors.Is(err, maventa.ErrTransferStalled):
		return fmt.Sprintf("waits for a person (%s): fix that, do not transfer it again", failure.Message)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "still on its way, or nobody knows: ask WaitForTransfer again later"
	case errors.Is(err, maventa.ErrValidation):
		return fmt.Sprintf("%s, fix it: %s", failure.Outcome, problems(failure))
	}
	return err.Error() // says whether anything was changed
}

// problems lists the fields that are wrong, and why.
func problems(failure *maventa.Error) string {
	var list []string
	for _, f := range failure.Fields {
		list = append(list, f.Field+" "+f.Problem)
	}
	return strings.Join(append(list, failure.Details...), "; ") // Details: what the service says
}
