package maventatest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

// atgAgreement is an AvtaleGiro agreement about one account.
type atgAgreement struct {
	account, reference, paymentType string
	kidLength                       int
	byPrint, byEmail                bool
	state, created                  string
}

// Mandate is a consumer's AvtaleGiro mandate.
type Mandate struct {
	KID, AccountNumber, Reference, PaymentType string
	Status                                     string // ACTIVE or INACTIVE
}

func atgFields() swagger.Fields {
	return swagger.Join(
		swagger.Whole("kid_length").Must(), swagger.Text("reference_position", "signer_email").Must(), swagger.Text("payment_type_position"),
		swagger.Flag("notification_by_print", "notification_by_email"),
	)
}

var atgCalls = axCalls{
	operation.ATGList:   {swagger.Nothing(), listATG},
	operation.ATGCreate: {swagger.JSON(swagger.Text("account_number").Must(), atgFields()), createATG},
	operation.ATGGet:    {swagger.Nothing(), getATG},
	operation.ATGUpdate: {swagger.JSON(atgFields()), updateATG},
	operation.ATGMandates: {swagger.Query(
		swagger.Text("query"), swagger.Moment("timestamp"), swagger.Text("status").Of("ACTIVE", "INACTIVE"),
		swagger.Text("parse_values").Of("TRUE", "FALSE"), paging(),
	), listMandates},
}

func listATG(c *call) (any, error) {
	all := []any{}
	for _, a := range c.company.agreements {
		all = append(all, atgJSON(c, a))
	}
	return all, nil
}

// createATG is POST /v1/services/atg. The agreement waits for its signer.
func createATG(c *call) (any, error) {
	if a, _ := c.atg(c.in.Text("account_number")); a != nil {
		c.lean("status error thing exists")
		return nil, conflict("the account has an agreement")
	}
	a := &atgAgreement{account: c.in.Text("account_number"), state: statePending, created: instant(c.srv.now())}
	c.setATG(a)
	c.company.agreements = append(c.company.agreements, a)
	return atgJSON(c, a), nil
}

func getATG(c *call) (any, error) {
	a, err := c.atg(c.ids["account_number"])
	if err != nil {
		return nil, err
	}
	return atgJSON(c, a), nil
}

func updateATG(c *call) (any, error) {
	a, err := c.atg(c.ids["account_number"])
	if err != nil {
		return nil, err
	}
	c.setATG(a)
	return nil, nil //nolint:nilnil // the answer has no body
}

func (c *call) atg(account string) (*atgAgreement, error) {
	return found(c.company.agreements, func(a *atgAgreement) bool { return a.account == account })
}

func (c *call) setATG(a *atgAgreement) {
	a.kidLength, _ = c.in["kid_length"].(int)
	a.reference, a.paymentType = c.in.Text("reference_position"), c.in.TextOr("payment_type_position", a.paymentType)
	a.byPrint, a.byEmail = c.in.Flag("notification_by_print"), c.in.Flag("notification_by_email")
}

// atgJSON writes an agreement. The length that was sent as a number comes back as
// a text: the Swagger file says so.
func atgJSON(c *call, a *atgAgreement) *object {
	return c.srv.object("ATGAgreement").put("account_number", a.account).put("kid_length", strconv.Itoa(a.kidLength)).
		put("reference_position", a.reference).put("payment_type_position", a.paymentType).
		put("notification_by_print", a.byPrint).put("notification_by_email", a.byEmail).put("status", a.state).put("created_at", a.created)
}

func listMandates(c *call) (any, error) {
	c.perPage = consumerPerPage
	text, state := c.in.Text("query"), c.in.Text("status")
	return page(c, c.company.mandates, func(m Mandate) *object {
		return c.srv.object("ATGMandate").put("kid", m.KID).put("account_number", m.AccountNumber).put("status", m.Status).
			put("reference_nr", m.Reference).put("payment_type", m.PaymentType).put("updated_at", instant(c.srv.now()))
	}, func(m Mandate) bool {
		return (state == "" || m.Status == state) && (text == "" || strings.Contains(m.KID, text) || strings.Contains(m.Reference, text))
	})
}

// AddMandate adds a consumer's mandate.
func (ax *AXAccount) AddMandate(m Mandate) {
	co := ax.co
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	co.mandates = append(co.mandates, m)
}

// SignATG is the person who signs the agreement about an account.
func (ax *AXAccount) SignATG(account string) {
	co := ax.co
	co.srv.tb.Helper()
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	i := slices.IndexFunc(co.agreements, func(a *atgAgreement) bool { return a.account == account })
	if i < 0 {
		co.srv.tb.Fatalf("SignATG: no agreement about the account")
		return
	}
	co.agreements[i].state = stateActive
}
