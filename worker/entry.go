package worker

import (
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// Kind is what an entry is.
type Kind string

// The kinds of entries.
const (
	Payment       Kind = "payment"         // the debtor paid to us: Amount, Date, BankLine
	CreditNote    Kind = "credit_note"     // Amount, Date, Number
	Comment       Kind = "comment"         // Text
	DueDateChange Kind = "due_date_change" // DueDate
	Stop          Kind = "stop"            // collection stops until Until
	Cancellation  Kind = "cancellation"    // Text, or none
	CreditLoss    Kind = "credit_loss"     // Date
	Transfer      Kind = "transfer"        // Handover: the invoice goes to an agency
)

// Entry is something that happened in the books of a company, and that is to reach
// Maventa once. It is stored under its key until it did.
type Entry struct {
	Kind Kind `json:"kind"`
	// AssignmentID or InvoiceID says what it is about. A transfer has an InvoiceID. What
	// is reported by InvoiceID waits until the invoice is in collection.
	AssignmentID string `json:"assignment_id,omitzero"`
	InvoiceID    string `json:"invoice_id,omitzero"`

	Amount   string       `json:"amount,omitzero"`   // "12.50", in the invoice's currency
	Currency string       `json:"currency,omitzero"` // "EUR"; empty: the assignment's
	Date     maventa.Date `json:"date,omitzero"`     // of the payment, credit note or loss
	Number   string       `json:"number,omitzero"`   // of the credit note
	Text     string       `json:"text,omitzero"`
	DueDate  maventa.Date `json:"due_date,omitzero"`
	Until    maventa.Date `json:"until,omitzero"`

	BankLine *BankLine `json:"bank_line,omitzero"`
	Handover *Handover `json:"transfer,omitzero"`
	// NotBefore is when it is to be sent; zero: now.
	NotBefore time.Time `json:"not_before,omitzero"`
}

// BankLine is the line of a bank statement that a payment stands on; see
// ledger.BankLine.
type BankLine struct {
	ID        string           `json:"id"`
	Amount    string           `json:"amount"` // of the whole line
	Payer     string           `json:"payer,omitzero"`
	PayerKind ledger.PayerKind `json:"payer_kind,omitzero"`
}

// Handover is what an agency gets with a transfer. Identity numbers are refused: they
// would be stored.
type Handover struct {
	Agency            string                  `json:"agency"` // ropo or amili
	CollectionType    maventa.CollectionType  `json:"collection_type"`
	ReceivablesType   maventa.ReceivablesType `json:"receivables_type"`
	Payers            []maventa.Payer         `json:"payers"` // main debtor first
	AssignmentSummary string                  `json:"assignment_summary,omitzero"`
	Amounts           maventa.TransferAmounts `json:"amounts"`
	ReminderDate      maventa.Date            `json:"reminder_date,omitzero"` // Amili
	// Contains are the keys of payments and credit notes that Amounts contain already.
	Contains []string `json:"contains,omitzero"`
	// Case is 2 if the invoice is handed over once more after its first case was closed.
	Case int `json:"case,omitzero"`
}

// kindOf is the kind that an entry was put with.
func kindOf(e *sqlstore.OutboxEntry) Kind {
	switch {
	case e.Event == nil:
		return Transfer
	case e.Event.Event.Type == maventa.EventPaid:
		return Payment
	case e.Event.Event.Type == maventa.EventCollectionStop:
		return Stop
	}
	return Kind(e.Event.Event.Type) // the others have one name
}

// capitalOf is what is transferred, without costs.
func capitalOf(t *ledger.TransferEntry) maventa.Amount {
	if t.Amili != nil {
		return t.Amili.Amounts.CapitalAmount
	}
	return t.Ropo.Amounts.CapitalAmount
}

// invalid is the error of data that cannot be taken in.
func invalid(fields ...maventa.FieldProblem) error {
	return &maventa.Error{
		Operation: "worker", Phase: maventa.PhaseBuild, Kind: maventa.ErrValidation, Outcome: maventa.OutcomeNotSent, Fields: fields,
	}
}

// correctionKey begins the key of an item about an entry that was taken back too late; see
// sqlstore.Outbox.Withdraw.
const correctionKey = "correction/"

// outbox makes of an entry what is stored until it is sent. The error matches
// maventa.ErrValidation and names the fields.
func (e *Entry) outbox(companyID, key string) (sqlstore.OutboxEntry, error) {
	out := sqlstore.OutboxEntry{
		CompanyID: companyID, AssignmentID: call.CanonicalID(e.AssignmentID), InvoiceID: call.CanonicalID(e.InvoiceID), Due: e.NotBefore,
	}
	var wrong []maventa.FieldProblem
	if strings.TrimSpace(key) != key || key == "" || !isText(key) {
		wrong = append(wrong, maventa.FieldProblem{Field: "key", Problem: "is required, without spaces around it and without control characters"})
	}
	for _, own := range []string{"company/", correctionKey, uncoveredKey} { // of items of the work list that are no entries
		if strings.HasPrefix(key, own) {
			wrong = append(wrong, maventa.FieldProblem{Field: "key", Problem: "must not begin with " + own})
		}
	}
	if (e.AssignmentID == "") == (e.InvoiceID == "") {
		wrong = append(wrong, maventa.FieldProblem{Field: "assignment_id", Problem: "one of assignment_id and invoice_id is required, and not both"})
	}
	if e.Kind == Transfer {
		transfer, problems := e.transfer(key)
		out.Transfer = transfer
		wrong = append(wrong, problems...)
	} else {
		event, problems := e.event()
		out.Event = &ledger.Entry{Key: key, Event: event, Currency: e.Currency}
		if e.BankLine != nil {
			line, problem := e.BankLine.line()
			out.Event.Bank = line
			wrong = append(wrong, problem...)
		}
		wrong = append(wrong, problems...)
		wrong = append(wrong, e.refused(out.Event, len(problems) > 0)...)
	}
	wrong = append(wrong, e.stray()...)
	if len(wrong) > 0 {
		return out, invalid(wrong...)
	}
	return out, nil
}

// members are those of each kind, besides kind, assignment_id, invoice_id, currency and
// not_before.
var members = map[Kind][]string{
	Payment:       {"amount", "date", "bank_line"},
	CreditNote:    {"amount", "date", "number"},
	Comment:       {"text"},
	DueDateChange: {"due_date"},
	Stop:          {"until"},
	Cancellation:  {"text"},
	CreditLoss:    {"amount", "date"},
	Transfer:      {"due_date", "transfer"},
}

// stray names the members that an entry of its kind does not have. They would not be
// sent, and nobody would notice.
func (e *Entry) stray() (wrong []maventa.FieldProblem) {
	own, isKnown := members[e.Kind]
	for _, m := range []struct {
		name  string
		given bool
	}{
		{"amount", e.Amount != ""},
		{"date", !e.Date.IsZero()},
		{"number", e.Number != ""},
		{"text", e.Text != ""},
		{"due_date", !e.DueDate.IsZero()},
		{"until", !e.Until.IsZero()},
		{"bank_line", e.BankLine != nil},
		{"transfer", e.Handover != nil},
	} {
		if isKnown && m.given && !slices.Contains(own, m.name) {
			wrong = append(wrong, maventa.FieldProblem{Field: m.name, Problem: "is no member of kind " + string(e.Kind) + ", and would not be sent"})
		}
	}
	return wrong
}

// parseAmount reads an amount as openapi.yaml writes it: without an exponent.
func parseAmount(text string) (maventa.Amount, error) {
	if strings.ContainsAny(text, "eE") {
		return maventa.Amount{}, invalid(maventa.FieldProblem{Field: "amount", Problem: "has an exponent"})
	}
	return maventa.ParseAmount(text)
}

// event is the entry as an event, with what is wrong with it.
func (e *Entry) event() (event maventa.NewEvent, wrong []maventa.FieldProblem) {
	amount := maventa.Amount{}
	if e.Kind == Payment || e.Kind == CreditNote || e.Amount != "" {
		var err error
		switch amount, err = parseAmount(e.Amount); {
		case e.Amount == "":
			wrong = append(wrong, maventa.FieldProblem{Field: "amount", Problem: "is required"})
		case err != nil:
			wrong = append(wrong, maventa.FieldProblem{Field: "amount", Problem: `must be a decimal such as "12.50"`})
		}
	}
	switch e.Kind {
	case Payment:
		event = maventa.DirectPayment(amount, e.Date)
	case CreditNote:
		event = maventa.CreditNote(amount, e.Date, e.Number)
	case Comment:
		event = maventa.Comment(e.Text)
	case DueDateChange:
		event = maventa.DueDateChange(e.DueDate)
	case Stop:
		event = maventa.CollectionStop(e.Until)
	case Cancellation:
		event = maventa.Cancellation(e.Text)
	case CreditLoss:
		event = maventa.CreditLoss(e.Date)
		if e.Amount != "" {
			event.Amount = maventa.Some(amount)
		}
	default:
		return event, append(wrong, maventa.FieldProblem{
			Field: "kind", Problem: "must be payment, credit_note, comment, due_date_change, stop, cancellation, credit_loss or transfer",
		})
	}
	return event, wrong
}

// refused is what the ledger would refuse of an entry when it is reported, in the names
// of the members here. What is wrong with an amount or with the key is known before.
func (e *Entry) refused(entry *ledger.Entry, isKnown bool) (wrong []maventa.FieldProblem) {
	if entry.Event.Type == "" { // of a kind that there is not
		return nil
	}
	at := time.Now()
	if e.NotBefore.After(at) {
		at = e.NotBefore
	}
	for _, p := range problemsOf(entry.Validate(at)) {
		switch p.Field {
		case "key":
			continue
		case "amount":
			if isKnown {
				continue
			}
		case "bank.id":
			p.Field = "bank_line.id"
		}
		wrong = append(wrong, p)
	}
	return wrong
}

// transfer is the entry as a transfer, with what is wrong with it.
func (e *Entry) transfer(key string) (*ledger.TransferEntry, []maventa.FieldProblem) {
	h := e.Handover
	if h == nil || e.InvoiceID == "" {
		return nil, []maventa.FieldProblem{{Field: "transfer", Problem: "is required, with invoice_id"}}
	}
	t := &ledger.TransferEntry{Key: key, Contains: h.Contains, Case: h.Case}
	var wrong []maventa.FieldProblem
	for _, p := range h.Payers {
		if p.SSN != "" {
			wrong = append(wrong, maventa.FieldProblem{Field: "transfer.payers.ssn", Problem: "is not taken, since it would be stored"})
		}
	}
	var err error
	switch h.Agency {
	case "ropo":
		t.Ropo = &maventa.RopoTransfer{
			CollectionType: h.CollectionType, ReceivablesType: h.ReceivablesType, Payers: h.Payers,
			AssignmentSummary: h.AssignmentSummary, Amounts: h.Amounts, DueDate: e.DueDate, Currency: e.Currency,
		}
		err = t.Ropo.Validate()
		if !h.ReminderDate.IsZero() {
			wrong = append(wrong, maventa.FieldProblem{Field: "transfer.reminder_date", Problem: "is Amili's, and would not be sent to Ropo"})
		}
	case "amili":
		t.Amili = &maventa.AmiliTransfer{
			CollectionType: h.CollectionType, ReceivablesType: h.ReceivablesType, Payers: h.Payers,
			AssignmentSummary: h.AssignmentSummary, Amounts: h.Amounts, ReminderDate: h.ReminderDate,
		}
		err = t.Amili.Validate()
		if !e.DueDate.IsZero() {
			wrong = append(wrong, maventa.FieldProblem{Field: "due_date", Problem: "is Ropo's, and would not be sent to Amili"})
		}
	default:
		return t, append(wrong, maventa.FieldProblem{Field: "transfer.agency", Problem: "must be ropo or amili"})
	}
	return t, append(wrong, problemsOf(err)...)
}

func (b *BankLine) line() (*ledger.BankLine, []maventa.FieldProblem) {
	amount, err := parseAmount(b.Amount)
	if err != nil {
		return nil, []maventa.FieldProblem{{Field: "bank_line.amount", Problem: `must be a decimal such as "12.50"`}}
	}
	return &ledger.BankLine{ID: b.ID, Amount: amount, Payer: b.Payer, PayerKind: b.PayerKind}, nil
}

func problemsOf(err error) []maventa.FieldProblem {
	if err == nil {
		return nil
	}
	if fields := maventa.Advise(err).Fields; len(fields) > 0 {
		return fields
	}
	return []maventa.FieldProblem{{Field: "entry", Problem: err.Error()}}
}

// ParseEntry reads an entry from JSON, whose amounts are strings. A member that it does
// not know is an error, since it may be a misspelt one. The error matches
// maventa.ErrValidation and names the member.
func ParseEntry(text []byte) (*Entry, error) {
	var e Entry
	if err := decodeStrict(text, &e); err != nil {
		return nil, err
	}
	return &e, nil
}
