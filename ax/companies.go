package ax

import (
	"context"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// CompaniesService finds, makes and authorizes companies. See [CompanyService]
// for the client's own.
type CompaniesService struct{ c *maventa.Client }

// UserCompany is a company that the client's user may work for.
type UserCompany struct {
	ID    string        `json:"id,omitzero"`
	Name  string        `json:"name,omitzero"`
	BID   string        `json:"bid,omitzero"`
	Extra maventa.Extra `json:"-"`
}

// CompanyFilter chooses one company. Give both fields or none.
type CompanyFilter struct {
	BID     string // business id
	Country string // two letters
}

// List lists the active companies that the client's user may work for.
//
// GET /v1/companies. Source: AX Swagger.
func (s CompaniesService) List(ctx context.Context, filter CompanyFilter, opts ...maventa.CallOption) ([]UserCompany, error) {
	r := request(operation.CompaniesList)
	r.Query = query("bid", filter.BID, "country", filter.Country)
	return many[UserCompany](ctx, s.c, r, opts)
}

// NewCompany is a company to be made. Source: AX Swagger.
type NewCompany struct {
	// VendorAPIKey is the software partner's key, UserAPIKey that of the user
	// who shall own the company. Both are required: this call carries no token,
	// so the client's own keys are not used.
	VendorAPIKey maventa.Secret `form:"vendor_api_key"`
	UserAPIKey   maventa.Secret `form:"user_api_key"`

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
	ID    string        `json:"id"` // the CompanyID for [maventa.Client.ForCompany]
	Extra maventa.Extra `json:"-"`
}

// Create makes a company. It is made once: there is one company per business
// id, so after an unknown outcome look with [CompaniesService.List] or
// [PartnerService.LookupCompanies], or try again and have it refused. The new
// company must be authorized before it can send, see
// [CompaniesService.Authorize].
//
// POST /v1/companies, without a token; the keys stand in the form. Source: AX
// Swagger.
func (s CompaniesService) Create(ctx context.Context, company NewCompany, opts ...maventa.CallOption) (*CreatedCompany, error) {
	return one[CreatedCompany](ctx, s.c, company.request(), opts)
}

func (c *NewCompany) request() maventa.Request {
	body := formOf(c)
	if !c.NoVAT {
		body.Add("no_vat", "false")
	}
	r := withBody(operation.CompaniesCreate, body)
	r.Check = check(c.validate)
	return r
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
func (s CompaniesService) Authorize(ctx context.Context, a CompaniesAuthorization, opts ...maventa.CallOption) (*AuthorizationResult, error) {
	return one[AuthorizationResult](ctx, s.c, withBody(operation.CompaniesAuthorize, &a), opts)
}

// Status reads how far the verification of a company is.
//
// GET /v1/companies/{id}/status. Source: AX Swagger.
func (s CompaniesService) Status(ctx context.Context, companyID string, opts ...maventa.CallOption) (*Authorization, error) {
	return one[Authorization](ctx, s.c, request(operation.CompaniesStatus, companyID), opts)
}
