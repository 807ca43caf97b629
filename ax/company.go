package ax

import (
	"context"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// CompanyService reads and changes the client's own company. See
// [CompaniesService] for others.
type CompanyService struct{ c *maventa.Client }

// AuthorizationState is how far the signing of a company's agreement is. The
// list is open.
type AuthorizationState string

// States of an authorization. Source: AX Swagger.
const (
	AuthorizationNone     AuthorizationState = "NONE" // never asked for
	AuthorizationPending  AuthorizationState = "PENDING"
	AuthorizationSent     AuthorizationState = "SENT" // a person has been mailed
	AuthorizationSigned   AuthorizationState = "SIGNED"
	AuthorizationCanceled AuthorizationState = "CANCELED"
)

// Known reports whether s is one of the documented states.
func (s AuthorizationState) Known() bool {
	switch s {
	case AuthorizationNone, AuthorizationPending, AuthorizationSent, AuthorizationSigned, AuthorizationCanceled:
		return true
	}
	return false
}

// CompanyState says whether a company may send and receive. The list is open.
type CompanyState string

// States of a company. Source: AX Swagger.
const (
	CompanyVerified   CompanyState = "VERIFIED"
	CompanyUnverified CompanyState = "UNVERIFIED" // sending fails with "unauthorized"
	CompanyUnknown    CompanyState = "UNKNOWN"
)

// Known reports whether s is one of the documented states.
func (s CompanyState) Known() bool {
	return s == CompanyVerified || s == CompanyUnverified || s == CompanyUnknown
}

// Authorization is how far the verification (KYC) of a company in Maventa is.
// The agencies' own KYC is another one.
type Authorization struct {
	AuthState    AuthorizationState `json:"auth_state"`
	AuthEmail    string             `json:"auth_email"` // who was mailed
	CompanyState CompanyState       `json:"company_state"`
	Extra        maventa.Extra      `json:"-"`
}

// AuthorizationRequest asks a person to sign for a company.
type AuthorizationRequest struct {
	AuthEmail string `json:"auth_email"` // of a person who may sign; is mailed
	Locale    string `json:"locale"`     // of the mail: FI, NO, SE, EN, NL or BE
	// Options is JSON text with the proof of a KYC that the partner has done;
	// needed by partners who do their own.
	Options string `json:"options,omitzero"`
}

func (a *AuthorizationRequest) validate(p *call.Problems) {
	p.Required("auth_email", a.AuthEmail)
	validateLocale(p, a.Locale)
}

func validateLocale(p *call.Problems, locale string) {
	p.Required("locale", locale)
	p.OneOf("locale", locale, "FI", "NO", "SE", "EN", "NL", "BE")
}

// AuthorizationResult is the answer to a request for a signature.
type AuthorizationResult struct {
	Status string        `json:"status"`         // values are not documented
	Count  int           `json:"count,omitzero"` // companies authorized
	Extra  maventa.Extra `json:"-"`
}

func (r *AuthorizationResult) proven() bool { return r.Status != "" || r.Count > 0 }

// Authorization reads how far the verification of the company is. Until it is
// verified it can neither send nor receive.
//
// GET /v1/company/authorization. Source: AX Swagger.
func (s CompanyService) Authorization(ctx context.Context, opts ...maventa.CallOption) (*Authorization, error) {
	return one[Authorization](ctx, s.c, request(operation.CompanyAuthorization), opts)
}

// Authorize mails a person the request to sign for the company. Every call mails
// again.
//
// POST /v1/company/authorization. Source: AX Swagger.
func (s CompanyService) Authorize(ctx context.Context, a AuthorizationRequest, opts ...maventa.CallOption) (*AuthorizationResult, error) {
	return one[AuthorizationResult](ctx, s.c, withBody(operation.CompanyAuthorize, &a), opts)
}

// VendorLink says whether the company is linked to the vendor whose key the
// token was made with. Vendor webhooks need the link.
type VendorLink struct {
	State string        `json:"state"` // values are not documented
	Extra maventa.Extra `json:"-"`
}

// VendorLink reads whether the company is linked to the vendor.
//
// GET /v1/company/vendors. Source: AX Swagger.
func (s CompanyService) VendorLink(ctx context.Context, opts ...maventa.CallOption) (*VendorLink, error) {
	return one[VendorLink](ctx, s.c, request(operation.CompanyVendorLink), opts)
}

// LinkVendor links the company to the vendor whose key the token was made with.
//
// POST /v1/company/vendors. Source: AX Swagger.
func (s CompanyService) LinkVendor(ctx context.Context, opts ...maventa.CallOption) (*VendorLink, error) {
	return one[VendorLink](ctx, s.c, request(operation.CompanyLinkVendor), opts)
}

// UnlinkVendor ends the link.
//
// DELETE /v1/company/vendors. Source: AX Swagger.
func (s CompanyService) UnlinkVendor(ctx context.Context, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, request(operation.CompanyUnlinkVendor), nil, opts...)
}

// KeepActive keeps a company that sends and receives nothing from being closed,
// for a year.
//
// POST /v1/company/keep_active. Source: AX Swagger.
func (s CompanyService) KeepActive(ctx context.Context, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, request(operation.CompanyKeepActive), nil, opts...)
}
