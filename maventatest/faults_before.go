package maventatest

import (
	"net/http"
	"strconv"
	"time"
)

// The faults before the commit: Maventa did nothing.

// Status answers with a status instead of acting, in Maventa's error shape or,
// if given, with body. Nothing is applied.
func Status(code int, body ...string) Fault {
	return Fault{name: "Status " + strconv.Itoa(code), before: func(x *exchange) bool {
		x.answer = statusAnswer(code, body)
		return false
	}}
}

// RetryAfter answers with a status (429 or 503, say) and a Retry-After header of
// whole seconds. Nothing is applied.
func RetryAfter(code int, d time.Duration) Fault {
	seconds := strconv.Itoa(int((d + time.Second - 1) / time.Second))
	return Fault{name: "RetryAfter " + strconv.Itoa(code), before: func(x *exchange) bool {
		x.answer = statusAnswer(code, nil)
		x.answer.header.Set("Retry-After", seconds)
		return false
	}}
}

// HTML answers with a web page, as a captive portal (200) or a proxy (502) does.
// Nothing is applied.
func HTML(code int) Fault {
	return Fault{name: "HTML " + strconv.Itoa(code), before: func(x *exchange) bool {
		x.answer = answer{
			status: code,
			header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
			body:   []byte("<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><p>Please sign in to the network.</p></body></html>\n"),
		}
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
		x.answer = statusAnswer(http.StatusGatewayTimeout, nil)
		if x.srv.begin() {
			go func() {
				defer x.srv.inflight.Done()
				if x.srv.wait(d) {
					x.apply()
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
		x.entry = x.srv.log(x)
		x.entry.Fault = "DeliverTwice"
		return true
	}}
}

// RepeatPage answers with the first page, whatever page is asked for.
func RepeatPage() Fault {
	return Fault{name: "RepeatPage", before: func(x *exchange) bool {
		x.query.Set("page", "1")
		return true
	}}
}

func statusAnswer(code int, body []string) answer {
	a := plainError(code).answer()
	if len(body) > 0 {
		a.body = []byte(body[0])
	}
	return a
}

func (x *exchange) redirect(code int, to string) answer {
	if to == "" {
		to = x.srv.baseURL(x.api) + x.r.URL.RequestURI()
	}
	return answer{status: code, header: http.Header{"Location": {to}}}
}
