package maventatest

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

func TestListInvoices(t *testing.T) {
	srv := newServer(t, WithManualDelivery())
	c := axClient(t, srv)
	var ids []string
	for i := range 12 {
		ids = append(ids, c.mustSend(finvoice(strconv.Itoa(100+i), "1,00")))
	}
	srv.Company().AX().DeliverInvoice(ids[0])
	srv.Company().AX().FailInvoice(ids[1], "")
	received := srv.Company().AX().ReceiveInvoice(Invoice{Number: "R1", Reference: "55"})
	list := func(query string) []map[string]any {
		return c.call(operation.InvoicesList, nil, "", query).want(http.StatusOK).array()
	}
	if all := list(""); len(all) != 1 || text(all[0], "id") != received || text(all[0], "received_at") == "" {
		t.Errorf("received ones are the default: %v", all)
	}
	first := c.call(operation.InvoicesList, nil, "", "direction=SENT").want(http.StatusOK)
	if all := first.array(); len(all) != 10 || text(all[0], "number") != "111" || all[0]["received_at"] != nil || first.header.Get("X-Next-Page") != "2" {
		t.Errorf("first page: %d, %v", len(all), first.header)
	}
	for query, want := range map[string]int{
		"direction=SENT&page=2": 2, "direction=SENT&per_page=100": 12, "direction=SENT&per_page=500": 12,
		"direction=SENT&per_page=100&status=PENDING": 10, "direction=SENT&status=DELIVERED,FAILED": 2, "direction=SENT&status=DELIVERED&status=FAILED": 2,
		"direction=SENT&status[]=DELIVERED&status[]=FAILED": 2, "direction=SENT&number=103": 1, "direction=SENT&ids=" + ids[3] + "," + ids[4]: 2,
		"reference=55": 1, "reference=56": 0, "received_at_start=2000-01-01T00:00:00Z&sort=-received_at": 1, "received_at_end=2000-01-01T00:00:00Z": 0,
		"direction=SENT&received_at_start=2000-01-01T00:00:00Z": 0, "direction=SENT&created_at_end=2000-01-01T00:00:00Z": 0,
	} {
		if all := list(query); len(all) != want {
			t.Errorf("%s: %d, want %d", query, len(all), want)
		}
	}
	for query, problem := range map[string]string{
		"direction=": "direction does not have a valid value", "direction=OUT": "direction does not", "status=SENT": "status does not",
		"page=0": "page is invalid", "page=x": "page is invalid", "per_page=-1": "per_page is invalid", "sort=number": "sort does not",
		"created_at_start=2026-01-01": "created_at_start is invalid", "ids=" + strings.Repeat("a,", 101): "ids must have at most 100 items",
	} {
		c.call(operation.InvoicesList, nil, "", query).wantError(http.StatusBadRequest, "invalid_parameters", problem)
	}
	other := axClientOf(t, srv.AddCompany("Toinen Oy", "2345678-9"))
	if all := other.call(operation.InvoicesList, nil, "", "direction=SENT").want(http.StatusOK).array(); len(all) != 0 {
		t.Errorf("another company sees %v", all)
	}
}

func TestArrayForms(t *testing.T) {
	forms := map[ArrayForm]string{
		ArrayComma: "status=PENDING,FAILED", ArrayRepeated: "status=PENDING&status=FAILED", ArrayBrackets: "status[]=PENDING&status[]=FAILED",
	}
	for taken := range forms {
		c := axClient(t, newServer(t, WithWire(Wire{ArrayForm: taken})))
		for sent, query := range forms {
			want := http.StatusBadRequest
			if sent == taken {
				want = http.StatusOK
			}
			c.call(operation.InvoicesList, nil, "", query).want(want)
		}
		if taken != ArrayBrackets { // one value is the same bytes in both
			c.call(operation.InvoicesList, nil, "", "status=PENDING").want(http.StatusOK)
		}
	}
}

func TestInvoiceInOtherFormats(t *testing.T) {
	srv := newServer(t, WithImageSize(3<<20))
	c := axClient(t, srv)
	xml, pdf := finvoice("1", "1,00"), "%PDF-1.4 own"
	plain := c.mustSend(xml)
	zipped := text(c.form(operation.InvoicesSend, nil, part{"file", "invoice.zip", zipOf(
		t, part{filename: "invoice.xml", value: xml}, part{filename: "invoice.pdf", value: pdf}, part{filename: "terms.txt", value: "Terms"},
	)}).want(http.StatusCreated).object(), "id")
	get := func(id, format string) *result {
		return c.call(operation.InvoicesGet, []string{id}, "", "return_format="+format)
	}
	if r := get(plain, "FINVOICE30").want(http.StatusOK); string(r.body) != xml || r.header.Get("Content-Type") != "application/xml" {
		t.Errorf("%s", r.body)
	}
	if r := get(plain, "PEPPOLBIS30").want(http.StatusOK); !strings.Contains(string(r.body), "PEPPOLBIS30") {
		t.Errorf("%s", r.body)
	}
	get(plain, "ORIGINAL_IMAGE").wantError(http.StatusNotFound, "not_found")
	for _, format := range []string{"GENERATED_IMAGE", "ORIGINAL_OR_GENERATED_IMAGE"} {
		if r := get(plain, format).want(http.StatusOK); len(r.body) != 3<<20 || !bytes.HasPrefix(r.body, []byte("%PDF")) {
			t.Errorf("%s: %d bytes", format, len(r.body))
		}
	}
	for _, format := range []string{"ORIGINAL_IMAGE", "ORIGINAL_OR_GENERATED_IMAGE"} {
		if r := get(zipped, format).want(http.StatusOK); string(r.body) != pdf || r.header.Get("Content-Type") != "application/pdf" {
			t.Errorf("%s: %s", format, r.body)
		}
	}
	get(plain, "PDF").wantError(http.StatusBadRequest, "invalid_parameters", "return_format")
	files := get(zipped, "EXTENDED_DETAILS").want(http.StatusOK).object()["files"].([]any)
	if len(files) != 3 {
		t.Fatalf("%v", files)
	}
	last := files[2].(map[string]any)
	href, err := url.Parse(text(last, "href"))
	if err != nil || href.Host != strings.TrimPrefix(srv.AutoXChangeURL(), "http://") {
		t.Errorf("href %v, %v", href, err)
	}
	if r := c.call(operation.InvoicesDownloadFile, []string{zipped, text(last, "id")}, "", "").want(http.StatusOK); string(r.body) != "Terms" {
		t.Errorf("%s", r.body)
	}
	c.call(operation.InvoicesDownloadFile, []string{zipped, "none"}, "", "").wantError(http.StatusNotFound, "not_found")
	added := srv.AddInvoice(Invoice{})
	if files := c.call(operation.InvoicesGet, []string{added}, "", "").want(http.StatusOK).object()["files"].([]any); len(files) != 2 {
		t.Errorf("of an invoice that a test has set up: %v", files)
	}
}

