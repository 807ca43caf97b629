package maventatest

import (
	"strings"
	"unicode/utf8"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

var companiesCalls = axCalls{
	operation.CompaniesList: {swagger.Query(swagger.Text("bid", "country")), listCompanies},
	operation.CompaniesCreate: {swagger.Form(
		swagger.Text("vendor_api_key", "user_api_key", "name", "bid").Must(), swagger.Flag("no_vat").Must(),
		swagger.Text("address1", "post_code", "post_office", "city").Must(), swagger.Text("address2", "state"),
		swagger.Text("country").Must().Of("FI", "SE", "NO", "DK", "NL", "EE", "BE", "IT", "DE"), swagger.Text("email").Must(),
	), createCompany},
	operation.CompaniesAuthorize: {swagger.JSON(
		swagger.Text("auth_email").Must(), swagger.Text("locale").Must().Of(authLocales...), swagger.List("company_ids").Must(), swagger.Text("options"),
	), authorizeCompanies},
	operation.CompaniesStatus: {swagger.Nothing(), companyStatus},
}

// listCompanies is GET /v1/companies: those that the user can act for.
func listCompanies(c *call) (any, error) {
	bid, country := c.in.Text("bid"), c.in.Text("country")
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
	if utf8.RuneCountInString(c.in.Text("name")) < 3 {
		return nil, invalidParameters("name must have at least 3 characters")
	}
	by := c.srv.userByKey(c.in.Text("user_api_key"))
	if by == nil || c.in.Text("vendor_api_key") != c.srv.vendorKey {
		return nil, c.wrongKeys()
	}
	for _, co := range c.srv.companies {
		if co.bid == c.in.Text("bid") && co.country == c.in.Text("country") {
			c.lean("status error bid already taken")
			return nil, conflict("bid already taken")
		}
	}
	co := c.srv.newCompany(c.srv.newID("company"), c.in.Text("name"), c.in.Text("bid"), by)
	co.country = c.in.Text("country")
	co.settings["details"] = map[string]any{
		"name": co.name, "email": c.in.Text("email"), "country": co.country, "bid": co.bid, "website": "", "vat_number": "",
	}
	co.settings["address"] = map[string]any{
		"street_address": c.in.Text("address1"), "post_code": c.in.Text("post_code"), "post_office": c.in.Text("post_office"),
		"city": c.in.Text("city"), "country": co.country,
	}
	return map[string]any{"id": co.id}, nil
}
