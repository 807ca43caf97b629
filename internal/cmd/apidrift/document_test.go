package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/docs/openapi"
	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/maventatest"
)

// document is docs/openapi/receivables.yaml. Its objects are closed, so that a
// member that it does not name is found. Its addresses are left out: the fake has
// others.
func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Receivables)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	none := false
	for _, schema := range doc.Components.Schemas {
		schema.Value.AdditionalProperties.Has = &none
	}
	doc.Servers = nil
	for _, item := range doc.Paths.Map() {
		item.Servers = nil
	}
	return doc
}

// checkedTransport sends requests on and holds each and its answer against the document.
type checkedTransport struct {
	t      *testing.T
	next   http.RoundTripper
	router routers.Router
	made   map[string]bool // by operationId
	report func(format string, args ...any)
}

func newChecked(t *testing.T, next http.RoundTripper) *checkedTransport {
	t.Helper()
	router, err := legacy.NewRouter(document(t))
	if err != nil {
		t.Fatal(err)
	}
	return &checkedTransport{t: t, next: next, router: router, made: map[string]bool{}, report: t.Errorf}
}

func (c *checkedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent []byte
	if r.Body != nil {
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	resp, err := c.next.RoundTrip(r)
	if err != nil {
		return resp, err
	}
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(got))
	c.check(r, sent, resp, got)
	return resp, nil
}

func (c *checkedTransport) check(r *http.Request, sent []byte, resp *http.Response, got []byte) {
	where := r.Method + " " + r.URL.Path
	plain := r.Clone(context.Background())
	plain.URL.Scheme, plain.URL.Host = "", ""
	plain.Body = io.NopCloser(bytes.NewReader(sent))
	route, params, err := c.router.FindRoute(plain)
	if err != nil {
		c.report("%s: %v", where, err)
		return
	}
	c.made[route.Operation.OperationID] = true
	request := &openapi3filter.RequestValidationInput{
		Request: plain, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
			IncludeResponseStatus: true,
		},
	}
	for name := range r.URL.Query() {
		if route.Operation.Parameters.GetByInAndName("query", name) == nil {
			c.report("%s: the document has no parameter %s", where, name)
		}
	}
	if err := openapi3filter.ValidateRequest(c.t.Context(), request); err != nil {
		c.report("request %s: %v", where, err)
	}
	response := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: resp.StatusCode, Header: resp.Header, Options: request.Options,
	}
	if err := openapi3filter.ValidateResponse(c.t.Context(), response.SetBodyBytes(got)); err != nil {
		c.report("answer %d to %s: %v", resp.StatusCode, where, err)
	}
}

// checkedClient is a client of the fake whose calls are all checked.
func checkedClient(t *testing.T, srv *maventatest.Server) (*maventa.Client, *checkedTransport) {
	t.Helper()
	checked := newChecked(t, srv.HTTPClient().Transport)
	env := maventa.Environment{Name: "fake", AutoXChangeURL: srv.AutoXChangeURL(), ReceivablesURL: srv.ReceivablesURL()}
	c, err := maventa.NewClient(env, maventa.Credentials{
		CompanyID: srv.CompanyID(), UserAPIKey: maventa.Secret(srv.UserAPIKey()), VendorAPIKey: maventa.Secret(srv.VendorAPIKey()),
	}, maventa.WithHTTPClient(&http.Client{Transport: checked}), maventa.WithRetry(maventa.RetryPolicy{MaxAttempts: 1}))
	if err != nil {
		t.Fatal(err)
	}
	return c, checked
}

// TestDocumentAndStory plays a story from the activation to the end, with every
// call of the document: requests of the SDK and answers of the fake are as it says.
func TestDocumentAndStory(t *testing.T) {
	srv := maventatest.NewServer(t)
	c, checked := checkedClient(t, srv)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	_, err := c.Check(ctx)
	must(err)

	_, err = c.Ropo.Activate(ctx, maventa.RopoActivation{AgreementContactEmail: "ceo@example.com"})
	must(err)
	srv.Company().CompleteKYC(maventatest.Ropo)
	_, err = c.Ropo.Status(ctx)
	must(err)
	due := srv.Clock().Day(-30)
	invoice := srv.AddInvoice(maventatest.Invoice{Total: "124.00", DueDate: due})
	_, err = c.Invoices.TransferToRopo(ctx, invoice, ropoTransfer(due))
	must(err)
	_, err = c.Invoices.TransferStatus(ctx, invoice)
	must(err)

	id := srv.AssignmentOf(invoice)
	srv.Agency().Reminder(id, "5.00")
	srv.Agency().Comment(id, "Has this been paid?")
	for _, event := range ropoEvents() {
		added, err := c.Assignments.AddEvent(ctx, id, event)
		must(err)
		must(c.Events.MarkSeen(ctx, id, added.ID))
	}
	for _, err := range c.Assignments.All(ctx, maventa.AssignmentFilter{InvoiceID: invoice, ClosedTo: srv.Clock().Now().AddDate(1, 0, 0)}) {
		must(err)
	}
	for _, err := range c.Assignments.Events(ctx, id) {
		must(err)
	}
	for _, err := range c.Events.All(ctx, maventa.EventFilter{AssignmentID: id}) {
		must(err)
	}
	got, err := c.Assignments.Get(ctx, id)
	must(err)
	if got.Status != maventa.AssignmentClosed {
		t.Errorf("the story ends with %s", got.Status)
	}
	must(c.Ropo.Close(ctx))

	amiliStory(t, srv, c)
	for _, op := range operation.Core() {
		name := strings.ToLower(op.Name[:1]) + strings.Replace(op.Name[1:], ".", "", 1)
		if !checked.made[name] {
			t.Errorf("the story does not make %s", name)
		}
	}
}
