package maventatest

import (
	"slices"
	"time"
)

// account is what AX knows of a company beyond the receivables. The server's
// lock guards it.
type account struct {
	members  []*member
	settings map[string]any
	profiles []*profile
	linked   bool // to the vendor of its software

	authState, authEmail, companyState string
	keptActive                         int

	received      []*invoice
	documents     []*document
	consumers     []Consumer
	mandates      []Mandate
	subscriptions []*subscription
	agreements    []*atgAgreement
	opCredit      credit
	checks        []string // of Detect, enabled
	b2cno         string
	bankMessages  []*bankMessage
	odp           map[int]*odpCompany
}

// user is a person or a program with a key.
type user struct {
	id, key            string
	email, first, last string
	phone              string
	deleted            bool
}

// member is a user of one company.
type member struct {
	user                      *user
	role                      string
	noNotifications, noEmails bool
}

const (
	roleAdmin = "ADMIN"
	roleUser  = "USER"
)

func newAccount(co *Company) account {
	return account{
		members:   []*member{{user: co.user, role: roleAdmin}},
		settings:  newSettings(co),
		authState: authNone, companyState: companyUnverified,
		b2cno: "FREE", odp: map[int]*odpCompany{},
	}
}

func (s *Server) newUser(email string) *user {
	u := &user{id: s.newID("user"), key: s.newID("user key"), email: email}
	s.users = append(s.users, u)
	return u
}

func (s *Server) userByKey(key string) *user {
	return s.findUser(func(u *user) bool { return u.key == key })
}

func (s *Server) userByEmail(email string) *user {
	return s.findUser(func(u *user) bool { return u.email == email })
}

func (s *Server) findUser(fits func(u *user) bool) *user {
	i := slices.IndexFunc(s.users, func(u *user) bool { return !u.deleted && fits(u) })
	if i < 0 {
		return nil
	}
	return s.users[i]
}

// member finds a user's place in the company; nil if he has none.
func (co *Company) member(u *user) *member {
	i := slices.IndexFunc(co.members, func(m *member) bool { return m.user == u })
	if i < 0 || u.deleted {
		return nil
	}
	return co.members[i]
}

// vendorKnown reports whether some software has the vendor key.
func (s *Server) vendorKnown(key string) bool {
	return slices.ContainsFunc(s.companies, func(co *Company) bool { return co.vendorAPIKey == key })
}

// now is the story's time as it stands in answers.
func (s *Server) now() time.Time { return s.clock.Now() }

// CompanyByID finds a company, one that a call created for example. It is nil
// for an unknown id.
func (s *Server) CompanyByID(id string) *Company {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.companyByID(id)
}
