package ax

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// BankMessageService exchanges the messages of Finnish banks about consumers'
// e-invoices: SenderInfo, ReceiverInfo (RI) and ReceiverProposal. It needs the
// scopes fi_bank_message:send and fi_bank_message:receive.
type BankMessageService struct{ c *maventa.Client }

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
	Status         string        `json:"status,omitzero"`           // OK or ERROR
	ErrorMessageID string        `json:"error_message_id,omitzero"` // for [BankMessageService.ErrorMessage]
	Extra          maventa.Extra `json:"-"`
}

// Send uploads a message, XML. It is read once, while it is sent, and not
// closed. The message's id is in the Location header of the answer: see
// [maventa.WithResponse].
//
// POST /v1/fi_bank_messages. Source: AX Swagger.
func (s BankMessageService) Send(ctx context.Context, message io.Reader, filename string, opts ...maventa.CallOption) error {
	body := &maventa.Form{}
	body.AddFile("file", filename, "application/xml", message)
	r := withBody(operation.BankMessagesSend, body)
	r.Check = check(func(p *call.Problems) {
		if message == nil {
			p.Add("file", "is required")
		}
		p.Filename("filename", filename)
	})
	return s.c.Do(ctx, r, nil, opts...)
}

// Status reads what became of a sent message.
//
// GET /v1/fi_bank_messages/{id}. Source: AX Swagger.
func (s BankMessageService) Status(ctx context.Context, id string, opts ...maventa.CallOption) (*BankMessageStatus, error) {
	return one[BankMessageStatus](ctx, s.c, request(operation.BankMessagesStatus, id), opts)
}

// SentMessages lists the ids of sent messages of a kind within a time.
//
// GET /v1/fi_bank_messages/sent_messages. Source: AX Swagger. Inferred: a list
// of ids as texts, or of objects with an id.
func (s BankMessageService) SentMessages(ctx context.Context, kind BankMessageType, from, to time.Time, opts ...maventa.CallOption) ([]string, error) {
	r := timeframe(operation.BankMessagesSentMessages, from, to)
	r.Query.Set("message_type", string(kind))
	r.Check = check(func(p *call.Problems) {
		within(p, from, to)
		p.Enum("message_type", string(kind), kind.Known())
	})
	return messageIDs(ctx, s.c, r, opts)
}

// SentMessage returns a sent message, XML, as a stream that the caller closes.
//
// GET /v1/fi_bank_messages/sent_messages/{id}. Source: AX Swagger.
func (s BankMessageService) SentMessage(ctx context.Context, id string, opts ...maventa.CallOption) (*maventa.Download, error) {
	return download(ctx, s.c, request(operation.BankMessagesSentMessage, id), opts)
}

// RIMessages lists the ids of received RI messages within a time.
//
// GET /v1/fi_bank_messages/ri_messages. Source: AX Swagger. Inferred: a list of
// ids as texts, or of objects with an id.
func (s BankMessageService) RIMessages(ctx context.Context, from, to time.Time, opts ...maventa.CallOption) ([]string, error) {
	return messageIDs(ctx, s.c, timeframe(operation.BankMessagesRIMessages, from, to), opts)
}

// RIMessage returns a received RI message, XML, as a stream that the caller
// closes.
//
// GET /v1/fi_bank_messages/ri_messages/{id}. Source: AX Swagger.
func (s BankMessageService) RIMessage(ctx context.Context, id string, opts ...maventa.CallOption) (*maventa.Download, error) {
	return download(ctx, s.c, request(operation.BankMessagesRIMessage, id), opts)
}

// DeleteRIMessage deletes a received RI message.
//
// DELETE /v1/fi_bank_messages/ri_messages/{id}. Source: AX Swagger.
func (s BankMessageService) DeleteRIMessage(ctx context.Context, id string, opts ...maventa.CallOption) error {
	return s.c.Do(ctx, request(operation.BankMessagesDeleteRIMessage, id), nil, opts...)
}

// ErrorMessages lists the ids of received error messages within a time.
//
// GET /v1/fi_bank_messages/error_messages. Source: AX Swagger. Inferred: a list
// of ids as texts, or of objects with an id.
func (s BankMessageService) ErrorMessages(ctx context.Context, from, to time.Time, opts ...maventa.CallOption) ([]string, error) {
	return messageIDs(ctx, s.c, timeframe(operation.BankMessagesErrorMessages, from, to), opts)
}

// ErrorMessage returns a received error message, XML, as a stream that the
// caller closes.
//
// GET /v1/fi_bank_messages/error_messages/{id}. Source: AX Swagger.
func (s BankMessageService) ErrorMessage(ctx context.Context, id string, opts ...maventa.CallOption) (*maventa.Download, error) {
	return download(ctx, s.c, request(operation.BankMessagesErrorMessage, id), opts)
}

// timeframe is a call for the messages of a time, both of whose ends are
// required.
func timeframe(op *operation.Op, from, to time.Time) maventa.Request {
	r := request(op)
	r.Query = query("timestamp_start", stamp(from), "timestamp_end", stamp(to))
	r.Check = check(func(p *call.Problems) { within(p, from, to) })
	return r
}

func within(p *call.Problems, from, to time.Time) {
	p.Required("timestamp_start", stamp(from))
	p.Required("timestamp_end", stamp(to))
}

// messageIDs reads a list of ids, whose shape no source shows.
func messageIDs(ctx context.Context, c *maventa.Client, r maventa.Request, opts []maventa.CallOption) ([]string, error) {
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
