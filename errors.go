package maventa

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// Outcome answers the first question after a failure: did the call change
// anything, and may it be sent again?
type Outcome uint8

// The four outcomes. The zero value promises nothing.
const (
	// OutcomeUnknown: the request may or may not have taken effect. Find out
	// before sending it again.
	OutcomeUnknown Outcome = iota
	// OutcomeNotSent: the request did not reach the service. It may be sent again.
	OutcomeNotSent
	// OutcomeRejected: the service refused it, in its own words. Nothing was changed.
	OutcomeRejected
	// OutcomeApplied: it took effect; only the answer was lost or unreadable.
	// Never send it again.
	OutcomeApplied
)

// String returns unknown, not sent, rejected or applied.
func (o Outcome) String() string {
	switch o {
	case OutcomeNotSent:
		return "not sent"
	case OutcomeRejected:
		return "rejected"
	case OutcomeApplied:
		return "applied"
	default:
		return "unknown"
	}
}

// MarshalText writes the outcome as a word, for JSON and logs.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads the word that MarshalText writes. Another word is
// [OutcomeUnknown].
func (o *Outcome) UnmarshalText(text []byte) error {
	*o = OutcomeUnknown
	for _, known := range []Outcome{OutcomeNotSent, OutcomeRejected, OutcomeApplied} {
		if string(text) == known.String() {
			*o = known
		}
	}
	return nil
}

// Phase is the step of a call that failed.
type Phase string

// The steps of a call, in their order.
const (
	PhaseBuild  Phase = "build"  // validation and building; nothing was sent
	PhaseAuth   Phase = "auth"   // getting a token; the call itself was not sent
	PhaseSend   Phase = "send"   // on the network, without an answer
	PhaseHTTP   Phase = "http"   // the service answered with another status than success
	PhaseDecode Phase = "decode" // the service answered success, the body was lost or unreadable
)

// FieldProblem names one field of a request and what is wrong with it.
type FieldProblem struct {
	Field   string // wire name, for example "payers[0].address.city"
	Problem string
}

// String returns the field and its problem as one sentence.
func (f FieldProblem) String() string { return f.Field + " " + f.Problem }

// Error is what every failing call of this package returns, also the
// constructors and parsers. It holds no key and no token, whoever repeats one. Its
// own words hold no body, URL or personal data. Code, Message and Details are the
// service's words, with what was sent taken out where it is recognized, and Err has
// those of the caller's own code: they may still name somebody.
//
// A test of your own may make one: what matters to a program is Operation,
// Phase, Outcome, Safety, Status and Kind.
type Error struct {
	Operation   string // for example "Assignments.AddEvent"
	Target      string // id of the assignment or invoice; empty where it could identify a person
	Environment string // name of the environment, for example "stage"; empty outside of calls

	Phase   Phase
	Outcome Outcome
	Safety  Safety // of the call; the zero value is the careful one

	Status     int            // HTTP status; 0 without an answer
	Code       string         // the service's error code, an open list
	Message    string         // the service's message, cut to 256 bytes
	Details    []string       // the service's details, each cut to 256 bytes
	Fields     []FieldProblem // what is wrong, by field, where it is known
	RequestID  string         // from the answer's headers. Inferred: no such header is documented
	Attempts   int            // requests sent for this call, token requests not counted
	RetryAfter time.Duration  // how long the service asks to wait, or until running again is of use; 0 when unknown

	// FirstSent is when the first attempt of a write left (UTC), if it has
	// [OutcomeUnknown]. In an error of package ledger that asks for a decision it
	// is when the attempt in question began.
	FirstSent time.Time

	Kind *Kind // a sentinel that neither status nor phase implies; errors.Is follows it
	// Err is the cause: a context error or an error of the caller's own code.
	// Errors that print URLs or bodies are not reachable.
	Err  error  `json:"-"`
	Hint string // what it means, what to do

	temporary bool // it may work a moment later, though status and phase do not say so
	throttles bool // the service asks to wait, in words that cannot be read
	byGateway bool // what stands before the service may have answered: of a read nothing is known
	notData   bool // what was refused is not the data of this call
}

