package maventatest

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

const (
	defaultPerPage = 10 // as on most of AX's lists
	maxPerPage     = 100
)

// page cuts the items that match into pages and writes the page that was asked
// for, with its headers. A nil match takes all.
func page[T any](c *call, items []T, encode func(T) *object, match func(T) bool) (any, error) {
	number, err := c.pageParam("page", 1)
	if err != nil {
		return nil, err
	}
	perPage, err := c.pageParam("per_page", orElse(c.perPage, defaultPerPage))
	if err != nil {
		return nil, err
	}
	most := maxPerPage
	if c.id.API == operation.Receivables {
		most = orElse(c.srv.options.wire.PageSize, maxPerPage)
	}
	if perPage > most {
		c.lean("rule per_page above 100 is capped")
		perPage = most
	}
	if match != nil {
		items = slices.DeleteFunc(slices.Clone(items), func(item T) bool { return !match(item) })
	}
	wire := c.srv.options.wire
	guessed := c.id.Paged == operation.PagedInferred
	switch {
	case guessed:
		c.lean("paging " + c.id.String())
	case c.id == operation.DocumentsList: // documented there, and nowhere else
		wire = Wire{}
	default:
		c.lean("rule AX lists have the paging headers of documents")
		wire.NoPaging, wire.Envelope = false, false // page, per_page and the array are documented
	}
	if !wire.NoPaging {
		if !wire.NoPagingHeaders {
			c.pagingHeaders(number, perPage, len(items), wire.LinkOnly)
		}
		first := min((number-1)*perPage, len(items))
		items = items[first:min(first+perPage, len(items))]
	}
	list := make([]any, 0, len(items))
	for _, item := range items {
		list = append(list, encode(item))
	}
	if wire.Envelope {
		return map[string]any{"data": list}, nil
	}
	return list, nil
}

// pageParam reads page or per_page. The bound keeps their product in range.
func (c *call) pageParam(name string, fallback int) (int, error) {
	text := c.guessedParam(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1_000_000 {
		return 0, invalidParameters(name + " is invalid")
	}
	return n, nil
}

func (c *call) pagingHeaders(number, perPage, total int, linkOnly bool) {
	pages := max(1, (total+perPage-1)/perPage)
	var links []string
	link := func(rel string, n int) {
		if n >= 1 && n <= pages {
			links = append(links, "<"+c.pageURL(n, perPage)+`>; rel="`+rel+`"`)
		}
	}
	link("first", 1)
	link("prev", number-1)
	link("next", number+1)
	link("last", pages)
	c.headers.Set("Link", strings.Join(links, ", "))
	if linkOnly {
		return
	}
	set := func(name string, n int) { c.headers.Set(name, strconv.Itoa(n)) }
	set("X-Total", total)
	set("X-Total-Pages", pages)
	set("X-Page", number)
	set("X-Per-Page", perPage)
	if number < pages {
		set("X-Next-Page", number+1)
	}
	if number > 1 {
		set("X-Prev-Page", number-1)
	}
}

func (c *call) pageURL(number, perPage int) string {
	query := url.Values{}
	maps.Copy(query, c.query)
	query.Set("page", strconv.Itoa(number))
	query.Set("per_page", strconv.Itoa(perPage))
	return c.srv.baseURL(c.id.API) + c.rawURL.EscapedPath() + "?" + query.Encode()
}

// timeRange is a filter of two instants, both included.
type timeRange struct {
	given      bool
	start, end time.Time
}

// timeRange reads name_start and name_end: instants, or dates for whole days.
func (c *call) timeRange(name string) (timeRange, error) {
	var r timeRange
	var err error
	if text := c.guessedParam(name + "_start"); text != "" {
		r.given = true
		if r.start, err = parseInstant(text, 0); err != nil {
			return r, invalidParameters(name + "_start is invalid")
		}
	}
	if text := c.guessedParam(name + "_end"); text != "" {
		r.given = true
		if r.end, err = parseInstant(text, 24*time.Hour-time.Second); err != nil {
			return r, invalidParameters(name + "_end is invalid")
		}
	}
	if r.given {
		c.lean("rule a time filter includes both ends")
	}
	return r, nil
}

func parseInstant(text string, endOfDay time.Duration) (time.Time, error) {
	if isDate(text) {
		day, err := time.Parse(time.DateOnly, text)
		return day.Add(endOfDay), err
	}
	return time.Parse(time.RFC3339, text)
}

func (r timeRange) has(t time.Time) bool {
	switch {
	case !r.given:
		return true
	case t.IsZero():
		return false
	}
	return (r.start.IsZero() || !t.Before(r.start)) && (r.end.IsZero() || !t.After(r.end))
}

// newestFirst turns a list around.
func newestFirst[T any](items []T) []T {
	turned := slices.Clone(items)
	slices.Reverse(turned)
	return turned
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
