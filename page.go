package maventa

import (
	"context"
	"hash/maphash"
	"iter"
	"net/http"
	"slices"
	"strconv"

	"github.com/maventa-go/maventa/internal/call"
)

// ListOptions choose a page of a list. The zero value is the first page of 100.
type ListOptions struct {
	// Page starts at 1. The iterators (All) begin there.
	Page int
	// PerPage is how many items a page should hold, 100 if zero. The service
	// may give fewer: AX caps it at 100.
	PerPage int
}

const defaultPerPage = 100

// FilterCheck says whether a list answer obeyed the filter. The names of the
// filter parameters are inferred, and a server ignores a name it does not know;
// so every filter is applied again on our side, as far as the items show what
// to compare.
type FilterCheck uint8

// What the check of a filter found.
const (
	FilterNotUsed    FilterCheck = iota // no filter was given
	FilterHonoured                      // every item of the page matched
	FilterIgnored                       // items that did not match were dropped here
	FilterUnverified                    // some items lack the field: they were kept
)

// String returns the check's name.
func (f FilterCheck) String() string {
	names := [...]string{"not used", "honoured", "ignored", "unverified"}
	return names[min(int(f), len(names)-1)]
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T

	Number int // of this page, starting at 1
	// Next is the number of the next page, 0 at the end. Where the service does
	// not say, it is the next number as long as this page held items: only an
	// empty page ends such a list. It is -1 where the service names a next page
	// without a number.
	Next int
	// Total is the number of items in all pages as the service counts them, -1
	// if it does not say. Filters that it ignored are not in it.
	Total  int
	Filter FilterCheck
}

// list describes a list call.
type list[T any] struct {
	call    request // of one page
	options ListOptions
	key     func(*T) string     // what makes two items the same; "" if unknown
	match   func(*T) call.Match // nil: no filter
}

// page makes the call for one page.
func (l list[T]) page(ctx context.Context, c *Client, opts []CallOption) (*Page[T], error) {
	p, err := l.fetch(ctx, c, opts, 0, false)
	if err != nil {
		return nil, err
	}
	if p.Number == 1 && p.Next == 0 && p.conclusive && p.Total > p.received {
		return nil, l.short(c, p.received, p.Total)
	}
	l.apply(&p.Page)
	return &p.Page, nil
}

// fetched is a page with what the iterator needs to know about it.
type fetched[T any] struct {
	Page[T]
	want     int // items asked for
	key      func(*T) string
	received int      // items in the answer, before our own filter
	ids      []string // of those; "" if unknown
	sum      uint64   // of the list, if one of them is unknown
	saysNext bool     // the service said which page is next
	more     bool     // it said that there is one
	path     string   // of the call

	conclusive bool // see Conclusive
}

// unpaged reports whether p, which has the ids now, is the first page again,
// perhaps with items that have come since: the service gives the whole list
// whatever page is asked for.
func (p *fetched[T]) unpaged(first *fetched[T], now map[string]bool) bool {
	if p.saysNext || p.more || first.received == 0 || first.received == first.want || p.Total > p.received {
		return false
	}
	return p.repeats(first) || !slices.ContainsFunc(first.ids, func(id string) bool { return !now[id] })
}

// repeats reports whether p holds what the page before held. Where all items
// have ids, these say so: what stands around the items may differ every time.
func (p *fetched[T]) repeats(before *fetched[T]) bool {
	return p.sum == before.sum && slices.Equal(p.ids, before.ids)
}

// seed of the sums of one process.
var seed = maphash.MakeSeed()

// fetch makes the call for one page. held is how many items the pages before had,
// if the service did not say that there is another page: then 404 or 204 is the end.
func (l list[T]) fetch(ctx context.Context, c *Client, opts []CallOption, held int, strict bool) (*fetched[T], error) {
	o := l.options
	if o.Page < 0 || o.PerPage < 0 {
		err := invalid(l.call.op.Name, "page", "and per_page must not be negative")
		return nil, err
	}
	p := &fetched[T]{Page: Page[T]{Number: max(o.Page, 1), Total: -1}, want: o.PerPage, key: l.key, path: l.call.op.Path}
	if p.want == 0 {
		p.want = defaultPerPage
	}
	r := l.call
	r.params.b = slices.Clip(r.params.b) // several goroutines may range over one iterator
	r.params.add("page", strconv.Itoa(p.Number))
	r.params.add("per_page", strconv.Itoa(p.want))
	r.out = p
	var answer **Response
	if held > 0 {
		answer = new(*Response)
		opts = append(slices.Clip(opts), keepResponse(answer))
	}
	if err := c.call(ctx, r, opts); err != nil {
		if held == 0 || !isBehindEnd(err, strict) {
			return nil, err
		}
		p.readHeaders((*answer).Header)
		if p.saysNext || p.more || p.Total > held {
			return nil, err
		}
		return p, nil
	}
	p.received = len(p.Items)
	if !p.saysNext && p.received > 0 {
		p.Next = p.Number + 1
	}
	return p, nil
}

// keepResponse notes where the call's metadata goes, to the caller or to nobody.
func keepResponse(to **Response) CallOption {
	return callOption(func(c *callConfig) *Error {
		if c.response == nil {
			c.response = new(Response)
		}
		*to = c.response
		return nil
	})
}

