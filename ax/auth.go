package ax

import (
	"context"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
)

// AuthService tells what a client's token stands for.
type AuthService struct{ c *maventa.Client }

// TokenIdentity is the company, user and scopes behind a token.
type TokenIdentity struct {
	User    maventa.User    `json:"user"`
	Company maventa.Company `json:"company"`
	Scopes  []string        `json:"scopes,omitzero"`
	Extra   maventa.Extra   `json:"-"`
}

// Current reads who the client's token stands for. [maventa.Client.Check] does more.
//
// GET /oauth2/current. Source: AX Swagger.
func (s AuthService) Current(ctx context.Context, opts ...maventa.CallOption) (*TokenIdentity, error) {
	return one[TokenIdentity](ctx, s.c, request(operation.AuthCurrent), opts)
}

// TokenStatus is what the service says about a token.
type TokenStatus struct {
	ClientID  string        `json:"client_id"` // the company's id
	ExpiresAt time.Time     `json:"expires_at,omitzero"`
	Extra     maventa.Extra `json:"-"`
}

// Status reads when the client's token expires. The service offers it for tests
// only.
//
// GET /status/authenticated. Source: AX Swagger.
func (s AuthService) Status(ctx context.Context, opts ...maventa.CallOption) (*TokenStatus, error) {
	return one[TokenStatus](ctx, s.c, request(operation.AuthStatus), opts)
}
