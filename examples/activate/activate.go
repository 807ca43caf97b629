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
	switch {
	case ordered == nil:
	case errors.Is(ordered, maventa.ErrAlreadyActivated): // pending or active: nothing was sent
	case errors.Is(ordered, maventa.ErrOutcomeUnknown): // the mail may be out: look, do not order again
	default:
		return "", ordered
	}
	now, err := c.Ropo.Status(ctx)
	if err != nil {
		return "", errors.Join(ordered, err)
	}
	return now.Status, nil
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
	if ordered != nil && !errors.Is(ordered, maventa.ErrAlreadyActivated) && !errors.Is(ordered, maventa.ErrOutcomeUnknown) {
		return "", ordered
	}
	now, err := c.Amili.Status(ctx)
	if err != nil {
		return "", errors.Join(ordered, err)
	}
	return string(now.ActivationURL), nil // a Secret: printed as it is, it shows nothing
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
