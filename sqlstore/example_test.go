package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/maventa-go/maventa"
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
