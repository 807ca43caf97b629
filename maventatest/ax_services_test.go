package maventatest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

func TestInvoiceCredit(t *testing.T) {
	srv := newServer(t)
	c, co := axClient(t, srv), srv.Company()
	const body = `{"contact_email":"a@example.com","iban":"FI1","bic":"B","bank":"OP"}`
	c.call(operation.OPInvoiceCreditOffer, nil, "", "").want(http.StatusOK)
	for _, id := range []*operation.Op{operation.OPInvoiceCreditStatus, operation.OPInvoiceCreditSettings, operation.OPInvoiceCreditAvailableCredit} {
		c.call(id, nil, "", "").wantError(http.StatusNotFound, "op_invoice_credit_not_enabled")
	}
	c.call(operation.OPInvoiceCreditActivate, nil, `{"iban":"FI1"}`, "").wantError(http.StatusBadRequest, "invalid_parameters", "contact_email is missing", "bank is missing")
	if o := c.call(operation.OPInvoiceCreditActivate, nil, body, "").want(http.StatusOK).object(); text(o, "status") != "PENDING" || text(o, "activation_url") == "" {
		t.Errorf("%v", o)
	}
	co.AX().ActivateCredit()
	if o := c.call(operation.OPInvoiceCreditStatus, nil, "", "").want(http.StatusOK).object(); text(o, "status") != "ACTIVE" || o["op_bank_details"] == nil {
		t.Errorf("%v", o)
	}
	c.call(operation.OPInvoiceCreditUpdateSettings, nil, `{"b2c_enabled":"yes","payment_percent":1.5,"interest_rate":5}`, "").wantError(
		http.StatusBadRequest, "invalid_parameters", "b2c_enabled is invalid", "payment_percent is invalid", "credit_limit is missing")
	c.call(operation.OPInvoiceCreditUpdateSettings, nil, `{"b2c_enabled":true,"payment_percent":70,"interest_rate":6,"credit_limit":500.00}`, "").want(http.StatusCreated)
	o := c.call(operation.OPInvoiceCreditSettings, nil, "", "").want(http.StatusOK).object()
	if current := o["current"].(map[string]any); text(current, "credit_limit") != "500.00" || text(current, "payment_percent") != "70" {
		t.Errorf("%v", o)
	}
	for body, problem := range map[string]string{`{"amount":"1"}`: "amount is invalid", `{"amount":0}`: "must be positive", `{"amount":501}`: "more than the available", `{}`: "is missing"} {
		c.call(operation.OPInvoiceCreditWithdraw, nil, body, "").wantError(http.StatusBadRequest, "invalid_parameters", problem)
	}
	for range 2 {
		c.call(operation.OPInvoiceCreditWithdraw, nil, `{"amount":100.50}`, "").want(http.StatusCreated)
	}
	if o := c.call(operation.OPInvoiceCreditAvailableCredit, nil, "", "").want(http.StatusOK).object(); text(o, "available_credit_amount") != "299.00" || co.AX().CreditWithdrawn() != "201.00" {
		t.Errorf("%v", o)
	}
	c.call(operation.OPInvoiceCreditDirectPayment, nil, `{"invoice_id":"none"}`, "").wantError(http.StatusNotFound, "not_found")
	c.call(operation.OPInvoiceCreditDirectPayment, nil, `{"invoice_id":"`+srv.AddInvoice(Invoice{})+`"}`, "").want(http.StatusCreated)
	c.call(operation.OPInvoiceCreditAccountStatement, nil, "", "day=2.11.2026").wantError(http.StatusBadRequest, "invalid_parameters", "day is invalid")
	c.call(operation.OPInvoiceCreditAccountStatement, nil, "", "day=2026-11-01").wantError(http.StatusNotFound, "op_invoice_credit_no_account_statement_found")
	co.AX().SetCreditStatement("2026-11-01", "<Document/>")
	if r := c.call(operation.OPInvoiceCreditAccountStatement, nil, "", "day=2026-11-01").want(http.StatusOK); !strings.HasSuffix(string(r.body), "<Document/>") {
		t.Errorf("%s", r.body)
	}
}

