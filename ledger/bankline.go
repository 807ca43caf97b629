package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/maventa-go/maventa"
)

// BankLine is the line of a bank statement that a payment stands on.
type BankLine struct {
	// ID is the bank's own of the line, its archive id, never the id of a row of the
	// caller's tables: a file that is imported twice gives new rows.
	ID string
	// Amount is that of the whole line, which may pay several invoices.
	Amount maventa.Amount
	// Payer is who paid, as the bank names him, and PayerKind who that is, as far
	// as the books know.
	Payer     string
	PayerKind PayerKind
}

// PayerKind is who paid.
type PayerKind string

// Payer kinds. The empty one is somebody whom the books do not know.
const (
	PayerDebtor PayerKind = "debtor"
	PayerAgency PayerKind = "agency" // a payout, which the agency has counted already
	PayerOther  PayerKind = "other"  // somebody who pays for the debtor
)

// Key is the business key of the part of a bank line that pays an invoice. The parts
// of one invoice have numbers; of most lines there is one, number 1. Use it for every
// payment of a bank line: a key of another form is another payment, and is sent again.
func (b *BankLine) Key(invoiceID string, part int) string {
	return fmt.Sprintf("bank/%s/%s/%d", b.ID, invoiceID, part)
}

// agencyNames are how the names begin under which agencies pay out; see
// docs/ledger.md. Ropo's is not public, and ends with the word: people are called
// Roponen.
var agencyNames = []string{"VISMA FINANC", "VISMA AMILI", "ROPO "}

// IsPayout reports whether an agency is the payer, by PayerKind or by the names that
// are known. The line is the agency's own money then, to be booked against what its
// events say, and never a direct payment. That it is false proves nothing: an agency
// may pay under a name that is not known.
func (b *BankLine) IsPayout() bool {
	if b == nil {
		return false
	}
	name := strings.ToUpper(strings.Join(strings.Fields(b.Payer), " ")) + " "
	return b.PayerKind == PayerAgency || slices.ContainsFunc(agencyNames, func(known string) bool { return strings.HasPrefix(name, known) })
}

// mostLineID bounds the bank's id, in bytes: reservations are named by it.
const mostLineID = 200

// idProblem refuses a line without the bank's id.
func (b *BankLine) idProblem() *maventa.Error {
	if b.ID == "" || len(b.ID) > mostLineID || !utf8.ValidString(b.ID) || strings.ContainsFunc(b.ID, unicode.IsControl) {
		return refused("bank.id", "must have 1 to 200 bytes of UTF-8 without control characters: the bank's archive id of the line")
	}
	return nil
}

// problem refuses a payout, and a line without the bank's id.
func (b *BankLine) problem() *maventa.Error {
	if problem := b.idProblem(); problem != nil {
		return problem
	}
	if b.IsPayout() {
		return held(ErrAgencyPayer, "the payer is an agency: its payout is no direct payment, and reported as one it would lower the claim a second time")
	}
	return nil
}

// allocate refuses a part with which the parts of the line come to more than the
// line. Without Guards.Reservations nobody counts them.
func (b *BankLine) allocate(ctx context.Context, g *Guards, key JournalKey, amount maventa.Amount) *maventa.Error {
	if g.Reservations == nil {
		return nil
	}
	allowed, err := g.Reservations.Reserve(ctx, Reservation{
		Of: "bank line/" + b.ID, Across: true, Key: key, Amount: amount, Limit: Limit{Sum: maventa.Some(b.Amount)},
	})
	switch {
	case err != nil:
		return guardError("Reservations", err)
	case !allowed:
		return held(ErrLimit, "the parts of the bank line come to more than the line: look how it was split")
	}
	return nil
}

// unexplained are the agency's payments of the last weeks that have the amount of a
// bank line and no record: the line may be their payout under a name nobody knows.
func (v *assignmentView) unexplained(event *maventa.NewEvent) (ids []string) {
	amount, ok := event.Amount.Get()
	if !ok {
		return nil
	}
	ours := map[string]bool{}
	for _, r := range v.records {
		ours[r.EventID] = true
	}
	for i := range v.events {
		e := &v.events[i]
		got, says := e.Amount.Get()
		days := e.Date.DaysUntil(event.Date)
		if e.Type == maventa.EventPaid && says && got.Equal(amount) && !ours[e.ID] && e.ID != "" && !isBy(e, maventa.AuthorSender) &&
			(e.Date.IsZero() || 0 <= days && days <= payoutDays) {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// payoutDays is how long after an agency's payment its payout may come. How long
// they take is not documented; for Ropo capital is paid out daily.
const payoutDays = 42
