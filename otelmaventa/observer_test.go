package otelmaventa_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/otelmaventa"
)

// telemetry keeps in memory what an observer makes.
type telemetry struct {
	spans    *tracetest.InMemoryExporter
	tracers  *sdktrace.TracerProvider
	reader   *metric.ManualReader
	meters   *metric.MeterProvider
	observer *otelmaventa.Observer
}

func newTelemetry(opts ...otelmaventa.Option) *telemetry {
	t := &telemetry{spans: tracetest.NewInMemoryExporter(), reader: metric.NewManualReader()}
	t.tracers = sdktrace.NewTracerProvider(sdktrace.WithSyncer(t.spans))
	t.meters = metric.NewMeterProvider(metric.WithReader(t.reader))
	t.observer = otelmaventa.New(append(opts, otelmaventa.WithTracerProvider(t.tracers), otelmaventa.WithMeterProvider(t.meters))...)
	return t
}

// metrics returns what was measured so far, by the metrics' names.
func (t *telemetry) metrics(tb testing.TB) map[string]metricdata.Metrics {
	tb.Helper()
	var data metricdata.ResourceMetrics
	if err := t.reader.Collect(tb.Context(), &data); err != nil {
		tb.Fatal(err)
	}
	found := map[string]metricdata.Metrics{}
	for _, scope := range data.ScopeMetrics {
		if scope.Scope.Name != otelmaventa.ScopeName || scope.Scope.Version != maventa.Version {
			tb.Errorf("scope %+v", scope.Scope)
		}
		for _, m := range scope.Metrics {
			found[m.Name] = m
		}
	}
	return found
}

// list writes attributes in one line, without host and company, which the server
// chooses.
func list(attrs []attribute.KeyValue) string {
	var parts []string
	for _, a := range attrs {
		if a.Key != "server.address" && a.Key != "server.port" && a.Key != otelmaventa.CompanyKey {
			parts = append(parts, string(a.Key)+"="+a.Value.String())
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s:\ngot  %v\nwant %v", what, got, want)
	}
}

// TestRetriedCall: a call that was sent twice is one span with two children, and
// two requests in the metrics.
func TestRetriedCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
		tel := newTelemetry()
		c := srv.Client(t, maventa.WithObserver(tel.observer))
		if _, err := c.Assignments.Get(t.Context(), id); err != nil { // a token is there now
			t.Fatal(err)
		}
		tel.spans.Reset()
		srv.Inject(maventatest.RetryAfter(503, 2*time.Second).On("Assignments.Get"))
		ctx, parent := tel.tracers.Tracer("test").Start(t.Context(), "parent")
		if _, err := c.Assignments.Get(ctx, id); err != nil {
			t.Fatal(err)
		}
		parent.End()

		spans := tel.spans.GetSpans()
		if len(spans) != 4 {
			t.Fatalf("%d spans", len(spans))
		}
		first, second, call := spans[0], spans[1], spans[2] // in the order of their ends
		const request = "http.request.method=GET"
		const template = "url.template=/v1/assignments/{assignment_id}"
		equal(t, "first", list(first.Attributes), "error.type=503 "+request+" http.response.status_code=503 maventa.outcome=unknown "+template)
		equal(t, "second", list(second.Attributes), request+" http.request.resend_count=1 http.response.status_code=200 maventa.outcome=applied "+template)
		equal(t, "call", list(call.Attributes), request+" http.request.resend_count=1 http.response.status_code=200 maventa.environment=maventatest"+
			" maventa.operation=Assignments.Get maventa.outcome=applied "+template)
		equal(t, "names", []string{first.Name, second.Name, call.Name}, []string{"GET /v1/assignments/{assignment_id}", "GET /v1/assignments/{assignment_id}", "Assignments.Get"})
		equal(t, "statuses", []codes.Code{first.Status.Code, second.Status.Code, call.Status.Code}, []codes.Code{codes.Error, codes.Unset, codes.Unset})
		for _, s := range []tracetest.SpanStub{first, second, call} {
			equal(t, "kind", s.SpanKind, trace.SpanKindClient)
			equal(t, "scope", s.InstrumentationScope.Name, otelmaventa.ScopeName)
			if s.InstrumentationScope.SchemaURL == "" {
				t.Error("no schema URL")
			}
			for _, key := range []attribute.Key{"server.address", "server.port"} {
				if !slices.ContainsFunc(s.Attributes, func(a attribute.KeyValue) bool { return a.Key == key }) {
					t.Errorf("%s lacks %s", s.Name, key)
				}
			}
		}
		equal(t, "parent of first", first.Parent.SpanID(), call.SpanContext.SpanID())
		equal(t, "parent of second", second.Parent.SpanID(), call.SpanContext.SpanID())
		equal(t, "parent of call", call.Parent.SpanID(), parent.SpanContext().SpanID())
		if took := call.EndTime.Sub(call.StartTime); took < 2*time.Second || took != second.EndTime.Sub(first.StartTime) {
			t.Errorf("the call's span is %s long", took)
		}

		metrics := tel.metrics(t)
		var counted []string
		sum, _ := metrics["maventa.client.attempts"].Data.(metricdata.Sum[int64])
		for _, p := range sum.DataPoints {
			counted = append(counted, fmt.Sprint(p.Value, " ", list(p.Attributes.ToSlice())))
		}
		slices.Sort(counted)
		equal(t, "attempts", strings.Join(counted, "\n"), strings.Join([]string{
			"1 error.type=503 http.response.status_code=503 maventa.environment=maventatest maventa.operation=Assignments.Get maventa.outcome=unknown",
			"2 http.response.status_code=200 maventa.environment=maventatest maventa.operation=Assignments.Get maventa.outcome=applied",
		}, "\n"))
		equal(t, "unit", metrics["maventa.client.attempts"].Unit, "{request}")

		duration := metrics["http.client.request.duration"]
		equal(t, "unit", duration.Unit, "s")
		histogram, _ := duration.Data.(metricdata.Histogram[float64])
		equal(t, "series", len(histogram.DataPoints), 2)
		for _, p := range histogram.DataPoints {
			equal(t, "buckets", p.Bounds, []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10})
			want := request + " http.response.status_code=200 " + template
			if p.Count == 1 {
				want = "error.type=503 " + request + " http.response.status_code=503 " + template
			}
			equal(t, "duration", list(p.Attributes.ToSlice()), want)
		}
	})
}

