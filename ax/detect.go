package ax

import (
	"context"
	"net/url"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// DetectCheck is a check of the Detect service. The list is open.
type DetectCheck string

// Checks. Source: AX Swagger.
const (
	CheckSupplierActivation DetectCheck = "SUPPLIER_ACTIVATION"
	CheckBankAccountChanged DetectCheck = "BANK_ACCOUNT_CHANGED"
	CheckSenderBIDStatus    DetectCheck = "SENDER_BID_STATUS"
	CheckSenderWarningList  DetectCheck = "SENDER_WARNING_LIST"
	CheckVAT                DetectCheck = "VAT"
)

// Known reports whether c is one of the documented checks.
func (c DetectCheck) Known() bool {
	switch c {
	case CheckSupplierActivation, CheckBankAccountChanged, CheckSenderBIDStatus, CheckSenderWarningList, CheckVAT:
		return true
	}
	return false
}

// DetectService chooses the checks that the Detect service runs on received
// invoices.
type DetectService struct{ c *maventa.Client }

// DetectChecks are the checks that are switched on.
type DetectChecks struct {
	OnInvoiceReceive Texts         `json:"on_invoice_receive,omitzero"` // of [DetectCheck]
	Extra            maventa.Extra `json:"-"`
}

// Checks reads which checks are switched on.
//
// GET /v1/services/detect/checks. Source: AX Swagger, which declares one text.
// Inferred: that a list may come.
func (s DetectService) Checks(ctx context.Context, opts ...maventa.CallOption) (*DetectChecks, error) {
	return one[DetectChecks](ctx, s.c, request(operation.DetectChecks), opts)
}

// UpdateChecks switches the given checks on and, Inferred, all others off.
//
// PATCH /v1/services/detect/checks. Source: AX Swagger, which puts the checks in
// the query.
func (s DetectService) UpdateChecks(ctx context.Context, onInvoiceReceive []DetectCheck, opts ...maventa.CallOption) error {
	r := request(operation.DetectUpdateChecks)
	r.Arrays = url.Values{"on_invoice_receive": texts(onInvoiceReceive)}
	r.Check = check(func(p *call.Problems) {
		for _, c := range onInvoiceReceive {
			p.Enum("on_invoice_receive", string(c), c.Known())
		}
	})
	return s.c.Do(ctx, r, nil, opts...)
}
