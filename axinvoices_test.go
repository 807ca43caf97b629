package maventa_test

import (
	"context"
	"strings"

	"github.com/maventa-go/maventa"
)

var axInvoiceCalls = map[string]axCall{
	"Invoices.List": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(collect(c.Invoices.All(ctx, maventa.InvoiceFilter{Direction: maventa.InvoicesSent, Status: []maventa.InvoiceStatus{maventa.InvoiceDelivered, maventa.InvoiceFailed}, IDs: []string{"in-1"}, Number: "1001", Reference: "1234561", ReceivedFrom: utc("2026-10-01T00:00:00Z"), ReceivedTo: utc("2026-12-01T00:00:00Z"), CreatedFrom: utc("2026-10-01T00:00:00Z"), CreatedTo: utc("2026-12-01T00:00:00Z"), Sort: []string{"-received_at"}})))
		},
		path:   "/v1/invoices?number=1001&reference=1234561&received_at_start=2026-10-01T00%3A00%3A00Z&received_at_end=2026-12-01T00%3A00%3A00Z&created_at_start=2026-10-01T00%3A00%3A00Z&created_at_end=2026-12-01T00%3A00%3A00Z&direction=SENT&page=1&per_page=100&status=DELIVERED,FAILED&ids=in-1&sort=-received_at",
		answer: `[{"id":"in-1","status":"DELIVERED","number":"1001","reference":"1234561","sender":{"eia":"003712345678","bid":"1234567-8","name":"Seller Oy","country":"FI"},"recipient":{"eia":"003787654321","bid":"8765432-1","name":"Buyer Oy","country":"FI","operator":"003721291126"},"date":"2026-11-01","date_due":"2026-11-15","sum":100.00,"sum_tax":125.50,"currency":"EUR","created_at":"2026-11-01T10:00:00Z","received_at":"2026-11-01T10:00:01Z","source_format":"FINVOICE30","origin":"EXTERNAL","origin_type":"SCAN","destination":"EINVOICE","comment":"hello","files":[{"id":"f-1","filename":"invoice.pdf","type":"IMAGE","mimetype":"application/pdf","href":"https://ax-stage.maventa.com/v1/invoices/in-1/files/f-1"}],"actions":[{"type":"SENT","channel":"EINVOICE","message":"sent","key":"action_internal_sent","happened_at":"2026-11-01T10:00:02Z"}],"revision":{"of":"in-0"}}]`,
	},
	"Invoices.Get": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Invoices.Get(ctx, "in-1"))
		},
		path:   "/v1/invoices/in-1",
		answer: `{"id":"in-1","status":"DELIVERED","number":"1001","reference":"1234561","sender":{"eia":"003712345678","bid":"1234567-8","name":"Seller Oy","country":"FI"},"recipient":{"eia":"003787654321","bid":"8765432-1","name":"Buyer Oy","country":"FI","operator":"003721291126"},"date":"2026-11-01","date_due":"2026-11-15","sum":100.00,"sum_tax":125.50,"currency":"EUR","created_at":"2026-11-01T10:00:00Z","received_at":"2026-11-01T10:00:01Z","source_format":"FINVOICE30","origin":"EXTERNAL","origin_type":"SCAN","destination":"EINVOICE","comment":"hello","files":[{"id":"f-1","filename":"invoice.pdf","type":"IMAGE","mimetype":"application/pdf","href":"https://ax-stage.maventa.com/v1/invoices/in-1/files/f-1"}],"actions":[{"type":"SENT","channel":"EINVOICE","message":"sent","key":"action_internal_sent","happened_at":"2026-11-01T10:00:02Z"}],"revision":{"of":"in-0"}}`,
	},
	"Invoices.Send": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Invoices.Send(ctx, fullUpload()))
		},
		path: "/v1/invoices",
		form: `
uuid=b7f8a3a0-0000-5000-8000-000000000001
format=FINVOICE30
recipient_type=consumer
recipient_eia=e
recipient_email=a@b.example
recipient_operator=o
prevent_routing=true
disabled_routes=print,email
route_order=vipps,email
sender_comment=hi
lang=FI
recipient_phone_number=+358401234567
recipient_date_of_birth=1990-01-02
recipient_ssn=canary-ssn
recipient_efaktura_id=f
b2cno_document_type=INVOICE
payment_instruction_identifier=p
print_settings[color]=false
print_settings[letter_class]=ECONOMY
print_settings[prevent_digital_post]=true
print_settings[print_own_image]=true
print_settings[allow_kivra_fi]=false
email_settings[xml_format]=FINVOICE20
file=<Finvoice/> (sales.xml, application/xml)`,
		answer: `{"id":"in-1","status":"DELIVERED","number":"1001","reference":"1234561","sender":{"eia":"003712345678","bid":"1234567-8","name":"Seller Oy","country":"FI"},"recipient":{"eia":"003787654321","bid":"8765432-1","name":"Buyer Oy","country":"FI","operator":"003721291126"},"date":"2026-11-01","date_due":"2026-11-15","sum":100.00,"sum_tax":125.50,"currency":"EUR","created_at":"2026-11-01T10:00:00Z","received_at":"2026-11-01T10:00:01Z","source_format":"FINVOICE30","origin":"EXTERNAL","origin_type":"SCAN","destination":"EINVOICE","comment":"hello","files":[{"id":"f-1","filename":"invoice.pdf","type":"IMAGE","mimetype":"application/pdf","href":"https://ax-stage.maventa.com/v1/invoices/in-1/files/f-1"}],"actions":[{"type":"SENT","channel":"EINVOICE","message":"sent","key":"action_internal_sent","happened_at":"2026-11-01T10:00:02Z"}],"revision":{"of":"in-0"}}`,
	},
	"Invoices.Actions": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Invoices.Actions(ctx, "in-1", []maventa.InvoiceActionType{maventa.ActionSent, maventa.ActionError}))
		},
		path:   "/v1/invoices/in-1/actions?channel_details_version=1&type=SENT,ERROR",
		answer: `[{"type":"ERROR","channel":"EMAIL","message":"no such address","key":"action_sent_email_failed","happened_at":"2026-11-01T10:00:02Z"}]`,
	},
	"Invoices.MarkHandled": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Invoices.MarkHandled(ctx, "in-1", maventa.InvoiceEventHandled))
		},
		path: "/v1/invoices/in-1/invoice_events",
		body: `{"state":"HANDLED"}`,
	},
	"Invoices.DownloadFile": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Invoices.DownloadFile(ctx, "in-1", "f-1"))
		},
		path:   "/v1/invoices/in-1/files/f-1",
		answer: `<x/>`,
		stream: true,
	},
	"Invoices.DetectResults": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Invoices.DetectResults(ctx, "in-1", "FI"))
		},
		path:   "/v1/invoices/in-1/detect_results?lang=FI",
		answer: `{"status":["WARN"],"executed_checks":["a"],"findings":["b"]}`,
	},
	"Invoices.RerouteEInvoice": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Invoices.RerouteEInvoice(ctx, "in-1", maventa.RerouteEInvoice{RecipientEIA: "003712345678", RecipientOperator: "003721291126"}))
		},
		path: "/v1/invoices/in-1/reroute/einvoice",
		body: `{"recipient_eia":"003712345678","recipient_operator":"003721291126"}`,
	},
	"Invoices.RerouteEmail": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Invoices.RerouteEmail(ctx, "in-1", maventa.RerouteEmail{RecipientEmail: "a@b.example"}))
		},
		path: "/v1/invoices/in-1/reroute/email",
		body: `{"recipient_email":"a@b.example"}`,
	},
	"Invoices.ReroutePrint": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Invoices.ReroutePrint(ctx, "in-1", maventa.ReroutePrint{RecipientName: "Buyer Oy", RecipientAddress1: "Katu 1", RecipientAddress2: "A 2", RecipientPostCode: "00100", RecipientPostOffice: "Helsinki", RecipientState: "S", RecipientCountry: "FI"}))
		},
		path: "/v1/invoices/in-1/reroute/print",
		body: `{"recipient_name":"Buyer Oy","recipient_address1":"Katu 1","recipient_address2":"A 2","recipient_post_code":"00100","recipient_post_office":"Helsinki","recipient_state":"S","recipient_country":"FI"}`,
	},
	"Invoices.Reports": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Invoices.Reports(ctx, "in-1"))
		},
		path:   "/v1/invoices/in-1/reports",
		answer: `[{"id":"r-1","invoice_id":"in-1","company_bid":"1","company_name":"n","company_country_code":"FI","company_bank_account":"a","reporter_user_id":"u","reporter_contact_email":"e","reasons":[{"name":"UNKNOWN_COMPANY","friendly_name":"x","friendly_names":[{"lang":"FI","value":"y"}],"text":"t","texts":[{"lang":"FI","value":"u"}]}],"additional_explanation":"x","report_date":"2026-11-01T10:00:02Z"}]`,
	},
	"Invoices.Report": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Invoices.Report(ctx, "in-1", maventa.InvoiceReport{Reasons: []maventa.ReportReason{"UNKNOWN_COMPANY"}, ContactEmail: "a@b.example", Description: "x"}))
		},
		path: "/v1/invoices/in-1/reports",
		body: `{"reason":["UNKNOWN_COMPANY"],"contact_email":"a@b.example","description":"x"}`,
	},
	"Invoices.DeleteReport": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Invoices.DeleteReport(ctx, "in-1", "r-1"))
		},
		path: "/v1/invoices/in-1/reports/r-1",
	},
	"Invoices.ReportDefinitions": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Invoices.ReportDefinitions(ctx))
		},
		path:   "/v1/invoices/reports/definitions",
		answer: `{"criteria":[{"name":"UNKNOWN_COMPANY","friendly_name":"x","friendly_names":[{"lang":"FI","value":"y"}],"text":"t","texts":[{"lang":"FI","value":"u"}]}],"disclaimer_text":"d","disclaimer_texts":[{"lang":"FI","value":"y"}]}`,
	},
	"Invoices.RespondNemhandel": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Invoices.RespondNemhandel(ctx, "in-1", maventa.NemhandelRejected, "wrong sum"))
		},
		path:   "/v1/invoices/in-1/responses/nemhandel",
		body:   `{"response":"Rejected","reason":"wrong sum"}`,
		answer: `{"is_requested":true}`,
	},
	"Analysis.Start": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Analysis.Start(ctx, "in-1", []maventa.DetectCheck{maventa.CheckVAT, maventa.CheckSenderWarningList}))
		},
		path:   "/v1/analysis?resource_id=in-1&resource_type=INVOICE&checks_to_run=VAT,SENDER_WARNING_LIST",
		answer: `[{"analysis_id":"a-1","analysis_type":"VAT","analysis_status":"DONE","friendly_name":"x","friendly_names":[{"lang":"FI","value":"y"}],"analysis_title":"t","analysis_titles":[{"lang":"FI","value":"y"}],"analysis_trigger_date":"2026-11-01T10:00:02Z","analysis_origin":"INVOICE","analysis_result":{"status":"OK","text":"t","texts":[{"lang":"FI","value":"y"}],"reason_code":"r","check_date":"2026-11-01T10:00:02Z","data":{"a":1}},"analysis_results":[{"status":"OK"}]}]`,
	},
	"Analysis.Get": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Analysis.Get(ctx, "a-1"))
		},
		path:   "/v1/analysis/a-1",
		answer: `[{"analysis_id":"a-1","analysis_type":"VAT","analysis_status":"DONE","friendly_name":"x","friendly_names":[{"lang":"FI","value":"y"}],"analysis_title":"t","analysis_titles":[{"lang":"FI","value":"y"}],"analysis_trigger_date":"2026-11-01T10:00:02Z","analysis_origin":"INVOICE","analysis_result":{"status":"OK","text":"t","texts":[{"lang":"FI","value":"y"}],"reason_code":"r","check_date":"2026-11-01T10:00:02Z","data":{"a":1}},"analysis_results":[{"status":"OK"}]}]`,
	},
	"Analysis.Definitions": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Analysis.Definitions(ctx, maventa.CheckDefinitionFilter{Checks: []maventa.DetectCheck{maventa.CheckVAT}, Attributes: []string{"name", "title"}}))
		},
		path:   "/v1/analysis/definitions?checks=VAT&check_attributes=name,title",
		answer: `{"app_version":"1","checks":[{"name":"VAT","friendly_name":"f","friendly_names":[{"lang":"FI","value":"y"}],"title":"t","titles":[{"lang":"FI","value":"y"}],"description":"d","descriptions":[{"lang":"FI","value":"y"}],"doc_description":"dd","resource_type":"INVOICE","scope":"s","scopes":[{"lang":"FI","value":"y"}],"sources":[{"name":"n","names":[{"lang":"FI","value":"y"}]}],"metadata":{"criteria":[{"name":"UNKNOWN_COMPANY","friendly_name":"x","friendly_names":[{"lang":"FI","value":"y"}],"text":"t","texts":[{"lang":"FI","value":"u"}]}]},"possible_results":[{"status":"OK","result":"r","reason":"x","reason_code":"c"}]}]}`,
	},
	"Definitions.DetectChecks": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Definitions.DetectChecks(ctx, maventa.CheckDefinitionFilter{}))
		},
		path:   "/v1/definitions/detect/checks",
		answer: `{"app_version":"1","checks":[{"name":"VAT","friendly_name":"f","friendly_names":[{"lang":"FI","value":"y"}],"title":"t","titles":[{"lang":"FI","value":"y"}],"description":"d","descriptions":[{"lang":"FI","value":"y"}],"doc_description":"dd","resource_type":"INVOICE","scope":"s","scopes":[{"lang":"FI","value":"y"}],"sources":[{"name":"n","names":[{"lang":"FI","value":"y"}]}],"metadata":{"criteria":[{"name":"UNKNOWN_COMPANY","friendly_name":"x","friendly_names":[{"lang":"FI","value":"y"}],"text":"t","texts":[{"lang":"FI","value":"u"}]}]},"possible_results":[{"status":"OK","result":"r","reason":"x","reason_code":"c"}]}]}`,
	},
	"Definitions.Operators": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Definitions.Operators(ctx))
		},
		path:   "/v1/definitions/operators",
		answer: `[{"operator_id":"003721291126","name":"Maventa","country":"FI"}]`,
	},
	"Definitions.Keys": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Definitions.Keys(ctx))
		},
		path:   "/v1/jwk",
		answer: `[{"keys":[{"kty":"RSA","e":"AQAB","n":"abc","kid":"1"}]}]`,
	},
}

