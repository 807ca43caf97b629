package maventa_test

import (
	"context"
	"os"

	"github.com/maventa-go/maventa"
)

var axServiceCalls = map[string]axCall{
	"OPInvoiceCredit.Offer": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.OPInvoiceCredit.Offer(ctx))
		},
		path:   "/v1/services/op_invoice_credit/offer",
		answer: `{"b2c_enabled":true,"payment_percent":80,"interest_rate":2,"credit_limit":1000.50}`,
	},
	"OPInvoiceCredit.Status": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.OPInvoiceCredit.Status(ctx))
		},
		path:   "/v1/services/op_invoice_credit",
		answer: `{"status":"PENDING","channel_user_id":"u","contact_email":"e","iban":"FI1","bic":"B","bank":"N","activation_url":"https://sign.example/canary","op_bank_details":{"iban":"FI2","bic":"B","transfer_clause":{"language_code":"FI","content":"c"}}}`,
	},
	"OPInvoiceCredit.Activate": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.OPInvoiceCredit.Activate(ctx, maventa.OPActivation{ContactEmail: "e", IBAN: "FI1", BIC: "B", Bank: "N"}))
		},
		path:   "/v1/services/op_invoice_credit",
		body:   `{"contact_email":"e","iban":"FI1","bic":"B","bank":"N"}`,
		answer: `{"status":"PENDING","channel_user_id":"u","contact_email":"e","iban":"FI1","bic":"B","bank":"N","activation_url":"https://sign.example/canary","op_bank_details":{"iban":"FI2","bic":"B","transfer_clause":{"language_code":"FI","content":"c"}}}`,
	},
	"OPInvoiceCredit.Settings": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.OPInvoiceCredit.Settings(ctx))
		},
		path:   "/v1/services/op_invoice_credit/settings",
		answer: `{"current":{"b2c_enabled":true,"payment_percent":80,"interest_rate":2,"credit_limit":1000.50},"offer":{"b2c_enabled":true,"payment_percent":80,"interest_rate":2,"credit_limit":1000.50}}`,
	},
	"OPInvoiceCredit.UpdateSettings": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.OPInvoiceCredit.UpdateSettings(ctx, maventa.OPCreditTerms{B2CEnabled: true, PaymentPercent: 80, InterestRate: 2, CreditLimit: amount("1000.50")}))
		},
		path: "/v1/services/op_invoice_credit/settings",
		body: `{"b2c_enabled":true,"payment_percent":80,"interest_rate":2,"credit_limit":1000.50}`,
	},
	"OPInvoiceCredit.AvailableCredit": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.OPInvoiceCredit.AvailableCredit(ctx))
		},
		path:   "/v1/services/op_invoice_credit/available_credit",
		answer: `{"available_credit_amount":1.50,"currency":"EUR","current_month_interest":2,"interest_balance":3,"max_credit_amount":4,"total_collateral_amount":5,"total_withdrawn":0.00}`,
	},
	"OPInvoiceCredit.Withdraw": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.OPInvoiceCredit.Withdraw(ctx, amount("12.50")))
		},
		path: "/v1/services/op_invoice_credit/withdrawal",
		body: `{"amount":12.50}`,
	},
	"OPInvoiceCredit.DirectPayment": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.OPInvoiceCredit.DirectPayment(ctx, "in-1"))
		},
		path: "/v1/services/op_invoice_credit/direct_payment",
		body: `{"invoice_id":"in-1"}`,
	},
	"OPInvoiceCredit.AccountStatement": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.OPInvoiceCredit.AccountStatement(ctx, date("2026-11-01")))
		},
		path:   "/v1/services/op_invoice_credit/account_statement?day=2026-11-01",
		answer: `<x/>`,
		stream: true,
	},
	"ATG.List": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.ATG.List(ctx))
		},
		path:   "/v1/services/atg",
		answer: `[{"account_number":"1","kid_length":"10","reference_position":"1-5","payment_type_position":"6","notification_by_print":true,"notification_by_email":true,"status":"ACTIVE","created_at":"2026-11-01T10:00:02Z"}]`,
	},
	"ATG.Create": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.ATG.Create(ctx, maventa.ATGTerms{AccountNumber: "12345678901", KIDLength: 10, ReferencePosition: "1-5", PaymentTypePosition: "6", SignerEmail: "e", NotificationByPrint: maventa.Some(true), NotificationByEmail: maventa.Some(false)}))
		},
		path:   "/v1/services/atg",
		body:   `{"account_number":"12345678901","kid_length":10,"reference_position":"1-5","payment_type_position":"6","signer_email":"e","notification_by_print":true,"notification_by_email":false}`,
		answer: `{"account_number":"1","kid_length":"10","reference_position":"1-5","payment_type_position":"6","notification_by_print":true,"notification_by_email":true,"status":"ACTIVE","created_at":"2026-11-01T10:00:02Z"}`,
	},
	"ATG.Get": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.ATG.Get(ctx, "12345678901"))
		},
		path:   "/v1/services/atg/12345678901",
		answer: `{"account_number":"1","kid_length":"10","reference_position":"1-5","payment_type_position":"6","notification_by_print":true,"notification_by_email":true,"status":"ACTIVE","created_at":"2026-11-01T10:00:02Z"}`,
	},
	"ATG.Update": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.ATG.Update(ctx, "12345678901", maventa.ATGTerms{AccountNumber: "12345678901", KIDLength: 10, ReferencePosition: "1-5", PaymentTypePosition: "6", SignerEmail: "e", NotificationByPrint: maventa.Some(true), NotificationByEmail: maventa.Some(false)}))
		},
		path: "/v1/services/atg/12345678901",
		body: `{"kid_length":10,"reference_position":"1-5","payment_type_position":"6","signer_email":"e","notification_by_print":true,"notification_by_email":false}`,
	},
	"ATG.Mandates": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(collect(c.ATG.Mandates(ctx, maventa.MandateFilter{Query: "q", UpdatedAt: utc("2026-11-01T00:00:00Z"), Status: "ACTIVE", ParseValues: true})))
		},
		path:   "/v1/services/atg/mandates?query=q&timestamp=2026-11-01T00%3A00%3A00Z&status=ACTIVE&parse_values=TRUE&page=1&per_page=100",
		answer: `[{"kid":"k","account_number":"a","notification":"n","status":"ACTIVE","reference_nr":"r","payment_type":"p","updated_at":"2026-11-01T10:00:02Z"}]`,
	},
	"B2CNO.Status": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.B2CNO.Status(ctx))
		},
		path:   "/v1/services/b2cno",
		answer: `{"status":"ACTIVE"}`,
	},
	"B2CNO.Consumers": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(collect(c.B2CNO.Consumers(ctx, maventa.ConsumerFilter{Query: "q", Status: []maventa.ConsumerStatus{"ACTIVE", "NEW"}})))
		},
		path:   "/v1/services/b2cno/consumers?query=q&page=1&per_page=100&status=ACTIVE,NEW",
		answer: `[{"name":"n","customer_number":"1","reference_number":"2","email":"e","phone":"p","status":"ACTIVE","updated_at":"2026-11-01T10:00:02Z"}]`,
	},
	"Detect.Checks": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Detect.Checks(ctx))
		},
		path:   "/v1/services/detect/checks",
		answer: `{"on_invoice_receive":["VAT"]}`,
	},
	"Detect.UpdateChecks": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Detect.UpdateChecks(ctx, []maventa.DetectCheck{maventa.CheckVAT, maventa.CheckBankAccountChanged}))
		},
		path: "/v1/services/detect/checks?on_invoice_receive=VAT,BANK_ACCOUNT_CHANGED",
	},
	"ODP.Company": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.ODP.Company(ctx, 7))
		},
		path:   "/odp/companies/7",
		answer: `{"id":7,"name":"n","bid":"b","state":"TRUSTED","services":[{"name":"s"}]}`,
	},
	"ODP.UpdateCompany": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.ODP.UpdateCompany(ctx, 7, false))
		},
		path: "/odp/companies/7",
		form: `
trusted=false`,
	},
}

// bodyOf reads a golden body of another test.
func bodyOf(name string) string {
	b, err := os.ReadFile("testdata/bodies/" + name + ".json")
	if err != nil {
		return err.Error()
	}
	return string(b)
}
