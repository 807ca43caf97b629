package worker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// problem is an error as HTTP shows it: RFC 9457, with members of our own.
type problem struct {
	Title      string         `json:"title"`
	Status     int            `json:"status"`
	Detail     string         `json:"detail"`
	Kind       string         `json:"kind"`                 // stable, such as "key_reused"
	Advice     maventa.Action `json:"advice"`               // what to do, see maventa.Advise
	Fields     []field        `json:"fields,omitzero"`      // what is wrong with the data
	RetryAfter int            `json:"retry_after,omitzero"` // seconds
	WorkKey    string         `json:"work_key,omitzero"`    // of the item that a person has to deal with
}

type field struct {
	Field   string `json:"field"`
	Problem string `json:"problem"`
}

// Error implements error.
func (p *problem) Error() string { return p.Detail }

func newProblem(status int, kind, detail string) *problem {
	advice := maventa.ActionFixInput
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		advice = maventa.ActionFixSetup
	case http.StatusConflict:
		advice = maventa.ActionAskPerson
	case http.StatusServiceUnavailable, http.StatusInternalServerError:
		advice = maventa.ActionRetry
	}
	return &problem{Title: http.StatusText(status), Status: status, Detail: detail, Kind: kind, Advice: advice}
}

// errTokens: nobody can be let in.
var errTokens = fmt.Errorf("%w: the file of tokens cannot be used", ErrConfig)

// problemOf makes of an error what is shown. What is of no use outside stays in the log.
func problemOf(err error) (p *problem, isHidden bool) {
	if p, ok := errors.AsType[*problem](err); ok {
		return p, false
	}
	advice := maventa.Advise(err)
	status := http.StatusInternalServerError
	large, isLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case isLarge:
		return newProblem(http.StatusRequestEntityTooLarge, "too_large", fmt.Sprintf("the body has more than %d bytes; nothing was changed", large.Limit)), false
	case errors.Is(err, errTokens):
		p = newProblem(http.StatusServiceUnavailable, "tokens_unreadable", "the file of tokens cannot be used: the worker's log says why; nothing was changed")
		p.Advice = maventa.ActionFixSetup
		return p, true
	case errors.Is(err, maventa.ErrValidation):
		status = http.StatusUnprocessableEntity
	case errors.Is(err, ledger.ErrKeyReused), errors.Is(err, sqlstore.ErrBooked), errors.Is(err, sqlstore.ErrSettled):
		status = http.StatusConflict
	case errors.Is(err, maventa.ErrNotFound):
		status = http.StatusNotFound
	case errors.Is(err, sqlstore.ErrMaybeCopy), errors.Is(err, sqlstore.ErrTakenOver):
		status = http.StatusServiceUnavailable
	case errors.Is(err, ledger.ErrJournal), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), isPassing(err):
		return newProblem(http.StatusServiceUnavailable, "unavailable",
			"the database could not be used: the worker's log says why. Send the same again: nothing is stored twice"), true
	default:
		return newProblem(status, "internal", "it failed: the worker's log says why. Send the same again: nothing is stored twice"), true
	}
	p = newProblem(status, advice.Kind.Word(), err.Error())
	p.Advice = advice.Action
	p.RetryAfter = int((advice.After + time.Second - 1) / time.Second)
	if status == http.StatusNotFound { // the caller's key, company or path: no person can find it
		p.Advice = maventa.ActionFixInput
	}
	for _, f := range advice.Fields {
		p.Fields = append(p.Fields, field{f.Field, f.Problem})
	}
	return p, false
}

// fail answers with an error.
func (a *api) fail(w http.ResponseWriter, r *http.Request, err error) {
	p, isHidden := problemOf(err)
	if isHidden && r.Context().Err() == nil {
		a.config.Log.ErrorContext(r.Context(), "a request over HTTP failed", "call", r.Pattern, "kind", p.Kind, "error", err)
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="maventa-worker"`)
	}
	if p.Status == http.StatusServiceUnavailable && p.Advice == maventa.ActionRetry {
		p.RetryAfter = max(p.RetryAfter, 1)
		h.Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	writeJSON(w, p.Status, "application/problem+json", p)
}
