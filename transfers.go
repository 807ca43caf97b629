package maventa

import (
	"strconv"
	"unicode/utf8"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/decode"
	"github.com/maventa-go/maventa/internal/operation"
)

// CollectionType says where in its process the agency starts.
// Source: AX Swagger (v1) and the 2026 changelog entries (v2).
type CollectionType string

// Collection types.
const (
	CollectionReminderAndCollection CollectionType = "reminder_and_collection" // the whole process, reminders first
	CollectionOnly                  CollectionType = "collection"              // straight to collection
)

// Known reports whether t is one of the documented types.
func (t CollectionType) Known() bool {
	return t == CollectionReminderAndCollection || t == CollectionOnly
}

// ReceivablesType says what kind of claim a transfer is about.
// Source: the 2026 changelog entries.
type ReceivablesType string

// Receivables types. The rental ones exist in Finland only.
const (
	ReceivablesB2B       ReceivablesType = "b2b"
	ReceivablesB2C       ReceivablesType = "b2c"
	ReceivablesB2BRental ReceivablesType = "b2b_rental"
	ReceivablesB2CRental ReceivablesType = "b2c_rental"
)

// Known reports whether t is one of the documented types.
func (t ReceivablesType) Known() bool {
	switch t {
	case ReceivablesB2B, ReceivablesB2C, ReceivablesB2BRental, ReceivablesB2CRental:
		return true
	}
	return false
}

func (t ReceivablesType) isRental() bool {
	return t == ReceivablesB2BRental || t == ReceivablesB2CRental
}

// Payer is a debtor of a transfer.
//
// Inferred: all wire names. Documented is only that payers are given as
// objects, the main debtor first, each with the full address. A member in Extra
// wins over the typed field of the same name, so that a caller can
// correct a wrong guess.
type Payer struct {
	Name           string  `json:"name" api:"inferred"`
	BusinessID     string  `json:"bid,omitzero" api:"inferred"` // of a company, such as 1234567-1; the format is not documented: as on the invoice
	SSN            Secret  `json:"-" wire:"ssn" api:"inferred"` // personal identity number
	CustomerNumber string  `json:"customer_number,omitzero" api:"inferred"`
	Email          string  `json:"email,omitzero" api:"inferred"`
	PhoneNumber    string  `json:"phone_number,omitzero" api:"inferred"`
	Address        Address `json:"address" api:"inferred"`
	Extra          Extra   `json:"-"`
}

// MarshalJSON writes the typed fields, the SSN too, and Extra.
func (p Payer) MarshalJSON() ([]byte, error) { return decode.Marshal(&p) }

// TransferAmounts are the parts of a claim, each given separately and never
// merged, in the invoice's currency.
//
// Source: capital_amount and reminder_amount for Amili in the changelog of
// 2026-06-24. Inferred: the others, from v1, and all of them for Ropo, whose
// older draft page asks for capital, costs and interest separately.
type TransferAmounts struct {
	CapitalAmount           Amount      `json:"capital_amount"`  // unpaid part of the invoice, positive
	ReminderAmount          Amount      `json:"reminder_amount"` // reminder fees so far, zero or more
	InterestAmount          Opt[Amount] `json:"interest_amount,omitzero" api:"inferred"`
	InterestCalculationDate Date        `json:"interest_calculation_date,omitzero" api:"inferred"` // interest runs from here
}

// RentalDetails describe the flat of a rental claim.
//
// Inferred: all wire names, by analogy with the rental options of v1.
type RentalDetails struct {
	Address             string      `json:"address" api:"inferred"`
	CurrentTargetAmount Opt[Amount] `json:"current_target_amount,omitzero" api:"inferred"` // rent per month
	ContractType        string      `json:"contract_type,omitzero" api:"inferred"`         // continuous or temporary
	ContractExpiryDate  Date        `json:"contract_expiry_date,omitzero" api:"inferred"`
}

// RopoTransfer hands an overdue invoice to Ropo.
//
// Source: developer changelog 2026-04-08 for the types, payers and summary.
// Inferred: amounts and rental. A member in Extra wins over the typed field of
// the same name.
type RopoTransfer struct {
	CollectionType    CollectionType  `json:"collection_type"`
	ReceivablesType   ReceivablesType `json:"receivables_type"`
	Payers            []Payer         `json:"payers"`                      // main debtor first, co-debtors after
	AssignmentSummary string          `json:"assignment_summary,omitzero"` // what the claim is about; printed on letters
	Amounts           TransferAmounts `json:"amounts" api:"inferred"`
	Rental            *RentalDetails  `json:"rental,omitzero" api:"inferred"` // for the rental types
	Extra             Extra           `json:"-"`

	// DueDate and Currency of the invoice are not sent: Ropo's rules about
	// them are checked before sending. Ropo takes B2B invoices from 7 and B2C
	// from 14 days after the due date, in EUR, SEK or NOK.
	DueDate  Date   `json:"-"`
	Currency string `json:"-"`
	// Today is the date that counts for the waiting days; zero: today in UTC,
	// which in the Nordic countries is never too early.
	Today Date `json:"-"`
}

