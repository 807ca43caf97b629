package maventa

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// Identity is what [Client.Check] found.
type Identity struct {
	Environment string
	User        User    // empty unless the token has the scope global
	Company     Company // likewise
	// Granted are the scopes of the token, Needed those that the client asks for.
	Granted, Needed []string
	// Refused are the writes with inferred names that Production refuses from a client
	// with these options, whatever environment this is: see [AllowInferredWrites] and
	// [ReadOnly].
	Refused []InferredWrite
}

// String is the identity on one line, without the user.
func (i *Identity) String() string {
	if i == nil {
		return "nobody"
	}
	refused := make([]string, len(i.Refused))
	for n, write := range i.Refused {
		refused[n] = write.writeName()
	}
	return fmt.Sprintf("%s: company %q %s, %d scopes granted, %d needed, writes that production refuses: %s",
		i.Environment, i.Company.Name, i.Company.ID, len(i.Granted), len(i.Needed), cmp.Or(strings.Join(refused, " "), "none"))
}

// User is the user that the API key belongs to.
type User struct {
	ID        string `json:"id"`
	FirstName string `json:"first_name,omitzero"`
	LastName  string `json:"last_name,omitzero"`
	Email     string `json:"email,omitzero"`
	Extra     Extra  `json:"-"`
}

// Company is the company that a token belongs to.
type Company struct {
	ID         string `json:"id"`
	BusinessID string `json:"bid,omitzero"`
	Name       string `json:"name,omitzero"`
	Country    string `json:"country,omitzero"` // two letters
	VAT        string `json:"vat,omitzero"`
	WizardDone bool   `json:"wizard_done,omitzero"` // first-time set-up finished
	Disabled   bool   `json:"disabled,omitzero"`
	Extra      Extra  `json:"-"`
}

// current is the answer of GET /oauth2/current.
type current struct {
	User    User     `json:"user"`
	Company Company  `json:"company"`
	Scopes  []string `json:"scopes"`
}

// Check tells who the client is and whether it can work: it gets a token, reads
// the user and company behind it, compares the granted scopes with those asked
// for, and reads the overview of the assignments to see that the two addresses
// of the environment belong together. It changes nothing. Which writes Production
// would refuse is in Refused, and no error: look for those that your program makes.
//
// The error matches [ErrInvalidCredentials], [ErrMissingScope] (the missing
// ones are in Details) or [ErrWrongEnvironment] where one of these is the
// cause, and none of them is retried.
//
// GET /oauth2/current. Source: AX Swagger, which lists the scope global for it.
// Inferred: that the default scopes suffice; where they do not, user and
// company stay empty and the scopes are those of the token's own answer.
func (c *Client) Check(ctx context.Context, opts ...CallOption) (*Identity, error) {
	me := current{}
	r := request{op: operation.AuthCurrent, out: &me}
	err := c.call(ctx, r, opts)
	denied := errors.Is(err, ErrUnauthorized) || errors.Is(err, ErrForbidden)
	if err != nil && (errors.Is(err, ErrAuth) || !denied) {
		if lacksCall(err) {
			return nil, c.wrongEnvironment(&r, err)
		}
		return nil, err
	}
	granted := me.Scopes
	if len(granted) == 0 {
		token, err := c.token.get(ctx)
		if err != nil {
			return nil, c.fail(&r, err)
		}
		granted = token.scopes
	}
	if missing := call.MissingScopes(c.root.scopes, granted); len(missing) > 0 && len(granted) > 0 {
		return nil, c.fail(&r, &Error{
			Phase: PhaseAuth, Outcome: OutcomeNotSent, Kind: ErrMissingScope, Details: missing,
			Hint: "the user's rights do not cover these scopes, or the client should not ask for them",
		})
	}
	if me.Company.ID != "" && !strings.EqualFold(me.Company.ID, c.company) {
		return nil, c.fail(&r, &Error{
			Phase: PhaseAuth, Outcome: OutcomeNotSent, Kind: ErrInvalidCredentials,
			Hint: "the token belongs to another company than the credentials name",
		})
	}
	if slices.Contains(c.root.scopes, "receivables:assignments") {
		if _, err := c.Assignments.Overview(ctx, opts...); errors.Is(err, ErrUnauthorized) || lacksCall(err) {
			return nil, c.wrongEnvironment(&request{op: operation.AssignmentsOverview}, err)
		} else if err != nil {
			return nil, err
		}
	}
	return &Identity{
		Environment: c.root.environment.Name,
		User:        me.User,
		Company:     me.Company,
		Granted:     granted,
		Needed:      slices.Clone(c.root.scopes),
		Refused:     c.root.refused(),
	}, nil
}

// lacksCall reports whether an address answers 404, whoever says it.
func lacksCall(err error) bool {
	e := asError(err)
	return e != nil && e.Phase == PhaseHTTP && e.Status == http.StatusNotFound
}

// wrongEnvironment says that an address which must know the token does not.
func (c *Client) wrongEnvironment(r *request, err error) error {
	e := asError(err).clone()
	e.Kind = ErrWrongEnvironment
	e.Hint = "a valid token of this environment's AX is not accepted here, or this is not Maventa: do the two URLs belong together?"
	return c.fail(r, e)
}
