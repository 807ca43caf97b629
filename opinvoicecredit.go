package maventa

import (
	"context"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// OPInvoiceCreditService is OP Laskulaina, a bank's credit on invoices. Finland
// only. Amounts are in the currency of the credit.
type OPInvoiceCreditService struct{ c *Client }

// OPInvoiceCredit is the state of the service. Source: AX Swagger.
type OPInvoiceCredit struct {
	Status        ServiceStatus `json:"status,omitzero"`
	ChannelUserID string        `json:"channel_user_id,omitzero"`
	ContactEmail  string        `json:"contact_email,omitzero"`
	IBAN          string        `json:"iban,omitzero"`
	BIC           string        `json:"bic,omitzero"`
	Bank          string        `json:"bank,omitzero"`
	ActivationURL Secret        `json:"activation_url,omitzero"` // whoever has it can open the form
	BankDetails   OPBankDetails `json:"op_bank_details,omitzero"`
	Extra         Extra         `json:"-"`
}

func (c *OPInvoiceCredit) proven() bool { return c.Status.Known() || c.IBAN != "" }

// OPBankDetails are where debtors pay once the service is active.
type OPBankDetails struct {
	IBAN           string         `json:"iban,omitzero"`
	BIC            string         `json:"bic,omitzero"`
	TransferClause TransferClause `json:"transfer_clause,omitzero"`
	Extra          Extra          `json:"-"`
}

// TransferClause is to be printed on invoices.
type TransferClause struct {
	LanguageCode string `json:"language_code,omitzero"`
	Content      string `json:"content,omitzero"`
	Extra        Extra  `json:"-"`
}

// OPCreditTerms are what the bank offers or has agreed to.
type OPCreditTerms struct {
	// B2CEnabled: invoices to consumers count towards the credit.
	B2CEnabled bool `json:"b2c_enabled"`
	// PaymentPercent is how much of each payment pays back the credit.
	PaymentPercent int    `json:"payment_percent"`
	InterestRate   int    `json:"interest_rate"` // percent
	CreditLimit    Amount `json:"credit_limit"`
	Extra          Extra  `json:"-"`
}

// OPCreditSettings are the terms that hold, and those that are offered.
type OPCreditSettings struct {
	Current OPCreditTerms `json:"current,omitzero"`
	Offer   OPCreditTerms `json:"offer,omitzero"`
	Extra   Extra         `json:"-"`
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
	AvailableCreditAmount Opt[Amount] `json:"available_credit_amount,omitzero"`
	Currency              string      `json:"currency,omitzero"`
	CurrentMonthInterest  Opt[Amount] `json:"current_month_interest,omitzero"`
	InterestBalance       Opt[Amount] `json:"interest_balance,omitzero"`
	MaxCreditAmount       Opt[Amount] `json:"max_credit_amount,omitzero"`
	TotalCollateralAmount Opt[Amount] `json:"total_collateral_amount,omitzero"`
	TotalWithdrawn        Opt[Amount] `json:"total_withdrawn,omitzero"`
	Extra                 Extra       `json:"-"`
}

type opWithdrawal struct {
	Amount Amount `json:"amount"`
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
func (s OPInvoiceCreditService) Offer(ctx context.Context, opts ...CallOption) (*OPCreditTerms, error) {
	return one[OPCreditTerms](ctx, s.c, request{op: operation.OPInvoiceCreditOffer}, opts)
}

// Status reads the state of the service. An error that matches [ErrNotFound]
// means that it is not enabled.
//
// GET /v1/services/op_invoice_credit. Source: AX Swagger.
func (s OPInvoiceCreditService) Status(ctx context.Context, opts ...CallOption) (*OPInvoiceCredit, error) {
	return one[OPInvoiceCredit](ctx, s.c, request{op: operation.OPInvoiceCreditStatus}, opts)
}

// Activate starts the service. A person has to sign.
//
// PUT /v1/services/op_invoice_credit. Source: AX Swagger.
func (s OPInvoiceCreditService) Activate(ctx context.Context, a OPActivation, opts ...CallOption) (*OPInvoiceCredit, error) {
	return one[OPInvoiceCredit](ctx, s.c, request{op: operation.OPInvoiceCreditActivate, body: &a}, opts)
}

// Settings reads the terms that hold and those that are offered.
//
// GET /v1/services/op_invoice_credit/settings. Source: AX Swagger.
func (s OPInvoiceCreditService) Settings(ctx context.Context, opts ...CallOption) (*OPCreditSettings, error) {
	return one[OPCreditSettings](ctx, s.c, request{op: operation.OPInvoiceCreditSettings}, opts)
}

// UpdateSettings agrees to terms.
//
// POST /v1/services/op_invoice_credit/settings. Source: AX Swagger.
func (s OPInvoiceCreditService) UpdateSettings(ctx context.Context, terms OPCreditTerms, opts ...CallOption) error {
	return s.c.call(ctx, request{op: operation.OPInvoiceCreditUpdateSettings, body: &terms}, opts)
}

// AvailableCredit reads what can be withdrawn.
//
// GET /v1/services/op_invoice_credit/available_credit. Source: AX Swagger.
func (s OPInvoiceCreditService) AvailableCredit(ctx context.Context, opts ...CallOption) (*OPAvailableCredit, error) {
	return one[OPAvailableCredit](ctx, s.c, request{op: operation.OPInvoiceCreditAvailableCredit}, opts)
}

// Withdraw takes money from the credit. Every call takes it again: after an
// unknown outcome read [OPInvoiceCreditService.AvailableCredit] first.
//
// POST /v1/services/op_invoice_credit/withdrawal. Source: AX Swagger.
func (s OPInvoiceCreditService) Withdraw(ctx context.Context, amount Amount, opts ...CallOption) error {
	return s.c.call(ctx, request{op: operation.OPInvoiceCreditWithdraw, body: &opWithdrawal{amount}}, opts)
}

// DirectPayment marks an invoice to be paid to the sender directly instead of to
// the credit's account.
//
// POST /v1/services/op_invoice_credit/direct_payment. Source: AX Swagger.
func (s OPInvoiceCreditService) DirectPayment(ctx context.Context, invoiceID string, opts ...CallOption) error {
	return s.c.call(ctx, request{op: operation.OPInvoiceCreditDirectPayment, body: &opDirectPayment{invoiceID}, target: invoiceID}, opts)
}

// AccountStatement returns the credit's account statement of a day, SEPA XML, as
// a stream that the caller closes.
//
// GET /v1/services/op_invoice_credit/account_statement. Source: AX Swagger.
func (s OPInvoiceCreditService) AccountStatement(ctx context.Context, day Date, opts ...CallOption) (*Download, error) {
	r := request{op: operation.OPInvoiceCreditAccountStatement, check: func(p *call.Problems) {
		if day.IsZero() {
			p.Add("day", "is required")
		}
	}}
	if !day.IsZero() {
		r.params.add("day", day.String())
	}
	return s.c.downloaded(ctx, r, opts)
}
