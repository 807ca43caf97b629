package maventa

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// Observer follows every call: see [WithObserver]. It gets names, numbers, times, the
// client's company and the answer's request id, never other ids, bodies, queries or
// secrets. Its methods
// run within the call and delay it, so they should be quick. Several goroutines may
// be in them at once: yours, and those of packages ledger and fleet.
type Observer interface {
	// Start is called first. The context it returns is the call's from then on.
	Start(ctx context.Context, call CallInfo) context.Context
	// Attempt is called after each request of the call.
	Attempt(ctx context.Context, call CallInfo, attempt AttemptInfo)
	// End is called last, also for a call that was refused before sending.
	End(ctx context.Context, call CallInfo, result ResultInfo)
}

// CallInfo names a call.
type CallInfo struct {
	Operation    string // for example "Assignments.AddEvent"
	Method       string
	PathTemplate string // for example "/v1/assignments/{assignment_id}/events"
	Host         string
	Environment  string // name of the environment
	CompanyID    string // of the client's company
	Safety       Safety
}

// AttemptInfo is one request of a call.
type AttemptInfo struct {
	Number   int // counts from 1
	Status   int // 0 without an answer
	Start    time.Time
	Duration time.Duration
	// Phase and Outcome are those of the attempt's failure; Phase is empty when
	// it succeeded.
	Phase   Phase
	Outcome Outcome
	// Expected: the call is made to find out whether the answer is this refusal,
	// such as 404 of a transfer's status where there may be none.
	Expected bool
}

// ResultInfo is how a call ended.
type ResultInfo struct {
	Status   int // of the last answer, 0 without one
	Attempts int
	Duration time.Duration // of the whole call
	Phase    Phase         // of the failure; empty on success
	Outcome  Outcome       // applied on success
	Kind     *Kind         // what the failure is a case of; its Word is a label. Nil on success, or if it is none
	Expected bool          // see AttemptInfo
	// RetryAfter is how long the service asks to wait, 0 if it does not say.
	RetryAfter time.Duration
	RequestID  string // of the last answer. Inferred: no such header is documented
}

// logObserver logs what an observer gets.
type logObserver struct{ l *slog.Logger }

func (o logObserver) Start(ctx context.Context, _ CallInfo) context.Context { return ctx }

func (o logObserver) Attempt(ctx context.Context, call CallInfo, a AttemptInfo) {
	o.l.LogAttrs(ctx, slog.LevelDebug, "maventa: request", slog.String("operation", call.Operation), slog.String("company", call.CompanyID),
		slog.Int("attempt", a.Number), slog.Int("status", a.Status), slog.Duration("duration", a.Duration))
}

func (o logObserver) End(ctx context.Context, info CallInfo, r ResultInfo) {
	level := slog.LevelDebug
	attrs := []slog.Attr{
		slog.String("operation", info.Operation), slog.String("environment", info.Environment), slog.String("company", info.CompanyID),
		slog.Int("status", r.Status), slog.Int("attempts", r.Attempts), slog.Duration("duration", r.Duration),
		slog.String("outcome", r.Outcome.String()),
	}
	if r.Phase != "" {
		if !r.Expected {
			level = slog.LevelWarn
		}
		attrs = append(attrs, slog.String("phase", string(r.Phase)), slog.String("kind", r.Kind.Word()))
	}
	if r.RetryAfter > 0 {
		attrs = append(attrs, slog.Duration("retry_after", r.RetryAfter))
	}
	if r.RequestID != "" {
		attrs = append(attrs, slog.String("request_id", call.Cut(r.RequestID, 64)))
	}
	o.l.LogAttrs(ctx, level, "maventa: call", attrs...)
}

// observation is one call that observers watch; nil: nobody does.
type observation struct {
	observers []Observer
	call      CallInfo
	expected  []int // see operation.Op
	start     time.Time
	last      AttemptInfo
	requestID string
}

// observe begins an observation.
func (c *Client) observe(ctx context.Context, op *operation.Op) (context.Context, *observation) {
	r := c.root
	if len(r.observers) == 0 {
		return ctx, nil
	}
	o := &observation{
		observers: r.observers,
		start:     time.Now(),
		expected:  op.Expected,
		call: CallInfo{
			Operation: op.Name, Method: op.Method, PathTemplate: op.Path, Host: r.base(op).host,
			Environment: r.environment.Name, CompanyID: c.company, Safety: Safety(op.Safety),
		},
	}
	for _, observer := range o.observers {
		ctx = observer.Start(ctx, o.call)
	}
	return ctx, o
}

// attempt reports a request that has ended, a nil err being success.
func (o *observation) attempt(ctx context.Context, start time.Time, a *answer, err *Error) {
	if o == nil {
		return
	}
	o.last = AttemptInfo{Number: o.last.Number + 1, Start: start, Duration: time.Since(start), Outcome: OutcomeApplied}
	if a != nil {
		o.last.Status = a.status
		o.requestID = requestID(a.header)
	}
	if err != nil {
		o.last.Phase, o.last.Outcome, o.last.Expected = err.Phase, err.Outcome, o.isExpected(err)
	}
	for _, observer := range o.observers {
		observer.Attempt(ctx, o.call, o.last)
	}
}

// end reports how the call ended.
func (o *observation) end(ctx context.Context, attempts int, err *Error) {
	if o == nil {
		return
	}
	result := ResultInfo{
		Status: o.last.Status, Attempts: attempts, Duration: time.Since(o.start),
		Outcome: OutcomeApplied, RequestID: o.requestID,
	}
	if err != nil {
		err.Safety = o.call.Safety
		result.Phase, result.Outcome, result.Kind, result.RetryAfter = err.Phase, err.Outcome, err.kind(), err.RetryAfter
		result.Expected = o.isExpected(err)
	}
	for _, observer := range o.observers {
		observer.End(ctx, o.call, result)
	}
}

// isExpected reports whether a failure is an answer that the call is made to find out.
func (o *observation) isExpected(err *Error) bool {
	return err.Phase == PhaseHTTP && slices.Contains(o.expected, err.Status)
}
