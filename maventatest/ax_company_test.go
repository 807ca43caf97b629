package maventatest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

func TestSettings(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	read := func(query string) map[string]any {
		return c.call(operation.CompanySettings, nil, "", query).want(http.StatusOK).object()
	}
	if all := read(""); len(all) != 9 {
		t.Errorf("%d blocks", len(all))
	}
	c.call(operation.CompanyUpdateSettings, nil, `{"details":{"website":"https://example.com"},"send_invoice_email":{"how_to_send":"WITH_LINK","reminder_frequency":3},
		"billing_details":{"electronic_invoicing_details":{"invoicing_eia":"0037"}}}`, "").want(http.StatusNoContent)
	some := read("fields=details,send_invoice_email,billing_details")
	details := some["details"].(map[string]any)
	if len(some) != 3 || details["website"] != "https://example.com" || details["name"] != "Testi Oy" {
		t.Errorf("%v", some)
	}
	if email := some["send_invoice_email"].(map[string]any); email["how_to_send"] != "WITH_LINK" || email["enabled"] != true {
		t.Errorf("what is not named stays: %v", email)
	}
	c.call(operation.CompanySettings, nil, "", "fields=passwords").wantError(http.StatusBadRequest, "invalid_parameters", "fields")
	c.call(operation.CompanyUpdateSettings, nil, `{"send_invoice_email":{"how_to_send":"FAX"},"logos":{"pdf":{}},"details":[]}`, "").wantError(
		http.StatusBadRequest, "invalid_parameters", "send_invoice_email[how_to_send] does not", "logos[pdf][content] is missing", "details is invalid")
	c.call(operation.CompanyUpdateSettings, nil, `{"colour":1}`, "").want(http.StatusNoContent)
	if last := srv.RequestsTo("Company.UpdateSettings")[2]; len(last.Ignored) != 1 || last.Ignored[0] != "colour" {
		t.Errorf("%v", last.Ignored)
	}
}

func TestProfiles(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	body := `{"profiles":["invoice"],"network_settings":{"a":{"b":1}}}`
	o := c.call(operation.CompanyCreateProfile, nil, body, "").want(http.StatusCreated).object()
	if text(o, "network") != "PEPPOL" || text(o, "scheme") != "0216" || text(o, "endpoint_id") != "1234567-1" || text(o, "status") != "active" {
		t.Errorf("%v", o)
	}
	c.call(operation.CompanyCreateProfile, nil, body, "").wantError(http.StatusUnprocessableEntity, "profile_name_conflict")
	id := []string{text(o, "id")}
	for query, want := range map[string]int{"": 1, "network=PEPPOL,VISMA&status=active": 1, "network=BANK": 0, "status=error": 0} {
		if all := c.call(operation.CompanyProfiles, nil, "", query).want(http.StatusOK).array(); len(all) != want {
			t.Errorf("%s: %v", query, all)
		}
	}
	c.call(operation.CompanyProfiles, nil, "", "network=FAX").wantError(http.StatusBadRequest, "invalid_parameters", "network")
	c.call(operation.CompanyUpdateProfile, id, `{"network_settings":{"c":true}}`, "").want(http.StatusNoContent)
	if o := c.call(operation.CompanyProfile, id, "", "").want(http.StatusOK).object(); len(o["network_settings"].(map[string]any)) != 2 {
		t.Errorf("%v", o)
	}
	srv.Company().AX().SetProfileState(id[0], "pending")
	c.call(operation.CompanyDeleteProfile, id, "", "").wantError(http.StatusConflict, "profile_deletion_not_allowed")
	srv.Company().AX().SetProfileState(id[0], "active")
	c.call(operation.CompanyDeleteProfile, id, "", "").want(http.StatusNoContent)
	c.call(operation.CompanyProfile, id, "", "").wantError(http.StatusNotFound, "not_found")
	srv.Company().SetCountry("XX")
	c.call(operation.CompanyCreateProfile, nil, `{}`, "").wantError(http.StatusUnprocessableEntity, "profile_not_supported")
}

