package maventa

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// judge decides what a success status means, and decodes its body. The rules
// stand in testdata/outcomes.json, written by hand.
//
// 201, 202 and 204 count unless the body disproves them. A 200 to a write counts
// if the body proves itself: a proxy can answer 200, too.
func (b *built) judge(ctx context.Context, a *answer) *Error {
	mustProve := b.isWrite() && a.status == http.StatusOK
	unread := OutcomeApplied // what a body that cannot be read leaves
	if mustProve {
		unread = OutcomeUnknown
	}
	body := bytes.TrimSpace(a.body)
	switch {
	case call.IsHTML(a.header, a.body):
		return a.byGateway(OutcomeUnknown, "the answer is HTML, not the API's JSON: a proxy or a login page answered")
	case a.tooLarge:
		return a.unreadable(unread, "the answer is larger than 32 MiB")
	case a.lost != nil && (b.out != nil || mustProve):
		e := a.unreadable(unread, "")
		e.Err, e.temporary = a.lost, true
		if ctxErr := ctx.Err(); ctxErr != nil {
			e.Err = ctxErr
		}
		return e
	case call.Disproves(body, b.out, b.isWrite()):
		return a.byGateway(OutcomeUnknown, "the answer says success and error at once: a proxy may have answered")
	case b.out == nil:
		if mustProve && b.op.NoBody && !call.SaysNothing(body) {
			return a.unreadable(OutcomeUnknown, "the answer has a body where the service has none")
		}
		return nil
	case len(body) == 0 && b.isWrite() && !mustProve && b.op.InferredStatus():
		return nil // documented nowhere, so an empty answer is as good as any
	case mustProve && call.SaysNothing(body) && b.isProvable():
		// Of an answer that says nothing the zero value is left, which proves the
		// calls whose schema requires nothing.
	case len(body) == 0:
		return a.byGateway(unread, "the answer is empty")
	default:
		if problem := read(a, b.out); problem != "" {
			return a.unreadable(unread, problem)
		}
	}
	proven, foreign := b.proven()
	switch {
	case b.isWrite() && foreign:
		return a.unreadable(OutcomeUnknown, "the answer is about something else than what was sent")
	case mustProve && !proven:
		return a.unreadable(OutcomeUnknown, "the answer does not look like the service's")
	}
	return nil
}

// unreadable is the error for a success whose body is of no use.
func (a *answer) unreadable(outcome Outcome, hint string) *Error {
	return &Error{Phase: PhaseDecode, Outcome: outcome, Status: a.status, RequestID: requestID(a.header), Hint: hint}
}

// byGateway is the error for a success that the service hardly said.
func (a *answer) byGateway(outcome Outcome, hint string) *Error {
	e := a.unreadable(outcome, hint)
	e.byGateway = true
	return e
}

// provable is an answer that shows by its contents that the service made it.
type provable interface {
	proven() bool
}

// isProvable reports whether the answer is of a kind that can prove itself.
func (b *built) isProvable() bool {
	_, ok := b.out.(provable)
	return ok || b.proof != nil
}

// proven reports whether the answer shows that the service made it, or is of a
// kind that cannot.
func (b *built) proven() (proven, foreign bool) {
	if b.proof != nil {
		return b.proof()
	}
	if out, ok := b.out.(provable); ok {
		return out.proven(), false
	}
	return true, false
}

// refusal is the error for an answer that is not a success.
func (b *built) refusal(a *answer) *Error {
	e := &Error{
		Phase:     PhaseHTTP,
		Outcome:   b.outcomeOf(a),
		Status:    a.status,
		RequestID: requestID(a.header),
	}
	e.RetryAfter, e.throttles = call.RetryAfter(a.header, time.Now())
	switch {
	case a.status >= 300 && a.status < 400:
		e.Hint = "redirects are not followed: check the environment's URLs"
	case call.IsHTML(a.header, a.body):
		e.Hint = "the answer is HTML, not the API's JSON: a proxy or gateway answered"
	default:
		e.readBody(b, a)
	}
	switch a.status {
	case http.StatusUnauthorized:
		e.Hint = "no access to this, or the token was refused: Client.Check tells which"
	case http.StatusNotFound:
		e.notData = !call.IsRefusal(true, a.body)
		e.byGateway = len(bytes.TrimSpace(a.body)) > 0 && !json.Valid(a.body) // the service says it in JSON, or says nothing
		if e.byGateway {
			e.Hint = "the answer is not the API's JSON: a proxy or gateway answered"
		} else if e.Code == "" || strings.Contains(strings.ToLower(e.Code), "not_found") {
			e.Hint = "absent, or not accessible with these credentials"
		}
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		e.notData = !call.IsRefusal(b.op.API == operation.AutoXChange, a.body)
		if b.write == nil {
			break
		}
		if names := b.write.inferred(b.body); len(names) > 0 {
			e.addHint("the body used names that are inferred and may be wrong: " + strings.Join(names, ", "))
		}
	}
	if b.op.Gone != "" && (a.status == http.StatusGone || a.status == http.StatusNotFound) {
		e.Hint = b.op.Gone
	}
	return e
}

// outcomeOf is what an answer that is not a success says about the effect. A
// refusal is certain only if the service wrote it: what stands between may answer
// 4xx after the service has acted.
func (b *built) outcomeOf(a *answer) Outcome {
	switch a.status {
	case http.StatusUnauthorized, http.StatusTooManyRequests:
		return OutcomeRejected // said before anything is done, whoever says it
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusConflict,
		http.StatusGone, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		if !b.isWrite() || a.lost == nil && !a.tooLarge && call.IsRefusal(b.op.API == operation.AutoXChange, a.body) {
			return OutcomeRejected
		}
	}
	return OutcomeUnknown
}

// readBody takes code, message and details from an error body, the shape that
// AX documents. Details may be a list or one text. A 404 may instead say in
// status and findings why there is nothing: Invoices.DetectResults does.
func (e *Error) readBody(b *built, a *answer) {
	var shape struct {
		Code    string          `json:"code"`
		Message string          `json:"message"`
		Details json.RawMessage `json:"details"`

		Status   any             `json:"status"`
		Findings json.RawMessage `json:"findings"`
	}
	if json.Unmarshal(a.body, &shape) != nil {
		return
	}
	if shape.Code == "" && shape.Message == "" && a.status == http.StatusNotFound {
		if list, isList := shape.Status.([]any); isList && len(list) > 0 {
			shape.Status = list[0]
		}
		shape.Code, _ = shape.Status.(string)
		shape.Details = shape.Findings
	}
	hide := echoes(b)
	e.Code, e.Message = hide(shape.Code), hide(shape.Message) // which fail cuts
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
		e.Details = append(e.Details, hide(d))
	}
}
