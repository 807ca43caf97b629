package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	_ "modernc.org/sqlite" // the driver

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// The invented ERP: amounts are whole cents, days are YYYY-MM-DD. The tables of
// package sqlstore lie in the same file.
const schema = `
CREATE TABLE IF NOT EXISTS companies (id TEXT PRIMARY KEY, agency TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS debtors (
	id TEXT PRIMARY KEY, name TEXT NOT NULL, bid TEXT NOT NULL, street TEXT NOT NULL, zip TEXT NOT NULL, city TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS invoices (
	id         TEXT PRIMARY KEY,           -- Maventa's
	company    TEXT NOT NULL REFERENCES companies (id),
	debtor     TEXT NOT NULL REFERENCES debtors (id),
	number     TEXT NOT NULL UNIQUE,       -- the payment reference
	due        TEXT NOT NULL,
	total      INTEGER NOT NULL,
	disputed   INTEGER NOT NULL DEFAULT 0,
	stopped    INTEGER NOT NULL DEFAULT 0, -- not to be collected for now
	lost       INTEGER NOT NULL DEFAULT 0, -- booked as a credit loss
	assignment TEXT NOT NULL DEFAULT '',   -- once it is in collection
	closed     INTEGER NOT NULL DEFAULT 0  -- the agency has closed its case
);
CREATE TABLE IF NOT EXISTS bank_lines (
	id TEXT PRIMARY KEY, day TEXT NOT NULL, amount INTEGER NOT NULL, payer TEXT NOT NULL, kind TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS payments (      -- a part of a bank line that pays an invoice
	line    TEXT NOT NULL REFERENCES bank_lines (id),
	invoice TEXT NOT NULL REFERENCES invoices (id),
	part    INTEGER NOT NULL,              -- 1, but for a line that comes back to an invoice
	amount  INTEGER NOT NULL,
	undone  INTEGER NOT NULL DEFAULT 0,    -- it bounced, or belongs elsewhere
	PRIMARY KEY (line, invoice, part)
);
CREATE TABLE IF NOT EXISTS unclear (       -- a line that may pay an invoice, until a person has decided
	line TEXT NOT NULL REFERENCES bank_lines (id), invoice TEXT NOT NULL REFERENCES invoices (id)
);
CREATE TABLE IF NOT EXISTS credits (
	number TEXT PRIMARY KEY, invoice TEXT NOT NULL REFERENCES invoices (id), day TEXT NOT NULL, amount INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS vouchers (      -- positive: debit
	id TEXT NOT NULL, account TEXT NOT NULL, company TEXT NOT NULL, day TEXT NOT NULL, invoice TEXT NOT NULL, amount INTEGER NOT NULL,
	happened TEXT NOT NULL,                -- the day it is about; booked on another if its period is closed
	PRIMARY KEY (id, account)
);
CREATE TABLE IF NOT EXISTS closed_periods (until TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS forgotten (debtor TEXT NOT NULL, day TEXT NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS imports (day TEXT PRIMARY KEY);  -- whose bank file is in
`

// erp is the books, and the store of package sqlstore beside them.
type erp struct {
	db    *sql.DB
	tx    sqlstore.Tx // of the transaction, within [erp.in]
	store *sqlstore.Store
}

func openERP(ctx context.Context, path string) (*erp, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &erp{db: db, tx: db}, nil
}

