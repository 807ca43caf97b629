package maventa

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"golang.org/x/oauth2"

	"github.com/maventa-go/maventa/internal/call"
)

// connectionFailure is a transport error reduced to what is safe to print.
type connectionFailure struct{ text string }

func (e *connectionFailure) Error() string { return e.text }

func isConnectionFailure(err error) bool {
	var c *connectionFailure
	return errors.As(err, &c)
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

// As finds what err is, but no error of another call.
func (e *foreignError) As(target any) bool {
	_, isOwn := target.(**Error)
	return !isOwn && errors.As(e.err, target)
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
	var (
		urlErr *url.Error
		tokErr *oauth2.RetrieveError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &urlErr), errors.As(err, &tokErr):
		return transportCause(err)
	case isContextError(err), isConnectionFailure(err):
		return err
	}
	return &foreignError{err, call.HideUserInfo(hide(err.Error()), redacted)}
}

// unprinted keeps an error reachable without printing it.
func unprinted(err error) error {
	if cause := safeCause(err, asItIs); !errors.As(cause, new(*foreignError)) {
		return cause
	}
	return &foreignError{err: err}
}

// causeText is what an error's cause prints. What is not ours is quoted and cut.
func causeText(err error) string {
	var own *connectionFailure
	switch {
	case err == nil:
		return ""
	case errors.As(err, &own):
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