// isBehindEnd reports whether a server may mean by err that there is no such page:
// where something is concluded, in its own words only.
func isBehindEnd(err error, strict bool) bool {
	e := asError(err)
	return e.Phase == PhaseHTTP && isAbsent(e) && (!strict || !e.notData) || e.Phase == PhaseDecode && e.Status == http.StatusNoContent
}

// apply runs the filter over the items.
func (l list[T]) apply(p *Page[T]) {
	if l.match == nil {
		return
	}
	p.Filter = FilterHonoured
	kept := 0
	for i := range p.Items {
		switch l.match(&p.Items[i]) {
		case call.Differs:
			p.Filter = FilterIgnored
			continue
		case call.CannotTell:
			if p.Filter == FilterHonoured {
				p.Filter = FilterUnverified
			}
		case call.Matches:
		}
		if kept < i {
			p.Items[kept] = p.Items[i]
		}
		kept++
	}
	p.Items = p.Items[:kept]
}

// all iterates over the items of all pages. Nothing is fetched before the first
// item is asked for, and ranging again starts again.
func (l list[T]) all(ctx context.Context, c *Client, opts []CallOption) iter.Seq2[T, error] {
	opts = slices.Clone(opts)
	return func(yield func(T, error) bool) {
		for p, err := range l.pages(ctx, c, opts) {
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for i := range p.Items {
				if !yield(p.Items[i], nil) {
					return
				}
			}
		}
	}
}

// pages iterates over the pages, without the items that the page before had.
func (l list[T]) pages(ctx context.Context, c *Client, opts []CallOption) iter.Seq2[*fetched[T], error] {
	return func(yield func(*fetched[T], error) bool) {
		l := l // ranging again starts at the first page again
		start := max(l.options.Page, 1)
		var before *fetched[T]
		seen, now := map[string]bool{}, map[string]bool{} // ids of the page before, and of this one
		got, total, conclusive := 0, -1, false
		end := func() {
			if conclusive && start == 1 && total > got {
				yield(nil, l.short(c, got, total))
			}
		}
		for {
			held := got
			if before != nil && (before.saysNext || before.more || total > got) {
				held = 0
			}
			p, err := l.fetch(ctx, c, opts, held, conclusive)
			if err != nil {
				yield(nil, err)
				return
			}
			if p.conclusive && p.received == 0 && before != nil && (before.more || before.saysNext) {
				yield(nil, l.notAdvancing(c, "page "+strconv.Itoa(p.Number)+" is empty, and the one before says that there are more"))
				return
			}
			fresh := p.dropSeen(seen, now)
			got, conclusive = got+len(p.Items), conclusive || p.conclusive
			if p.Total >= 0 {
				total = p.Total
			}
			isFirstAgain := before != nil && before.Number == start && p.unpaged(before, now)
			if same := before != nil && p.repeats(before); before != nil && p.received > 0 && (same || !fresh) {
				isEnd := !same && p.saysNext && p.Next == 0 // items moved over from the page before
				if !isFirstAgain && !isEnd {
					why := "page " + strconv.Itoa(p.Number) + " holds nothing new"
					if p.Total > p.received {
						why += ", and there are " + strconv.Itoa(p.Total) + " items"
					}
					yield(nil, l.notAdvancing(c, why))
					return
				}
				end()
				return
			}
			if isFirstAgain {
				p.Next = 0 // what is new in it is the end
			}
			l.apply(&p.Page)
			l.options.Page = p.Next
			if !yield(p, nil) {
				return
			}
			if p.Next == 0 {
				end()
				return
			}
			if p.Next < 0 {
				yield(nil, l.notAdvancing(c, "the service names a next page without a number"))
				return
			}
			if p.Next <= p.Number {
				yield(nil, l.notAdvancing(c, "the service names page "+strconv.Itoa(p.Next)+" as the next after "+strconv.Itoa(p.Number)))
				return
			}
			before = p
			seen, now = now, seen
			clear(now)
		}
	}
}

// dropSeen removes the items that the page before had and notes the ids of this
// one. It reports whether anything is new; without ids everything is.
func (p *fetched[T]) dropSeen(seen, now map[string]bool) (fresh bool) {
	kept := 0
	for i, id := range p.ids {
		if id != "" {
			now[id] = true
			if seen[id] {
				continue
			}
		}
		fresh = true
		if kept < i {
			p.Items[kept] = p.Items[i]
		}
		kept++
	}
	p.Items = p.Items[:kept]
	return fresh
}

// short is the error of a list that must prove what is not in it.
func (l list[T]) short(c *Client, got, total int) *Error {
	return &Error{
		Operation: l.call.op.Name, Environment: c.root.environment.Name, Phase: PhaseDecode, Safety: Safe, temporary: true,
		Hint: "the list holds " + strconv.Itoa(got) + " of " + strconv.Itoa(total) + " items",
	}
}

// notAdvancing is the error of a list that does not advance.
func (l list[T]) notAdvancing(c *Client, why string) *Error {
	return &Error{
		Operation: l.call.op.Name, Environment: c.root.environment.Name, Phase: PhaseDecode, Safety: Safe, Kind: ErrNotAdvancing,
		Hint: why + ": the list would never end",
	}
}
