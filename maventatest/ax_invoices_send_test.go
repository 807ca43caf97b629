package maventatest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

const ownUUID = "5a1c9c2e-6c0c-5d1e-9a52-111111111111"

func TestSendInvoice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t, WithLags(Lags{Delivery: time.Minute}))
		c := axClient(t, srv)
		o := c.send(finvoice("2001", "125,50"), part{"uuid", "", ownUUID}, part{"sender_comment", "", "Thanks"}).want(http.StatusCreated).object()
		for name, want := range map[string]string{
			"id": ownUUID, "status": "PENDING", "number": "2001", "reference": "1009", "date": "2026-10-01", "date_due": "2026-10-15",
			"source_format": "FINVOICE30", "sum": "100.00", "sum_tax": "125.50", "currency": "EUR", "comment": "Thanks", "destination": "EINVOICE",
		} {
			if got := text(o, name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		to := o["recipient"].(map[string]any)
		if to["name"] != "Mäkelä Oy €" || to["bid"] != "7654321-2" || to["eia"] != "003776543212" || to["operator"] != "003721291126" {
			t.Errorf("recipient: %v", to)
		}
		time.Sleep(time.Minute)
		if o := c.call(operation.InvoicesGet, []string{ownUUID}, "", "").want(http.StatusOK).object(); text(o, "status") != "DELIVERED" {
			t.Errorf("a minute later: %v", o)
		}
		var keys []string
		for _, a := range c.call(operation.InvoicesActions, []string{ownUUID}, "", "channel_details_version=1").want(http.StatusOK).array() {
			keys = append(keys, text(a, "key"))
		}
		if !slices.Equal(keys, []string{"action_created", "action_internal_sent", "action_delivered"}) {
			t.Errorf("actions: %v", keys)
		}
	})
}

func TestSendInvoiceIsStrict(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	xml := part{"file", "invoice.xml", finvoice("1", "1,00")}
	for _, test := range []struct {
		part
		problem string
	}{
		{part{"format", "", "FINVOICE40"}, "format does not have a valid value"},
		{part{"recipient_type", "", ""}, "recipient_type does not have a valid value"},
		{part{"recipient_eia", "", strings.Repeat("1", 129)}, "recipient_eia must have at most 128"},
		{part{"sender_comment", "", strings.Repeat("ä", 1025)}, "sender_comment must have at most 1024"},
		{part{"uuid", "", strings.Repeat("1", 37)}, "uuid must have at most 36"},
		{part{"disabled_routes", "", "print,fax"}, "disabled_routes does not have a valid value"},
		{part{"prevent_routing", "", "yes"}, "prevent_routing is invalid"},
		{part{"recipient_date_of_birth", "", "1.1.1990"}, "recipient_date_of_birth is invalid"},
		{part{"print_settings[letter_class]", "", "FAST"}, "print_settings[letter_class] does not"},
		{part{"email_settings[xml_format]", "", "PDF"}, "email_settings[xml_format] does not"},
	} {
		c.form(operation.InvoicesSend, nil, xml, test.part).wantError(http.StatusBadRequest, "invalid_parameters", test.problem)
	}
	c.form(operation.InvoicesSend, nil, part{"lang", "", "FI"}).wantError(http.StatusBadRequest, "invalid_parameters", "file is missing")
	c.form(operation.InvoicesSend, nil, part{"file", "", "<a/>"}).wantError(http.StatusBadRequest, "invalid_parameters", "file is invalid")
	c.call(operation.InvoicesSend, nil, `{}`, "").wantError(http.StatusUnsupportedMediaType, "unsupported_media_type")
	c.send("no invoice").wantError(http.StatusBadRequest, "invoice_create_api_error")
	c.send(`<Finvoice Version="3.0"><InvoiceDetails/></Finvoice>`).wantError(http.StatusBadRequest, "invoice_create_api_error", "INVOICE DATE NOT FOUND")
	req := c.request(operation.InvoicesSend, nil, "--x\r\nnonsense", "")
	req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	c.do(req).wantError(http.StatusBadRequest, "invalid_parameters", "not a multipart form")
	if n := len(srv.Company().AX().Invoices()); n != 0 {
		t.Errorf("%d invoices", n)
	}
	c.send(finvoice("1", "1,00"), part{"colour", "", "red"}).want(http.StatusCreated)
	requests := srv.RequestsTo("Invoices.Send")
	last := requests[len(requests)-1]
	if !slices.Equal(last.Ignored, []string{"colour"}) || len(last.Files) != 1 || last.Files[0].Name != "invoice.xml" || last.Files[0].Size == 0 {
		t.Errorf("log: %+v", last)
	}
}

