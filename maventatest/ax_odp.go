package maventatest

import (
	"strconv"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

// odpCompany is a company of ODP. Nothing more is known of it.
type odpCompany struct{ trusted bool }

var odpCalls = axCalls{
	operation.ODPCompany:       {swagger.Nothing(), getODP},
	operation.ODPUpdateCompany: {swagger.Form(swagger.Flag("trusted").Must()), updateODP},
}

func (c *call) odpID() (int, error) {
	id, err := strconv.Atoi(c.ids["id"])
	if err != nil || id < 1 {
		return 0, invalidParameters("id is invalid")
	}
	return id, nil
}

func getODP(c *call) (any, error) {
	id, err := c.odpID()
	if err != nil {
		return nil, err
	}
	one := c.company.odp[id]
	if one == nil {
		return nil, notFound()
	}
	state := stateCreated
	if one.trusted {
		state = "TRUSTED"
	}
	return map[string]any{"id": id, "name": "ODP " + strconv.Itoa(id), "bid": c.company.bid, "state": state, "services": []any{}}, nil
}

// updateODP is PATCH /odp/companies/{id}, which creates what is missing.
func updateODP(c *call) (any, error) {
	id, err := c.odpID()
	if err != nil {
		return nil, err
	}
	c.company.odp[id] = &odpCompany{c.in.Flag("trusted")}
	return nil, nil //nolint:nilnil // the answer has no body
}
