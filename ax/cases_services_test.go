package ax_test

import (
	"context"
	"fmt"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/maventatest"
)

func axServiceCases() []ct.Case {
	return []ct.Case{
		{
			Name: "OPInvoiceCredit.Offer",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).OPInvoiceCredit.Offer(ctx))
			},
			Want:   ct.Want{Path: "/v1/services/op_invoice_credit/offer"},
			Answer: `{"b2c_enabled":true,"payment_percent":80,"interest_rate":2,"credit_limit":1000.50}`,
		},
		{
			Name: "OPInvoiceCredit.Status",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).OPInvoiceCredit.Status(ctx))
			},
			Want:   ct.Want{Path: "/v1/services/op_invoice_credit"},
			Answer: `{"status":"PENDING","channel_user_id":"u","contact_email":"e","iban":"FI1","bic":"B","bank":"N","activation_url":"https://sign.example/canary","op_bank_details":{"iban":"FI2","bic":"B","transfer_clause":{"language_code":"FI","content":"c"}}}`,
		},
		{
			Name: "OPInvoiceCredit.Activate",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).OPInvoiceCredit.Activate(ctx, ax.OPActivation{ContactEmail: ct.CanaryEmail, IBAN: ct.CanaryIBAN, BIC: "OKOYFIHH", Bank: "OP"}))
			},
			Want:   ct.Want{Path: "/v1/services/op_invoice_credit", Body: `{"contact_email":"maija+canary@example.fi","iban":"FI2112345600000785-canary","bic":"OKOYFIHH","bank":"OP"}`},
			Answer: `{"status":"PENDING","channel_user_id":"u","contact_email":"e","iban":"FI1","bic":"B","bank":"N","activation_url":"https://sign.example/canary","op_bank_details":{"iban":"FI2","bic":"B","transfer_clause":{"language_code":"FI","content":"c"}}}`,
		},
		{
			Name: "OPInvoiceCredit.Settings",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).OPInvoiceCredit.Settings(ctx))
			},
			Want:   ct.Want{Path: "/v1/services/op_invoice_credit/settings"},
			Answer: `{"current":{"b2c_enabled":true,"payment_percent":80,"interest_rate":2,"credit_limit":1000.50},"offer":{"b2c_enabled":true,"payment_percent":80,"interest_rate":2,"credit_limit":1000.50}}`,
		},
		{
			Name: "OPInvoiceCredit.UpdateSettings",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Done(ax.New(c).OPInvoiceCredit.UpdateSettings(ctx, ax.OPCreditTerms{B2CEnabled: true, PaymentPercent: 70, InterestRate: 5, CreditLimit: amount("900.50")}))
			},
			Want:    ct.Want{Path: "/v1/services/op_invoice_credit/settings", Body: `{"b2c_enabled":true,"payment_percent":70,"interest_rate":5,"credit_limit":900.50}`},
			Prepare: withCredit,
		},
		{
			Name: "OPInvoiceCredit.AvailableCredit",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).OPInvoiceCredit.AvailableCredit(ctx))
			},
			Want:   ct.Want{Path: "/v1/services/op_invoice_credit/available_credit"},
			Answer: `{"available_credit_amount":1.50,"currency":"EUR","current_month_interest":2,"interest_balance":3,"max_credit_amount":4,"total_collateral_amount":5,"total_withdrawn":0.00}`,
		},
		{
			Name: "OPInvoiceCredit.Withdraw",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Done(ax.New(c).OPInvoiceCredit.Withdraw(ctx, amount("1.00")))
			},
			Want:    ct.Want{Path: "/v1/services/op_invoice_credit/withdrawal", Body: `{"amount":1.00}`},
			Prepare: withCredit,
			Effects: func(srv *maventatest.Server, _ string) (n int) { // one euro each
				_, _ = fmt.Sscanf(srv.Company().AX().CreditWithdrawn(), "%d.00", &n)
				return n
			},
		},
		{
			Name: "OPInvoiceCredit.DirectPayment",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).OPInvoiceCredit.DirectPayment(ctx, ids[0]))
			},
			IDs:     []string{"in-1"},
			Want:    ct.Want{Path: "/v1/services/op_invoice_credit/direct_payment", Body: `{"invoice_id":"in-1"}`},
			Prepare: withCredit,
		},
		{
			Name: "OPInvoiceCredit.AccountStatement",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).OPInvoiceCredit.AccountStatement(ctx, date("2026-11-01")))
			},
			Want:   ct.Want{Path: "/v1/services/op_invoice_credit/account_statement?day=2026-11-01"},
			Answer: `<x/>`,
			Stream: true,
		},
		{
			Name: "ATG.List",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).ATG.List(ctx))
			},
			Want:   ct.Want{Path: "/v1/services/atg"},
			Answer: `[{"account_number":"1","kid_length":"10","reference_position":"1-5","payment_type_position":"6","notification_by_print":true,"notification_by_email":true,"status":"ACTIVE","created_at":"2026-11-01T10:00:02Z"}]`,
		},
		{
			Name: "ATG.Create",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).ATG.Create(ctx, atgTerms()))
			},
			Want:         ct.Want{Path: "/v1/services/atg", Body: `{"account_number":"FI2112345600000785-canary","kid_length":10,"reference_position":"1-5","payment_type_position":"6","signer_email":"maija+canary@example.fi","notification_by_print":true,"notification_by_email":false}`},
			Answer:       `{"account_number":"1","kid_length":"10","reference_position":"1-5","payment_type_position":"6","notification_by_print":true,"notification_by_email":true,"status":"ACTIVE","created_at":"2026-11-01T10:00:02Z"}`,
			RefusedTwice: true,
		},
		{
			Name: "ATG.Get",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).ATG.Get(ctx, ids[0]))
			},
			IDs:    []string{ct.CanaryIBAN},
			Want:   ct.Want{Path: "/v1/services/atg/FI2112345600000785-canary"},
			Answer: `{"account_number":"1","kid_length":"10","reference_position":"1-5","payment_type_position":"6","notification_by_print":true,"notification_by_email":true,"status":"ACTIVE","created_at":"2026-11-01T10:00:02Z"}`,
		},
		{
			Name: "ATG.Update",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).ATG.Update(ctx, ids[0], atgTerms()))
			},
			IDs:  []string{ct.CanaryIBAN},
			Want: ct.Want{Path: "/v1/services/atg/FI2112345600000785-canary", Body: `{"kid_length":10,"reference_position":"1-5","payment_type_position":"6","signer_email":"maija+canary@example.fi","notification_by_print":true,"notification_by_email":false}`},
			Prepare: made(func(ctx context.Context, c *maventa.Client) (string, error) {
				_, err := ax.New(c).ATG.Create(ctx, atgTerms())
				return ct.CanaryIBAN, err
			}),
		},
		{
			Name: "ATG.Mandates",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ct.Collect(ax.New(c).ATG.Mandates(ctx, ax.MandateFilter{Query: ct.CanaryName, UpdatedAt: utc("2026-11-01T00:00:00Z"), Status: "ACTIVE", ParseValues: true})))
			},
			Want:   ct.Want{Path: "/v1/services/atg/mandates?query=Maija+%22Canary%22+Meik%C3%A4l%C3%A4inen+%26+Pojat&timestamp=2026-11-01T00%3A00%3A00Z&status=ACTIVE&parse_values=TRUE&page=1&per_page=100"},
			Answer: `[{"kid":"k","account_number":"a","notification":"n","status":"ACTIVE","reference_nr":"r","payment_type":"p","updated_at":"2026-11-01T10:00:02Z"}]`,
		},
		{
			Name: "B2CNO.Status",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).B2CNO.Status(ctx))
			},
			Want:   ct.Want{Path: "/v1/services/b2cno"},
			Answer: `{"status":"ACTIVE"}`,
		},
		{
			Name: "B2CNO.Consumers",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ct.Collect(ax.New(c).B2CNO.Consumers(ctx, ax.ConsumerFilter{Query: ct.CanaryName, Status: []ax.ConsumerStatus{"ACTIVE", "NEW"}})))
			},
			Want:   ct.Want{Path: "/v1/services/b2cno/consumers?query=Maija+%22Canary%22+Meik%C3%A4l%C3%A4inen+%26+Pojat&page=1&per_page=100&status=ACTIVE,NEW"},
			Answer: `[{"name":"n","customer_number":"1","reference_number":"2","email":"e","phone":"p","status":"ACTIVE","updated_at":"2026-11-01T10:00:02Z"}]`,
		},
		{
			Name: "Detect.Checks",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Detect.Checks(ctx))
			},
			Want:   ct.Want{Path: "/v1/services/detect/checks"},
			Answer: `{"on_invoice_receive":["VAT"]}`,
		},
		{
			Name: "Detect.UpdateChecks",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Done(ax.New(c).Detect.UpdateChecks(ctx, []ax.DetectCheck{ax.CheckVAT, ax.CheckBankAccountChanged}))
			},
			Want: ct.Want{Path: "/v1/services/detect/checks?on_invoice_receive=VAT,BANK_ACCOUNT_CHANGED"},
		},
		{
			Name: "ODP.Company",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).ODP.Company(ctx, 7))
			},
			IDs:    []string{"7"},
			Want:   ct.Want{Path: "/odp/companies/7"},
			Answer: `{"id":7,"name":"n","bid":"b","state":"TRUSTED","services":[{"name":"s"}]}`,
		},
		{
			Name: "ODP.UpdateCompany",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Done(ax.New(c).ODP.UpdateCompany(ctx, 7, false))
			},
			IDs: []string{"7"},
			Want: ct.Want{Path: "/odp/companies/7", Form: `
trusted=false`},
		},
	}
}
