package ax

import (
	"context"
	"iter"
	"net/url"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// ConsumerStatus is how far the registration of a consumer in Norway is. The
// list is open.
type ConsumerStatus string

// Known reports whether s is one of the states in the AX Swagger.
func (s ConsumerStatus) Known() bool {
	switch s {
	case "NEW", "REQUEST_SENT", "ACCEPTED", "ACTIVE", "DELETED", "REJECTED", "ERROR":
		return true
	}
	return false
}

// Consumer is a consumer in Norway who gets the company's invoices in the bank.
type Consumer struct {
	Name            string         `json:"name,omitzero"`
	CustomerNumber  string         `json:"customer_number,omitzero"`
	ReferenceNumber string         `json:"reference_number,omitzero"`
	Email           string         `json:"email,omitzero"`
	Phone           string         `json:"phone,omitzero"`
	Status          ConsumerStatus `json:"status"`
	UpdatedAt       time.Time      `json:"updated_at,omitzero"`
	Extra           maventa.Extra  `json:"-"`
}

// ConsumerFilter chooses consumers. Empty fields do not filter.
type ConsumerFilter struct {
	Query  string
	Status []ConsumerStatus
	maventa.ListOptions
}

func (f ConsumerFilter) list(op *operation.Op) maventa.List[Consumer] {
	l := maventa.List[Consumer]{Request: request(op), ListOptions: f.ListOptions, Key: func(c *Consumer) string {
		if c.CustomerNumber == "" && c.ReferenceNumber == "" {
			return ""
		}
		return c.CustomerNumber + " " + c.ReferenceNumber
	}}
	l.Request.Query = query("query", f.Query)
	l.Request.Arrays = url.Values{"status": texts(f.Status)}
	if len(f.Status) > 0 {
		l.Match = func(c *Consumer) maventa.FilterCheck {
			return maventa.FilterCheck(call.MatchAny(f.Status, c.Status))
		}
	}
	return l
}

// Consumers iterates over the company's consumers in Norway.
//
// GET /v1/company/consumers. Source: AX Swagger, which marks it as deprecated in
// 2025 and names no substitute.
func (s CompanyService) Consumers(ctx context.Context, filter ConsumerFilter, opts ...maventa.CallOption) iter.Seq2[Consumer, error] {
	return filter.list(operation.CompanyConsumers).All(ctx, s.c, opts...)
}

// B2CNOService is the agreement to send invoices to the banks of consumers in
// Norway.
type B2CNOService struct{ c *maventa.Client }

// B2CNOStatus is the state of the agreement.
type B2CNOStatus struct {
	Status string        `json:"status"` // ACTIVE, FREE, RESERVED, FAULT or ERROR
	Extra  maventa.Extra `json:"-"`
}

// Status reads the state of the agreement.
//
// GET /v1/services/b2cno. Source: AX Swagger.
func (s B2CNOService) Status(ctx context.Context, opts ...maventa.CallOption) (*B2CNOStatus, error) {
	return one[B2CNOStatus](ctx, s.c, request(operation.B2CNOStatus), opts)
}

// Consumers iterates over the company's consumers in Norway.
//
// GET /v1/services/b2cno/consumers. Source: AX Swagger, which has called
// it outdated since 2025 and names no substitute.
func (s B2CNOService) Consumers(ctx context.Context, filter ConsumerFilter, opts ...maventa.CallOption) iter.Seq2[Consumer, error] {
	return filter.list(operation.B2CNOConsumers).All(ctx, s.c, opts...)
}
