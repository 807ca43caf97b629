package maventa

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
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
	return [...]string{"not used", "honoured", "ignored", "unverified"}[f]
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

// Format implements [fmt.Formatter] without the items.
func (p Page[T]) Format(f fmt.State, _ rune) { printModel(f, p) }

// LogValue implements [slog.LogValuer].
func (p Page[T]) LogValue() slog.Value { return logModel(p) }

// list describes a list call.
type list[T any] struct {
	op      operation.ID
	id      string
	options ListOptions
	filter  query
	key     func(*T) string // what makes two items the same; "" if unknown
	match   func(*T) match  // nil: no filter
}

// match is the answer of a filter about one item.
type match uint8

const (
	matches match = iota
	differs
	cannotTell
)

// and combines the answers of several filters.
func (m match) and(other match) match {
	if m == differs || other == differs {
		return differs
	}
	return max(m, other)
}

// matchText compares a field that the answer may lack.
func matchText(want, got string) match {
	switch {
	case want == "":
		return matches
	case got == "":
		return cannotTell
	case want == got:
		return matches
	}
	return differs
}

// page makes the call for one page.
func (l list[T]) page(ctx context.Context, c *Client, opts []CallOption) (*Page[T], error) {
	p, err := l.fetch(ctx, c, opts)
	if err != nil {
		return nil, err
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
	told     bool     // the service said which page is next
}

// unpaged reports whether p, which has the ids now, is the first page again,
// perhaps with items that have come since: the service gives the whole list
// whatever page is asked for.
func (p *fetched[T]) unpaged(first *fetched[T], now map[string]bool) bool {
	if p.told || first.received == 0 || first.received == first.want || p.Total > p.received {
		return false
	}
	return p.repeats(first) || !slices.ContainsFunc(first.ids, func(id string) bool { return !now[id] })
}

// repeats reports whether p holds what the page before held. Where all items
// have ids, these say so: what stands around the items may differ every time.
func (p *fetched[T]) repeats(before *fetched[T]) bool {
	return p.sum == before.sum && slices.Equal(p.ids, before.ids)
}

// seed makes sums comparable within the process.
var seed = maphash.MakeSeed()

func (l list[T]) fetch(ctx context.Context, c *Client, opts []CallOption) (*fetched[T], error) {
	o := l.options
	if o.Page < 0 || o.PerPage < 0 {
		err := invalid(l.op.String(), "page", "and per_page must not be negative")
		return nil, err
	}
	p := &fetched[T]{Page: Page[T]{Number: max(o.Page, 1), Total: -1}, want: o.PerPage, key: l.key}
	if p.want == 0 {
		p.want = defaultPerPage
	}
	q := l.filter
	q.b = slices.Clip(q.b) // several goroutines may range over one iterator
	q.add("page", strconv.Itoa(p.Number))
	q.add("per_page", strconv.Itoa(p.want))
	r := request{op: l.op, params: q, out: p}
	if l.id != "" || strings.Contains(l.op.Op().Path, "{") {
		r.ids = []string{l.id}
	}
	if err := c.call(ctx, r, opts); err != nil {
		return nil, err
	}
	p.received = len(p.Items)
	if !p.told && p.received > 0 {
		p.Next = p.Number + 1
	}
	return p, nil
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
		case differs:
			p.Filter = FilterIgnored
			continue
		case cannotTell:
			if p.Filter == FilterHonoured {
				p.Filter = FilterUnverified
			}
		case matches:
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
		prefetch := c.prefetches(opts)
		var next *coming[T]
		defer func() { next.drop() }()
		for {
			p, err := l.take(ctx, c, opts, next)
			next = nil
			if err != nil {
				yield(nil, err)
				return
			}
			fresh := p.dropSeen(seen, now)
			isFirstAgain := before != nil && before.Number == start && p.unpaged(before, now)
			if same := before != nil && p.repeats(before); before != nil && p.received > 0 && (same || !fresh) {
				isEnd := !same && p.told && p.Next == 0 // items moved over from the page before
				if !isFirstAgain && !isEnd {
					why := "page " + strconv.Itoa(p.Number) + " holds nothing new"
					if p.Total > p.received {
						why += ", and there are " + strconv.Itoa(p.Total) + " items"
					}
					yield(nil, l.stuck(c, why))
				}
				return
			}
			if isFirstAgain {
				p.Next = 0 // what is new in it is the end
			}
			l.apply(&p.Page)
			l.options.Page = p.Next
			if prefetch && p.Next > p.Number {
				next = l.ahead(ctx, c, opts)
			}
			if !yield(p, nil) || p.Next == 0 {
				return
			}
			if p.Next < 0 {
				yield(nil, l.stuck(c, "the service names a next page without a number"))
				return
			}
			if p.Next <= p.Number {
				yield(nil, l.stuck(c, "the service names page "+strconv.Itoa(p.Next)+" as the next after "+strconv.Itoa(p.Number)))
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

// stuck is the error of a list that does not advance.
func (l list[T]) stuck(c *Client, why string) *Error {
	return &Error{
		Operation: l.op.String(), Environment: c.root.environment.Name, Phase: PhaseDecode, kind: ErrNotAdvancing, op: l.op.Op(),
		hint: why + ": the list would never end",
	}
}

// decodeBody reads a bare array, or an object with exactly one array member.
func (p *fetched[T]) decodeBody(body []byte, h http.Header) (problem string) {
	p.readHeaders(h)
	p.Items = make([]T, 0, min(p.want, 1000))
	if body, problem = listIn(body); problem != "" {
		return problem
	}
	if problem = decodeJSON(body, &p.Items); problem != "" {
		return problem
	}
	p.ids = make([]string, len(p.Items))
	for i := range p.Items { // by index: a copy of each item would go to the heap
		p.ids[i] = p.key(&p.Items[i])
	}
	if slices.Contains(p.ids, "") {
		p.sum = maphash.Bytes(seed, body)
	}
	return ""
}

// decodeItems reads a bare array, or an object with exactly one array member.
func decodeItems[T any](body []byte, items *[]T) (problem string) {
	if body, problem = listIn(body); problem != "" {
		return problem
	}
	return decodeJSON(body, items)
}

// listIn finds the bare array, or the one array member of an object.
func listIn(body []byte) (list []byte, problem string) {
	body = bytes.TrimSpace(body)
	if body[0] == '{' {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(body, &members); err != nil {
			return nil, jsonProblem(err)
		}
		body = nil
		for _, m := range members {
			if m = bytes.TrimSpace(m); m[0] == '[' {
				if body != nil {
					return nil, "the answer is an object with several lists"
				}
				body = m
			}
		}
	}
	if len(body) == 0 || body[0] != '[' {
		return nil, "the answer holds no list"
	}
	return body, ""
}

// readHeaders finds the next page: X-Next-Page or Link, where the service sends
// them. Only the number is taken from a link; its address is never used.
func (p *fetched[T]) readHeaders(h http.Header) {
	if n, err := strconv.Atoi(h.Get("X-Total")); err == nil && n >= 0 {
		p.Total = n
	}
	if values, ok := h["X-Next-Page"]; ok && len(values) > 0 {
		n, err := strconv.Atoi(strings.TrimSpace(values[0]))
		if err == nil || strings.TrimSpace(values[0]) == "" {
			p.told, p.Next = true, n
			return
		}
	}
	if links := h["Link"]; len(links) > 0 {
		p.Next, p.told = nextInLink(links)
	}
}

// nextInLink finds the page number of rel="next" in Link headers (RFC 8288).
// It is -1 where that link has none. found says whether the headers tell about
// pages at all.
func nextInLink(links []string) (next int, found bool) {
	for _, header := range links {
		for header != "" {
			_, rest, ok := strings.Cut(header, "<")
			if !ok {
				break
			}
			target, params, ok := strings.Cut(rest, ">")
			if !ok {
				break
			}
			// The parameters end at the next link's "<"; a comma alone may
			// stand inside a quoted one.
			if i := strings.IndexByte(params, '<'); i >= 0 {
				params, header = params[:i], params[i:]
			} else {
				header = ""
			}
			rel := relOf(params)
			found = found || slices.Contains([]string{"first", "prev", "next", "last"}, rel)
			if rel != "next" {
				continue
			}
			next = -1 // there is one, and this package cannot find it
			if u, err := url.Parse(target); err == nil {
				if n, err := strconv.Atoi(u.Query().Get("page")); err == nil && n > 0 {
					return n, true
				}
			}
		}
	}
	return next, found
}

// relOf reads the rel parameter of one link.
func relOf(params string) string {
	for p := range strings.SplitSeq(params, ";") {
		name, value, ok := strings.Cut(p, "=")
		if ok && strings.EqualFold(strings.TrimSpace(name), "rel") {
			return strings.ToLower(strings.Trim(strings.TrimSpace(strings.TrimRight(strings.TrimSpace(value), ",")), `"`))
		}
	}
	return ""
}

// query builds the query of a call. Empty values are left out.
type query struct {
	b      []byte
	arrays []array
}

func (q *query) add(name, value string) {
	if value == "" {
		return
	}
	if len(q.b) > 0 {
		q.b = append(q.b, '&')
	}
	q.b = append(q.b, name...)
	q.b = append(q.b, '=')
	q.b = append(q.b, url.QueryEscape(value)...)
}

// addTime adds an instant in UTC, as AX writes them.
func (q *query) addTime(name string, t time.Time) {
	if !t.IsZero() {
		q.add(name, t.UTC().Format(time.RFC3339))
	}
}

// matchTime compares an instant that the answer may lack with a range whose
// ends are included.
func matchTime(from, to, got time.Time) match {
	switch {
	case from.IsZero() && to.IsZero():
		return matches
	case got.IsZero():
		return cannotTell
	case !from.IsZero() && got.Before(from), !to.IsZero() && got.After(to):
		return differs
	}
	return matches
}

// matchPart looks for want in a text that the answer may lack, in either case.
func matchPart(want, got string) match {
	switch {
	case got == "":
		return cannotTell
	case strings.Contains(strings.ToLower(got), strings.ToLower(want)):
		return matches
	}
	return differs
}
