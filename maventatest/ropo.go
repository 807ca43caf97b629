package maventatest

import "github.com/maventa-go/maventa/internal/swagger"

// activateRopo is PUT /v2/services/ropo/receivables.
func activateRopo(c *call) (any, error) {
	p, err := c.body()
	if err != nil {
		return nil, err
	}
	email := p.Text("agreement_contact_email", swagger.Required())
	if err := c.checked(); err != nil {
		return nil, err
	}
	v := c.company.services[Ropo]
	v.fields = map[string]any{"agreement_contact_email": email}
	v.order(true)
	return ropoService(v, v.state), nil
}

// ropoStatus is GET /v2/services/ropo/receivables.
func ropoStatus(c *call) (any, error) {
	v := c.company.services[Ropo]
	state, err := v.shownState()
	if err != nil {
		return nil, err
	}
	return ropoService(v, state).guess("activation_url", v.activationURL()), nil
}

// closeRopo is DELETE /v2/services/ropo/receivables.
func closeRopo(c *call) (any, error) {
	return nil, c.company.services[Ropo].disable()
}

// ropoService is the answer, by analogy with the other services.
func ropoService(v *service, state string) *object {
	return v.company.srv.object("RopoStatus").
		guess("status", state).
		guess("agreement_contact_email", v.fields["agreement_contact_email"]).
		lean("rule Ropo's service has the states of Amili's")
}
