package ax

import (
	"context"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// UserRole is what a user may do. The list is open.
type UserRole string

// Roles. Source: AX Swagger and the users page.
const (
	RoleAdmin UserRole = "ADMIN"
	RoleUser  UserRole = "USER" // cannot change company data and settings, nor add users
)

// Known reports whether r is one of the documented roles.
func (r UserRole) Known() bool { return r == RoleAdmin || r == RoleUser }

// CompanyUser is a user of the company. API users that have not logged in for a
// year and left their last company over six months ago are deleted by Maventa.
type CompanyUser struct {
	ID                    string   `json:"id"`
	Email                 string   `json:"email"`
	NotificationsDisabled Flag     `json:"notifications_disabled,omitzero"`
	EmailsDisabled        Flag     `json:"emails_disabled,omitzero"`
	Role                  UserRole `json:"role,omitzero"`
	// APIKey is in the answer to [CompanyService.AddUser] alone, and only if the
	// user is a new one. It is given this one time: keep it now.
	APIKey maventa.Secret `json:"api_key,omitzero" decode:"must"`
	Extra  maventa.Extra  `json:"-"`
}

func (u *CompanyUser) proven() bool { return u.ID != "" || u.Email != "" }

// AddedUser is a user to be added to the company, an existing or a new one.
type AddedUser struct {
	Email                 string            `json:"email"`
	FirstName             string            `json:"first_name"`
	LastName              string            `json:"last_name,omitzero"`
	Phone                 string            `json:"phone,omitzero"`
	Role                  UserRole          `json:"user_role,omitzero"`
	NotificationsDisabled maventa.Opt[bool] `json:"notifications_disabled,omitzero"` // no e-mails about invoices
	EmailsDisabled        maventa.Opt[bool] `json:"emails_disabled,omitzero"`        // no e-mails at all
}

func (u *AddedUser) validate(p *call.Problems) {
	p.Required("email", u.Email)
	p.Required("first_name", u.FirstName)
	if u.Role != "" {
		p.Enum("user_role", string(u.Role), u.Role.Known())
	}
}

// UserUpdate changes a user. What is unset stays as it is.
type UserUpdate struct {
	FirstName             maventa.Opt[string] `json:"first_name,omitzero"`
	LastName              maventa.Opt[string] `json:"last_name,omitzero"`
	Phone                 maventa.Opt[string] `json:"phone,omitzero"`
	NotificationsDisabled maventa.Opt[bool]   `json:"notifications_disabled,omitzero"`
	EmailsDisabled        maventa.Opt[bool]   `json:"emails_disabled,omitzero"`
}

type userRoleChange struct {
	Role UserRole `json:"user_role"`
}

func (c *userRoleChange) validate(p *call.Problems) {
	p.Enum("user_role", string(c.Role), c.Role.Known())
}

// Users lists the users of the company.
//
// GET /v1/company/users. Source: AX Swagger.
func (s CompanyService) Users(ctx context.Context, opts ...maventa.CallOption) ([]CompanyUser, error) {
	return many[CompanyUser](ctx, s.c, request(operation.CompanyUsers), opts)
}

// User reads one user of the company.
//
// GET /v1/company/users/{user_id}. Source: AX Swagger.
func (s CompanyService) User(ctx context.Context, userID string, opts ...maventa.CallOption) (*CompanyUser, error) {
	return one[CompanyUser](ctx, s.c, request(operation.CompanyUser, userID), opts)
}

// AddUser adds a user to the company. If none has the e-mail address a new one
// is made, and its APIKey is in this answer and in no other. If the answer is
// lost, [CompanyService.Users] shows whether the user was added; the key of a new
// one is lost then: remove the user and add one under another e-mail address, or
// ask Maventa's support.
//
// POST /v1/company/users. Source: AX Swagger.
func (s CompanyService) AddUser(ctx context.Context, user AddedUser, opts ...maventa.CallOption) (*CompanyUser, error) {
	added, err := one[CompanyUser](ctx, s.c, withBody(operation.CompanyAddUser, &user), opts)
	return added, withLostKey(err)
}

// UpdateUser changes a user of the company.
//
// PATCH /v1/company/users/{user_id}. Source: AX Swagger.
func (s CompanyService) UpdateUser(ctx context.Context, userID string, update UserUpdate, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, withBody(operation.CompanyUpdateUser, &update, userID), nil, opts...)
}

// SetUserRole changes what a user of the company may do.
//
// POST /v1/company/users/{user_id}/roles. Source: AX Swagger.
func (s CompanyService) SetUserRole(ctx context.Context, userID string, role UserRole, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, withBody(operation.CompanySetUserRole, &userRoleChange{role}, userID), nil, opts...)
}

// RemoveUser removes a user from the company.
//
// DELETE /v1/company/users/{user_id}. Source: AX Swagger.
func (s CompanyService) RemoveUser(ctx context.Context, userID string, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, request(operation.CompanyRemoveUser, userID), nil, opts...)
}
