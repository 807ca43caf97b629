package maventa

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// decodeBody reads a bare array, or an object with exactly one array member.
func (p *fetched[T]) decodeBody(body []byte, h http.Header) (problem string) {
	p.readHeaders(h)
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

// listIn finds the bare array, or the one array member of an object.
func listIn(body []byte) (list []byte, problem string) {
	body = bytes.TrimSpace(body)
	if body[0] == '{' {
		var members map[string]json.RawMessage
		if problem := decodeJSON(body, &members); problem != "" {
			return nil, problem
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
			p.saysNext, p.Next = true, n
			return
		}
	}
	if links := h["Link"]; len(links) > 0 {
		p.Next, p.saysNext = nextInLink(links)
	}
}

// nextInLink finds the page number of rel="next" in Link headers (RFC 8288).
// It is -1 where that link has none. found says whether the headers speak of
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
