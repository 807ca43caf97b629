package ledger_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// A batch of payments is run twice, and reported once.
func Example() {
	ctx := context.Background()
	srv, err := maventatest.Start() // in a program: the real service
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()
	const invoiceID = "0a3bd8ae-7cf5-4d05-9b7a-4b2f2b2e0f11" // Maventa's id, not the invoice's number
	srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{ID: invoiceID, Total: "100.00"})
	client, err := srv.NewClient() // in a program: maventa.NewClient
	if err != nil {
		fmt.Println(err)
		return
	}

	l := ledger.New(client, ledger.NewMemory()) // in a program: ledger.OpenFile, or a database
	line := ledger.BankLine{ID: "20261120-0042", Amount: maventa.MustAmount("40.00")}
	items := []ledger.Item{{
		InvoiceID: invoiceID,
		Entry: ledger.Entry{
			Key:   line.Key(invoiceID, 1), // what the payment is called in your books
			Event: maventa.DirectPayment(maventa.MustAmount("40.00"), maventa.MustDate("2026-11-20")),
		},
	}}
	for range 2 {
		for _, r := range l.EnsureEvents(ctx, items) {
			switch {
			case r.Err == nil:
				fmt.Println(r.Item.Key, "is reported, just now:", r.Ensured.Sent)
			case errors.Is(r.Err, ledger.ErrUnsettled):
				fmt.Println(r.Item.Key, "is in doubt: run again later")
			default:
				fmt.Println(r.Item.Key, maventa.Advise(r.Err).Action)
			}
		}
	}
	// Output:
	// bank/20261120-0042/0a3bd8ae-7cf5-4d05-9b7a-4b2f2b2e0f11/1 is reported, just now: true
	// bank/20261120-0042/0a3bd8ae-7cf5-4d05-9b7a-4b2f2b2e0f11/1 is reported, just now: false
}
