package maventatest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

func TestPartnerLists(t *testing.T) {
	srv := newServer(t)
	second := srv.AddCompanyOf(srv.Company(), "Toinen Oy", "2")
	stranger := srv.AddCompany("Vieras Oy", "3")
	c := axClient(t, srv)
	own, theirs := srv.Company().AX().ReceiveInvoice(Invoice{}), second.AX().ReceiveInvoice(Invoice{})
	stranger.AX().ReceiveInvoice(Invoice{})
	stranger.linked = false // other software
	axClientOf(t, second).call(operation.InvoicesMarkHandled, []string{theirs}, `{"state":"HANDLED"}`, "").want(http.StatusNoContent)
	for _, id := range []*operation.Op{operation.PartnerReceivedInvoices, operation.PartnerInboundActions} {
		if all := c.call(id, nil, "", "").want(http.StatusOK).array(); len(all) != 1 || text(all[0], "invoice_id") != own {
			t.Errorf("%v: %v", id, all)
		}
		if all := c.call(id, nil, "", "state=HANDLED").want(http.StatusOK).array(); len(all) != 1 || text(all[0], "company_id") != second.ID() {
			t.Errorf("%v: %v", id, all)
		}
		c.call(id, nil, "", "state=OLD").wantError(http.StatusBadRequest, "invalid_parameters", "state")
	}

	failed := second.srv.AddInvoice(Invoice{})
	srv.Company().AX().FailInvoice(failed, "")
	before, now := srv.Clock().Now().Add(-1).Format("2006-01-02T15:04:05.999999999Z07:00"), srv.Clock().Now().Format("2006-01-02T15:04:05Z")
	for _, id := range []*operation.Op{operation.PartnerSentErrors, operation.PartnerOutboundErrors} {
		c.call(id, nil, "", "").wantError(http.StatusBadRequest, "invalid_parameters", "happened_after is missing")
		if all := c.call(id, nil, "", "happened_after="+before).want(http.StatusOK).array(); len(all) != 1 || text(all[0], "invoice_id") != failed {
			t.Errorf("%v: %v", id, all)
		}
		if all := c.call(id, nil, "", "happened_after="+now).want(http.StatusOK).array(); len(all) != 0 {
			t.Errorf("%v: %v", id, all)
		}
	}
	c.token = c.fetchToken("global company invoice:send")
	c.call(operation.PartnerReceivedInvoices, nil, "", "").wantError(http.StatusUnauthorized, "auth_unauthorized")
}

func TestLookups(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	tooMany := strings.Repeat("1,", 11)
	all := c.call(operation.PartnerLookupCompanies, nil, "", "bids=1234567-1,8888888-8&country=FI").want(http.StatusOK).array()
	if len(all) != 2 || text(all[0], "company_status") != "RESERVED" || text(all[1], "company_status") != "FREE" {
		t.Errorf("%v", all)
	}
	c.call(operation.PartnerLookupCompanies, nil, "", "bids="+tooMany).wantError(http.StatusBadRequest, "invalid_parameters", "bids must have at most 10", "country is missing")

	all = c.call(operation.LookupsEndpoints, nil, "", "business_ids=1234567-1&business_ids=8888888-8").want(http.StatusOK).array()
	if len(all) != 2 || len(all[0]["sending"].([]any)) != 1 || len(all[1]["sending"].([]any)) != 0 {
		t.Errorf("%v", all)
	}
	c.call(operation.LookupsEndpoints, nil, "", "business_ids="+tooMany).wantError(http.StatusBadRequest, "invalid_parameters", "business_ids")
	c.call(operation.LookupsEndpoints, nil, "", "").wantError(http.StatusBadRequest, "invalid_parameters", "business_ids is missing")

	for query, want := range map[string]int{"network=PEPPOL": 1, "network=PEPPOL&bid=1234567-1&eia=0216:1234567-1": 1, "network=PEPPOL&name=none": 0, "network=PEPPOL&country=SE,NO": 0} {
		if all := c.call(operation.LookupsReceivers, nil, "", query).want(http.StatusOK).array(); len(all) != want {
			t.Errorf("%s: %v", query, all)
		}
	}
	c.call(operation.LookupsReceivers, nil, "", "allow_eia_variants=1").wantError(http.StatusBadRequest, "invalid_parameters", "network is missing", "allow_eia_variants is invalid")

	srv.Company().AX().AddConsumer(Consumer{Name: "Kari", Email: "kari@example.com", Phone: "+47123", ReferenceNumber: "77"})
	srv.Company().AX().AddConsumer(Consumer{Name: "Ola", Status: "NEW"})
	o := c.call(operation.LookupsConsumers, nil, "", "email=kari@example.com&routes=yes2all,dpi").want(http.StatusOK).object()
	if route := o["routes"].(map[string]any)["yes2all"].(map[string]any); route["efaktura_identifier"] != "77" {
		t.Errorf("%v", o)
	}
	c.call(operation.LookupsConsumers, nil, "", "routes=post").wantError(http.StatusBadRequest, "invalid_parameters", "routes")
	for _, id := range []*operation.Op{operation.CompanyConsumers, operation.B2CNOConsumers} {
		if all := c.call(id, nil, "", "status=NEW,ERROR").want(http.StatusOK).array(); len(all) != 1 || text(all[0], "name") != "Ola" {
			t.Errorf("%v: %v", id, all)
		}
		if all := c.call(id, nil, "", "query=%2B47123").want(http.StatusOK).array(); len(all) != 1 {
			t.Errorf("%v: %v", id, all)
		}
		c.call(id, nil, "", "status=OLD").wantError(http.StatusBadRequest, "invalid_parameters", "status")
	}
	c.call(operation.B2CNOStatus, nil, "", "").want(http.StatusOK)
}

func TestDefinitions(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	c.call(operation.DefinitionsOperators, nil, "", "").want(http.StatusOK)
	for _, id := range []*operation.Op{operation.DefinitionsDetectChecks, operation.AnalysisDefinitions} {
		if o := c.anonymous(id, "", "").want(http.StatusOK).object(); len(o["checks"].([]any)) != 5 {
			t.Errorf("%v", o)
		}
		o := c.anonymous(id, "", "checks=VAT&check_attributes=name,title").want(http.StatusOK).object()
		if one := o["checks"].([]any); len(one) != 1 || len(one[0].(map[string]any)) != 2 {
			t.Errorf("%v", o)
		}
		c.anonymous(id, "", "checks=TAX&check_attributes=colour").wantError(http.StatusBadRequest, "invalid_parameters", "checks does not", "check_attributes does not")
	}
	if sets := c.anonymous(operation.DefinitionsKeys, "", "").want(http.StatusOK).array(); len(sets) != 1 {
		t.Errorf("%v", sets)
	}
	likely := axClient(t, newServer(t, WithWire(Wire{LikelyShapes: true})))
	if set := likely.call(operation.DefinitionsKeys, nil, "", "").want(http.StatusOK).object(); set["keys"] == nil {
		t.Errorf("%v", set)
	}
	if o := likely.call(operation.DetectChecks, nil, "", "").want(http.StatusOK).object(); len(o["on_invoice_receive"].([]any)) != 0 {
		t.Errorf("%v", o)
	}
}
