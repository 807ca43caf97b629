//go:build !race

// The race detector makes sync.Pool drop things at random, which costs a call one
// allocation now and then.

package ax_test

import (
	"bytes"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

// TestAllocations pins how many objects a call allocates, as the test of the same
// name in package maventa does. A call of ax may allocate half as much again as
// the client's own calls: its description is a value that users can make, too.
func TestAllocations(t *testing.T) {
	subscription := `{"id":"n-1","destination_type":"WEBHOOK","destination":"https://erp.example/x","events":["DOCUMENTS.INVOICE.DELIVERED"]}`
	invoice := `{"id":"in-1","status":"DELIVERED","number":"1","reference":"r","created_at":"2026-11-01T10:00:00Z",` +
		`"sender":{"name":"S","bid":"1"},"recipient":{"name":"R"},"sum":"10.00","unknown":1}`
	for _, c := range []struct {
		name    string
		status  int
		body    string
		ceiling float64
		call    func(x *ax.Client) error
	}{
		{"get", 200, subscription, 37, func(x *ax.Client) error { return onlyErr(x.Notifications.Get(t.Context(), "n-1")) }},
		{"delete", 204, "", 21, func(x *ax.Client) error { return x.Notifications.Delete(t.Context(), "n-1") }},
		{"create", 201, subscription, 46, func(x *ax.Client) error {
			return onlyErr(x.Notifications.Create(t.Context(), ax.NewNotification{
				DestinationType: ax.DestinationWebhook, Destination: "https://erp.example/x", Events: []ax.EventName{ax.NotifyInvoiceDelivered},
			}))
		}},
		{"list", 200, "[" + subscription + "]", 37, func(x *ax.Client) error { return onlyErr(x.Notifications.List(t.Context())) }},
		{"page of 100", 200, "[" + strings.Repeat(invoice+",", 99) + invoice + "]", 505, func(x *ax.Client) error {
			return onlyErr(x.Invoices.List(t.Context(), ax.InvoiceFilter{
				Direction: ax.InvoicesSent, Status: []ax.InvoiceStatus{ax.InvoiceDelivered}, CreatedFrom: utc("2026-10-01T00:00:00Z"),
			}))
		}},
		{"lookup", 200, "[]", 40, func(x *ax.Client) error {
			return onlyErr(x.Partner.LookupCompanies(t.Context(), "FI", []string{"1", "2"}))
		}},
		{"upload", 201, `{"id":"u-1"}`, 244, func(x *ax.Client) error {
			return onlyErr(x.Invoices.Send(t.Context(), ax.InvoiceUpload{
				File: strings.NewReader("<x/>"), UUID: "u-1", RecipientEIA: "e", DisabledRoutes: []ax.InvoiceRoute{ax.RoutePrint},
			}))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			transport := ct.RoundTrip(func(r *http.Request) (*http.Response, error) {
				status, body := c.status, c.body
				if strings.HasSuffix(r.URL.Path, "/oauth2/token") {
					status, body = 200, `{"access_token":"token","token_type":"bearer","expires_in":3600}`
				}
				return &http.Response{
					StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
					Body: io.NopCloser(bytes.NewReader([]byte(body))), ContentLength: int64(len(body)),
				}, nil
			})
			client, err := maventa.NewClient(maventa.Stage, ct.Credentials(), maventa.WithHTTPClient(&http.Client{Transport: transport}))
			require.NoError(t, err)
			x := ax.New(client)
			require.NoError(t, c.call(x)) // fetches the token
			got := math.Inf(1)
			for range 3 { // what goroutines of other tests allocate is counted, too
				got = min(got, testing.AllocsPerRun(100, func() {
					if err := c.call(x); err != nil {
						t.Error(err)
					}
				}))
			}
			assert.LessOrEqual(t, got, c.ceiling)
			t.Log(got)
		})
	}
}
