package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/maventa-go/maventa"
)

// claim is an invoice of ours that an agency collects, as our books know it.
type claim struct {
	invoiceID string
	reference string // what the debtor gives when he pays
	agency    string
	debtor    string
	total     maventa.Amount
	currency  string
}

// line is one line of the bank statement.
type line struct {
	archiveID string // the bank's own, never used again
	date      maventa.Date
	amount    maventa.Amount
	currency  string
	payer     string
	reference string

	kind  kind
	why   string // it is unclear
	claim *claim // of a direct payment
}

// kind is what the ledger takes a line for.
type kind string

const (
	direct     kind = "direct payment: to report"
	settlement kind = "an agency's payout: never to report"
	unclear    kind = "for a person"
)

// agencyPayers is how the names begin under which agencies pay out. Amili's is
// being changed from the first to the second. Ropo's is not public: ask for it
// and add it. Until then its payouts are for a person, since nothing that comes
// from an unknown payer is taken for a direct payment.
var agencyPayers = []string{"VISMA FINANC", "VISMA AMILI"}

// classify says what a line is. Money counts as a direct payment only if all is
// as it should be: Amili pays out under the reference of the original invoice,
// so that the reference alone proves nothing.
func (l *line) classify(claims []claim) {
	found := slices.IndexFunc(claims, func(c claim) bool { return c.reference == l.reference })
	switch {
	case slices.ContainsFunc(agencyPayers, func(name string) bool { return hasPrefixFold(l.payer, name) }):
		l.kind = settlement
	case l.amount.Sign() <= 0:
		l.kind, l.why = unclear, "no money came in"
	case found < 0:
		l.kind, l.why = unclear, "the reference is none of our invoices'"
	case !strings.EqualFold(l.payer, claims[found].debtor):
		l.kind, l.why = unclear, "the payer is not the debtor"
	case l.currency != claims[found].currency:
		l.kind, l.why = unclear, "the currency is not the invoice's"
	case l.amount.Cmp(claims[found].total) > 0:
		l.kind, l.why = unclear, "it is more than the invoice"
	default:
		l.kind, l.claim = direct, &claims[found]
	}
}

// weigh leaves a payment to a person that, with those before it, is more than the
// invoice: it may be one of another invoice, or a payment that came twice.
func (l *line) weigh(paid map[*claim]maventa.Amount) error {
	if l.kind != direct {
		return nil
	}
	sum, err := paid[l.claim].Add(l.amount)
	if err != nil {
		return err
	}
	if sum.Cmp(l.claim.total) > 0 {
		l.kind, l.why, l.claim = unclear, "with the payments before it, it is more than the invoice", nil
		return nil
	}
	paid[l.claim] = sum
	return nil
}

// hasPrefixFold compares without regard to case and spacing: banks differ.
func hasPrefixFold(name, prefix string) bool {
	return strings.HasPrefix(strings.ToUpper(strings.Join(strings.Fields(name), " ")), prefix)
}

// String is the line with what it is taken for.
func (l *line) String() string {
	text := fmt.Sprintf("%s  %s  %7s  %-17s  %-4s  %s", l.archiveID, l.date, l.amount, l.payer, l.reference, l.kind)
	if l.why != "" {
		text += ": " + l.why
	}
	return text
}

// readClaims reads our invoices from CSV.
func readClaims(r io.Reader) ([]claim, error) {
	var claims []claim
	err := eachRow(r, "invoice_id,reference,agency,debtor,total,currency", func(row []string) error {
		total, err := maventa.ParseAmount(row[4])
		claims = append(claims, claim{row[0], row[1], row[2], row[3], total, row[5]})
		return err
	})
	return claims, err
}

// readStatement reads the bank's lines from CSV and classifies them. A line that is
// given twice counts once; another one under its archive id is an error.
func readStatement(r io.Reader, claims []claim) ([]line, error) {
	var lines []line
	rows := map[string][]string{}       // by archive id
	paid := map[*claim]maventa.Amount{} // to us
	err := eachRow(r, "archive_id,date,amount,currency,payer,reference", func(row []string) error {
		date, dateErr := maventa.ParseDate(row[1])
		amount, amountErr := maventa.ParseAmount(row[2])
		l := line{archiveID: row[0], date: date, amount: amount, currency: row[3], payer: row[4], reference: row[5]}
		if l.archiveID == "" {
			return errors.New("archive_id is empty: without it two equal payments look like one")
		}
		if earlier, isKnown := rows[l.archiveID]; isKnown {
			if !slices.Equal(earlier, row) {
				return fmt.Errorf("archive_id %s is that of another line, too", l.archiveID)
			}
			return nil
		}
		rows[l.archiveID] = row
		l.classify(claims)
		if err := l.weigh(paid); err != nil {
			return err
		}
		lines = append(lines, l)
		return errors.Join(dateErr, amountErr)
	})
	return lines, err
}

// eachRow goes through the rows of a CSV file that begins with this header. Spaces
// around a field do not count: a key with one would be another key.
func eachRow(r io.Reader, header string, take func(row []string) error) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read CSV: %w", err)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // a byte order mark, as spreadsheets write it
	if !utf8.Valid(text) {
		return errors.New("read CSV: the text is not UTF-8, but perhaps Windows-1252 or UTF-16: save the file as UTF-8")
	}
	rows := csv.NewReader(bytes.NewReader(text))
	for first := true; ; first = false {
		row, err := rows.Read()
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		switch {
		case errors.Is(err, io.EOF) && !first:
			return nil
		case err != nil:
			return fmt.Errorf("read CSV: %w", err)
		case first && strings.Join(row, ",") != header:
			return fmt.Errorf("read CSV: the columns are not %s", header)
		case first:
			continue
		}
		if err := take(row); err != nil {
			at, _ := rows.FieldPos(0)
			return fmt.Errorf("read CSV, line %d: %w", at, err)
		}
	}
}
