package maventa

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// BankMessageService exchanges the messages of Finnish banks about consumers'
// e-invoices: SenderInfo, ReceiverInfo (RI) and ReceiverProposal. It needs the
// scopes fi_bank_message:send and fi_bank_message:receive.
type BankMessageService struct{ c *Client }

// BankMessageType is the kind of a sent message.
type BankMessageType string

// Kinds of sent messages. Source: AX Swagger.
const (
	BankSenderInfo       BankMessageType = "SENDERINFO"
	BankReceiverProposal BankMessageType = "RECEIVERPROPOSAL"
)

// Known reports whether t is one of the documented kinds.
func (t BankMessageType) Known() bool { return t == BankSenderInfo || t == BankReceiverProposal }

// BankMessageStatus is what became of a sent message.
type BankMessageStatus struct {
	Status         string `json:"status,omitzero"`           // OK or ERROR
	ErrorMessageID string `json:"error_message_id,omitzero"` // for [BankMessageService.ErrorMessage]
	Extra          Extra  `json:"-"`
}

// Send uploads a message, XML. It is read once, while it is sent, and not
// closed. The message's id is in the Location header of the answer: see
// [WithResponse].
//
// POST /v1/fi_bank_messages. Source: AX Swagger.
func (s BankMessageService) Send(ctx context.Context, message io.Reader, filename string, opts ...CallOption) error {
	r := request{op: operation.BankMessagesSend, check: func(p *call.Problems) {
		if message == nil {
			p.Add("file", "is required")
		}
		p.Filename("filename", filename)
	}}
	body := &Form{}
	body.AddFile("file", filename, "application/xml", message)
	r.body = body
	return s.c.call(ctx, r, opts)
}

// Status reads what became of a sent message.
//
// GET /v1/fi_bank_messages/{id}. Source: AX Swagger.
func (s BankMessageService) Status(ctx context.Context, id string, opts ...CallOption) (*BankMessageStatus, error) {
	return one[BankMessageStatus](ctx, s.c, request{op: operation.BankMessagesStatus, ids: []string{id}}, opts)
}

// SentMessages lists the ids of sent messages of a kind within a time.
//
// GET /v1/fi_bank_messages/sent_messages. Source: AX Swagger. Inferred: a list
// of ids as texts, or of objects with an id.
func (s BankMessageService) SentMessages(ctx context.Context, kind BankMessageType, from, to time.Time, opts ...CallOption) ([]string, error) {
	r := timeframe(operation.BankMessagesSentMessages, from, to)
	within := r.check
	r.check = func(p *call.Problems) { within(p); p.Enum("message_type", string(kind), kind.Known()) }
	r.params.add("message_type", string(kind))
	return messageIDs(ctx, s.c, r, opts)
}

// SentMessage returns a sent message, XML, as a stream that the caller closes.
//
// GET /v1/fi_bank_messages/sent_messages/{id}. Source: AX Swagger.
func (s BankMessageService) SentMessage(ctx context.Context, id string, opts ...CallOption) (*Download, error) {
	return s.c.downloaded(ctx, request{op: operation.BankMessagesSentMessage, ids: []string{id}}, opts)
}

// RIMessages lists the ids of received RI messages within a time.
//
// GET /v1/fi_bank_messages/ri_messages. Source: AX Swagger. Inferred: a list of
// ids as texts, or of objects with an id.
func (s BankMessageService) RIMessages(ctx context.Context, from, to time.Time, opts ...CallOption) ([]string, error) {
	return messageIDs(ctx, s.c, timeframe(operation.BankMessagesRIMessages, from, to), opts)
}

// RIMessage returns a received RI message, XML, as a stream that the caller
// closes.
//
// GET /v1/fi_bank_messages/ri_messages/{id}. Source: AX Swagger.
func (s BankMessageService) RIMessage(ctx context.Context, id string, opts ...CallOption) (*Download, error) {
	return s.c.downloaded(ctx, request{op: operation.BankMessagesRIMessage, ids: []string{id}}, opts)
}

// DeleteRIMessage deletes a received RI message.
//
// DELETE /v1/fi_bank_messages/ri_messages/{id}. Source: AX Swagger.
func (s BankMessageService) DeleteRIMessage(ctx context.Context, id string, opts ...CallOption) error {
	return s.c.call(ctx, request{op: operation.BankMessagesDeleteRIMessage, ids: []string{id}}, opts)
}

// ErrorMessages lists the ids of received error messages within a time.
//
// GET /v1/fi_bank_messages/error_messages. Source: AX Swagger. Inferred: a list
// of ids as texts, or of objects with an id.
func (s BankMessageService) ErrorMessages(ctx context.Context, from, to time.Time, opts ...CallOption) ([]string, error) {
	return messageIDs(ctx, s.c, timeframe(operation.BankMessagesErrorMessages, from, to), opts)
}

// ErrorMessage returns a received error message, XML, as a stream that the
// caller closes.
//
// GET /v1/fi_bank_messages/error_messages/{id}. Source: AX Swagger.
func (s BankMessageService) ErrorMessage(ctx context.Context, id string, opts ...CallOption) (*Download, error) {
	return s.c.downloaded(ctx, request{op: operation.BankMessagesErrorMessage, ids: []string{id}}, opts)
}

// timeframe is a call for the messages of a time, both of whose ends are
// required.
func timeframe(op operation.ID, from, to time.Time) request {
	r := request{op: op, check: func(p *call.Problems) {
		if from.IsZero() {
			p.Add("timestamp_start", "is required")
		}
		if to.IsZero() {
			p.Add("timestamp_end", "is required")
		}
	}}
	r.params.addTime("timestamp_start", from)
	r.params.addTime("timestamp_end", to)
	return r
}

// messageIDs reads a list of ids, whose shape no source shows.
func messageIDs(ctx context.Context, c *Client, r request, opts []CallOption) ([]string, error) {
	list, err := many[messageID](ctx, c, r, opts)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, id := range list {
		ids[i] = string(id)
	}
	return ids, nil
}

// messageID reads an id alone, or an object that has one.
type messageID string

func (m *messageID) UnmarshalJSON(data []byte) error {
	var object struct {
		ID string `json:"id"`
	}
	if data[0] == '"' {
		return json.Unmarshal(data, (*string)(m))
	}
	if err := json.Unmarshal(data, &object); err != nil {
		return err
	}
	*m = messageID(object.ID)
	return nil
}
