package ax

import (
	"context"
	"strconv"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
)

// ODPService is about what AX calls ODP companies. No source says more of them
// than the two calls.
type ODPService struct{ c *maventa.Client }

// ODPCompany is such a company. Source: AX Swagger.
type ODPCompany struct {
	ID       int           `json:"id"`
	Name     string        `json:"name,omitzero"`
	BID      string        `json:"bid,omitzero"`
	State    string        `json:"state,omitzero"` // CREATED, TRUSTED or DISABLED
	Services []ODPFeature  `json:"services,omitzero"`
	Extra    maventa.Extra `json:"-"`
}

// ODPFeature is a service that the company has.
type ODPFeature struct {
	Name  string        `json:"name,omitzero"`
	Extra maventa.Extra `json:"-"`
}

// Company reads a company.
//
// GET /odp/companies/{id}. Source: AX Swagger.
func (s ODPService) Company(ctx context.Context, id int, opts ...maventa.CallOption) (*ODPCompany, error) {
	return one[ODPCompany](ctx, s.c, request(operation.ODPCompany, strconv.Itoa(id)), opts)
}

// UpdateCompany sets whether a company is trusted, and makes it if there is
// none.
//
// PATCH /odp/companies/{id}. Source: AX Swagger.
func (s ODPService) UpdateCompany(ctx context.Context, id int, trusted bool, opts ...maventa.CallOption) error {
	body := &maventa.Form{}
	body.Add("trusted", strconv.FormatBool(trusted))
	return s.c.Do(ctx, withBody(operation.ODPUpdateCompany, body, strconv.Itoa(id)), nil, opts...)
}
