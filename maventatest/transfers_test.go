package maventatest

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

func (c *client) transferState(invoice string) map[string]any {
	c.t.Helper()
	return c.call(operation.InvoicesTransferStatus, []string{invoice}, "", "").want(http.StatusOK).object()
}

func TestTransferTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t, WithLags(Lags{Transfer: time.Minute, Listing: time.Hour / 2}))
		c := newClient(t, srv)
		srv.Company().Activate(Ropo)
		invoice := srv.AddInvoice(Invoice{DueDate: srv.Clock().Day(-30)})
		c.call(operation.InvoicesTransferStatus, []string{invoice}, "", "").wantError(http.StatusNotFound, "not_found")

		o := c.call(operation.InvoicesTransferToRopo, []string{invoice}, transferBody, "").want(http.StatusAccepted).object()
		if text(o, "status") != "pending" {
			t.Errorf("answer %v", o)
		}
		time.Sleep(time.Minute - time.Second)
		if o := c.transferState(invoice); text(o, "status") != "pending" || o["url"] != nil {
			t.Errorf("before the lag: %v", o)
		}
		time.Sleep(time.Second)
		o = c.transferState(invoice)
		id := srv.AssignmentOf(invoice)
		if text(o, "status") != "sent" || text(o, "collectable_amount") != "124.00" || text(o, "url") != srv.ReceivablesURL()+"/v1/assignments/"+id {
			t.Errorf("after the lag: %v", o)
		}
		c.call(operation.AssignmentsGet, []string{id}, "", "").wantError(http.StatusNotFound, "not_found")
		if list := c.call(operation.AssignmentsList, nil, "", "").want(http.StatusOK).array(); len(list) != 0 {
			t.Errorf("listed too early: %v", list)
		}
		time.Sleep(time.Hour / 2)
		c.call(operation.AssignmentsGet, []string{id}, "", "").want(http.StatusOK)
	})
}

func TestTransferIsRefused(t *testing.T) {
	srv := newServer(t)
	c, co := newClient(t, srv), srv.Company()
	invoice := srv.AddInvoice(Invoice{DueDate: srv.Clock().Day(-30)})
	to := func(id *operation.Op, body string) *result { return c.call(id, []string{invoice}, body, "") }

	to(operation.InvoicesTransferToRopo, transferBody).wantError(http.StatusForbidden, "forbidden")
	to(operation.InvoicesTransferToAmili, transferBody).wantError(http.StatusForbidden, "forbidden")
	to(operation.InvoicesTransferToAmiliV1, `{"collection_type":"collection"}`).wantError(http.StatusForbidden, "forbidden")
	co.ActivateKassavirta("vfsfi")
	to(operation.InvoicesTransferToAmili, transferBody).wantError(http.StatusForbidden, "forbidden", "automatically")

	co.Activate(Ropo)
	co.ActivatePerinta("vfsfi")
	c.call(operation.InvoicesTransferToRopo, []string{"unknown"}, transferBody, "").wantError(http.StatusNotFound, "not_found")
	for body, problem := range map[string]string{
		`{"receivables_type":"b2b","payers":[{"name":"A"}]}`:                                      "collection_type is missing",
		`{"collection_type":"x","receivables_type":"b2b","payers":[{"name":"A"}]}`:                "collection_type does not have",
		`{"collection_type":"collection","payers":[{"name":"A"}]}`:                                "receivables_type is missing",
		`{"collection_type":"collection","receivables_type":"b2b"}`:                               "payers is missing",
		`{"collection_type":"collection","receivables_type":"b2b","payers":[]}`:                   "payers is empty",
		`{"collection_type":"collection","receivables_type":"b2b","payers":[{}]}`:                 "payers[0] is empty",
		`{"collection_type":"collection","receivables_type":"b2b","payers":{}}`:                   "payers is invalid",
		`{"collection_type":"collection","receivables_type":"b2b","payers":["A"]}`:                "payers[0] is invalid",
		`{"collection_type":"collection","receivables_type":"b2b","payers":[{"name":1}]}`:         "payers[0][name] is invalid",
		strings.Replace(transferBody, `"payers"`, `"amounts":{"capital_amount":"1"},"payers"`, 1): "amounts[capital_amount] is not a number",
	} {
		to(operation.InvoicesTransferToRopo, body).wantError(http.StatusBadRequest, "invalid_parameters", problem)
		to(operation.InvoicesTransferToAmili, body).wantError(http.StatusBadRequest, "invalid_parameters", problem)
	}
	to(operation.InvoicesTransferToAmili, strings.Replace(transferBody, `"payers"`, `"reminder_date":"soon","payers"`, 1)).
		wantError(http.StatusBadRequest, "invalid_parameters", "reminder_date is invalid")

	to(operation.InvoicesTransferToAmili, strings.Replace(transferBody, `"payers"`, `"amounts":{"capital_amount":100.5,"reminder_amount":5},"payers"`, 1)).
		want(http.StatusAccepted)
	if o := c.transferState(invoice); text(o, "collectable_amount") != "105.50" {
		t.Errorf("transfer %v", o)
	}
	to(operation.InvoicesTransferToAmili, transferBody).wantError(http.StatusConflict, "conflict")
	to(operation.InvoicesTransferToRopo, transferBody).wantError(http.StatusConflict, "conflict")
}

