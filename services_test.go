package maventa_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

const (
	ropoURL  = ct.AX + "/v2/services/ropo/receivables"
	amiliURL = ct.AX + "/v2/services/amili/receivables"
)

func ropoActivation() maventa.RopoActivation {
	return maventa.RopoActivation{AgreementContactEmail: "talous@sahkolahde.example"}
}

// amiliActivation holds the required fields only.
func amiliActivation() maventa.AmiliActivation {
	return maventa.AmiliActivation{
		IBAN:                 "FI0099990000000001",
		BIC:                  "TESTFIHH",
		Bank:                 "Kokeilupankki",
		ContactPerson:        "Kaisa Kuvitteellinen",
		ContactEmail:         "kaisa@sahkolahde.example",
		ContactPhoneNumber:   "+358000000001",
		CustomerServiceEmail: "asiakaspalvelu@sahkolahde.example",
		AccountableParty:     maventa.AccountablePartyAgency,
		ServiceType:          maventa.ServiceTypeFull,
		BillingAddress:       maventa.Address{Country: "FI", Streets: []string{"Keksitty katu 1"}, City: "Mallila", ZipCode: "00001"},
	}
}

// activations are the two ways to start a service, for what they share.
var activations = []struct {
	name, url string
	activate  func(t *testing.T, c *maventa.Client, again bool) (maventa.ServiceStatus, error)
}{
	{"Ropo", ropoURL, func(t *testing.T, c *maventa.Client, again bool) (maventa.ServiceStatus, error) {
		a := ropoActivation()
		a.Again = again
		s, err := c.Ropo.Activate(t.Context(), a)
		if err != nil {
			assert.Nil(t, s)
			return "", err
		}
		return s.Status, nil
	}},
	{"Amili", amiliURL, func(t *testing.T, c *maventa.Client, again bool) (maventa.ServiceStatus, error) {
		a := amiliActivation()
		a.Again = again
		s, err := c.Amili.Activate(t.Context(), a)
		if err != nil {
			assert.Nil(t, s)
			return "", err
		}
		return s.Status, nil
	}},
}

func TestRopoActivate(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", ropoURL, ct.Reply{Status: 404})
	m.On("PUT", ropoURL, ct.Reply{Status: 200, File: "ropo_status"})
	s, err := m.Client.Ropo.Activate(t.Context(), ropoActivation())
	require.NoError(t, err)
	assertRopoStatus(t, s)
	m.LastSent("PUT", ropoURL, "ropo_activate")
	assert.Equal(t, []string{"GET " + ropoURL, "PUT " + ropoURL}, m.URLs())
}

func TestRopoStatus(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", ropoURL, ct.Reply{Status: 200, File: "ropo_status"})
	s, err := m.Client.Ropo.Status(t.Context())
	require.NoError(t, err)
	assertRopoStatus(t, s)
	m.LastSent("GET", ropoURL, "")
}

func assertRopoStatus(t *testing.T, s *maventa.RopoStatus) {
	t.Helper()
	takeExtra(t, &s.Extra, map[string]string{"country": `"FI"`})
	assert.Equal(t, &maventa.RopoStatus{
		Status:                maventa.ServicePending,
		AgreementContactEmail: "talous@sahkolahde.example",
		ActivationURL:         "https://kyc.example/ropo/1",
	}, s)
}

func TestRopoClose(t *testing.T) {
	m := ct.NewMock(t)
	m.On("DELETE", ropoURL, ct.Reply{Status: 204})
	require.NoError(t, m.Client.Ropo.Close(t.Context()))
	m.LastSent("DELETE", ropoURL, "")
}

func TestAmiliActivate(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", amiliURL, ct.Reply{Status: 200, Body: `{"status":"DISABLED"}`})
	m.On("PUT", amiliURL, ct.Reply{Status: 200, File: "amili_status"})
	a := amiliActivation()
	a.CustomerServicePhoneNumber = "+358000000002"
	a.AuthorizationEmail = "toimitusjohtaja@sahkolahde.example"
	a.AccountableParty = maventa.AccountablePartyCompany
	a.ServiceType = maventa.ServiceTypeExpress
	a.BillingAddress.Streets = append(a.BillingAddress.Streets, "B 2")
	a.PostalAddress = &maventa.Address{Country: "FI", Streets: []string{"PL 3"}, City: "Mallila", ZipCode: "00002"}
	s, err := m.Client.Amili.Activate(t.Context(), a)
	require.NoError(t, err)
	assertAmiliStatus(t, s)
	m.LastSent("PUT", amiliURL, "amili_activate")
	assert.Equal(t, []string{"GET " + amiliURL, "PUT " + amiliURL}, m.URLs())
}

