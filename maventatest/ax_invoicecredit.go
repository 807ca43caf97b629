package maventatest

import (
	"encoding/json"
	"encoding/xml"
	"net/http"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

// credit is a company's OP invoice credit.
type credit struct {
	state             string // empty: never ordered
	fields            map[string]string
	b2c               bool
	percent, interest int
	limit, withdrawn  cents
	statements        map[string]string // SEPA XML by day
}

// creditOffer is what the bank offers everybody.
var creditOffer = credit{b2c: false, percent: 80, interest: 5, limit: 1_000_000}

var creditCalls = axCalls{
	operation.OPInvoiceCreditOffer:    {swagger.Nothing(), offerCredit},
	operation.OPInvoiceCreditStatus:   {swagger.Nothing(), creditStatus},
	operation.OPInvoiceCreditActivate: {swagger.JSON(swagger.Text("contact_email", "iban", "bic", "bank").Must()), activateCredit},
	operation.OPInvoiceCreditSettings: {swagger.Nothing(), creditSettings},
	operation.OPInvoiceCreditUpdateSettings: {swagger.JSON(
		swagger.Flag("b2c_enabled").Must(), swagger.Whole("payment_percent", "interest_rate").Must(), swagger.Number("credit_limit").Must(),
	), updateCredit},
	operation.OPInvoiceCreditAvailableCredit:  {swagger.Nothing(), availableCredit},
	operation.OPInvoiceCreditWithdraw:         {swagger.JSON(swagger.Number("amount").Must()), withdrawCredit},
	operation.OPInvoiceCreditDirectPayment:    {swagger.JSON(swagger.Text("invoice_id").Must()), payDirectly},
	operation.OPInvoiceCreditAccountStatement: {swagger.Query(swagger.Day("day").Must()), creditStatement},
}

func (k credit) terms() map[string]any {
	return map[string]any{
		"b2c_enabled": k.b2c, "payment_percent": k.percent, "interest_rate": k.interest, "credit_limit": json.Number(k.limit.String()),
	}
}

func offerCredit(*call) (any, error) { return creditOffer.terms(), nil }

// needCredit refuses what only an active credit can do. The code is documented.
func (c *call) needCredit() error {
	if c.company.opCredit.state == stateActive {
		return nil
	}
	return creditNotEnabled()
}

func creditNotEnabled() error {
	return &apiError{http.StatusNotFound, "op_invoice_credit_not_enabled", "The service is not enabled", nil}
}

func creditStatus(c *call) (any, error) {
	k := &c.company.opCredit
	if k.state == "" {
		return nil, creditNotEnabled()
	}
	return creditJSON(c, k), nil
}

func creditJSON(c *call, k *credit) *object {
	o := c.srv.object("OPInvoiceCredit").put("status", k.state)
	for name, value := range k.fields {
		o.put(name, value)
	}
	if k.state == statePending {
		o.put("activation_url", "https://kyc.example.com/op/"+c.company.id)
	}
	if k.state == stateActive {
		o.put("op_bank_details", map[string]any{
			"iban": "FI2112345600000785", "bic": "OKOYFIHH",
			"transfer_clause": map[string]any{"language_code": "FI", "content": "Saatava on siirretty pankille."},
		})
	}
	return o
}

// activateCredit is PUT /v1/services/op_invoice_credit: onboarding starts.
func activateCredit(c *call) (any, error) {
	k := &c.company.opCredit
	*k = creditOffer
	k.state, k.fields = statePending, map[string]string{}
	for _, name := range []string{"contact_email", "iban", "bic", "bank"} {
		k.fields[name] = c.in.Text(name)
	}
	return creditJSON(c, k), nil
}

func creditSettings(c *call) (any, error) {
	if err := c.needCredit(); err != nil {
		return nil, err
	}
	return map[string]any{"current": c.company.opCredit.terms(), "offer": creditOffer.terms()}, nil
}

func updateCredit(c *call) (any, error) {
	if err := c.needCredit(); err != nil {
		return nil, err
	}
	limit, err := c.amount("credit_limit")
	if err != nil {
		return nil, err
	}
	k := &c.company.opCredit
	k.b2c, k.limit = c.in.Flag("b2c_enabled"), limit
	k.percent, _ = c.in["payment_percent"].(int)
	k.interest, _ = c.in["interest_rate"].(int)
	return nil, nil //nolint:nilnil // the answer has no body
}

// amount reads a positive amount of the body.
func (c *call) amount(name string) (cents, error) {
	text, _ := c.in[name].(json.Number)
	value, err := parseCents(text.String())
	switch {
	case err != nil:
		return 0, invalidParameters(name + " " + err.Error())
	case value <= 0:
		return 0, invalidParameters(name + " must be positive")
	}
	return value, nil
}

func availableCredit(c *call) (any, error) {
	if err := c.needCredit(); err != nil {
		return nil, err
	}
	k := &c.company.opCredit
	amount := func(v cents) json.Number { return json.Number(v.String()) }
	return map[string]any{
		"available_credit_amount": amount(k.limit - k.withdrawn), "currency": "EUR", "current_month_interest": amount(0),
		"interest_balance": amount(0), "max_credit_amount": amount(k.limit), "total_collateral_amount": amount(k.limit),
		"total_withdrawn": amount(k.withdrawn),
	}, nil
}

// withdrawCredit is POST /v1/services/op_invoice_credit/withdrawal: each call
// draws money.
func withdrawCredit(c *call) (any, error) {
	if err := c.needCredit(); err != nil {
		return nil, err
	}
	amount, err := c.amount("amount")
	if err != nil {
		return nil, err
	}
	k := &c.company.opCredit
	if amount > k.limit-k.withdrawn {
		return nil, invalidParameters("amount is more than the available credit")
	}
	k.withdrawn += amount
	return nil, nil //nolint:nilnil // the answer has no body
}

func payDirectly(c *call) (any, error) {
	if err := c.needCredit(); err != nil {
		return nil, err
	}
	if c.company.invoiceByID(c.in.Text("invoice_id")) == nil {
		return nil, notFound()
	}
	return nil, nil //nolint:nilnil // the answer has no body
}

// creditStatement is GET /v1/services/op_invoice_credit/account_statement: an
// XML of the bank, where the day has one.
func creditStatement(c *call) (any, error) {
	k := &c.company.opCredit
	if k.state == "" {
		return nil, creditNotEnabled()
	}
	if text := k.statements[c.in.Text("day")]; text != "" {
		return content{media: "application/xml", data: []byte(xml.Header + text)}, nil
	}
	return nil, &apiError{http.StatusNotFound, "op_invoice_credit_no_account_statement_found", "No account statement was found", nil}
}

// ActivateCredit makes the OP invoice credit active: the person has signed, or
// needs not.
func (ax *AXAccount) ActivateCredit() {
	co := ax.co
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	if co.opCredit.state == "" {
		co.opCredit = creditOffer
	}
	co.opCredit.state = stateActive
}

// SetCreditStatement sets the account statement of a day: an XML element.
func (ax *AXAccount) SetCreditStatement(day, element string) {
	co := ax.co
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	if co.opCredit.statements == nil {
		co.opCredit.statements = map[string]string{}
	}
	co.opCredit.statements[day] = element
}

// CreditWithdrawn is what the company has drawn of its credit, such as "100.00".
func (ax *AXAccount) CreditWithdrawn() string {
	co := ax.co
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	return co.opCredit.withdrawn.String()
}
