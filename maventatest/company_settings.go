package maventatest

import (
	"encoding/json"
	"maps"

	"github.com/maventa-go/maventa/internal/operation"
)

// settingsFields are the blocks of a company's settings.
var settingsFields = join([]fields{
	nested("details", txt("name", "email", "website", "country", "bid", "vat_number")),
	nested("address", txt("street_address", "post_code", "post_office", "city", "country")),
	nested(
		"invoice_notifications",
		nested("on_receiving", flag("enabled"), txt("how_to_send", "other_email")),
		nested("on_send_errors", flag("to_user"), list("to_emails")),
	),
	nested(
		"send_invoice_email",
		flag("enabled"), txt("how_to_send").of("EMBEDDED", "WITH_OBJECTIONS", "WITH_LINK", "EMBEDDED_MERGE"), number("reminder_frequency"),
		nested("content_data", txt("note_to_receiver"), nested("contact", txt("email", "name", "phone"))),
	),
	nested("send_invoice_print", flag("enabled", "attachment_print", "marketing_page", "use_own_pdf"), txt("letter_class", "color_scheme")),
	nested("send_invoice_general", flag("stop_duplicate_numbers", "hold_multiple_recipients")),
	nested("logos", nested("pdf", txt("content").must()), nested("email_header", txt("content").must())),
	nested("email_reports", txt("report_interval"), list("email_reports")),
	nested(
		"billing_details",
		nested("electronic_invoicing_details", txt("invoicing_eia", "invoicing_operator")),
		txt(
			"invoicing_email", "invoicing_street_address1", "invoicing_street_address2", "invoicing_post_code",
			"invoicing_post_office", "billing_company_id",
		),
	),
})

// settingsBlocks are the values of the filter fields.
var settingsBlocks = []string{
	"invoice_notifications", "send_invoice_email", "address", "details", "send_invoice_print", "send_invoice_general",
	"logos", "email_reports", "billing_details",
}

var companyCalls = axCalls{
	operation.AuthStatus: {nothing(), authStatus},

	operation.CompanySettings: {query(list("fields")), readSettings},
	// The Swagger file marks three blocks as required, and its examples send one
	// block alone: the examples win, with a fact that says so.
	operation.CompanyUpdateSettings: {jsonBody(settingsFields), updateSettings},

	operation.CompanyProfiles: {query(
		list("network").of("VISMA", "PEPPOL", "NEMHANDEL", "AISPROOM", "BANK", "SCAN", "INEXCHANGE", "VISMASCANNER", "RECEIVABLES"),
		list("status").of("active", "pending", "error"),
	), listProfiles},
	operation.CompanyCreateProfile: {jsonBody(
		list("profiles", "profiles_with_extensions"), txt("profile_version", "endpoint_id", "scheme", "network"), nested("network_settings"),
	), createProfile},
	operation.CompanyProfile:       {nothing(), getProfile},
	operation.CompanyUpdateProfile: {jsonBody(nested("network_settings")), updateProfile},
	operation.CompanyDeleteProfile: {nothing(), deleteProfile},

	operation.CompanyAuthorization: {nothing(), companyAuthorization},
	operation.CompanyAuthorize: {jsonBody(
		txt("auth_email").must(), txt("locale").must().of(authLocales...), txt("options"),
	), authorizeCompany},

	operation.CompanyVendorLink:   {nothing(), vendorLink},
	operation.CompanyLinkVendor:   {nothing(), linkVendor},
	operation.CompanyUnlinkVendor: {nothing(), unlinkVendor},
	operation.CompanyKeepActive:   {nothing(), keepActive},
	operation.CompanyConsumers:    {consumersQuery(), listConsumers},
}

// authStatus is GET /status/authenticated.
func authStatus(c *call) (any, error) {
	return c.srv.object("Status").put("client_id", c.company.id).put("expires_at", instant(c.token.expires)), nil
}

func newSettings(co *Company) map[string]any {
	return map[string]any{
		"details": map[string]any{"name": co.name, "email": "info@example.com", "country": co.country, "bid": co.bid, "vat_number": ""},
		"address": map[string]any{
			"street_address": "Testikatu 1", "post_code": "00100", "post_office": "Helsinki", "city": "Helsinki", "country": co.country,
		},
		"invoice_notifications": map[string]any{
			"on_receiving":   map[string]any{"enabled": false, "how_to_send": "", "other_email": ""},
			"on_send_errors": map[string]any{"to_user": true, "to_emails": []string{}},
		},
		"send_invoice_email": map[string]any{"enabled": true, "how_to_send": "EMBEDDED", "reminder_frequency": json.Number("0")},
		"send_invoice_print": map[string]any{
			"enabled": true, "letter_class": "ECONOMY", "color_scheme": "", "attachment_print": false, "marketing_page": false, "use_own_pdf": false,
		},
		"send_invoice_general": map[string]any{"stop_duplicate_numbers": false, "hold_multiple_recipients": false},
		"logos":                map[string]any{},
		"email_reports":        map[string]any{"report_interval": "off", "email_reports": []string{}},
		"billing_details":      map[string]any{},
	}
}

// readSettings is GET /v1/company/settings.
func readSettings(c *call) (any, error) {
	wanted := c.in.list("fields")
	if problem := (field{values: settingsBlocks}).checkList(wanted); problem != "" {
		return nil, invalidParameters("fields " + problem)
	}
	if len(wanted) == 0 {
		return c.company.settings, nil
	}
	some := map[string]any{}
	for _, block := range wanted {
		some[block] = c.company.settings[block]
	}
	return some, nil
}

// updateSettings is PATCH /v1/company/settings: what is not named stays.
func updateSettings(c *call) (any, error) {
	if err := c.needAdmin(); err != nil {
		return nil, err
	}
	c.lean("rule a PATCH of the settings may hold one block alone")
	c.company.settings = merged(c.company.settings, c.in)
	if name, ok := c.company.settings["details"].(map[string]any)["name"].(string); ok {
		c.company.name = name
	}
	return nil, nil //nolint:nilnil // the answer has no body
}

// merged lays changes over what is there, object by object.
func merged(there, changes map[string]any) map[string]any {
	result := maps.Clone(there)
	if result == nil {
		result = map[string]any{}
	}
	for name, value := range changes {
		inner, isObject := value.(map[string]any)
		old, wasObject := result[name].(map[string]any)
		if isObject && wasObject {
			value = merged(old, inner)
		}
		result[name] = value
	}
	return result
}

// needAdmin refuses a user who may not change the company.
func (c *call) needAdmin() error {
	if m := c.company.member(c.token.user); m != nil && m.role == roleAdmin {
		return nil
	}
	c.lean("status error a USER changes the company")
	return forbidden("the user's role is USER")
}
