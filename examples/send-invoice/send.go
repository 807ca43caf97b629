package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	"github.com/maventa-go/maventa/invoicezip"
)

// send sends the invoice that the ledger knows by ledgerID, XML and image in one
// ZIP, and returns its id. Calling it again, after a crash too, cannot make a
// second invoice: the id follows from the ledger's.
//
// files opens the invoice anew each time, since a reader can be read only once.
func send(ctx context.Context, c *maventa.Client, ledgerID string, files func() invoicezip.Archive) (string, error) {
	invoices, id := ax.New(c).Invoices, ax.InvoiceUUID(c.CompanyID(), ledgerID)
	_, err := invoices.Get(ctx, id)
	if err == nil {
		return id, nil // an earlier run has sent it
	}
	if !errors.Is(err, maventa.ErrNotFound) {
		return "", err
	}
	for range 2 {
		var archive io.Reader
		if archive, err = files().Reader(); err != nil {
			return "", err
		}
		_, err = invoices.Send(ctx, ax.InvoiceUpload{File: archive, Filename: "invoice.zip", UUID: id}, maventa.WithTimeout(5*time.Minute))
		switch maventa.Advise(err).Action {
		case maventa.ActionDone: // also if only the answer was unreadable
			return id, nil
		case maventa.ActionAskPerson: // nobody knows whether it arrived: look
		default:
			return "", err
		}
		if _, lookErr := invoices.Get(ctx, id); lookErr == nil {
			return id, nil
		} else if !errors.Is(lookErr, maventa.ErrNotFound) {
			return "", err
		}
		// Not there, perhaps not yet. Sent again under the same id it is
		// refused if it did arrive.
	}
	return "", err
}

// errNotDelivered is what the actions of a failed invoice say.
var errNotDelivered = errors.New("the invoice was not delivered")

// delivered waits until the invoice is delivered, longer and longer between
// looks. A webhook would spare the waiting, see examples/webhook.
func delivered(ctx context.Context, c *maventa.Client, id string) (*ax.Invoice, error) {
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		invoice, err := ax.New(c).Invoices.Get(ctx, id)
		switch {
		case err != nil:
			return nil, err
		case invoice.Status == ax.InvoiceDelivered:
			return invoice, nil
		case invoice.Status == ax.InvoiceFailed:
			return nil, why(ctx, c, id)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// why tells what went wrong with the delivery.
func why(ctx context.Context, c *maventa.Client, id string) error {
	actions, err := ax.New(c).Invoices.Actions(ctx, id, []ax.InvoiceActionType{ax.ActionError})
	if err != nil || len(actions) == 0 {
		return errors.Join(errNotDelivered, err)
	}
	return fmt.Errorf("%w: %s", errNotDelivered, actions[len(actions)-1].Message)
}

// assigned waits for the assignment that Kassavirta makes of the invoice.
func assigned(ctx context.Context, c *maventa.Client, id string) (*maventa.Assignment, error) {
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		assignment, err := c.Assignments.ForInvoice(ctx, id)
		if !errors.Is(err, maventa.ErrNotFound) {
			return assignment, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, fmt.Errorf("no assignment, ax.Uncovered may say why: %w", ctx.Err())
		}
	}
}
