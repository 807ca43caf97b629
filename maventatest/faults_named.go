package maventatest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// FaultKind is a fault as [ParseFault] and people read it.
type FaultKind struct {
	Name   string // of the constructor
	Args   string // what follows the name, with its default: "503", "429 2s"; empty: nothing
	Booked bool   // Maventa has acted before it goes wrong
	Text   string // what happens, in a few words
}

type namedFault struct {
	FaultKind
	make func(a faultArgs) Fault
}

// namedFaults are the faults that a person may want to see, the most telling ones
// first.
var namedFaults = []namedFault{
	{FaultKind{"DropAfterCommit", "", true, "booked, then the connection is closed without an answer"}, func(faultArgs) Fault { return DropAfterCommit() }},
	{FaultKind{"StatusAfterCommit", "502", true, "booked, then a gateway answers in its place"}, func(a faultArgs) Fault { return StatusAfterCommit(a.code) }},
	{FaultKind{"HangAfterCommit", "", true, "booked, and never answered"}, func(faultArgs) Fault { return HangAfterCommit() }},
	{FaultKind{"Reset", "", true, "booked, then the connection is reset"}, func(faultArgs) Fault { return Reset() }},
	{FaultKind{"Truncate", "", true, "booked, then half an answer"}, func(faultArgs) Fault { return Truncate() }},
	{FaultKind{"BrokenJSON", "", true, "booked, then half an answer that looks whole"}, func(faultArgs) Fault { return BrokenJSON() }},
	{FaultKind{"EmptyBody", "201", true, "booked, then an answer without a body"}, func(a faultArgs) Fault { return EmptyBody(a.code) }},
	{FaultKind{"UnknownEnum", "", true, "booked, and the answer has values nobody knows"}, func(faultArgs) Fault { return UnknownEnum() }},
	{FaultKind{"SlowAnswer", "5s", true, "booked, answered later"}, func(a faultArgs) Fault { return SlowAnswer(a.wait) }},
	{FaultKind{"SlowBody", "5s", true, "booked, the answer comes in small pieces"}, func(a faultArgs) Fault { return SlowBody(a.wait) }},
	{FaultKind{"DeliverTwice", "", true, "the network delivers the request twice"}, func(faultArgs) Fault { return DeliverTwice() }},
	{FaultKind{"CommitLate", "5s", false, "504 now, booked later"}, func(a faultArgs) Fault { return CommitLate(a.wait) }},
	{FaultKind{"DropBeforeCommit", "", false, "nothing is done, the connection is closed"}, func(faultArgs) Fault { return DropBeforeCommit() }},
	{FaultKind{"ResetBeforeCommit", "", false, "nothing is done, the connection is reset"}, func(faultArgs) Fault { return ResetBeforeCommit() }},
	{FaultKind{"Status", "503", false, "nothing is done, answered with an error"}, func(a faultArgs) Fault { return Status(a.code) }},
	{FaultKind{"RetryAfter", "429 2s", false, "nothing is done: too many calls, try again later"}, func(a faultArgs) Fault { return RetryAfter(a.code, a.wait) }},
	{FaultKind{"HTML", "200", false, "nothing is done, a sign-in page answers"}, func(a faultArgs) Fault { return HTML(a.code) }},
	{FaultKind{"ForeignJSON", "", false, "nothing is done, JSON of something else"}, func(faultArgs) Fault { return ForeignJSON() }},
	{FaultKind{"Redirect", "302", false, "nothing is done, sent elsewhere"}, func(a faultArgs) Fault { return Redirect(a.code, "") }},
	{FaultKind{"Hang", "", false, "nothing is done, and never answered"}, func(faultArgs) Fault { return Hang() }},
	{FaultKind{"Slow", "5s", false, "done, but later"}, func(a faultArgs) Fault { return Slow(a.wait) }},
	{FaultKind{"ExpireToken", "", false, "the token has just run out"}, func(faultArgs) Fault { return ExpireToken() }},
	{FaultKind{"OldList", "1h", false, "a list from a cache: what is new is missing"}, func(a faultArgs) Fault { return OldList(a.wait) }},
	{FaultKind{"PartialList", "", false, "a list that lacks its last item"}, func(faultArgs) Fault { return PartialList() }},
	{FaultKind{"RepeatPage", "", false, "page 1, whatever page is asked for"}, func(faultArgs) Fault { return RepeatPage() }},
}

