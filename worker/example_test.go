package worker_test

import (
	"context"
	"database/sql"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/worker"
)

// A payment is put in the transaction of the ERP's own posting: both are stored, or none.
func ExampleWorker_PutIn() {
	book := func(ctx context.Context, w *worker.Worker, db *sql.DB, companyID, assignmentID string) error {
		tx, err := db.BeginTx(ctx, nil) // in SQLite with _txlock=immediate in the name of the file
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // nothing after Commit
		if _, err := tx.ExecContext(ctx, "INSERT INTO posting (voucher, amount) VALUES ('20261120-0042', '100.00')"); err != nil {
			return err
		}
		_, err = w.PutIn(ctx, tx, companyID, "bank/20261120-0042", worker.Entry{
			Kind: worker.Payment, AssignmentID: assignmentID, Amount: "100.00", Date: maventa.MustDate("2026-11-20"),
		})
		if err != nil {
			return err
		}
		return tx.Commit()
	}
	_ = book
}
