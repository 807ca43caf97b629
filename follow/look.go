package follow

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
)

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
// ctx if it ended. A call is sent up to three times within a moment (two seconds where
// no token can be had), but not against a Retry-After; give another
// [maventa.WithRetry] with [With] to change that. Ranging again makes another look. One loop at a time.
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

// errLeft ends a look whose loop was left.
var errLeft = errors.New("the loop was left")

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
