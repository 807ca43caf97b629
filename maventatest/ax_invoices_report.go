package maventatest

import (
	"net/http"
	"slices"
)

// detectResults is GET /v1/invoices/{id}/detect_results. The Swagger file
// declares the status as a list.
func detectResults(c *call) (any, error) {
	inv, err := c.incoming()
	if err != nil {
		return nil, err
	}
	status := "OK"
	executed := append([]string{}, c.company.checks...)
	findings := append([]string{}, inv.post.findings...)
	switch {
	case len(executed) == 0:
		status, findings = "DISABLED", []string{}
	case len(findings) > 0:
		status = "WARN"
	}
	return map[string]any{"status": []string{status}, "executed_checks": executed, "findings": findings}, nil
}

// report says that an invoice looks like fraud.
type report struct {
	id, email, text, at string
	reasons             []string
}

func reportDefinitions(*call) (any, error) {
	criteria := []any{}
	for _, name := range reportReasons {
		criteria = append(criteria, criterion(name))
	}
	return map[string]any{
		"criteria": criteria, "disclaimer_text": "I report in good faith.",
		"disclaimer_texts": []any{map[string]any{"lang": "EN", "value": "I report in good faith."}},
	}, nil
}

func criterion(name string) map[string]any {
	return map[string]any{"name": name, "friendly_name": name, "text": name, "texts": []any{map[string]any{"lang": "EN", "value": name}}}
}

func listReports(c *call) (any, error) {
	inv, err := c.incoming()
	if err != nil {
		return nil, err
	}
	all := []any{}
	for _, r := range inv.post.reports {
		reasons := []any{}
		for _, name := range r.reasons {
			reasons = append(reasons, criterion(name))
		}
		all = append(all, c.srv.object("UserReport").
			put("id", r.id).put("company_bid", inv.CustomerBID).put("company_name", inv.DebtorName).put("reporter_user_id", c.token.user.id).
			put("reporter_contact_email", r.email).put("invoice_id", inv.ID).put("reasons", reasons).
			put("additional_explanation", r.text).put("report_date", r.at))
	}
	return all, nil
}

// reportInvoice is POST /v1/invoices/{id}/reports. One report per invoice: 409 is
// documented for the next.
func reportInvoice(c *call) (any, error) {
	inv, err := c.incoming()
	if err != nil {
		return nil, err
	}
	if len(inv.post.reports) > 0 {
		return nil, conflict("the invoice has been reported")
	}
	inv.post.reports = append(inv.post.reports, &report{
		c.srv.newID("report"), c.in.Text("contact_email"), c.in.Text("description"), instant(c.srv.now()), c.in.List("reason"),
	})
	return nil, nil //nolint:nilnil // the answer has no body
}

func deleteReport(c *call) (any, error) {
	inv, err := c.incoming()
	if err != nil {
		return nil, err
	}
	gone, err := found(inv.post.reports, func(r *report) bool { return r.id == c.ids["report_id"] })
	if err != nil {
		return nil, err
	}
	inv.post.reports = slices.DeleteFunc(inv.post.reports, func(r *report) bool { return r == gone })
	return nil, nil //nolint:nilnil // the answer has no body
}

// finalResponses end the exchange about an invoice in the Nemhandel network.
var finalResponses = []string{"Rejected", "FullyPaid"}

// respondNemhandel is POST /v1/invoices/{id}/responses/nemhandel.
func respondNemhandel(c *call) (any, error) {
	inv, err := c.incoming()
	if err != nil {
		return nil, err
	}
	if slices.Contains(finalResponses, inv.post.answered) {
		return nil, &apiError{http.StatusBadRequest, "invalid_parameters", "The invoice has a final response", nil}
	}
	inv.post.answered = c.in.Text("response")
	return map[string]any{"is_requested": true}, nil
}

// AddFinding lets Detect find something about a received invoice.
func (ax *AXAccount) AddFinding(invoiceID, finding string) {
	ax.co.srv.tb.Helper()
	ax.withInvoice("AddFinding", invoiceID, func(inv *invoice) bool {
		inv.post.findings = append(inv.post.findings, finding)
		return inv.post.direction == directionReceived
	})
}
