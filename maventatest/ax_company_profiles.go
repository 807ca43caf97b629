package maventatest

import (
	"net/http"
	"slices"
)

// profile is one registration of the company in a network.
type profile struct {
	id, status, network         string
	names, extended             []string
	version, endpointID, scheme string
	settings                    map[string]any
	event                       string
	eventAt                     string
}

// schemes are the identifier schemes that follow from a company's country.
var schemes = map[string]string{"FI": "0216", "SE": "0007", "NO": "0192", "DK": "0184", "NL": "0106", "BE": "0208", "EE": "0191"}

func listProfiles(c *call) (any, error) {
	networks, states := c.in.List("network"), c.in.List("status")
	shown := []any{}
	for _, p := range c.company.profiles {
		if (networks == nil || slices.Contains(networks, p.network)) && (states == nil || slices.Contains(states, p.status)) {
			shown = append(shown, profileJSON(c, p))
		}
	}
	return shown, nil
}

// createProfile is POST /v1/company/profiles. The registration is active at once
// here; in the world it can be pending for a while.
func createProfile(c *call) (any, error) {
	if err := c.needAdmin(); err != nil {
		return nil, err
	}
	p := &profile{
		id: c.srv.newID("profile"), status: "active", network: c.in.TextOr("network", "PEPPOL"),
		names: c.in.List("profiles"), extended: c.in.List("profiles_with_extensions"), version: c.in.Text("profile_version"),
		endpointID: c.in.TextOr("endpoint_id", c.company.bid), scheme: c.in.TextOr("scheme", schemes[c.company.country]),
		event: "registered", eventAt: instant(c.srv.now()),
	}
	p.settings, _ = c.in["network_settings"].(map[string]any)
	if p.endpointID == "" || p.scheme == "" {
		return nil, &apiError{
			http.StatusUnprocessableEntity, "profile_not_supported", "The profile is not supported",
			[]string{"scheme and endpoint_id cannot be derived from the business id"},
		}
	}
	for _, other := range c.company.profiles {
		if other.network == p.network && other.endpointID == p.endpointID && slices.ContainsFunc(p.names, func(name string) bool {
			return slices.Contains(other.names, name)
		}) {
			return nil, &apiError{
				http.StatusUnprocessableEntity, "profile_name_conflict", "The profile conflicts with another one",
				[]string{"the network has this profile for this endpoint"},
			}
		}
	}
	c.company.profiles = append(c.company.profiles, p)
	return profileJSON(c, p), nil
}

func getProfile(c *call) (any, error) {
	p, err := c.profile()
	if err != nil {
		return nil, err
	}
	return profileJSON(c, p), nil
}

func updateProfile(c *call) (any, error) {
	p, err := c.profile()
	if err != nil {
		return nil, err
	}
	if settings, ok := c.in["network_settings"].(map[string]any); ok {
		p.settings = merged(p.settings, settings)
	}
	return nil, nil //nolint:nilnil // the answer has no body
}

// deleteProfile is DELETE /v1/company/profiles/{id}.
func deleteProfile(c *call) (any, error) {
	p, err := c.profile()
	if err != nil {
		return nil, err
	}
	if p.status == "pending" {
		return nil, &apiError{http.StatusConflict, "profile_deletion_not_allowed", "The profile cannot be deleted now", nil}
	}
	c.company.profiles = slices.DeleteFunc(c.company.profiles, func(other *profile) bool { return other == p })
	return nil, nil //nolint:nilnil // the answer has no body
}

func (c *call) profile() (*profile, error) {
	return found(c.company.profiles, func(p *profile) bool { return p.id == c.ids["id"] })
}

// found picks the first item that fits, or answers 404.
func found[T any](items []T, fits func(T) bool) (T, error) {
	if i := slices.IndexFunc(items, fits); i >= 0 {
		return items[i], nil
	}
	var none T
	return none, notFound()
}

func profileJSON(c *call, p *profile) *object {
	o := c.srv.object("CompanyProfile").
		put("id", p.id).put("status", p.status).put("network", p.network).put("profile_version", p.version).
		put("endpoint_id", p.endpointID).put("scheme", p.scheme).
		put("last_event", map[string]any{"message": p.event, "created_at": p.eventAt})
	if p.names != nil {
		o.put("profiles", p.names)
	}
	if len(p.names) > 0 {
		o.put("profile", p.names[0])
	}
	if p.extended != nil {
		extended := []any{}
		for _, name := range p.extended {
			extended = append(extended, map[string]any{"profile_name": name})
		}
		o.put("profiles_with_extensions", extended)
	}
	if p.settings != nil {
		o.put("network_settings", p.settings)
	}
	return o
}

// SetProfileState sets the state of a registration: active, pending or error.
func (ax *AXAccount) SetProfileState(profileID, state string) {
	co := ax.co
	co.srv.tb.Helper()
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	p, err := found(co.profiles, func(p *profile) bool { return p.id == profileID })
	if err != nil {
		co.srv.tb.Fatalf("SetProfileState: no profile %q", profileID)
		return
	}
	p.status = state
}
