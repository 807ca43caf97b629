package maventa

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Action is what to do after a call.
type Action string

// The five actions.
const (
	// ActionDone: the call took effect. Do not make it again.
	ActionDone Action = "done"
	// ActionRetry: make the same call again, unchanged, after [Advice].After.
	ActionRetry Action = "retry"
	// ActionFixInput: the data of the call is wrong; [Advice].Fields says where.
	// The same data would be refused again.
	ActionFixInput Action = "fix_input"
	// ActionFixSetup: nothing is wrong with the data. Keys, rights, addresses,
	// options or the journal must be fixed; the call may then be made again. All
	// calls of the company are likely to fail until then.
	ActionFixSetup Action = "fix_setup"
	// ActionAskPerson: no program can decide. A person reads what there is; the
	// error's text says what to look at. Do not make the call again before.
	ActionAskPerson Action = "ask_person"
)

// Advice is what [Advise] makes of an error.
type Advice struct {
	Action Action
	// After is how long to wait before [ActionRetry]; 0 leaves it to the caller.
	After time.Duration
	// Fields are what is wrong with the data, as far as it is known.
	Fields []FieldProblem
	// IDs are what to look at: the assignment or invoice of the call, and with
	// [ActionAskPerson] what was found.
	IDs []string
	// Kind says most precisely what happened. It is nil without an error, and
	// for an error that nothing is known about.
	Kind *Kind
}

// Advise says what to do after a call of this package, or of one that is built
// on it. For an error of other code, of which nothing is known, it is
// [ActionAskPerson].
func Advise(err error) Advice {
	if err == nil {
		return Advice{Action: ActionDone}
	}
	e := asError(err)
	if e == nil {
		if kind, ok := errors.AsType[*Kind](err); ok {
			return Advice{Action: kind.advice, Kind: kind}
		}
		return Advice{Action: ActionAskPerson}
	}
	a := Advice{Kind: e.kind(), Fields: e.Fields}
	a.Action = e.action(a.Kind)
	if e.Target != "" {
		a.IDs = []string{e.Target}
	}
	switch {
	case a.Action == ActionRetry:
		a.After = e.RetryAfter
	case a.Action == ActionAskPerson && e.Status == 0: // the details are ours, not the service's words
		a.IDs = append(a.IDs, e.Details...)
	}
	return a
}

// action is what to do after e, which is of this kind.
func (e *Error) action(kind *Kind) Action {
	unclear := e.Is(ErrOutcomeUnknown)
	switch {
	case e.Outcome == OutcomeApplied && e.Safety != Safe:
		return ActionDone
	case unclear && e.Safety == Unsafe:
		// Only who keeps a journal can send again, and says when.
		if e.Kind != nil && (e.Kind.advice != ActionRetry || e.RetryAfter > 0) {
			return e.Kind.advice
		}
		return ActionAskPerson
	case e.temporary, e.Kind == nil && e.Temporary():
		return ActionRetry
	case kind == nil && e.isRedirect():
		return ActionFixSetup
	case kind == nil && e.Phase == PhaseBuild: // the client or an option
		return ActionFixSetup
	case kind == nil, kind == ErrOutcomeUnknown && !e.Temporary():
		return ActionAskPerson
	}
	return kind.advice
}

func (e *Error) isRedirect() bool { return e.Status >= 300 && e.Status < 400 }

// kind is the sentinel that says most about e, nil if there is none.
func (e *Error) kind() *Kind {
	if e.Kind != nil {
		return e.Kind
	}
	for _, kind := range []*Kind{
		ErrAuth, ErrOutcomeUnknown, ErrValidation, ErrUnauthorized, ErrForbidden, ErrNotFound, ErrConflict, ErrRateLimited, ErrUnavailable,
	} {
		if e.Is(kind) {
			return kind
		}
	}
	return nil
}

// Temporary reports whether the same call may succeed a little later, unchanged:
// the network, the service or the token endpoint failed, or the caller gave up
// waiting. It does not say that the call may be made again: [Advise] does.
func (e *Error) Temporary() bool {
	if e.temporary || e.Outcome == OutcomeNotSent && isContextError(e.Err) {
		return true
	}
	switch e.Phase {
	case PhaseSend:
		return true
	case PhaseHTTP:
		return e.Status >= 500 || e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout
	}
	return false
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
