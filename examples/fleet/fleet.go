package main

import (
	"context"
	"fmt"
	"log"
	"sync"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/fleet"
	"github.com/maventa-go/maventa/follow"
)

// books are what was found for the companies, and how far each was followed. Yours is a
// database, in which a page and its checkpoint are written in one transaction.
type books struct {
	mu          sync.Mutex
	checkpoints map[string]follow.Checkpoint // by company
	payments    map[string]bool              // by company, assignment and key
}

// look notes the payments that the agencies reported for one company since the look
// before. It ends by itself: a company in which nothing has happened costs one request.
func (b *books) look(ctx context.Context, c *maventa.Client) error {
	b.mu.Lock()
	checkpoint := b.checkpoints[c.CompanyID()]
	b.mu.Unlock()
	for page, err := range follow.New(c, checkpoint).Look(ctx) {
		if err != nil {
			return err
		}
		b.store(c.CompanyID(), page)
	}
	return nil
}

func (b *books) store(company string, page *follow.Page) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, i := range page.Items {
		// Changed and missing ones are for a person: examples/follow-events has them.
		if i.Kind == follow.KindNew && i.Event.Type == maventa.EventPaid && i.Event.Author == maventa.AuthorAgency {
			b.payments[company+"/"+i.AssignmentID+"/"+i.Key] = true
		}
	}
	b.checkpoints[company] = page.Checkpoint
}

// visit works for all companies, a few at a time, and says what needs a person.
func visit(ctx context.Context, each *fleet.Fleet, companies []maventa.Credentials, b *books, say *log.Logger) error {
	report, err := each.Run(ctx, companies, b.look)
	if err != nil {
		return err
	}
	for i, r := range report.Results {
		switch {
		case r.CutOff: // each.Resume(ctx, companies, report, b.look) does what is left
			say.Printf("company %d: not done", i+1)
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