// MarshalJSON writes the typed fields and Extra.
func (t RopoTransfer) MarshalJSON() ([]byte, error) { return decode.Marshal(&t) }

// Ropo's waiting days after the due date. Source: Ropo guide (2026). That the
// rental types wait alike is Inferred.
const (
	ropoWaitB2B = 7
	ropoWaitB2C = 14
)

// Validate returns what [InvoiceService.TransferToRopo] with these options would
// refuse in the transfer, before anything is sent: an error that matches
// [ErrValidation] and names the fields. It needs no client.
func (t RopoTransfer) Validate(opts ...CallOption) error {
	return validateBody(&t, operation.InvoicesTransferToRopo, opts)
}

func (t *RopoTransfer) validate(p *call.Problems) {
	validateTypes(p, t.CollectionType, t.ReceivablesType)
	if p.NoPreflight {
		return
	}
	validatePayers(t.Payers, p.Add)
	validateAmounts(t.Amounts, p.Add)
	validateSummary(t.AssignmentSummary, p.Warn) // the limit is documented for v1 only
	t.validateWait(p)
	switch t.Currency {
	case "EUR":
	case "SEK", "NOK":
		if t.ReceivablesType.isRental() {
			p.Add("receivables_type", "rental claims exist in Finland only, where the currency is EUR")
		}
	case "":
		p.Add("currency", "is needed to check what Ropo takes; it is not sent")
	default:
		p.Add("currency", "must be EUR, SEK or NOK for Ropo, not "+call.QuoteCut(t.Currency, 8))
	}
	if t.ReceivablesType == ReceivablesB2CRental && len(t.Payers) > 0 {
		if t.Payers[0].SSN == "" && t.Payers[0].Extra.Len() == 0 {
			p.Add("payers[0].ssn", "is required for a consumer's rental claim")
		}
		if t.Rental == nil && t.Extra.Len() == 0 {
			p.Add("rental", "is required for a consumer's rental claim")
		}
	}
}

// FirstRopoDay is the first day on which Ropo takes a claim of this type that was due
// on dueDate: 7 days later for B2B, 14 for B2C. The zero Date has none. Amili's
// waiting days are not documented. Source: Ropo guide (2026), which does not speak of
// the rental types: they are taken to wait alike.
func (t ReceivablesType) FirstRopoDay(dueDate Date) Date { return dueDate.AddDays(t.ropoWait()) }

func (t ReceivablesType) ropoWait() int {
	if t == ReceivablesB2B || t == ReceivablesB2BRental {
		return ropoWaitB2B
	}
	return ropoWaitB2C
}

func (t *RopoTransfer) validateWait(p *call.Problems) {
	if t.DueDate.IsZero() {
		p.Add("due_date", "is needed to check Ropo's waiting days; it is not sent")
		return
	}
	report := p.Add
	if t.ReceivablesType.isRental() {
		report = p.Warn
	}
	if from := t.ReceivablesType.FirstRopoDay(t.DueDate); orToday(t.Today).Before(from) {
		report("due_date", "Ropo takes "+string(t.ReceivablesType)+" claims from "+strconv.Itoa(t.ReceivablesType.ropoWait())+" days after the due date: from "+from.String())
	}
}

// AmiliTransfer hands an overdue invoice to Visma Amili (Perintä).
//
// Source: developer changelog 2026-06-24. A member in Extra wins over the typed
// field of the same name.
type AmiliTransfer struct {
	CollectionType    CollectionType  `json:"collection_type"`
	ReceivablesType   ReceivablesType `json:"receivables_type"`
	Payers            []Payer         `json:"payers"`                      // main debtor first, co-debtors after
	AssignmentSummary string          `json:"assignment_summary,omitzero"` // what the claim is about; printed on letters
	Amounts           TransferAmounts `json:"amounts"`
	ReminderDate      Date            `json:"reminder_date,omitzero"` // of an earlier reminder. Inferred: the meaning
	Extra             Extra           `json:"-"`
}

// MarshalJSON writes the typed fields and Extra.
func (t AmiliTransfer) MarshalJSON() ([]byte, error) { return decode.Marshal(&t) }

// Validate returns what [InvoiceService.TransferToAmili] with these options would
// refuse in the transfer, before anything is sent: an error that matches
// [ErrValidation] and names the fields. It needs no client.
func (t AmiliTransfer) Validate(opts ...CallOption) error {
	return validateBody(&t, operation.InvoicesTransferToAmili, opts)
}