// TestDurations: spans and histogram have the times of the requests.
func TestDurations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
		srv.Inject(maventatest.Slow(300 * time.Millisecond).On("Assignments.Get"))
		tel := newTelemetry()
		if _, err := srv.Client(t, maventa.WithObserver(tel.observer)).Assignments.Get(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		for _, s := range tel.spans.GetSpans() {
			equal(t, s.Name, s.EndTime.Sub(s.StartTime), 300*time.Millisecond)
		}
		histogram, _ := tel.metrics(t)["http.client.request.duration"].Data.(metricdata.Histogram[float64])
		equal(t, "sum", histogram.DataPoints[0].Sum, 0.3)
	})
}

// TestFailures: what each kind of failure is called.
func TestFailures(t *testing.T) {
	for _, c := range []struct {
		name     string
		fault    *maventatest.Fault
		call     func(ctx context.Context, c *maventa.Client, id string) error
		want     string // of the call's span
		children int
	}{
		{"refused before sending", nil, func(ctx context.Context, c *maventa.Client, _ string) error {
			return second(c.Assignments.Get(ctx, "../canary"))
		}, "error.type=build http.request.method=GET maventa.environment=maventatest maventa.kind=invalid_request maventa.operation=Assignments.Get maventa.outcome=not sent url.template=/v1/assignments/{assignment_id}", 0},
		{"refused by the service", nil, func(ctx context.Context, c *maventa.Client, _ string) error {
			return second(c.Assignments.Get(ctx, "canary"))
		}, "error.type=404 http.request.method=GET http.response.status_code=404 maventa.environment=maventatest maventa.kind=not_found maventa.operation=Assignments.Get maventa.outcome=rejected url.template=/v1/assignments/{assignment_id}", 1},
		{"no answer", new(maventatest.DropAfterCommit()), func(ctx context.Context, c *maventa.Client, id string) error {
			return second(c.Assignments.AddEvent(ctx, id, maventa.Comment("canary")))
		}, "error.type=send http.request.method=POST maventa.environment=maventatest maventa.kind=outcome_unknown maventa.operation=Assignments.AddEvent maventa.outcome=unknown url.template=/v1/assignments/{assignment_id}/events", 1},
		{"no token", new(maventatest.Status(401).On("Auth.Token")), func(ctx context.Context, c *maventa.Client, id string) error {
			return second(c.Assignments.Get(ctx, id))
		}, "error.type=auth http.request.method=GET maventa.environment=maventatest maventa.kind=invalid_credentials maventa.operation=Assignments.Get maventa.outcome=not sent url.template=/v1/assignments/{assignment_id}", 0},
		{"unreadable", new(maventatest.ForeignJSON()), func(ctx context.Context, c *maventa.Client, _ string) error {
			return second(c.Assignments.List(ctx, maventa.AssignmentFilter{DebtorName: "canary"}))
		}, "error.type=decode http.request.method=GET http.response.status_code=200 maventa.environment=maventatest maventa.operation=Assignments.List maventa.outcome=applied url.template=/v1/assignments", 1},
		{"another method", nil, func(ctx context.Context, c *maventa.Client, _ string) error {
			return c.Do(ctx, maventa.Request{Method: "REPORT", API: maventa.Receivables, Path: "/v1/none/{id}", PathValues: []string{"canary"}}, nil)
		}, "error.type=404 http.request.method=_OTHER http.request.method_original=REPORT http.response.status_code=404 maventa.environment=maventatest maventa.kind=not_found maventa.operation=REPORT /v1/none/{id} maventa.outcome=rejected url.template=/v1/none/{id}", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := maventatest.NewServer(t)
				id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
				if c.fault != nil {
					srv.Inject(*c.fault)
				}
				tel := newTelemetry()
				if c.call(t.Context(), srv.Client(t, maventa.WithObserver(tel.observer)), id) == nil {
					t.Fatal("no error")
				}
				spans := tel.spans.GetSpans()
				if len(spans) != 1+c.children {
					t.Fatalf("%d spans", len(spans))
				}
				call := spans[len(spans)-1]
				equal(t, "call", list(call.Attributes), c.want)
				equal(t, "status", call.Status.Code, codes.Error)
			})
		})
	}
}

