package call

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// NextInLink finds the page number of rel="next" in Link headers (RFC 8288).
// It is -1 where that link has none. found says whether the headers speak of
// pages at all.
func NextInLink(links []string) (next int, found bool) {
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

// Count reads a header that counts something, -1 if it is not there.
func Count(h http.Header, name string) int {
	count := -1
	for part := range strings.SplitSeq(h.Get(name), ",") {
		if n, ok := whole(part); ok {
			count = max(count, n)
		}
	}
	return count
}

// pagingHeaders are those that are understood.
var pagingHeaders = []string{"X-Total", "X-Total-Count", "X-Total-Pages", "X-Next-Page", "X-Page", "X-Per-Page", "X-Prev-Page"}

// PagingDoubt says why the headers of page number `page` do not show that a list is
// whole; "" if they do.
func PagingDoubt(h http.Header, page int, next string) string {
	for name, values := range h {
		isPaging := name == "Content-Range" || strings.HasPrefix(name, "X-Total") || strings.HasPrefix(name, "X-Pag") || strings.HasPrefix(name, "Pagination")
		switch {
		case isPaging && !slices.Contains(pagingHeaders, name):
			return "the answer has a header about pages that is not known: " + QuoteCut(name, 32)
		case isPaging && name != "X-Page" && Count(h, name) < 0 && strings.Join(values, "") != "":
			return "the answer has a header that cannot be read: " + QuoteCut(name, 32)
		}
	}
	if strings.TrimSpace(next) == "" {
		for _, link := range h["Link"] {
			if strings.Contains(link, `"next"`) || strings.Contains(link, "rel=next") {
				if _, said := h["X-Next-Page"]; said {
					return "X-Next-Page says that this is the last page, and Link says that it is not"
				}
			}
			if n, ok := pageOf(link, "last"); ok && n > page && len(h["X-Next-Page"]) > 0 {
				return "X-Next-Page says that this is the last page, and Link says that it is not"
			}
		}
	}
	return ""
}

// pageOf is the page number of the link with a relation.
func pageOf(header, relation string) (page int, found bool) {
	for part := range strings.SplitSeq(header, "<") {
		target, params, ok := strings.Cut(part, ">")
		if !ok || !slices.Contains(strings.Fields(relOf(params)), relation) {
			continue
		}
		if u, err := url.Parse(target); err == nil {
			page, err = strconv.Atoi(u.Query().Get("page"))
			return page, err == nil
		}
	}
	return 0, false
}
