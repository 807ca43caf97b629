package maventa

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/operation"

	"github.com/maventa-go/maventa/internal/call"
)

// judge decides what a success means, and decodes it. The rules stand in
// testdata/outcomes.json, written by hand.
func (b *built) judge(ctx context.Context, a *answer) *Error {
	isWrite := b.isWrite()
	// Where no document names the status, a 200 to a write proves nothing without
	// its body.
	needsBody := isWrite && a.status == http.StatusOK && b.op.InferredStatus()
	var e *Error
	switch {
	case isHTML(a):
		return a.unreadable(OutcomeUnknown, "the answer is HTML, not the API's JSON: a proxy or a login page answered")
	case a.tooLarge:
		e = a.unreadable(OutcomeApplied, "the answer is larger than 32 MiB")
	case b.op.NoBody && b.op.Safety == operation.Unsafe && a.status == http.StatusOK && !isEmpty(a.body):
		// A proxy can answer 200 with JSON of its own, and the service is not
		// known to say anything here.
		return a.unreadable(OutcomeUnknown, "the answer has a body where the service has none")
	case b.out == nil && !needsBody:
		return nil // what it says does not matter
	case a.lost != nil:
		e = a.unreadable(OutcomeApplied, "")
		e.Err, e.temporary = a.lost, true
	case len(bytes.TrimSpace(a.body)) == 0:
		if isWrite && b.op.InferredStatus() && !needsBody {
			return nil // documented nowhere, so an empty answer is as good as any
		}
		e = a.unreadable(OutcomeApplied, "the answer is empty")
	default:
		problem := decode(a, b.out)
		if problem == "" {
			if !isWrite || a.status != http.StatusOK || b.proven() {
				return nil
			}
			// A proxy can answer 200 with JSON of its own. Only the service
			// names the thing that the call made.
			return a.unreadable(OutcomeUnknown, "the answer does not look like the service's")
		}
		e = a.unreadable(OutcomeApplied, problem)
	}
	if needsBody {
		e.Outcome = OutcomeUnknown
	}
	if ctxErr := ctx.Err(); ctxErr != nil && a.lost != nil {
		e.Err = ctxErr
	}
	return e
}

// unreadable is the error for a success whose body is of no use.
func (a *answer) unreadable(outcome Outcome, hint string) *Error {
	return &Error{Phase: PhaseDecode, Outcome: outcome, Status: a.status, RequestID: requestID(a.header), Hint: hint}
}

// isEmpty reports whether a body says nothing.
func isEmpty(body []byte) bool {
	switch string(bytes.TrimSpace(body)) {
	case "", "{}", "[]", "null", `""`:
		return true
	}
	return false
}

// provable is an answer that shows by its contents that the service made it.
type provable interface {
	proven() bool
}

// proven reports whether the answer shows that the service made it, or is of a
// kind that cannot.
func (b *built) proven() bool {
	if b.proof != nil {
		return b.proof()
	}
	p, ok := b.out.(provable)
	return !ok || p.proven()
}

// refusal is the error for an answer that is not a success.
func (b *built) refusal(a *answer) *Error {
	e := &Error{
		Phase:      PhaseHTTP,
		Outcome:    outcomeOf(a.status),
		Status:     a.status,
		RequestID:  requestID(a.header),
		RetryAfter: retryAfter(a.header, time.Now()),
	}
	switch {
	case a.status >= 300 && a.status < 400:
		e.Hint = "redirects are not followed: check the environment's URLs"
	case isHTML(a):
		e.Hint = "the answer is HTML, not the API's JSON: a proxy or gateway answered"
	default:
		e.readBody(b, a)
	}
	switch a.status {
	case http.StatusUnauthorized:
		e.Hint = "no access to this, or the token was refused: Client.Check tells which"
	case http.StatusNotFound:
		e.Hint = "absent, or not accessible with these credentials"
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		if names := inferredNames(b.body); len(names) > 0 {
			e.Hint = "the body used names that are inferred and may be wrong: " + strings.Join(names, ", ")
		}
	}
	if b.op.Gone != "" && (a.status == http.StatusGone || a.status == http.StatusNotFound) {
		e.Hint = b.op.Gone
	}
	return e
}

// outcomeOf is what a status that is not a success says about the effect.
func outcomeOf(status int) Outcome {
	if status >= 400 && status < 500 && status != http.StatusRequestTimeout {
		return OutcomeRejected
	}
	return OutcomeUnknown
}

// readBody takes code, message and details from an error body, the shape that
// AX documents. Details may be a list or one text.
func (e *Error) readBody(b *built, a *answer) {
	var shape struct {
		Code    string          `json:"code"`
		Message string          `json:"message"`
		Details json.RawMessage `json:"details"`
	}
	if json.Unmarshal(a.body, &shape) != nil {
		return
	}
	hide := echoes(b, a.token)
	e.Code = call.Cut(hide(shape.Code), 64)
	e.Message = call.Cut(hide(shape.Message), maxServerText)
	var list []string
	if json.Unmarshal(shape.Details, &list) != nil {
		var one string
		list = nil // of another shape, perhaps half filled
		if json.Unmarshal(shape.Details, &one) == nil && one != "" {
			list = []string{one}
		}
	}
	for i, d := range list {
		if i == 20 {
			break
		}
		e.Details = append(e.Details, call.Cut(hide(d), maxServerText))
	}
}

// isHTML reports whether an answer is a page for people.
func isHTML(a *answer) bool {
	body := bytes.TrimSpace(a.body)
	if len(body) == 0 || body[0] == '<' {
		return len(body) > 0
	}
	kind := strings.ToLower(a.header.Get("Content-Type"))
	return strings.HasPrefix(kind, "text/html") && !json.Valid(a.body)
}
