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

// Network is a network that documents travel in. The list is open.
type Network string

// Networks of company profiles. Source: AX Swagger.
const (
	NetworkVisma        Network = "VISMA"
	NetworkPeppol       Network = "PEPPOL"
	NetworkNemhandel    Network = "NEMHANDEL"
	NetworkAisproom     Network = "AISPROOM"
	NetworkBank         Network = "BANK"
	NetworkScan         Network = "SCAN"
	NetworkInexchange   Network = "INEXCHANGE"
	NetworkVismaScanner Network = "VISMASCANNER"
	NetworkReceivables  Network = "RECEIVABLES"
)

// Known reports whether n is one of the documented networks of profiles.
func (n Network) Known() bool {
	switch n {
	case NetworkVisma, NetworkPeppol, NetworkNemhandel, NetworkAisproom, NetworkBank, NetworkScan, NetworkInexchange, NetworkVismaScanner, NetworkReceivables:
		return true
	}
	return false
}

// ProfileStatus is how far a registration in a network is. The list is open.
type ProfileStatus string

// States of a registration. Source: AX Swagger.
const (
	ProfileActive  ProfileStatus = "active"
	ProfilePending ProfileStatus = "pending"
	ProfileError   ProfileStatus = "error" // see the LastEvent
)

// Known reports whether s is one of the documented states.
func (s ProfileStatus) Known() bool {
	return s == ProfileActive || s == ProfilePending || s == ProfileError
}

// Profile is the company's registration in a network. Source: AX Swagger.
type Profile struct {
	ID        string        `json:"id,omitzero"`
	Status    ProfileStatus `json:"status,omitzero"`
	LastEvent ProfileEvent  `json:"last_event,omitzero"`
	// Profile is the first of Profiles. The service calls it deprecated.
	Profile                string             `json:"profile,omitzero"`
	Profiles               []string           `json:"profiles,omitzero"`
	ProfileVersion         string             `json:"profile_version,omitzero"` // e.g. PEPPOLBIS30
	EndpointID             string             `json:"endpoint_id,omitzero"`
	Scheme                 string             `json:"scheme,omitzero"` // ISO 6523 code of EndpointID's kind, e.g. 0216
	Network                Network            `json:"network,omitzero"`
	ProfilesWithExtensions []ProfileExtension `json:"profiles_with_extensions,omitzero"`
	NetworkSettings        json.RawMessage    `json:"network_settings,omitzero"` // free-form
	Extra                  maventa.Extra      `json:"-"`
}

// ProfileEvent is what happened to a registration last.
type ProfileEvent struct {
	Message   string        `json:"message,omitzero"`
	CreatedAt time.Time     `json:"created_at,omitzero"`
	Extra     maventa.Extra `json:"-"`
}

// ProfileExtension is a profile with what is added to it.
type ProfileExtension struct {
	ProfileName string        `json:"profile_name,omitzero"`
	Extensions  Texts         `json:"extensions,omitzero"`
	Extra       maventa.Extra `json:"-"`
}

// NewProfile registers the company in a network.
type NewProfile struct {
	Profiles               []string        `json:"profiles,omitzero"`
	ProfileVersion         string          `json:"profile_version,omitzero"`
	EndpointID             string          `json:"endpoint_id,omitzero"` // empty: derived by the service
	Scheme                 string          `json:"scheme,omitzero"`      // empty: derived from country and business id
	Network                Network         `json:"network,omitzero"`     // empty: PEPPOL
	ProfilesWithExtensions []string        `json:"profiles_with_extensions,omitzero"`
	NetworkSettings        json.RawMessage `json:"network_settings,omitzero"` // a JSON object
}

func (p *NewProfile) validate(pr *call.Problems) {
	if p.Network != "" {
		pr.Enum("network", string(p.Network), p.Network.Known())
	}
}

type profileUpdate struct {
	NetworkSettings json.RawMessage `json:"network_settings,omitzero"`
}

// ProfileFilter chooses registrations. Empty fields do not filter.
type ProfileFilter struct {
	Networks []Network
	Status   []ProfileStatus
}

// Profiles lists the company's registrations in networks.
//
// GET /v1/company/profiles. Source: AX Swagger.
func (s CompanyService) Profiles(ctx context.Context, filter ProfileFilter, opts ...maventa.CallOption) ([]Profile, error) {
	r := request(operation.CompanyProfiles)
	r.Arrays = url.Values{"network": texts(filter.Networks), "status": texts(filter.Status)}
	return many[Profile](ctx, s.c, r, opts)
}

// Profile reads one registration.
//
// GET /v1/company/profiles/{id}. Source: AX Swagger.
func (s CompanyService) Profile(ctx context.Context, profileID string, opts ...maventa.CallOption) (*Profile, error) {
	return one[Profile](ctx, s.c, request(operation.CompanyProfile, profileID), opts)
}

// CreateProfile registers the company in a network. It is pending at first.
//
// POST /v1/company/profiles. Source: AX Swagger.
func (s CompanyService) CreateProfile(ctx context.Context, profile NewProfile, opts ...maventa.CallOption) (*Profile, error) {
	return one[Profile](ctx, s.c, withBody(operation.CompanyCreateProfile, &profile), opts)
}

// UpdateProfile changes the network's own settings of a registration, a JSON
// object.
//
// PATCH /v1/company/profiles/{id}. Source: AX Swagger.
func (s CompanyService) UpdateProfile(ctx context.Context, profileID string, networkSettings json.RawMessage, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, withBody(operation.CompanyUpdateProfile, &profileUpdate{networkSettings}, profileID), nil, opts...)
}

// DeleteProfile ends a registration. An error that matches [maventa.ErrConflict] means
// that this one may not be ended.
//
// DELETE /v1/company/profiles/{id}. Source: AX Swagger.
func (s CompanyService) DeleteProfile(ctx context.Context, profileID string, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, request(operation.CompanyDeleteProfile, profileID), nil, opts...)
}
