package maventa

import (
	"context"
	"iter"
	"time"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// ConsumerStatus is how far the registration of a consumer in Norway is. The
// list is open.
type ConsumerStatus string

// Known reports whether s is one of the states in the AX Swagger.
func (s ConsumerStatus) Known() bool {
	switch s {
	case "NEW", "REQUEST_SENT", "ACCEPTED", "ACTIVE", "DELETED", "REJECTED", "ERROR":
		return true
	}
	return false
}

// Consumer is a consumer in Norway who gets the company's invoices in the bank.
type Consumer struct {
	Name            string         `json:"name,omitzero"`
	CustomerNumber  string         `json:"customer_number,omitzero"`
	ReferenceNumber string         `json:"reference_number,omitzero"`
	Email           string         `json:"email,omitzero"`
	Phone           string         `json:"phone,omitzero"`
	Status          ConsumerStatus `json:"status"`
	UpdatedAt       time.Time      `json:"updated_at,omitzero"`
	Extra           Extra          `json:"-"`
}

// ConsumerFilter chooses consumers. Empty fields do not filter.
type ConsumerFilter struct {
	Query  string
	Status []ConsumerStatus
	ListOptions
}

func (f ConsumerFilter) list(op operation.ID) list[Consumer] {
	l := list[Consumer]{call: request{op: op}, options: f.ListOptions, key: func(c *Consumer) string {
		if c.CustomerNumber == "" && c.ReferenceNumber == "" {
			return ""
		}
		return c.CustomerNumber + " " + c.ReferenceNumber
	}}
	addArray(&l.call.params, "status", f.Status)
	if len(f.Status) > 0 {
		l.match = func(c *Consumer) call.Match { return call.MatchAny(f.Status, c.Status) }
	}
	l.call.params.add("query", f.Query)
	return l
}

// Consumers iterates over the company's consumers in Norway.
//
// GET /v1/company/consumers. Source: AX Swagger, which marks it as deprecated in
// 2025 and names no substitute.
func (s CompanyService) Consumers(ctx context.Context, filter ConsumerFilter, opts ...CallOption) iter.Seq2[Consumer, error] {
	return filter.list(operation.CompanyConsumers).all(ctx, s.c, opts)
}

// B2CNOService is the agreement to send invoices to the banks of consumers in
// Norway.
type B2CNOService struct{ c *Client }

// B2CNOStatus is the state of the agreement.
type B2CNOStatus struct {
	Status string `json:"status"` // ACTIVE, FREE, RESERVED, FAULT or ERROR
	Extra  Extra  `json:"-"`
}

// Status reads the state of the agreement.
//
// GET /v1/services/b2cno. Source: AX Swagger.
func (s B2CNOService) Status(ctx context.Context, opts ...CallOption) (*B2CNOStatus, error) {
	return one[B2CNOStatus](ctx, s.c, request{op: operation.B2CNOStatus}, opts)
}

// Consumers iterates over the company's consumers in Norway.
//
// GET /v1/services/b2cno/consumers. Source: AX Swagger, which has called
// it outdated since 2025 and names no substitute.
func (s B2CNOService) Consumers(ctx context.Context, filter ConsumerFilter, opts ...CallOption) iter.Seq2[Consumer, error] {
	return filter.list(operation.B2CNOConsumers).all(ctx, s.c, opts)
}

// ATGService is AvtaleGiro, direct debit in Norway.
type ATGService struct{ c *Client }

// ATGAgreement is an agreement about one account. Source: AX Swagger.
type ATGAgreement struct {
	AccountNumber       string    `json:"account_number,omitzero"`
	KIDLength           string    `json:"kid_length,omitzero"`
	ReferencePosition   string    `json:"reference_position,omitzero"`
	PaymentTypePosition string    `json:"payment_type_position,omitzero"`
	NotificationByPrint bool      `json:"notification_by_print,omitzero"`
	NotificationByEmail bool      `json:"notification_by_email,omitzero"`
	Status              string    `json:"status,omitzero"` // INACTIVE, ACTIVE, PENDING or DISABLED
	CreatedAt           time.Time `json:"created_at,omitzero"`
	Extra               Extra     `json:"-"`
}

// ATGTerms are what an agreement says. AccountNumber is needed for a new one
// and not sent in a change.
type ATGTerms struct {
	AccountNumber       string    `json:"account_number,omitzero"`
	KIDLength           int       `json:"kid_length"`
	ReferencePosition   string    `json:"reference_position"` // of the reference in the KID
	PaymentTypePosition string    `json:"payment_type_position,omitzero"`
	SignerEmail         string    `json:"signer_email"` // may be mailed a request to sign
	NotificationByPrint Opt[bool] `json:"notification_by_print,omitzero"`
	NotificationByEmail Opt[bool] `json:"notification_by_email,omitzero"`
}

func (a *ATGTerms) validate(p *call.Problems) {
	if a.KIDLength <= 0 {
		p.Add("kid_length", "must be positive")
	}
	p.Required("reference_position", a.ReferencePosition)
	p.Required("signer_email", a.SignerEmail)
}

// List lists the company's agreements.
//
// GET /v1/services/atg. Source: AX Swagger.
func (s ATGService) List(ctx context.Context, opts ...CallOption) ([]ATGAgreement, error) {
	return many[ATGAgreement](ctx, s.c, request{op: operation.ATGList}, opts)
}

// Create makes an agreement. A person may be mailed a request to sign.
//
// POST /v1/services/atg. Source: AX Swagger.
func (s ATGService) Create(ctx context.Context, terms ATGTerms, opts ...CallOption) (*ATGAgreement, error) {
	r := request{op: operation.ATGCreate, body: &terms, check: func(p *call.Problems) { p.Required("account_number", terms.AccountNumber) }}
	return one[ATGAgreement](ctx, s.c, r, opts)
}

// Get reads one agreement.
//
// GET /v1/services/atg/{account_number}. Source: AX Swagger.
func (s ATGService) Get(ctx context.Context, accountNumber string, opts ...CallOption) (*ATGAgreement, error) {
	return one[ATGAgreement](ctx, s.c, request{op: operation.ATGGet, ids: []string{accountNumber}}, opts)
}

// Update changes an agreement. A person may be mailed a request to sign.
//
// PATCH /v1/services/atg/{account_number}. Source: AX Swagger.
func (s ATGService) Update(ctx context.Context, accountNumber string, terms ATGTerms, opts ...CallOption) error {
	terms.AccountNumber = ""
	return s.c.call(ctx, request{op: operation.ATGUpdate, ids: []string{accountNumber}, body: &terms}, opts)
}

// Mandate is a consumer's leave to debit an account.
type Mandate struct {
	KID           string    `json:"kid,omitzero"`
	AccountNumber string    `json:"account_number,omitzero"`
	Notification  string    `json:"notification,omitzero"`
	Status        string    `json:"status,omitzero"`
	ReferenceNr   string    `json:"reference_nr,omitzero"`
	PaymentType   string    `json:"payment_type,omitzero"`
	UpdatedAt     time.Time `json:"updated_at,omitzero"`
	Extra         Extra     `json:"-"`
}

// MandateFilter chooses mandates. Empty fields do not filter.
type MandateFilter struct {
	Query     string    // KID or reference
	UpdatedAt time.Time // changed since then
	Status    string    // ACTIVE or INACTIVE
	// ParseValues asks for ReferenceNr and PaymentType; for fewer than 20 results.
	ParseValues bool
	ListOptions
}

// Mandates iterates over the consumers' mandates.
//
// GET /v1/services/atg/mandates. Source: AX Swagger.
func (s ATGService) Mandates(ctx context.Context, filter MandateFilter, opts ...CallOption) iter.Seq2[Mandate, error] {
	l := list[Mandate]{call: request{op: operation.ATGMandates}, options: filter.ListOptions, key: func(m *Mandate) string {
		if m.KID == "" {
			return ""
		}
		return m.AccountNumber + " " + m.KID
	}}
	l.call.params.add("query", filter.Query)
	l.call.params.addTime("timestamp", filter.UpdatedAt)
	l.call.params.add("status", filter.Status)
	if filter.ParseValues {
		l.call.params.add("parse_values", "TRUE")
	}
	if filter.Status != "" {
		l.match = func(m *Mandate) call.Match { return call.MatchText(filter.Status, m.Status) }
	}
	return l.all(ctx, s.c, opts)
}
