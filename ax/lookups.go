package ax

import (
	"context"
	"iter"
	"net/url"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// LookupService finds out how a recipient can be reached. It needs the scope
// lookup, see [maventa.WithScopes].
type LookupService struct{ c *maventa.Client }

// Endpoint says what can be sent to a company.
type Endpoint struct {
	BID     string        `json:"bid,omitzero"`
	Sending []string      `json:"sending,omitzero"` // kinds of documents, e.g. invoice
	Extra   maventa.Extra `json:"-"`
}

// Endpoints says which of up to 10 companies can get e-invoices. Country (two
// letters) and sending (kinds of documents; empty: invoice) may be empty.
//
// GET /v1/lookup/endpoints. Source: AX Swagger.
func (s LookupService) Endpoints(ctx context.Context, country string, businessIDs, sending []string, opts ...maventa.CallOption) ([]Endpoint, error) {
	r := request(operation.LookupsEndpoints)
	r.Query = query("country", country)
	r.Arrays = url.Values{"business_ids": businessIDs, "sending": sending}
	r.Check = check(func(p *call.Problems) { p.Batch("business_ids", businessIDs, 10) })
	return many[Endpoint](ctx, s.c, r, opts)
}

// ConsumerQuery describes a consumer in Norway to be looked up. Which fields are
// needed depends on the registry.
type ConsumerQuery struct {
	SSN                maventa.Secret // personal identity number
	DateOfBirth        maventa.Date
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
	Extra       maventa.Extra  `json:"-"`
}

// RegistryRoutes are the answers of the two registries.
type RegistryRoutes struct {
	DPI     DPIRoute      `json:"dpi,omitzero"`
	Yes2All Yes2AllRoute  `json:"yes2all,omitzero"`
	Extra   maventa.Extra `json:"-"`
}

// DPIRoute is the answer of the digital mailbox registry.
type DPIRoute struct {
	Status  string        `json:"status,omitzero"`
	Details string        `json:"details,omitzero"`
	Extra   maventa.Extra `json:"-"`
}

// Yes2AllRoute is the answer of the eFaktura registry.
type Yes2AllRoute struct {
	Status             string        `json:"status,omitzero"`
	Details            string        `json:"details,omitzero"`
	EFakturaIdentifier string        `json:"efaktura_identifier,omitzero"`
	Extra              maventa.Extra `json:"-"`
}

// Consumers says how a consumer in Norway can be reached. The query of this call
// is part of the URL that proxies on the caller's side may log.
//
// GET /v1/lookup/consumers. Source: AX Swagger.
func (s LookupService) Consumers(ctx context.Context, q ConsumerQuery, opts ...maventa.CallOption) (*ConsumerRoutes, error) {
	r := request(operation.LookupsConsumers)
	born := ""
	if !q.DateOfBirth.IsZero() {
		born = q.DateOfBirth.String()
	}
	r.Query = query(
		"ssn", string(q.SSN),
		"date_of_birth", born,
		"phone_number", q.PhoneNumber,
		"email", q.Email,
		"first_name", q.FirstName,
		"last_name", q.LastName,
		"postal_code", q.PostalCode,
		"city", q.City,
		"reference_number", q.ReferenceNumber,
		"efaktura_identifier", q.EFakturaIdentifier,
	)
	r.Arrays = url.Values{"routes": q.Routes}
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
	Extra         maventa.Extra      `json:"-"`
}

// ReceiverIdentifier is an electronic address in its parts.
type ReceiverIdentifier struct {
	Scheme     string        `json:"scheme,omitzero"`
	EAIDName   string        `json:"eaid_name,omitzero"`
	EAIDCode   string        `json:"eaid_code,omitzero"`
	EndpointID string        `json:"endpoint_id,omitzero"`
	Extra      maventa.Extra `json:"-"`
}

// ReceiverDocument is a kind of document that a receiver takes.
type ReceiverDocument struct {
	DocumentType       string        `json:"document_type,omitzero"`
	DocumentIdentifier string        `json:"document_identifier,omitzero"`
	ProcessIdentifier  string        `json:"process_identifier,omitzero"`
	Extra              maventa.Extra `json:"-"`
}

// Participant is the company behind an address.
type Participant struct {
	ID      string        `json:"id,omitzero"`
	Name    string        `json:"name,omitzero"`
	BID     string        `json:"bid,omitzero"`
	Country string        `json:"country,omitzero"`
	Extra   maventa.Extra `json:"-"`
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
	maventa.ListOptions
}

// Receivers iterates over the addresses that documents can be sent to.
//
// GET /v1/lookup/receivers. Source: AX Swagger. Inferred: the paging headers.
func (s LookupService) Receivers(ctx context.Context, filter ReceiverFilter, opts ...maventa.CallOption) iter.Seq2[Receiver, error] {
	l := maventa.List[Receiver]{Request: request(operation.LookupsReceivers), ListOptions: filter.ListOptions, Key: func(r *Receiver) string {
		if r.EIA == "" {
			return ""
		}
		return r.Network + " " + r.Operator + " " + r.EIA
	}}
	variants := ""
	if filter.AllowEIAVariants {
		variants = "true"
	}
	l.Request.Query = query("eia", filter.EIA, "bid", filter.BID, "name", filter.Name, "allow_eia_variants", variants)
	l.Request.Arrays = url.Values{"network": filter.Networks, "country": filter.Countries, "document_type": filter.DocumentTypes}
	l.Request.Check = check(func(p *call.Problems) {
		if len(filter.Networks) == 0 {
			p.Add("network", "is required")
		}
	})
	return l.All(ctx, s.c, opts...)
}
