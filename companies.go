package maventa

import (
	"context"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// CompaniesService finds, makes and authorizes companies. See [CompanyService]
// for the client's own.
type CompaniesService struct{ c *Client }

// UserCompany is a company that the client's user may work for.
type UserCompany struct {
	ID    string `json:"id,omitzero"`
	Name  string `json:"name,omitzero"`
	BID   string `json:"bid,omitzero"`
	Extra Extra  `json:"-"`
}

// CompanyFilter chooses one company. Give both fields or none.
type CompanyFilter struct {
	BID     string // business id
	Country string // two letters
}

// List lists the active companies that the client's user may work for.
//
// GET /v1/companies. Source: AX Swagger.
func (s CompaniesService) List(ctx context.Context, filter CompanyFilter, opts ...CallOption) ([]UserCompany, error) {
	r := request{op: operation.CompaniesList}
	r.params.add("bid", filter.BID)
	r.params.add("country", filter.Country)
	return many[UserCompany](ctx, s.c, r, opts)
}

// NewCompany is a company to be made. Source: AX Swagger.
type NewCompany struct {
	// VendorAPIKey is the software partner's key, UserAPIKey that of the user
	// who shall own the company. Empty: those of the client.
	VendorAPIKey Secret `form:"vendor_api_key"`
	UserAPIKey   Secret `form:"user_api_key"`

	Name string `form:"name"`
	BID  string `form:"bid"` // business id; must be free, see [PartnerService.LookupCompanies]
	// NoVAT says that BID is no VAT number. It is always sent.
	NoVAT      bool   `form:"no_vat"`
	Address1   string `form:"address1"`
	Address2   string `form:"address2"`
	PostCode   string `form:"post_code"`
	PostOffice string `form:"post_office"`
	City       string `form:"city"`
	State      string `form:"state"`
	Country    string `form:"country"` // FI, SE, NO, DK, NL, EE, BE, IT or DE; some need an arrangement with Maventa
	Email      string `form:"email"`
}

func (c *NewCompany) validate(p *call.Problems) {
	p.Required("vendor_api_key", string(c.VendorAPIKey))
	p.Required("user_api_key", string(c.UserAPIKey))
	p.Required("name", c.Name)
	p.Required("bid", c.BID)
	p.Required("address1", c.Address1)
	p.Required("post_code", c.PostCode)
	p.Required("post_office", c.PostOffice)
	p.Required("city", c.City)
	p.Required("country", c.Country)
	p.OneOf("country", c.Country, "FI", "SE", "NO", "DK", "NL", "EE", "BE", "IT", "DE")
	p.Required("email", c.Email)
}

// CreatedCompany is a company that was made.
type CreatedCompany struct {
	ID    string `json:"id"` // the CompanyID for [Client.ForCompany]
	Extra Extra  `json:"-"`
}

// Create makes a company. It is made once: there is one company per business
// id, so after an unknown outcome look with [CompaniesService.List] or
// [PartnerService.LookupCompanies], or try again and have it refused. The new
// company must be authorized before it can send, see
// [CompaniesService.Authorize].
//
// POST /v1/companies, without a token; the keys stand in the form. Source: AX
// Swagger.
func (s CompaniesService) Create(ctx context.Context, company NewCompany, opts ...CallOption) (*CreatedCompany, error) {
	r := request{op: operation.CompaniesCreate, check: company.validate}
	if s.c != nil {
		keys, err := s.c.keysNow(ctx)
		if err != nil {
			return nil, s.c.fail(&r, err)
		}
		company.VendorAPIKey = orSecret(company.VendorAPIKey, keys.VendorAPIKey)
		company.UserAPIKey = orSecret(company.UserAPIKey, keys.UserAPIKey)
		body := formOf(&company)
		if !company.NoVAT {
			body.Add("no_vat", "false")
		}
		r.body = body
	}
	return one[CreatedCompany](ctx, s.c, r, opts)
}

// CompaniesAuthorization asks a person to sign for several companies.
type CompaniesAuthorization struct {
	AuthEmail  string   `json:"auth_email"` // of a person who may sign; is mailed
	CompanyIDs []string `json:"company_ids"`
	Locale     string   `json:"locale"`           // of the mail: FI, NO, SE, EN, NL or BE
	Options    string   `json:"options,omitzero"` // see [AuthorizationRequest]
}

func (a *CompaniesAuthorization) validate(p *call.Problems) {
	p.Required("auth_email", a.AuthEmail)
	if len(a.CompanyIDs) == 0 {
		p.Add("company_ids", "is required")
	}
	validateLocale(p, a.Locale)
}

// Authorize mails a person the request to sign for companies. Every call mails
// again.
//
// POST /v1/companies/authorizations. Source: AX Swagger.
func (s CompaniesService) Authorize(ctx context.Context, a CompaniesAuthorization, opts ...CallOption) (*AuthorizationResult, error) {
	return one[AuthorizationResult](ctx, s.c, request{op: operation.CompaniesAuthorize, body: &a}, opts)
}

// Status reads how far the verification of a company is.
//
// GET /v1/companies/{id}/status. Source: AX Swagger.
func (s CompaniesService) Status(ctx context.Context, companyID string, opts ...CallOption) (*Authorization, error) {
	return one[Authorization](ctx, s.c, request{op: operation.CompaniesStatus, ids: []string{companyID}}, opts)
}

// UsersService makes users. See [CompanyService.AddUser] for those of a company.
type UsersService struct{ c *Client }

// NewUser is a user to be made.
type NewUser struct {
	VendorAPIKey Secret `json:"-" wire:"vendor_api_key"` // empty: the client's
	Email        string `json:"email"`
	FirstName    string `json:"first_name,omitzero"`
	LastName     string `json:"last_name,omitzero"`
}

// newUserBody is a NewUser on the wire, with the key: NewUser itself never
// writes it, into no log either.
type newUserBody struct {
	*NewUser
	Key string `json:"vendor_api_key"`
}

func (u *NewUser) validate(p *call.Problems) {
	p.Required("vendor_api_key", string(u.VendorAPIKey))
	p.Required("email", u.Email)
}

// CreatedUser holds the key of a user that was made.
type CreatedUser struct {
	// UserAPIKey is given this one time only: keep it now.
	UserAPIKey Secret `json:"user_api_key"`
	Extra      Extra  `json:"-"`
}

// lostKey is the way out when the only answer that holds a new key is lost.
const lostKey = "the answer holds the new user's key, which is given only once: if the user was made, its key is lost; " +
	"make one under another e-mail address, or have Maventa's support give out the key"

// Create makes a user, who can then own companies. The key is in this answer
// and in no other. If the answer is lost, the error says so: make a user under
// another e-mail address, or ask Maventa's support; calling again with the same
// address may be refused, since the user may exist.
//
// POST /v1/users, without a token; the vendor's key stands in the body. Source:
// AX Swagger.
func (s UsersService) Create(ctx context.Context, user NewUser, opts ...CallOption) (*CreatedUser, error) {
	r := request{op: operation.UsersCreate}
	if s.c != nil {
		keys, err := s.c.keysNow(ctx)
		if err != nil {
			return nil, s.c.fail(&r, err)
		}
		user.VendorAPIKey = orSecret(user.VendorAPIKey, keys.VendorAPIKey)
	}
	r.body = &newUserBody{&user, string(user.VendorAPIKey)}
	created, err := one[CreatedUser](ctx, s.c, r, opts)
	if err == nil && created.UserAPIKey == "" {
		created, err = nil, s.c.fail(&r, &Error{Phase: PhaseDecode, Outcome: OutcomeApplied})
	}
	return created, withLostKey(err)
}

// withLostKey says what a lost answer means where the answer holds a key.
func withLostKey(err error) error {
	e := asError(err)
	if e == nil || e.Outcome == OutcomeNotSent || e.Outcome == OutcomeRejected {
		return err
	}
	e.Hint = lostKey
	return e
}

// keysNow is the client's keys, for calls without a token.
func (c *Client) keysNow(ctx context.Context) (Keys, *Error) {
	if c.root.keys == nil {
		return c.ownKeys(), nil
	}
	keys, err := c.root.keys(ctx, c.company)
	if err != nil {
		return Keys{}, &Error{Phase: PhaseAuth, Outcome: OutcomeNotSent, Err: c.SafeCause(err), Hint: "the key function failed"}
	}
	return keys, nil
}

func orSecret(a, b Secret) Secret {
	if a != "" {
		return a
	}
	return b
}