// Error says what happened, to which operation and id, whether anything was
// changed, and what to do.
func (e *Error) Error() string {
	text := []string{"maventa: ", cmp.Or(e.Operation, "call")}
	if e.Target != "" {
		text = append(text, " ", call.QuoteCut(e.Target, 64))
	}
	if e.Environment != "" {
		text = append(text, " on ", e.Environment)
	}
	text = append(text, ": ", e.what())
	if e.Code != "" {
		text = append(text, " code ", call.QuoteCut(e.Code, 64))
	}
	if e.Message != "" {
		text = append(text, ": ", call.QuoteCut(e.Message, maxServerText))
	}
	for i, d := range e.Details {
		if i == 5 {
			text = append(text, " (and ", strconv.Itoa(len(e.Details)-i), " more details)")
			break
		}
		text = append(text, "; ", call.QuoteCut(d, maxServerText))
	}
	separator := ": "
	for _, f := range e.Fields {
		text = append(text, separator, f.String())
		separator = "; "
	}
	if effect := e.effect(); effect != "" {
		text = append(text, "; ", effect)
	}
	if e.RetryAfter > 0 {
		wait := "; the service asks to wait "
		if e.Status == 0 || e.Outcome == OutcomeUnknown && e.Safety != Safe { // our settle time, or a journal's
			wait = "; run again after "
		}
		step := time.Millisecond
		if e.RetryAfter > 10*time.Second {
			step = time.Second
		}
		text = append(text, wait, (e.RetryAfter + step - 1).Truncate(step).String()) // never too early
	}
	if e.Attempts > 1 {
		text = append(text, "; attempts ", strconv.Itoa(e.Attempts))
	}
	if e.RequestID != "" {
		text = append(text, "; request id ", call.QuoteCut(e.RequestID, 64))
	}
	return strings.Join(text, "")
}

// what names the failure itself.
func (e *Error) what() string {
	var parts []string
	if e.Status != 0 {
		parts = append(parts, strings.TrimSpace("HTTP "+strconv.Itoa(e.Status)+" "+http.StatusText(e.Status)))
	}
	switch {
	case e.Kind != nil:
		parts = append(parts, e.Kind.Error())
	case e.Phase == PhaseAuth:
		parts = append(parts, ErrAuth.Error())
	case e.Phase == PhaseBuild && (e.notData || len(e.Fields) == 0):
		parts = append(parts, "not begun")
	case e.Phase == PhaseBuild:
		parts = append(parts, ErrValidation.Error())
	case e.Phase == PhaseDecode:
		parts = append(parts, "unreadable answer")
	case e.Status == 0:
		parts = append(parts, "no answer")
	}
	if cause := causeText(e.Err); cause != "" {
		parts = append(parts, cause)
	}
	return strings.Join(parts, ", ")
}

// effect says whether anything was changed and what to do.
func (e *Error) effect() string {
	said := e.Hint
	if said != "" {
		said += "; "
	}
	switch {
	case e.Environment == "", e.Kind == ErrTransferFailed, e.Kind == ErrTransferStalled: // nothing of these is about what was sent
		return e.Hint
	case e.Outcome == OutcomeNotSent:
		return said + "nothing was sent"
	case e.Safety == Safe:
		return said + "the call only reads, nothing was changed"
	case e.Outcome == OutcomeRejected:
		return said + "refused, nothing was changed"
	case e.Outcome == OutcomeApplied && e.Phase == PhaseBuild:
		return said + "it took effect: do not send it again"
	case e.Outcome == OutcomeApplied:
		return said + "it took effect, only the answer was lost: do not send it again"
	default:
		return said + "it may have taken effect: do not send it again before you know"
	}
}

