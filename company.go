package maventa

import (
	"context"
	"time"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// AuthService tells what a client's token stands for.
type AuthService struct{ c *Client }

// TokenIdentity is the company, user and scopes behind a token.
type TokenIdentity struct {
	User    User     `json:"user"`
	Company Company  `json:"company"`
	Scopes  []string `json:"scopes,omitzero"`
	Extra   Extra    `json:"-"`
}

// Current reads who the client's token stands for. [Client.Check] does more.
//
// GET /oauth2/current. Source: AX Swagger.
func (s AuthService) Current(ctx context.Context, opts ...CallOption) (*TokenIdentity, error) {
	return one[TokenIdentity](ctx, s.c, request{op: operation.AuthCurrent}, opts)
}

// TokenStatus is what the service says about a token.
type TokenStatus struct {
	ClientID  string    `json:"client_id"` // the company's id
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	Extra     Extra     `json:"-"`
}

// Status reads when the client's token expires. The service offers it for tests
// only.
//
// GET /status/authenticated. Source: AX Swagger.
func (s AuthService) Status(ctx context.Context, opts ...CallOption) (*TokenStatus, error) {
	return one[TokenStatus](ctx, s.c, request{op: operation.AuthStatus}, opts)
}

// CompanyService reads and changes the client's own company. See
// [CompaniesService] for others.
type CompanyService struct{ c *Client }

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
	Extra        Extra              `json:"-"`
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
	Status string `json:"status"`         // values are not documented
	Count  int    `json:"count,omitzero"` // companies authorized
	Extra  Extra  `json:"-"`
}

func (r *AuthorizationResult) proven() bool { return r.Status != "" || r.Count > 0 }

// Authorization reads how far the verification of the company is. Until it is
// verified it can neither send nor receive.
//
// GET /v1/company/authorization. Source: AX Swagger.
func (s CompanyService) Authorization(ctx context.Context, opts ...CallOption) (*Authorization, error) {
	return one[Authorization](ctx, s.c, request{op: operation.CompanyAuthorization}, opts)
}

// Authorize mails a person the request to sign for the company. Every call mails
// again.
//
// POST /v1/company/authorization. Source: AX Swagger.
func (s CompanyService) Authorize(ctx context.Context, a AuthorizationRequest, opts ...CallOption) (*AuthorizationResult, error) {
	return one[AuthorizationResult](ctx, s.c, request{op: operation.CompanyAuthorize, body: &a}, opts)
}

// VendorLink says whether the company is linked to the vendor whose key the
// token was made with. Vendor webhooks need the link.
type VendorLink struct {
	State string `json:"state"` // values are not documented
	Extra Extra  `json:"-"`
}

// VendorLink reads whether the company is linked to the vendor.
//
// GET /v1/company/vendors. Source: AX Swagger.
func (s CompanyService) VendorLink(ctx context.Context, opts ...CallOption) (*VendorLink, error) {
	return one[VendorLink](ctx, s.c, request{op: operation.CompanyVendorLink}, opts)
}

// LinkVendor links the company to the vendor whose key the token was made with.
//
// POST /v1/company/vendors. Source: AX Swagger.
func (s CompanyService) LinkVendor(ctx context.Context, opts ...CallOption) (*VendorLink, error) {
	return one[VendorLink](ctx, s.c, request{op: operation.CompanyLinkVendor}, opts)
}

// UnlinkVendor ends the link.
//
// DELETE /v1/company/vendors. Source: AX Swagger.
func (s CompanyService) UnlinkVendor(ctx context.Context, opts ...CallOption) error {
	return s.c.call(ctx, request{op: operation.CompanyUnlinkVendor}, opts)
}

// KeepActive keeps a company that sends and receives nothing from being closed,
// for a year.
//
// POST /v1/company/keep_active. Source: AX Swagger.
func (s CompanyService) KeepActive(ctx context.Context, opts ...CallOption) error {
	return s.c.call(ctx, request{op: operation.CompanyKeepActive}, opts)
}
