package follow

import (
	"context"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
)

// foundEvent is an event that was not accepted yet.
type foundEvent struct {
	maventa.Event

	key eventKey
}

// enough is how many new events of a list that comes oldest first are handed over
// before more of it is read. By then that order is no coincidence.
const enough = 2_000

// pass is one reading of the list. It keeps only what is new, and the
// evidence of the order.
type pass struct {
	f     *Follower
	whole bool      // reads the list from end to end
	due   bool      // is the scan of the day
	start int       // the page it begins at
	floor time.Time // what was created before need not be seen

	next     int // the page to read next, also after a failure
	failures int // since the last page
	starts   []pageStart
	seen     map[eventKey]bool
	equal    map[eventKey]int // how many events without an id had these contents
	fresh    []foundEvent

	last                  time.Time // created_at of the event before
	newest                time.Time
	rises, falls, unclear bool
}

// pageStart is the time of the first event on a page.
type pageStart struct {
	page    int
	created time.Time
}

// newPass decides what must be read.
func (f *Follower) newPass(whole bool) *pass {
	left := time.Until(f.at.nextScan)
	p := &pass{
		f: f, start: 1, floor: f.at.floor(),
		due:  left <= 0 || left > scan,
		seen: map[eventKey]bool{}, equal: map[eventKey]int{},
	}
	p.whole = whole || p.due || f.at.order != ascending && f.at.order != descending
	if !p.whole && f.at.order == ascending {
		p.start = max(f.at.page, 1)
	}
	p.next = p.start
	return p
}

// read goes through the pages. After a failure it goes on at the same page.
func (p *pass) read(ctx context.Context, handOver func(*pass) error) error {
	from := maventa.EventFilter{ListOptions: maventa.ListOptions{Page: p.next}}
	for page, err := range p.f.c.Events.Pages(ctx, from, p.f.calls...) {
		if err != nil {
			return err
		}
		p.take(page)
		p.next, p.failures = page.Next, 0
		if p.whole && len(p.fresh) >= enough && p.order() == ascending {
			if err := handOver(p); err != nil {
				return err
			}
		}
		if !p.whole && (p.contradicts(p.f.at.order) || p.f.at.order == descending && p.last.Before(p.floor)) {
			return nil
		}
	}
	return nil
}

func (p *pass) take(page *maventa.Page[maventa.Event]) {
	if len(page.Items) > 0 {
		p.starts = append(p.starts, pageStart{page.Number, page.Items[0].CreatedAt})
	}
	for i := range page.Items {
		e := &page.Items[i]
		key := p.key(e)
		if p.seen[key] {
			continue // pages shift while new events come in
		}
		p.seen[key] = true
		p.noteOrder(e.CreatedAt)
		if !p.f.done(key, e.CreatedAt) {
			p.fresh = append(p.fresh, foundEvent{*e, key})
		}
	}
}

// goOn drops what was handed over, which is known by now.
func (p *pass) goOn() { p.fresh, p.seen = nil, map[eventKey]bool{} }

// key is the identity of an event. Those without an id are numbered: of several with
// equal contents the second one is "the second of these".
func (p *pass) key(e *maventa.Event) eventKey {
	if e.ID == "" {
		e.Repeat = unnamed(e)
		alike := identity(e)
		e.Repeat += p.equal[alike]
		p.equal[alike]++
	}
	return identity(e)
}

// noteOrder compares the time of an event with the one before.
func (p *pass) noteOrder(created time.Time) {
	if created.IsZero() {
		p.unclear = true
		return
	}
	if !p.last.IsZero() {
		p.rises = p.rises || created.After(p.last)
		p.falls = p.falls || created.Before(p.last)
	}
	p.last = created
	if created.After(p.newest) {
		p.newest = created
	}
}

// order is what the pass has shown.
func (p *pass) order() listOrder {
	switch {
	case p.unclear || p.rises && p.falls:
		return unordered
	case p.rises:
		return ascending
	case p.falls:
		return descending
	}
	return orderUnknown
}

func (p *pass) contradicts(order listOrder) bool {
	seen := p.order()
	return order != orderUnknown && seen != orderUnknown && seen != order
}

// trusted reports whether the pass has shown all that can be new.
func (p *pass) trusted() bool {
	if p.whole {
		return true
	}
	if p.contradicts(p.f.at.order) {
		return false
	}
	// What comes later in an ascending list is on this page or behind it.
	return p.start == 1 || len(p.starts) > 0 && !p.starts[0].created.After(p.floor)
}

// pageOf is the last page that begins at or before t.
func (p *pass) pageOf(t time.Time) int {
	page := p.start
	for _, s := range p.starts {
		if !s.created.After(t) {
			page = s.page
		}
	}
	return page
}

// sorted gives the new events, oldest first. Among those of one second the list's
// own order decides.
func (p *pass) sorted() []foundEvent {
	if order := p.order(); order == descending || order == orderUnknown && p.f.at.order == descending {
		slices.Reverse(p.fresh)
	}
	slices.SortStableFunc(p.fresh, func(a, b foundEvent) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return p.fresh
}
