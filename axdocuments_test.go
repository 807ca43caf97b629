package maventa_test

import (
	"context"
	"strings"

	"github.com/maventa-go/maventa"
)

var axDocumentCalls = map[string]axCall{
	"Documents.List": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(collect(c.Documents.All(ctx, maventa.DocumentFilter{IDs: []string{"d-1"}, Direction: "SENT", Types: []maventa.DocumentType{"ORDER", "CATALOGUE"}, Status: []maventa.DocumentStatus{maventa.DocumentDelivered}, CreatedFrom: utc("2026-10-01T00:00:00Z"), CreatedTo: utc("2026-12-01T00:00:00Z"), Number: "1", Reference: "r", Query: "q", Sort: []string{"-created_at", "number"}, Fields: []string{"id", "status"}})))
		},
		path:   "/v1/documents?created_at_start=2026-10-01T00%3A00%3A00Z&created_at_end=2026-12-01T00%3A00%3A00Z&number=1&reference=r&direction=SENT&query=q&page=1&per_page=100&ids=d-1&type=ORDER,CATALOGUE&status=DELIVERED&sort=-created_at,number&fields=id,status",
		answer: `[{"id":"d-1","type":"ORDER","document_identifier":"i","process_identifier":"p","status":"DELIVERED","reference":"r","number":"1","sender":{"eia":"e","bid":"b","name":"n","country":"FI","vat":"v"},"recipient":{"eia":"e","bid":"b","name":"n","country":"FI","vat":"v","operator":"o"},"created_at":"2026-11-01T10:00:02Z","delivered_at":"2026-11-01T10:00:03Z","received_at":"2026-11-01T10:00:04Z","last_event":{"code":"c","message":"m","details":"d","created_at":"2026-11-01T10:00:02Z"},"source_format":"s","supported_formats":["a"],"transmission_id":"t","transmission_at":"2026-11-01T10:00:05Z","network":"PEPPOL","origin":"o","external_id":"x","files":[{"id":"f-1","filename":"n","file_format":"XML","mimetype":"m","href":"h","created_at":"2026-11-01T10:00:02Z","type":"PRIMARY_FILE","format_version":"30","document_file_links":[{"document_id":"d"}]}]}]`,
	},
	"Documents.Get": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Documents.Get(ctx, "d-1", []string{"id"}))
		},
		path:   "/v1/documents/d-1?fields=id",
		answer: `{"id":"d-1","type":"ORDER","document_identifier":"i","process_identifier":"p","status":"DELIVERED","reference":"r","number":"1","sender":{"eia":"e","bid":"b","name":"n","country":"FI","vat":"v"},"recipient":{"eia":"e","bid":"b","name":"n","country":"FI","vat":"v","operator":"o"},"created_at":"2026-11-01T10:00:02Z","delivered_at":"2026-11-01T10:00:03Z","received_at":"2026-11-01T10:00:04Z","last_event":{"code":"c","message":"m","details":"d","created_at":"2026-11-01T10:00:02Z"},"source_format":"s","supported_formats":["a"],"transmission_id":"t","transmission_at":"2026-11-01T10:00:05Z","network":"PEPPOL","origin":"o","external_id":"x","files":[{"id":"f-1","filename":"n","file_format":"XML","mimetype":"m","href":"h","created_at":"2026-11-01T10:00:02Z","type":"PRIMARY_FILE","format_version":"30","document_file_links":[{"document_id":"d"}]}]}`,
	},
	"Documents.Create": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Documents.Create(ctx, documentUpload()))
		},
		path: "/v1/documents?fields=id,status",
		form: `
type=ORDER
transmission_id=t-1
transmission_at=2026-11-01T10:00:00Z
external_id=x
recipient_name=n
recipient_country=FI
recipient_eia=e
recipient_operator=o
sender_name=s
sender_country=SE
sender_eia=f
files[0][file_type]=ATTACHMENT
references[0][reference_id]=d-0
references[0][reference_id_type]=document_id
references[0][checksum]=c
references[0][file_type]=OTHER
file=<Order/> (order.xml, application/octet-stream)
files[0][file]=pdf (a.pdf, application/octet-stream)`,
		answer: `{"id":"d-1","type":"ORDER","document_identifier":"i","process_identifier":"p","status":"DELIVERED","reference":"r","number":"1","sender":{"eia":"e","bid":"b","name":"n","country":"FI","vat":"v"},"recipient":{"eia":"e","bid":"b","name":"n","country":"FI","vat":"v","operator":"o"},"created_at":"2026-11-01T10:00:02Z","delivered_at":"2026-11-01T10:00:03Z","received_at":"2026-11-01T10:00:04Z","last_event":{"code":"c","message":"m","details":"d","created_at":"2026-11-01T10:00:02Z"},"source_format":"s","supported_formats":["a"],"transmission_id":"t","transmission_at":"2026-11-01T10:00:05Z","network":"PEPPOL","origin":"o","external_id":"x","files":[{"id":"f-1","filename":"n","file_format":"XML","mimetype":"m","href":"h","created_at":"2026-11-01T10:00:02Z","type":"PRIMARY_FILE","format_version":"30","document_file_links":[{"document_id":"d"}]}]}`,
	},
	"Documents.Update": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Documents.Update(ctx, "d-1", maventa.DocumentConfirmedDelivery))
		},
		path: "/v1/documents/d-1",
		body: `{"status":"CONFIRMED_DELIVERY"}`,
	},
	"Documents.Events": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Documents.Events(ctx, "d-1", []string{"code"}))
		},
		path:   "/v1/documents/d-1/events?fields=code",
		answer: `[{"code":"c","message":"m","details":"d","created_at":"2026-11-01T10:00:02Z"}]`,
	},
	"Files.List": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Files.List(ctx, "d-1"))
		},
		path:   "/v1/files?document_id=d-1",
		answer: `[{"id":"f-1","filename":"n","file_format":"XML","mimetype":"m","href":"h","created_at":"2026-11-01T10:00:02Z","type":"PRIMARY_FILE","format_version":"30","document_file_links":[{"document_id":"d"}]}]`,
	},
	"Files.Download": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Files.Download(ctx, "f-1"))
		},
		path:   "/v1/files/f-1",
		answer: `<x/>`,
		stream: true,
	},
	"BankMessages.Send": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.BankMessages.Send(ctx, strings.NewReader("<SI/>"), "si.xml"))
		},
		path: "/v1/fi_bank_messages",
		form: `
file=<SI/> (si.xml, application/xml)`,
	},
	"BankMessages.Status": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.BankMessages.Status(ctx, "m-1"))
		},
		path:   "/v1/fi_bank_messages/m-1",
		answer: `{"status":"ERROR","error_message_id":"e-1"}`,
	},
	"BankMessages.RIMessages": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.BankMessages.RIMessages(ctx, utc("2026-11-01T00:00:00Z"), utc("2026-11-02T00:00:00Z")))
		},
		path:   "/v1/fi_bank_messages/ri_messages?timestamp_start=2026-11-01T00%3A00%3A00Z&timestamp_end=2026-11-02T00%3A00%3A00Z",
		answer: `["m-1","m-2"]`,
	},
	"BankMessages.RIMessage": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.BankMessages.RIMessage(ctx, "m-1"))
		},
		path:   "/v1/fi_bank_messages/ri_messages/m-1",
		answer: `<x/>`,
		stream: true,
	},
	"BankMessages.DeleteRIMessage": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.BankMessages.DeleteRIMessage(ctx, "m-1"))
		},
		path: "/v1/fi_bank_messages/ri_messages/m-1",
	},
	"BankMessages.SentMessages": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.BankMessages.SentMessages(ctx, maventa.BankSenderInfo, utc("2026-11-01T00:00:00Z"), utc("2026-11-02T00:00:00Z")))
		},
		path:   "/v1/fi_bank_messages/sent_messages?timestamp_start=2026-11-01T00%3A00%3A00Z&timestamp_end=2026-11-02T00%3A00%3A00Z&message_type=SENDERINFO",
		answer: `["m-1","m-2"]`,
	},
	"BankMessages.SentMessage": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.BankMessages.SentMessage(ctx, "m-1"))
		},
		path:   "/v1/fi_bank_messages/sent_messages/m-1",
		answer: `<x/>`,
		stream: true,
	},
	"BankMessages.ErrorMessages": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.BankMessages.ErrorMessages(ctx, utc("2026-11-01T00:00:00Z"), utc("2026-11-02T00:00:00Z")))
		},
		path:   "/v1/fi_bank_messages/error_messages?timestamp_start=2026-11-01T00%3A00%3A00Z&timestamp_end=2026-11-02T00%3A00%3A00Z",
		answer: `["m-1","m-2"]`,
	},
	"BankMessages.ErrorMessage": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.BankMessages.ErrorMessage(ctx, "m-1"))
		},
		path:   "/v1/fi_bank_messages/error_messages/m-1",
		answer: `<x/>`,
		stream: true,
	},
}

// documentUpload has every field.
func documentUpload() maventa.DocumentUpload {
	return maventa.DocumentUpload{
		File: strings.NewReader("<Order/>"), Filename: "order.xml",
		Files:      []maventa.DocumentUploadFile{{File: strings.NewReader("pdf"), Filename: "a.pdf", Type: maventa.AttachmentFile}},
		References: []maventa.DocumentReference{{ID: "d-0", IDType: "document_id", Checksum: "c", Type: maventa.OtherFile}},
		Type:       "ORDER", TransmissionID: "t-1", TransmissionAt: utc("2026-11-01T10:00:00Z"), ExternalID: "x",
		RecipientName: "n", RecipientCountry: "FI", RecipientEIA: "e", RecipientOperator: "o",
		SenderName: "s", SenderCountry: "SE", SenderEIA: "f", Fields: []string{"id", "status"},
	}
}