func TestAuthorization(t *testing.T) {
	srv := newServer(t)
	c, id := axClient(t, srv), srv.CompanyID()
	state := func() string {
		o := c.call(operation.CompanyAuthorization, nil, "", "").want(http.StatusOK).object()
		same := c.call(operation.CompaniesStatus, []string{id}, "", "").want(http.StatusOK).object()
		if text(o, "auth_state") != text(same, "auth_state") {
			t.Errorf("%v and %v", o, same)
		}
		return text(o, "auth_state") + " " + text(o, "company_state") + " " + text(o, "auth_email")
	}
	if s := state(); s != "SIGNED VERIFIED " {
		t.Error(s)
	}
	c.co.AX().Unverify()
	c.call(operation.CompanyAuthorize, nil, `{"locale":"DE"}`, "").wantError(http.StatusBadRequest, "invalid_parameters", "auth_email is missing", "locale does not")
	c.call(operation.CompanyAuthorize, nil, `{"auth_email":"a@example.com","locale":"FI","options":"{"}`, "").wantError(http.StatusBadRequest, "invalid_parameters", "options")
	c.call(operation.CompanyAuthorize, nil, `{"auth_email":"a@example.com","locale":"FI","options":"{}"}`, "").want(http.StatusOK)
	if s := state(); s != "SENT UNVERIFIED a@example.com" {
		t.Error(s)
	}
	c.co.AX().CancelAuthorization()
	if s := state(); s != "CANCELED UNVERIFIED a@example.com" {
		t.Error(s)
	}
	c.co.AX().SignAuthorization()
	if s := state(); s != "SIGNED VERIFIED a@example.com" {
		t.Error(s)
	}
	c.call(operation.CompaniesStatus, []string{srv.AddCompany("Muu Oy", "9").ID()}, "", "").wantError(http.StatusNotFound, "not_found")
}

func TestVendorLink(t *testing.T) {
	c := axClient(t, newServer(t))
	state := func() string {
		return text(c.call(operation.CompanyVendorLink, nil, "", "").want(http.StatusOK).object(), "state")
	}
	linked := state()
	c.call(operation.CompanyUnlinkVendor, nil, "", "").want(http.StatusNoContent)
	if state() == linked {
		t.Error("still linked")
	}
	c.call(operation.CompanyLinkVendor, nil, "", "").want(http.StatusCreated)
	if state() != linked {
		t.Error("not linked again")
	}
	c.call(operation.CompanyKeepActive, nil, "", "").want(http.StatusCreated)
	if c.co.AX().KeptActive() != 1 {
		t.Error("not kept active")
	}
	if o := c.call(operation.AuthStatus, nil, "", "").want(http.StatusOK).object(); text(o, "client_id") != c.co.ID() || text(o, "expires_at") == "" {
		t.Errorf("%v", o)
	}
}

func TestUsers(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	body := `{"email":"new@example.com","first_name":"N","user_role":"USER","emails_disabled":true}`
	o := c.call(operation.CompanyAddUser, nil, body, "").want(http.StatusCreated).object()
	key, id := text(o, "api_key"), []string{text(o, "id")}
	if key == "" || text(o, "emails_disabled") != "1" || text(o, "notifications_disabled") != "0" {
		t.Errorf("%v", o)
	}
	if o := c.call(operation.CompanyAddUser, nil, body, "").want(http.StatusOK).object(); o["api_key"] != nil {
		t.Errorf("the key comes once: %v", o)
	}
	c.call(operation.CompanyAddUser, nil, `{"email":"x@example.com","user_role":"BOSS"}`, "").wantError(
		http.StatusBadRequest, "invalid_parameters", "first_name is missing", "user_role does not")
	if all := c.call(operation.CompanyUsers, nil, "", "").want(http.StatusOK).array(); len(all) != 2 {
		t.Errorf("%v", all)
	}

	form := c.tokenForm("company")
	form.Set("client_secret", key)
	theirs := *c
	theirs.token = text(c.postForm(form).want(http.StatusOK).object(), "access_token")
	theirs.call(operation.CompanyUpdateSettings, nil, `{}`, "").wantError(http.StatusForbidden, "forbidden")
	c.call(operation.CompanySetUserRole, id, `{"user_role":"ADMIN"}`, "").want(http.StatusNoContent)
	theirs.call(operation.CompanyUpdateSettings, nil, `{}`, "").want(http.StatusNoContent)
	c.call(operation.CompanyUpdateUser, id, `{"phone":"1","emails_disabled":false,"notifications_disabled":true}`, "").want(http.StatusNoContent)
	if o := c.call(operation.CompanyUser, id, "", "").want(http.StatusOK).object(); text(o, "role") != "ADMIN" || text(o, "emails_disabled") != "0" || text(o, "notifications_disabled") != "1" {
		t.Errorf("%v", o)
	}
	c.call(operation.CompanyRemoveUser, id, "", "").want(http.StatusNoContent)
	c.call(operation.CompanyUser, id, "", "").wantError(http.StatusNotFound, "not_found")
	theirs.call(operation.CompanyUsers, nil, "", "").wantError(http.StatusUnauthorized, "auth_unauthorized")
	c.postForm(form).wantError(http.StatusUnauthorized, "invalid_credentials")
}