func TestTransferDecidedByTheTest(t *testing.T) {
	srv := newServer(t, WithManualTransfers())
	c := newClient(t, srv)
	srv.Company().Activate(Ropo)
	send := func(invoice string) {
		c.call(operation.InvoicesTransferToRopo, []string{invoice}, transferBody, "").want(http.StatusAccepted)
	}
	add := func() string { return srv.AddInvoice(Invoice{DueDate: srv.Clock().Day(-30)}) }
	check := func(invoice, status, reason string) {
		t.Helper()
		if o := c.transferState(invoice); text(o, "status") != status || text(o, "error_reason") != reason {
			t.Errorf("transfer %v, want %s %q", o, status, reason)
		}
	}
	one := add()
	send(one)
	check(one, "pending", "")
	srv.PendTransfer(one, "address missing")
	check(one, "pending", "address missing")
	srv.CompleteTransfer(one)
	check(one, "sent", "")

	two := add()
	srv.FailTransfer(two, "debtor unknown") // before it is made
	send(two)
	check(two, "error", "debtor unknown")
	send(two) // a failed one can go again
	check(two, "pending", "")
	srv.FailTransfer(two, "still unknown")
	check(two, "error", "still unknown")
	srv.PendTransfer(two, "wait")
	send(two)
	check(two, "pending", "wait")
	srv.CompleteTransfer(two)
	check(two, "sent", "")

	three := add()
	srv.CompleteTransfer(three)
	send(three)
	check(three, "sent", "")
}

func TestRopoRules(t *testing.T) {
	rental := `{"collection_type":"collection","receivables_type":"b2c_rental","payers":[{"name":"A","ssn":"010190-123A","customer_number":"7",
		"email":"a@example.com","phone_number":"+358401","address":{"streets":["Tie 1"],"zip_code":"00100","city":"Helsinki","country":"FI"}}],
		"amounts":{"capital_amount":100,"interest_amount":1.5,"interest_calculation_date":"2026-10-01"},
		"rental":{"address":"Tie 1","current_target_amount":700,"contract_type":"temporary","contract_expiry_date":"2027-01-31"}}`
	typed := func(kind string) string { return strings.Replace(transferBody, `"b2b"`, `"`+kind+`"`, 1) }
	for name, test := range map[string]struct {
		country, currency string
		late              int
		body              string
		reason            string
	}{
		"b2b early":       {"FI", "EUR", 6, typed("b2b"), "7 days"},
		"b2b":             {"FI", "EUR", 7, typed("b2b"), ""},
		"b2c early":       {"FI", "EUR", 13, typed("b2c"), "14 days"},
		"b2c":             {"FI", "EUR", 14, typed("b2c"), ""},
		"kronor":          {"SE", "SEK", 30, typed("b2b"), ""},
		"wrong currency":  {"NO", "EUR", 30, typed("b2b"), "currency"},
		"rental abroad":   {"SE", "SEK", 30, typed("b2b_rental"), "Finland"},
		"rental no ssn":   {"FI", "EUR", 30, typed("b2c_rental"), "identity number"},
		"rental":          {"FI", "EUR", 30, rental, ""},
		"rental business": {"FI", "EUR", 30, typed("b2b_rental"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			c := newClient(t, srv)
			srv.Company().SetCountry(test.country)
			srv.Company().Activate(Ropo)
			invoice := srv.AddInvoice(Invoice{DueDate: srv.Clock().Day(-test.late), Currency: test.currency})
			c.call(operation.InvoicesTransferToRopo, []string{invoice}, test.body, "").want(http.StatusAccepted)
			o := c.transferState(invoice)
			if got := text(o, "error_reason"); (test.reason == "") != (got == "") || !strings.Contains(got, test.reason) {
				t.Errorf("transfer %v, want reason %q", o, test.reason)
			}
		})
	}
}

func TestInvoiceNumberComesBack(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	srv.Company().ActivatePerinta("vfsfi")
	same := Invoice{Number: "1001", Date: "2026-09-01", DueDate: "2026-09-15"}
	send := func(inv Invoice) (state, assignment string) {
		id := srv.AddInvoice(inv)
		c.call(operation.InvoicesTransferToAmili, []string{id}, transferBody, "").want(http.StatusAccepted)
		return text(c.transferState(id), "status"), srv.AssignmentOf(id)
	}
	_, first := send(same)
	if state, _ := send(same); state != "error" {
		t.Errorf("same number while the first is open: %s", state)
	}
	other := same
	other.Date = "2026-10-01"
	if state, _ := send(other); state != "sent" {
		t.Errorf("same number, other date: %s", state)
	}
	srv.Agency().Close(first)
	state, second := send(same)
	if state != "sent" {
		t.Errorf("same number after a close without payment: %s", state)
	}
	srv.Agency().Paid(second, "1", "")
	srv.Agency().Close(second)
	if state, _ := send(same); state != "error" {
		t.Errorf("same number after a close with payment: %s", state)
	}
}

