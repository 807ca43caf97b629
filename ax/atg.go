package ax

import (
	"context"
	"iter"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// ATGService is AvtaleGiro, direct debit in Norway.
type ATGService struct{ c *maventa.Client }

// ATGAgreement is an agreement about one account. Source: AX Swagger.
type ATGAgreement struct {
	AccountNumber       string        `json:"account_number,omitzero"`
	KIDLength           string        `json:"kid_length,omitzero"`
	ReferencePosition   string        `json:"reference_position,omitzero"`
	PaymentTypePosition string        `json:"payment_type_position,omitzero"`
	NotificationByPrint bool          `json:"notification_by_print,omitzero"`
	NotificationByEmail bool          `json:"notification_by_email,omitzero"`
	Status              string        `json:"status,omitzero"` // INACTIVE, ACTIVE, PENDING or DISABLED
	CreatedAt           time.Time     `json:"created_at,omitzero"`
	Extra               maventa.Extra `json:"-"`
}

// ATGTerms are what an agreement says. AccountNumber is needed for a new one
// and not sent in a change.
type ATGTerms struct {
	AccountNumber       string            `json:"account_number,omitzero"`
	KIDLength           int               `json:"kid_length"`
	ReferencePosition   string            `json:"reference_position"` // of the reference in the KID
	PaymentTypePosition string            `json:"payment_type_position,omitzero"`
	SignerEmail         string            `json:"signer_email"` // may be mailed a request to sign
	NotificationByPrint maventa.Opt[bool] `json:"notification_by_print,omitzero"`
	NotificationByEmail maventa.Opt[bool] `json:"notification_by_email,omitzero"`
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
func (s ATGService) List(ctx context.Context, opts ...maventa.CallOption) ([]ATGAgreement, error) {
	return many[ATGAgreement](ctx, s.c, request(operation.ATGList), opts)
}

// Create makes an agreement. A person may be mailed a request to sign.
//
// POST /v1/services/atg. Source: AX Swagger.
func (s ATGService) Create(ctx context.Context, terms ATGTerms, opts ...maventa.CallOption) (*ATGAgreement, error) {
	return one[ATGAgreement](ctx, s.c, terms.request(), opts)
}

func (a *ATGTerms) request() maventa.Request {
	r := withBody(operation.ATGCreate, a)
	r.Check = check(func(p *call.Problems) {
		p.Required("account_number", a.AccountNumber)
		a.validate(p)
	})
	return r
}

// Get reads one agreement.
//
// GET /v1/services/atg/{account_number}. Source: AX Swagger.
func (s ATGService) Get(ctx context.Context, accountNumber string, opts ...maventa.CallOption) (*ATGAgreement, error) {
	return one[ATGAgreement](ctx, s.c, request(operation.ATGGet, accountNumber), opts)
}

// Update changes an agreement. A person may be mailed a request to sign.
//
// PATCH /v1/services/atg/{account_number}. Source: AX Swagger.
func (s ATGService) Update(ctx context.Context, accountNumber string, terms ATGTerms, opts ...maventa.CallOption) error {
	terms.AccountNumber = ""
	return s.c.Do(ctx, withBody(operation.ATGUpdate, &terms, accountNumber), nil, opts...)
}

// Mandate is a consumer's leave to debit an account.
type Mandate struct {
	KID           string        `json:"kid,omitzero"`
	AccountNumber string        `json:"account_number,omitzero"`
	Notification  string        `json:"notification,omitzero"`
	Status        string        `json:"status,omitzero"`
	ReferenceNr   string        `json:"reference_nr,omitzero"`
	PaymentType   string        `json:"payment_type,omitzero"`
	UpdatedAt     time.Time     `json:"updated_at,omitzero"`
	Extra         maventa.Extra `json:"-"`
}

// MandateFilter chooses mandates. Empty fields do not filter.
type MandateFilter struct {
	Query     string    // KID or reference
	UpdatedAt time.Time // changed since then
	Status    string    // ACTIVE or INACTIVE
	// ParseValues asks for ReferenceNr and PaymentType; for fewer than 20 results.
	ParseValues bool
	maventa.ListOptions
}

// Mandates iterates over the consumers' mandates.
//
// GET /v1/services/atg/mandates. Source: AX Swagger.
func (s ATGService) Mandates(ctx context.Context, filter MandateFilter, opts ...maventa.CallOption) iter.Seq2[Mandate, error] {
	l := maventa.List[Mandate]{Request: request(operation.ATGMandates), ListOptions: filter.ListOptions, Key: func(m *Mandate) string {
		if m.KID == "" {
			return ""
		}
		return m.AccountNumber + " " + m.KID
	}}
	parse := ""
	if filter.ParseValues {
		parse = "TRUE"
	}
	l.Request.Query = query("query", filter.Query, "timestamp", stamp(filter.UpdatedAt), "status", filter.Status, "parse_values", parse)
	if filter.Status != "" {
		l.Match = func(m *Mandate) maventa.FilterCheck {
			return maventa.FilterCheck(call.MatchText(filter.Status, m.Status))
		}
	}
	return l.All(ctx, s.c, opts...)
}
