package ax

import (
	"context"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/decode"
	"github.com/maventa-go/maventa/internal/operation"
)

// OPInvoiceCreditService is OP Laskulaina, a bank's credit on invoices. Finland
// only. Amounts are in the currency of the credit.
type OPInvoiceCreditService struct{ c *maventa.Client }

// OPInvoiceCredit is the state of the service. Source: AX Swagger.
type OPInvoiceCredit struct {
	Status        maventa.ServiceStatus `json:"status,omitzero"`
	ChannelUserID string                `json:"channel_user_id,omitzero"`
	ContactEmail  string                `json:"contact_email,omitzero"`
	IBAN          string                `json:"iban,omitzero"`
	BIC           string                `json:"bic,omitzero"`
	Bank          string                `json:"bank,omitzero"`
	ActivationURL maventa.Secret        `json:"activation_url,omitzero"` // whoever has it can open the form
	BankDetails   OPBankDetails         `json:"op_bank_details,omitzero"`
	Extra         maventa.Extra         `json:"-"`
}

// The schema requires no member.
func (c *OPInvoiceCredit) proven() bool { return call.Recognized(c) }

// OPBankDetails are where debtors pay once the service is active.
type OPBankDetails struct {
	IBAN           string         `json:"iban,omitzero"`
	BIC            string         `json:"bic,omitzero"`
	TransferClause TransferClause `json:"transfer_clause,omitzero"`
	Extra          maventa.Extra  `json:"-"`
}

// TransferClause is to be printed on invoices.
type TransferClause struct {
	LanguageCode string        `json:"language_code,omitzero"`
	Content      string        `json:"content,omitzero"`
	Extra        maventa.Extra `json:"-"`
}

// OPCreditTerms are what the bank offers or has agreed to.
type OPCreditTerms struct {
	// B2CEnabled: invoices to consumers count towards the credit.
	B2CEnabled bool `json:"b2c_enabled"`
	// PaymentPercent is how much of each payment pays back the credit.
	PaymentPercent int            `json:"payment_percent"`
	InterestRate   int            `json:"interest_rate"` // percent
	CreditLimit    maventa.Amount `json:"credit_limit" decode:"must"`
	Extra          maventa.Extra  `json:"-"`
}

// MarshalJSON writes the typed fields and Extra.
func (t OPCreditTerms) MarshalJSON() ([]byte, error) { return decode.Marshal(&t) }

// OPCreditSettings are the terms that hold, and those that are offered.
type OPCreditSettings struct {
	Current OPCreditTerms `json:"current,omitzero"`
	Offer   OPCreditTerms `json:"offer,omitzero"`
	Extra   maventa.Extra `json:"-"`
}

// OPActivation starts the service.
type OPActivation struct {
	ContactEmail string `json:"contact_email"`
	IBAN         string `json:"iban"`
	BIC          string `json:"bic"`
	Bank         string `json:"bank"`
}

func (a *OPActivation) validate(p *call.Problems) {
	p.Required("contact_email", a.ContactEmail)
	p.Required("iban", a.IBAN)
	p.Required("bic", a.BIC)
	p.Required("bank", a.Bank)
}

// OPAvailableCredit is what can be withdrawn.
type OPAvailableCredit struct {
	AvailableCreditAmount maventa.Opt[maventa.Amount] `json:"available_credit_amount,omitzero"`
	Currency              string                      `json:"currency,omitzero"`
	CurrentMonthInterest  maventa.Opt[maventa.Amount] `json:"current_month_interest,omitzero"`
	InterestBalance       maventa.Opt[maventa.Amount] `json:"interest_balance,omitzero"`
	MaxCreditAmount       maventa.Opt[maventa.Amount] `json:"max_credit_amount,omitzero"`
	TotalCollateralAmount maventa.Opt[maventa.Amount] `json:"total_collateral_amount,omitzero"`
	TotalWithdrawn        maventa.Opt[maventa.Amount] `json:"total_withdrawn,omitzero"`
	Extra                 maventa.Extra               `json:"-"`
}

type opWithdrawal struct {
	Amount maventa.Amount `json:"amount"`
}

func (w *opWithdrawal) validate(p *call.Problems) {
	if w.Amount.Sign() <= 0 {
		p.Add("amount", "must be positive")
	}
}

