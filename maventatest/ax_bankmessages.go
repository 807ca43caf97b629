package maventatest

import (
	"time"

	"github.com/maventa-go/maventa/internal/einvoice"
	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

// Kinds of Finnish bank messages, named as their lists.
const (
	messageRI       = "ri" // receiver information: a consumer asks for e-invoices
	messageSender   = "SENDERINFO"
	messageProposal = "RECEIVERPROPOSAL"
	messageError    = "error"
)

type bankMessage struct {
	id, kind string
	at       time.Time // by the story clock
	data     []byte
	errorID  string // of the error message that answers it
}

func between() swagger.Fields { return swagger.Moment("timestamp_start", "timestamp_end").Must() }

var bankMessageCalls = axCalls{
	operation.BankMessagesSend:            {swagger.Form(swagger.File("file").Must()), sendBankMessage},
	operation.BankMessagesStatus:          {swagger.Nothing(), bankMessageStatus},
	operation.BankMessagesRIMessages:      {swagger.Query(between()), messagesOf(messageRI)},
	operation.BankMessagesRIMessage:       {swagger.Nothing(), messageOf(messageRI)},
	operation.BankMessagesDeleteRIMessage: {swagger.Nothing(), deleteRIMessage},
	operation.BankMessagesSentMessages:    {swagger.Query(swagger.Text("message_type").Must().Of(messageSender, messageProposal), between()), messagesOf("")},
	operation.BankMessagesSentMessage:     {swagger.Nothing(), messageOf("")},
	operation.BankMessagesErrorMessages:   {swagger.Query(between()), messagesOf(messageError)},
	operation.BankMessagesErrorMessage:    {swagger.Nothing(), messageOf(messageError)},
}

// sendBankMessage is POST /v1/fi_bank_messages. The header Location says where
// its state is.
func sendBankMessage(c *call) (any, error) {
	sent := c.upload.File("file")
	if kind, _ := kindOf(sent.Content); kind != fileXML {
		return nil, invalidParameters("file is not XML")
	}
	m := &bankMessage{id: c.srv.newID("bank message"), kind: messageSender, at: c.srv.now(), data: sent.Content}
	if doc, _ := einvoice.Parse(sent.Content); doc.Root == "ReceiverProposal" || doc.Root == "FinvoiceReceiverProposal" {
		m.kind = messageProposal
	}
	c.company.bankMessages = append(c.company.bankMessages, m)
	c.headers.Set("Location", c.srv.AutoXChangeURL()+pathOf(operation.BankMessagesStatus, "id", m.id))
	return nil, nil //nolint:nilnil // the answer has no body
}

func (m *bankMessage) is(kind string) bool {
	if kind == "" {
		return m.kind == messageSender || m.kind == messageProposal
	}
	return m.kind == kind
}

func (c *call) bankMessage(kind string) (*bankMessage, error) {
	return found(c.company.bankMessages, func(m *bankMessage) bool { return m.id == c.ids["id"] && (!m.gone()) && m.is(kind) })
}

func (m *bankMessage) gone() bool { return m.data == nil }

func bankMessageStatus(c *call) (any, error) {
	m, err := c.bankMessage("")
	if err != nil {
		return nil, err
	}
	if m.errorID != "" {
		return map[string]any{"status": "ERROR", "error_message_id": m.errorID}, nil
	}
	return map[string]any{"status": "OK"}, nil
}

// messagesOf lists ids. The Swagger file declares no body; a list of texts is a
// guess.
func messagesOf(kind string) handler {
	return func(c *call) (any, error) {
		start, _ := time.Parse(time.RFC3339, c.in.Text("timestamp_start"))
		end, _ := time.Parse(time.RFC3339, c.in.Text("timestamp_end"))
		span := timeRange{given: true, start: start, end: end}
		c.lean("rule a list of bank messages is a list of ids")
		ids := []string{}
		for _, m := range c.company.bankMessages {
			if m.is(kind) && !m.gone() && span.has(m.at) && (kind != "" || m.kind == c.in.Text("message_type")) {
				ids = append(ids, m.id)
			}
		}
		return ids, nil
	}
}

func messageOf(kind string) handler {
	return func(c *call) (any, error) {
		m, err := c.bankMessage(kind)
		if err != nil {
			return nil, err
		}
		return content{media: "application/xml", data: m.data}, nil
	}
}

func deleteRIMessage(c *call) (any, error) {
	m, err := c.bankMessage(messageRI)
	if err != nil {
		return nil, err
	}
	m.data = nil
	return nil, nil //nolint:nilnil // the answer has no body
}

// ReceiveRIMessage adds a message of a consumer's bank and returns its id.
func (ax *AXAccount) ReceiveRIMessage(xml string) string {
	co := ax.co
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	m := &bankMessage{id: co.srv.newID("bank message"), kind: messageRI, at: co.srv.now(), data: []byte(xml)}
	co.bankMessages = append(co.bankMessages, m)
	return m.id
}

// RefuseBankMessage answers a message the company has sent with an error message,
// and returns its id.
func (ax *AXAccount) RefuseBankMessage(id, xml string) string {
	co := ax.co
	co.srv.tb.Helper()
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	sent, err := found(co.bankMessages, func(m *bankMessage) bool { return m.id == id && m.is("") })
	if err != nil {
		co.srv.tb.Fatalf("RefuseBankMessage: no message %q", id)
		return ""
	}
	m := &bankMessage{id: co.srv.newID("bank message"), kind: messageError, at: co.srv.now(), data: []byte(xml)}
	co.bankMessages = append(co.bankMessages, m)
	sent.errorID = m.id
	return m.id
}
