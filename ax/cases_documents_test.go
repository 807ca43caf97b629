package ax_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/maventatest"
)

func axDocumentCases() []ct.Case {
	return []ct.Case{
		{
			Name: "Documents.List",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ct.Collect(ax.New(c).Documents.All(ctx, ax.DocumentFilter{IDs: []string{"d-1"}, Direction: "SENT", Types: []ax.DocumentType{"ORDER", "CATALOGUE"}, Status: []ax.DocumentStatus{ax.DocumentDelivered}, CreatedFrom: utc("2026-10-01T00:00:00Z"), CreatedTo: utc("2026-12-01T00:00:00Z"), Number: "1", Reference: "r", Query: "q", Sort: []string{"-created_at", "number"}, Fields: []string{"id", "status"}})))
			},
			Want:   ct.Want{Path: "/v1/documents?created_at_start=2026-10-01T00%3A00%3A00Z&created_at_end=2026-12-01T00%3A00%3A00Z&number=1&reference=r&direction=SENT&query=q&page=1&per_page=100&ids=d-1&type=ORDER,CATALOGUE&status=DELIVERED&sort=-created_at,number&fields=id,status"},
			Answer: `[{"id":"d-1","type":"ORDER","document_identifier":"i","process_identifier":"p","status":"DELIVERED","reference":"r","number":"1","sender":{"eia":"e","bid":"b","name":"n","country":"FI","vat":"v"},"recipient":{"eia":"e","bid":"b","name":"n","country":"FI","vat":"v","operator":"o"},"created_at":"2026-11-01T10:00:02Z","delivered_at":"2026-11-01T10:00:03Z","received_at":"2026-11-01T10:00:04Z","last_event":{"code":"c","message":"m","details":"d","created_at":"2026-11-01T10:00:02Z"},"source_format":"s","supported_formats":["a"],"transmission_id":"t","transmission_at":"2026-11-01T10:00:05Z","network":"PEPPOL","origin":"o","external_id":"x","files":[{"id":"f-1","filename":"n","file_format":"XML","mimetype":"m","href":"h","created_at":"2026-11-01T10:00:02Z","type":"PRIMARY_FILE","format_version":"30","document_file_links":[{"document_id":"d"}]}]}]`,
		},
		{
			Name: "Documents.Get",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Documents.Get(ctx, ids[0], []string{"id"}))
			},
			IDs:    []string{"d-1"},
			Want:   ct.Want{Path: "/v1/documents/d-1?fields=id"},
			Answer: `{"id":"d-1","type":"ORDER","document_identifier":"i","process_identifier":"p","status":"DELIVERED","reference":"r","number":"1","sender":{"eia":"e","bid":"b","name":"n","country":"FI","vat":"v"},"recipient":{"eia":"e","bid":"b","name":"n","country":"FI","vat":"v","operator":"o"},"created_at":"2026-11-01T10:00:02Z","delivered_at":"2026-11-01T10:00:03Z","received_at":"2026-11-01T10:00:04Z","last_event":{"code":"c","message":"m","details":"d","created_at":"2026-11-01T10:00:02Z"},"source_format":"s","supported_formats":["a"],"transmission_id":"t","transmission_at":"2026-11-01T10:00:05Z","network":"PEPPOL","origin":"o","external_id":"x","files":[{"id":"f-1","filename":"n","file_format":"XML","mimetype":"m","href":"h","created_at":"2026-11-01T10:00:02Z","type":"PRIMARY_FILE","format_version":"30","document_file_links":[{"document_id":"d"}]}]}`,
		},
		{
			Name: "Documents.Create",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Documents.Create(ctx, documentUpload(ids[0])))
			},
			IDs: []string{"t-1"},
			Want: ct.Want{Path: "/v1/documents?fields=id,status", Form: `
type=ORDER
transmission_id=t-1
transmission_at=2026-11-01T10:00:00Z
external_id=x
recipient_name=Maija "Canary" Meikäläinen & Pojat
recipient_country=FI
recipient_eia=canary-1234567-1
recipient_operator=o
sender_name=Maija "Canary" Meikäläinen & Pojat
sender_country=SE
sender_eia=canary-1234567-1
files[0][file_type]=ATTACHMENT
references[0][reference_id]=d-0
references[0][reference_id_type]=document_id
references[0][checksum]=c
references[0][file_type]=OTHER
file=<Order/> (order.xml, application/octet-stream)
files[0][file]=pdf (a.pdf, application/octet-stream)`},
			Answer:       `{"id":"d-1","type":"ORDER","document_identifier":"i","process_identifier":"p","status":"DELIVERED","reference":"r","number":"1","sender":{"eia":"e","bid":"b","name":"n","country":"FI","vat":"v"},"recipient":{"eia":"e","bid":"b","name":"n","country":"FI","vat":"v","operator":"o"},"created_at":"2026-11-01T10:00:02Z","delivered_at":"2026-11-01T10:00:03Z","received_at":"2026-11-01T10:00:04Z","last_event":{"code":"c","message":"m","details":"d","created_at":"2026-11-01T10:00:02Z"},"source_format":"s","supported_formats":["a"],"transmission_id":"t","transmission_at":"2026-11-01T10:00:05Z","network":"PEPPOL","origin":"o","external_id":"x","files":[{"id":"f-1","filename":"n","file_format":"XML","mimetype":"m","href":"h","created_at":"2026-11-01T10:00:02Z","type":"PRIMARY_FILE","format_version":"30","document_file_links":[{"document_id":"d"}]}]}`,
			Prepare:      func(srv *maventatest.Server) string { return fmt.Sprint("t-", len(srv.Requests())) },
			RefusedTwice: true,
		},
		{
			Name: "Documents.Update",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).Documents.Update(ctx, ids[0], ax.DocumentConfirmedDelivery))
			},
			IDs:  []string{"d-1"},
			Want: ct.Want{Path: "/v1/documents/d-1", Body: `{"status":"CONFIRMED_DELIVERY"}`},
			Prepare: made(func(ctx context.Context, c *maventa.Client) (string, error) {
				d, err := ax.New(c).Documents.Create(ctx, ax.DocumentUpload{File: strings.NewReader("<Order/>"), Filename: "order.xml"})
				if err != nil {
					return "", err
				}
				return d.ID, nil
			}),
		},
		{
			Name: "Documents.Events",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Documents.Events(ctx, ids[0], []string{"code"}))
			},
			IDs:    []string{"d-1"},
			Want:   ct.Want{Path: "/v1/documents/d-1/events?fields=code"},
			Answer: `[{"code":"c","message":"m","details":"d","created_at":"2026-11-01T10:00:02Z"}]`,
		},
		{
			Name: "Files.List",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Files.List(ctx, "d-1"))
			},
			Want:   ct.Want{Path: "/v1/files?document_id=d-1"},
			Answer: `[{"id":"f-1","filename":"n","file_format":"XML","mimetype":"m","href":"h","created_at":"2026-11-01T10:00:02Z","type":"PRIMARY_FILE","format_version":"30","document_file_links":[{"document_id":"d"}]}]`,
		},
		{
			Name: "Files.Download",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Files.Download(ctx, ids[0]))
			},
			IDs:    []string{"f-1"},
			Want:   ct.Want{Path: "/v1/files/f-1"},
			Answer: `<x/>`,
			Stream: true,
		},
		{
			Name: "BankMessages.Send",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Done(ax.New(c).BankMessages.Send(ctx, strings.NewReader("<SI/>"), "si.xml"))
			},
			Want: ct.Want{Path: "/v1/fi_bank_messages", Form: `
file=<SI/> (si.xml, application/xml)`},
		},
		{
			Name: "BankMessages.Status",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).BankMessages.Status(ctx, ids[0]))
			},
			IDs:    []string{"m-1"},
			Want:   ct.Want{Path: "/v1/fi_bank_messages/m-1"},
			Answer: `{"status":"ERROR","error_message_id":"e-1"}`,
		},
		{
			Name: "BankMessages.RIMessages",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).BankMessages.RIMessages(ctx, utc("2026-11-01T00:00:00Z"), utc("2026-11-02T00:00:00Z")))
			},
			Want:   ct.Want{Path: "/v1/fi_bank_messages/ri_messages?timestamp_start=2026-11-01T00%3A00%3A00Z&timestamp_end=2026-11-02T00%3A00%3A00Z"},
			Answer: `["m-1","m-2"]`,
		},
		{
			Name: "BankMessages.RIMessage",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).BankMessages.RIMessage(ctx, ids[0]))
			},
			IDs:    []string{"m-1"},
			Want:   ct.Want{Path: "/v1/fi_bank_messages/ri_messages/m-1"},
			Answer: `<x/>`,
			Stream: true,
		},
		{
			Name: "BankMessages.DeleteRIMessage",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).BankMessages.DeleteRIMessage(ctx, ids[0]))
			},
			IDs:  []string{"m-1"},
			Want: ct.Want{Path: "/v1/fi_bank_messages/ri_messages/m-1"},
			Prepare: func(srv *maventatest.Server) string {
				return srv.Company().AX().ReceiveRIMessage("<x/>")
			},
		},
		{
			Name: "BankMessages.SentMessages",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).BankMessages.SentMessages(ctx, ax.BankSenderInfo, utc("2026-11-01T00:00:00Z"), utc("2026-11-02T00:00:00Z")))
			},
			Want:   ct.Want{Path: "/v1/fi_bank_messages/sent_messages?timestamp_start=2026-11-01T00%3A00%3A00Z&timestamp_end=2026-11-02T00%3A00%3A00Z&message_type=SENDERINFO"},
			Answer: `["m-1","m-2"]`,
		},
		{
			Name: "BankMessages.SentMessage",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).BankMessages.SentMessage(ctx, ids[0]))
			},
			IDs:    []string{"m-1"},
			Want:   ct.Want{Path: "/v1/fi_bank_messages/sent_messages/m-1"},
			Answer: `<x/>`,
			Stream: true,
		},
		{
			Name: "BankMessages.ErrorMessages",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).BankMessages.ErrorMessages(ctx, utc("2026-11-01T00:00:00Z"), utc("2026-11-02T00:00:00Z")))
			},
			Want:   ct.Want{Path: "/v1/fi_bank_messages/error_messages?timestamp_start=2026-11-01T00%3A00%3A00Z&timestamp_end=2026-11-02T00%3A00%3A00Z"},
			Answer: `["m-1","m-2"]`,
		},
		{
			Name: "BankMessages.ErrorMessage",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).BankMessages.ErrorMessage(ctx, ids[0]))
			},
			IDs:    []string{"m-1"},
			Want:   ct.Want{Path: "/v1/fi_bank_messages/error_messages/m-1"},
			Answer: `<x/>`,
			Stream: true,
		},
	}
}
