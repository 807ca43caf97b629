package maventatest

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

// Company is a company with an account at Maventa and one API user. What belongs
// to it no other company can see.
type Company struct {
	srv  *Server
	id   string
	name string
	bid  string

	user *user // the API user it started with
	account

	// Guarded by the server's lock.
	country     string
	allowed     map[string]bool // scopes; nil: all
	services    map[Service]*service
	levels      map[string]string // service levels by customer
	invoices    []*invoice
	assignments []*assignment            // oldest first
	byNumber    map[string][]*assignment // by the invoice's number
	bank        []BankLine
}

// AddCompany adds a company in Finland with a user and a key of its own: verified
// and linked to the software vendor, whose key is one for all companies.
func (s *Server) AddCompany(name, bid string) *Company {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.newID("company") // ids come in this order in every example
	by := s.newUser("api@example.com")
	by.first, by.last = "Ilmari", "Integraattori"
	if s.vendorKey == "" {
		s.vendorKey = s.newID("vendor key")
	}
	co := s.newCompany(id, name, bid, by)
	co.verify()
	return co
}

// AddCompanyOf adds a company that the API user of another one can reach with
// the same key, as integrators with many customers have it. Only the client id
// of its token calls is its own.
func (s *Server) AddCompanyOf(owner *Company, name, bid string) *Company {
	s.mu.Lock()
	defer s.mu.Unlock()
	co := s.newCompany(s.newID("company"), name, bid, owner.user)
	co.verify()
	return co
}

func (s *Server) newCompany(id, name, bid string, by *user) *Company {
	co := &Company{
		srv: s, id: id, name: name, bid: bid, country: "FI", user: by,
		services: map[Service]*service{}, levels: map[string]string{},
		byNumber: map[string][]*assignment{},
	}
	co.account = newAccount(co)
	for _, kind := range []Service{Ropo, Amili} {
		co.services[kind] = &service{kind: kind, company: co}
	}
	s.companies = append(s.companies, co)
	return co
}

// newID makes an id in the form of a UUID. Ids repeat from run to run, so that
// an example prints the same each time. The lock is held.
func (s *Server) newID(kind string) string {
	s.sequence++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", kind, s.sequence))
	sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// Company is the company that every server starts with.
func (s *Server) Company() *Company {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.companies[0]
}

// Companies lists all companies, in the order in which they came: those that calls
// created, too.
func (s *Server) Companies() []*Company {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.companies)
}

func (s *Server) companyByID(id string) *Company {
	i := slices.IndexFunc(s.companies, func(co *Company) bool { return strings.EqualFold(co.id, id) })
	if i < 0 {
		return nil
	}
	return s.companies[i]
}

// CompanyID is the id of the first company: the client id of its token calls.
func (s *Server) CompanyID() string { return s.Company().ID() }

// UserAPIKey is the key of the first company's API user: the client secret.
func (s *Server) UserAPIKey() string { return s.Company().UserAPIKey() }

// VendorAPIKey is the key of the software that calls: one for all companies.
func (s *Server) VendorAPIKey() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.vendorKey
}

// ID is the company's UUID: the client id of its token calls.
func (co *Company) ID() string { return co.id }

// Name is the company's name.
func (co *Company) Name() string { return co.name }

// BID is the company's business id.
func (co *Company) BID() string { return co.bid }

// UserAPIKey is the key of the company's API user: the client secret.
func (co *Company) UserAPIKey() string { return co.user.key }

// VendorAPIKey is the key of the software that calls: one for all companies.
func (co *Company) VendorAPIKey() string { return co.srv.VendorAPIKey() }

// DeleteUser deletes the company's API user: its tokens and its key are
// worthless from now on. Maventa does so by itself to users nobody uses.
func (co *Company) DeleteUser() {
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	co.user.deleted = true
}

// SetCountry moves the company to another country: FI, SE or NO. The country
// decides which currency Ropo takes.
func (co *Company) SetCountry(code string) {
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	co.country = code
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

// CompanyByID finds a company, one that a call created for example. It is nil
// for an unknown id.
func (s *Server) CompanyByID(id string) *Company {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.companyByID(id)
}
