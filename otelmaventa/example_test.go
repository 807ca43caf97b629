package otelmaventa_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/otelmaventa"
)

// An invoice is handed over to Ropo while the service limits the rate: the
// transfer is refused once, and sent again.
func Example() {
	tracers := sdktrace.NewTracerProvider(sdktrace.WithSyncer(&printer{}))
	srv, err := maventatest.Start() // stands for the service
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()
	srv.Company().Activate(maventatest.Ropo)
	dueDate := srv.Clock().Day(-30)
	invoice := srv.AddInvoice(maventatest.Invoice{DueDate: dueDate})
	srv.Inject(maventatest.Status(429).On("Invoices.TransferToRopo"))

	c, err := srv.NewClient(
		maventa.WithObserver(otelmaventa.New(otelmaventa.WithTracerProvider(tracers))),
		maventa.WithRetry(maventa.RetryPolicy{ThrottleDelay: time.Millisecond}),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = c.Invoices.TransferToRopo(context.Background(), invoice, maventa.RopoTransfer{
		CollectionType:    maventa.CollectionReminderAndCollection,
		ReceivablesType:   maventa.ReceivablesB2B,
		AssignmentSummary: "Consulting in October",
		Payers: []maventa.Payer{{
			Name: "Debtor Ltd", BusinessID: "1234567-1",
			Address: maventa.Address{Country: "FI", Streets: []string{"Street 1"}, City: "Helsinki", ZipCode: "00100"},
		}},
		Amounts:  maventa.TransferAmounts{CapitalAmount: maventa.MustAmount("124.00")},
		DueDate:  maventa.MustDate(dueDate),
		Currency: "EUR",
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// Invoices.TransferToRopo (client)
	//   http.request.method = POST
	//   http.request.resend_count = 1
	//   http.response.status_code = 202
	//   maventa.environment = maventatest
	//   maventa.operation = Invoices.TransferToRopo
	//   maventa.outcome = applied
	//   server.address = localhost
	//   url.template = /v2/invoices/{id}/assignment/ropo
	//     POST /v2/invoices/{id}/assignment/ropo (client)
	//       error.type = 429
	//       http.request.method = POST
	//       http.response.status_code = 429
	//       maventa.outcome = rejected
	//       server.address = localhost
	//       url.template = /v2/invoices/{id}/assignment/ropo
	//     POST /v2/invoices/{id}/assignment/ropo (client)
	//       http.request.method = POST
	//       http.request.resend_count = 1
	//       http.response.status_code = 202
	//       maventa.outcome = applied
	//       server.address = localhost
	//       url.template = /v2/invoices/{id}/assignment/ropo
}

// printer prints each trace when its first span ends.
type printer struct{ children []sdktrace.ReadOnlySpan }

// ExportSpans implements [sdktrace.SpanExporter].
func (p *printer) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	for _, s := range spans {
		if s.Parent().IsValid() {
			p.children = append(p.children, s)
			continue
		}
		for i, s := range append([]sdktrace.ReadOnlySpan{s}, p.children...) {
			indent := strings.Repeat("    ", min(i, 1))
			fmt.Printf("%s%s (%s)\n", indent, s.Name(), s.SpanKind())
			attrs := s.Attributes()
			var lines []string
			for _, a := range attrs {
				if a.Key != "server.port" && a.Key != otelmaventa.CompanyKey { // others each time
					lines = append(lines, fmt.Sprintf("%s  %s = %s", indent, a.Key, a.Value.String()))
				}
			}
			slices.Sort(lines)
			fmt.Println(strings.Join(lines, "\n"))
		}
		p.children = nil
	}
	return nil
}

// Shutdown implements [sdktrace.SpanExporter].
func (*printer) Shutdown(context.Context) error { return nil }