func second[T any](_ T, err error) error { return err }

// TestNothingPersonal: nothing that was sent or received is in any span or metric.
func TestNothingPersonal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		co := srv.Company()
		co.Activate(maventatest.Ropo)
		id := co.AddAssignment(maventatest.Ropo, maventatest.Invoice{DebtorName: "Canary Debtor"})
		tel := newTelemetry()
		c := srv.Client(t, maventa.WithObserver(tel.observer))
		ctx := t.Context()
		srv.Inject(maventatest.Status(400, `{"code":"canary-code","message":"canary-message","details":["canary-detail"]}`).On("Assignments.AddEvent").Times(2))
		for _, call := range []func() error{
			func() error { return second(c.Assignments.Get(ctx, id)) },
			func() error { return second(c.Assignments.List(ctx, maventa.AssignmentFilter{DebtorName: "Canary"})) },
			func() error { return second(c.Assignments.AddEvent(ctx, id, maventa.Comment("canary-comment"))) },
			func() error {
				return second(c.Assignments.AddEvent(ctx, id, maventa.DirectPayment(maventa.MustAmount("123456.78"), maventa.MustDate("2026-11-20"))))
			},
			func() error { return c.ServiceLevels.Set(ctx, "canary-bid", maventa.ServiceLevelVIP) },
			func() error { return second(c.Invoices.TransferStatus(ctx, "canary-invoice")) },
			func() error { return second(c.Assignments.Get(ctx, "../canary-path")) },
		} {
			_ = call()
		}
		spans, err := json.Marshal(tel.spans.GetSpans().Snapshots())
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ToLower(fmt.Sprintf("%s %+v %+v", spans, tel.spans.GetSpans(), tel.metrics(t)))
		if n := strings.Count(text, "assignments.addevent"); n < 2 {
			t.Fatal("the calls are not there")
		}
		keys := srv.Credentials()
		for _, secret := range []string{
			"canary", "123456", "bearer", strings.ToLower(id),
			strings.ToLower(string(keys.UserAPIKey)), strings.ToLower(string(keys.VendorAPIKey)),
		} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is shown", secret)
			}
		}
	})
}

// TestTwoObservers: each finds its own spans, and one without providers of its
// own takes the global ones, which do nothing here.
func TestTwoObservers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
		a, b := newTelemetry(), newTelemetry()
		c := srv.Client(t, maventa.WithObserver(a.observer), maventa.WithObserver(b.observer),
			maventa.WithObserver(otelmaventa.New(nil, otelmaventa.WithTracerProvider(nil), otelmaventa.WithMeterProvider(nil))))
		if _, err := c.Assignments.Get(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		for _, tel := range []*telemetry{a, b} {
			spans := tel.spans.GetSpans()
			if len(spans) != 2 || spans[0].Parent.SpanID() != spans[1].SpanContext.SpanID() {
				t.Errorf("spans %+v", spans)
			}
		}
	})
}