// fullUpload has every field.
func fullUpload() maventa.InvoiceUpload {
	return maventa.InvoiceUpload{
		File: strings.NewReader("<Finvoice/>"), Filename: "sales.xml", UUID: "b7f8a3a0-0000-5000-8000-000000000001",
		XMLFormat: "FINVOICE30", RecipientType: maventa.RecipientConsumer, RecipientEIA: "e", RecipientEmail: "a@b.example", RecipientOperator: "o",
		PreventRouting: true, DisabledRoutes: []maventa.InvoiceRoute{maventa.RoutePrint, maventa.RouteEmail},
		RouteOrder: []maventa.InvoiceRoute{maventa.RouteVipps, maventa.RouteEmail}, SenderComment: "hi", Language: "FI",
		RecipientPhoneNumber: "+358401234567", RecipientDateOfBirth: date("1990-01-02"), RecipientSSN: "canary-ssn", RecipientEFakturaID: "f",
		B2CNODocumentType: "INVOICE", PaymentInstructionIdentifier: "p",
		Print: maventa.PrintSettings{
			Color: maventa.Some(false), LetterClass: "ECONOMY", PreventDigitalPost: maventa.Some(true), OwnImage: maventa.Some(true), AllowKivraFI: maventa.Some(false),
		},
		EmailXMLFormat: "FINVOICE20",
	}
}
