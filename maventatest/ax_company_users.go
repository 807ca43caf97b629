package maventatest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

var companyUserCalls = axCalls{
	operation.CompanyUsers: {swagger.Nothing(), listUsers},
	operation.CompanyAddUser: {swagger.JSON(
		swagger.Text("email", "first_name").Must(), swagger.Text("last_name", "phone"), swagger.Text("user_role").Of(roleAdmin, roleUser),
		swagger.Flag("notifications_disabled", "emails_disabled"),
	), addUser},
	operation.CompanyUser: {swagger.Nothing(), getUser},
	operation.CompanyUpdateUser: {swagger.JSON(
		swagger.Text("first_name", "last_name", "phone"), swagger.Flag("notifications_disabled", "emails_disabled"),
	), updateUser},
	operation.CompanyRemoveUser:  {swagger.Nothing(), removeUser},
	operation.CompanySetUserRole: {swagger.JSON(swagger.Text("user_role").Must().Of(roleAdmin, roleUser)), setUserRole},

	operation.UsersCreate: {swagger.JSON(swagger.Text("vendor_api_key", "email").Must(), swagger.Text("first_name", "last_name")), createUser},
}

func listUsers(c *call) (any, error) {
	all := []any{}
	for _, m := range c.company.members {
		all = append(all, userJSON(c, m))
	}
	return all, nil
}

// addUser is POST /v1/company/users. A person who has an account is added with
// 200; a new one gets a key, which is shown once, with 201.
func addUser(c *call) (any, error) {
	if err := c.needAdmin(); err != nil {
		return nil, err
	}
	u := c.srv.userByEmail(c.in.Text("email"))
	isNew := u == nil
	if isNew {
		u = c.srv.newUser(c.in.Text("email"))
		u.first, u.last, u.phone = c.in.Text("first_name"), c.in.Text("last_name"), c.in.Text("phone")
	}
	m := c.company.member(u)
	if m == nil {
		m = &member{user: u}
		c.company.members = append(c.company.members, m)
	}
	if !c.in.Has("user_role") {
		c.lean("rule a user added without a role is USER")
	}
	m.role = c.in.TextOr("user_role", roleUser)
	m.noNotifications, m.noEmails = c.in.Flag("notifications_disabled"), c.in.Flag("emails_disabled")
	o := userJSON(c, m)
	if isNew {
		c.status = http.StatusCreated
		o.put("api_key", u.key)
	}
	return o, nil
}

func getUser(c *call) (any, error) {
	m, err := c.member()
	if err != nil {
		return nil, err
	}
	return userJSON(c, m), nil
}

func updateUser(c *call) (any, error) {
	m, err := c.member()
	if err != nil {
		return nil, err
	}
	u := m.user
	u.first, u.last, u.phone = c.in.TextOr("first_name", u.first), c.in.TextOr("last_name", u.last), c.in.TextOr("phone", u.phone)
	if c.in.Has("notifications_disabled") {
		m.noNotifications = c.in.Flag("notifications_disabled")
	}
	if c.in.Has("emails_disabled") {
		m.noEmails = c.in.Flag("emails_disabled")
	}
	return nil, nil //nolint:nilnil // the answer has no body
}

func removeUser(c *call) (any, error) {
	m, err := c.member()
	if err != nil {
		return nil, err
	}
	if err := c.needAdmin(); err != nil {
		return nil, err
	}
	c.company.members = slices.DeleteFunc(c.company.members, func(other *member) bool { return other == m })
	return nil, nil //nolint:nilnil // the answer has no body
}

func setUserRole(c *call) (any, error) {
	m, err := c.member()
	if err != nil {
		return nil, err
	}
	if err := c.needAdmin(); err != nil {
		return nil, err
	}
	m.role = c.in.Text("user_role")
	return nil, nil //nolint:nilnil // the answer has no body
}

func (c *call) member() (*member, error) {
	return found(c.company.members, func(m *member) bool { return strings.EqualFold(m.user.id, c.ids["user_id"]) })
}

func userJSON(c *call, m *member) *object {
	return c.srv.object("CompanyUser").
		put("id", m.user.id).put("email", m.user.email).put("role", m.role).
		put("notifications_disabled", oneOrZero(m.noNotifications)).put("emails_disabled", oneOrZero(m.noEmails))
}

// oneOrZero writes a switch the way answers about users do.
func oneOrZero(on bool) int {
	if on {
		return 1
	}
	return 0
}

// createUser is POST /v1/users, which needs no token. The key is shown once.
func createUser(c *call) (any, error) {
	if c.in.Text("vendor_api_key") != c.srv.vendorKey {
		return nil, c.wrongKeys()
	}
	if c.srv.userByEmail(c.in.Text("email")) != nil {
		c.lean("status error user exists")
		return nil, conflict("a user with this email exists")
	}
	u := c.srv.newUser(c.in.Text("email"))
	u.first, u.last = c.in.Text("first_name"), c.in.Text("last_name")
	return map[string]any{"user_api_key": u.key}, nil
}

// wrongKeys refuses keys in a body, where no token is.
func (c *call) wrongKeys() error {
	c.lean("status error wrong keys without a token")
	return unauthorized()
}
