package maventa

import (
	"context"
	"iter"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// LookupService finds out how a recipient can be reached. It needs the scope
// lookup, see [WithScopes].
type LookupService struct{ c *Client }

// Endpoint says what can be sent to a company.
type Endpoint struct {
	BID     string   `json:"bid,omitzero"`
	Sending []string `json:"sending,omitzero"` // kinds of documents, e.g. invoice
	Extra   Extra    `json:"-"`
}

// Endpoints says which of up to 10 companies can get e-invoices. Country (two
// letters) and sending (kinds of documents; empty: invoice) may be empty.
//
// GET /v1/lookup/endpoints. Source: AX Swagger.
func (s LookupService) Endpoints(ctx context.Context, country string, businessIDs, sending []string, opts ...CallOption) ([]Endpoint, error) {
	r := request{op: operation.LookupsEndpoints, check: func(p *call.Problems) { p.Batch("business_ids", businessIDs, 10) }}
	addArray(&r.params, "business_ids", businessIDs)
	addArray(&r.params, "sending", sending)
	r.params.add("country", country)
	return many[Endpoint](ctx, s.c, r, opts)
}

// ConsumerQuery describes a consumer in Norway to be looked up. Which fields are
// needed depends on the registry.
type ConsumerQuery struct {
	SSN                Secret // personal identity number
	DateOfBirth        Date
	PhoneNumber        string // international form
	Email              string
	FirstName          string
	LastName           string
	PostalCode         string
	City               string
	ReferenceNumber    string
	EFakturaIdentifier string
	Routes             []string // registries: dpi, yes2all
}

// ConsumerRoutes say how a consumer can be reached.
type ConsumerRoutes struct {
	ReferenceID string         `json:"reference_id,omitzero"`
	Routes      RegistryRoutes `json:"routes,omitzero"`
	Extra       Extra          `json:"-"`
}

// RegistryRoutes are the answers of the two registries.
type RegistryRoutes struct {
	DPI     DPIRoute     `json:"dpi,omitzero"`
	Yes2All Yes2AllRoute `json:"yes2all,omitzero"`
	Extra   Extra        `json:"-"`
}

// DPIRoute is the answer of the digital mailbox registry.
type DPIRoute struct {
	Status  string `json:"status,omitzero"`
	Details string `json:"details,omitzero"`
	Extra   Extra  `json:"-"`
}

// Yes2AllRoute is the answer of the eFaktura registry.
type Yes2AllRoute struct {
	Status             string `json:"status,omitzero"`
	Details            string `json:"details,omitzero"`
	EFakturaIdentifier string `json:"efaktura_identifier,omitzero"`
	Extra              Extra  `json:"-"`
}

// Consumers says how a consumer in Norway can be reached. The query of this call
// is part of the URL that proxies on the caller's side may log.
//
// GET /v1/lookup/consumers. Source: AX Swagger.
func (s LookupService) Consumers(ctx context.Context, q ConsumerQuery, opts ...CallOption) (*ConsumerRoutes, error) {
	r := request{op: operation.LookupsConsumers}
	r.params.add("ssn", string(q.SSN))
	if !q.DateOfBirth.IsZero() {
		r.params.add("date_of_birth", q.DateOfBirth.String())
	}
	r.params.add("phone_number", q.PhoneNumber)
	r.params.add("email", q.Email)
	r.params.add("first_name", q.FirstName)
	r.params.add("last_name", q.LastName)
	r.params.add("postal_code", q.PostalCode)
	r.params.add("city", q.City)
	r.params.add("reference_number", q.ReferenceNumber)
	r.params.add("efaktura_identifier", q.EFakturaIdentifier)
	addArray(&r.params, "routes", q.Routes)
	return one[ConsumerRoutes](ctx, s.c, r, opts)
}

// Receiver is an address that documents can be sent to.
type Receiver struct {
	EIA           string             `json:"eia,omitzero"` // electronic address
	Identifier    ReceiverIdentifier `json:"identifier,omitzero"`
	Network       string             `json:"network,omitzero"`
	Operator      string             `json:"operator,omitzero"`
	DocumentTypes []ReceiverDocument `json:"document_types,omitzero"`
	Participant   Participant        `json:"participant,omitzero"`
	Extra         Extra              `json:"-"`
}

// ReceiverIdentifier is an electronic address in its parts.
type ReceiverIdentifier struct {
	Scheme     string `json:"scheme,omitzero"`
	EAIDName   string `json:"eaid_name,omitzero"`
	EAIDCode   string `json:"eaid_code,omitzero"`
	EndpointID string `json:"endpoint_id,omitzero"`
	Extra      Extra  `json:"-"`
}

// ReceiverDocument is a kind of document that a receiver takes.
type ReceiverDocument struct {
	DocumentType       string `json:"document_type,omitzero"`
	DocumentIdentifier string `json:"document_identifier,omitzero"`
	ProcessIdentifier  string `json:"process_identifier,omitzero"`
	Extra              Extra  `json:"-"`
}

// Participant is the company behind an address.
type Participant struct {
	ID      string `json:"id,omitzero"`
	Name    string `json:"name,omitzero"`
	BID     string `json:"bid,omitzero"`
	Country string `json:"country,omitzero"`
	Extra   Extra  `json:"-"`
}

// ReceiverFilter chooses receivers. Networks is required, the others do not
// filter when empty.
type ReceiverFilter struct {
	Networks      []string // e.g. PEPPOL, INTERNAL, EXTERNAL
	EIA           string   // whole electronic address, e.g. 0216:003712345678
	BID           string
	Name          string
	Countries     []string // two letters
	DocumentTypes []string
	// AllowEIAVariants lets the service try other spellings of EIA.
	AllowEIAVariants bool
	ListOptions
}

// Receivers iterates over the addresses that documents can be sent to.
//
// GET /v1/lookup/receivers. Source: AX Swagger. Inferred: the paging headers.
func (s LookupService) Receivers(ctx context.Context, filter ReceiverFilter, opts ...CallOption) iter.Seq2[Receiver, error] {
	if len(filter.Networks) == 0 {
		return func(yield func(Receiver, error) bool) {
			yield(Receiver{}, invalid(operation.LookupsReceivers.String(), "network", "is required"))
		}
	}
	l := list[Receiver]{call: request{op: operation.LookupsReceivers}, options: filter.ListOptions, key: func(r *Receiver) string {
		if r.EIA == "" {
			return ""
		}
		return r.Network + " " + r.Operator + " " + r.EIA
	}}
	addArray(&l.call.params, "network", filter.Networks)
	l.call.params.add("eia", filter.EIA)
	l.call.params.add("bid", filter.BID)
	l.call.params.add("name", filter.Name)
	addArray(&l.call.params, "country", filter.Countries)
	addArray(&l.call.params, "document_type", filter.DocumentTypes)
	if filter.AllowEIAVariants {
		l.call.params.add("allow_eia_variants", "true")
	}
	return l.all(ctx, s.c, opts)
}
