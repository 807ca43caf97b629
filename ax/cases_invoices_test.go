package ax_test

import (
	"context"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/maventatest"
)

func axInvoiceCases() []ct.Case {
	return []ct.Case{
		{
			Name: "Invoices.List",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ct.Collect(ax.New(c).Invoices.All(ctx, ax.InvoiceFilter{Direction: ax.InvoicesSent, Status: []ax.InvoiceStatus{ax.InvoiceDelivered, ax.InvoiceFailed}, IDs: []string{"in-1"}, Number: "1001", Reference: "1234561", ReceivedFrom: utc("2026-10-01T00:00:00Z"), ReceivedTo: utc("2026-12-01T00:00:00Z"), CreatedFrom: utc("2026-10-01T00:00:00Z"), CreatedTo: utc("2026-12-01T00:00:00Z"), Sort: []string{"-received_at"}})))
			},
			Want:   ct.Want{Path: "/v1/invoices?number=1001&reference=1234561&received_at_start=2026-10-01T00%3A00%3A00Z&received_at_end=2026-12-01T00%3A00%3A00Z&created_at_start=2026-10-01T00%3A00%3A00Z&created_at_end=2026-12-01T00%3A00%3A00Z&direction=SENT&page=1&per_page=100&status=DELIVERED,FAILED&ids=in-1&sort=-received_at"},
			Answer: `[{"id":"in-1","status":"DELIVERED","number":"1001","reference":"1234561","sender":{"eia":"003712345678","bid":"1234567-8","name":"Seller Oy","country":"FI"},"recipient":{"eia":"003787654321","bid":"8765432-1","name":"Buyer Oy","country":"FI","operator":"003721291126"},"date":"2026-11-01","date_due":"2026-11-15","sum":100.00,"sum_tax":125.50,"currency":"EUR","created_at":"2026-11-01T10:00:00Z","received_at":"2026-11-01T10:00:01Z","source_format":"FINVOICE30","origin":"EXTERNAL","origin_type":"SCAN","destination":"EINVOICE","comment":"hello","files":[{"id":"f-1","filename":"invoice.pdf","type":"IMAGE","mimetype":"application/pdf","href":"https://ax-stage.maventa.com/v1/invoices/in-1/files/f-1"}],"actions":[{"type":"SENT","channel":"EINVOICE","message":"sent","key":"action_internal_sent","happened_at":"2026-11-01T10:00:02Z"}],"revision":{"of":"in-0"}}]`,
		},
		{
			Name: "Invoices.Get",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Invoices.Get(ctx, ids[0]))
			},
			IDs:    []string{"in-1"},
			Want:   ct.Want{Path: "/v1/invoices/in-1"},
			Answer: `{"id":"in-1","status":"DELIVERED","number":"1001","reference":"1234561","sender":{"eia":"003712345678","bid":"1234567-8","name":"Seller Oy","country":"FI"},"recipient":{"eia":"003787654321","bid":"8765432-1","name":"Buyer Oy","country":"FI","operator":"003721291126"},"date":"2026-11-01","date_due":"2026-11-15","sum":100.00,"sum_tax":125.50,"currency":"EUR","created_at":"2026-11-01T10:00:00Z","received_at":"2026-11-01T10:00:01Z","source_format":"FINVOICE30","origin":"EXTERNAL","origin_type":"SCAN","destination":"EINVOICE","comment":"hello","files":[{"id":"f-1","filename":"invoice.pdf","type":"IMAGE","mimetype":"application/pdf","href":"https://ax-stage.maventa.com/v1/invoices/in-1/files/f-1"}],"actions":[{"type":"SENT","channel":"EINVOICE","message":"sent","key":"action_internal_sent","happened_at":"2026-11-01T10:00:02Z"}],"revision":{"of":"in-0"}}`,
		},
		{
			Name: "Invoices.Send",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Invoices.Send(ctx, fullUpload(ids[0])))
			},
			IDs: []string{"b7f8a3a0-0000-5000-8000-000000000001"},
			Want: ct.Want{Path: "/v1/invoices", Form: `
uuid=b7f8a3a0-0000-5000-8000-000000000001
format=FINVOICE30
recipient_type=consumer
recipient_eia=canary-1234567-1
recipient_email=maija+canary@example.fi
recipient_operator=o
prevent_routing=true
disabled_routes=print,email
route_order=vipps,email
sender_comment=canary: the debtor is ill
second canary line
lang=FI
recipient_phone_number=+358 40 CANARY 7
recipient_date_of_birth=1990-01-02
recipient_ssn=131052-308T-canary
recipient_efaktura_id=canary-efaktura
b2cno_document_type=INVOICE
payment_instruction_identifier=FI2112345600000785-canary
print_settings[color]=false
print_settings[letter_class]=ECONOMY
print_settings[prevent_digital_post]=true
print_settings[print_own_image]=true
print_settings[allow_kivra_fi]=false
email_settings[xml_format]=FINVOICE20
file=<Finvoice Version="3.0"><BuyerPartyDetails><BuyerOrganisationName>Ostaja Oy</BuyerOrganisationName></BuyerPartyDetails><InvoiceDetails><InvoiceNumber>7</InvoiceNumber><InvoiceDate Format="CCYYMMDD">20261001</InvoiceDate><InvoiceTotalVatIncludedAmount AmountCurrencyIdentifier="EUR">125,50</InvoiceTotalVatIncludedAmount></InvoiceDetails></Finvoice> (sales.xml, application/xml)`},
			Answer: `{"id":"in-1","status":"DELIVERED","number":"1001","reference":"1234561","sender":{"eia":"003712345678","bid":"1234567-8","name":"Seller Oy","country":"FI"},"recipient":{"eia":"003787654321","bid":"8765432-1","name":"Buyer Oy","country":"FI","operator":"003721291126"},"date":"2026-11-01","date_due":"2026-11-15","sum":100.00,"sum_tax":125.50,"currency":"EUR","created_at":"2026-11-01T10:00:00Z","received_at":"2026-11-01T10:00:01Z","source_format":"FINVOICE30","origin":"EXTERNAL","origin_type":"SCAN","destination":"EINVOICE","comment":"hello","files":[{"id":"f-1","filename":"invoice.pdf","type":"IMAGE","mimetype":"application/pdf","href":"https://ax-stage.maventa.com/v1/invoices/in-1/files/f-1"}],"actions":[{"type":"SENT","channel":"EINVOICE","message":"sent","key":"action_internal_sent","happened_at":"2026-11-01T10:00:02Z"}],"revision":{"of":"in-0"}}`,
			Prepare: func(srv *maventatest.Server) string {
				return ax.InvoiceUUID(srv.CompanyID(), unused(srv))
			},
			Effects: func(srv *maventatest.Server, id string) (n int) {
				for _, inv := range srv.Company().AX().Invoices() {
					if inv.ID == id {
						n++
					}
				}
				return n
			},
			RefusedTwice: true,
		},
		{
			Name: "Invoices.Actions",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Invoices.Actions(ctx, ids[0], []ax.InvoiceActionType{ax.ActionSent, ax.ActionError}))
			},
			IDs:    []string{"in-1"},
			Want:   ct.Want{Path: "/v1/invoices/in-1/actions?channel_details_version=1&type=SENT,ERROR"},
			Answer: `[{"type":"ERROR","channel":"EMAIL","message":"no such address","key":"action_sent_email_failed","happened_at":"2026-11-01T10:00:02Z"}]`,
		},
		{
			Name: "Invoices.MarkHandled",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).Invoices.MarkHandled(ctx, ids[0], ax.InvoiceEventHandled))
			},
			IDs:     []string{"in-1"},
			Want:    ct.Want{Path: "/v1/invoices/in-1/invoice_events", Body: `{"state":"HANDLED"}`},
			Prepare: received,
		},
		{
			Name: "Invoices.DownloadFile",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Invoices.DownloadFile(ctx, ids[0], ids[1]))
			},
			IDs:    []string{"in-1", "f-1"},
			Want:   ct.Want{Path: "/v1/invoices/in-1/files/f-1"},
			Answer: `<x/>`,
			Stream: true,
		},
		{
			Name: "Invoices.DetectResults",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Invoices.DetectResults(ctx, ids[0], "FI"))
			},
			IDs:    []string{"in-1"},
			Want:   ct.Want{Path: "/v1/invoices/in-1/detect_results?lang=FI"},
			Answer: `{"status":["WARN"],"executed_checks":["a"],"findings":["b"]}`,
		},
		{
			Name: "Invoices.RerouteEInvoice",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).Invoices.RerouteEInvoice(ctx, ids[0], ax.RerouteEInvoice{RecipientEIA: ct.CanaryBID, RecipientOperator: "003721291126"}))
			},
			IDs:          []string{"in-1"},
			Want:         ct.Want{Path: "/v1/invoices/in-1/reroute/einvoice", Body: `{"recipient_eia":"canary-1234567-1","recipient_operator":"003721291126"}`},
			Prepare:      undelivered,
			RefusedTwice: true,
		},
		{
			Name: "Invoices.RerouteEmail",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).Invoices.RerouteEmail(ctx, ids[0], ax.RerouteEmail{RecipientEmail: ct.CanaryEmail}))
			},
			IDs:          []string{"in-1"},
			Want:         ct.Want{Path: "/v1/invoices/in-1/reroute/email", Body: `{"recipient_email":"maija+canary@example.fi"}`},
			Prepare:      undelivered,
			RefusedTwice: true,
		},
		{
			Name: "Invoices.ReroutePrint",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).Invoices.ReroutePrint(ctx, ids[0], ax.ReroutePrint{
					RecipientName: ct.CanaryName, RecipientAddress1: ct.CanaryStreet, RecipientAddress2: "A 2", RecipientPostCode: "00100", RecipientPostOffice: ct.CanaryCity,
					RecipientState: "S", RecipientCountry: "FI",
				}))
			},
			IDs:          []string{"in-1"},
			Want:         ct.Want{Path: "/v1/invoices/in-1/reroute/print", Body: `{"recipient_name":"Maija \"Canary\" Meikäläinen \u0026 Pojat","recipient_address1":"Canarykuja \u003c7\u003e B\t12","recipient_address2":"A 2","recipient_post_code":"00100","recipient_post_office":"Canarylä","recipient_state":"S","recipient_country":"FI"}`},
			Prepare:      undelivered,
			RefusedTwice: true,
		},
		{
			Name: "Invoices.Reports",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Invoices.Reports(ctx, ids[0]))
			},
			IDs:    []string{"in-1"},
			Want:   ct.Want{Path: "/v1/invoices/in-1/reports"},
			Answer: `[{"id":"r-1","invoice_id":"in-1","company_bid":"1","company_name":"n","company_country_code":"FI","company_bank_account":"a","reporter_user_id":"u","reporter_contact_email":"e","reasons":[{"name":"UNKNOWN_COMPANY","friendly_name":"x","friendly_names":[{"lang":"FI","value":"y"}],"text":"t","texts":[{"lang":"FI","value":"u"}]}],"additional_explanation":"x","report_date":"2026-11-01T10:00:02Z"}]`,
		},
		{
			Name: "Invoices.Report",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).Invoices.Report(ctx, ids[0], ax.InvoiceReport{
					Reasons: []ax.ReportReason{"UNKNOWN_COMPANY"}, ContactEmail: ct.CanaryEmail, Description: ct.CanaryComment,
				}))
			},
			IDs:          []string{"in-1"},
			Want:         ct.Want{Path: "/v1/invoices/in-1/reports", Body: `{"reason":["UNKNOWN_COMPANY"],"contact_email":"maija+canary@example.fi","description":"canary: the debtor is ill\nsecond canary line"}`},
			Prepare:      received,
			RefusedTwice: true,
		},
		{
			Name: "Invoices.DeleteReport",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).Invoices.DeleteReport(ctx, ids[0], ids[1]))
			},
			IDs:  []string{"in-1", "r-1"},
			Want: ct.Want{Path: "/v1/invoices/in-1/reports/r-1"},

			Prepare: reported,
		},
		{
			Name: "Invoices.ReportDefinitions",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Invoices.ReportDefinitions(ctx))
			},
			Want:   ct.Want{Path: "/v1/invoices/reports/definitions"},
			Answer: `{"criteria":[{"name":"UNKNOWN_COMPANY","friendly_name":"x","friendly_names":[{"lang":"FI","value":"y"}],"text":"t","texts":[{"lang":"FI","value":"u"}]}],"disclaimer_text":"d","disclaimer_texts":[{"lang":"FI","value":"y"}]}`,
		},
		{
			Name: "Invoices.RespondNemhandel",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Invoices.RespondNemhandel(ctx, ids[0], ax.NemhandelRejected, ct.CanaryComment))
			},
			IDs:          []string{"in-1"},
			Want:         ct.Want{Path: "/v1/invoices/in-1/responses/nemhandel", Body: `{"response":"Rejected","reason":"canary: the debtor is ill\nsecond canary line"}`},
			Answer:       `{"is_requested":true}`,
			Prepare:      received,
			RefusedTwice: true,
		},
		{
			Name: "Analysis.Start",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Analysis.Start(ctx, ids[0], []ax.DetectCheck{ax.CheckVAT, ax.CheckSenderWarningList}))
			},
			IDs:     []string{"in-1"},
			Want:    ct.Want{Path: "/v1/analysis?resource_id=in-1&resource_type=INVOICE&checks_to_run=VAT,SENDER_WARNING_LIST"},
			Answer:  `[{"analysis_id":"a-1","analysis_type":"VAT","analysis_status":"DONE","friendly_name":"x","friendly_names":[{"lang":"FI","value":"y"}],"analysis_title":"t","analysis_titles":[{"lang":"FI","value":"y"}],"analysis_trigger_date":"2026-11-01T10:00:02Z","analysis_origin":"INVOICE","analysis_result":{"status":"OK","text":"t","texts":[{"lang":"FI","value":"y"}],"reason_code":"r","check_date":"2026-11-01T10:00:02Z","data":{"a":1}},"analysis_results":[{"status":"OK"}]}]`,
			Prepare: received,
		},
		{
			Name: "Analysis.Get",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Analysis.Get(ctx, ids[0]))
			},
			IDs:    []string{"a-1"},
			Want:   ct.Want{Path: "/v1/analysis/a-1"},
			Answer: `[{"analysis_id":"a-1","analysis_type":"VAT","analysis_status":"DONE","friendly_name":"x","friendly_names":[{"lang":"FI","value":"y"}],"analysis_title":"t","analysis_titles":[{"lang":"FI","value":"y"}],"analysis_trigger_date":"2026-11-01T10:00:02Z","analysis_origin":"INVOICE","analysis_result":{"status":"OK","text":"t","texts":[{"lang":"FI","value":"y"}],"reason_code":"r","check_date":"2026-11-01T10:00:02Z","data":{"a":1}},"analysis_results":[{"status":"OK"}]}]`,
		},
		{
			Name: "Analysis.Definitions",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Analysis.Definitions(ctx, ax.CheckDefinitionFilter{Checks: []ax.DetectCheck{ax.CheckVAT}, Attributes: []string{"name", "title"}}))
			},
			Want:   ct.Want{Path: "/v1/analysis/definitions?checks=VAT&check_attributes=name,title"},
			Answer: `{"app_version":"1","checks":[{"name":"VAT","friendly_name":"f","friendly_names":[{"lang":"FI","value":"y"}],"title":"t","titles":[{"lang":"FI","value":"y"}],"description":"d","descriptions":[{"lang":"FI","value":"y"}],"doc_description":"dd","resource_type":"INVOICE","scope":"s","scopes":[{"lang":"FI","value":"y"}],"sources":[{"name":"n","names":[{"lang":"FI","value":"y"}]}],"metadata":{"criteria":[{"name":"UNKNOWN_COMPANY","friendly_name":"x","friendly_names":[{"lang":"FI","value":"y"}],"text":"t","texts":[{"lang":"FI","value":"u"}]}]},"possible_results":[{"status":"OK","result":"r","reason":"x","reason_code":"c"}]}]}`,
		},
		{
			Name: "Definitions.DetectChecks",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Definitions.DetectChecks(ctx, ax.CheckDefinitionFilter{}))
			},
			Want:   ct.Want{Path: "/v1/definitions/detect/checks"},
			Answer: `{"app_version":"1","checks":[{"name":"VAT","friendly_name":"f","friendly_names":[{"lang":"FI","value":"y"}],"title":"t","titles":[{"lang":"FI","value":"y"}],"description":"d","descriptions":[{"lang":"FI","value":"y"}],"doc_description":"dd","resource_type":"INVOICE","scope":"s","scopes":[{"lang":"FI","value":"y"}],"sources":[{"name":"n","names":[{"lang":"FI","value":"y"}]}],"metadata":{"criteria":[{"name":"UNKNOWN_COMPANY","friendly_name":"x","friendly_names":[{"lang":"FI","value":"y"}],"text":"t","texts":[{"lang":"FI","value":"u"}]}]},"possible_results":[{"status":"OK","result":"r","reason":"x","reason_code":"c"}]}]}`,
		},
		{
			Name: "Definitions.Operators",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Definitions.Operators(ctx))
			},
			Want:   ct.Want{Path: "/v1/definitions/operators"},
			Answer: `[{"operator_id":"003721291126","name":"Maventa","country":"FI"}]`,
		},
		{
			Name: "Definitions.Keys",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Definitions.Keys(ctx))
			},
			Want:   ct.Want{Path: "/v1/jwk"},
			Answer: `[{"keys":[{"kty":"RSA","e":"AQAB","n":"abc","kid":"1"}]}]`,
		},
	}
}