func TestSendNeedsScopeAndVerifiedCompany(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	c.token = c.fetchToken("global company invoice:receive")
	c.send(peppol).wantError(http.StatusUnauthorized, "auth_unauthorized")
	c.call(operation.InvoicesList, nil, "", "direction=SENT").want(http.StatusOK) // one of two scopes is enough
	c.token = c.fetchToken("global company")
	c.call(operation.InvoicesList, nil, "", "").wantError(http.StatusUnauthorized, "auth_unauthorized")
	c = axClient(t, srv)
	c.co.AX().Unverify()
	r := c.send(peppol)
	r.wantError(http.StatusUnauthorized, "unauthorized")
	if text(r.object(), "message") != "Unauthorized" {
		t.Errorf("%s", r.body)
	}
	c.co.AX().SignAuthorization()
	c.send(peppol).want(http.StatusCreated)
}

func TestSameUUIDTwice(t *testing.T) {
	uuid := part{"uuid", "", ownUUID}
	for status, code := range map[int]string{0: "invoice_uuid_taken", http.StatusConflict: "invoice_uuid_taken"} {
		srv := newServer(t, WithWire(Wire{DuplicateUUID: status}))
		c := axClient(t, srv)
		c.mustSend(finvoice("1", "10,00"), uuid)
		c.send(finvoice("1", "10,00"), uuid).wantError(orElse(status, http.StatusUnprocessableEntity), code)
		other := axClientOf(t, srv.AddCompany("Toinen Oy", "2345678-9"))
		other.send(finvoice("1", "10,00"), uuid).wantError(orElse(status, http.StatusUnprocessableEntity), code)
		other.call(operation.InvoicesGet, []string{ownUUID}, "", "").wantError(http.StatusNotFound, "not_found")
	}
	srv := newServer(t, WithWire(Wire{DuplicateUUID: http.StatusCreated}))
	c := axClient(t, srv)
	c.mustSend(finvoice("1", "10,00"), uuid)
	if id := c.mustSend(finvoice("2", "10,00"), uuid); id != ownUUID || len(c.co.AX().Invoices()) != 1 {
		t.Errorf("%q and %d invoices", id, len(c.co.AX().Invoices()))
	}
	axClientOf(t, srv.AddCompany("Toinen Oy", "2345678-9")).send(finvoice("1", "1,00"), uuid).want(http.StatusConflict)
}

func TestRoutesOfAnInvoice(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	for _, test := range []struct {
		fields  []part
		channel string
	}{
		{nil, "EINVOICE"},
		{[]part{{"disabled_routes", "", "einvoice"}}, "PRINT"},
		{[]part{{"disabled_routes[]", "", "einvoice"}, {"recipient_email", "", "a@example.com"}}, "EMAIL"},
		{[]part{{"email_settings[xml_format]", "", "FINVOICE30"}}, "EMAIL"},
	} {
		id := c.mustSend(finvoice("1", "1,00"), test.fields...)
		if state, _ := srv.Company().AX().Invoice(id); state.Channel != test.channel || state.Status != "DELIVERED" {
			t.Errorf("%v: %+v", test.fields, state)
		}
	}
	id := c.mustSend(finvoice("1", "1,00"), part{"disabled_routes", "", "einvoice,print,email"})
	if state, _ := srv.Company().AX().Invoice(id); state.Status != "FAILED" || !slices.Contains(state.Actions, "ERROR") {
		t.Errorf("without a route: %+v", state)
	}
	c.call(operation.InvoicesReroutePrint, []string{id}, `{"recipient_name":"A","recipient_address1":"B","recipient_post_code":"1",
		"recipient_post_office":"C","recipient_country":"XX"}`, "").wantError(http.StatusBadRequest, "invalid_parameters", "recipient_country does not")
	c.call(operation.InvoicesRerouteEmail, []string{id}, `{}`, "").wantError(http.StatusBadRequest, "invalid_parameters", "recipient_email is missing")
	r := c.call(operation.InvoicesRerouteEmail, []string{id}, `{"recipient_email":"a@example.com"}`, "").want(http.StatusOK)
	if state, _ := srv.Company().AX().Invoice(id); state.Status != "DELIVERED" || state.Channel != "EMAIL" || len(r.body) != 0 {
		t.Errorf("rerouted: %+v", state)
	}
	c.call(operation.InvoicesRerouteEInvoice, []string{id}, `{"recipient_eia":"1","recipient_operator":"2"}`, "").wantError(http.StatusConflict, "conflict")
}