func TestATG(t *testing.T) {
	srv := newServer(t)
	c, co := axClient(t, srv), srv.Company()
	const body = `{"account_number":"123","kid_length":10,"reference_position":"1-5","signer_email":"a@example.com","notification_by_email":true}`
	c.call(operation.ATGCreate, nil, `{"kid_length":"ten"}`, "").wantError(http.StatusBadRequest, "invalid_parameters", "account_number is missing", "kid_length is invalid")
	o := c.call(operation.ATGCreate, nil, body, "").want(http.StatusCreated).object()
	if text(o, "status") != "PENDING" || text(o, "kid_length") != "10" {
		t.Errorf("%v", o)
	}
	c.call(operation.ATGCreate, nil, body, "").wantError(http.StatusConflict, "conflict")
	co.AX().SignATG("123")
	c.call(operation.ATGUpdate, []string{"123"}, `{"kid_length":12,"reference_position":"1","signer_email":"a@example.com"}`, "").want(http.StatusNoContent)
	if o := c.call(operation.ATGGet, []string{"123"}, "", "").want(http.StatusOK).object(); text(o, "status") != "ACTIVE" || text(o, "kid_length") != "12" {
		t.Errorf("%v", o)
	}
	c.call(operation.ATGGet, []string{"124"}, "", "").wantError(http.StatusNotFound, "not_found")
	if all := c.call(operation.ATGList, nil, "", "").want(http.StatusOK).array(); len(all) != 1 {
		t.Errorf("%v", all)
	}
	for range 25 {
		co.AX().AddMandate(Mandate{KID: "555", Status: "ACTIVE"})
	}
	if all := c.call(operation.ATGMandates, nil, "", "query=55&status=ACTIVE").want(http.StatusOK).array(); len(all) != 20 {
		t.Errorf("%d, want 20 on a page", len(all))
	}
	c.call(operation.ATGMandates, nil, "", "status=OLD&parse_values=true&timestamp=now").wantError(
		http.StatusBadRequest, "invalid_parameters", "status does not", "parse_values does not", "timestamp is invalid")
}

func TestODP(t *testing.T) {
	c := axClient(t, newServer(t))
	c.call(operation.ODPCompany, []string{"7"}, "", "").wantError(http.StatusNotFound, "not_found")
	c.call(operation.ODPCompany, []string{"x"}, "", "").wantError(http.StatusBadRequest, "invalid_parameters", "id is invalid")
	c.form(operation.ODPUpdateCompany, []string{"7"}, part{"trusted", "", "maybe"}).wantError(http.StatusBadRequest, "invalid_parameters", "trusted is invalid")
	c.form(operation.ODPUpdateCompany, []string{"7"}, part{"trusted", "", "true"}).want(http.StatusNoContent)
	if o := c.call(operation.ODPCompany, []string{"7"}, "", "").want(http.StatusOK).object(); text(o, "state") != "TRUSTED" {
		t.Errorf("%v", o)
	}
}

func TestBankMessages(t *testing.T) {
	srv := newServer(t)
	c, co := axClient(t, srv), srv.Company()
	const span = "timestamp_start=2000-01-01T00:00:00Z&timestamp_end=2100-01-01T00:00:00Z"
	ids := func(id *operation.Op, query string) []string {
		var list []string
		c.call(id, nil, "", query).want(http.StatusOK).decode(&list)
		return list
	}
	r := c.form(operation.BankMessagesSend, nil, part{"file", "info.xml", `<?xml version="1.0" encoding="ISO-8859-15"?><FinvoiceSenderInfo/>`}).want(http.StatusNoContent)
	sent := r.header.Get("Location")[strings.LastIndex(r.header.Get("Location"), "/")+1:]
	c.form(operation.BankMessagesSend, nil, part{"file", "p.xml", `<FinvoiceReceiverProposal/>`}).want(http.StatusNoContent)
	c.form(operation.BankMessagesSend, nil, part{"file", "p.txt", `text`}).wantError(http.StatusBadRequest, "invalid_parameters", "not XML")
	if all := ids(operation.BankMessagesSentMessages, "message_type=SENDERINFO&"+span); len(all) != 1 || all[0] != sent {
		t.Errorf("%v", all)
	}
	c.call(operation.BankMessagesSentMessages, nil, "", "message_type=ALL").wantError(
		http.StatusBadRequest, "invalid_parameters", "message_type does not", "timestamp_start is missing", "timestamp_end is missing")
	if r := c.call(operation.BankMessagesSentMessage, []string{sent}, "", "").want(http.StatusOK); !strings.Contains(string(r.body), "FinvoiceSenderInfo") {
		t.Errorf("%s", r.body)
	}
	status := func() map[string]any {
		return c.call(operation.BankMessagesStatus, []string{sent}, "", "").want(http.StatusOK).object()
	}
	if o := status(); text(o, "status") != "OK" {
		t.Errorf("%v", o)
	}
	refusal := co.AX().RefuseBankMessage(sent, "<Error/>")
	if o := status(); text(o, "status") != "ERROR" || text(o, "error_message_id") != refusal {
		t.Errorf("%v", o)
	}
	if all := ids(operation.BankMessagesErrorMessages, span); len(all) != 1 || all[0] != refusal {
		t.Errorf("%v", all)
	}
	c.call(operation.BankMessagesErrorMessage, []string{refusal}, "", "").want(http.StatusOK)
	ri := co.AX().ReceiveRIMessage("<FinvoiceReceiverInfo/>")
	if all := ids(operation.BankMessagesRIMessages, span); len(all) != 1 || all[0] != ri {
		t.Errorf("%v", all)
	}
	c.call(operation.BankMessagesRIMessage, []string{ri}, "", "").want(http.StatusOK)
	c.call(operation.BankMessagesDeleteRIMessage, []string{ri}, "", "").want(http.StatusNoContent)
	c.call(operation.BankMessagesRIMessage, []string{ri}, "", "").wantError(http.StatusNotFound, "not_found")
	c.call(operation.BankMessagesRIMessage, []string{sent}, "", "").wantError(http.StatusNotFound, "not_found")
}
