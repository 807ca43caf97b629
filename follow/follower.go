// Package follow hands over the events of a company as they appear, each at least
// once, and goes on at a stored checkpoint after a restart. docs/following.md has
// the arithmetic, and the SQL to store a checkpoint.
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
	busy   atomic.Bool

	mu sync.Mutex
	at Checkpoint // written by the loop of All only

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

// New returns a follower that goes on at a checkpoint: the zero value is the
// beginning, [CheckpointFrom] a point in time, and [Follower.Checkpoint] where an
// earlier one stopped, in this process or another. A checkpoint of another
// company or environment is refused by [Follower.All].
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

// Checkpoint returns which events were accepted so far. Within the loop over
// [Follower.All] the event at hand is not among them yet. It may be called from
// another goroutine, and costs the same however many events are known. Its JSON
// grows with them; docs/following.md says how often to store it.
func (f *Follower) Checkpoint() Checkpoint {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at
}

// All hands over every event of the company at least once, oldest first as far
// as they appear together, and waits for new ones until ctx ends. Types that the
// SDK does not know are among them, and so are the company's own events.
// A long list that comes oldest first is handed over while it is read.
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
func (f *Follower) All(ctx context.Context) iter.Seq2[maventa.Event, error] {
	return func(yield func(maventa.Event, error) bool) {
		if err := f.begin(); err != nil {
			yield(maventa.Event{}, err)
			return
		}
		defer f.busy.Store(false)
		quiet := 0
		handOver := func(p *pass) error {
			for _, e := range p.sorted() {
				if ctx.Err() != nil {
					return f.stopped(ctx.Err())
				}
				if !yield(e.Event, nil) {
					return errLeft
				}
				f.accept(&e)
				quiet = 0
			}
			p.goOn()
			return nil
		}
		for ; ; quiet++ {
			p, err := f.look(ctx, handOver)
			if err == nil {
				err = handOver(p)
			}
			if err == nil {
				if ctx.Err() == nil {
					f.finish(p)
				}
				if ended := sleep(ctx, f.idle(p, quiet)); ended != nil {
					err = f.stopped(ended)
				}
			}
			if err != nil {
				if !errors.Is(err, errLeft) {
					yield(maventa.Event{}, err)
				}
				return
			}
		}
	}
}

// errLeft ends a look whose loop was left.
var errLeft = errors.New("the loop was left")

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

// look reads the list, all of it or the part that can be new, and waits out what
// goes wrong on the way. What is new is left in the pass, but for what pass.read has
// handed over.
func (f *Follower) look(ctx context.Context, handOver func(*pass) error) (*pass, error) {
	p := f.newPass(false)
	for {
		err := p.read(ctx, handOver)
		switch {
		case err == nil && p.trusted():
			return p, nil
		case err == nil:
			// Not in the order found before, or the place of the overlap moved.
			if p.contradicts(f.at.order) {
				f.change(func(at *Checkpoint) { at.order = unordered })
			}
			p = f.newPass(true)
		case ctx.Err() == nil && passesByItself(err):
			if err := f.waitOut(ctx, p, err); err != nil {
				return nil, f.stopped(err)
			}
		case p.start > 1 && ctx.Err() == nil: // that page may be gone
			p = f.newPass(true)
		default:
			return nil, err
		}
	}
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
	return sleep(ctx, wait)
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

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// accept notes an event that the caller has dealt with.
func (f *Follower) accept(e *foundEvent) {
	f.change(func(at *Checkpoint) { at.known.add(knownEvent{e.key, maventa.DateOf(e.CreatedAt.UTC())}) })
	f.known.grow(&f.at.known)
}

// done reports whether an event was dealt with.
func (f *Follower) done(key eventKey, created time.Time) bool {
	if f.known.has(&f.at.known, key) {
		return true
	}
	return !created.IsZero() && created.Before(f.at.from)
}

// finish notes what a pass has shown, once all its events are accepted.
func (f *Follower) finish(p *pass) {
	f.change(func(at *Checkpoint) {
		switch {
		case p.due || p.whole && at.order == orderUnknown:
			at.order = p.order()
		case p.contradicts(at.order):
			at.order = unordered
		}
		if p.due {
			// Not all companies at the same time of the day.
			at.nextScan = time.Now().Add(scan - upTo(scan/4)).UTC()
		}
		if p.newest.After(at.newest) {
			at.newest = p.newest.UTC()
		}
		at.page = 0
		if at.order == ascending {
			at.page = p.pageOf(at.floor())
		}
		if at.forget() {
			f.known = knownIndex{}
			f.known.grow(&at.known)
		}
	})
}

func (f *Follower) change(do func(at *Checkpoint)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do(&f.at)
}

func (f *Follower) stopped(err error) error {
	return &maventa.Error{
		Operation: "Events.List", Environment: f.c.Environment().Name, Phase: maventa.PhaseSend,
		Outcome: maventa.OutcomeNotSent, Safety: maventa.Safe, Err: err, Hint: "stopped following",
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
