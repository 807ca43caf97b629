package follow

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
)

// enough is how many new events of a list that comes oldest first are handed over
// before more of it is read. By then that order is no coincidence.
const enough = 2_000

// pass is one reading of the list. It keeps only what is new, and the
// evidence of the order.
type pass struct {
	f     *Follower
	calls []maventa.CallOption
	whole bool      // reads the list from end to end
	due   bool      // is the scan of the day
	start int       // the page it begins at
	floor time.Time // what was created before need not be seen

	next     int // the page to read next, also after a failure
	failures int // since the last page
	starts   []pageStart
	seen     map[eventKey]bool
	equal    map[eventKey]int // how many events without an id had these contents
	fresh    []Item
	awaited  map[eventKey]awaited // known events that the list has not shown yet
	stored   map[eventKey]content // by the caller

	last                  time.Time // created_at of the event before
	oldest, newest        time.Time
	ended, done           bool // it came to the end of the list; it has shown all that can be new
	rises, falls, unclear bool
}

// pageStart is the time of the first event on a page.
type pageStart struct {
	page    int
	created time.Time
}

// awaited is a known event that should be in the list.
type awaited struct {
	Ref
	created time.Time
}

// newPass decides what must be read.
func (f *Follower) newPass(whole bool, calls []maventa.CallOption) *pass {
	left := time.Until(f.at.nextScan)
	p := &pass{
		f: f, calls: calls, start: 1, floor: f.at.floor(),
		due:  left <= 0 || left > scan,
		seen: map[eventKey]bool{}, equal: map[eventKey]int{}, awaited: map[eventKey]awaited{},
	}
	for _, r := range f.at.recent.newest() {
		p.await(Ref{AssignmentID: r.AssignmentID, Key: r.Key}, r.CreatedAt)
	}
	p.whole = whole || p.due || f.at.order != ascending && f.at.order != descending
	if !p.whole && f.at.order == ascending {
		p.start = max(f.at.page, 1)
	}
	p.next = p.start
	return p
}

func (p *pass) await(r Ref, created time.Time) {
	id := r.identity()
	if known, _ := p.f.find(id); known.content != gone {
		p.awaited[id] = awaited{r, created}
	}
}

// load asks the caller for the events to compare with.
func (p *pass) load(ctx context.Context) error {
	if !p.due || p.stored != nil || p.f.stored == nil {
		return nil
	}
	stored := map[eventKey]content{}
	for r, err := range p.f.stored(ctx, time.Now().Add(-compared)) {
		if err != nil {
			return p.f.failed(err, "the stored events cannot be read, so the list was not read either")
		}
		c := parseContent(r.Content)
		stored[r.identity()] = c
		if c != gone {
			p.await(r, time.Time{})
		}
	}
	p.stored = stored
	return nil
}

// read goes through the pages. After a failure it goes on at the same page.
func (p *pass) read(ctx context.Context, hand func([]Item, *pass) error) error {
	if err := p.load(ctx); err != nil {
		return err
	}
	from := maventa.EventFilter{ListOptions: maventa.ListOptions{Page: p.next}}
	for page, err := range p.f.c.Events.Pages(ctx, from, p.calls...) {
		if err != nil {
			return err
		}
		p.take(page)
		p.next, p.failures = page.Next, 0
		if p.whole && len(p.fresh) >= enough && p.order() == ascending {
			if err := hand(p.sorted(), nil); err != nil {
				return err
			}
			p.goOn()
		}
		if !p.whole && (p.contradicts(p.f.at.order) || p.f.at.order == descending && p.last.Before(p.floor)) {
			return nil
		}
	}
	p.ended = true
	return nil
}

func (p *pass) take(page *maventa.Page[maventa.Event]) {
	if len(page.Items) > 0 {
		p.starts = append(p.starts, pageStart{page.Number, page.Items[0].CreatedAt})
	}
	for i := range page.Items {
		e := &page.Items[i]
		id, key := p.name(e)
		if p.seen[id] {
			continue // pages shift while new events come in
		}
		p.seen[id] = true
		delete(p.awaited, id)
		p.noteOrder(e.CreatedAt)
		says := contentOf(e)
		if kind, known := p.kind(id, says, e.CreatedAt); kind != "" {
			p.fresh = append(p.fresh, Item{
				Ref: Ref{AssignmentID: e.AssignmentID, Key: key, Content: says.String()}, Kind: kind, Event: *e, known: known,
			})
		}
	}
}

// kind says what an event in the list is to the caller; nothing, if it was dealt with.
func (p *pass) kind(id eventKey, says content, created time.Time) (kind Kind, isKnown bool) {
	known, isKnown := p.f.find(id)
	before := known.content
	if c := p.stored[id]; c != (content{}) && before != gone {
		before = c
	}
	switch {
	case says.differs(before):
		return KindChanged, isKnown
	case isKnown, !created.IsZero() && created.Before(p.f.at.from):
		return "", isKnown
	}
	return KindNew, false
}

// suspects are the known events that the list should have shown. A part of an ordered
// list should show those that are younger than the oldest in it.
func (p *pass) suspects() map[eventKey]awaited {
	if !p.ended || p.start > 1 {
		maps.DeleteFunc(p.awaited, func(_ eventKey, a awaited) bool { return !a.created.After(p.oldest) })
	}
	return p.awaited
}

// goOn drops what was handed over, which is known by now.
func (p *pass) goOn() { p.fresh, p.seen = nil, map[eventKey]bool{} }

// name gives the identity of an event, and its key. Events without an id are
// numbered: of several with equal contents the second one is "the second of these".
func (p *pass) name(e *maventa.Event) (id eventKey, key string) {
	if e.ID == "" {
		e.Repeat = unnamed(e)
		alike := identity(e)
		e.Repeat += p.equal[alike]
		p.equal[alike]++
	}
	key = e.Key()
	return Ref{AssignmentID: e.AssignmentID, Key: key}.identity(), key
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
	if p.oldest.IsZero() || created.Before(p.oldest) {
		p.oldest = created
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
func (p *pass) sorted() []Item {
	if order := p.order(); order == descending || order == orderUnknown && p.f.at.order == descending {
		slices.Reverse(p.fresh)
	}
	slices.SortStableFunc(p.fresh, func(a, b Item) int { return a.Event.CreatedAt.Compare(b.Event.CreatedAt) })
	return p.fresh
}