func TestAmiliStatus(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", amiliURL, ct.Reply{Status: 200, File: "amili_status"})
	s, err := m.Client.Amili.Status(t.Context())
	require.NoError(t, err)
	assertAmiliStatus(t, s)
	m.LastSent("GET", amiliURL, "")
}

func assertAmiliStatus(t *testing.T, s *maventa.AmiliStatus) {
	t.Helper()
	takeExtra(t, &s.Extra, map[string]string{"valid_from": `"2026-11-01"`})
	takeExtra(t, &s.Agency.Extra, map[string]string{"reference_prefix": `"55"`})
	assert.Equal(t, &maventa.AmiliStatus{
		Status:                     maventa.ServiceActive,
		ServiceType:                maventa.ServiceTypeExpress,
		AccountableParty:           maventa.AccountablePartyAgency,
		ActivationURL:              "https://kyc.example/amili/1",
		IBAN:                       "FI0099990000000001",
		BIC:                        "TESTFIHH",
		Bank:                       "Kokeilupankki",
		ContactPerson:              "Kaisa Kuvitteellinen",
		ContactEmail:               "kaisa@sahkolahde.example",
		ContactPhoneNumber:         "+358000000001",
		CustomerServiceEmail:       "asiakaspalvelu@sahkolahde.example",
		CustomerServicePhoneNumber: "+358000000002",
		AuthorizationEmail:         "toimitusjohtaja@sahkolahde.example",
		BillingAddress:             maventa.Address{Country: "FI", Streets: []string{"Keksitty katu 1", "B 2"}, City: "Mallila", ZipCode: "00001"},
		Agency: maventa.AmiliAgency{
			IBAN: "FI0099990000000099", BIC: "TESTFIHH", AccountNumber: "999900-99",
			Notes: []maventa.AmiliNote{{Phrase: "Lasku on siirretty.", Code: "AAX"}, {Phrase: "Maksa vain tilille.", Code: "AAY"}},
		},
	}, s)
}

func TestAmiliUpdateRequest(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", amiliURL, ct.Reply{Status: 200, File: "amili_status"})
	m.On("PATCH", amiliURL, ct.Reply{Status: 204})
	require.NoError(t, m.Client.Amili.Update(t.Context(), maventa.AmiliUpdate{
		AccountableParty: maventa.AccountablePartyAgency, ServiceType: maventa.ServiceTypeFull, CurrentServiceType: maventa.ServiceTypeExpress,
	}))
	m.LastSent("PATCH", amiliURL, "amili_update")
	assert.Equal(t, []string{"GET " + amiliURL, "PATCH " + amiliURL}, m.URLs())
}

func TestAmiliClose(t *testing.T) {
	m := ct.NewMock(t)
	m.On("DELETE", amiliURL, ct.Reply{Status: 204})
	require.NoError(t, m.Client.Amili.Close(t.Context()))
	m.LastSent("DELETE", amiliURL, "")
}

// A person is mailed by each activation, so one is enough.
func TestActivateOnce(t *testing.T) {
	for _, s := range activations {
		for _, status := range []maventa.ServiceStatus{maventa.ServicePending, maventa.ServiceActive} {
			t.Run(s.name+" "+string(status), func(t *testing.T) {
				m := ct.NewMock(t)
				m.On("GET", s.url, ct.Reply{Status: 200, Body: `{"status":"` + string(status) + `"}`})
				_, err := s.activate(t, m.Client, false)
				e := ct.Failure(t, err)
				require.ErrorIs(t, err, maventa.ErrAlreadyActivated)
				assert.Equal(t, s.name+".Activate", e.Operation)
				assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
				assert.Contains(t, err.Error(), string(status))
				assert.Equal(t, []string{"GET " + s.url}, m.URLs())
			})
		}
		t.Run(s.name+" behind a gateway", func(t *testing.T) { // whose 404 does not say that there is no service
			m := ct.NewMock(t)
			m.On("GET", s.url, ct.Reply{Status: 404, Body: "no such backend"})
			_, err := s.activate(t, m.Client, false)
			require.NotErrorIs(t, err, maventa.ErrNotFound)
			assert.Equal(t, maventa.ActionRetry, maventa.Advise(err).Action)
			assert.Equal(t, []string{"GET " + s.url}, m.URLs())
		})
		t.Run(s.name+" again", func(t *testing.T) {
			m := ct.NewMock(t)
			m.On("PUT", s.url, ct.Reply{Status: 200, Body: `{"status":"PENDING"}`})
			status, err := s.activate(t, m.Client, true)
			require.NoError(t, err)
			assert.Equal(t, maventa.ServicePending, status)
			assert.Equal(t, []string{"PUT " + s.url}, m.URLs())
		})
		for _, never := range []ct.Reply{{Status: 404}, {Status: 200, Body: `{"status":"DISABLED"}`}} {
			t.Run(s.name+" never started", func(t *testing.T) {
				m := ct.NewMock(t)
				m.On("GET", s.url, never)
				m.On("PUT", s.url, ct.Reply{Status: 200, Body: `{"status":"PENDING"}`})
				_, err := s.activate(t, m.Client, false)
				require.NoError(t, err)
				assert.Equal(t, []string{"GET " + s.url, "PUT " + s.url}, m.URLs())
			})
		}
		for status, kind := range map[int]error{401: maventa.ErrUnauthorized, 403: maventa.ErrForbidden, 503: maventa.ErrUnavailable} {
			t.Run(s.name+" status unreadable", func(t *testing.T) {
				m := ct.NewMock(t)
				m.On("GET", s.url, ct.Reply{Status: status})
				_, err := s.activate(t, m.Client, false)
				e := ct.Failure(t, err)
				require.ErrorIs(t, err, kind)
				require.NotErrorIs(t, err, maventa.ErrOutcomeUnknown)
				assert.Equal(t, s.name+".Activate", e.Operation)
				assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
				assert.Equal(t, []string{"GET " + s.url}, m.URLs())
			})
		}
		t.Run(s.name+" refused", func(t *testing.T) {
			m := ct.NewMock(t)
			m.On("GET", s.url, ct.Reply{Status: 404})
			m.On("PUT", s.url, ct.Reply{Status: 422, Body: `{"code":"invalid_parameters"}`})
			_, err := s.activate(t, m.Client, false)
			assert.Equal(t, maventa.OutcomeRejected, ct.Failure(t, err).Outcome)
		})
	}
}

