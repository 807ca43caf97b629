package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	_ "modernc.org/sqlite" // the driver

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// The invented ERP: amounts are whole cents, days are YYYY-MM-DD. The tables of
// package sqlstore lie in the same file.
const schema = `
CREATE TABLE IF NOT EXISTS invoices (
	id         TEXT PRIMARY KEY,           -- Maventa's
	company    TEXT NOT NULL,
	number     TEXT NOT NULL UNIQUE,       -- the payment reference
	debtor     TEXT NOT NULL,
	bid        TEXT NOT NULL,              -- the debtor's business id
	due        TEXT NOT NULL,
	total      INTEGER NOT NULL,
	disputed   INTEGER NOT NULL DEFAULT 0,
	stopped    INTEGER NOT NULL DEFAULT 0,
	assignment TEXT NOT NULL DEFAULT '',   -- once it is in collection
	closed     INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS bank_lines (
	id TEXT PRIMARY KEY, day TEXT NOT NULL, amount INTEGER NOT NULL, payer TEXT NOT NULL, kind TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS payments (      -- a part of a bank line that pays an invoice
	line    TEXT NOT NULL REFERENCES bank_lines (id),
	invoice TEXT NOT NULL REFERENCES invoices (id),
	amount  INTEGER NOT NULL,
	state   TEXT NOT NULL DEFAULT 'new',   -- new, reported, contained (in the transfer's amount), not needed
	PRIMARY KEY (line, invoice)
);
CREATE TABLE IF NOT EXISTS vouchers (      -- positive: debit
	id TEXT NOT NULL, account TEXT NOT NULL, day TEXT NOT NULL, invoice TEXT NOT NULL, amount INTEGER NOT NULL,
	PRIMARY KEY (id, account)
);
CREATE TABLE IF NOT EXISTS imports (day TEXT PRIMARY KEY);  -- whose bank file is in
`

type erp struct{ db *sql.DB }

func openERP(ctx context.Context, path string) (*erp, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &erp{db}, nil
}

type invoice struct {
	id, company, number, debtor, bid, assignment string
	due                                          maventa.Date
	total                                        int64
	disputed, stopped, closed                    bool
}

const invoiceRows = "SELECT id, company, number, debtor, bid, assignment, due, total, disputed, stopped, closed FROM invoices WHERE "

func (e *erp) invoices(ctx context.Context, where string, args ...any) (list []invoice, err error) {
	err = each(ctx, e.db, invoiceRows+where+" ORDER BY number", args, func(scan func(...any) error) error {
		var i invoice
		err := scan(&i.id, &i.company, &i.number, &i.debtor, &i.bid, &i.assignment, &i.due, &i.total, &i.disputed, &i.stopped, &i.closed)
		list = append(list, i)
		return err
	})
	return list, err
}

func (e *erp) invoice(ctx context.Context, where string, args ...any) (*invoice, error) {
	list, err := e.invoices(ctx, where, args...)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("invoice %v: %w", args, sql.ErrNoRows)
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// open is what is unpaid of an invoice: no payment to us, and none to the agency.
func (e *erp) open(ctx context.Context, invoiceID string) (cents int64, err error) {
	err = e.db.QueryRowContext(ctx, `SELECT total
		- (SELECT COALESCE(SUM(amount), 0) FROM payments WHERE invoice = i.id)
		+ (SELECT COALESCE(SUM(amount), 0) FROM vouchers WHERE invoice = i.id AND account = 'receivables')
		FROM invoices i WHERE id = ?`, invoiceID).Scan(&cents)
	return cents, err
}

// standing is the last look before a transfer leaves.
func (e *erp) standing(ctx context.Context, _, invoiceID string) (ledger.Standing, error) {
	i, err := e.invoice(ctx, "id = ?", invoiceID)
	if err != nil {
		return ledger.Standing{}, err
	}
	open, err := e.open(ctx, invoiceID)
	return ledger.Standing{Open: maventa.Some(amount(open)), Disputed: i.disputed, Stopped: i.stopped}, err
}

// knownUntil is the last day whose bank file is in the books.
func (e *erp) knownUntil(ctx context.Context, _ string) (day maventa.Date, err error) {
	err = e.db.QueryRowContext(ctx, "SELECT MAX(day) FROM imports").Scan(&day)
	return day, err
}

type payment struct {
	line      ledger.BankLine
	day       maventa.Date
	invoice   string
	amount    int64
	state     string
	collected string // the assignment of its invoice
}

func (p *payment) key() string { return p.line.Key(p.invoice, 1) }

func (e *erp) payments(ctx context.Context, where string, args ...any) (list []payment, err error) {
	const query = `SELECT l.id, l.amount, l.payer, l.kind, l.day, p.invoice, p.amount, p.state, i.assignment
		FROM payments p JOIN bank_lines l ON l.id = p.line JOIN invoices i ON i.id = p.invoice WHERE `
	err = each(ctx, e.db, query+where+" ORDER BY l.day, l.id, i.number", args, func(scan func(...any) error) error {
		var p payment
		var whole int64
		err := scan(&p.line.ID, &whole, &p.line.Payer, &p.line.PayerKind, &p.day, &p.invoice, &p.amount, &p.state, &p.collected)
		p.line.Amount = amount(whole)
		list = append(list, p)
		return err
	})
	return list, err
}

func (e *erp) exec(ctx context.Context, statement string, args ...any) error {
	_, err := e.db.ExecContext(ctx, statement, args...)
	return err
}

// each calls do for each row of a query.
func each(ctx context.Context, db *sql.DB, query string, args []any, do func(scan func(...any) error) error) (err error) {
	rows, err := db.QueryContext(ctx, query, args...)
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