func TestReceivedInvoices(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	id := srv.Company().AX().ReceiveInvoice(Invoice{Number: "R1"})
	sent := c.mustSend(peppol)
	detect := func() map[string]any {
		return c.call(operation.InvoicesDetectResults, []string{id}, "", "lang=FI").want(http.StatusOK).object()
	}
	if o := detect(); o["status"].([]any)[0] != "DISABLED" {
		t.Errorf("%v", o)
	}
	c.call(operation.DetectUpdateChecks, nil, "", "on_invoice_receive=VAT,FRAUD").wantError(http.StatusBadRequest, "invalid_parameters", "on_invoice_receive")
	c.call(operation.DetectUpdateChecks, nil, "", "on_invoice_receive=VAT,SENDER_BID_STATUS").want(http.StatusNoContent)
	if o := c.call(operation.DetectChecks, nil, "", "").want(http.StatusOK).object(); text(o, "on_invoice_receive") != "VAT" {
		t.Errorf("%v", o)
	}
	srv.Company().AX().AddFinding(id, "no VAT number")
	if o := detect(); o["status"].([]any)[0] != "WARN" || len(o["executed_checks"].([]any)) != 2 || len(o["findings"].([]any)) != 1 {
		t.Errorf("%v", o)
	}
	c.call(operation.InvoicesDetectResults, []string{sent}, "", "").wantError(http.StatusNotFound, "not_found")

	c.call(operation.InvoicesMarkHandled, []string{id}, `{"state":"DONE"}`, "").wantError(http.StatusBadRequest, "invalid_parameters", "state does not")
	c.call(operation.InvoicesMarkHandled, []string{id}, `{"state":"HANDLED"}`, "").want(http.StatusNoContent)
	if state, _ := srv.Company().AX().Invoice(id); !state.Handled {
		t.Error("not handled")
	}

	c.call(operation.InvoicesReport, []string{id}, `{"reason":["UGLY"],"contact_email":"a@example.com"}`, "").wantError(http.StatusBadRequest, "invalid_parameters", "reason does not")
	c.call(operation.InvoicesReport, []string{id}, `{"reason":["UNKNOWN_COMPANY"],"contact_email":"a@example.com","description":"?"}`, "").want(http.StatusNoContent)
	c.call(operation.InvoicesReport, []string{id}, `{"reason":["UNKNOWN_COMPANY"],"contact_email":"a@example.com"}`, "").wantError(http.StatusConflict, "conflict")
	reports := c.call(operation.InvoicesReports, []string{id}, "", "").want(http.StatusOK).array()
	c.call(operation.InvoicesDeleteReport, []string{id, text(reports[0], "id")}, "", "").want(http.StatusNoContent)
	c.call(operation.InvoicesDeleteReport, []string{id, text(reports[0], "id")}, "", "").wantError(http.StatusNotFound, "not_found")
	c.anonymous(operation.InvoicesReportDefinitions, "", "").want(http.StatusOK)

	c.call(operation.InvoicesRespondNemhandel, []string{id}, `{"response":"Accepted"}`, "").want(http.StatusOK)
	c.call(operation.InvoicesRespondNemhandel, []string{id}, `{"response":"FullyPaid"}`, "").want(http.StatusOK)
	c.call(operation.InvoicesRespondNemhandel, []string{id}, `{"response":"Accepted"}`, "").wantError(http.StatusBadRequest, "invalid_parameters")

	c.call(operation.AnalysisGet, []string{id}, "", "").wantError(http.StatusNotFound, "not_found")
	c.call(operation.AnalysisStart, nil, "", "resource_id="+id+"&resource_type=INVOICE").wantError(http.StatusBadRequest, "invalid_parameters", "checks_to_run is missing")
	query := "resource_id=" + id + "&resource_type=INVOICE&checks_to_run=VAT"
	c.call(operation.AnalysisStart, nil, "", query).want(http.StatusCreated)
	if all := c.call(operation.AnalysisGet, []string{id}, "", "").want(http.StatusOK).array(); len(all) != 1 || text(all[0], "analysis_type") != "VAT" {
		t.Errorf("%v", all)
	}
}
