// Package facts lists what this module takes to be true about Maventa's APIs
// and how sure that is. Nobody who wrote it could call the real service, and
// some wire names are not public.
//
// Each inferred fact that the client or the fake rests on is one entry. The
// struct tag api:"inferred", the Inferred lines of the doc comments, the
// operation table and the pages in docs/ are checked against this list.
package facts

import (
	"slices"
	"strings"
)

// Mark says how sure a fact is.
type Mark uint8

// The marks. The zero value claims the least.
const (
	Unknown    Mark = iota // found nowhere; nothing here rests on it
	Inferred               // a conclusion or a guess, for the reason given as the source
	Observed               // seen by a third party
	Documented             // said by Maventa
)

// String returns the mark as a word.
func (m Mark) String() string {
	return [...]string{"unknown", "inferred", "observed", "documented"}[m]
}

// Fact is one statement about the wire or about what the service does.
type Fact struct {
	// Subject begins with its kind: "field Event.amount", "value EventType
	// credit_loss", "status Ropo.Activate", "param Events.List type", "paging
	// Events.List", "scope Ropo.Status", "safety Events.MarkSeen", "header
	// Link", "host Production.ReceivablesURL", "event paid Ropo" or "rule …".
	Subject string
	Value   string // what is taken to be so
	Mark    Mark
	Source  string // where it is said; for an inferred fact the reason
	// Symbols are the Go identifiers, separated by spaces, whose doc comments
	// say that this is inferred. Fields of a model belong to the model.
	Symbols string
}

// Kind is the first word of the subject.
func (f Fact) Kind() string {
	kind, _, _ := strings.Cut(f.Subject, " ")
	return kind
}

// Name is the subject without its kind.
func (f Fact) Name() string {
	_, name, _ := strings.Cut(f.Subject, " ")
	return name
}

// Group is the facts about one area.
type Group struct {
	Area  string
	Facts []Fact
}

// Groups returns all facts by area, in the order of the documentation.
func Groups() []Group {
	return []Group{
		{"Access", slices.Clone(access)},
		{"Answers and errors", slices.Clone(answers)},
		{"Lists", slices.Clone(lists)},
		{"Services", slices.Clone(services)},
		{"Transfers", slices.Clone(transfers)},
		{"Assignments", slices.Clone(assignments)},
		{"Events", slices.Clone(events)},
		{"Events by agency", slices.Clone(eventsByAgency)},
		{"Following events", slices.Clone(following)},
		{"Service levels", slices.Clone(serviceLevels)},
		{"Settlement", slices.Clone(settlement)},
		{"AX beyond receivables", slices.Clone(ax)},
		{"Fake server, AX", slices.Clone(axFake)},
	}
}

// All returns every fact.
func All() []Fact {
	var all []Fact
	for _, g := range Groups() {
		all = append(all, g.Facts...)
	}
	return all
}

// Lookup finds a fact by its subject.
func Lookup(subject string) (Fact, bool) {
	for _, f := range All() {
		if f.Subject == subject {
			return f, true
		}
	}
	return Fact{}, false
}

// Sources of documented and observed facts.
const (
	swagger     = "AX Swagger 0.85.550 (2025-10)"
	apiPage     = "Receivables API page (2026)"
	overview    = "accounts receivable overview page (2026)"
	guides      = "service guides (2026)"
	ropoLog     = "developer changelog 2026-04-08"
	amiliLog    = "developer changelog 2026-06-24"
	support     = "support articles"
	integration = "integration guide"
	ropoDraft   = "older Finnish draft of the Ropo guide"
	thirdParty  = "a third party's client"
)

// Reasons for inferred facts.
const (
	asAmili  = "by analogy with Amili's service in the AX Swagger"
	asV1     = "by analogy with the v1 transfer in the AX Swagger"
	asAX     = "by analogy with AX, a service of the same maker"
	named    = "the texts name the thing, not its name on the wire"
	guess    = "a guess: no text mentions it"
	careful  = "the careful reading: nothing says otherwise"
	asREST   = "what such a call usually answers"
	nowhere  = "no source found"
	reported = "what the texts describe, not stated outright"
)
