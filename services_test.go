package maventa_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

const (
	ropoURL  = ax + "/v2/services/ropo/receivables"
	amiliURL = ax + "/v2/services/amili/receivables"
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

func testRopoActivate(t *testing.T, m *mock) {
	m.on("GET", ropoURL, reply{status: 404})
	m.on("PUT", ropoURL, reply{status: 200, file: "ropo_status"})
	s, err := m.client.Ropo.Activate(t.Context(), ropoActivation())
	require.NoError(t, err)
	assertRopoStatus(t, s)
	m.lastSent("PUT", ropoURL, "ropo_activate")
	assert.Equal(t, []string{"GET " + ropoURL, "PUT " + ropoURL}, m.urls())
}

func testRopoStatus(t *testing.T, m *mock) {
	m.on("GET", ropoURL, reply{status: 200, file: "ropo_status"})
	s, err := m.client.Ropo.Status(t.Context())
	require.NoError(t, err)
	assertRopoStatus(t, s)
	m.lastSent("GET", ropoURL, "")
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

func testRopoClose(t *testing.T, m *mock) {
	m.on("DELETE", ropoURL, reply{status: 204})
	require.NoError(t, m.client.Ropo.Close(t.Context()))
	m.lastSent("DELETE", ropoURL, "")
}

func testAmiliActivate(t *testing.T, m *mock) {
	m.on("GET", amiliURL, reply{status: 200, body: `{"status":"DISABLED"}`})
	m.on("PUT", amiliURL, reply{status: 200, file: "amili_status"})
	a := amiliActivation()
	a.CustomerServicePhoneNumber = "+358000000002"
	a.AuthorizationEmail = "toimitusjohtaja@sahkolahde.example"
	a.AccountableParty = maventa.AccountablePartyCompany
	a.ServiceType = maventa.ServiceTypeExpress
	a.BillingAddress.Streets = append(a.BillingAddress.Streets, "B 2")
	a.PostalAddress = &maventa.Address{Country: "FI", Streets: []string{"PL 3"}, City: "Mallila", ZipCode: "00002"}
	s, err := m.client.Amili.Activate(t.Context(), a)
	require.NoError(t, err)
	assertAmiliStatus(t, s)
	m.lastSent("PUT", amiliURL, "amili_activate")
	assert.Equal(t, []string{"GET " + amiliURL, "PUT " + amiliURL}, m.urls())
}

func testAmiliStatus(t *testing.T, m *mock) {
	m.on("GET", amiliURL, reply{status: 200, file: "amili_status"})
	s, err := m.client.Amili.Status(t.Context())
	require.NoError(t, err)
	assertAmiliStatus(t, s)
	m.lastSent("GET", amiliURL, "")
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

func testAmiliUpdate(t *testing.T, m *mock) {
	m.on("GET", amiliURL, reply{status: 200, file: "amili_status"})
	m.on("PATCH", amiliURL, reply{status: 204})
	require.NoError(t, m.client.Amili.Update(t.Context(), maventa.AmiliUpdate{
		AccountableParty: maventa.AccountablePartyAgency, ServiceType: maventa.ServiceTypeFull, CurrentServiceType: maventa.ServiceTypeExpress,
	}))
	m.lastSent("PATCH", amiliURL, "amili_update")
	assert.Equal(t, []string{"GET " + amiliURL, "PATCH " + amiliURL}, m.urls())
}

func testAmiliClose(t *testing.T, m *mock) {
	m.on("DELETE", amiliURL, reply{status: 204})
	require.NoError(t, m.client.Amili.Close(t.Context()))
	m.lastSent("DELETE", amiliURL, "")
}

// A person is mailed by each activation, so one is enough.
func TestActivateOnce(t *testing.T) {
	for _, s := range activations {
		for _, status := range []maventa.ServiceStatus{maventa.ServicePending, maventa.ServiceActive} {
			t.Run(s.name+" "+string(status), func(t *testing.T) {
				m := newMock(t)
				m.on("GET", s.url, reply{status: 200, body: `{"status":"` + string(status) + `"}`})
				_, err := s.activate(t, m.client, false)
				e := failure(t, err)
				require.ErrorIs(t, err, maventa.ErrAlreadyActivated)
				assert.Equal(t, s.name+".Activate", e.Operation)
				assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
				assert.Contains(t, err.Error(), string(status))
				assert.Equal(t, []string{"GET " + s.url}, m.urls())
			})
		}
		t.Run(s.name+" again", func(t *testing.T) {
			m := newMock(t)
			m.on("PUT", s.url, reply{status: 200, body: `{"status":"PENDING"}`})
			status, err := s.activate(t, m.client, true)
			require.NoError(t, err)
			assert.Equal(t, maventa.ServicePending, status)
			assert.Equal(t, []string{"PUT " + s.url}, m.urls())
		})
		for _, never := range []reply{{status: 404}, {status: 200, body: `{"status":"DISABLED"}`}} {
			t.Run(s.name+" never started", func(t *testing.T) {
				m := newMock(t)
				m.on("GET", s.url, never)
				m.on("PUT", s.url, reply{status: 200, body: `{"status":"PENDING"}`})
				_, err := s.activate(t, m.client, false)
				require.NoError(t, err)
				assert.Equal(t, []string{"GET " + s.url, "PUT " + s.url}, m.urls())
			})
		}
		for status, kind := range map[int]error{401: maventa.ErrUnauthorized, 403: maventa.ErrForbidden, 503: maventa.ErrUnavailable} {
			t.Run(s.name+" status unreadable", func(t *testing.T) {
				m := newMock(t)
				m.on("GET", s.url, reply{status: status})
				_, err := s.activate(t, m.client, false)
				e := failure(t, err)
				require.ErrorIs(t, err, kind)
				require.NotErrorIs(t, err, maventa.ErrOutcomeUnknown)
				assert.Equal(t, s.name+".Activate", e.Operation)
				assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
				assert.Equal(t, []string{"GET " + s.url}, m.urls())
			})
		}
		t.Run(s.name+" refused", func(t *testing.T) {
			m := newMock(t)
			m.on("GET", s.url, reply{status: 404})
			m.on("PUT", s.url, reply{status: 422, body: `{"code":"invalid_parameters"}`})
			_, err := s.activate(t, m.client, false)
			assert.Equal(t, maventa.OutcomeRejected, failure(t, err).Outcome)
		})
	}
}

func TestRopoActivationBody(t *testing.T) {
	m := newMock(t)
	m.on("PUT", ropoURL, reply{status: 202})
	a := ropoActivation()
	a.Again = true
	a.AgreementContactEmail = "toinen@sahkolahde.example"
	a.Extra = extraOf(t, "country", "FI")
	s, err := m.client.Ropo.Activate(t.Context(), a)
	require.NoError(t, err)
	assert.Equal(t, &maventa.RopoStatus{}, s, "an empty 202 is a success that says nothing")
	m.lastSent("PUT", ropoURL, "ropo_activate_extra")

	m = newMock(t)
	_, err = m.client.Ropo.Activate(t.Context(), maventa.RopoActivation{AgreementContactEmail: " "})
	refused(t, err, "agreement_contact_email")
	m.nothingSent()
}

func TestAmiliActivationBody(t *testing.T) {
	m := newMock(t)
	m.on("PUT", amiliURL, reply{status: 200, body: `{"status":"PENDING"}`})
	a := amiliActivation()
	a.Again = true
	_, err := m.client.Amili.Activate(t.Context(), a)
	require.NoError(t, err)
	m.lastSent("PUT", amiliURL, "amili_activate_min")
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
			m := newMock(t)
			a := amiliActivation()
			a.Again = true
			remove(&a)
			_, err := m.client.Amili.Activate(t.Context(), a)
			refused(t, err, field)
			m.nothingSent()
		})
	}
	t.Run("all", func(t *testing.T) {
		m := newMock(t)
		_, err := m.client.Amili.Activate(t.Context(), maventa.AmiliActivation{})
		var fields []string
		for _, f := range failure(t, err).Fields {
			fields = append(fields, f.Field)
		}
		for field := range required {
			if !strings.HasPrefix(field, "postal_address") {
				assert.True(t, slices.Contains(fields, field), field)
			}
		}
		m.nothingSent() // the state needs no look when the body cannot be sent
	})
}

