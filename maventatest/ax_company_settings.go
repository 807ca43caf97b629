package maventatest

import (
	"encoding/json"
	"maps"

	"github.com/maventa-go/maventa/internal/swagger"
)

// settingsFields are the blocks of a company's settings.
var settingsFields = swagger.Join(
	swagger.Nested("details", swagger.Text("name", "email", "website", "country", "bid", "vat_number")),
	swagger.Nested("address", swagger.Text("street_address", "post_code", "post_office", "city", "country")),
	swagger.Nested(
		"invoice_notifications",
		swagger.Nested("on_receiving", swagger.Flag("enabled"), swagger.Text("how_to_send", "other_email")),
		swagger.Nested("on_send_errors", swagger.Flag("to_user"), swagger.List("to_emails")),
	),
	swagger.Nested(
		"send_invoice_email",
		swagger.Flag("enabled"), swagger.Text("how_to_send").Of("EMBEDDED", "WITH_OBJECTIONS", "WITH_LINK", "EMBEDDED_MERGE"),
		swagger.Number("reminder_frequency"),
		swagger.Nested("content_data", swagger.Text("note_to_receiver"), swagger.Nested("contact", swagger.Text("email", "name", "phone"))),
	),
	swagger.Nested(
		"send_invoice_print",
		swagger.Flag("enabled", "attachment_print", "marketing_page", "use_own_pdf"), swagger.Text("letter_class", "color_scheme"),
	),
	swagger.Nested("send_invoice_general", swagger.Flag("stop_duplicate_numbers", "hold_multiple_recipients")),
	swagger.Nested("logos", swagger.Nested("pdf", swagger.Text("content").Must()), swagger.Nested("email_header", swagger.Text("content").Must())),
	swagger.Nested("email_reports", swagger.Text("report_interval"), swagger.List("email_reports")),
	swagger.Nested(
		"billing_details",
		swagger.Nested("electronic_invoicing_details", swagger.Text("invoicing_eia", "invoicing_operator")),
		swagger.Text(
			"invoicing_email", "invoicing_street_address1", "invoicing_street_address2", "invoicing_post_code",
			"invoicing_post_office", "billing_company_id",
		),
	),
)

// settingsBlocks are the values of the filter fields.
var settingsBlocks = []string{
	"invoice_notifications", "send_invoice_email", "address", "details", "send_invoice_print", "send_invoice_general",
	"logos", "email_reports", "billing_details",
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
	wanted := c.in.List("fields")
	if err := knownValues("fields", wanted, settingsBlocks...); err != nil {
		return nil, err
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