func TestRopoActivationBody(t *testing.T) {
	m := ct.NewMock(t)
	m.On("PUT", ropoURL, ct.Reply{Status: 202})
	a := ropoActivation()
	a.Again = true
	a.AgreementContactEmail = "toinen@sahkolahde.example"
	a.Extra = extraOf(t, "country", "FI")
	s, err := m.Client.Ropo.Activate(t.Context(), a)
	require.NoError(t, err)
	assert.Equal(t, &maventa.RopoStatus{}, s, "an empty 202 is a success that says nothing")
	m.LastSent("PUT", ropoURL, "ropo_activate_extra")

	m = ct.NewMock(t)
	_, err = m.Client.Ropo.Activate(t.Context(), maventa.RopoActivation{AgreementContactEmail: " "})
	ct.Refused(t, err, "agreement_contact_email")
	m.NothingSent()
}

func TestAmiliActivationBody(t *testing.T) {
	m := ct.NewMock(t)
	m.On("PUT", amiliURL, ct.Reply{Status: 200, Body: `{"status":"PENDING"}`})
	a := amiliActivation()
	a.Again = true
	_, err := m.Client.Amili.Activate(t.Context(), a)
	require.NoError(t, err)
	m.LastSent("PUT", amiliURL, "amili_activate_min")
}

func TestAmiliMissingFields(t *testing.T) {
	required := map[string]func(*maventa.AmiliActivation){
		"iban":                     func(a *maventa.AmiliActivation) { a.IBAN = "" },
		"bic":                      func(a *maventa.AmiliActivation) { a.BIC = " " },
		"bank":                     func(a *maventa.AmiliActivation) { a.Bank = "" },
		"contact_person":           func(a *maventa.AmiliActivation) { a.ContactPerson = "" },
		"contact_email":            func(a *maventa.AmiliActivation) { a.ContactEmail = "" },
		"contact_phone_number":     func(a *maventa.AmiliActivation) { a.ContactPhoneNumber = "" },
		"customer_service_email":   func(a *maventa.AmiliActivation) { a.CustomerServiceEmail = "" },
		"accountable_party":        func(a *maventa.AmiliActivation) { a.AccountableParty = "" },
		"service_type":             func(a *maventa.AmiliActivation) { a.ServiceType = "" },
		"billing_address.country":  func(a *maventa.AmiliActivation) { a.BillingAddress.Country = "" },
		"billing_address.streets":  func(a *maventa.AmiliActivation) { a.BillingAddress.Streets = nil },
		"billing_address.city":     func(a *maventa.AmiliActivation) { a.BillingAddress.City = "" },
		"billing_address.zip_code": func(a *maventa.AmiliActivation) { a.BillingAddress.ZipCode = "" },
		"postal_address.city": func(a *maventa.AmiliActivation) {
			a.PostalAddress = &maventa.Address{Country: "FI", Streets: []string{"PL 1"}, ZipCode: "00001"}
		},
	}
	for field, remove := range required {
		t.Run(field, func(t *testing.T) {
			m := ct.NewMock(t)
			a := amiliActivation()
			a.Again = true
			remove(&a)
			_, err := m.Client.Amili.Activate(t.Context(), a)
			ct.Refused(t, err, field)
			m.NothingSent()
		})
	}
	t.Run("all", func(t *testing.T) {
		m := ct.NewMock(t)
		_, err := m.Client.Amili.Activate(t.Context(), maventa.AmiliActivation{})
		var fields []string
		for _, f := range ct.Failure(t, err).Fields {
			fields = append(fields, f.Field)
		}
		for field := range required {
			if !strings.HasPrefix(field, "postal_address") {
				assert.True(t, slices.Contains(fields, field), field)
			}
		}
		m.NothingSent() // the state needs no look when the body cannot be sent
	})
}

