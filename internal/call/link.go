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
	text := h.Get(name)
	if text == "" {
		return -1
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return -1
	}
	return n
}
