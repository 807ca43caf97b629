package maventa

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
)

// Kind is what a failure is a case of. The sentinels of this package are Kinds;
// [errors.Is] finds them in an [*Error]. A package that builds on this one makes
// its own with [NewKind].
type Kind struct {
	word   string
	advice Action
	parent *Kind
}

// NewKind returns a new kind of failure. The word is stable, lower case with
// underscores, such as "possible_duplicate". The advice is what [Advise] says of
// such an error; one that is none of the five is [ActionAskPerson]. What matches the new kind
// matches parent too, unless that is nil.
func NewKind(word string, advice Action, parent *Kind) *Kind {
	switch advice {
	case ActionDone, ActionRetry, ActionFixInput, ActionFixSetup, ActionAskPerson:
	default:
		advice = ActionAskPerson
	}
	return &Kind{word: word, advice: advice, parent: parent}
}

// Word returns the kind's stable name, for metric labels and JSON; "" for nil.
func (k *Kind) Word() string {
	if k == nil {
		return ""
	}
	return k.word
}

// Error returns the word as text.
func (k *Kind) Error() string { return strings.ReplaceAll(k.word, "_", " ") }

// Unwrap returns the kind that k is a case of, nil if there is none.
func (k *Kind) Unwrap() error {
	if k.parent == nil {
		return nil
	}
	return k.parent
}

// MarshalText writes the word.
func (k *Kind) MarshalText() ([]byte, error) { return []byte(k.word), nil }

// Sentinels for [errors.Is]. Each names a kind of failure; the details are in
// the *[Error] that every failure is. They are literals, so that no program pays
// for those that it does not use.
var (
	// ErrValidation: the data of this call is wrong: refused here, field by
	// field, or by the service with 400 or 422. It means nothing else.
	ErrValidation = &Kind{word: "invalid_request", advice: ActionFixInput}
	// ErrUnauthorized: the service answered 401. AX answers it for "no access
	// to this" as well as for a bad token.
	ErrUnauthorized = &Kind{word: "unauthorized", advice: ActionFixSetup}
	// ErrForbidden: the service answered 403.
	ErrForbidden = &Kind{word: "forbidden", advice: ActionFixSetup}
	// ErrNotFound: the service answered 404, which means absent or no access;
	// or a search found nothing. A 404 that is not the API's JSON is none: a gateway
	// said it.
	ErrNotFound = &Kind{word: "not_found", advice: ActionAskPerson}
	// ErrConflict: the service answered 409, or the state read just before a
	// write was not the expected one.
	ErrConflict = &Kind{word: "conflict", advice: ActionAskPerson}
	// ErrRateLimited: the service answered 429.
	ErrRateLimited = &Kind{word: "rate_limited", advice: ActionRetry}
	// ErrUnavailable: 502, 503 or 504, no connection, or a gateway answered in the
	// service's place: a page, nothing, a 404 that is no JSON. A write matches
	// [ErrOutcomeUnknown] as well, unless nothing was sent: ask for that first.
	ErrUnavailable = &Kind{word: "unavailable", advice: ActionRetry}
	// ErrAuth: no token could be had; the call itself was not sent.
	ErrAuth = &Kind{word: "no_access_token", advice: ActionFixSetup}
	// ErrOutcomeUnknown: a call that changes something ended without a clear
	// answer. Do not send it again before you know.
	ErrOutcomeUnknown = &Kind{word: "outcome_unknown", advice: ActionAskPerson}

	// ErrInvalidCredentials: the token endpoint refused the credentials: wrong,
	// deleted, or of the other environment.
	ErrInvalidCredentials = &Kind{word: "invalid_credentials", advice: ActionFixSetup, parent: ErrAuth}
	// ErrMissingScope: the token lacks a scope that the client asked for.
	ErrMissingScope = &Kind{word: "missing_scope", advice: ActionFixSetup, parent: ErrAuth}
	// ErrUnreadableToken: the token endpoint answered success, but no token that can
	// be used.
	ErrUnreadableToken = &Kind{word: "unreadable_token", advice: ActionFixSetup, parent: ErrAuth}
	// ErrWrongEnvironment: an address of the environment does not answer like
	// Maventa's, or the two addresses do not belong together.
	ErrWrongEnvironment = &Kind{word: "wrong_environment", advice: ActionFixSetup}
	// ErrAmbiguous: a search that should find one thing found several; their
	// ids are in Details.
	ErrAmbiguous = &Kind{word: "ambiguous", advice: ActionAskPerson}
	// ErrAlreadyActivated: the service is pending or active, and starting it
	// again would mail a person again.
	ErrAlreadyActivated = &Kind{word: "already_activated", advice: ActionAskPerson}
	// ErrInferredWrite: a write on Production rests on wire names that no
	// public document confirms, and [AllowInferredWrites] does not name it.
	ErrInferredWrite = &Kind{word: "inferred_write", advice: ActionFixSetup}
	// ErrReadOnly: the client was made with [ReadOnly], and this is a write.
	ErrReadOnly = &Kind{word: "read_only", advice: ActionFixSetup}
	// ErrTransferFailed: the transfer of an invoice ended in error.
	ErrTransferFailed = &Kind{word: "transfer_failed", advice: ActionAskPerson}
	// ErrTransferStalled: a transfer is pending with a reason, which a person
	// may have to deal with.
	ErrTransferStalled = &Kind{word: "transfer_stalled", advice: ActionAskPerson}
	// ErrNotAdvancing: a list did not advance from page to page.
	ErrNotAdvancing = &Kind{word: "not_advancing", advice: ActionAskPerson}
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
// [ActionAskPerson]. Of joined errors the first one of this module counts.
func Advise(err error) Advice {
	if err == nil {
		return Advice{Action: ActionDone}
	}
	e := asError(err)
	if e == nil {
		if kind, ok := errors.AsType[*Kind](err); ok {
			return Advice{Action: cmp.Or(kind.advice, ActionAskPerson), Kind: kind}
		}
		return Advice{Action: ActionAskPerson}
	}
	a := Advice{Kind: e.kind(), Fields: e.Fields}
	a.Action = cmp.Or(e.action(a.Kind), ActionAskPerson)
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
	case e.Outcome == OutcomeApplied && e.Safety != Safe && (e.Kind == nil || e.Kind.advice != ActionAskPerson):
		return ActionDone // else it took effect, and something is to be dealt with
	case unclear && e.Safety == Unsafe:
		// Only who keeps a journal can send again: a kind of its own says so, or when.
		if e.Kind != nil && (e.Kind.advice != ActionRetry || e.RetryAfter > 0 || e.Kind.parent == ErrOutcomeUnknown) {
			return e.Kind.advice
		}
		return ActionAskPerson
	case e.temporary, e.Kind == nil && (e.byGateway || e.Temporary()):
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
	for _, kind := range implied() {
		if e.Is(kind) {
			return kind
		}
	}
	return nil
}

// implied are the kinds that follow from status, phase and outcome of a call, the
// telling ones first.
func implied() []*Kind {
	return []*Kind{
		ErrAuth, ErrOutcomeUnknown, ErrValidation, ErrUnauthorized, ErrForbidden, ErrNotFound, ErrConflict, ErrRateLimited, ErrUnavailable,
	}
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
	default:
		return false
	}
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
