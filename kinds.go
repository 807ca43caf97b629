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
	// or a search found nothing.
	ErrNotFound = &Kind{word: "not_found", advice: ActionAskPerson}
	// ErrConflict: the service answered 409, or the state read just before a
	// write was not the expected one.
	ErrConflict = &Kind{word: "conflict", advice: ActionAskPerson}
	// ErrRateLimited: the service answered 429.
	ErrRateLimited = &Kind{word: "rate_limited", advice: ActionRetry}
	// ErrUnavailable: 502, 503 or 504, or no connection.
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
	// public document confirms, and the client lacks [AllowInferredWrites].
	ErrInferredWrite = &Kind{word: "inferred_write", advice: ActionFixSetup}
	// ErrTransferFailed: the transfer of an invoice ended in error.
	ErrTransferFailed = &Kind{word: "transfer_failed", advice: ActionAskPerson}
	// ErrTransferStalled: a transfer is pending with a reason, which a person
	// may have to deal with.
	ErrTransferStalled = &Kind{word: "transfer_stalled", advice: ActionAskPerson}
	// ErrNotAdvancing: a list did not advance from page to page.
	ErrNotAdvancing = &Kind{word: "not_advancing", advice: ActionAskPerson}
)