// FaultKinds lists what [ParseFault] reads.
func FaultKinds() []FaultKind {
	var kinds []FaultKind
	for _, f := range namedFaults {
		kinds = append(kinds, f.FaultKind)
	}
	return kinds
}

// ParseFault makes a fault of its name and, behind it, a status and a time:
// "DropAfterCommit", "Status 503", "RetryAfter 429 2s". What is left out is as
// [FaultKinds] has it. Behind "on" it may name the one call that it hits, as
// [Fault.On] does. An error names what can be read.
func ParseFault(text string) (Fault, error) {
	if fault, call, isOne := strings.Cut(text, " on "); isOne {
		f, err := ParseFault(fault)
		if f = f.On(strings.TrimSpace(call)); err == nil && f.problem() != "" {
			err = fmt.Errorf("maventatest: fault %q: %s", text, f.problem())
		}
		return f, err
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		return Fault{}, fmt.Errorf("maventatest: no fault is named; there are %s", faultNames())
	}
	for _, f := range namedFaults {
		if !strings.EqualFold(f.Name, words[0]) {
			continue
		}
		a, err := f.args(words[1:])
		if err != nil {
			return Fault{}, fmt.Errorf("maventatest: fault %q: %w", text, err)
		}
		return f.make(a), nil
	}
	return Fault{}, fmt.Errorf("maventatest: there is no fault %q; there are %s", words[0], faultNames())
}

func faultNames() string {
	var names []string
	for _, f := range namedFaults {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// faultArgs are what a fault is made with.
type faultArgs struct {
	code int
	wait time.Duration
}

// maxFaultWait bounds the times in the names of faults: longer, and a typing error
// looks like a server that hangs.
const maxFaultWait = 24 * time.Hour

// args reads what stands behind a name; the rest is as in Args.
func (k FaultKind) args(given []string) (a faultArgs, err error) {
	wanted := strings.Fields(k.Args)
	if len(given) > len(wanted) {
		return a, fmt.Errorf("%q is too much: it takes %d values", given[len(wanted)], len(wanted))
	}
	for i, fallback := range wanted {
		text := fallback
		if i < len(given) {
			text = given[i]
		}
		if _, isCode := strconv.Atoi(fallback); isCode == nil {
			a.code, err = strconv.Atoi(text)
			if err != nil || a.code < http.StatusOK || a.code > 599 {
				return a, fmt.Errorf("%q is not a status from 200 to 599", text)
			}
			continue
		}
		a.wait, err = time.ParseDuration(text)
		if err != nil || a.wait < 0 || a.wait > maxFaultWait {
			return a, fmt.Errorf("%q is not a time such as 500ms, 5s or 2m", text)
		}
	}
	return a, nil
}

// WaitingFault is a fault that has not hit as often as it should.
type WaitingFault struct {
	Name string // as in [Request].Fault
	On   string // the call it waits for; empty: any but the token call
	Pass int    // so many matching calls pass first
	Left int    // so often it will hit; Always: until it is cleared
}

// Faults lists the faults that wait, in the order in which they were injected.
func (s *Server) Faults() []WaitingFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []WaitingFault
	for _, f := range s.faults {
		w := WaitingFault{Name: f.name, On: f.on, Pass: max(0, f.nth-1-f.seen), Left: Always}
		if f.times != Always {
			w.Left = f.times - f.hit
		}
		list = append(list, w)
	}
	return list
}

// IsChaotic reports whether [Server.Chaos] lets calls go wrong at random.
func (s *Server) IsChaotic() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chaos != nil
}
