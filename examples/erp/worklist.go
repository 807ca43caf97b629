package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"
	"strings"

	"github.com/maventa-go/maventa/sqlstore"
)

// printWork lists what waits for a person, but for the keys that are known.
func (e *erp) printWork(ctx context.Context, say *log.Logger, known map[string]bool, isLong bool) error {
	items, err := e.store.WorkList("").Open(ctx, 0)
	for _, i := range items {
		if !known[i.CompanyID+i.Key] {
			number, failed := e.numberOf(ctx, &i)
			say.Printf("for a person: %s%s: %s", i.Key, number, i.Kind)
			if isLong && failed == nil {
				failed = e.printItem(ctx, say, &i)
			}
			err = errors.Join(err, failed)
		}
	}
	return err
}

// numberOf is the number of the invoice that an item is about, in words.
func (e *erp) numberOf(ctx context.Context, i *sqlstore.WorkItem) (text string, err error) {
	const about = "SELECT number FROM invoices WHERE id = ?1 OR assignment <> '' AND assignment = ?1 OR instr(?2, id) > 0 LIMIT 1"
	err = e.each(ctx, about, []any{i.About, i.Key}, func(scan func(...any) error) error {
		err := scan(&text)
		text = " (invoice " + text + ")"
		return err
	})
	return text, err
}

func (e *erp) printItem(ctx context.Context, say *log.Logger, i *sqlstore.WorkItem) error {
	say.Printf("  since %s, company %s", i.Since.UTC().Format("2006-01-02 15:04 UTC"), i.CompanyID)
	if i.About != "" {
		say.Printf("  about %s", i.About)
	}
	if len(i.IDs) > 0 {
		say.Printf("  events %s", strings.Join(i.IDs, ", "))
	}
	say.Printf("  %s", i.Text)
	answers, err := e.answers(ctx, i)
	say.Printf("  answers: %s", strings.Join(answers, ", "))
	return err
}

// answers are the decisions that make sense for an item.
func (e *erp) answers(ctx context.Context, i *sqlstore.WorkItem) (list []string, err error) {
	entry, found, err := e.store.Outbox(i.CompanyID).In(e.tx).Find(ctx, i.Key)
	switch {
	case err != nil || !found:
		return []string{"drop (nothing else happens)"}, err
	case entry.Event != nil && len(i.IDs) > 0:
		list = []string{"adopt -event ID", "not_mine"}
	default:
		list = []string{"again"}
	}
	if !i.Attempt.IsZero() {
		list = append(list, "never_arrived")
	}
	return append(list, "drop"), nil
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

// decide stores a person's decision, and lets the entry go on, or ends it. An answer that
// the item does not offer is refused: it would end the item, or send what was not meant.
func (e *erp) decide(ctx context.Context, company, key string, d sqlstore.Decision) error {
	return e.in(ctx, func(e *erp) error {
		work := e.store.WorkList(company).In(e.tx)
		item, found, err := work.Find(ctx, key)
		if err != nil {
			return err
		}
		if found && item.State != sqlstore.WorkClosed {
			offered, err := e.answers(ctx, &item)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(offered, func(a string) bool { return strings.Fields(a)[0] == string(d.Kind) }) {
				return fmt.Errorf("%s: the answers are: %s; nothing was changed", key, strings.Join(offered, ", "))
			}
		}
		if err := work.Decide(ctx, key, d); err != nil {
			return err
		}
		outbox := e.store.Outbox(company).In(e.tx)
		entry, found, err := outbox.Find(ctx, key)
		switch {
		case err != nil:
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
