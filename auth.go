package maventa

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/maventa-go/maventa/internal/call"
)

// DefaultScopes are the scopes that the receivables calls need.
// Source: AX Swagger and the Receivables API page; for Ropo and the v2
// transfers Inferred from their Amili and v1 siblings.
func DefaultScopes() []string {
	return []string{"company:read", "company:write", "invoice:send", "receivables:assignments"}
}

// Credentials say for which company, and as whom, a client works. They come
// from Maventa's account pages; stage and production have separate ones.
//
// Credentials print redacted. fmt calls no methods on unexported fields, so a
// Credentials value in an unexported field of your own struct cannot be
// protected from %+v of that struct.
type Credentials struct {
	CompanyID    string // UUID of the company, the OAuth2 client id
	UserAPIKey   Secret // key of a user with rights to the company, the OAuth2 client secret
	VendorAPIKey Secret // the software partner's key; may be empty, but calls without it are billed to the customer

	// LicenseData identifies the ERP installation to Maventa's billing; optional.
	LicenseData *LicenseData
}

// LicenseData is the optional license_data of a token call.
// Source: POST /oauth2/token in the AX Swagger.
type LicenseData struct {
	Key  Secret      `json:"-"`
	Meta LicenseMeta `json:"meta"`
}

// LicenseMeta describes the ERP installation.
type LicenseMeta struct {
	Licensing  string `json:"licensing,omitzero"`
	ERPName    string `json:"erp_name,omitzero"`
	ERPVersion string `json:"erp_version,omitzero"`
	ERPUser    string `json:"erp_user,omitzero"`
}

// Keys are the two keys of [Credentials], for [WithKeys].
type Keys struct {
	UserAPIKey   Secret
	VendorAPIKey Secret
}

// Format implements [fmt.Formatter]: the company id, nothing secret.
func (c Credentials) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "maventa.Credentials{CompanyID:%q, keys redacted}", c.CompanyID)
}

// LogValue implements [slog.LogValuer].
func (c Credentials) LogValue() slog.Value {
	return slog.GroupValue(slog.String("company_id", c.CompanyID))
}

// check refuses credentials that cannot work. Keys may come from a function or
// a token source instead.
func (c Credentials) check(operation string, needKeys bool) *Error {
	problem := call.HeaderProblem(c.CompanyID)
	isRoot := operation == "NewClient" && c.CompanyID == "" && c.UserAPIKey == "" // for ForCompany alone
	switch {
	case isRoot:
		needKeys = false
	case problem != "":
		return misconfigured(operation, "credentials.company_id", problem)
	case !call.IsUUID(c.CompanyID):
		return misconfigured(operation, "credentials.company_id", "must be a UUID, such as 6f1f7c5e-0000-4000-8000-000000000001")
	}
	if _, err := licenseJSON(c.LicenseData); err != nil {
		return misconfigured(operation, "credentials.license_data."+err.Fields[0].Field, err.Fields[0].Problem)
	}
	if !needKeys {
		return nil
	}
	if c.UserAPIKey == "" {
		return misconfigured(operation, "credentials.user_api_key", "is empty: give it here, or keys by maventa.WithKeys")
	}
	if problem := call.HeaderProblem(string(c.UserAPIKey)); problem != "" {
		return misconfigured(operation, "credentials.user_api_key", problem)
	}
	if c.VendorAPIKey != "" {
		if problem := call.HeaderProblem(string(c.VendorAPIKey)); problem != "" {
			return misconfigured(operation, "credentials.vendor_api_key", problem)
		}
	}
	return nil
}

// Token is an access token from a [TokenSource].
type Token struct {
	Value Secret
	// Expiry is when the token stops working. Zero: not known; one hour from
	// now is assumed, the documented life of a token.
	Expiry time.Time
	// Scopes are the granted ones, if known.
	Scopes []string
}

// TokenRequest says which token a client wants.
type TokenRequest struct {
	CompanyID string
	Scopes    []string
	// Rejected is the token that the API has just refused with 401; empty
	// otherwise. A source that still holds it must get another one.
	Rejected Secret
}

// TokenSource supplies tokens for integrators who keep them elsewhere, see
// [WithTokenSource]. It is called at most once at a time for one company, and
// only when a token is missing, about to expire, or was rejected. The context
// is not the caller's: it ends after 30 seconds. Nor is the goroutine: a panic is
// an error of the calls that wait for the token.
type TokenSource interface {
	Token(ctx context.Context, request TokenRequest) (Token, error)
}

const redacted = "[redacted]"

// Secret is a key or token. It prints as "[redacted]" with the verbs of fmt, in
// slog and in JSON; string(s) gives the value. encoding/gob, and the verbs %p and %w,
// which are mistakes here, do not ask it.
//
// fmt does not call methods on values in unexported fields: a Secret, or a
// Credentials value, that sits in an unexported field of your own struct is
// printed in clear by %+v of that struct. Keep it behind a pointer or a func
// there.
type Secret string

// Format implements [fmt.Formatter].
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// String returns "[redacted]", or "" for the empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText makes encoders that ask for text, such as JSON's, write the redacted
// form.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
