package maventatest

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

// detectChecks are the checks of Detect.
var detectChecks = []string{"SUPPLIER_ACTIVATION", "BANK_ACCOUNT_CHANGED", "SENDER_BID_STATUS", "SENDER_WARNING_LIST", "VAT"}

var checkAttributes = []string{
	"name", "friendly_name", "friendly_names", "title", "titles", "description", "descriptions", "doc_description",
	"resource_type", "scope", "scopes", "sources", "metadata", "possible_results",
}

func checksQuery() swagger.Spec {
	return swagger.Query(swagger.List("checks").Of(detectChecks...), swagger.List("check_attributes").Of(checkAttributes...))
}

var definitionCalls = axCalls{
	operation.DefinitionsOperators:    {swagger.Nothing(), listOperators},
	operation.DefinitionsDetectChecks: {checksQuery(), checkDefinitions},
	operation.DefinitionsKeys:         {swagger.Nothing(), listKeys},
	operation.AnalysisDefinitions:     {checksQuery(), checkDefinitions},
	operation.AnalysisStart: {swagger.Query(
		swagger.Text("resource_id").Must(), swagger.Text("resource_type").Must().Of("INVOICE"), swagger.List("checks_to_run").Must().Of(detectChecks...),
	), startAnalysis},
	operation.AnalysisGet:        {swagger.Nothing(), getAnalysis},
	operation.DetectChecks:       {swagger.Nothing(), enabledChecks},
	operation.DetectUpdateChecks: {swagger.Query(swagger.List("on_invoice_receive").Of(detectChecks...)), updateChecks},
}

func listOperators(*call) (any, error) {
	return []any{
		map[string]any{"operator_id": "003721291126", "name": "Maventa", "country": "FI"},
		map[string]any{"operator_id": "003708599126", "name": "Another operator", "country": "FI"},
	}, nil
}

// listKeys is GET /v1/jwk. The key is a public one that signs nothing.
func listKeys(c *call) (any, error) {
	set := map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "e": "AQAB", "kid": "maventatest",
		"n": "sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzewbgBHod5pcM9H95GQRV3JDXboIRROSBigeC5yjU1hGzHHyXss8UDprecbAYxknTcQkhslANGRUZmdTOQ5qTRsLAt6BTYuyvVRdhS8exSZEy_c4gs_7svlJJQ4H9_NxsiIoLwAEk7-Q3UXERGYw_75IDrGA84-lA_-Ct4eTlXHBIY2EaV7t7LjJaynVJCpkv4LKjTTAumiGUIuQhrNhZLuF_RJLqHpM2kgWFLU7-VTdL1VbC2tejvcI2BlMkEpk1BzBZI0KQB0GaDWFLN-aEAw3vRw",
	}}}
	if c.srv.options.wire.LikelyShapes {
		c.lean("rule the shape of the key list")
		return set, nil
	}
	return []any{set}, nil
}

// checkDefinitions is GET /v1/definitions/detect/checks and GET
// /v1/analysis/definitions.
func checkDefinitions(c *call) (any, error) {
	names, wanted := c.in.List("checks"), c.in.List("check_attributes")
	checks := []any{}
	for _, name := range detectChecks {
		if names != nil && !slices.Contains(names, name) {
			continue
		}
		all := checkDefinition(name)
		for attribute := range all {
			if wanted != nil && !slices.Contains(wanted, attribute) {
				delete(all, attribute)
			}
		}
		checks = append(checks, all)
	}
	return map[string]any{"app_version": "maventatest", "checks": checks}, nil
}

func checkDefinition(name string) map[string]any {
	english := []any{map[string]any{"lang": "EN", "value": name}}
	return map[string]any{
		"name": name, "friendly_name": name, "friendly_names": english, "title": name, "titles": english,
		"description": name, "descriptions": english, "doc_description": name, "resource_type": "INVOICE",
		"scope": "sender", "scopes": english, "sources": []any{map[string]any{"name": "maventatest", "names": english}},
		"metadata":         map[string]any{"criteria": []any{}},
		"possible_results": []any{map[string]any{"status": "OK", "result": "OK", "reason": "", "reason_code": ""}},
	}
}

// analysis is what Detect found about an invoice.
type analysis struct {
	id, check string
	at        string
}

// startAnalysis is POST /v1/analysis. All is in its query.
func startAnalysis(c *call) (any, error) {
	inv := c.company.anyInvoice(c.in.Text("resource_id"))
	if inv == nil {
		return nil, notFound()
	}
	if inv.post.direction != directionReceived {
		return nil, &apiError{http.StatusBadRequest, "invalid_parameters", "Only received invoices are analyzed", nil}
	}
	for _, check := range c.in.List("checks_to_run") {
		inv.analyses = append(inv.analyses, analysis{c.srv.newID("analysis"), check, instant(c.srv.now())})
	}
	return analysesJSON(c, inv), nil
}

// getAnalysis is GET /v1/analysis/{id}, by the invoice's id.
func getAnalysis(c *call) (any, error) {
	inv, err := c.incoming()
	if err != nil {
		return nil, err
	}
	if len(inv.analyses) == 0 {
		return nil, notFound()
	}
	return analysesJSON(c, inv), nil
}

func analysesJSON(c *call, inv *invoice) []any {
	all := []any{}
	for _, a := range inv.analyses {
		status := "OK"
		if len(inv.post.findings) > 0 {
			status = "WARN"
		}
		result := map[string]any{"status": status, "text": "", "reason_code": "", "check_date": a.at, "data": json.RawMessage(`{}`)}
		all = append(all, c.srv.object("Analysis").
			put("analysis_id", a.id).put("analysis_type", a.check).put("friendly_name", a.check).put("analysis_status", "DONE").
			put("analysis_title", a.check).put("analysis_trigger_date", a.at).put("analysis_origin", "API").
			put("analysis_result", result).put("analysis_results", []any{result}).lean("rule the values of an analysis status"))
	}
	return all
}

// enabledChecks is GET /v1/services/detect/checks. The Swagger file declares one
// text.
func enabledChecks(c *call) (any, error) {
	first := ""
	if len(c.company.checks) > 0 {
		first = c.company.checks[0]
	}
	if c.srv.options.wire.LikelyShapes {
		c.lean("rule the shape of the enabled checks")
		return map[string]any{"on_invoice_receive": append([]string{}, c.company.checks...)}, nil
	}
	return map[string]any{"on_invoice_receive": first}, nil
}

// updateChecks is PATCH /v1/services/detect/checks. All is in its query.
func updateChecks(c *call) (any, error) {
	c.company.checks = c.in.List("on_invoice_receive")
	return nil, nil //nolint:nilnil // the answer has no body
}
