package maventatest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

func TestRopo(t *testing.T) {
	srv := newServer(t)
	c, co := newClient(t, srv), srv.Company()
	status := func() map[string]any { return c.call(operation.RopoStatus, nil, "", "").want(http.StatusOK).object() }
	order := func() map[string]any {
		return c.call(operation.RopoActivate, nil, `{"agreement_contact_email":"ceo@example.com"}`, "").want(http.StatusOK).object()
	}
	if o := status(); text(o, "status") != "DISABLED" || len(o) != 1 {
		t.Errorf("before: %v", o)
	}
	c.call(operation.RopoClose, nil, "", "").wantError(http.StatusNotFound, "not_found")
	if o := order(); text(o, "status") != "PENDING" || text(o, "agreement_contact_email") != "ceo@example.com" {
		t.Errorf("ordered: %v", o)
	}
	if o := status(); text(o, "activation_url") == "" {
		t.Errorf("pending: %v", o)
	}
	co.CompleteKYC(Ropo)
	if o := status(); text(o, "status") != "ACTIVE" || text(o, "activation_url") != "" {
		t.Errorf("signed: %v", o)
	}
	order()
	if n := co.KYCMails(Ropo); n != 2 || co.ServiceState(Ropo) != "PENDING" {
		t.Errorf("%d mails and %s, want 2 and PENDING", n, co.ServiceState(Ropo))
	}
	c.call(operation.RopoClose, nil, "", "").want(http.StatusNoContent)
	if o := status(); text(o, "status") != "DISABLED" {
		t.Errorf("closed: %v", o)
	}
	c.call(operation.RopoClose, nil, "", "").wantError(http.StatusNotFound, "not_found")
}

func TestAmili(t *testing.T) {
	srv := newServer(t)
	c, co := newClient(t, srv), srv.Company()
	status := func() map[string]any {
		return c.call(operation.AmiliStatus, nil, "", "").want(http.StatusOK).object()
	}
	if o := status(); text(o, "status") != "DISABLED" {
		t.Errorf("before: %v", o)
	}
	c.call(operation.AmiliUpdate, nil, `{"service_type":"full"}`, "").wantError(http.StatusNotFound, "not_found")
	o := c.call(operation.AmiliActivate, nil, amiliBody, "").want(http.StatusOK).object()
	if text(o, "status") != "PENDING" || text(o, "service_type") != "full" || text(o, "iban") != "FI2112345600000785" || o["activation_url"] != nil {
		t.Errorf("ordered: %v", o)
	}
	if o := status(); text(o, "activation_url") == "" || o["vfsfi"] != nil {
		t.Errorf("pending: %v", o)
	}
	if n := co.KYCMails(Amili); n != 1 {
		t.Errorf("%d mails, want 1", n)
	}
	co.CompleteKYC(Amili)
	if o := status(); text(o, "status") != "ACTIVE" || o["vfsfi"] == nil || o["activation_url"] != nil {
		t.Errorf("active: %v", o)
	}
	c.call(operation.AmiliUpdate, nil, `{"service_type":"express","accountable_party":"company"}`, "").want(http.StatusNoContent)
	if o := status(); text(o, "service_type") != "express" || text(o, "accountable_party") != "company" || o["vfsfi"] != nil {
		t.Errorf("updated: %v", o)
	}
	c.call(operation.AmiliUpdate, nil, `{"service_type":"perinta","accountable_party":"vfs"}`, "").
		wantError(http.StatusBadRequest, "invalid_parameters", "service_type does not have a valid value", "accountable_party does not have a valid value")
	c.call(operation.AmiliClose, nil, "", "").want(http.StatusNoContent)
	if co.ServiceState(Amili) != "DISABLED" {
		t.Error("not disabled")
	}
	c.call(operation.AmiliClose, nil, "", "").wantError(http.StatusNotFound, "not_found")
}

func TestAmiliIsStrict(t *testing.T) {
	c := newClient(t, newServer(t))
	for _, name := range []string{
		"iban", "bic", "bank", "contact_person", "contact_email", "customer_service_email", "contact_phone_number", "billing_address",
		"billing_address country", "billing_address streets", "billing_address city", "billing_address zip_code",
	} {
		var body map[string]any
		if err := json.Unmarshal([]byte(amiliBody), &body); err != nil {
			t.Fatal(err)
		}
		problem := name + " is missing"
		if inner, ok := strings.CutPrefix(name, "billing_address "); ok {
			delete(body["billing_address"].(map[string]any), inner)
			problem = "billing_address[" + inner + "] is missing"
		} else {
			delete(body, name)
		}
		changed, _ := json.Marshal(body)
		c.call(operation.AmiliActivate, nil, string(changed), "").wantError(http.StatusBadRequest, "invalid_parameters", problem)
	}
	c.call(operation.AmiliActivate, nil, `{"billing_address":[],"postal_address":{"streets":"Katu"},"service_type":"all"}`, "").wantError(
		http.StatusBadRequest, "invalid_parameters", "billing_address is invalid", "postal_address[streets] is invalid", "service_type does not")
	if c.co.KYCMails(Amili) != 0 || c.co.ServiceState(Amili) != "" {
		t.Error("a refused PUT did something")
	}
}

func TestAmiliWithoutAuthorizationEmailMailsNobody(t *testing.T) {
	c := newClient(t, newServer(t))
	var body map[string]any
	_ = json.Unmarshal([]byte(amiliBody), &body)
	delete(body, "authorization_email")
	body["accountable_party"] = "company"
	changed, _ := json.Marshal(body)
	c.call(operation.AmiliActivate, nil, string(changed), "").want(http.StatusOK)
	if n := c.co.KYCMails(Amili); n != 0 {
		t.Errorf("%d mails, want none", n)
	}
}

func TestKYCBySelf(t *testing.T) {
	srv := newServer(t, WithKYCDays(2))
	c := newClient(t, srv)
	c.call(operation.RopoActivate, nil, `{"agreement_contact_email":"ceo@example.com"}`, "").want(http.StatusOK)
	srv.Clock().AdvanceDays(1)
	if s := srv.Company().ServiceState(Ropo); s != "PENDING" {
		t.Errorf("after a day: %s", s)
	}
	srv.Clock().AdvanceDays(1)
	if o := c.call(operation.RopoStatus, nil, "", "").want(http.StatusOK).object(); text(o, "status") != "ACTIVE" {
		t.Errorf("after two days: %v", o)
	}
}

func TestServiceNeverActivated404(t *testing.T) {
	c := newClient(t, newServer(t, WithWire(Wire{NeverActivated: http.StatusNotFound})))
	c.call(operation.RopoStatus, nil, "", "").wantError(http.StatusNotFound, "not_found")
	c.call(operation.AmiliStatus, nil, "", "").wantError(http.StatusNotFound, "not_found")
}
