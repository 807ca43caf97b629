package maventatest

import (
	"encoding/json"
	"net/http"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

var transferCalls = map[*operation.Op]handler{
	operation.InvoicesTransferToRopo:    transferToRopo,
	operation.InvoicesTransferToAmili:   transferToAmili,
	operation.InvoicesTransferToAmiliV1: transferToAmiliV1,
	operation.InvoicesTransferStatus:    transferStatus,
	operation.InvoicesTransferStatusV1:  transferStatusV1,
}

var (
	collectionTypes  = []string{"reminder_and_collection", "collection"}
	receivablesTypes = []string{"b2b", "b2c", "b2b_rental", "b2c_rental"}
)

// transferToRopo is POST /v2/invoices/{id}/assignment/ropo.
func transferToRopo(c *call) (any, error) {
	inv, err := c.transferable(Ropo)
	if err != nil {
		return nil, err
	}
	t := &transfer{agency: Ropo}
	if err := c.readTransfer(inv, t); err != nil {
		return nil, err
	}
	return c.pendingTransfer(inv, t)
}

// transferToAmili is POST /v2/invoices/{id}/assignment/amili.
func transferToAmili(c *call) (any, error) {
	inv, err := c.transferable(Amili)
	if err != nil {
		return nil, err
	}
	t := &transfer{agency: Amili}
	if err := c.readTransfer(inv, t); err != nil {
		return nil, err
	}
	return c.pendingTransfer(inv, t)
}

// transferable finds the invoice of a transfer and checks that the service takes
// transfers.
func (c *call) transferable(agency Service) (*invoice, error) {
	inv := c.company.invoiceByID(c.ids["id"])
	if inv == nil {
		return nil, notFound()
	}
	v := c.company.services[agency]
	if !v.active() {
		if c.id != operation.InvoicesTransferToAmiliV1 {
			c.lean("status error transfer without an active service")
		}
		return nil, forbidden("the service is not active")
	}
	if agency == Amili && v.serviceType != typeExpress {
		c.lean("rule Kassavirta takes no transfers")
		return nil, forbidden("with service_type full invoices are routed automatically")
	}
	return inv, nil
}

// accept starts a transfer. An invoice that is with an agency, or on its way,
// cannot go again; one whose transfer failed can.
func (c *call) accept(inv *invoice, t *transfer) error {
	if inv.transfer != nil && inv.transfer.status != transferError {
		c.lean("status error second transfer of an invoice")
		return conflict("the invoice has been transferred")
	}
	c.srv.startTransfer(inv, t)
	return nil
}

// pendingTransfer accepts a v2 transfer and answers with its status.
func (c *call) pendingTransfer(inv *invoice, t *transfer) (any, error) {
	if err := c.accept(inv, t); err != nil {
		return nil, err
	}
	return c.srv.object("Transfer").put("status", transferPending).lean("rule the answer to a transfer"), nil
}

// readTransfer reads a v2 body. The names at the top are documented; how a payer
// is described is not, so that of a payer only the form is checked.
func (c *call) readTransfer(inv *invoice, t *transfer) error {
	p, err := c.body()
	if err != nil {
		return err
	}
	p.Text("collection_type", swagger.Required(), swagger.OneOf(collectionTypes...))
	t.receivables = p.Text("receivables_type", swagger.Required(), swagger.OneOf(receivablesTypes...))
	p.Text("assignment_summary")
	for _, payer := range p.Objects("payers", swagger.Required()) {
		readPayer(payer, t)
	}
	t.capital = inv.total
	if t.agency == Ropo {
		amounts := p.Object("amounts", swagger.InferredIn("RopoTransfer"))
		if amounts != nil {
			c.lean("rule Ropo's amounts have the names of Amili's")
		}
		readAmounts(amounts, t)
		readRental(p.Object("rental", swagger.InferredIn("RopoTransfer")), t)
	} else {
		readAmounts(p.Object("amounts"), t)
		p.Text("reminder_date", swagger.Date())
	}
	return c.checked()
}

func readPayer(payer *swagger.Object, t *transfer) {
	for _, name := range []string{"name", "bid", "customer_number", "email", "phone_number"} {
		payer.Text(name, swagger.InferredIn("Payer"))
	}
	if payer.Text("ssn", swagger.InferredIn("Payer")) != "" {
		t.hasSSN = true
	}
	if address := payer.Object("address", swagger.InferredIn("Payer")); address != nil {
		payer.Lean("rule a payer's address has the fields of Amili's billing address")
		readAddress(address)
	}
}

func readAmounts(p *swagger.Object, t *transfer) {
	if p == nil {
		return
	}
	if capital, ok := readAmount(p, "capital_amount"); ok {
		t.capital = capital
	}
	reminder, _ := readAmount(p, "reminder_amount")
	interest, _ := readAmount(p, "interest_amount", swagger.InferredIn("TransferAmounts"))
	t.charges = reminder + interest
	p.Text("interest_calculation_date", swagger.Date(), swagger.InferredIn("TransferAmounts"))
}

func readRental(p *swagger.Object, t *transfer) {
	if p == nil {
		return
	}
	t.hasRental = true
	mark := swagger.InferredIn("RentalDetails")
	p.Text("address", mark)
	readAmount(p, "current_target_amount", mark)
	p.Text("contract_expiry_date", swagger.Date(), mark)
	p.Text("contract_type", swagger.OneOf("continuous", "temporary"), mark)
}

// transferToAmiliV1 is POST /v1/invoices/{id}/assignment, strict as the Swagger
// file says.
func transferToAmiliV1(c *call) (any, error) {
	if c.srv.v1Ended() {
		return nil, c.gone()
	}
	inv, err := c.transferable(Amili)
	if err != nil {
		return nil, err
	}
	p, err := c.body()
	if err != nil {
		return nil, err
	}
	t := &transfer{agency: Amili, capital: inv.total}
	p.Text("collection_type", swagger.Required(), swagger.OneOf(collectionTypes...))
	whole, hasWhole := readPositive(p, "collectable_amount")
	if hasWhole {
		t.capital = whole
	}
	if amounts := p.Object("amounts"); amounts != nil {
		if hasWhole {
			p.Problem("collectable_amount", "cannot be used together with amounts")
		}
		t.capital, _ = readPositive(amounts, "capital_amount", swagger.Required())
		reminder, _ := readPositive(amounts, "reminder_amount", swagger.Required())
		interest, _ := readPositive(amounts, "interest_amount", swagger.Required())
		amounts.Text("interest_calculation_date", swagger.Date())
		t.charges = reminder + interest
	}
	p.Texts("payer_identifiers")
	p.Texts("payer_ssns")
	if p.Object("industry_specific_options") != nil {
		p.Problem("industry_specific_options", "is supported with Intrum only")
	}
	p.Text("assignment_summary", swagger.Length(2, 64))
	if err := c.checked(); err != nil {
		return nil, err
	}
	return nil, c.accept(inv, t)
}

// v1End is the last story day of the v1 transfer. Maventa says "summer 2027".
const v1End = "2027-08-31"

func (s *Server) v1Ended() bool { return s.clock.Today() > v1End }

func (c *call) gone() error {
	c.lean("status error v1 after its end")
	e := plainError(http.StatusGone)
	e.details = []string{"version 1 of this call has been shut down"}
	return e
}

// transferStatus is GET /v2/invoices/{id}/assignment.
func transferStatus(c *call) (any, error) {
	t, err := c.transfer()
	if err != nil {
		return nil, err
	}
	o := c.srv.object("Transfer").put("status", t.status).guess("url", t.url()).guess("error_reason", t.reason)
	return o.guessAmount("collectable_amount", t.capital+t.charges), nil
}

// transferStatusV1 is GET /v1/invoices/{id}/assignment.
func transferStatusV1(c *call) (any, error) {
	if c.srv.v1Ended() {
		return nil, c.gone()
	}
	t, err := c.transfer()
	if err != nil {
		return nil, err
	}
	o := c.srv.object("Transfer").put("status", t.status).put("url", t.url()).put("error_reason", t.reason)
	return o.put("collectable_amount", json.Number((t.capital + t.charges).String())), nil
}

func (c *call) transfer() (*transfer, error) {
	inv := c.company.invoiceByID(c.ids["id"])
	if inv == nil || inv.transfer == nil {
		return nil, notFound()
	}
	return inv.transfer, nil
}

// url is where the assignment is, or soon will be.
func (t *transfer) url() string {
	if t.assignment == nil {
		return ""
	}
	s := t.invoice.company.srv
	return s.ReceivablesURL() + pathOf(operation.AssignmentsGet, "assignment_id", t.assignment.id)
}
