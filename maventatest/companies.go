package maventatest

import (
	"strings"
	"unicode/utf8"

	"github.com/maventa-go/maventa/internal/operation"
)

var companiesCalls = axCalls{
	operation.CompaniesList: {query(txt("bid", "country")), listCompanies},
	operation.CompaniesCreate: {formBody(
		txt("vendor_api_key", "user_api_key", "name", "bid").must(), flag("no_vat").must(),
		txt("address1", "post_code", "post_office", "city").must(), txt("address2", "state"),
		txt("country").must().of("FI", "SE", "NO", "DK", "NL", "EE", "BE", "IT", "DE"), txt("email").must(),
	), createCompany},
	operation.CompaniesAuthorize: {jsonBody(
		txt("auth_email").must(), txt("locale").must().of(authLocales...), list("company_ids").must(), txt("options"),
	), authorizeCompanies},
	operation.CompaniesStatus: {nothing(), companyStatus},
}

// listCompanies is GET /v1/companies: those that the user can act for.
func listCompanies(c *call) (any, error) {
	bid, country := c.in.text("bid"), c.in.text("country")
	all := []any{}
	for _, co := range c.srv.companies {
		if co.member(c.token.user) == nil || bid != "" && co.bid != bid || country != "" && !strings.EqualFold(co.country, country) {
			continue
		}
		all = append(all, map[string]any{"id": co.id, "name": co.name, "bid": co.bid})
	}
	return all, nil
}

// createCompany is POST /v1/companies, which needs no token. The company belongs
// to the user whose key came along, and must be authorized before it can send.
func createCompany(c *call) (any, error) {
	if utf8.RuneCountInString(c.in.text("name")) < 3 {
		return nil, invalidParameters("name must have at least 3 characters")
	}
	by := c.srv.userByKey(c.in.text("user_api_key"))
	if by == nil || !c.srv.vendorKnown(c.in.text("vendor_api_key")) {
		return nil, c.wrongKeys()
	}
	for _, co := range c.srv.companies {
		if co.bid == c.in.text("bid") && co.country == c.in.text("country") {
			c.lean("status error bid already taken")
			return nil, conflict("bid already taken")
		}
	}
	co := c.srv.newCompany(c.srv.newID("company"), c.in.text("name"), c.in.text("bid"), by, c.in.text("vendor_api_key"))
	co.country = c.in.text("country")
	co.settings["details"] = map[string]any{
		"name": co.name, "email": c.in.text("email"), "country": co.country, "bid": co.bid, "website": "", "vat_number": "",
	}
	co.settings["address"] = map[string]any{
		"street_address": c.in.text("address1"), "post_code": c.in.text("post_code"), "post_office": c.in.text("post_office"),
		"city": c.in.text("city"), "country": co.country,
	}
	return map[string]any{"id": co.id}, nil
}
