package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// importBank takes in the bank files that are new, bank-YYYY-MM-DD.csv, a file whole
// or not at all, and in their order: none is taken before the one of the banking day
// before. So "payments are known until" is true of every day before it. Of a public
// holiday our bank gives an empty one; if yours gives none, let nextBankingDay know.
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
		if err := e.in(ctx, func(e *erp) error { return e.importFile(ctx, file, day) }); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// nextBankingDay knows no public holidays: without an empty file of one the next file
// counts as missing.
func nextBankingDay(d maventa.Date) maventa.Date {
	for d = d.AddDays(1); d.Weekday() == time.Saturday || d.Weekday() == time.Sunday; {
		d = d.AddDays(1)
	}
	return d
}

// bankLine is: archive id, amount, payer, what it pays, and the company whose account
// it came to. It pays "1001"; or several, "1001=30.00 1002=20.00". A line that takes
// one back has a negative amount, and the archive id of that one. Of an agency it may
// say what the agency has kept, or paid out beside the capital: "1001 commission=2.00".
type bankLine struct {
	id, payer, pays, company string
	cents                    int64
	kind                     ledger.PayerKind
}

func (e *erp) importFile(ctx context.Context, path string, day maventa.Date) error {
	text, err := os.ReadFile(path)
	if err == nil && !utf8.Valid(text) {
		err = errors.New("the file is not UTF-8")
	}
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff")))).ReadAll()
	if err != nil {
		return err
	}
	const fields = 5
	for _, row := range rows {
		if len(row) != fields {
			return errors.New("a line needs id, amount, payer, what it pays, and company")
		}
		for n := range row {
			row[n] = strings.TrimSpace(row[n])
		}
		line := bankLine{id: row[0], payer: row[2], pays: row[3], company: row[4], kind: ledger.PayerDebtor}
		if line.cents, err = centsOf(row[1]); err == nil {
			err = e.importLine(ctx, &line, day)
		}
		if err != nil {
			return fmt.Errorf("line %s: %w", line.id, err)
		}
	}
	return e.exec(ctx, "INSERT INTO imports VALUES (?)", day)
}

