package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// A look, and what is open. The voucher and its acknowledgement are one transaction.
func ExampleInbox() {
	look := func(ctx context.Context, db *sql.DB, store *sqlstore.Store, c *maventa.Client) error {
		inbox := store.Inbox(c)
		report, err := inbox.Look(ctx)
		if err != nil {
			return err
		}
		fmt.Println("new:", report.New, "changed:", report.Changed, "missing:", report.Missing)
		open, err := inbox.After(ctx, 0, 100, sqlstore.AckOpen)
		if err != nil {
			return err
		}
		for _, item := range open {
			tx, err := db.BeginTx(ctx, nil)
			if err != nil {
				return err
			}
			voucher := "V-1" // that you write with tx
			ack := sqlstore.Ack{State: sqlstore.AckBooked, Voucher: voucher, By: "night"}
			if err := inbox.In(tx).Acknowledge(ctx, item.Position, ack); err != nil {
				_ = tx.Rollback()
				return err
			}
			if err := tx.Commit(); err != nil {
				return err
			}
		}
		return nil
	}
	_ = look
}

// A payment that a person may have to decide on, and what he decides.
func ExampleWorkList() {
	run := func(ctx context.Context, l *ledger.Ledger, work *sqlstore.WorkList, assignmentID string, entry ledger.Entry) error {
		dropped, err := work.Apply(ctx, &entry)
		if err != nil || dropped {
			return err
		}
		_, err = l.EnsureEvent(ctx, assignmentID, entry)
		return work.Note(ctx, entry.Key, err)
	}
	decide := func(ctx context.Context, work *sqlstore.WorkList, item sqlstore.WorkItem) error {
		return work.Decide(ctx, item.Key, sqlstore.Decision{Kind: sqlstore.DecideNotMine, Who: "Ann", Why: "two payments on one day"})
	}
	_, _ = run, decide
}

// An entry is put into the outbox together with the posting that it comes from.
func ExampleOutbox() {
	post := func(ctx context.Context, tx *sql.Tx, store *sqlstore.Store, companyID, assignmentID string, entry ledger.Entry) error {
		// ... the posting, with tx
		return store.Outbox(companyID).In(tx).Put(ctx, sqlstore.OutboxEntry{AssignmentID: assignmentID, Event: &entry})
	}
	_ = post
}
