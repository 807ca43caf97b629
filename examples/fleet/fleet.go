package main

import (
	"context"
	"fmt"
	"log"
	"sync"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/fleet"
)

// ledger takes what was found for the companies. Yours is a database.
type ledger struct {
	mu       sync.Mutex
	payments map[string]int // by company
}

// collect notes the payments that the agencies reported for one company.
func (l *ledger) collect(ctx context.Context, c *maventa.Client) error {
	payments := 0
	for event, err := range c.Events.All(ctx, maventa.EventFilter{Type: maventa.EventPaid}) {
		if err != nil {
			return err
		}
		if event.Author == maventa.AuthorAgency {
			payments++
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.payments[c.CompanyID()] = payments
	return nil
}

// visit works for all companies, a few at a time, and says what needs a person.
func visit(ctx context.Context, each *fleet.Fleet, companies []maventa.Credentials, l *ledger, say *log.Logger) error {
	report, err := each.Run(ctx, companies, l.collect)
	if err != nil {
		return err
	}
	for i, r := range report.Results {
		switch {
		case r.SetAside:
			say.Printf("company %d: has to give its key again", i+1)
		case r.Err != nil:
			say.Printf("company %d: %v", i+1, r.Err)
		}
	}
	say.Print(summary(report))
	return nil
}

func summary(r *fleet.Report) string {
	return fmt.Sprintf("%d companies: %d done, %d failed, %d set aside", len(r.Results), r.Succeeded, r.Failed, r.SetAside)
}
