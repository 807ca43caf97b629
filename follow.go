package maventa

import (
	"context"
	"iter"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

// How a [Follower] looks back and waits. docs/following.md has the arithmetic.
const (
	followOverlap = time.Hour      // how far a short look reaches back behind the newest event
	followScan    = 24 * time.Hour // how often the whole list is read, less up to a quarter

	followFirstWait = 15 * time.Second // after new events, then doubled with every quiet look
	followMaxWait   = 15 * time.Minute
	followPageWait  = time.Minute // at least, per page that every look has to read
	followMaxAsked  = time.Hour   // the longest Retry-After that is waited for
)

// Follower hands over the events of a company as they appear. Make it with
// [EventService.Follow].
type Follower struct {
	c    *Client
	opts []CallOption
	busy atomic.Bool

	mu sync.Mutex
	at Checkpoint // written by the loop of All only
}

// Follow returns a follower that goes on at a checkpoint: the zero value is the
// beginning, [CheckpointFrom] a point in time, and [Follower.Checkpoint] where an
// earlier one stopped, in this process or another. A checkpoint of another
// company or environment is refused by [Follower.All].
//
// Following does not look at seen marks and sets none: people in Maventa's user
// interface may rely on them. Who wants them calls [EventService.MarkSeen], and
// should not for a comment that nobody has read.
//
// It reads GET /v1/events without filters, since a filter that the service
// understands differently would hide events. In what order the list comes is not
// documented, so that is found out by reading it once; see docs/following.md.
// Inferred: that an event keeps its id, assignment and created_at. Where the
// list shows no ids, events are told apart by their contents.
func (s EventService) Follow(checkpoint Checkpoint, opts ...CallOption) *Follower {
	f := &Follower{c: s.c, opts: slices.Clone(opts), at: checkpoint}
	f.at.known = maps.Clone(checkpoint.known)
	if f.at.known == nil {
		f.at.known = map[eventKey]Date{}
	}
	if s.c != nil && f.at.environment == "" && f.at.company == "" {
		f.at.environment, f.at.company = s.c.root.environment.Name, s.c.company
	}
	return f
}

// Checkpoint returns which events were accepted so far. Within the loop over
// [Follower.All] the event at hand is not among them yet. It may be called from
// another goroutine.
func (f *Follower) Checkpoint() Checkpoint {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.at
	c.known = maps.Clone(c.known)
	return c
}

// All hands over every event of the company at least once, oldest first as far
// as they appear together, and waits for new ones until ctx ends. Types that this
// package does not know are among them, and so are the company's own events.
//
// An event is accepted when the loop asks for the next one; leaving the loop at
// an event does not accept it. What was accepted does not come again; after a
// restart that is what the stored checkpoint has.
//
// Between looks it waits 15 seconds, and longer each time nothing is new, up to
// 15 minutes. When the service is not available or limits the rate, it waits and
// goes on, with a line to the client's logger if there is one. Any other failure
// (no access, a list that does not advance, the end of ctx) is yielded once and
// ends the loop; ranging again goes on where it stopped. One loop at a time.
func (f *Follower) All(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if err := f.begin(); err != nil {
			yield(Event{}, err)
			return
		}
		defer f.busy.Store(false)
		for quiet := 0; ; quiet++ {
			p, err := f.look(ctx)
			if err != nil {
				yield(Event{}, err)
				return
			}
			for _, e := range p.news() {
				if ctx.Err() != nil {
					break
				}
				if !yield(e.Event, nil) {
					return
				}
				f.accept(e)
				quiet = 0
			}
			if ctx.Err() == nil {
				f.finish(p)
			}
			if err := sleep(ctx, f.idle(p, quiet)); err != nil {
				yield(Event{}, f.stopped(err))
				return
			}
		}
	}
}

// begin refuses what cannot be followed.
func (f *Follower) begin() error {
	if f.c == nil {
		return &Error{Operation: operation.EventsList.String(), Phase: PhaseBuild, Outcome: OutcomeNotSent, Hint: "the client was not made by NewClient"}
	}
	if err := f.at.belongsTo(f.c); err != nil {
		return err
	}
	if !f.busy.CompareAndSwap(false, true) {
		return invalid("Events.Follow", "follower", "is in use by another loop")
	}
	return nil
}