func TestAmiliUpdate(t *testing.T) {
	party := maventa.AmiliUpdate{AccountableParty: maventa.AccountablePartyCompany}
	toFull := maventa.AmiliUpdate{ServiceType: maventa.ServiceTypeFull, CurrentServiceType: maventa.ServiceTypeExpress}
	for _, c := range []struct {
		name   string
		update maventa.AmiliUpdate
		status ct.Reply
		sent   string // body of the PATCH
		kind   error
	}{
		{name: "party alone needs no look", update: party, sent: `{"accountable_party":"company"}`},
		{name: "type as expected", update: toFull, status: ct.Reply{Status: 200, Body: `{"service_type":"express"}`}, sent: `{"service_type":"full"}`},
		{name: "type changed meanwhile", update: toFull, status: ct.Reply{Status: 200, Body: `{"service_type":"full"}`}, kind: maventa.ErrConflict},
		{name: "type not given", update: toFull, status: ct.Reply{Status: 200, Body: `{}`}, kind: maventa.ErrConflict},
		{name: "never activated", update: toFull, status: ct.Reply{Status: 404}, kind: maventa.ErrNotFound},
		{name: "no access", update: toFull, status: ct.Reply{Status: 403}, kind: maventa.ErrForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := ct.NewMock(t)
			m.On("GET", amiliURL, c.status)
			m.On("PATCH", amiliURL, ct.Reply{Status: 204})
			err := m.Client.Amili.Update(t.Context(), c.update)
			if c.kind == nil {
				require.NoError(t, err)
				assert.Equal(t, c.sent, m.Sent[len(m.Sent)-1].Body)
				return
			}
			require.ErrorIs(t, err, c.kind)
			e := ct.Failure(t, err)
			assert.Equal(t, "Amili.Update", e.Operation)
			assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
			assert.Equal(t, []string{"GET " + amiliURL}, m.URLs())
		})
	}
	for _, c := range []struct {
		update maventa.AmiliUpdate
		field  string
	}{
		{maventa.AmiliUpdate{}, "accountable_party"},
		{maventa.AmiliUpdate{CurrentServiceType: maventa.ServiceTypeFull}, "accountable_party"},
		{maventa.AmiliUpdate{AccountableParty: "vfs"}, "accountable_party"},
		{maventa.AmiliUpdate{ServiceType: maventa.ServiceTypeFull}, "current_service_type"},
		{maventa.AmiliUpdate{ServiceType: "medium", CurrentServiceType: maventa.ServiceTypeFull}, "service_type"},
	} {
		t.Run("refused "+c.field, func(t *testing.T) {
			m := ct.NewMock(t)
			m.OnFunc("GET", amiliURL, func(*http.Request) ct.Reply { return ct.Reply{Status: 200, Body: `{"service_type":"full"}`} })
			ct.Refused(t, m.Client.Amili.Update(t.Context(), c.update), c.field)
			m.NothingSent()
		})
	}
}

func TestServiceEnums(t *testing.T) {
	unknown := amiliActivation()
	unknown.Again = true
	unknown.ServiceType, unknown.AccountableParty = "medium", "bank"

	m := ct.NewMock(t)
	_, err := m.Client.Amili.Activate(t.Context(), unknown)
	ct.Refused(t, err, "accountable_party", "service_type")
	assert.Contains(t, err.Error(), "Unchecked")
	m.NothingSent()

	m.On("PUT", amiliURL, ct.Reply{Status: 200, Body: `{"status":"SUSPENDED","iban":"x"}`})
	s, err := m.Client.Amili.Activate(t.Context(), unknown, maventa.Unchecked())
	require.NoError(t, err)
	assert.Contains(t, m.Sent[0].Body, `"accountable_party":"bank","service_type":"medium"`)
	assert.Equal(t, maventa.ServiceStatus("SUSPENDED"), s.Status)
	assert.False(t, s.Status.Known())

	m.On("PATCH", amiliURL, ct.Reply{Status: 204})
	require.NoError(t, m.Client.Amili.Update(t.Context(), maventa.AmiliUpdate{AccountableParty: "bank"}, maventa.Unchecked()))
	assert.Equal(t, `{"accountable_party":"bank"}`, m.Sent[len(m.Sent)-1].Body)
}
