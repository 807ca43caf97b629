package maventa

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// InvoiceService hands invoices to the agencies and follows their transfers; to
// send one there is package ax. Invoices are named by the id that AX gave them,
// never by their number.
type InvoiceService struct{ c *Client }

// TransferStatus is what the service shows of the transfer of an invoice. The list
// is open. What it comes to is a [TransferState].
// Source: AX Swagger (v1) and the 2026 changelog entries (v2).
type TransferStatus string

// Statuses of a transfer.
const (
	TransferPending TransferStatus = "pending" // being handed over; may carry a reason that needs a person
	TransferSent    TransferStatus = "sent"    // handed over; the assignment may appear a little later (Inferred)
	TransferError   TransferStatus = "error"   // not handed over, see the reason
)

// Known reports whether s is one of the documented statuses.
func (s TransferStatus) Known() bool {
	return s == TransferPending || s == TransferSent || s == TransferError
}

// Transfer is the hand-over of one invoice to an agency.
//
// Source: AX Swagger for v1. Inferred: that v2 has the same fields.
type Transfer struct {
	InvoiceID string         `json:"-"`
	Status    TransferStatus `json:"status"` // empty when the answer to a transfer did not say
	// URL leads to the assignment in the Receivables API once the transfer is
	// sent. It is read for the id and never followed.
	URL               string      `json:"url,omitzero" api:"inferred"`
	CollectableAmount Opt[Amount] `json:"collectable_amount,omitzero" api:"inferred"` // in the invoice's currency
	ErrorReason       string      `json:"error_reason,omitzero" api:"inferred"`       // with error, and with pending
	Extra             Extra       `json:"-"`
}

func (t *Transfer) proven() bool { return t.Status.Known() }

// TransferToRopo hands an overdue invoice to Ropo. The answer says only that it
// was accepted: see [InvoiceService.WaitForTransfer].
//
// A second transfer of the same invoice must be avoided by the caller: whether
// the service refuses it is not documented. After an error that matches
// [ErrOutcomeUnknown] read [InvoiceService.TransferStatus] first.
//
// POST /v2/invoices/{id}/assignment/ropo. Source: developer changelog
// 2026-04-08. Inferred: the success status, the answer, and parts of the body.
func (s InvoiceService) TransferToRopo(ctx context.Context, invoiceID string, t RopoTransfer, opts ...CallOption) (*Transfer, error) {
	return s.transfer(ctx, operation.InvoicesTransferToRopo, invoiceID, &t, opts)
}

// TransferToAmili hands an overdue invoice to Visma Amili (Perintä). What holds
// for [InvoiceService.TransferToRopo] holds here too.
//
// POST /v2/invoices/{id}/assignment/amili. Source: developer changelog
// 2026-06-24. Inferred: the success status, the answer, and parts of the body.
func (s InvoiceService) TransferToAmili(ctx context.Context, invoiceID string, t AmiliTransfer, opts ...CallOption) (*Transfer, error) {
	return s.transfer(ctx, operation.InvoicesTransferToAmili, invoiceID, &t, opts)
}

// TransferToAmiliV1 hands an overdue invoice to Visma Amili by the older call.
// After its shutdown it fails with 404 or 410.
//
// POST /v1/invoices/{id}/assignment. Source: AX Swagger.
//
// Deprecated: since 2026-06-24, to be shut down in summer 2027 (Maventa will
// give the day at the start of 2027). Use [InvoiceService.TransferToAmili]:
//
//	collection_type            CollectionType
//	collectable_amount         none: give Amounts, each part separately
//	amounts.capital_amount     Amounts.CapitalAmount
//	amounts.reminder_amount    Amounts.ReminderAmount
//	amounts.interest_amount    Amounts.InterestAmount (Inferred)
//	amounts.interest_calculation_date  Amounts.InterestCalculationDate (Inferred)
//	payer_identifiers          Payers[].CustomerNumber (Inferred)
//	payer_ssns                 Payers[].SSN (Inferred)
//	assignment_summary         AssignmentSummary
//	industry_specific_options  none: it was Intrum's
//
// and add ReceivablesType and the payers' names and addresses, which v1 had not.
func (s InvoiceService) TransferToAmiliV1(ctx context.Context, invoiceID string, t AmiliTransferV1, opts ...CallOption) (*Transfer, error) {
	return s.transfer(ctx, operation.InvoicesTransferToAmiliV1, invoiceID, &t, opts)
}

func (s InvoiceService) transfer(ctx context.Context, op *operation.Op, invoiceID string, body any, opts []CallOption) (*Transfer, error) {
	t := &Transfer{}
	r := request{op: op, ids: []string{invoiceID}, write: asJSON, body: body, out: t}
	if op.NoBody {
		r.out = nil
	}
	if err := s.c.call(ctx, r, opts); err != nil {
		return nil, err
	}
	t.InvoiceID = invoiceID
	return t, nil
}