func TestTransferV1(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	srv.Company().ActivatePerinta("company")
	invoice := srv.AddInvoice(Invoice{})
	post := func(body string) *result {
		return c.call(operation.InvoicesTransferToAmiliV1, []string{invoice}, body, "")
	}
	for body, problem := range map[string]string{
		`{}`: "collection_type is missing",
		`{"collection_type":"collection","collectable_amount":0}`:                                                                   "collectable_amount must be positive",
		`{"collection_type":"collection","collectable_amount":"5"}`:                                                                 "collectable_amount is not a number",
		`{"collection_type":"collection","collectable_amount":1.005}`:                                                               "collectable_amount has more than two decimals",
		`{"collection_type":"collection","amounts":{"capital_amount":5}}`:                                                           "amounts[reminder_amount] is missing",
		`{"collection_type":"collection","collectable_amount":1,"amounts":{}}`:                                                      "collectable_amount cannot be used together",
		`{"collection_type":"collection","amounts":{"capital_amount":5,"reminder_amount":-1,"interest_amount":1}}`:                  "amounts[reminder_amount] must be positive",
		`{"collection_type":"collection","assignment_summary":"x"}`:                                                                 "assignment_summary must have 2 to 64",
		`{"collection_type":"collection","payer_ssns":"010190-123A"}`:                                                               "payer_ssns is invalid",
		`{"collection_type":"collection","industry_specific_options":{"rental":{"address":"Tie 1"}}}`:                               "Intrum only",
		`{"collection_type":"collection","amounts":{"capital_amount":1e99,"reminder_amount":"","interest_calculation_date":"now"}}`: "amounts[interest_calculation_date] is invalid",
	} {
		post(body).wantError(http.StatusBadRequest, "invalid_parameters", problem)
	}
	r := post(`{"collection_type":"collection","amounts":{"capital_amount":100.00,"reminder_amount":5,"interest_amount":1.25},"payer_identifiers":["7"]}`).want(http.StatusAccepted)
	if len(r.body) != 0 {
		t.Errorf("body %s", r.body)
	}
	o := c.call(operation.InvoicesTransferStatusV1, []string{invoice}, "", "").want(http.StatusOK).object()
	if text(o, "status") != "sent" || text(o, "collectable_amount") != "106.25" || text(o, "url") == "" {
		t.Errorf("status %v", o)
	}
	srv.Clock().AdvanceTo(v1End)
	post(`{"collection_type":"collection"}`).wantError(http.StatusConflict, "conflict")
	srv.Clock().AdvanceDays(1)
	post(`{"collection_type":"collection"}`).wantError(http.StatusGone, "gone")
	c.call(operation.InvoicesTransferStatusV1, []string{invoice}, "", "").wantError(http.StatusGone, "gone")
	c.transferState(invoice)
}

func TestKassavirta(t *testing.T) {
	srv := newServer(t)
	c, co := newClient(t, srv), srv.Company()
	before := srv.AddInvoice(Invoice{})
	co.ActivateKassavirta("vfsfi")
	routed := func(inv Invoice) bool { return srv.AssignmentOf(srv.AddInvoice(inv)) != "" }
	if srv.AssignmentOf(before) != "" {
		t.Error("an invoice from before the service was routed")
	}
	for name, inv := range map[string]Invoice{
		"kronor": {Currency: "SEK"}, "format": {Format: "Facturae"}, "consumer": {Consumer: true},
	} {
		if routed(inv) {
			t.Errorf("%s: routed", name)
		}
	}
	if !routed(Invoice{}) {
		t.Error("an ordinary invoice was not routed")
	}
	srv.Clock().AdvanceDays(5)
	if !routed(Invoice{Consumer: true}) {
		t.Error("a consumer's invoice after five days was not routed")
	}
	c.call(operation.ServiceLevelsSet, []string{"1111111-1"}, `{"service_level":"service_bypass"}`, "").want(http.StatusNoContent)
	if routed(Invoice{CustomerBID: "1111111-1"}) {
		t.Error("a service_bypass customer's invoice was routed")
	}
	co.SetServiceLevel("2222222-2", "vip")
	invoice := srv.AddInvoice(Invoice{CustomerBID: "2222222-2"})
	id := srv.AssignmentOf(invoice)
	srv.AssertEvents(t, id, "agency service_level_changed")
	get := func() map[string]any {
		return c.call(operation.AssignmentsGet, []string{id}, "", "").want(http.StatusOK).object()
	}
	if level := get()["service_level"]; level != nil {
		t.Errorf("the level %v shows at once", level)
	}
	srv.Advance(4 * time.Hour)
	if level := text(get(), "service_level"); level != "vip" {
		t.Errorf("level %q after four hours", level)
	}
	if o := c.transferState(invoice); text(o, "status") != "sent" {
		t.Errorf("status of a routed invoice: %v", o)
	}
}