// look reads the list, all of it or the part that can be new, and waits out
// what goes wrong on the way.
func (f *Follower) look(ctx context.Context) (*followPass, error) {
	p := f.newPass(false)
	for {
		err := p.read(ctx)
		switch {
		case err == nil && p.trusted():
			return p, nil
		case err == nil:
			// Not in the order found before, or the place of the overlap moved.
			if p.contradicts(f.at.order) {
				f.change(func(at *Checkpoint) { at.order = unordered })
			}
			p = f.newPass(true)
		case waitable(ctx, err):
			if err := f.waitOut(ctx, p, asError(err)); err != nil {
				return nil, f.stopped(err)
			}
		case p.start > 1 && ctx.Err() == nil: // that page may be gone
			p = f.newPass(true)
		default:
			return nil, err
		}
	}
}

// waitable reports whether a failure passes by itself.
func waitable(ctx context.Context, err error) bool {
	e := asError(err)
	return e != nil && ctx.Err() == nil && e.Temporary()
}

func (f *Follower) waitOut(ctx context.Context, p *followPass, err *Error) error {
	wait := backoff(followFirstWait, followMaxWait, p.failures)
	wait = max(wait+fullJitter(wait/5), min(err.RetryAfter, followMaxAsked))
	p.failures++
	if log := f.c.root.logger; log != nil {
		log.WarnContext(ctx, "maventa: the events cannot be read, trying again later", "operation", err.Operation, "error", err, "wait", wait)
	}
	return sleep(ctx, wait)
}

// idle is how long to wait after a pass. A list that must be read whole every
// time is read less often the longer it is.
func (f *Follower) idle(p *followPass, quiet int) time.Duration {
	wait := backoff(followFirstWait, followMaxWait, quiet)
	if f.at.order != ascending && f.at.order != descending {
		wait = max(wait, time.Duration(len(p.starts)-1)*followPageWait)
	}
	return wait + fullJitter(wait/5)
}

// accept notes an event that the caller has dealt with.
func (f *Follower) accept(e foundEvent) {
	f.change(func(at *Checkpoint) { at.known[e.key] = DateOf(e.CreatedAt.UTC()) })
}

// finish notes what a pass has shown, once all its events are accepted.
func (f *Follower) finish(p *followPass) {
	f.change(func(at *Checkpoint) {
		switch {
		case p.due || p.whole && at.order == orderUnknown:
			at.order = p.order()
		case p.contradicts(at.order):
			at.order = unordered
		}
		if p.due {
			// Not all companies at the same time of the day.
			at.nextScan = time.Now().Add(followScan - fullJitter(followScan/4)).UTC()
		}
		if p.newest.After(at.newest) {
			at.newest = p.newest.UTC()
		}
		at.page = 0
		if at.order == ascending {
			at.page = p.pageOf(at.floor())
		}
		at.forget()
	})
}

func (f *Follower) change(do func(at *Checkpoint)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do(&f.at)
}

func (f *Follower) stopped(err error) error {
	return f.c.fail(&request{op: operation.EventsList}, &Error{Phase: PhaseSend, Outcome: OutcomeNotSent, Err: err, Hint: "stopped following"})
}

// OpenQuestions returns the agency's comments that wait for an answer, oldest
// first: those without a later comment by the sender on the same assignment.
// Where it cannot be told, a comment is taken for an open question: better one
// too many than one forgotten. So is a comment without an author, or of the same
// second as the answer.
//
// It reads the whole list of events with every call and looks at no seen marks.
// What goes wrong is returned, not waited out.
//
// Inferred: how the service shows the author of an event and the time. If it
// names them differently, every comment counts as open.
func (s EventService) OpenQuestions(ctx context.Context, opts ...CallOption) ([]Event, error) {
	var comments []Event
	met := map[string]bool{}
	answered := map[string]time.Time{} // per assignment: the sender's last comment
	for e, err := range allEvents(1).all(ctx, s.c, opts) {
		if err != nil {
			return nil, err
		}
		id := wholeID(&e)
		if !mayBeComment(&e) || id != "" && met[id] {
			continue
		}
		met[id] = true
		switch {
		case e.Author != AuthorSender:
			comments = append(comments, e)
		case e.AssignmentID != "" && e.CreatedAt.After(answered[e.AssignmentID]):
			answered[e.AssignmentID] = e.CreatedAt
		}
	}
	open := slices.DeleteFunc(comments, func(e Event) bool {
		return !e.CreatedAt.IsZero() && answered[e.AssignmentID].After(e.CreatedAt)
	})
	slices.SortStableFunc(open, func(a, b Event) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return open, nil
}

// mayBeComment reports whether an event is a comment, or has a text and a type
// that we do not know.
func mayBeComment(e *Event) bool {
	return e.Type == EventComment || !e.Type.Known() && e.Comment != ""
}
