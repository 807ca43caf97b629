package maventa

import (
	"context"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/decode"
	"github.com/maventa-go/maventa/internal/operation"
)

// ServiceStatus is how far the activation of a receivables service is. The
// list is open. Source: AX Swagger for Amili; Inferred for Ropo by analogy.
type ServiceStatus string

// States of a service. No state for a refused activation is documented.
const (
	ServiceDisabled ServiceStatus = "DISABLED" // never activated, or closed
	ServicePending  ServiceStatus = "PENDING"  // waits for a person to identify and sign: one or two business days
	ServiceActive   ServiceStatus = "ACTIVE"
)

// Known reports whether s is one of the documented states.
func (s ServiceStatus) Known() bool {
	return s == ServiceDisabled || s == ServicePending || s == ServiceActive
}

// Address is a postal address. Source: AX Swagger (Amili); its use for the
// payers of a transfer is Inferred.
type Address struct {
	Country string   `json:"country"` // two letters, ISO 3166-1
	Streets []string `json:"streets"`
	City    string   `json:"city"`
	ZipCode string   `json:"zip_code"`
	Extra   Extra    `json:"-"`
}

// MarshalJSON writes the typed fields and Extra.
func (a Address) MarshalJSON() ([]byte, error) { return decode.Marshal(&a) }

func (a Address) validate(p *call.Problems, field string) {
	p.Required(field+".country", a.Country)
	if len(a.Streets) == 0 {
		p.Add(field+".streets", "is required")
	}
	p.Required(field+".city", a.City)
	p.Required(field+".zip_code", a.ZipCode)
}

// RopoService is Ropo Reminder & Collection: overdue invoices are handed over
// one by one. Finland, Sweden and Norway.
type RopoService struct{ c *Client }

// RopoActivation starts the activation of Ropo.
type RopoActivation struct {
	// AgreementContactEmail is the address of a person who may act for the
	// company. Ropo mails this person a form and an agreement to sign.
	AgreementContactEmail string `json:"agreement_contact_email"`
	// Extra adds members to the body.
	Extra Extra `json:"-"`
	// Again starts the activation even though it is pending or done, which
	// mails the person once more.
	Again bool `json:"-"`
}

// MarshalJSON writes the typed fields and Extra.
func (a RopoActivation) MarshalJSON() ([]byte, error) { return decode.Marshal(&a) }

// Validate returns what [RopoService.Activate] would refuse before sending anything.
func (a RopoActivation) Validate(opts ...CallOption) error {
	return validateBody(&a, operation.RopoActivate, opts)
}

func (a *RopoActivation) validate(p *call.Problems) {
	p.Required("agreement_contact_email", a.AgreementContactEmail)
}

// RopoStatus is the state of Ropo for a company.
//
// Inferred: all fields, by analogy with the agencies in the AX Swagger. Unknown
// ones are in Extra.
type RopoStatus struct {
	Status                ServiceStatus `json:"status" api:"inferred"`
	AgreementContactEmail string        `json:"agreement_contact_email,omitzero" api:"inferred"`
	ActivationURL         Secret        `json:"activation_url,omitzero" api:"inferred"` // whoever has it can open the form
	Extra                 Extra         `json:"-"`
}

func (s *RopoStatus) proven() bool { return s.Status.Known() }

// Activate starts the activation: a person is mailed a form and an agreement to
// sign; in Finland a KYC step follows. Ropo is active one or two business days
// after the signature. Read [RopoService.Status] about once a day until then.
//
// The status is read first. If the service is pending or active the call is
// refused with [ErrAlreadyActivated], since it would mail the person again; set
// Again to do so.
//
// PUT /v2/services/ropo/receivables. Source: developer changelog 2026-04-08.
// Inferred: the success status and the answer, which may be empty.
func (s RopoService) Activate(ctx context.Context, activation RopoActivation, opts ...CallOption) (*RopoStatus, error) {
	return activate[RopoStatus](ctx, s.c, request{op: operation.RopoActivate, write: asJSON, body: &activation}, activation.Again, s.state, opts)
}

// Status reads the state of the activation once. A company that never started
// one may get an error that matches [ErrNotFound].
//
// GET /v2/services/ropo/receivables. Source: developer changelog 2026-04-08.
// Inferred: the fields of the answer.
func (s RopoService) Status(ctx context.Context, opts ...CallOption) (*RopoStatus, error) {
	return one[RopoStatus](ctx, s.c, request{op: operation.RopoStatus}, opts)
}

func (s RopoService) state(ctx context.Context, opts []CallOption) (ServiceStatus, error) {
	now, err := s.Status(ctx, opts...)
	if err != nil {
		return "", err
	}
	return now.Status, nil
}

// Close ends the service. What becomes of open assignments is not documented.
//
// DELETE /v2/services/ropo/receivables. Source: accounts receivable overview.
// Inferred: the success status.
func (s RopoService) Close(ctx context.Context, opts ...CallOption) error {
	status := &RopoStatus{}
	return s.c.call(ctx, request{op: operation.RopoClose, out: status, proof: func() (proven, foreign bool) { return call.Recognized(status), false }}, opts)
}

// activate starts a service, unless it is pending or active, or in a state that
// this package does not know: an activation mails a person. With again that does
// not matter, and the state is not read.
func activate[T any](
	ctx context.Context, c *Client, r request, again bool, state func(context.Context, []CallOption) (ServiceStatus, error), opts []CallOption,
) (*T, error) {
	if err := c.check(r, opts); err != nil {
		return nil, err
	}
	if again {
		return one[T](ctx, c, r, opts)
	}
	now, err := state(ctx, opts)
	switch {
	case err != nil && !isAbsent(err):
		return nil, c.readFirst(r.op, err)
	case err != nil, now == ServiceDisabled, now == "":
		return one[T](ctx, c, r, opts)
	}
	name := string(now)
	if !now.Known() {
		name = call.QuoteCut(name, 32)
	}
	return nil, c.fail(&r, &Error{
		Phase: PhaseBuild, Outcome: OutcomeNotSent, Kind: ErrAlreadyActivated,
		Hint: "the service is " + name + "; set Again to mail the person once more",
	})
}
