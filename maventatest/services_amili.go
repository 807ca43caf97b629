package maventatest

import "github.com/maventa-go/maventa/internal/swagger"

// activateAmili is PUT /v2/services/amili/receivables, strict as the Swagger
// file says.
func activateAmili(c *call) (any, error) {
	p, err := c.body()
	if err != nil {
		return nil, err
	}
	fields := map[string]any{}
	for _, name := range []string{
		"iban", "bic", "bank", "contact_person", "contact_email", "customer_service_email", "contact_phone_number",
	} {
		fields[name] = p.Text(name, swagger.Required())
	}
	for _, name := range []string{"customer_service_phone_number", "authorization_email"} {
		fields[name] = p.Text(name)
	}
	party := p.Text("accountable_party", swagger.OneOf(partyAgency, partyCompany))
	serviceType := p.Text("service_type", swagger.OneOf(typeFull, typeExpress))
	if billing := p.Object("billing_address", swagger.Required()); billing != nil {
		fields["billing_address"] = readAddress(billing, swagger.Required())
	}
	if postal := p.Object("postal_address"); postal != nil {
		readAddress(postal) // not in the answer
	}
	if err := c.checked(); err != nil {
		return nil, err
	}
	v := c.company.services[Amili]
	v.fields, v.serviceType, v.accountableParty = fields, serviceType, party
	if serviceType == "" {
		v.serviceType = typeFull
	}
	if party == "" {
		c.lean("rule accountable_party is vfsfi unless given")
		v.accountableParty = partyAgency
	}
	v.order(fields["authorization_email"] != "")
	return amiliService(v, v.state), nil
}

func readAddress(p *swagger.Object, rules ...swagger.Rule) map[string]any {
	return map[string]any{
		"country":  p.Text("country", rules...),
		"streets":  p.Texts("streets", rules...),
		"city":     p.Text("city", rules...),
		"zip_code": p.Text("zip_code", rules...),
	}
}

// amiliStatus is GET /v2/services/amili/receivables. Only here is the
// activation_url, as the documentation has it.
func amiliStatus(c *call) (any, error) {
	v := c.company.services[Amili]
	state, err := v.shownState()
	if err != nil {
		return nil, err
	}
	return amiliService(v, state).put("activation_url", v.activationURL()), nil
}

// updateAmili is PATCH /v2/services/amili/receivables.
func updateAmili(c *call) (any, error) {
	p, err := c.body()
	if err != nil {
		return nil, err
	}
	party := p.Text("accountable_party", swagger.OneOf(partyAgency, partyCompany))
	serviceType := p.Text("service_type", swagger.OneOf(typeFull, typeExpress))
	if err := c.checked(); err != nil {
		return nil, err
	}
	v := c.company.services[Amili]
	if !v.active() && v.state != statePending {
		c.lean("rule a PATCH of a service that is not on is 404")
		return nil, notFound()
	}
	if party != "" {
		v.accountableParty = party
	}
	if serviceType != "" {
		c.lean("rule a change of service_type needs no new KYC")
		v.serviceType = serviceType
	}
	return nil, nil //nolint:nilnil // the answer has no body
}

// closeAmili is DELETE /v2/services/amili/receivables.
func closeAmili(c *call) (any, error) {
	return nil, c.company.services[Amili].disable()
}

func amiliService(v *service, state string) *object {
	o := v.company.srv.object("AmiliService").put("status", state)
	if v.state == "" {
		return o
	}
	for name, value := range v.fields {
		o.put(name, value)
	}
	o.put("service_type", v.serviceType).put("accountable_party", v.accountableParty)
	if v.active() && v.accountableParty == partyAgency {
		o.put("vfsfi", map[string]any{
			"iban": "FI2112345600000785", "bic": "NDEAFIHH", "account_number": "12345600000785",
			"notes": []any{map[string]any{"code": "FI", "phrase": "Saatava on siirretty Visma Amilille. Maksu vain alla olevalle tilille."}},
		})
	}
	return o
}
