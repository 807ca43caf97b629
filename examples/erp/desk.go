package main

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/maventa-go/maventa/sqlstore"
)

// printWork lists what waits for a person, but for the keys that are known.
func (e *erp) printWork(ctx context.Context, say *log.Logger, known map[string]bool, isLong bool) error {
	items, err := e.store.WorkList("").Open(ctx, 0)
	for _, i := range items {
		if !known[i.CompanyID+i.Key] {
			say.Printf("for a person: %s: %s", i.Key, i.Kind)
			if isLong {
				say.Printf("  company %s, about %s, ids %q\n  %s", i.CompanyID, i.About, i.IDs, i.Text)
			}
		}
	}
	return err
}

// waiting are the keys of what waits for a person.
func (e *erp) waiting(ctx context.Context) (map[string]bool, error) {
	items, err := e.store.WorkList("").Open(ctx, 0)
	known := map[string]bool{}
	for _, i := range items {
		known[i.CompanyID+i.Key] = true
	}
	return known, err
}

// decide stores a person's decision, and lets the entry go on, or ends it.
func (e *erp) decide(ctx context.Context, company, key string, d sqlstore.Decision) error {
	return e.in(ctx, func(e *erp) error {
		if err := e.store.WorkList(company).In(e.tx).Decide(ctx, key, d); err != nil {
			return err
		}
		outbox := e.store.Outbox(company).In(e.tx)
		entry, found, err := outbox.Find(ctx, key)
		switch {
		case err != nil:
		case !found && d.Kind != sqlstore.DecideDrop:
			return fmt.Errorf("%s: it is no entry that is sent, so the only answer is drop: it ends the item, and nothing else happens; nothing was changed", key)
		case !found:
			line, _ := strings.CutPrefix(key, "bank/")
			err = e.exec(ctx, "DELETE FROM unclear WHERE line = ?", line)
		case d.Kind == sqlstore.DecideDrop:
			_, err = outbox.Withdraw(ctx, key, sqlstore.OutboxWithdrawn, d.Who, d.Why)
		case entry.State == sqlstore.OutboxHeld:
			err = outbox.Release(ctx, key, d.Who, d.Why)
		}
		return err
	})
}
