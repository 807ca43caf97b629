// Sdk-ledger is a user's program that reports one payment exactly once. .ci/run
// prints how large it is. It is built, never run.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, id string) error {
	client, err := maventa.NewClient(maventa.Stage, maventa.Credentials{
		CompanyID: "6f1f7c5e-0000-4000-8000-000000000001", UserAPIKey: "user key", VendorAPIKey: "vendor key",
	})
	if err != nil {
		return err
	}
	journal, err := ledger.OpenFile("journal")
	if err != nil {
		return err
	}
	defer journal.Close()
	ensured, err := ledger.New(client, journal).EnsureEvent(ctx, id, ledger.Entry{
		Key: "bank/1", Event: maventa.DirectPayment(maventa.MustAmount("100.00"), maventa.MustDate("2026-11-20")),
	})
	if err != nil {
		return err
	}
	fmt.Println(ensured.EventID)
	return nil
}
