package ax

import (
	"context"
	"net/url"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
)

// DefinitionService reads what the API's own words and keys mean.
type DefinitionService struct{ c *maventa.Client }

// Translation is a text in one language.
type Translation struct {
	Lang  string        `json:"lang,omitzero"`
	Value string        `json:"value,omitzero"`
	Extra maventa.Extra `json:"-"`
}

// Criterion is a reason to report a sender, or to warn of one.
type Criterion struct {
	Name          string        `json:"name,omitzero"` // the value on the wire
	FriendlyName  string        `json:"friendly_name,omitzero"`
	FriendlyNames []Translation `json:"friendly_names,omitzero"`
	Text          string        `json:"text,omitzero"`
	Texts         []Translation `json:"texts,omitzero"`
	Extra         maventa.Extra `json:"-"`
}

// ReportDefinitions explain the reports of [InvoiceService.Report].
type ReportDefinitions struct {
	Criteria        []Criterion   `json:"criteria,omitzero"`
	DisclaimerText  string        `json:"disclaimer_text,omitzero"`
	DisclaimerTexts []Translation `json:"disclaimer_texts,omitzero"`
	Extra           maventa.Extra `json:"-"`
}

// CheckDefinitions explain the checks of the Detect service.
type CheckDefinitions struct {
	AppVersion string            `json:"app_version,omitzero"`
	Checks     []CheckDefinition `json:"checks,omitzero"`
	Extra      maventa.Extra     `json:"-"`
}

// CheckDefinition explains one check.
type CheckDefinition struct {
	Name            DetectCheck     `json:"name,omitzero"`
	FriendlyName    string          `json:"friendly_name,omitzero"`
	FriendlyNames   []Translation   `json:"friendly_names,omitzero"`
	Title           string          `json:"title,omitzero"`
	Titles          []Translation   `json:"titles,omitzero"`
	Description     string          `json:"description,omitzero"`
	Descriptions    []Translation   `json:"descriptions,omitzero"`
	DocDescription  string          `json:"doc_description,omitzero"`
	ResourceType    string          `json:"resource_type,omitzero"`
	Scope           string          `json:"scope,omitzero"`
	Scopes          []Translation   `json:"scopes,omitzero"`
	Sources         []CheckSource   `json:"sources,omitzero"`
	Metadata        WarningCriteria `json:"metadata,omitzero"`
	PossibleResults []CheckResult   `json:"possible_results,omitzero"`
	Extra           maventa.Extra   `json:"-"`
}

// CheckSource is where a check looks.
type CheckSource struct {
	Name  string        `json:"name,omitzero"`
	Names []Translation `json:"names,omitzero"`
	Extra maventa.Extra `json:"-"`
}

// WarningCriteria are why a sender can be on the warning list.
type WarningCriteria struct {
	Criteria []Criterion   `json:"criteria,omitzero"`
	Extra    maventa.Extra `json:"-"`
}

// CheckResult is a result that a check can have.
type CheckResult struct {
	Status     string        `json:"status,omitzero"`
	Result     string        `json:"result,omitzero"`
	Reason     string        `json:"reason,omitzero"`
	ReasonCode string        `json:"reason_code,omitzero"`
	Extra      maventa.Extra `json:"-"`
}

// CheckDefinitionFilter chooses definitions. Empty fields do not filter.
type CheckDefinitionFilter struct {
	Checks []DetectCheck
	// Attributes are the members wanted of each definition, by wire name.
	Attributes []string
}

func (f CheckDefinitionFilter) request(op *operation.Op) maventa.Request {
	r := request(op)
	r.Arrays = url.Values{"checks": texts(f.Checks), "check_attributes": f.Attributes}
	return r
}

// DetectChecks explains the checks of the Detect service. It needs no token.
//
// GET /v1/definitions/detect/checks. Source: AX Swagger.
func (s DefinitionService) DetectChecks(ctx context.Context, filter CheckDefinitionFilter, opts ...maventa.CallOption) (*CheckDefinitions, error) {
	return one[CheckDefinitions](ctx, s.c, filter.request(operation.DefinitionsDetectChecks), opts)
}

// Operator is an operator of e-invoices.
type Operator struct {
	OperatorID string        `json:"operator_id,omitzero"`
	Name       string        `json:"name,omitzero"`
	Country    string        `json:"country,omitzero"` // two letters
	Extra      maventa.Extra `json:"-"`
}

// Operators lists the operators that invoices can be sent to.
//
// GET /v1/definitions/operators. Source: AX Swagger.
func (s DefinitionService) Operators(ctx context.Context, opts ...maventa.CallOption) ([]Operator, error) {
	return many[Operator](ctx, s.c, request(operation.DefinitionsOperators), opts)
}

// KeySet holds public keys of the API. What they sign is not documented.
type KeySet struct {
	Keys  []PublicKey   `json:"keys,omitzero"`
	Extra maventa.Extra `json:"-"`
}

// PublicKey is one key as a JSON Web Key (RFC 7517).
type PublicKey struct {
	KeyType  string        `json:"kty,omitzero"`
	Exponent string        `json:"e,omitzero"`
	Modulus  string        `json:"n,omitzero"`
	KeyID    string        `json:"kid,omitzero"`
	Extra    maventa.Extra `json:"-"`
}

// Keys lists the public keys of the API. It needs no token.
//
// GET /v1/jwk. Source: AX Swagger, which declares a list of key sets. Inferred:
// that a single set may come instead, as RFC 7517 has it.
func (s DefinitionService) Keys(ctx context.Context, opts ...maventa.CallOption) ([]KeySet, error) {
	return oneOrMany[KeySet](ctx, s.c, request(operation.DefinitionsKeys), opts)
}
