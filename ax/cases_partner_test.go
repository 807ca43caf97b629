package ax_test

import (
	"context"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

func axPartnerCases() []ct.Case {
	return []ct.Case{
		{
			Name: "Partner.ReceivedInvoices",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ct.Collect(ax.New(c).Partner.ReceivedInvoices(ctx, ax.ReceivedInvoiceFilter{State: ax.InvoiceEventHandled})))
			},
			Want:   ct.Want{Path: "/v1/partner/invoice_events/received?state=HANDLED&page=1&per_page=100"},
			Answer: `[{"company_id":"c-1","invoice_id":"in-1","state":"HANDLED","created_at":"2026-11-01T10:00:02Z"}]`,
		},
		{
			Name: "Partner.InboundActions",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ct.Collect(ax.New(c).Partner.InboundActions(ctx, ax.ReceivedInvoiceFilter{State: ax.InvoiceEventHandled})))
			},
			Want:   ct.Want{Path: "/v1/partner/invoice_delivery_actions/inbound?state=HANDLED&page=1&per_page=100"},
			Answer: `[{"company_id":"c-1","invoice_id":"in-1","state":"HANDLED","created_at":"2026-11-01T10:00:02Z"}]`,
		},
		{
			Name: "Partner.SentErrors",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ct.Collect(ax.New(c).Partner.SentErrors(ctx, ax.SentErrorFilter{HappenedAfter: utc("2026-11-01T00:00:00Z"), HappenedBefore: utc("2026-11-02T00:00:00Z")})))
			},
			Want:   ct.Want{Path: "/v1/partner/invoice_events/sent_errors?happened_after=2026-11-01T00%3A00%3A00Z&happened_before=2026-11-02T00%3A00%3A00Z&page=1&per_page=100"},
			Answer: `[{"company_id":"c-1","invoice_id":"in-1"}]`,
		},
		{
			Name: "Partner.OutboundErrors",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ct.Collect(ax.New(c).Partner.OutboundErrors(ctx, ax.SentErrorFilter{HappenedAfter: utc("2026-11-01T00:00:00Z"), HappenedBefore: utc("2026-11-02T00:00:00Z")})))
			},
			Want:   ct.Want{Path: "/v1/partner/invoice_delivery_actions/outbound_errors?happened_after=2026-11-01T00%3A00%3A00Z&happened_before=2026-11-02T00%3A00%3A00Z&page=1&per_page=100"},
			Answer: `[{"company_id":"c-1","invoice_id":"in-1"}]`,
		},
		{
			Name: "Partner.LookupCompanies",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Partner.LookupCompanies(ctx, "FI", []string{ct.CanaryBID, "8765432-1"}))
			},
			Want:   ct.Want{Path: "/v1/partner/lookups/companies?country=FI&bids=canary-1234567-1,8765432-1"},
			Answer: `[{"company_bid":"1234567-8","company_status":"FREE"}]`,
		},
		{
			Name: "Lookups.Endpoints",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Lookups.Endpoints(ctx, "FI", []string{ct.CanaryBID, "8765432-1"}, []string{"invoice"}))
			},
			Want:   ct.Want{Path: "/v1/lookup/endpoints?country=FI&business_ids=canary-1234567-1,8765432-1&sending=invoice"},
			Answer: `[{"bid":"1234567-8","sending":["invoice"]}]`,
		},
		{
			Name: "Lookups.Consumers",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Lookups.Consumers(ctx, ax.ConsumerQuery{
					SSN: ct.CanarySSN, DateOfBirth: date("1990-01-02"), PhoneNumber: ct.CanaryPhone, Email: ct.CanaryEmail, FirstName: "Maija",
					LastName: ct.CanaryName, PostalCode: "o", City: ct.CanaryCity, ReferenceNumber: ct.CanaryIBAN, EFakturaIdentifier: ct.CanaryExtra,
					Routes: []string{"dpi", "yes2all"},
				}))
			},
			Want:   ct.Want{Path: "/v1/lookup/consumers?ssn=131052-308T-canary&date_of_birth=1990-01-02&phone_number=%2B358+40+CANARY+7&email=maija%2Bcanary%40example.fi&first_name=Maija&last_name=Maija+%22Canary%22+Meik%C3%A4l%C3%A4inen+%26+Pojat&postal_code=o&city=Canaryl%C3%A4&reference_number=FI2112345600000785-canary&efaktura_identifier=canary-extra&routes=dpi,yes2all"},
			Answer: `{"reference_id":"r","routes":{"dpi":{"status":"s","details":"d"},"yes2all":{"status":"s","details":"d","efaktura_identifier":"e"}}}`,
		},
		{
			Name: "Lookups.Receivers",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ct.Collect(ax.New(c).Lookups.Receivers(ctx, ax.ReceiverFilter{
					Networks: []string{"PEPPOL", "EXTERNAL"}, EIA: ct.CanaryBID, BID: ct.CanaryBID, Name: ct.CanaryName, Countries: []string{"FI"},
					DocumentTypes: []string{"INVOICE"}, AllowEIAVariants: true,
				})))
			},
			Want:   ct.Want{Path: "/v1/lookup/receivers?eia=canary-1234567-1&bid=canary-1234567-1&name=Maija+%22Canary%22+Meik%C3%A4l%C3%A4inen+%26+Pojat&allow_eia_variants=true&page=1&per_page=100&network=PEPPOL,EXTERNAL&country=FI&document_type=INVOICE"},
			Answer: `[{"eia":"0216:1","identifier":{"scheme":"s","eaid_name":"n","eaid_code":"c","endpoint_id":"e"},"network":"PEPPOL","operator":"o","document_types":[{"document_type":"t","document_identifier":"d","process_identifier":"p"}],"participant":{"id":"i","name":"n","bid":"b","country":"FI"}}]`,
		},
	}
}
