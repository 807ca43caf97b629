// Package follow hands over the events of a company, and what the agency changed or
// withdrew of them, each at least once. [Follower.Look] is one look that ends by
// itself, [Follower.All] looks again and again. Both go on at a stored checkpoint.
// docs/following.md has the arithmetic, and the SQL to store pages and checkpoints.
package follow

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maventa-go/maventa"
)

// How a [Follower] looks back and waits. docs/following.md has the arithmetic.
const (
	overlap = time.Hour      // how far a short look reaches back behind the newest event
	scan    = 24 * time.Hour // how often the whole list is read, less up to a quarter

	compared = 90 * 24 * time.Hour // how far back stored events are compared with the list

	firstWait = 15 * time.Second // after new events, then doubled with every quiet look
	maxWait   = 15 * time.Minute
	pageWait  = time.Minute // at least, per page that every look has to read
	maxAsked  = time.Hour   // the longest Retry-After that is waited for
)

// Follower hands over the events of a company as they appear. Make it with [New].
type Follower struct {
	c      *maventa.Client
	calls  []maventa.CallOption
	onWait func(err error, wait time.Duration)
	stored func(ctx context.Context, since time.Time) iter.Seq2[Ref, error]
	busy   atomic.Bool

	mu sync.Mutex
	at Checkpoint // written by the loop only

	known knownIndex // of the checkpoint; the loop's own
}

// Option changes how a [Follower] works.
type Option func(*Follower)

// With gives options to every call that the follower makes.
func With(opts ...maventa.CallOption) Option {
	opts = slices.Clone(opts)
	return func(f *Follower) { f.calls = append(f.calls, opts...) }
}

// OnWait is called before the follower waits because the events cannot be read,
// with the reason and the time until it tries again. Without it a long outage is
// silent: log it, and raise an alarm when it lasts. It is called by the goroutine
// that ranges over [Follower.All].
func OnWait(do func(err error, wait time.Duration)) Option {
	return func(f *Follower) { f.onWait = do }
}

// CompareWith lets the follower compare the list with what the caller has stored.
// About once a day, when a look reads the whole list, it asks for the events that were
// stored since a time 90 days ago. What the list says otherwise is handed over as
// changed, and what it no longer has as missing, also if the checkpoint does not
// remember it. Without this option changes are found in the events that the checkpoint
// remembers, and missing events among the newest hundred.
//
// The function must not wait for the loop: it is called by the goroutine that ranges.
func CompareWith(stored func(ctx context.Context, since time.Time) iter.Seq2[Ref, error]) Option {
	return func(f *Follower) { f.stored = stored }
}

// New returns a follower that goes on at a checkpoint: the zero value is the
// beginning, [CheckpointFrom] a point in time, and [Follower.Checkpoint] where an
// earlier one stopped, in this process or another. A checkpoint of another
// company or environment is refused by [Follower.Look] and [Follower.All].
//
// Following does not look at seen marks and sets none: people in Maventa's user
// interface may rely on them. Who wants them calls [maventa.EventService.MarkSeen],
// and should not for a comment that nobody has read.
//
// It reads GET /v1/events without filters, since a filter that the service
// understands differently would hide events. In what order the list comes is not
// documented, so that is found out by reading it once; see docs/following.md.
// Inferred: that an event keeps its id, assignment and created_at. Where the
// list shows no ids, events are known by their contents, and Repeat is set where
// these are equal: [maventa.Event.Key] then names each event for good.
func New(c *maventa.Client, checkpoint Checkpoint, opts ...Option) *Follower {
	f := &Follower{c: c, at: checkpoint}
	f.at.known = knownLog{}
	for e := range checkpoint.known.all { // another follower may go on from it, too
		f.at.known.add(e)
	}
	f.at.known.revised = checkpoint.known.revised
	f.at.alone()
	f.known.grow(&f.at.known)
	if f.at.environment == "" && f.at.company == "" {
		f.at.environment, f.at.company = c.Environment().Name, c.CompanyID()
	}
	for _, o := range opts {
		if o != nil {
			o(f)
		}
	}
	return f
}

// Checkpoint returns which events were accepted so far. Within a loop over
// [Follower.All] the event at hand is not among them yet, nor are those of the page
// at hand within one over [Follower.Look]. It may be called from
// another goroutine, and costs the same however many events are known. Its JSON
// grows with them; docs/following.md says how often to store it.
func (f *Follower) Checkpoint() Checkpoint {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at
}

