package main

import (
	"context"
	"errors"
	"io"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
)

// delivery says whether the customer has an invoice already. There is no default.
type delivery int

const (
	customerHasIt delivery = iota + 1 // upload it alone: it is sent to nobody
	sendIt                            // Maventa sends it to the customer
)

// upload gives Maventa an invoice that was never sent through it, so that it can be
// transferred. Its id comes of the ledger's, so that it cannot become two.
func upload(ctx context.Context, c *maventa.Client, ledgerID string, xml io.Reader, d delivery) (id string, err error) {
	if d != customerHasIt && d != sendIt {
		return "", errors.New("say whether the customer has the invoice: uploaded without that, he gets it a second time")
	}
	invoices, id := ax.New(c).Invoices, ax.InvoiceUUID(c.CompanyID(), ledgerID)
	if _, err := invoices.Get(ctx, id); !errors.Is(err, maventa.ErrNotFound) {
		return id, err // it is there, or that cannot be known now
	}
	_, err = invoices.Send(ctx, ax.InvoiceUpload{File: xml, UUID: id, PreventRouting: d == customerHasIt})
	return id, err
}