// An invoice and its assignment have one uuid, whether or not the invoice was
// delivered.
func TestSentInvoiceBecomesAnAssignment(t *testing.T) {
	srv := newServer(t)
	srv.Company().ActivateKassavirta("vfsfi")
	c := axClient(t, srv)
	for _, fields := range [][]part{nil, {{"prevent_routing", "", "true"}}} {
		id := c.mustSend(finvoice("30"+jsonNumber(len(fields)), "124,00"), fields...)
		a, ok := srv.Assignment(srv.AssignmentOf(id))
		if !ok || a.TotalAmount != "124.00" || a.InvoiceID != id || a.DueDate != "2026-10-15" {
			t.Errorf("%v: %+v", fields, a)
		}
		if state, _ := srv.Company().AX().Invoice(id); state.Unrouted != (fields != nil) || state.Status != "DELIVERED" {
			t.Errorf("%+v", state)
		}
	}
	sek := c.mustSend(peppol)
	if srv.AssignmentOf(sek) != "" {
		t.Error("Kassavirta takes euros only")
	}
	srv.Company().ActivatePerinta("vfsfi")
	c.call(operation.InvoicesTransferToAmiliV1, []string{sek}, `{"collection_type":"collection"}`, "").want(http.StatusAccepted)
	if srv.AssignmentOf(sek) == "" {
		t.Error("not transferred")
	}
}

func TestManualDelivery(t *testing.T) {
	srv := newServer(t, WithManualDelivery())
	srv.Company().ActivateKassavirta("vfsfi")
	c := axClient(t, srv)
	good, bad := c.mustSend(finvoice("1", "1,00")), c.mustSend(finvoice("2", "1,00"))
	if srv.AssignmentOf(good) != "" {
		t.Error("routed before it was delivered")
	}
	srv.Company().AX().DeliverInvoice(good)
	srv.Company().AX().ConfirmDelivery(good)
	srv.Company().AX().FailInvoice(bad, "the address is unknown")
	if srv.AssignmentOf(good) == "" || srv.AssignmentOf(bad) != "" {
		t.Error("only what was delivered is routed")
	}
	all := c.call(operation.InvoicesActions, []string{bad}, "", "type=ERROR").want(http.StatusOK).array()
	if len(all) != 1 || text(all[0], "message") != "the address is unknown" {
		t.Errorf("%v", all)
	}
	info := c.call(operation.InvoicesActions, []string{good}, "", "type=INFO").want(http.StatusOK).array()
	if len(info) != 1 || text(info[0], "key") != "action_confirmed" {
		t.Errorf("%v", info)
	}
}

func TestAmountsOfAnInvoiceAreExact(t *testing.T) {
	c := axClient(t, newServer(t))
	r := c.send(peppol).want(http.StatusCreated)
	var o map[string]json.RawMessage
	r.decode(&o)
	if string(o["sum"]) != "80.00" || string(o["sum_tax"]) != "100.00" {
		t.Errorf("%s and %s", o["sum"], o["sum_tax"])
	}
	c.send(strings.Replace(finvoice("1", "1,00"), ">1,00<", ">1,005<", 1)).wantError(http.StatusBadRequest, "invoice_create_api_error", "decimals")
}

func TestControlsOfOneCompany(t *testing.T) {
	srv, err := Start(WithManualDelivery())
	if err != nil {
		t.Fatal(err)
	}
	id := srv.AddInvoice(Invoice{})
	other := srv.AddCompany("Toinen Oy", "2345678-9").AX()
	other.FailInvoice(id, "not theirs")
	other.FailDocument("x")
	srv.Company().AX().DeliverInvoice(id) // it is delivered already
	if state, ok := srv.Company().AX().Invoice(id); !ok || state.Status != "DELIVERED" {
		t.Errorf("%+v", state)
	}
	if _, ok := other.Invoice(id); ok || len(other.Invoices()) != 0 {
		t.Error("another company has the invoice")
	}
	if err := srv.Close(); strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("want three misuses: %v", err)
	}
}
