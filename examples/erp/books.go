package main

import (
	"context"
	"fmt"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
)

// voucher debits one account and credits another. The accounts are receivables, sales,
// bank; clearing, what the agency owes us; commission and interest, by its statement;
// credit_losses, and recovered, what came after one.
type voucher struct {
	id            string
	of            *invoice // of a payout the company alone
	day           maventa.Date
	debit, credit string
	cents         int64
}

// book stores a voucher. One of a closed period goes into the open one, and keeps its day.
func (e *erp) book(ctx context.Context, v voucher) error {
	var closed maventa.Date
	if err := e.tx.QueryRowContext(ctx, "SELECT MAX(until) FROM closed_periods").Scan(&closed); err != nil {
		return err
	}
	day := v.day
	if !closed.IsZero() && !day.After(closed) {
		day = closed.AddDays(1)
	}
	const insert = "INSERT INTO vouchers (id, account, company, day, happened, invoice, amount) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7), (?1, ?8, ?3, ?4, ?5, ?6, -?7)"
	return e.exec(ctx, insert, v.id, v.debit, v.of.company, day, v.day, v.of.id, v.cents, v.credit)
}

// against is the account that money for an invoice lowers.
func (i *invoice) against() string {
	if i.lost {
		return "recovered" // after a credit loss: marked, since taxes and statistics want to know
	}
	return "receivables"
}

// sell posts an invoice that Maventa has sent.
func (e *erp) sell(ctx context.Context, i *invoice, debtor string, day maventa.Date) error {
	if err := e.exec(ctx, "INSERT INTO invoices (id, company, debtor, number, due, total) VALUES (?, ?, ?, ?, ?, ?)",
		i.id, i.company, debtor, i.number, i.due, i.total); err != nil {
		return err
	}
	return e.book(ctx, voucher{"invoice/" + i.id, i, day, "receivables", "sales", i.total})
}

// pay posts a part of a bank line.
func (e *erp) pay(ctx context.Context, p *payment) error {
	i, err := e.invoice(ctx, p.invoice)
	if err != nil {
		return err
	}
	if err := e.tx.QueryRowContext(ctx, "SELECT COUNT(*) + 1 FROM payments WHERE line = ? AND invoice = ?", p.line.ID, p.invoice).Scan(&p.part); err != nil {
		return err
	}
	if err := e.exec(ctx, "INSERT INTO payments (line, invoice, part, amount) VALUES (?, ?, ?, ?)", p.line.ID, p.invoice, p.part, p.amount); err != nil {
		return err
	}
	if err := e.book(ctx, voucher{p.key(), i, p.day, "bank", i.against(), p.amount}); err != nil {
		return err
	}
	return e.paid(ctx, i, p)
}

// undo takes a payment back, which bounced or belongs elsewhere.
func (e *erp) undo(ctx context.Context, p *payment, day maventa.Date, who, why string) error {
	i, err := e.invoice(ctx, p.invoice)
	if err != nil {
		return err
	}
	if err := e.exec(ctx, "UPDATE payments SET undone = 1 WHERE line = ? AND invoice = ? AND part = ?", p.line.ID, p.invoice, p.part); err != nil {
		return err
	}
	if err := e.book(ctx, voucher{"undo/" + p.key(), i, day, i.against(), "bank", p.amount}); err != nil {
		return err
	}
	return e.takeBack(ctx, i, p.key(), who, why)
}

// reallocate moves what a bank line pays from one invoice to another.
func (e *erp) reallocate(ctx context.Context, p *payment, to string, day maventa.Date, who, why string) error {
	if err := e.undo(ctx, p, day, who, why); err != nil {
		return err
	}
	moved := *p
	moved.invoice = to
	return e.pay(ctx, &moved)
}

// credit posts a credit note, of a part of an invoice or all of it.
func (e *erp) credit(ctx context.Context, i *invoice, number string, cents int64, day maventa.Date) error {
	if err := e.postCredit(ctx, i, number, cents, day); err != nil {
		return err
	}
	return e.credited(ctx, i, number, cents, day)
}

func (e *erp) postCredit(ctx context.Context, i *invoice, number string, cents int64, day maventa.Date) error {
	if err := e.exec(ctx, "INSERT INTO credits VALUES (?, ?, ?, ?)", number, i.id, day, cents); err != nil {
		return err
	}
	return e.book(ctx, voucher{creditKey(number), i, day, "sales", i.against(), cents})
}

// cancel takes a whole invoice back.
func (e *erp) cancel(ctx context.Context, i *invoice, number string, day maventa.Date, why string) error {
	open, err := e.open(ctx, i.id)
	if err != nil {
		return err
	}
	if err := e.postCredit(ctx, i, number, open, day); err != nil {
		return err
	}
	return e.cancelled(ctx, i, number, open, day, why)
}

// stop says that an invoice is not collected for now.
func (e *erp) stop(ctx context.Context, i *invoice, why string) error {
	if err := e.exec(ctx, "UPDATE invoices SET stopped = 1 WHERE id = ?", i.id); err != nil {
		return err
	}
	return e.stoppedFor(ctx, i, why)
}

// writeOff books what is open of an invoice as a credit loss.
func (e *erp) writeOff(ctx context.Context, i *invoice, day maventa.Date) error {
	open, err := e.open(ctx, i.id)
	if err != nil {
		return err
	}
	if err := e.book(ctx, voucher{"loss/" + i.id, i, day, "credit_losses", "receivables", open}); err != nil {
		return err
	}
	if err := e.exec(ctx, "UPDATE invoices SET lost = 1 WHERE id = ?", i.id); err != nil {
		return err
	}
	return e.writtenOff(ctx, i, day)
}

// clearingDays is how long the agency's payment may wait for its payout, and the other
// way round.
const clearingDays = 30

// uncleared puts on the work list what lies on the clearing account for too long.
// Ropo's payouts name no invoice, so the oldest is taken to be paid out first.
func (e *erp) uncleared(ctx context.Context, company string, today maventa.Date) error {
	var in, out, oldIn, oldOut int64
	err := e.tx.QueryRowContext(ctx, `SELECT
		COALESCE(SUM(amount) FILTER (WHERE amount > 0), 0), COALESCE(SUM(-amount) FILTER (WHERE amount < 0), 0),
		COALESCE(SUM(amount) FILTER (WHERE amount > 0 AND day < ?1), 0), COALESCE(SUM(-amount) FILTER (WHERE amount < 0 AND day < ?1), 0)
		FROM vouchers WHERE account = 'clearing' AND company = ?2`, today.AddDays(-clearingDays), company).Scan(&in, &out, &oldIn, &oldOut)
	if err != nil {
		return err
	}
	const key = "clearing"
	left, text := oldIn-out, "the agency has got %v more than it has paid out or charged"
	if over := oldOut - in; over > 0 {
		left, text = over, "the agency has paid out %v more than it says it got"
	}
	if left <= 0 {
		return e.store.WorkList(company).Note(ctx, key, nil)
	}
	return e.ask(ctx, company, sqlstore.WorkItem{
		Key: key, Kind: "clearing_unmatched", Text: fmt.Sprintf("for more than %d days: "+text, clearingDays, amount(left)),
	})
}