// Is reports whether e is of the kind that target, one of the sentinels, names.
func (e *Error) Is(target error) bool {
	if e.Kind != nil && errors.Is(e.Kind, target) {
		return true
	}
	switch target {
	case ErrValidation:
		refusedHere := e.Phase == PhaseBuild && len(e.Fields) > 0
		return e.Kind == nil && !e.notData && (refusedHere || e.Phase == PhaseHTTP && (e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity))
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized
	case ErrForbidden:
		return e.Status == http.StatusForbidden
	case ErrNotFound: // of the token endpoint or a gateway it says nothing about what was asked for
		return e.Status == http.StatusNotFound && e.Phase != PhaseAuth && !e.byGateway
	case ErrConflict:
		return e.Status == http.StatusConflict && e.Phase != PhaseAuth
	case ErrRateLimited:
		return e.Status == http.StatusTooManyRequests
	case ErrUnavailable:
		return e.byGateway || e.Status == http.StatusBadGateway || e.Status == http.StatusServiceUnavailable ||
			e.Status == http.StatusGatewayTimeout || (e.Status == 0 && isConnectionFailure(e.Err))
	case ErrAuth:
		return e.Phase == PhaseAuth
	case ErrOutcomeUnknown:
		return e.Outcome == OutcomeUnknown && e.Safety != Safe
	}
	return false
}

// OutcomeOf returns the outcome of err: [OutcomeApplied] for nil, that of the
// *[Error] in its chain, and [OutcomeUnknown] for any other error.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return OutcomeApplied
	}
	if e := asError(err); e != nil {
		return e.Outcome
	}
	return OutcomeUnknown
}

// Unwrap returns the cause that may be inspected: a context error or an error
// of the caller's own code. Errors that print URLs or bodies are not reachable.
func (e *Error) Unwrap() error { return e.Err }

// Format prints the same safe text for every verb.
func (e *Error) Format(f fmt.State, verb rune) {
	if verb == 'q' {
		_, _ = f.Write([]byte(strconv.Quote(e.Error())))
		return
	}
	_, _ = f.Write([]byte(e.Error()))
}

// MarshalJSON writes the fields of e by name, with the word of its kind, also of one
// that follows from status or phase.
func (e *Error) MarshalJSON() ([]byte, error) {
	type fields Error // without this method
	f := fields(*e)
	f.Kind = e.kind()
	return json.Marshal(&f) //nolint:musttag // the names of the fields
}

// LogValue implements [slog.LogValuer]: the fields of e by name, and the word of its
// kind.
func (e *Error) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.String("operation", e.Operation),
		slog.String("phase", string(e.Phase)),
		slog.String("outcome", e.Outcome.String()),
		slog.String("error", e.Error()),
	}
	add := func(name, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(name, value))
		}
	}
	add("kind", e.kind().Word())
	add("target", e.Target)
	add("environment", e.Environment)
	add("code", e.Code)
	add("request_id", e.RequestID)
	if e.Status != 0 {
		attrs = append(attrs, slog.Int("status", e.Status))
	}
	if e.Attempts != 0 {
		attrs = append(attrs, slog.Int("attempts", e.Attempts))
	}
	if e.RetryAfter != 0 {
		attrs = append(attrs, slog.Duration("retry_after", e.RetryAfter))
	}
	if len(e.Details) > 0 {
		attrs = append(attrs, slog.Any("details", e.Details))
	}
	return slog.GroupValue(attrs...)
}

// addHint says more about what e means.
func (e *Error) addHint(hint string) {
	if e.Hint != "" {
		hint = e.Hint + "; " + hint
	}
	e.Hint = hint
}

// invalid is the error for a request that this package refuses to send.
func invalid(operation, field, problem string) *Error {
	return &Error{
		Operation: operation,
		Phase:     PhaseBuild,
		Outcome:   OutcomeNotSent,
		Fields:    []FieldProblem{{Field: field, Problem: problem}},
	}
}

// misconfigured is the error for a client that cannot work, or an option.
func misconfigured(operation, field, problem string) *Error {
	e := invalid(operation, field, problem)
	e.notData = true
	return e
}

// readFirst is the error of a write whose preceding read failed.
func (c *Client) readFirst(op *operation.Op, err error) error {
	r := request{op: op}
	e := &Error{Phase: PhaseBuild, Outcome: OutcomeNotSent, Err: err}
	if read := asError(err); read != nil {
		e = read.clone()
		e.Outcome, e.notData = OutcomeNotSent, true
		e.Hint = "reading the state first failed"
	}
	return c.fail(&r, e)
}