func companyForm(srv *Server, key, bid string, more ...part) []part {
	return append([]part{
		{"vendor_api_key", "", srv.VendorAPIKey()},
		{"user_api_key", "", key},
		{"name", "", "Uusi Oy"},
		{"bid", "", bid},
		{"no_vat", "", "false"},
		{"address1", "", "Katu 1"},
		{"post_code", "", "00100"},
		{"post_office", "", "Helsinki"},
		{"city", "", "Helsinki"},
		{"email", "", "a@example.com"},
	}, more...)
}

// An integrator's first day: a user, a company, its authorization, an invoice.
func TestNewCompany(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	fi := part{"country", "", "FI"}
	c.anonymous(operation.UsersCreate, `{"email":"erp@example.com"}`, "").wantError(http.StatusBadRequest, "invalid_parameters", "vendor_api_key is missing")
	c.anonymous(operation.UsersCreate, `{"email":"erp@example.com","vendor_api_key":"wrong"}`, "").wantError(http.StatusUnauthorized, "auth_unauthorized")
	body := `{"email":"erp@example.com","vendor_api_key":"` + srv.VendorAPIKey() + `"}`
	key := text(c.anonymous(operation.UsersCreate, body, "").want(http.StatusCreated).object(), "user_api_key")
	c.anonymous(operation.UsersCreate, body, "").wantError(http.StatusConflict, "conflict")

	c.form(operation.CompaniesCreate, nil, companyForm(srv, key, "7777777-7")...).wantError(http.StatusBadRequest, "invalid_parameters", "country is missing")
	c.form(operation.CompaniesCreate, nil, companyForm(srv, key, "7777777-7", part{"country", "", "FR"})...).wantError(http.StatusBadRequest, "invalid_parameters", "country does not")
	c.form(operation.CompaniesCreate, nil, companyForm(srv, "wrong", "7777777-7", fi)...).wantError(http.StatusUnauthorized, "auth_unauthorized")
	c.form(operation.CompaniesCreate, nil, companyForm(srv, key, "1234567-1", fi)...).wantError(http.StatusConflict, "conflict", "already taken")
	id := text(c.form(operation.CompaniesCreate, nil, companyForm(srv, key, "7777777-7", fi)...).want(http.StatusCreated).object(), "id")
	for _, r := range srv.Requests() {
		if strings.Contains(r.Body, key) || strings.Contains(r.Body, srv.VendorAPIKey()) {
			t.Errorf("the log shows a key: %s %s", r.Op, r.Body)
		}
	}

	co := srv.CompanyByID(id)
	own := axClientOf(t, co)
	own.send(peppol).wantError(http.StatusUnauthorized, "unauthorized")
	r := own.call(operation.CompaniesAuthorize, nil, `{"auth_email":"a@example.com","locale":"FI","company_ids":["`+id+`"]}`, "").want(http.StatusOK)
	if text(r.object(), "count") != "1" {
		t.Errorf("%s", r.body)
	}
	own.call(operation.CompaniesAuthorize, nil, `{"auth_email":"a@example.com","locale":"FI","company_ids":["`+srv.CompanyID()+`"]}`, "").wantError(http.StatusBadRequest, "invalid_parameters", "company_ids")
	co.AX().SignAuthorization()
	own.send(peppol).want(http.StatusCreated)
}

func TestCompaniesOfAUser(t *testing.T) {
	srv := newServer(t)
	srv.AddCompany("Vieras Oy", "1")
	second := srv.AddCompanyOf(srv.Company(), "Kolmas Oy", "2")
	c := axClient(t, srv)
	for query, want := range map[string]int{"": 2, "bid=2": 1, "bid=1": 0, "bid=2&country=fi": 1, "country=SE": 0} {
		if all := c.call(operation.CompaniesList, nil, "", query).want(http.StatusOK).array(); len(all) != want {
			t.Errorf("%s: %v", query, all)
		}
	}
	if second.UserAPIKey() != srv.UserAPIKey() || second.ID() == srv.CompanyID() {
		t.Error("one key, two companies")
	}
	axClientOf(t, second).call(operation.CompaniesStatus, []string{srv.CompanyID()}, "", "").want(http.StatusOK)
	r := c.call(operation.CompaniesAuthorize, nil, `{"auth_email":"a@example.com","locale":"FI","company_ids":["`+second.ID()+`","`+srv.CompanyID()+`"]}`, "")
	if r.want(http.StatusAccepted); text(r.object(), "count") != "2" {
		t.Errorf("%s", r.body)
	}
	second.DeleteUser()
	c.call(operation.CompaniesList, nil, "", "").wantError(http.StatusUnauthorized, "auth_unauthorized")
}