func (e *erp) importLine(ctx context.Context, l *bankLine, day maventa.Date) error {
	var before int64
	switch err := e.tx.QueryRowContext(ctx, "SELECT amount FROM bank_lines WHERE id = ?", l.id).Scan(&before); {
	case err == nil && before == l.cents:
		return nil // the bank gives it once more
	case err == nil:
		return e.ask(ctx, l.company, sqlstore.WorkItem{
			Key: "bank/" + l.id, Kind: "line_differs", Text: "the bank gives a line once more, over " + amount(l.cents).String() + ", not " + amount(before).String() + ": look at it",
		})
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	switch isPayout := (&ledger.BankLine{Payer: l.payer}).IsPayout(); {
	case isPayout:
		l.kind = ledger.PayerAgency
	case l.cents < 0:
		l.payer = "" // nobody needs to know
	}
	if err := e.exec(ctx, "INSERT INTO bank_lines VALUES (?, ?, ?, ?, ?)", l.id, day, l.cents, l.payer, l.kind); err != nil {
		return err
	}
	switch {
	case l.kind == ledger.PayerAgency:
		return e.importPayout(ctx, l, day)
	case l.cents < 0:
		return e.importReturn(ctx, l, day)
	}
	var parts []payment
	wanted := map[string]int64{}
	for part := range strings.FieldsSeq(l.pays) {
		number, text, isPart := strings.Cut(part, "=")
		p := payment{line: ledger.BankLine{ID: l.id, Amount: amount(l.cents), Payer: l.payer, PayerKind: l.kind}, day: day, amount: l.cents}
		of, err := e.invoices(ctx, "i.number = ?", number)
		if err == nil && isPart {
			p.amount, err = centsOf(text)
		}
		if err != nil {
			return err
		}
		if len(of) != 1 {
			return e.unmatched(ctx, l, nil, "no_invoice", "it names no invoice of ours")
		}
		p.invoice = of[0].id
		wanted[p.invoice] += p.amount
		kind, why, err := e.doubt(ctx, l, &of[0], wanted[p.invoice])
		switch {
		case err != nil:
			return err
		case kind != "":
			return e.unmatched(ctx, l, &of[0], kind, why)
		}
		parts = append(parts, p)
	}
	if len(parts) == 0 {
		return e.unmatched(ctx, l, nil, "no_invoice", "it names no invoice of ours")
	}
	for _, p := range parts {
		if err := e.pay(ctx, &p); err != nil {
			return err
		}
	}
	return nil
}

// doubt says why a person must look at a payment of an invoice; kind is empty if he need
// not. A reference alone proves nothing: anybody may give it. We compare names; compare
// what your bank says for certain, such as the account.
func (e *erp) doubt(ctx context.Context, l *bankLine, i *invoice, cents int64) (kind, why string, err error) {
	debtor, err := e.debtor(ctx, i.id)
	if err != nil {
		return "", "", err
	}
	if !strings.EqualFold(strings.TrimSpace(l.payer), debtor.Name) {
		return "not_the_debtor", "invoice " + i.number + ": the payer is not the debtor", nil
	}
	open, err := e.owed(ctx, i.id)
	if err == nil && cents > open {
		kind, why = "overpaid", fmt.Sprintf("invoice %s: %v came, and %v is open", i.number, amount(cents), amount(open))
	}
	return kind, why, err
}

// unmatched leaves a whole line to a person. The invoice that it may pay is not
// transferred until he has decided.
func (e *erp) unmatched(ctx context.Context, l *bankLine, i *invoice, kind, why string) error {
	item := sqlstore.WorkItem{Key: "bank/" + l.id, Kind: kind, Text: why + ". Nothing was booked: post it by hand, then drop this item"}
	if i != nil {
		item.About = i.id
		if err := e.exec(ctx, "INSERT INTO unclear VALUES (?, ?)", l.id, i.id); err != nil {
			return err
		}
	}
	return e.ask(ctx, l.company, item)
}

// importReturn takes back what a line paid.
func (e *erp) importReturn(ctx context.Context, l *bankLine, day maventa.Date) error {
	paid, err := e.payments(ctx, "p.line = ?", l.pays)
	if err != nil {
		return err
	}
	if len(paid) == 0 {
		return e.ask(ctx, l.company, sqlstore.WorkItem{Key: "bank/" + l.id, Kind: "no_payment", Text: "money goes back for a line that pays nothing: look at it"})
	}
	for _, p := range paid {
		if err := e.undo(ctx, &p, day, "bank", "returned by line "+l.id); err != nil {
			return err
		}
	}
	return nil
}

// parts are what the agency's statement may split off: who bears it, and where it goes.
var parts = map[string]struct{ debit, credit string }{
	"commission": {"commission", "clearing"},  // kept by the agency, and ours to bear
	"fee":        {"receivables", "clearing"}, // kept by the agency, of what the debtor paid: not capital
	"interest":   {"receivables", "interest"}, // paid out to us, of what the debtor paid: not capital
}

// importPayout books money of the agency against the clearing account. It is never
// reported: the agency has counted it.
func (e *erp) importPayout(ctx context.Context, l *bankLine, day maventa.Date) error {
	if err := e.book(ctx, voucher{"bank/" + l.id, &invoice{company: l.company}, day, "bank", "clearing", l.cents}); err != nil {
		return err
	}
	of := invoice{company: l.company}
	for field := range strings.FieldsSeq(l.pays) {
		name, text, isPart := strings.Cut(field, "=")
		accounts, known := parts[name]
		if !isPart || !known {
			list, err := e.invoices(ctx, "i.number = ?", name)
			if err != nil {
				return err
			}
			if len(list) == 1 {
				of = list[0]
			}
			continue
		}
		cents, err := centsOf(text)
		if err != nil {
			return err
		}
		if err := e.book(ctx, voucher{"bank/" + l.id + "/" + name, &of, day, accounts.debit, accounts.credit, cents}); err != nil {
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
