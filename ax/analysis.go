package ax

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// AnalysisService runs checks of the Detect service on an invoice. It needs the
// scope analysis.
type AnalysisService struct{ c *maventa.Client }

// Analysis is the run of one check. Source: AX Swagger.
type Analysis struct {
	ID            string           `json:"analysis_id,omitzero"`
	Type          string           `json:"analysis_type,omitzero"`
	Status        string           `json:"analysis_status,omitzero"`
	FriendlyName  string           `json:"friendly_name,omitzero"`
	FriendlyNames []Translation    `json:"friendly_names,omitzero"`
	Title         string           `json:"analysis_title,omitzero"`
	Titles        []Translation    `json:"analysis_titles,omitzero"`
	TriggeredAt   time.Time        `json:"analysis_trigger_date,omitzero"`
	Origin        string           `json:"analysis_origin,omitzero"`
	Result        AnalysisResult   `json:"analysis_result,omitzero"`
	Results       []AnalysisResult `json:"analysis_results,omitzero"`
	Extra         maventa.Extra    `json:"-"`
}

// AnalysisResult is what a check found.
type AnalysisResult struct {
	Status     string          `json:"status,omitzero"`
	Text       string          `json:"text,omitzero"`
	Texts      []Translation   `json:"texts,omitzero"`
	ReasonCode string          `json:"reason_code,omitzero"`
	CheckedAt  time.Time       `json:"check_date,omitzero"`
	Data       json.RawMessage `json:"data,omitzero"` // free-form
	Extra      maventa.Extra   `json:"-"`
}

// Start runs checks on a received invoice. Their results come later, see
// [AnalysisService.Get].
//
// POST /v1/analysis. Source: AX Swagger, which puts the parameters in the query.
func (s AnalysisService) Start(ctx context.Context, invoiceID string, checks []DetectCheck, opts ...maventa.CallOption) ([]Analysis, error) {
	r := request(operation.AnalysisStart)
	r.Target = invoiceID
	r.Check = check(func(p *call.Problems) {
		p.Required("resource_id", invoiceID)
		if len(checks) == 0 {
			p.Add("checks_to_run", "is required")
		}
		for _, c := range checks {
			p.Enum("checks_to_run", string(c), c.Known())
		}
	})
	r.Query = query("resource_id", invoiceID, "resource_type", "INVOICE")
	r.Arrays = url.Values{"checks_to_run": texts(checks)}
	return many[Analysis](ctx, s.c, r, opts)
}

// Get reads the results of checks.
//
// GET /v1/analysis/{id}. Source: AX Swagger.
func (s AnalysisService) Get(ctx context.Context, id string, opts ...maventa.CallOption) ([]Analysis, error) {
	return many[Analysis](ctx, s.c, request(operation.AnalysisGet, id), opts)
}

// Definitions explains the checks. It needs no token.
//
// GET /v1/analysis/definitions. Source: AX Swagger.
func (s AnalysisService) Definitions(ctx context.Context, filter CheckDefinitionFilter, opts ...maventa.CallOption) (*CheckDefinitions, error) {
	return one[CheckDefinitions](ctx, s.c, filter.request(operation.AnalysisDefinitions), opts)
}