type opDirectPayment struct {
	InvoiceID string `json:"invoice_id"`
}

func (d *opDirectPayment) validate(p *call.Problems) { p.Required("invoice_id", d.InvoiceID) }

// Offer reads what the bank offers before an activation.
//
// GET /v1/services/op_invoice_credit/offer. Source: AX Swagger.
func (s OPInvoiceCreditService) Offer(ctx context.Context, opts ...maventa.CallOption) (*OPCreditTerms, error) {
	return one[OPCreditTerms](ctx, s.c, request(operation.OPInvoiceCreditOffer), opts)
}

// Status reads the state of the service. An error that matches [maventa.ErrNotFound]
// means that it is not enabled.
//
// GET /v1/services/op_invoice_credit. Source: AX Swagger.
func (s OPInvoiceCreditService) Status(ctx context.Context, opts ...maventa.CallOption) (*OPInvoiceCredit, error) {
	return one[OPInvoiceCredit](ctx, s.c, request(operation.OPInvoiceCreditStatus), opts)
}

// Activate starts the service. A person has to sign.
//
// PUT /v1/services/op_invoice_credit. Source: AX Swagger.
func (s OPInvoiceCreditService) Activate(ctx context.Context, a OPActivation, opts ...maventa.CallOption) (*OPInvoiceCredit, error) {
	return one[OPInvoiceCredit](ctx, s.c, withBody(operation.OPInvoiceCreditActivate, &a), opts)
}

// Settings reads the terms that hold and those that are offered.
//
// GET /v1/services/op_invoice_credit/settings. Source: AX Swagger.
func (s OPInvoiceCreditService) Settings(ctx context.Context, opts ...maventa.CallOption) (*OPCreditSettings, error) {
	return one[OPCreditSettings](ctx, s.c, request(operation.OPInvoiceCreditSettings), opts)
}

// UpdateSettings agrees to terms.
//
// POST /v1/services/op_invoice_credit/settings. Source: AX Swagger.
func (s OPInvoiceCreditService) UpdateSettings(ctx context.Context, terms OPCreditTerms, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, withBody(operation.OPInvoiceCreditUpdateSettings, &terms), nil, opts...)
}

// AvailableCredit reads what can be withdrawn.
//
// GET /v1/services/op_invoice_credit/available_credit. Source: AX Swagger.
func (s OPInvoiceCreditService) AvailableCredit(ctx context.Context, opts ...maventa.CallOption) (*OPAvailableCredit, error) {
	return one[OPAvailableCredit](ctx, s.c, request(operation.OPInvoiceCreditAvailableCredit), opts)
}

// Withdraw takes money from the credit. Every call takes it again: after an
// unknown outcome read [OPInvoiceCreditService.AvailableCredit] first.
//
// POST /v1/services/op_invoice_credit/withdrawal. Source: AX Swagger.
func (s OPInvoiceCreditService) Withdraw(ctx context.Context, amount maventa.Amount, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, withBody(operation.OPInvoiceCreditWithdraw, &opWithdrawal{amount}), nil, opts...)
}

// DirectPayment marks an invoice to be paid to the sender directly instead of to
// the credit's account.
//
// POST /v1/services/op_invoice_credit/direct_payment. Source: AX Swagger.
func (s OPInvoiceCreditService) DirectPayment(ctx context.Context, invoiceID string, opts ...maventa.CallOption) error {
	r := withBody(operation.OPInvoiceCreditDirectPayment, &opDirectPayment{invoiceID})
	r.Target = invoiceID
	return s.c.Do(ctx, r, nil, opts...)
}

// AccountStatement returns the credit's account statement of a day, SEPA XML, as
// a stream that the caller closes.
//
// GET /v1/services/op_invoice_credit/account_statement. Source: AX Swagger.
func (s OPInvoiceCreditService) AccountStatement(ctx context.Context, day maventa.Date, opts ...maventa.CallOption) (*maventa.Download, error) {
	r := request(operation.OPInvoiceCreditAccountStatement)
	if day.IsZero() {
		r.Check = check(func(p *call.Problems) { p.Add("day", "is required") })
	} else {
		r.Query = query("day", day.String())
	}
	return download(ctx, s.c, r, opts)
}
