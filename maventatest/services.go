package maventatest

import (
	"net/http"
	"slices"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

var serviceCalls = map[*operation.Op]handler{
	operation.RopoActivate: activateRopo,
	operation.RopoStatus:   ropoStatus,
	operation.RopoClose:    closeRopo,

	operation.AmiliActivate: activateAmili,
	operation.AmiliStatus:   amiliStatus,
	operation.AmiliUpdate:   updateAmili,
	operation.AmiliClose:    closeAmili,
}

// Service is one of the two agencies' services.
type Service string

// The services.
const (
	Ropo  Service = "ropo"
	Amili Service = "amili"
)

// title is the service's name in texts.
func (s Service) title() string {
	if s == Ropo {
		return "Ropo"
	}
	return "Amili"
}

// States of a service, as on the wire.
const (
	statePending  = "PENDING"
	stateActive   = "ACTIVE"
	stateDisabled = "DISABLED"
)

// The two kinds of Amili service and who watches the payments.
const (
	typeFull     = "full"    // Kassavirta
	typeExpress  = "express" // Perintä
	partyAgency  = "vfsfi"
	partyCompany = "company"
)

// service is one company's contract with one agency.
type service struct {
	kind    Service
	company *Company

	state     string // empty: never activated
	mails     int    // KYC mails sent
	orderedOn string // story date of the last PUT
	activeOn  string // story date

	// As given by the company.
	fields           map[string]any // the members of the PUT that are shown again
	serviceType      string
	accountableParty string
}

func (v *service) active() bool { return v.state == stateActive }

// order is a PUT: onboarding starts, or starts again.
func (v *service) order(mail bool) {
	s := v.company.srv
	if v.active() {
		s.lean("rule a PUT on an active service starts onboarding again")
	}
	v.state = statePending
	v.orderedOn = s.clock.Today()
	if !slices.Contains(s.onboarding, v) {
		s.onboarding = append(s.onboarding, v)
	}
	if mail {
		v.mails++
	}
}

func (v *service) activate() {
	v.state = stateActive
	v.activeOn = v.company.srv.clock.Today()
}

// sign is the person who signs: the service becomes active, and those who asked
// for it get a webhook.
func (v *service) sign() {
	v.activate()
	v.company.srv.lean("rule a webhook tells that a service is active")
	v.company.raise(eventServiceActivated, string(v.kind))
}

// disable is a DELETE. Open assignments stay: what becomes of them is unknown.
func (v *service) disable() error {
	if v.state == "" || v.state == stateDisabled {
		v.company.srv.lean("rule a DELETE of a service that is not on is 404")
		return notFound()
	}
	v.state = stateDisabled
	return nil
}

// settleKYC lets the person sign by himself once the days have passed, and reports
// whether the service still waits for that.
func (v *service) settleKYC() bool {
	s := v.company.srv
	days := s.options.kycDays
	if v.state == statePending && days >= 0 && daysBetween(v.orderedOn, s.clock.Today()) >= days {
		v.sign()
	}
	return v.state == statePending
}

// activationURL is where the person signs.
func (v *service) activationURL() string {
	if v.state != statePending {
		return ""
	}
	return "https://kyc.example.com/" + string(v.kind) + "/" + v.company.id
}

// shownState is the state in an answer. A service that was never activated may
// be shown as disabled or not at all.
func (v *service) shownState() (string, error) {
	if v.state != "" {
		return v.state, nil
	}
	v.company.srv.lean("status a service that was never activated")
	if v.company.srv.options.wire.NeverActivated == http.StatusNotFound {
		return "", notFound()
	}
	return stateDisabled, nil
}

// service finds a service by its kind. The lock is held.
func (co *Company) service(kind Service) *service {
	v := co.services[kind]
	if v == nil {
		co.srv.tb.Helper()
		co.srv.tb.Fatalf("there is no service %q: use Ropo or Amili", kind)
		return &service{kind: kind, company: co}
	}
	return v
}

// CompleteKYC is the person who signs the agreement: the service becomes active.
// It must have been ordered before.
func (co *Company) CompleteKYC(kind Service) {
	co.srv.tb.Helper()
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	v := co.service(kind)
	if v.state != statePending {
		co.srv.tb.Fatalf("CompleteKYC: %s is not waiting for a signature", kind)
		return
	}
	v.sign()
}

// KYCMails counts the mails that asked a person to sign: one per PUT that names
// an address.
func (co *Company) KYCMails(kind Service) int {
	co.srv.tb.Helper()
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	return co.service(kind).mails
}

// Activate makes Ropo active without a call or a mail, for tests about something
// else. For Amili see [Company.ActivateKassavirta] and [Company.ActivatePerinta].
func (co *Company) Activate(kind Service) {
	co.srv.tb.Helper()
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	v := co.service(kind)
	v.serviceType, v.accountableParty = typeFull, partyAgency
	v.fields = map[string]any{}
	v.activate()
}

// ActivateKassavirta makes Amili active as full service: every invoice in euros
// goes to the agency. accountableParty is "vfsfi", where the agency receives the
// payments, or "company", where the sender does and must report each.
func (co *Company) ActivateKassavirta(accountableParty string) {
	co.activateAmili(typeFull, accountableParty)
}

// ActivatePerinta makes Amili active as express service: overdue invoices are
// transferred one by one. For accountableParty see [Company.ActivateKassavirta].
func (co *Company) ActivatePerinta(accountableParty string) {
	co.activateAmili(typeExpress, accountableParty)
}

func (co *Company) activateAmili(serviceType, party string) {
	co.Activate(Amili)
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	co.services[Amili].serviceType, co.services[Amili].accountableParty = serviceType, party
}

// ServiceState is PENDING, ACTIVE, DISABLED, or empty for a service that was
// never ordered.
func (co *Company) ServiceState(kind Service) string {
	co.srv.tb.Helper()
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	co.srv.settle()
	return co.service(kind).state
}

// activateRopo is PUT /v2/services/ropo/receivables.
func activateRopo(c *call) (any, error) {
	p, err := c.body()
	if err != nil {
		return nil, err
	}
	email := p.Text("agreement_contact_email", swagger.Required())
	if err := c.checked(); err != nil {
		return nil, err
	}
	v := c.company.services[Ropo]
	v.fields = map[string]any{"agreement_contact_email": email}
	v.order(true)
	return ropoService(v, v.state), nil
}

// ropoStatus is GET /v2/services/ropo/receivables.
func ropoStatus(c *call) (any, error) {
	v := c.company.services[Ropo]
	state, err := v.shownState()
	if err != nil {
		return nil, err
	}
	return ropoService(v, state).guess("activation_url", v.activationURL()), nil
}

// closeRopo is DELETE /v2/services/ropo/receivables.
func closeRopo(c *call) (any, error) {
	return nil, c.company.services[Ropo].disable()
}

// ropoService is the answer, by analogy with the other services.
func ropoService(v *service, state string) *object {
	return v.company.srv.object("RopoStatus").
		guess("status", state).
		guess("agreement_contact_email", v.fields["agreement_contact_email"]).
		lean("rule Ropo's service has the states of Amili's")
}
