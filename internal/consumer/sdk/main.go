// Sdk is a user's smallest program: a client and one call. .ci/run measures
// what it compiles and how large it is. It is built, never run.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/maventa-go/maventa"
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
	a, err := client.Assignments.Get(ctx, id)
	if err != nil {
		return err
	}
	fmt.Println(a.ID, a.Status)
	return nil
}
