package maventatest

import (
	"encoding/json"
	"net/http"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

// AXAccount is the company as AutoXChange knows it beyond the receivables, with
// the controls that only tests of those calls need.
type AXAccount struct{ co *Company }

// AX returns the company's account at AutoXChange.
func (co *Company) AX() *AXAccount { return &AXAccount{co} }

// account is what AX knows of a company beyond the receivables. The server's
// lock guards it.
type account struct {
	members  []*member
	settings map[string]any
	profiles []*profile
	linked   bool // to the vendor of its software

	authState, authEmail, companyState string
	keptActive                         int

	received      []*invoice
	documents     []*document
	consumers     []Consumer
	mandates      []Mandate
	subscriptions []*subscription
	agreements    []*atgAgreement
	opCredit      credit
	checks        []string // of Detect, enabled
	b2cno         string
	bankMessages  []*bankMessage
	odp           map[int]*odpCompany
}

func newAccount(co *Company) account {
	return account{
		members:   []*member{{user: co.user, role: roleAdmin}},
		settings:  newSettings(co),
		authState: authNone, companyState: companyUnverified,
		b2cno: "FREE", odp: map[int]*odpCompany{},
	}
}

var companyCalls = axCalls{
	operation.AuthStatus: {swagger.Nothing(), authStatus},

	operation.CompanySettings: {swagger.Query(swagger.List("fields")), readSettings},
	// The Swagger file marks three blocks as required, and its examples send one
	// block alone: the examples win, with a fact that says so.
	operation.CompanyUpdateSettings: {swagger.JSON(settingsFields), updateSettings},

	operation.CompanyProfiles: {swagger.Query(
		swagger.List("network").Of("VISMA", "PEPPOL", "NEMHANDEL", "AISPROOM", "BANK", "SCAN", "INEXCHANGE", "VISMASCANNER", "RECEIVABLES"),
		swagger.List("status").Of("active", "pending", "error"),
	), listProfiles},
	operation.CompanyCreateProfile: {swagger.JSON(
		swagger.List("profiles", "profiles_with_extensions"), swagger.Text("profile_version", "endpoint_id", "scheme", "network"), swagger.Nested("network_settings"),
	), createProfile},
	operation.CompanyProfile:       {swagger.Nothing(), getProfile},
	operation.CompanyUpdateProfile: {swagger.JSON(swagger.Nested("network_settings")), updateProfile},
	operation.CompanyDeleteProfile: {swagger.Nothing(), deleteProfile},

	operation.CompanyAuthorization: {swagger.Nothing(), companyAuthorization},
	operation.CompanyAuthorize: {swagger.JSON(
		swagger.Text("auth_email").Must(), swagger.Text("locale").Must().Of(authLocales...), swagger.Text("options"),
	), authorizeCompany},

	operation.CompanyVendorLink:   {swagger.Nothing(), vendorLink},
	operation.CompanyLinkVendor:   {swagger.Nothing(), linkVendor},
	operation.CompanyUnlinkVendor: {swagger.Nothing(), unlinkVendor},
	operation.CompanyKeepActive:   {swagger.Nothing(), keepActive},
	operation.CompanyConsumers:    {consumersQuery(), listConsumers},
}

// authStatus is GET /status/authenticated.
func authStatus(c *call) (any, error) {
	return c.srv.object("Status").put("client_id", c.company.id).put("expires_at", instant(c.token.expires)), nil
}

// States of a company's authorization and of the company, as on the wire.
const (
	authNone     = "NONE"
	authSent     = "SENT"
	authSigned   = "SIGNED"
	authCanceled = "CANCELED"

	companyVerified   = "VERIFIED"
	companyUnverified = "UNVERIFIED"
)

// authLocales are the languages of the signing mail.
var authLocales = []string{"FI", "NO", "SE", "EN", "NL", "BE"}

func companyAuthorization(c *call) (any, error) { return authorizationJSON(c, c.company), nil }

// authorizeCompany is POST /v1/company/authorization: the signing request goes
// out by mail.
func authorizeCompany(c *call) (any, error) { return c.authorizeAll([]*Company{c.company}) }

// authorizeCompanies is POST /v1/companies/authorizations.
func authorizeCompanies(c *call) (any, error) {
	var all []*Company
	for _, id := range c.in.List("company_ids") {
		co := c.reachable(id)
		if co == nil {
			return nil, invalidParameters("company_ids does not have a valid value")
		}
		all = append(all, co)
	}
	if len(all) > 1 {
		c.lean("rule several companies are authorized later")
		c.status = http.StatusAccepted
	}
	return c.authorizeAll(all)
}

func (c *call) authorizeAll(all []*Company) (any, error) {
	if options := c.in.Text("options"); options != "" && !json.Valid([]byte(options)) {
		return nil, invalidParameters("options is invalid")
	}
	for _, co := range all {
		co.authState, co.authEmail = authSent, c.in.Text("auth_email")
	}
	return c.srv.object("CompanyAuthorization").put("status", authSent).put("count", len(all)).
		lean("rule the status of an authorization request"), nil
}

// companyStatus is GET /v1/companies/{id}/status.
func companyStatus(c *call) (any, error) {
	co := c.reachable(c.ids["id"])
	if co == nil {
		return nil, notFound()
	}
	return authorizationJSON(c, co), nil
}

// reachable finds a company that the token's user can act for.
func (c *call) reachable(id string) *Company {
	co := c.srv.companyByID(id)
	if co == nil || co.member(c.token.user) == nil {
		return nil
	}
	return co
}

func authorizationJSON(c *call, co *Company) map[string]any {
	c.lean("rule the spelling of the authorization states")
	return map[string]any{"auth_state": co.authState, "auth_email": co.authEmail, "company_state": co.companyState}
}

// needVerified refuses what only a verified company may do. The message is
// documented, and 401 with it; a new token does not help.
func (c *call) needVerified() error {
	if c.company.companyState == companyVerified {
		return nil
	}
	c.lean("status error company not verified")
	return &apiError{http.StatusUnauthorized, "unauthorized", "Unauthorized", nil}
}

func (co *Company) verify() {
	co.authState, co.companyState, co.linked = authSigned, companyVerified, true
}

// SignAuthorization is the person who signs the authorization of the company,
// which is verified from now on.
func (ax *AXAccount) SignAuthorization() { ax.authorize(authSigned, companyVerified) }

// CancelAuthorization is the person who declines to sign.
func (ax *AXAccount) CancelAuthorization() { ax.authorize(authCanceled, companyUnverified) }

// Unverify makes the company one that has not been authorized: it can neither
// send nor receive.
func (ax *AXAccount) Unverify() { ax.authorize(authNone, companyUnverified) }

func (ax *AXAccount) authorize(auth, company string) {
	co := ax.co
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	co.authState, co.companyState = auth, company
}

// States of the link between a company and the vendor of its software. No source
// names the values.
const (
	vendorLinked   = "LINKED"
	vendorUnlinked = "NOT_LINKED"
)

func vendorLink(c *call) (any, error) {
	state := vendorUnlinked
	if c.company.linked {
		state = vendorLinked
	}
	c.lean("rule the values of a vendor link state")
	return map[string]any{"state": state}, nil
}

func linkVendor(c *call) (any, error) {
	c.company.linked = true
	return vendorLink(c)
}

func unlinkVendor(c *call) (any, error) {
	c.company.linked = false
	return nil, nil //nolint:nilnil // the answer has no body
}

func keepActive(c *call) (any, error) {
	c.company.keptActive++
	return nil, nil //nolint:nilnil // the answer has no body
}

// KeptActive counts the calls that kept the company alive.
func (ax *AXAccount) KeptActive() int {
	co := ax.co
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	return co.keptActive
}
