package main

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// agencies are how the payers of payouts begin, as our bank shows them.
var agencies = []string{"VISMA FINANC", "ROPO"}

// importBank takes in the bank files that are new, bank-YYYY-MM-DD.csv, a file whole
// or not at all, and in their order: none is taken before the one of the banking day
// before. So "payments are known until" is true of every day before it.
func (e *erp) importBank(ctx context.Context, folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "bank-*.csv")) // sorted
	if err != nil {
		return err
	}
	for _, file := range files {
		day, err := maventa.ParseDate(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "bank-"), ".csv"))
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		known, err := e.knownUntil(ctx, "")
		if err != nil {
			return err
		}
		if !known.IsZero() && !day.After(known) {
			continue
		}
		if !known.IsZero() && day.After(nextBankingDay(known)) {
			return fmt.Errorf("the bank file of %s is missing", nextBankingDay(known))
		}
		if err := e.importFile(ctx, file, day); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

func nextBankingDay(d maventa.Date) maventa.Date {
	for d = d.AddDays(1); d.Weekday() == time.Saturday || d.Weekday() == time.Sunday; {
		d = d.AddDays(1)
	}
	return d
}

// importFile reads lines of: archive id, amount, payer, and the references it pays:
// "1001", or with the parts of a line that pays several, "1001=30.00 1002=20.00".
func (e *erp) importFile(ctx context.Context, path string, day maventa.Date) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return err
	}
	tx, err := e.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if err := importLine(ctx, tx, day, l); err != nil {
			return errors.Join(fmt.Errorf("line %s: %w", l[0], err), tx.Rollback())
		}
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO imports VALUES (?)", day); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func importLine(ctx context.Context, tx *sql.Tx, day maventa.Date, l []string) error {
	const fields = 4
	if len(l) != fields {
		return errors.New("needs id, amount, payer and reference")
	}
	whole, err := centsOf(l[1])
	if err != nil {
		return err
	}
	kind := ledger.PayerDebtor
	for _, name := range agencies {
		if strings.HasPrefix(strings.ToUpper(l[2]), name) {
			kind = ledger.PayerAgency
		}
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO bank_lines VALUES (?, ?, ?, ?, ?)", l[0], day, whole, l[2], kind); err != nil {
		return err
	}
	if kind == ledger.PayerAgency { // its payout: against the clearing account, and never reported
		return book(ctx, tx, "bank/"+l[0], day, "", "bank", whole, "clearing")
	}
	for part := range strings.FieldsSeq(l[3]) {
		number, text, isPart := strings.Cut(part, "=")
		cents := whole
		if isPart {
			if cents, err = centsOf(text); err != nil {
				return err
			}
		}
		// What has no invoice stays a bank line without payments: a person's.
		if _, err := tx.ExecContext(ctx, "INSERT INTO payments (line, invoice, amount) SELECT ?, id, ? FROM invoices WHERE number = ?", l[0], cents, number); err != nil {
			return err
		}
	}
	return nil
}

func centsOf(text string) (int64, error) {
	a, err := maventa.ParseAmount(text)
	if err != nil {
		return 0, err
	}
	return a.Coefficient(2)
}