// in runs do within one transaction: all of it is stored, or nothing.
func (e *erp) in(ctx context.Context, do func(e *erp) error) error {
	tx, err := e.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(&erp{e.db, tx, e.store}); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

type invoice struct {
	id, company, agency, number, assignment string
	due                                     maventa.Date
	total                                   int64
	disputed, stopped, lost, closed         bool
}

// invoices are those that fit; where is of invoices i.
func (e *erp) invoices(ctx context.Context, where string, args ...any) (list []invoice, err error) {
	const query = `SELECT i.id, i.company, c.agency, i.number, i.assignment, i.due, i.total, i.disputed,
		i.stopped OR EXISTS (SELECT 1 FROM unclear u WHERE u.invoice = i.id), i.lost, i.closed
		FROM invoices i JOIN companies c ON c.id = i.company WHERE `
	err = e.each(ctx, query+where+" ORDER BY i.number", args, func(scan func(...any) error) error {
		var i invoice
		err := scan(&i.id, &i.company, &i.agency, &i.number, &i.assignment, &i.due, &i.total, &i.disputed, &i.stopped, &i.lost, &i.closed)
		list = append(list, i)
		return err
	})
	return list, err
}

func (e *erp) invoice(ctx context.Context, id string) (*invoice, error) {
	list, err := e.invoices(ctx, "i.id = ?", id)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("invoice %s: %w", id, sql.ErrNoRows)
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// debtor is the payer of an invoice's transfer: name and address lie here alone. An
// identity number would be read here, too, and stored nowhere else.
func (e *erp) debtor(ctx context.Context, invoiceID string) (p maventa.Payer, err error) {
	street := ""
	err = e.tx.QueryRowContext(ctx, "SELECT name, bid, street, zip, city FROM debtors WHERE id = (SELECT debtor FROM invoices WHERE id = ?)", invoiceID).
		Scan(&p.Name, &p.BusinessID, &street, &p.Address.ZipCode, &p.Address.City)
	p.Address.Country, p.Address.Streets = "FI", []string{street}
	return p, err
}

// open is what is unpaid of an invoice: no payment to us, and none to the agency.
func (e *erp) open(ctx context.Context, invoiceID string) (cents int64, err error) {
	err = e.tx.QueryRowContext(ctx, "SELECT COALESCE(SUM(amount), 0) FROM vouchers WHERE invoice = ? AND account = 'receivables'", invoiceID).Scan(&cents)
	return cents, err
}

// owed is what may still come for an invoice: what is open, and what was written off.
func (e *erp) owed(ctx context.Context, invoiceID string) (cents int64, err error) {
	const query = "SELECT COALESCE(SUM(amount), 0) FROM vouchers WHERE invoice = ? AND account IN ('receivables', 'credit_losses', 'recovered')"
	err = e.tx.QueryRowContext(ctx, query, invoiceID).Scan(&cents)
	return cents, err
}

// standing is the last look before a transfer leaves.
func (e *erp) standing(ctx context.Context, _, invoiceID string) (ledger.Standing, error) {
	i, err := e.invoice(ctx, invoiceID)
	if err != nil {
		return ledger.Standing{}, err
	}
	open, err := e.open(ctx, invoiceID)
	return ledger.Standing{Open: maventa.Some(amount(open)), Disputed: i.disputed, Stopped: i.stopped || i.lost}, err
}

// knownUntil is the last day whose bank file is in the books.
func (e *erp) knownUntil(ctx context.Context, _ string) (day maventa.Date, err error) {
	err = e.tx.QueryRowContext(ctx, "SELECT MAX(day) FROM imports").Scan(&day)
	return day, err
}

type payment struct {
	line    ledger.BankLine
	day     maventa.Date
	invoice string
	part    int
	amount  int64
}

func (p *payment) key() string { return p.line.Key(p.invoice, p.part) }

// payments are those that stand and fit; where is of payments p and bank lines l.
func (e *erp) payments(ctx context.Context, where string, args ...any) (list []payment, err error) {
	const query = `SELECT l.id, l.amount, l.payer, l.kind, l.day, p.invoice, p.part, p.amount
		FROM payments p JOIN bank_lines l ON l.id = p.line WHERE NOT p.undone AND `
	err = e.each(ctx, query+where+" ORDER BY l.day, l.id, p.invoice, p.part", args, func(scan func(...any) error) error {
		var p payment
		var whole int64
		err := scan(&p.line.ID, &whole, &p.line.Payer, &p.line.PayerKind, &p.day, &p.invoice, &p.part, &p.amount)
		p.line.Amount = amount(whole)
		list = append(list, p)
		return err
	})
	return list, err
}

// namePayer sets who paid a bank line, as the bank names him.
func (e *erp) namePayer(ctx context.Context, line *ledger.BankLine) error {
	if line == nil {
		return nil
	}
	return e.tx.QueryRowContext(ctx, "SELECT payer FROM bank_lines WHERE id = ?", line.ID).Scan(&line.Payer)
}

// keysOf are the keys of the payments and credit notes of an invoice.
func (e *erp) keysOf(ctx context.Context, invoiceID string) (keys []string, err error) {
	paid, err := e.payments(ctx, "p.invoice = ?", invoiceID)
	for _, p := range paid {
		keys = append(keys, p.key())
	}
	return keys, errors.Join(err, e.each(ctx, "SELECT number FROM credits WHERE invoice = ? ORDER BY number", []any{invoiceID}, func(scan func(...any) error) error {
		var number string
		err := scan(&number)
		keys = append(keys, creditKey(number))
		return err
	}))
}

func (e *erp) exec(ctx context.Context, statement string, args ...any) error {
	_, err := e.tx.ExecContext(ctx, statement, args...)
	return err
}

// each calls do for each row of a query.
func (e *erp) each(ctx context.Context, query string, args []any, do func(scan func(...any) error) error) (err error) {
	rows, err := e.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := do(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// amount makes the SDK's amount of cents; two decimals always fit.
func amount(cents int64) maventa.Amount {
	a, err := maventa.NewAmount(cents, 2)
	if err != nil {
		panic(err) //nolint:forbidigo // the scale is a constant
	}
	return a
}