// TestGlobalProviders: without options the global providers are used, also when
// they are set after New.
func TestGlobalProviders(t *testing.T) {
	tel := newTelemetry()
	observer := otelmaventa.New()
	tracers, meters := otel.GetTracerProvider(), otel.GetMeterProvider()
	otel.SetTracerProvider(tel.tracers)
	otel.SetMeterProvider(tel.meters)
	defer otel.SetTracerProvider(tracers)
	defer otel.SetMeterProvider(meters)
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		if _, err := srv.Client(t, maventa.WithObserver(observer)).Assignments.Overview(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	equal(t, "spans", len(tel.spans.GetSpans()), 2)
	equal(t, "metrics", len(tel.metrics(t)), 2)
}

// TestHost: the address without the port that stands in it.
func TestHost(t *testing.T) {
	for host, want := range map[string]string{
		"ax.maventa.com":  "ax.maventa.com 443",
		"127.0.0.1:8080":  "127.0.0.1 8080",
		"[::1]:8080":      "::1 8080",
		"[::1]":           "::1 443",
		"localhost:https": "localhost <nil>",
	} {
		tel := newTelemetry()
		call := maventa.CallInfo{Operation: "x", Method: "GET", PathTemplate: "/", Host: host}
		tel.observer.End(tel.observer.Start(t.Context(), call), call, maventa.ResultInfo{})
		got := map[attribute.Key]any{}
		for _, a := range tel.spans.GetSpans()[0].Attributes {
			got[a.Key] = a.Value.AsInterface()
		}
		equal(t, host, fmt.Sprint(got["server.address"], " ", got["server.port"]), want)
	}
}

// TestStrangeContext: an observer that is called with a foreign context does
// nothing.
func TestStrangeContext(t *testing.T) {
	tel := newTelemetry()
	tel.observer.End(t.Context(), maventa.CallInfo{}, maventa.ResultInfo{})
	equal(t, "spans", len(tel.spans.GetSpans()), 0)
}

// TestReadme: the trace in the README is the output of the example.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, output, _ := strings.Cut(string(example), "\t// Output:\n")
	var want strings.Builder
	for line := range strings.Lines(output) {
		if text, ok := strings.CutPrefix(line, "\t// "); ok {
			want.WriteString(text)
		}
	}
	if want.Len() == 0 || !strings.Contains(string(readme), "```text\n"+want.String()+"```\n") {
		t.Errorf("README.md does not show:\n%s", want.String())
	}
}

// TestRequestID: the call's span has the id that the service gave the request,
// and no metric has it.
func TestRequestID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, wire := range maventatest.Wires() {
			srv := maventatest.NewServer(t, maventatest.WithWire(wire))
			srv.Company().Activate(maventatest.Ropo)
			tel := newTelemetry()
			var response maventa.Response
			if _, err := srv.Client(t, maventa.WithObserver(tel.observer)).Ropo.Status(t.Context(), maventa.WithResponse(&response)); err != nil {
				t.Fatal(err)
			}
			if (response.RequestID != "") != (wire.RequestID != "") {
				t.Fatalf("wire %s: request id %q", wire.Name, response.RequestID)
			}
			for _, s := range tel.spans.GetSpans() {
				got := ""
				for _, a := range s.Attributes {
					if a.Key == otelmaventa.RequestIDKey {
						got = a.Value.AsString()
					}
				}
				want := ""
				if s.Name == "Ropo.Status" {
					want = response.RequestID
				}
				equal(t, s.Name, got, want)
			}
			if metrics := fmt.Sprint(tel.metrics(t)); wire.RequestID != "" && strings.Contains(metrics, response.RequestID) {
				t.Error("a metric has the request id")
			}
		}
	})
}

// TestCompany: the company is on a call's span, and in the metrics for those who ask;
// an expected refusal is no failed span, but its kind is there.
func TestCompany(t *testing.T) {
	for _, asked := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			srv := maventatest.NewServer(t)
			var opts []otelmaventa.Option
			if asked {
				opts = append(opts, otelmaventa.CompanyInMetrics())
			}
			tel := newTelemetry(opts...)
			c := srv.Client(t, maventa.WithObserver(tel.observer))
			if _, err := c.Invoices.TransferStatus(t.Context(), "11111111-1111-4111-8111-111111111111"); err == nil {
				t.Fatal("there is no such transfer")
			}
			spans := tel.spans.GetSpans()
			call := spans[len(spans)-1]
			set := attribute.NewSet(call.Attributes...)
			company, _ := set.Value(otelmaventa.CompanyKey)
			equal(t, "company", company.AsString(), c.CompanyID())
			kind, _ := set.Value(otelmaventa.KindKey)
			equal(t, "kind", kind.AsString(), "not_found")
			equal(t, "status", call.Status.Code, codes.Unset)
			equal(t, "status of the request", spans[0].Status.Code, codes.Unset)
			b, err := json.Marshal(fmt.Sprintf("%+v", tel.metrics(t)))
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "in metrics", strings.Contains(string(b), c.CompanyID()), asked)
		})
	}
}
