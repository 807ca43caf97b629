package maventa

import "strings"

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
// such an error; the empty one is [ActionAskPerson]. What matches the new kind
// matches parent too, unless that is nil.
func NewKind(word string, advice Action, parent *Kind) *Kind {
	if advice == "" {
		advice = ActionAskPerson
	}
	return &Kind{word: word, advice: advice, parent: parent}
}

// Word returns the kind's stable name, for metric labels and JSON.
func (k *Kind) Word() string { return k.word }

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
// the *[Error] that every failure is.
var (
	// ErrValidation: the data of this call is wrong: refused here, field by
	// field, or by the service with 400 or 422. It means nothing else.
	ErrValidation = NewKind("invalid_request", ActionFixInput, nil)
	// ErrUnauthorized: the service answered 401. AX answers it for "no access
	// to this" as well as for a bad token.
	ErrUnauthorized = NewKind("unauthorized", ActionFixSetup, nil)
	// ErrForbidden: the service answered 403.
	ErrForbidden = NewKind("forbidden", ActionFixSetup, nil)
	// ErrNotFound: the service answered 404, which means absent or no access;
	// or a search found nothing.
	ErrNotFound = NewKind("not_found", ActionAskPerson, nil)
	// ErrConflict: the service answered 409, or the state read just before a
	// write was not the expected one.
	ErrConflict = NewKind("conflict", ActionAskPerson, nil)
	// ErrRateLimited: the service answered 429.
	ErrRateLimited = NewKind("rate_limited", ActionRetry, nil)
	// ErrUnavailable: 502, 503 or 504, or no connection.
	ErrUnavailable = NewKind("unavailable", ActionRetry, nil)
	// ErrAuth: no token could be had; the call itself was not sent.
	ErrAuth = NewKind("no_access_token", ActionFixSetup, nil)
	// ErrOutcomeUnknown: a call that changes something ended without a clear
	// answer. Do not send it again before you know.
	ErrOutcomeUnknown = NewKind("outcome_unknown", ActionAskPerson, nil)

	// ErrInvalidCredentials: the token endpoint refused the credentials: wrong,
	// deleted, or of the other environment.
	ErrInvalidCredentials = NewKind("invalid_credentials", ActionFixSetup, ErrAuth)
	// ErrMissingScope: the token lacks a scope that the client asked for.
	ErrMissingScope = NewKind("missing_scope", ActionFixSetup, ErrAuth)
	// ErrWrongEnvironment: an address of the environment does not answer like
	// Maventa's, or the two addresses do not belong together.
	ErrWrongEnvironment = NewKind("wrong_environment", ActionFixSetup, nil)
	// ErrAmbiguous: a search that should find one thing found several; their
	// ids are in Details.
	ErrAmbiguous = NewKind("ambiguous", ActionAskPerson, nil)
	// ErrAlreadyActivated: the service is pending or active, and starting it
	// again would mail a person again.
	ErrAlreadyActivated = NewKind("already_activated", ActionAskPerson, nil)
	// ErrInferredWrite: a write on Production rests on wire names that no
	// public document confirms, and the client lacks [AllowInferredWrites].
	ErrInferredWrite = NewKind("inferred_write", ActionFixSetup, nil)
	// ErrTransferFailed: the transfer of an invoice ended in error.
	ErrTransferFailed = NewKind("transfer_failed", ActionAskPerson, nil)
	// ErrTransferStalled: a transfer is pending with a reason, which a person
	// may have to deal with.
	ErrTransferStalled = NewKind("transfer_stalled", ActionAskPerson, nil)
	// ErrNotAdvancing: a list did not advance from page to page.
	ErrNotAdvancing = NewKind("not_advancing", ActionAskPerson, nil)
)
