package maventatest

import (
	"maps"
	"net/url"
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

// handlers holds one function per call of the operation table, from the tables of
// the chapters. Nothing else knows which calls exist: a row that is added to the
// operation table needs an entry, and a test says so.
var handlers = allHandlers()

func allHandlers() map[*operation.Op]handler {
	all := map[*operation.Op]handler{}
	for _, chapter := range []map[*operation.Op]handler{
		tokenCalls, serviceCalls, transferCalls, assignmentCalls, eventCalls, serviceLevelCalls,
	} {
		maps.Copy(all, chapter)
	}
	return withAX(all)
}

// axCall is one call of AX: what it takes, as the Swagger file says, and what it
// does once that is checked.
type axCall struct {
	spec   swagger.Spec
	handle handler
}

type axCalls map[*operation.Op]axCall

// allAXCalls are the tables of the chapters of AX.
func allAXCalls() axCalls {
	all := axCalls{}
	for _, group := range []axCalls{
		invoiceCalls, companyCalls, companyUserCalls, companiesCalls, notificationCalls, partnerCalls, lookupCalls,
		documentCalls, definitionCalls, creditCalls, atgCalls, odpCalls, bankMessageCalls,
	} {
		maps.Copy(all, group)
	}
	return all
}

// withAX adds the calls of AX to the handlers of the core: each checks what it
// was given before it acts.
func withAX(core map[*operation.Op]handler) map[*operation.Op]handler {
	for id, one := range allAXCalls() {
		core[id] = func(c *call) (any, error) {
			if err := c.read(one.spec); err != nil {
				return nil, err
			}
			return one.handle(c)
		}
	}
	return core
}

// route is one row of the table, cut at its slashes.
type route struct {
	id       *operation.Op
	segments []string
}

type router map[operation.API][]route

func newRouter() router {
	r := router{}
	for _, op := range operation.All() {
		r[op.API] = append(r[op.API], route{op, strings.Split(op.Path, "/")})
	}
	return r
}

// match is what the router found.
type match struct {
	id        *operation.Op
	ids       map[string]string // the path's parameters, unescaped
	pathKnown bool              // some call has this path
	found     bool              // and one of them this method
}

// find looks a request up. Where two paths fit, the one with more literal
// segments wins: /v1/assignments/overview is no assignment.
func (r router) find(api operation.API, method, escapedPath string) match {
	segments := strings.Split(escapedPath, "/")
	best, bestLiterals := match{}, -1
	for _, rt := range r[api] {
		ids, literals, ok := rt.fit(segments)
		if !ok || literals < bestLiterals {
			continue
		}
		if literals > bestLiterals {
			best, bestLiterals = match{pathKnown: true}, literals
		}
		if rt.id.Method == method {
			best = match{rt.id, ids, true, true}
		}
	}
	return best
}

// fit compares the segments of a path with those of the route.
func (rt route) fit(segments []string) (ids map[string]string, literals int, ok bool) {
	if len(segments) != len(rt.segments) {
		return nil, 0, false
	}
	ids = map[string]string{}
	for i, want := range rt.segments {
		got, err := url.PathUnescape(segments[i])
		if err != nil {
			return nil, 0, false
		}
		name, isParam := strings.CutPrefix(want, "{")
		switch {
		case !isParam && got == want:
			literals++
		case isParam && got != "":
			ids[strings.TrimSuffix(name, "}")] = got
		default:
			return nil, 0, false
		}
	}
	return ids, literals, true
}

// pathOf fills a path template, for the links that answers carry.
func pathOf(id *operation.Op, name, value string) string {
	return strings.ReplaceAll(id.Path, "{"+name+"}", url.PathEscape(value))
}
