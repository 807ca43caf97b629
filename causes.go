package maventa

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"golang.org/x/oauth2"

	"github.com/maventa-go/maventa/internal/call"
)

// connectionFailure is a transport error reduced to what is safe to print.
type connectionFailure struct{ text string }

func (e *connectionFailure) Error() string { return e.text }

func isConnectionFailure(err error) bool {
	_, ok := errors.AsType[*connectionFailure](err)
	return ok
}

// foreignError is an error of the caller's own code, such as a key function or a
// journal, and what may be printed of it.
type foreignError struct {
	err  error
	text string
}

func (e *foreignError) Error() string { return e.text }

// Is finds what err is, but no kind that follows from a status: another call's
// says nothing about this one.
func (e *foreignError) Is(target error) bool {
	kind, isKind := target.(*Kind)
	return (!isKind || !slices.Contains(implied(), kind)) && errors.Is(e.err, target)
}

// Unwrap gives err, unless it holds the error of another call or a kind of one.
func (e *foreignError) Unwrap() error {
	_, isOwn := errors.AsType[*Error](e.err)
	if isOwn || slices.ContainsFunc(implied(), func(k *Kind) bool { return errors.Is(e.err, k) }) {
		return nil
	}
	return e.err
}

// SafeCause returns what an [Error] may hold of an error of the caller's own
// code as Err: its text without the client's keys and token, while [errors.Is]
// and [errors.As] still find the error itself. Of errors that print URLs or
// bodies only the reason is left. It is for packages that build on the client.
func (c *Client) SafeCause(err error) error {
	if c == nil || c.root == nil {
		return safeCause(err, asItIs)
	}
	return safeCause(err, c.token.secrets.Hide)
}

// hide takes the secrets out of everything in an error that may be others' words, and
// cuts it then.
func (e *Error) hide(hide func(string) string) {
	show := func(text string, limit int) string { return call.Cut(hide(text), limit) }
	e.Code, e.Message, e.RequestID, e.Hint = show(e.Code, 64), show(e.Message, maxServerText), show(e.RequestID, 128), hide(e.Hint)
	e.Details, e.Fields = slices.Clone(e.Details), slices.Clone(e.Fields)
	for i, d := range e.Details {
		e.Details[i] = show(d, maxServerText)
	}
	for i, f := range e.Fields {
		e.Fields[i].Problem = hide(f.Problem)
	}
	if own, ok := errors.AsType[*connectionFailure](e.Err); ok {
		e.Err = &connectionFailure{hide(own.text)}
	}
}

func asItIs(text string) string { return text }

// safeCause is SafeCause with what hides the secrets.
func safeCause(err error, hide func(string) string) error {
	_, isURL := errors.AsType[*url.Error](err)
	_, isToken := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case err == nil:
		return nil
	case isURL, isToken:
		return transportCause(err)
	case isContextError(err), isConnectionFailure(err):
		return err
	}
	return &foreignError{err, call.HideUserInfo(hide(err.Error()), redacted)}
}

// unprinted keeps an error reachable without printing it.
func unprinted(err error) error {
	cause := safeCause(err, asItIs)
	if _, isForeign := cause.(*foreignError); isForeign { //nolint:errorlint // as safeCause returns it
		return &foreignError{err: err}
	}
	return cause
}

// causeText is what an error's cause prints. What is not ours is quoted and cut.
func causeText(err error) string {
	own, isOwn := errors.AsType[*connectionFailure](err)
	switch {
	case err == nil:
		return ""
	case isOwn:
		return own.text
	case errors.Is(err, context.DeadlineExceeded):
		return "deadline exceeded"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case err.Error() == "":
		return ""
	}
	return call.QuoteCut(err.Error(), maxServerText)
}

// maxServerText is how much of one text from the server an error keeps.
const maxServerText = 256

// refusesToken reports whether the service answered 401, as opposed to the token
// endpoint.
func (e *Error) refusesToken() bool {
	return e.Status == http.StatusUnauthorized && e.Phase == PhaseHTTP
}

// isAbsent reports whether the service answered 404.
func isAbsent(err error) bool { return errors.Is(err, ErrNotFound) }

// asError returns err as this package's error, or nil.
func asError(err error) *Error {
	e, _ := errors.AsType[*Error](err)
	return e
}
