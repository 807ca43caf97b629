package maventa_test

import (
	"context"

	"github.com/maventa-go/maventa"
)

var axPartnerCalls = map[string]axCall{
	"Partner.ReceivedInvoices": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(collect(c.Partner.ReceivedInvoices(ctx, maventa.ReceivedInvoiceFilter{State: maventa.InvoiceEventHandled})))
		},
		path:   "/v1/partner/invoice_events/received?state=HANDLED&page=1&per_page=100",
		answer: `[{"company_id":"c-1","invoice_id":"in-1","state":"HANDLED","created_at":"2026-11-01T10:00:02Z"}]`,
	},
	"Partner.InboundActions": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(collect(c.Partner.InboundActions(ctx, maventa.ReceivedInvoiceFilter{State: maventa.InvoiceEventHandled})))
		},
		path:   "/v1/partner/invoice_delivery_actions/inbound?state=HANDLED&page=1&per_page=100",
		answer: `[{"company_id":"c-1","invoice_id":"in-1","state":"HANDLED","created_at":"2026-11-01T10:00:02Z"}]`,
	},
	"Partner.SentErrors": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(collect(c.Partner.SentErrors(ctx, maventa.SentErrorFilter{HappenedAfter: utc("2026-11-01T00:00:00Z"), HappenedBefore: utc("2026-11-02T00:00:00Z")})))
		},
		path:   "/v1/partner/invoice_events/sent_errors?happened_after=2026-11-01T00%3A00%3A00Z&happened_before=2026-11-02T00%3A00%3A00Z&page=1&per_page=100",
		answer: `[{"company_id":"c-1","invoice_id":"in-1"}]`,
	},
	"Partner.OutboundErrors": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(collect(c.Partner.OutboundErrors(ctx, maventa.SentErrorFilter{HappenedAfter: utc("2026-11-01T00:00:00Z"), HappenedBefore: utc("2026-11-02T00:00:00Z")})))
		},
		path:   "/v1/partner/invoice_delivery_actions/outbound_errors?happened_after=2026-11-01T00%3A00%3A00Z&happened_before=2026-11-02T00%3A00%3A00Z&page=1&per_page=100",
		answer: `[{"company_id":"c-1","invoice_id":"in-1"}]`,
	},
	"Partner.LookupCompanies": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Partner.LookupCompanies(ctx, "FI", []string{"1234567-8", "8765432-1"}))
		},
		path:   "/v1/partner/lookups/companies?country=FI&bids=1234567-8,8765432-1",
		answer: `[{"company_bid":"1234567-8","company_status":"FREE"}]`,
	},
	"Lookups.Endpoints": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Lookups.Endpoints(ctx, "FI", []string{"1234567-8", "8765432-1"}, []string{"invoice"}))
		},
		path:   "/v1/lookup/endpoints?country=FI&business_ids=1234567-8,8765432-1&sending=invoice",
		answer: `[{"bid":"1234567-8","sending":["invoice"]}]`,
	},
	"Lookups.Consumers": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Lookups.Consumers(ctx, maventa.ConsumerQuery{SSN: "s", DateOfBirth: date("1990-01-02"), PhoneNumber: "p", Email: "e", FirstName: "f", LastName: "l", PostalCode: "o", City: "c", ReferenceNumber: "r", EFakturaIdentifier: "i", Routes: []string{"dpi", "yes2all"}}))
		},
		path:   "/v1/lookup/consumers?ssn=s&date_of_birth=1990-01-02&phone_number=p&email=e&first_name=f&last_name=l&postal_code=o&city=c&reference_number=r&efaktura_identifier=i&routes=dpi,yes2all",
		answer: `{"reference_id":"r","routes":{"dpi":{"status":"s","details":"d"},"yes2all":{"status":"s","details":"d","efaktura_identifier":"e"}}}`,
	},
	"Lookups.Receivers": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(collect(c.Lookups.Receivers(ctx, maventa.ReceiverFilter{Networks: []string{"PEPPOL", "EXTERNAL"}, EIA: "0216:1", BID: "b", Name: "n", Countries: []string{"FI"}, DocumentTypes: []string{"INVOICE"}, AllowEIAVariants: true})))
		},
		path:   "/v1/lookup/receivers?eia=0216%3A1&bid=b&name=n&allow_eia_variants=true&page=1&per_page=100&network=PEPPOL,EXTERNAL&country=FI&document_type=INVOICE",
		answer: `[{"eia":"0216:1","identifier":{"scheme":"s","eaid_name":"n","eaid_code":"c","endpoint_id":"e"},"network":"PEPPOL","operator":"o","document_types":[{"document_type":"t","document_identifier":"d","process_identifier":"p"}],"participant":{"id":"i","name":"n","bid":"b","country":"FI"}}]`,
	},
}