func TestAmiliUpdate(t *testing.T) {
	party := maventa.AmiliUpdate{AccountableParty: maventa.AccountablePartyCompany}
	toFull := maventa.AmiliUpdate{ServiceType: maventa.ServiceTypeFull, CurrentServiceType: maventa.ServiceTypeExpress}
	for _, c := range []struct {
		name   string
		update maventa.AmiliUpdate
		status reply
		sent   string // body of the PATCH
		kind   error
	}{
		{name: "party alone needs no look", update: party, sent: `{"accountable_party":"company"}`},
		{name: "type as expected", update: toFull, status: reply{status: 200, body: `{"service_type":"express"}`}, sent: `{"service_type":"full"}`},
		{name: "type changed meanwhile", update: toFull, status: reply{status: 200, body: `{"service_type":"full"}`}, kind: maventa.ErrConflict},
		{name: "type not told", update: toFull, status: reply{status: 200, body: `{}`}, kind: maventa.ErrConflict},
		{name: "never activated", update: toFull, status: reply{status: 404}, kind: maventa.ErrNotFound},
		{name: "no access", update: toFull, status: reply{status: 403}, kind: maventa.ErrForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMock(t)
			m.on("GET", amiliURL, c.status)
			m.on("PATCH", amiliURL, reply{status: 204})
			err := m.client.Amili.Update(t.Context(), c.update)
			if c.kind == nil {
				require.NoError(t, err)
				assert.Equal(t, c.sent, m.sent[len(m.sent)-1].body)
				return
			}
			require.ErrorIs(t, err, c.kind)
			e := failure(t, err)
			assert.Equal(t, "Amili.Update", e.Operation)
			assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
			assert.Equal(t, []string{"GET " + amiliURL}, m.urls())
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
			m := newMock(t)
			m.onFunc("GET", amiliURL, func(*http.Request) reply { return reply{status: 200, body: `{"service_type":"full"}`} })
			refused(t, m.client.Amili.Update(t.Context(), c.update), c.field)
			m.nothingSent()
		})
	}
}

func TestServiceEnums(t *testing.T) {
	unknown := amiliActivation()
	unknown.Again = true
	unknown.ServiceType, unknown.AccountableParty = "medium", "bank"

	m := newMock(t)
	_, err := m.client.Amili.Activate(t.Context(), unknown)
	refused(t, err, "accountable_party", "service_type")
	assert.Contains(t, err.Error(), "Unchecked")
	m.nothingSent()

	m.on("PUT", amiliURL, reply{status: 200, body: `{"status":"SUSPENDED","iban":"x"}`})
	s, err := m.client.Amili.Activate(t.Context(), unknown, maventa.Unchecked())
	require.NoError(t, err)
	assert.Contains(t, m.sent[0].body, `"accountable_party":"bank","service_type":"medium"`)
	assert.Equal(t, maventa.ServiceStatus("SUSPENDED"), s.Status)
	assert.False(t, s.Status.Known())

	m.on("PATCH", amiliURL, reply{status: 204})
	require.NoError(t, m.client.Amili.Update(t.Context(), maventa.AmiliUpdate{AccountableParty: "bank"}, maventa.Unchecked()))
	assert.Equal(t, `{"accountable_party":"bank"}`, m.sent[len(m.sent)-1].body)
}
