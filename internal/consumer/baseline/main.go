// Baseline is what the program in ../sdk is measured against: one HTTPS call
// with net/http and encoding/json alone. It is built, never run.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

type assignment struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	resp, err := (&http.Client{}).Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	var a assignment
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		return err
	}
	fmt.Println(a.ID, a.Status)
	return nil
}
