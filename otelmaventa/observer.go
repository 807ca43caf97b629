// Package otelmaventa turns the calls of a maventa client into OpenTelemetry
// spans and metrics:
//
//	c, err := maventa.NewClient(maventa.Stage, credentials, maventa.WithObserver(otelmaventa.New()))
//
// Names and units follow the semantic conventions for HTTP clients. No span and
// no metric holds a body, a query, a secret, or an id but those of the client's
// company and of the answer's request; url.full is left out for that reason.
package otelmaventa

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/httpconv"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/maventa-go/maventa"
)

// ScopeName is the name of the tracer and of the meter.
const ScopeName = "github.com/maventa-go/maventa/otelmaventa"

// Attributes that are this package's own, beside the semantic conventions'.
const (
	OperationKey   = attribute.Key("maventa.operation")   // as in the client's errors: "Assignments.AddEvent"
	OutcomeKey     = attribute.Key("maventa.outcome")     // of a call or a request: applied, rejected, not sent, unknown
	EnvironmentKey = attribute.Key("maventa.environment") // name of the client's environment
	CompanyKey     = attribute.Key("maventa.company_id")  // of the client's company; on spans, in metrics with CompanyInMetrics
	KindKey        = attribute.Key("maventa.kind")        // word of the failure's kind, such as rate_limited; on spans of calls
	RequestIDKey   = attribute.Key("maventa.request_id")  // of the last answer, for Maventa's support; inferred, on spans only
)

// Observer makes a span of every call and a child span of every HTTP request of
// it. The requests are timed by the histogram http.client.request.duration and
// counted by maventa.client.attempts. Calls for tokens are not observed: the
// time that a call waits for one is in its own span only.
type Observer struct {
	tracer   trace.Tracer
	duration metric.Float64Histogram
	attempts metric.Int64Counter
	company  bool // it is in the metrics, too
}

var _ maventa.Observer = (*Observer)(nil)

// Option changes an observer. See [New].
type Option interface{ apply(*config) }

type config struct {
	tracers trace.TracerProvider
	meters  metric.MeterProvider
	company bool
}

type option func(*config)

func (o option) apply(c *config) { o(c) }

// WithTracerProvider takes another tracer provider than the global one.
func WithTracerProvider(p trace.TracerProvider) Option {
	return option(func(c *config) {
		if p != nil {
			c.tracers = p
		}
	})
}

// WithMeterProvider takes another meter provider than the global one.
func WithMeterProvider(p metric.MeterProvider) Option {
	return option(func(c *config) {
		if p != nil {
			c.meters = p
		}
	})
}

// CompanyInMetrics gives the metrics the company of each call, as [CompanyKey]. Each
// company makes series of its own: mind what 300 of them cost.
func CompanyInMetrics() Option { return option(func(c *config) { c.company = true }) }

// New returns an observer for [maventa.WithObserver]. It uses the global
// providers unless options say otherwise; they may be set later. One observer serves
// any number of clients.
func New(opts ...Option) *Observer {
	c := config{tracers: otel.GetTracerProvider(), meters: otel.GetMeterProvider()}
	for _, o := range opts {
		if o != nil {
			o.apply(&c)
		}
	}
	meter := c.meters.Meter(ScopeName, metric.WithInstrumentationVersion(maventa.Version), metric.WithSchemaURL(semconv.SchemaURL))
	o := &Observer{
		company: c.company,
		tracer:  c.tracers.Tracer(ScopeName, trace.WithInstrumentationVersion(maventa.Version), trace.WithSchemaURL(semconv.SchemaURL)),
	}
	duration, err := httpconv.NewClientRequestDuration(meter) // with the conventions' buckets
	if err != nil {
		otel.Handle(err) // calls must go on without metrics
	}
	o.duration = duration.Inst()
	o.attempts, err = meter.Int64Counter("maventa.client.attempts",
		metric.WithUnit("{request}"), metric.WithDescription("HTTP requests of Maventa calls, by what became of them."))
	if err != nil {
		otel.Handle(err)
		o.attempts = metricnoop.Int64Counter{}
	}
	return o
}

// spanKey finds an observer's own span, also where another observer has put one
// of its own into the context since.
type spanKey struct{ o *Observer }

