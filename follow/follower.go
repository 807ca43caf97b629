// Package follow hands over the events of a company as they appear, each at least
// once, and goes on at a stored checkpoint after a restart. docs/following.md has
// the arithmetic, and the SQL to store a checkpoint.
package follow

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
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

// Look reads the list once and hands over what is new or revised since the
// checkpoint, in pages, oldest first as far as they appear together. It ends by itself
// and waits for nothing but answers: where nothing is new, that is mostly one request.
// Types that the SDK does not know are among the events, and so are the company's own.
// A long list that comes oldest first is handed over while it is read.
//
// A page is accepted when the loop asks for the next one, or ends; leaving the loop at
// a page does not accept it. What was accepted does not come again; after a restart that
// is what the stored checkpoint has.
//
// A look that has read all ends with a page that is [Page.Last]. Any other one yields
// one error, at once: with its RetryAfter if the service names one, and with that of
// ctx if it ended. A call is sent up to three times, less than a second apart, but not
// against a Retry-After. Ranging again makes another look. One loop at a time.
//
// That an event is missing is said after two more reads of the whole list, each of them
// as [maventa.Conclusive] wants it, which did not show it.
func (f *Follower) Look(ctx context.Context) iter.Seq2[*Page, error] {
	return func(yield func(*Page, error) bool) {
		if err := f.begin(); err != nil {
			yield(nil, err)
			return
		}
		defer f.busy.Store(false)
		calls := append([]maventa.CallOption{maventa.WithRetry(soon)}, f.calls...)
		_, err := f.look(ctx, f.newPass(false, calls), func(items []Item, last *pass) error {
			for len(items) > pageSize {
				if err := f.page(ctx, items[:pageSize], nil, yield); err != nil {
					return err
				}
				items = items[pageSize:]
			}
			return f.page(ctx, items, last, yield)
		})
		if err != nil && !errors.Is(err, errLeft) {
			yield(nil, err)
		}
	}
}

// soon repeats a call after moments, and does not wait for a Retry-After.
var soon = maventa.RetryPolicy{ThrottleDelay: 100 * time.Millisecond, MaxDelay: 100 * time.Millisecond, MaxRetryAfter: time.Nanosecond}

// page hands over one page, the last one with what the look has shown. The checkpoint
// goes on with it if the loop does.
func (f *Follower) page(ctx context.Context, items []Item, last *pass, yield func(*Page, error) bool) error {
	switch {
	case ctx.Err() != nil:
		return f.cutOff(ctx.Err())
	case len(items) == 0 && last == nil:
		return nil
	}
	next, forgot := f.at, false
	for i := range items {
		next.accept(&items[i])
	}
	if last != nil {
		forgot = next.finish(last)
	}
	if !yield(&Page{Items: items, Checkpoint: next, Last: last != nil}, nil) {
		f.change(func(at *Checkpoint) { at.alone() })
		return errLeft
	}
	f.change(func(at *Checkpoint) { *at = next })
	f.learn(forgot)
	return nil
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

// look reads the list, all of it or the part that can be new, and hands over what it
// found: in the end with the pass, that shows what to note. After a failure that passes
// by itself the pass that it returns can be gone on with.
func (f *Follower) look(ctx context.Context, p *pass, hand func(items []Item, last *pass) error) (*pass, error) {
	for !p.done {
		err := p.read(ctx, hand)
		switch {
		case err == nil && p.trusted():
			p.done = true
		case err == nil:
			// Not in the order found before, or the place of the overlap moved.
			if p.contradicts(f.at.order) {
				f.change(func(at *Checkpoint) { at.order = unordered })
			}
			p = f.newPass(true, p.calls)
		case p.start > 1 && ctx.Err() == nil && !passesByItself(err): // that page may be gone
			p = f.newPass(true, p.calls)
		default:
			return p, err
		}
	}
	if len(p.suspects()) == 0 {
		return p, hand(p.sorted(), p)
	}
	if err := hand(p.sorted(), nil); err != nil {
		return p, err
	}
	p.goOn()
	missing, err := f.missing(ctx, p)
	if err != nil {
		return p, err
	}
	return p, hand(missing, p)
}

// missing reads the whole list twice more, and returns the suspects that are in
// neither. Those of a list that does not hold still are suspected again.
func (f *Follower) missing(ctx context.Context, p *pass) (items []Item, err error) {
	left := maps.Clone(p.suspects())
	calls := append(slices.Clip(p.calls), maventa.Conclusive())
	for range 2 {
		if len(left) == 0 {
			break
		}
		number := &pass{equal: map[eventKey]int{}}
		for page, err := range f.c.Events.Pages(ctx, maventa.EventFilter{}, calls...) {
			switch {
			case errors.Is(err, maventa.ErrNotAdvancing):
				return nil, nil // it moved while it was read, which proves nothing
			case err != nil:
				return nil, err
			}
			for i := range page.Items {
				id, _ := number.name(&page.Items[i])
				delete(left, id)
			}
		}
	}
	for id, a := range left {
		known, isKnown := f.find(id)
		day := known.day
		if !isKnown {
			day = maventa.DateOf(time.Now().UTC())
		}
		a.Content = gone.String()
		items = append(items, Item{Ref: a.Ref, Kind: KindMissing, known: isKnown, day: day})
	}
	slices.SortFunc(items, func(a, b Item) int {
		return cmp.Or(a.day.Compare(b.day), cmp.Compare(a.AssignmentID, b.AssignmentID), cmp.Compare(a.Key, b.Key))
	})
	return items, nil
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
