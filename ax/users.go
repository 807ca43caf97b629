package ax

import (
	"context"
	"errors"
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// UsersService makes users. See [CompanyService.AddUser] for those of a company.
type UsersService struct{ c *maventa.Client }

// NewUser is a user to be made.
type NewUser struct {
	VendorAPIKey maventa.Secret // of the software partner; required, since this call carries no token
	Email        string
	FirstName    string
	LastName     string
}

// newUser is a NewUser as it is sent: a Secret would hide what the service must
// know.
type newUser struct {
	Email        string `json:"email"`
	FirstName    string `json:"first_name,omitzero"`
	LastName     string `json:"last_name,omitzero"`
	VendorAPIKey string `json:"vendor_api_key"`
}

func (u *NewUser) validate(p *call.Problems) {
	p.Required("vendor_api_key", string(u.VendorAPIKey))
	p.Required("email", u.Email)
}

// CreatedUser holds the key of a user that was made.
type CreatedUser struct {
	// UserAPIKey is given this one time only: keep it now.
	UserAPIKey maventa.Secret `json:"user_api_key" decode:"must"`
	Extra      maventa.Extra  `json:"-"`
}

// ErrKeyLost says that a user was made, and the answer did not hold its key, which is
// given only once. A person decides how to go on: the error's text says what there is.
var ErrKeyLost = maventa.NewKind("key_lost", maventa.ActionAskPerson, nil)

// lostKey is the way out when the only answer that holds a new key is lost.
const lostKey = "the answer holds the new user's key, which is given only once: if the user was made, its key is lost; " +
	"make one under another e-mail address, or have Maventa's support give out the key"

func (u *NewUser) request() maventa.Request {
	r := withBody(operation.UsersCreate, &newUser{u.Email, u.FirstName, u.LastName, string(u.VendorAPIKey)})
	r.Check = check(u.validate)
	return r
}

// Create makes a user, who can then own companies. The key is in this answer
// and in no other. If the answer is lost, the error says so: make a user under
// another e-mail address, or ask Maventa's support; calling again with the same
// address may be refused, since the user may exist.
//
// POST /v1/users, without a token; the vendor's key stands in the body. Source:
// AX Swagger.
func (s UsersService) Create(ctx context.Context, user NewUser, opts ...maventa.CallOption) (*CreatedUser, error) {
	r := user.request()
	created, err := one[CreatedUser](ctx, s.c, r, opts)
	if err == nil && created.UserAPIKey == "" {
		created, err = nil, &maventa.Error{
			Operation: r.Operation, Environment: s.c.Environment().Name, Phase: maventa.PhaseDecode, Outcome: maventa.OutcomeApplied,
		}
	}
	return created, withLostKey(err)
}

// withLostKey says what a lost answer means where the answer holds a key.
func withLostKey(err error) error {
	if e, ok := errors.AsType[*maventa.Error](err); ok && e.Outcome != maventa.OutcomeNotSent && e.Outcome != maventa.OutcomeRejected {
		e.Hint = strings.TrimSuffix(lostKey+"; "+e.Hint, "; ")
		if e.Outcome == maventa.OutcomeApplied {
			e.Kind = ErrKeyLost
		}
	}
	return err
}