// Start implements [maventa.Observer]. It begins the call's span.
func (o *Observer) Start(ctx context.Context, call maventa.CallInfo) context.Context {
	attrs := append(requestAttributes(call), OperationKey.String(call.Operation), EnvironmentKey.String(call.Environment), CompanyKey.String(call.CompanyID))
	ctx, span := o.tracer.Start(ctx, call.Operation, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attrs...))
	return context.WithValue(ctx, spanKey{o}, span)
}

// Attempt implements [maventa.Observer]. It makes a span of a request that has
// ended, as a child of the call's, and updates the metrics.
func (o *Observer) Attempt(ctx context.Context, call maventa.CallInfo, a maventa.AttemptInfo) {
	result := resultAttributes(a.Status, a.Phase)
	attrs := append(requestAttributes(call), result...)
	end := a.Start.Add(a.Duration)

	_, span := o.tracer.Start(trace.ContextWithSpan(ctx, o.span(ctx)), call.Method+" "+call.PathTemplate,
		trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(a.Start), trace.WithAttributes(attrs...),
		trace.WithAttributes(OutcomeKey.String(a.Outcome.String())))
	if a.Number > 1 {
		span.SetAttributes(semconv.HTTPRequestResendCount(a.Number - 1))
	}
	if a.Phase != "" && !a.Expected {
		span.SetStatus(codes.Error, "") // error.type says what
	}
	span.End(trace.WithTimestamp(end))

	if o.company {
		attrs, result = append(attrs, CompanyKey.String(call.CompanyID)), append(result, CompanyKey.String(call.CompanyID))
	}
	o.duration.Record(ctx, a.Duration.Seconds(), metric.WithAttributes(attrs...))
	o.attempts.Add(ctx, 1, metric.WithAttributes(append(result,
		OperationKey.String(call.Operation), OutcomeKey.String(a.Outcome.String()), EnvironmentKey.String(call.Environment))...))
}

// End implements [maventa.Observer]. It ends the call's span.
func (o *Observer) End(ctx context.Context, _ maventa.CallInfo, r maventa.ResultInfo) {
	span := o.span(ctx)
	span.SetAttributes(resultAttributes(r.Status, r.Phase)...)
	span.SetAttributes(OutcomeKey.String(r.Outcome.String()))
	if r.RequestID != "" {
		span.SetAttributes(RequestIDKey.String(r.RequestID))
	}
	if r.Attempts > 1 {
		span.SetAttributes(semconv.HTTPRequestResendCount(r.Attempts - 1))
	}
	if r.Phase != "" {
		if r.Kind != nil {
			span.SetAttributes(KindKey.String(r.Kind.Word()))
		}
		if !r.Expected {
			span.SetStatus(codes.Error, "")
		}
	}
	span.End()
}

// span is the span of the call that ctx belongs to.
func (o *Observer) span(ctx context.Context) trace.Span {
	if span, ok := ctx.Value(spanKey{o}).(trace.Span); ok {
		return span
	}
	return noop.Span{}
}

// requestAttributes is what is known before a request is made.
func requestAttributes(call maventa.CallInfo) []attribute.KeyValue {
	host, port := splitHost(call.Host)
	attrs := append(method(call.Method), semconv.ServerAddress(host), semconv.URLTemplate(call.PathTemplate))
	if port > 0 {
		attrs = append(attrs, semconv.ServerPort(port))
	}
	return attrs
}

// resultAttributes is what is known afterwards.
func resultAttributes(status int, phase maventa.Phase) (attrs []attribute.KeyValue) {
	if status > 0 {
		attrs = append(attrs, semconv.HTTPResponseStatusCode(status))
	}
	switch phase {
	case "":
	case maventa.PhaseHTTP:
		attrs = append(attrs, semconv.ErrorTypeKey.String(strconv.Itoa(status)))
	default:
		attrs = append(attrs, semconv.ErrorTypeKey.String(string(phase)))
	}
	return attrs
}

// method is the method as the conventions want it: one of a known few.
func method(name string) []attribute.KeyValue {
	switch name {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead, http.MethodOptions:
		return []attribute.KeyValue{semconv.HTTPRequestMethodKey.String(name)}
	}
	return []attribute.KeyValue{semconv.HTTPRequestMethodOther, semconv.HTTPRequestMethodOriginal(name)}
}

// splitHost splits a host that may carry a port. Without one it is HTTPS's.
func splitHost(hostPort string) (host string, port int) {
	host, text, err := net.SplitHostPort(hostPort)
	if err != nil {
		return strings.Trim(hostPort, "[]"), 443
	}
	port, _ = strconv.Atoi(text) // 0 where it is a name
	return host, port
}