// validate refuses only what can never be right: no limits are documented for
// Amili's v2 call, so the rest is a warning to the client's logger.
func (t *AmiliTransfer) validate(p *call.Problems) {
	validateTypes(p, t.CollectionType, t.ReceivablesType)
	if p.NoPreflight {
		return
	}
	if len(t.Payers) == 0 {
		p.Add("payers", "needs the main debtor")
	}
	validatePayers(t.Payers, p.Warn)
	interest, _ := t.Amounts.InterestAmount.Get()
	if min(t.Amounts.CapitalAmount.Sign(), t.Amounts.ReminderAmount.Sign(), interest.Sign()) < 0 {
		validateAmounts(t.Amounts, p.Add)
	} else {
		validateAmounts(t.Amounts, p.Warn)
	}
	validateSummary(t.AssignmentSummary, p.Warn)
}

// AmiliTransferV1 is the body of the older Amili call: either CollectableAmount
// or Amounts, never both. Its rental and housing options are Intrum's and left
// out. Source: AX Swagger.
type AmiliTransferV1 struct {
	CollectionType    CollectionType `json:"collection_type"`
	CollectableAmount Opt[Amount]    `json:"collectable_amount,omitzero"` // positive
	Amounts           *AmountsV1     `json:"amounts,omitzero"`
	PayerIdentifiers  []string       `json:"payer_identifiers,omitzero"`  // the payers' customer numbers, join their assignments
	PayerSSNs         []Secret       `json:"-" wire:"payer_ssns"`         // personal identity numbers, for legal collection
	AssignmentSummary string         `json:"assignment_summary,omitzero"` // printed on letters; 2 to 64 characters
}

// AmountsV1 are the parts of a claim in the v1 call, all three positive.
type AmountsV1 struct {
	CapitalAmount           Amount `json:"capital_amount"`
	ReminderAmount          Amount `json:"reminder_amount"`
	InterestAmount          Amount `json:"interest_amount"`
	InterestCalculationDate Date   `json:"interest_calculation_date,omitzero"` // interest runs from here
}

// MarshalJSON writes the typed fields, the SSNs too.
func (t AmiliTransferV1) MarshalJSON() ([]byte, error) { return decode.Marshal(&t) }

// Validate returns what [InvoiceService.TransferToAmiliV1] would refuse before sending.
func (t AmiliTransferV1) Validate(opts ...CallOption) error {
	return validateBody(&t, operation.InvoicesTransferToAmiliV1, opts)
}

func (t *AmiliTransferV1) validate(p *call.Problems) {
	p.Enum("collection_type", string(t.CollectionType), t.CollectionType.Known())
	if p.NoPreflight {
		return
	}
	amount, single := t.CollectableAmount.Get()
	switch {
	case single == (t.Amounts != nil):
		p.Add("amounts", "or collectable_amount is required, and not both")
	case single && amount.Sign() <= 0:
		p.Add("collectable_amount", "must be positive")
	case !single:
		positive(p.Add, "amounts.capital_amount", t.Amounts.CapitalAmount)
		positive(p.Add, "amounts.reminder_amount", t.Amounts.ReminderAmount)
		positive(p.Add, "amounts.interest_amount", t.Amounts.InterestAmount)
	}
	validateSummary(t.AssignmentSummary, p.Add)
}

func validateTypes(p *call.Problems, c CollectionType, r ReceivablesType) {
	p.Enum("collection_type", string(c), c.Known())
	p.Enum("receivables_type", string(r), r.Known())
}

// validatePayers asks for a main debtor, and a name and full address of each.
func validatePayers(payers []Payer, report func(field, problem string)) {
	if len(payers) == 0 {
		report("payers", "needs the main debtor")
	}
	for i, payer := range payers {
		if payer.Extra.Len() > 0 {
			continue // the caller knows other names than this package guesses
		}
		field := "payers[" + strconv.Itoa(i) + "]"
		check := &call.Problems{}
		check.Required(field+".name", payer.Name)
		payer.Address.validate(check, field+".address")
		for _, found := range check.List {
			report(found.Field, found.Problem)
		}
	}
}

func validateAmounts(a TransferAmounts, report func(field, problem string)) {
	positive(report, "amounts.capital_amount", a.CapitalAmount)
	if a.ReminderAmount.Sign() < 0 {
		report("amounts.reminder_amount", "must not be negative")
	}
	if interest, ok := a.InterestAmount.Get(); ok && interest.Sign() < 0 {
		report("amounts.interest_amount", "must not be negative")
	}
}

func positive(report func(field, problem string), field string, a Amount) {
	if a.Sign() <= 0 {
		report(field, "must be positive")
	}
}

func validateSummary(s string, report func(field, problem string)) {
	if n := utf8.RuneCountInString(s); s != "" && (n < 2 || n > 64) {
		report("assignment_summary", "must have 2 to 64 characters, not "+strconv.Itoa(n))
	}
}
