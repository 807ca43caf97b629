package maventatest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// The faults after the commit: Maventa has acted, and the client does not get to
// know it properly. A call that Maventa refuses changes nothing here either;
// Request.Committed tells.

// StatusAfterCommit acts, then answers with another status.
func StatusAfterCommit(code int, body ...string) Fault {
	return Fault{name: "StatusAfterCommit " + strconv.Itoa(code), after: func(x *exchange) {
		x.answer = statusAnswer(code, body)
	}}
}

// RedirectAfterCommit acts, then answers with a redirect; see [Redirect].
func RedirectAfterCommit(code int, to string) Fault {
	return Fault{name: "RedirectAfterCommit " + strconv.Itoa(code), after: func(x *exchange) {
		x.answer = x.redirect(code, to)
	}}
}

// DropAfterCommit acts, then closes the connection without an answer.
func DropAfterCommit() Fault {
	return Fault{name: "DropAfterCommit", after: (*exchange).cut}
}

// Reset acts, then resets the connection.
func Reset() Fault {
	return Fault{name: "Reset", after: (*exchange).reset}
}

// HangAfterCommit acts and never answers.
func HangAfterCommit() Fault {
	return Fault{name: "HangAfterCommit", after: func(x *exchange) { x.stall(0, nil) }}
}

// SlowAnswer acts, then waits before it answers.
func SlowAnswer(d time.Duration) Fault {
	return Fault{name: "SlowAnswer", after: func(x *exchange) {
		if !x.srv.wait(d) {
			x.cut()
		}
	}}
}

// HalfStatusLine acts, then breaks off in the first line of the answer.
func HalfStatusLine() Fault {
	return Fault{name: "HalfStatusLine", after: func(x *exchange) {
		x.raw(0, []byte("HTTP/1.1 2"))
	}}
}

// Truncate acts, then sends the headers and half the body and closes the
// connection.
func Truncate() Fault {
	return Fault{name: "Truncate", after: func(x *exchange) {
		a := x.answer.withBody()
		x.raw(a.status, append(a.head(len(a.body)), a.body[:len(a.body)/2]...))
	}}
}

// WrongLength acts, then sends the whole body under a Content-Length that says
// more.
func WrongLength() Fault {
	return Fault{name: "WrongLength", after: func(x *exchange) {
		a := x.answer.withBody()
		x.raw(a.status, append(a.head(len(a.body)+10), a.body...))
	}}
}

// StallBody acts, sends the headers and half the body, and then nothing more
// while the connection stays open.
func StallBody() Fault {
	return Fault{name: "StallBody", after: func(x *exchange) {
		a := x.answer.withBody()
		x.stall(a.status, append(a.head(len(a.body)), a.body[:len(a.body)/2]...))
	}}
}

// BrokenJSON acts, then sends half the body under a Content-Length that is
// right for it.
func BrokenJSON() Fault {
	return Fault{name: "BrokenJSON", after: func(x *exchange) {
		x.answer = x.answer.withBody()
		x.answer.body = x.answer.body[:len(x.answer.body)/2]
	}}
}

// EmptyBody acts, then answers with a status and no body. A refusal stays one.
func EmptyBody(code int) Fault {
	return Fault{name: "EmptyBody " + strconv.Itoa(code), after: func(x *exchange) {
		if x.answer.status >= http.StatusBadRequest {
			return
		}
		x.answer = answer{status: code, header: http.Header{}}
	}}
}

// UnknownEnum acts, and the answer has a value nobody has heard of wherever a
// member is one of a fixed set.
func UnknownEnum() Fault {
	return Fault{name: "UnknownEnum", after: func(x *exchange) {
		var body any
		dec := json.NewDecoder(bytes.NewReader(x.answer.body))
		dec.UseNumber() // an amount stays as it is written
		if dec.Decode(&body) != nil {
			return
		}
		renameEnums(body)
		if changed, err := json.Marshal(body); err == nil {
			x.answer.body = changed
		}
	}}
}

// NewEnumValue is the value that [UnknownEnum] sends.
const NewEnumValue = "something_new"

var enumMembers = map[string]bool{
	"status": true, "collection_status": true, "service_level": true, "service_type": true,
	"accountable_party": true, "type": true, "author": true,
	"state": true, "auth_state": true, "company_state": true, "role": true, "channel": true, "origin": true, "destination_type": true,
}

func renameEnums(value any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			renameEnums(item)
		}
	case map[string]any:
		for name, member := range v {
			if _, isText := member.(string); isText && enumMembers[name] {
				v[name] = NewEnumValue
				continue
			}
			renameEnums(member)
		}
	}
}

// AllFaults returns one fault of every kind, for tests that try them all, but
// for those about size. The slow ones take d. [DeliverTwice] is among them, which
// books twice whatever the client does; [ChaosFaults] has all but that one.
func AllFaults(d time.Duration) []Fault {
	return []Fault{
		Status(http.StatusInternalServerError), Status(http.StatusRequestTimeout), Status(http.StatusConflict),
		RetryAfter(http.StatusServiceUnavailable, d), RetryAfter(http.StatusTooManyRequests, d),
		HTML(http.StatusOK), HTML(http.StatusBadGateway), ForeignJSON(),
		Redirect(http.StatusFound, ""), Redirect(http.StatusTemporaryRedirect, "http://elsewhere.example.com/"),
		DropBeforeCommit(), ResetBeforeCommit(), Hang(), ExpireToken(), Slow(d), CommitLate(d), DeliverTwice(), RepeatPage(),
		StatusAfterCommit(http.StatusInternalServerError), StatusAfterCommit(http.StatusBadGateway),
		StatusAfterCommit(http.StatusServiceUnavailable), StatusAfterCommit(http.StatusGatewayTimeout),
		RedirectAfterCommit(http.StatusTemporaryRedirect, ""), RedirectAfterCommit(http.StatusFound, ""),
		DropAfterCommit(), Reset(), HangAfterCommit(), SlowAnswer(d), HalfStatusLine(), Truncate(), WrongLength(),
		StallBody(), BrokenJSON(), EmptyBody(http.StatusCreated), UnknownEnum(), SlowBody(d), ReorderPages(),
	}
}