// All looks again and again, and hands over every event of the company at least once,
// and its revisions. It waits for new ones until ctx ends.
//
// An event is accepted when the loop asks for the next one; leaving the loop at
// an event does not accept it. What was accepted does not come again; after a
// restart that is what the stored checkpoint has.
//
// Between looks it waits 15 seconds, and longer each time nothing is new, up to
// 15 minutes. When the service is not available or limits the rate, it waits and
// goes on; see [OnWait]. Any other failure (no access, a list that does not
// advance, the end of ctx) is yielded once and ends the loop; ranging again goes on
// where it stopped. One loop at a time.
func (f *Follower) All(ctx context.Context) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		if err := f.begin(); err != nil {
			yield(Item{}, err)
			return
		}
		defer f.busy.Store(false)
		quiet := 0
		hand := func(items []Item, last *pass) error {
			for i := range items {
				if ctx.Err() != nil {
					return f.cutOff(ctx.Err())
				}
				if !yield(items[i], nil) {
					return errLeft
				}
				f.change(func(at *Checkpoint) { at.accept(&items[i]) })
				f.learn(false)
				quiet = 0
			}
			if last != nil && ctx.Err() == nil {
				forgot := false
				f.change(func(at *Checkpoint) { forgot = at.finish(last) })
				f.learn(forgot)
			}
			return nil
		}
		for p := f.newPass(false, f.calls); ; {
			var err error
			p, err = f.look(ctx, p, hand)
			switch {
			case err == nil:
				err = f.sleep(ctx, f.idle(p, quiet))
				p = f.newPass(false, f.calls)
				quiet++
			case ctx.Err() == nil && passesByItself(err):
				err = f.waitOut(ctx, p, err)
			}
			if err != nil {
				if !errors.Is(err, errLeft) {
					yield(Item{}, err)
				}
				return
			}
		}
	}
}

// begin refuses what cannot be followed.
func (f *Follower) begin() error {
	if f.c.Environment().Name == "" {
		return notMade("follow.New")
	}
	if err := f.at.belongsTo(f.c); err != nil {
		return err
	}
	if !f.busy.CompareAndSwap(false, true) {
		return invalid("follow.New", "follower", "is in use by another loop")
	}
	return nil
}

// passesByItself reports whether the same call may succeed a little later.
func passesByItself(err error) bool {
	e, ok := errors.AsType[*maventa.Error](err)
	return ok && e.Temporary()
}

func (f *Follower) waitOut(ctx context.Context, p *pass, err error) error {
	wait := withJitter(doubled(p.failures))
	if e, ok := errors.AsType[*maventa.Error](err); ok {
		wait = max(wait, min(e.RetryAfter, maxAsked))
	}
	p.failures++
	if f.onWait != nil {
		f.onWait(err, wait)
	}
	return f.sleep(ctx, wait)
}

// idle is how long to wait after a pass. A list that must be read whole every
// time is read less often the longer it is.
func (f *Follower) idle(p *pass, quiet int) time.Duration {
	wait := doubled(quiet)
	if f.at.order != ascending && f.at.order != descending {
		wait = max(wait, time.Duration(len(p.starts)-1)*pageWait)
	}
	return withJitter(wait)
}

// doubled is the first wait, doubled n times, up to the longest one.
func doubled(n int) time.Duration {
	wait := firstWait
	for ; n > 0 && wait < maxWait; n-- {
		wait *= 2
	}
	return min(wait, maxWait)
}

// withJitter makes a wait up to a fifth longer, so that many followers do not
// keep step.
func withJitter(wait time.Duration) time.Duration {
	return wait + upTo(wait/5)
}

func upTo(d time.Duration) time.Duration {
	return rand.N(d) //nolint:gosec // waiting needs no secret randomness
}

func (f *Follower) sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return f.failed(ctx.Err(), "stopped following")
	}
}

// learn takes in what was accepted.
func (f *Follower) learn(forgot bool) {
	if forgot {
		f.known = knownIndex{}
	}
	f.known.grow(&f.at.known)
}

// find returns what is remembered of an event.
func (f *Follower) find(id eventKey) (knownEvent, bool) { return f.known.find(&f.at.known, id) }

func (f *Follower) change(do func(at *Checkpoint)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do(&f.at)
}

// cutOff is the error for the end of the caller's context between two calls.
func (f *Follower) cutOff(err error) error {
	return f.failed(err, "the look was cut off; what was accepted before stays accepted")
}

func (f *Follower) failed(err error, hint string) error {
	return &maventa.Error{
		Operation: "Events.List", Environment: f.c.Environment().Name, Phase: maventa.PhaseSend,
		Outcome: maventa.OutcomeNotSent, Safety: maventa.Safe, Err: err, Hint: hint,
	}
}

// notMade is the error for a client that NewClient did not make.
func notMade(operation string) error {
	return &maventa.Error{
		Operation: operation, Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent, Hint: "the client was not made by NewClient",
	}
}

func invalid(operation, field, problem string) *maventa.Error {
	return &maventa.Error{
		Operation: operation, Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent,
		Fields: []maventa.FieldProblem{{Field: field, Problem: problem}},
	}
}