// TransferStatus reads how far the transfer of an invoice is, whichever call
// started it. An error that matches [ErrNotFound] means absent or no access, so
// it does not prove that there was no transfer.
//
// GET /v2/invoices/{id}/assignment. Source: developer changelog 2026-04-08.
// Inferred: the fields, from v1.
func (s InvoiceService) TransferStatus(ctx context.Context, invoiceID string, opts ...CallOption) (*Transfer, error) {
	return s.status(ctx, operation.InvoicesTransferStatus, invoiceID, opts)
}

// TransferStatusV1 reads how far a transfer by the v1 call is.
//
// GET /v1/invoices/{id}/assignment. Source: AX Swagger.
//
// Deprecated: since 2026-06-24, to be shut down in summer 2027. Use
// [InvoiceService.TransferStatus].
func (s InvoiceService) TransferStatusV1(ctx context.Context, invoiceID string, opts ...CallOption) (*Transfer, error) {
	return s.status(ctx, operation.InvoicesTransferStatusV1, invoiceID, opts)
}

func (s InvoiceService) status(ctx context.Context, op *operation.Op, invoiceID string, opts []CallOption) (*Transfer, error) {
	t, err := one[Transfer](ctx, s.c, request{op: op, ids: []string{invoiceID}}, opts)
	if err != nil {
		return nil, err
	}
	t.InvoiceID = invoiceID
	return t, nil
}

// TransferAbsent reports whether an invoice certainly has no transfer: both status
// calls answer 404, the newer one in the service's own words, and the invoice
// itself can be read with the same token. If not, there is a transfer, or the
// token may lack access to it: the service answers 404 for that, too. A transfer
// that was sent a moment ago may show later.
//
// It reads as [Conclusive] says; the error is that of a read that failed.
// Inferred: who can read an invoice can read its transfer.
func (s InvoiceService) TransferAbsent(ctx context.Context, invoiceID string, opts ...CallOption) (bool, error) {
	opts = append(slices.Clip(opts), Conclusive())
	r := request{op: operation.InvoicesGet, ids: []string{invoiceID}}
	if err := s.c.check(r, opts); err != nil {
		return false, err
	}
	before, _ := s.c.token.get(ctx) // a call that gets none says so
	if _, err := s.TransferStatus(ctx, invoiceID, opts...); err == nil || !isAbsent(err) || asError(err).Code == "" {
		return false, notFoundAsNil(err)
	}
	_, err := s.TransferStatusV1(ctx, invoiceID, opts...)
	if err == nil || !isAbsent(err) && asError(err).Status != http.StatusGone {
		return false, err
	}
	invoice, err := one[struct {
		ID string `json:"id"`
	}](ctx, s.c, r, opts)
	if err != nil {
		return false, notFoundAsNil(err)
	}
	if after, _ := s.c.token.get(ctx); before != after {
		return false, s.c.fail(&r, &Error{Phase: PhaseDecode, Outcome: OutcomeRejected, temporary: true, Hint: "the token changed between the reads"})
	}
	return call.SameID(invoice.ID, invoiceID), nil
}

// notFoundAsNil drops an error of the service that says absent, or no access.
func notFoundAsNil(err error) error {
	if isAbsent(err) {
		return nil
	}
	return err
}

// assignmentID takes the assignment's id from a transfer's URL. Only the id is
// used; an address on another host is an error.
func (c *Client) assignmentID(t *Transfer) (string, error) {
	r := request{op: operation.InvoicesTransferStatus, ids: []string{t.InvoiceID}}
	u, err := url.Parse(t.URL)
	if err != nil || call.Host(u) != c.root.receivables.host {
		return "", c.fail(&r, &Error{
			Phase: PhaseDecode, Outcome: OutcomeApplied, Kind: ErrWrongEnvironment,
			Fields: []FieldProblem{{"url", "does not lead to the environment's Receivables API"}},
		})
	}
	_, after, _ := strings.Cut(u.EscapedPath(), "/assignments/")
	segment, _, _ := strings.Cut(after, "/")
	if id, err := url.PathUnescape(segment); err == nil && call.IDProblem(id, operation.AssignmentsGet.Siblings) == "" {
		return id, nil
	}
	return "", c.fail(&r, &Error{Phase: PhaseDecode, Outcome: OutcomeApplied, Fields: []FieldProblem{{"url", "names no assignment"}}})
}

func orToday(d Date) Date {
	if d.IsZero() {
		return DateOf(time.Now().UTC())
	}
	return d
}
