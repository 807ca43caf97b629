package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/worker"
)

// overdue is how many days the invoices of a demo are.
const overdue = 20

// What a company of a demo has. The payments of an assignment have different amounts,
// so that each can be found again.
const (
	demoAssignments = 4 // that the agency has at the beginning
	demoInvoices    = 3 // that are transferred; each has payments that wait for it
	demoTotal       = "10000.00"
	agencyPayments  = 2     // that the agency gets, of each assignment
	agencyCents     = ".77" // what they end with, and no other
)

// story is what happens in a demo: in the books of the ERP, and at the agency.
type story struct {
	maventa   demoMaventa
	companies []demoCompany
	payments  int
	rows      []intakeRow     // what the ERP writes while the worker runs, in this order
	booked    map[string]bool // by id: the events of the agency
}

type demoCompany struct {
	worker.Company

	name      string
	claims    []*claim
	transfers map[string]worker.Entry // by key, of invoices
}

// claim is an invoice that the agency has, or gets.
type claim struct {
	assignmentID, invoiceID string // one of them

	payments []string // amounts, each reported once
	credits  []string // likewise, of credit notes
}

// intakeRow is a row of maventa_intake.
type intakeRow struct {
	companyID, key string
	kind           worker.Kind
	assignmentID   string
	invoiceID      string
	amount         string
	more           string // JSON
}

// newStory adds the companies with their invoices to a Maventa, and thinks of payments.
func newStory(m demoMaventa, companies, payments int) (*story, error) {
	s := &story{maventa: m, payments: payments, booked: map[string]bool{}}
	for i := range companies {
		c := demoCompany{name: fmt.Sprintf("Yritys %d Oy", i+1), transfers: map[string]worker.Entry{}}
		c.BusinessID = fmt.Sprintf("%07d-0", i+1)
		var err error
		if c.Credentials, err = m.addCompany(c.name, c.BusinessID); err != nil {
			return nil, err
		}
		for range demoAssignments {
			id, err := m.addAssignment(c.CompanyID, demoTotal)
			if err != nil {
				return nil, err
			}
			c.claims = append(c.claims, &claim{assignmentID: id})
		}
		for range demoInvoices {
			id, err := m.addInvoice(c.CompanyID, demoTotal)
			if err != nil {
				return nil, err
			}
			c.claims = append(c.claims, &claim{invoiceID: id})
			c.transfers["collect/"+id] = s.transfer(id)
		}
		s.companies = append(s.companies, c)
	}
	for i := range payments {
		c := &s.companies[i%companies]
		of := c.claims[i/companies%len(c.claims)]
		row := intakeRow{c.CompanyID, fmt.Sprintf("bank/%d", i+1), worker.Payment, of.assignmentID, of.invoiceID, "", ""}
		const creditNotes = 9 // one of so many, if the agency has the invoice: it would stop a transfer
		if row.amount = fmt.Sprintf("%d.%02d", len(of.payments)+len(of.credits)+1, i%50); of.assignmentID != "" && i%creditNotes == creditNotes-1 {
			row.kind, row.key, row.more = worker.CreditNote, fmt.Sprintf("credit/%d", i+1), fmt.Sprintf(`{"number": "H-%d"}`, i+1)
			of.credits = append(of.credits, row.amount)
		} else {
			of.payments = append(of.payments, row.amount)
		}
		s.rows = append(s.rows, row)
	}
	rand.Shuffle(len(s.rows), func(i, j int) { s.rows[i], s.rows[j] = s.rows[j], s.rows[i] }) //nolint:gosec // any order
	return s, nil
}

func (s *story) transfer(invoiceID string) worker.Entry {
	return worker.Entry{
		Kind: worker.Transfer, InvoiceID: invoiceID, Currency: "EUR", DueDate: s.maventa.today().AddDays(-overdue),
		Handover: &worker.Handover{
			Agency: "ropo", CollectionType: maventa.CollectionReminderAndCollection, ReceivablesType: maventa.ReceivablesB2B,
			Payers: []maventa.Payer{{Name: "Velallinen Oy", Address: maventa.Address{
				Country: "FI", Streets: []string{"Keksitty katu 1"}, City: "Helsinki", ZipCode: "00100",
			}}},
			Amounts: maventa.TransferAmounts{CapitalAmount: maventa.MustAmount(demoTotal)},
		},
	}
}

// prepare makes the tables, and puts the transfers there: by Go, as a program does that
// has the package.
func (s *story) prepare(ctx context.Context, c worker.Config) (err error) {
	for _, one := range s.companies {
		c.Companies = append(c.Companies, one.Company)
	}
	w, err := worker.Open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if err := w.Migrate(ctx); err != nil {
		return err
	}
	if err := w.SetCompanies(ctx, c.Companies); err != nil {
		return err
	}
	for _, one := range s.companies {
		if err := w.SetKnownUntil(ctx, one.CompanyID, maventa.DateOf(time.Now())); err != nil {
			return err
		}
		for key, e := range one.transfers {
			if _, err := w.Put(ctx, one.CompanyID, key, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// book writes the next n rows, as an ERP does that shares the database, and lets the
// agency get some payments. It reports whether there are more.
func (s *story) book(ctx context.Context, db *sql.DB, n int) (more bool, err error) {
	now := s.rows[:min(n, len(s.rows))]
	s.rows = s.rows[len(now):]
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	for _, r := range now {
		_, err := tx.ExecContext(ctx, `INSERT INTO maventa_intake (company_id, entry_key, kind, assignment_id, invoice_id, amount, currency, date, more)
			VALUES ($1, $2, $3, $4, $5, $6, 'EUR', $7, $8)`,
			r.companyID, r.key, string(r.kind), r.assignmentID, r.invoiceID, r.amount, s.maventa.today().String(), r.more)
		if err != nil {
			return false, errors.Join(err, tx.Rollback())
		}
	}
	if err := tx.Commit(); err != nil {
		return false, err
	}
	for range max(1, n*s.agencyEvents()/s.payments) {
		if err := s.agencyPays(); err != nil {
			return false, err
		}
	}
	return len(s.rows) > 0 || len(s.booked) < s.agencyEvents(), nil
}

// agencyPays books the next payment at the agency.
func (s *story) agencyPays() error {
	next := len(s.booked)
	if next >= s.agencyEvents() {
		return nil
	}
	c := s.companies[next%len(s.companies)]
	of := c.claims[next/len(s.companies)%demoAssignments]
	id, err := s.maventa.agencyPaid(of.assignmentID, fmt.Sprintf("%d%s", next/len(s.companies)+1, agencyCents))
	s.booked[id] = true
	return err
}

func (s *story) agencyEvents() int { return len(s.companies) * demoAssignments * agencyPayments }
