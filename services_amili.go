package maventa

import (
	"context"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// AmiliService is Visma Amili's service, in its two types: see [ServiceType].
// Finland only.
type AmiliService struct{ c *Client }

// ServiceType chooses between the two products that Amili offers as one
// service. It has no default here: the service's own default is full, which
// would reroute every invoice of the company through the agency.
//
// Inferred: that full is Kassavirta and express is Perintä. The values
// themselves are in the AX Swagger.
type ServiceType string

// Types of the Amili service.
const (
	// ServiceTypeFull, sold as Kassavirta: every invoice goes through the
	// agency, with the agency's account number on it.
	ServiceTypeFull ServiceType = "full"
	// ServiceTypeExpress, sold as Perintä: overdue invoices are handed over one
	// by one.
	ServiceTypeExpress ServiceType = "express"
)

// Known reports whether t is one of the documented types.
func (t ServiceType) Known() bool { return t == ServiceTypeFull || t == ServiceTypeExpress }

// AccountableParty says whose bank account the debtors pay to, and so who
// watches the payments. It has no default here.
type AccountableParty string

// Accountable parties. Source: AX Swagger; its texts say vfs where the value
// is vfsfi.
const (
	// AccountablePartyAgency: the agency's account, reference and PDF. The
	// agency sees the payments; report only what is paid past it.
	AccountablePartyAgency AccountableParty = "vfsfi"
	// AccountablePartyCompany: the company's own account. All money reaches the
	// company, so every single payment must be reported with a DirectPayment
	// event, or a customer who paid is reminded and collected from.
	AccountablePartyCompany AccountableParty = "company"
)

// Known reports whether p is one of the documented values.
func (p AccountableParty) Known() bool {
	return p == AccountablePartyAgency || p == AccountablePartyCompany
}

// AmiliActivation starts the onboarding of Amili.
// Source: AX Swagger, PUT /v2/services/amili/receivables.
type AmiliActivation struct {
	IBAN                       string `json:"iban"` // account that the agency settles to
	BIC                        string `json:"bic"`
	Bank                       string `json:"bank"`
	ContactPerson              string `json:"contact_person"` // also shown in the transfer clause on invoices
	ContactEmail               string `json:"contact_email"`
	ContactPhoneNumber         string `json:"contact_phone_number"`
	CustomerServiceEmail       string `json:"customer_service_email"`
	CustomerServicePhoneNumber string `json:"customer_service_phone_number,omitzero"`

	// AuthorizationEmail, if given, is mailed the link for identification and
	// signature. If not, show the ActivationURL of [AmiliService.Status] to a
	// person with signing rights.
	AuthorizationEmail string `json:"authorization_email,omitzero"`

	AccountableParty AccountableParty `json:"accountable_party"` // required, see its constants
	ServiceType      ServiceType      `json:"service_type"`      // required, see its constants

	BillingAddress Address  `json:"billing_address"`
	PostalAddress  *Address `json:"postal_address,omitzero"` // only if it differs from the company's

	// Again starts the onboarding even though it is pending or done, which may
	// mail the person once more.
	Again bool `json:"-"`
}

// Validate returns what [AmiliService.Activate] would refuse before sending anything.
func (a AmiliActivation) Validate(opts ...CallOption) error {
	return validateBody(&a, operation.AmiliActivate, opts)
}

func (a *AmiliActivation) validate(p *call.Problems) {
	p.Required("iban", a.IBAN)
	p.Required("bic", a.BIC)
	p.Required("bank", a.Bank)
	p.Required("contact_person", a.ContactPerson)
	p.Required("contact_email", a.ContactEmail)
	p.Required("contact_phone_number", a.ContactPhoneNumber)
	p.Required("customer_service_email", a.CustomerServiceEmail)
	p.Enum("accountable_party", string(a.AccountableParty), a.AccountableParty.Known())
	p.Enum("service_type", string(a.ServiceType), a.ServiceType.Known())
	a.BillingAddress.validate(p, "billing_address")
	if a.PostalAddress != nil {
		a.PostalAddress.validate(p, "postal_address")
	}
}

// AmiliStatus is the state and the settings of Amili for a company.
// Source: AX Swagger, ReceivablesService.
type AmiliStatus struct {
	Status           ServiceStatus    `json:"status,omitzero"`
	ServiceType      ServiceType      `json:"service_type,omitzero"`
	AccountableParty AccountableParty `json:"accountable_party,omitzero"`
	// ActivationURL is where a person identifies and signs. Whoever has it can
	// open it.
	ActivationURL Secret `json:"activation_url,omitzero"`

	IBAN                       string  `json:"iban,omitzero"`
	BIC                        string  `json:"bic,omitzero"`
	Bank                       string  `json:"bank,omitzero"`
	ContactPerson              string  `json:"contact_person,omitzero"`
	ContactEmail               string  `json:"contact_email,omitzero"`
	ContactPhoneNumber         string  `json:"contact_phone_number,omitzero"`
	CustomerServiceEmail       string  `json:"customer_service_email,omitzero"`
	CustomerServicePhoneNumber string  `json:"customer_service_phone_number,omitzero"`
	AuthorizationEmail         string  `json:"authorization_email,omitzero"`
	BillingAddress             Address `json:"billing_address,omitzero"`

	// Agency holds the agency's payment details, for the invoice's own image.
	Agency AmiliAgency `json:"vfsfi,omitzero"`
	Extra  Extra       `json:"-"`
}

// AmiliAgency is where debtors pay when the agency is the accountable party.
type AmiliAgency struct {
	IBAN          string      `json:"iban,omitzero"`
	BIC           string      `json:"bic,omitzero"`
	AccountNumber string      `json:"account_number,omitzero"`
	Notes         []AmiliNote `json:"notes,omitzero"` // clauses to print on invoices
	Extra         Extra       `json:"-"`
}

// AmiliNote is a clause to print on invoices.
type AmiliNote struct {
	Phrase string `json:"phrase,omitzero"`
	Code   string `json:"code,omitzero"`
	Extra  Extra  `json:"-"`
}

// The schema requires no member.
func (s *AmiliStatus) proven() bool { return call.Recognized(s) }

// AmiliUpdate changes settings of Amili. A field left empty stays as it is.
type AmiliUpdate struct {
	// AccountableParty switches between the agency's and the company's own
	// account and image. See the constants for what that obliges to.
	AccountableParty AccountableParty `json:"accountable_party,omitzero"`
	// ServiceType changes the product. [ServiceTypeFull] reroutes every invoice
	// from then on. Whether a change needs a new signature is not documented.
	ServiceType ServiceType `json:"service_type,omitzero"`
	// CurrentServiceType must be given with ServiceType: the type that the
	// caller believes to be set. If it is not, nothing is sent and the error
	// matches [ErrConflict].
	CurrentServiceType ServiceType `json:"-"`
}

// Validate returns what [AmiliService.Update] would refuse before sending anything.
func (u AmiliUpdate) Validate(opts ...CallOption) error {
	return validateBody(&u, operation.AmiliUpdate, opts)
}

func (u *AmiliUpdate) validate(p *call.Problems) {
	if u.AccountableParty == "" && u.ServiceType == "" {
		p.Add("accountable_party", "or service_type is required: the update is empty")
	}
	if u.AccountableParty != "" {
		p.Enum("accountable_party", string(u.AccountableParty), u.AccountableParty.Known())
	}
	if u.ServiceType != "" {
		p.Enum("service_type", string(u.ServiceType), u.ServiceType.Known())
		if u.CurrentServiceType == "" {
			p.Add("current_service_type", "is required to change the service type")
		}
	}
}

// Activate starts the onboarding: a person with signing rights identifies and
// signs at the agency; one or two business days later the service is active. If
// that is not finished within about a week the contact person is reminded. Read
// [AmiliService.Status] about once a day until then.
//
// The status is read first. If the service is pending or active the call is
// refused with [ErrAlreadyActivated], since it may mail a person again; set
// Again to do so.
//
// PUT /v2/services/amili/receivables. Source: AX Swagger.
func (s AmiliService) Activate(ctx context.Context, activation AmiliActivation, opts ...CallOption) (*AmiliStatus, error) {
	return activate[AmiliStatus](ctx, s.c, request{op: operation.AmiliActivate, write: asJSON, body: &activation}, activation.Again, s.state, opts)
}

// Status reads state and settings once, with the activation link while the
// service is pending and the agency's payment details.
//
// GET /v2/services/amili/receivables. Source: AX Swagger.
func (s AmiliService) Status(ctx context.Context, opts ...CallOption) (*AmiliStatus, error) {
	return one[AmiliStatus](ctx, s.c, request{op: operation.AmiliStatus}, opts)
}

func (s AmiliService) state(ctx context.Context, opts []CallOption) (ServiceStatus, error) {
	now, err := s.Status(ctx, opts...)
	if err != nil {
		return "", err
	}
	return now.Status, nil
}

// Update changes the accountable party or the service type. A change of type
// reads the current one first and compares it with CurrentServiceType; another
// system may still change it between that and the update.
//
// PATCH /v2/services/amili/receivables. Source: AX Swagger.
func (s AmiliService) Update(ctx context.Context, update AmiliUpdate, opts ...CallOption) error {
	r := request{op: operation.AmiliUpdate, write: asJSON, body: &update}
	if err := s.c.check(r, opts); err != nil {
		return err
	}
	if update.ServiceType != "" {
		now, err := s.Status(ctx, opts...)
		if err != nil {
			return s.c.readFirst(operation.AmiliUpdate, err)
		}
		if now.ServiceType != update.CurrentServiceType {
			return s.c.fail(&r, &Error{
				Phase: PhaseBuild, Outcome: OutcomeNotSent, Kind: ErrConflict,
				Fields: []FieldProblem{{"current_service_type", "is now " + call.QuoteCut(string(now.ServiceType), 32)}},
			})
		}
	}
	return s.c.call(ctx, r, opts)
}

// Close disables the service. What becomes of open assignments is not
// documented.
//
// DELETE /v2/services/amili/receivables. Source: AX Swagger.
func (s AmiliService) Close(ctx context.Context, opts ...CallOption) error {
	return s.c.call(ctx, request{op: operation.AmiliClose}, opts)
}
