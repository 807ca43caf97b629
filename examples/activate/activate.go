package main

import (
	"context"
	"errors"

	"github.com/maventa-go/maventa"
)

// orderRopo starts the activation: Ropo mails the person a form and an agreement
// to sign. It may be called again; nobody is mailed twice.
func orderRopo(ctx context.Context, c *maventa.Client, email string) (maventa.ServiceStatus, error) {
	_, ordered := c.Ropo.Activate(ctx, maventa.RopoActivation{AgreementContactEmail: email})
	if !mayBeOrdered(ordered) {
		return "", ordered
	}
	now, err := c.Ropo.Status(ctx)
	if err != nil {
		return "", errors.Join(ordered, err)
	}
	return now.Status, stillInDoubt(ordered, now.Status)
}

// mayBeOrdered tells when the status says more than the order's answer: it was ordered
// before, or the answer was lost and the mail may be out. Never order again then: look.
func mayBeOrdered(ordered error) bool {
	switch maventa.Advise(ordered).Action {
	case maventa.ActionDone, maventa.ActionAskPerson:
		return true
	default: // retry, fix_input, fix_setup: nothing was ordered
		return false
	}
}

// stillInDoubt is the error of the order, unless the status shows that it arrived.
func stillInDoubt(ordered error, now maventa.ServiceStatus) error {
	if now == maventa.ServicePending || now == maventa.ServiceActive {
		return nil
	}
	return ordered
}

// orderAmili starts the onboarding of Perintä and returns the link at which a
// person with signing rights identifies and signs. Without an AuthorizationEmail
// nobody is mailed: show the link to that person, and to nobody else.
func orderAmili(ctx context.Context, c *maventa.Client) (link string, err error) {
	_, ordered := c.Amili.Activate(ctx, maventa.AmiliActivation{
		ServiceType:          maventa.ServiceTypeExpress,     // full would reroute every invoice
		AccountableParty:     maventa.AccountablePartyAgency, // with company we would have to report every payment
		IBAN:                 "FI2112345600000785",
		BIC:                  "NDEAFIHH",
		Bank:                 "Nordea",
		ContactPerson:        "Maija Malli",
		ContactEmail:         "maija@example.com",
		ContactPhoneNumber:   "+358401234567",
		CustomerServiceEmail: "service@example.com",
		BillingAddress:       maventa.Address{Country: "FI", Streets: []string{"Mallikatu 1"}, City: "Helsinki", ZipCode: "00100"},
	})
	if !mayBeOrdered(ordered) {
		return "", ordered
	}
	now, err := c.Amili.Status(ctx)
	if err != nil {
		return "", errors.Join(ordered, err)
	}
	return string(now.ActivationURL), stillInDoubt(ordered, now.Status) // a Secret: printed as it is, it shows nothing
}

// states reads how far both services are. Once a day is enough: a person has to
// sign, and one or two business days pass after that.
func states(ctx context.Context, c *maventa.Client) (ropo, amili maventa.ServiceStatus, err error) {
	atRopo, err := c.Ropo.Status(ctx)
	switch {
	case errors.Is(err, maventa.ErrNotFound):
		ropo = maventa.ServiceDisabled // never ordered
	case err != nil:
		return "", "", err
	default:
		ropo = atRopo.Status
	}
	atAmili, err := c.Amili.Status(ctx)
	switch {
	case errors.Is(err, maventa.ErrNotFound):
		amili = maventa.ServiceDisabled
	case err != nil:
		return "", "", err
	default:
		amili = atAmili.Status
	}
	return ropo, amili, nil
}
