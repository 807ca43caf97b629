package maventatest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The faults before the commit: Maventa did nothing.

// Status answers with a status instead of acting, in Maventa's error shape or,
// if given, with body, such as one of [ForeignBodies]: then something between
// the client and Maventa has answered. Nothing is applied.
func Status(code int, body ...string) Fault {
	return Fault{name: statusName("Status", code, body), before: func(x *exchange) bool {
		x.answer = x.statusAnswer(code, body)
		return false
	}}
}

// ForeignBodies are bodies that proxies, gateways and firewalls answer with, at
// 200 as at any other status. None of them says that Maventa has acted, or that
// it has not:
//
//	for _, body := range maventatest.ForeignBodies() {
//		srv.Inject(maventatest.StatusAfterCommit(200, body).On("Assignments.AddEvent"))
//	}
func ForeignBodies() []string {
	return []string{
		foreignRefusal,
		`{"type":"about:blank","title":"Forbidden","status":403,"detail":"blocked by policy"}`,
		foreignPage,
		"OK",
		`"OK"`,
		"[]",
		"null",
		"503",
		`{"id":"e-1","type":"pai`,
	}
}

const (
	foreignRefusal = `{"id":"req-8812","error":"blocked by policy"}`
	foreignPage    = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><p>Please sign in to the network.</p></body></html>\n"
	// statusClientClosed is what nginx says when it loses patience.
	statusClientClosed = 499
)

// statusName names a fault with a body of its own by that body, too.
func statusName(what string, code int, body []string) string {
	name := what + " " + strconv.Itoa(code)
	if len(body) > 0 {
		name += fmt.Sprintf(" %.20q", body[0])
	}
	return name
}

// RetryAfter answers with a status (429 or 503, say) and a Retry-After header of
// whole seconds. Nothing is applied.
func RetryAfter(code int, d time.Duration) Fault {
	seconds := strconv.Itoa(int((d + time.Second - 1) / time.Second))
	return Fault{name: "RetryAfter " + strconv.Itoa(code), before: func(x *exchange) bool {
		x.answer = x.statusAnswer(code, nil)
		x.answer.header.Set("Retry-After", seconds)
		return false
	}}
}

// HTML answers with a web page, as a captive portal (200) or a proxy (502) does.
// Nothing is applied.
func HTML(code int) Fault {
	return Fault{name: "HTML " + strconv.Itoa(code), before: func(x *exchange) bool {
		x.answer = x.statusAnswer(code, []string{foreignPage})
		return false
	}}
}

// ForeignJSON answers 200 with JSON that has nothing to do with the call.
// Nothing is applied.
func ForeignJSON() Fault {
	return Fault{name: "ForeignJSON", before: func(x *exchange) bool {
		x.answer = jsonAnswer(http.StatusOK, map[string]any{"portal": map[string]any{"login": true}, "version": 7})
		return false
	}}
}

// Redirect answers with a redirect to another URL; an empty one stands for the
// request's own. Nothing is applied.
func Redirect(code int, to string) Fault {
	return Fault{name: "Redirect " + strconv.Itoa(code), before: func(x *exchange) bool {
		x.answer = x.redirect(code, to)
		return false
	}}
}

// DropBeforeCommit closes the connection without an answer. Nothing is applied.
func DropBeforeCommit() Fault {
	return Fault{name: "DropBeforeCommit", before: func(x *exchange) bool {
		x.cut()
		return false
	}}
}

// ResetBeforeCommit resets the connection. Nothing is applied.
func ResetBeforeCommit() Fault {
	return Fault{name: "ResetBeforeCommit", before: func(x *exchange) bool {
		x.reset()
		return false
	}}
}

// Hang never answers, and nothing is applied.
func Hang() Fault {
	return Fault{name: "Hang", before: func(x *exchange) bool {
		x.stall(0, nil)
		return false
	}}
}

// ExpireToken lets the token of the call run out just before Maventa looks at
// it. Nothing is applied.
func ExpireToken() Fault {
	return Fault{name: "ExpireToken", before: func(x *exchange) bool {
		x.srv.revoke(x.r.Header.Get("Authorization"))
		return true
	}}
}

// Slow waits before Maventa acts. Maventa does act, also for a client that left
// meanwhile: the request had arrived.
func Slow(d time.Duration) Fault {
	return Fault{name: "Slow", before: func(x *exchange) bool {
		if !x.srv.wait(d) {
			x.cut()
			return false
		}
		return true
	}}
}

// CommitLate answers 504 now, and Maventa acts d later.
func CommitLate(d time.Duration) Fault {
	return Fault{name: "CommitLate", before: func(x *exchange) bool {
		x.answer = x.statusAnswer(http.StatusGatewayTimeout, nil)
		if x.srv.begin() {
			go func() {
				defer x.srv.inflight.Done()
				if x.srv.wait(d) {
					x.apply()
					x.srv.changed()
				}
			}()
		}
		return false
	}}
}

// DeliverTwice lets the network deliver the request twice. Maventa acts on both,
// and the client sees the second answer.
func DeliverTwice() Fault {
	return Fault{name: "DeliverTwice", before: func(x *exchange) bool {
		x.apply()
		x.srv.mu.Lock()
		defer x.srv.mu.Unlock()
		x.entry.Ended = time.Now()
		x.entry = x.srv.log(x)
		x.entry.Fault = "DeliverTwice"
		return true
	}}
}

// statusAnswer has a body of Maventa's, or the one that is given, with the media
// type that it looks like.
func (x *exchange) statusAnswer(code int, body []string) answer {
	if len(body) == 0 {
		return plainError(code).answerOn(x.api, x.srv.options.wire.Errors)
	}
	text, media := body[0], "application/json"
	switch {
	case text == "":
		return answer{status: code, header: http.Header{}}
	case text[0] == '<':
		media = "text/html; charset=utf-8"
	case strings.Contains(text, `"title":`):
		media = "application/problem+json"
	case text[0] != '{' && !json.Valid([]byte(text)):
		media = "text/plain; charset=utf-8"
	}
	return answer{status: code, header: http.Header{"Content-Type": {media}}, body: []byte(text)}
}

func (x *exchange) redirect(code int, to string) answer {
	if to == "" {
		to = x.srv.baseURL(x.api) + x.r.URL.RequestURI()
	}
	return answer{status: code, header: http.Header{"Location": {to}}}
}
