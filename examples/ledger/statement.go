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
	"github.com/maventa-go/maventa/ledger"
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

// classify says what a line is. Money counts as a direct payment only if all is
// as it should be: Amili pays out under the reference of the original invoice,
// so that the reference alone proves nothing.
func (l *line) classify(claims []claim) {
	found := slices.IndexFunc(claims, func(c claim) bool { return c.reference == l.reference })
	switch {
	case l.bank().IsPayout():
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

// bank is the line as the ledger wants it, which refuses a payout once more.
func (l *line) bank() *ledger.BankLine {
	return &ledger.BankLine{ID: l.archiveID, Amount: l.amount, Payer: l.payer}
}

// key is the business key of a direct payment: the whole line pays one invoice.
func (l *line) key() string { return l.bank().Key(l.claim.invoiceID, 1) }

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
	err := eachRow(r, "reference", "invoice_id,reference,agency,debtor,total,currency", func(row []string) error {
		total, err := maventa.ParseAmount(row[4])
		claims = append(claims, claim{row[0], row[1], row[2], row[3], total, row[5]})
		return err
	})
	return claims, err
}

// readStatement reads the bank's lines from CSV and classifies them.
func readStatement(r io.Reader, claims []claim) ([]line, error) {
	var lines []line
	err := eachRow(r, "archive_id", "archive_id,date,amount,currency,payer,reference", func(row []string) error {
		date, dateErr := maventa.ParseDate(row[1])
		amount, amountErr := maventa.ParseAmount(row[2])
		l := line{archiveID: row[0], date: date, amount: amount, currency: row[3], payer: row[4], reference: row[5]}
		l.classify(claims)
		lines = append(lines, l)
		return errors.Join(dateErr, amountErr)
	})
	return lines, err
}

// eachRow goes through the rows of a CSV file that begins with this header. A row that
// is given twice counts once; another one under the same key is an error, and so is an
// empty key: two equal payments would look like one. Spaces around a field do not count:
// a key with one would be another key.
func eachRow(r io.Reader, key, header string, take func(row []string) error) error {
	text, err := utf8Text(r)
	if err != nil {
		return fmt.Errorf("read CSV: %w", err)
	}
	rows, known := csv.NewReader(bytes.NewReader(text)), map[string][]string{}
	column := slices.Index(strings.Split(header, ","), key)
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
			return fmt.Errorf("read CSV: the columns are not %s, with commas between", header)
		case first:
			continue
		}
		at, _ := rows.FieldPos(0)
		earlier, isKnown := known[row[column]]
		switch {
		case row[column] == "":
			return fmt.Errorf("read CSV, line %d: %s is empty", at, key)
		case isKnown && !slices.Equal(earlier, row):
			return fmt.Errorf("read CSV, line %d: %s %s is that of another row, too", at, key, row[column])
		case isKnown:
			continue
		}
		known[row[column]] = row
		if err := take(row); err != nil {
			return fmt.Errorf("read CSV, line %d: %w", at, err)
		}
	}
}

// utf8Text reads a text in UTF-8, with or without the byte order mark that
// spreadsheets write.
func utf8Text(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(r)
	switch {
	case err != nil:
		return nil, err
	case bytes.IndexByte(text, 0) >= 0:
		return nil, errors.New("the text holds zero bytes, as UTF-16 does: save the file as UTF-8")
	case !utf8.Valid(text):
		return nil, errors.New("the text is not UTF-8, but perhaps Windows-1252: save the file as UTF-8")
	}
	return bytes.TrimPrefix(text, []byte("\ufeff")), nil
}
